/* URLs and references: RFC 3986 section 5.4, and what the strict door refuses. */
#include "net/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

struct row {
	const char *reference;
	const char *result; /* NULL: refused */
};

/* clang-format off */
static const struct row rfc3986_rows[] = {
	/* section 5.4.1, without fragments, which are never sent */
	{"g", "http://a/b/c/g"},
	{"./g", "http://a/b/c/g"},
	{"g/", "http://a/b/c/g/"},
	{"/g", "http://a/g"},
	{"//g", "http://g/"},
	{"?y", "http://a/b/c/d;p?y"},
	{"g?y", "http://a/b/c/g?y"},
	{"#s", "http://a/b/c/d;p?q"},
	{"g#s", "http://a/b/c/g"},
	{"g?y#s", "http://a/b/c/g?y"},
	{";x", "http://a/b/c/;x"},
	{"g;x", "http://a/b/c/g;x"},
	{"g;x?y#s", "http://a/b/c/g;x?y"},
	{".", "http://a/b/c/"},
	{"./", "http://a/b/c/"},
	{"..", "http://a/b/"},
	{"../", "http://a/b/"},
	{"../g", "http://a/b/g"},
	{"../..", "http://a/"},
	{"../../", "http://a/"},
	{"../../g", "http://a/g"},
	/* section 5.4.2 */
	{"../../../g", "http://a/g"},
	{"../../../../g", "http://a/g"},
	{"/./g", "http://a/g"},
	{"/../g", "http://a/g"},
	{"g.", "http://a/b/c/g."},
	{".g", "http://a/b/c/.g"},
	{"g..", "http://a/b/c/g.."},
	{"..g", "http://a/b/c/..g"},
	{"./../g", "http://a/b/g"},
	{"./g/.", "http://a/b/c/g/"},
	{"g/./h", "http://a/b/c/g/h"},
	{"g/../h", "http://a/b/c/h"},
	{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
	{"g;x=1/../y", "http://a/b/c/y"},
	{"g?y/./x", "http://a/b/c/g?y/./x"},
	{"g?y/../x", "http://a/b/c/g?y/../x"},
	{"http:g", NULL}, /* strict: not a reference */
};

static const struct row door_rows[] = {
	{"https://example.com", "https://example.com/"},
	{"HTTP://Example.COM:80/A?b=c", "http://example.com/A?b=c"},
	{"https://example.com:443/", "https://example.com/"},
	{"http://example.com:443/", "http://example.com:443/"},
	{"http://_host.example.com/", "http://_host.example.com/"},
	{"http://example.com?x", "http://example.com/?x"},
	{"http://192.0.2.1/x", "http://192.0.2.1/x"},
	{"http://[2001:DB8::1]:22/x", "http://[2001:db8::1]:22/x"},
	{"http://2130706433/", "http://127.0.0.1/"},
	{"http://0x7f.1/", "http://127.0.0.1/"},
	/* A name to one reader, an address to the next. */
	{"http://2130706433./", NULL},
	{"https://3./", NULL},
	{"http://a.0x7f./", NULL},
	{"http://example.com/%41", "http://example.com/%41"},
	{"", NULL},
	{"gopher://example.com/", NULL},
	{"file:///etc/passwd", NULL},
	{"javascript:alert(1)", NULL},
	{"http:/example.com/", NULL},
	{"http:///example.com/", NULL},
	{"https:///who/needs/a/host", NULL},
	{"///example.com", NULL},
	{"http://", NULL},
	{"http://?x", NULL},
	{"http://user@example.com/", NULL},
	{"http://user:password@example.com/", NULL},
	{"http://@example.com/", NULL},
	{"http://exa mple.com/", NULL},
	{"http://example.com/a b", NULL},
	{"http://example.com\\@other.example/", NULL},
	{"http://example.com/\xe3\x81\x82", NULL},
	{"http://\xe3\x81\x82.example/", NULL},
	{"http://example.com:0/", NULL},
	{"http://example.com:65536/", NULL},
	{"http://example.com:8x/", NULL},
	{"http://[::1", NULL},
	{"http://[::1%25lo]/", NULL},
	{"http://[fe80::1%25eth0]/", NULL},
	{"http://[v1.x]/", NULL},
	{"http://a..b/", NULL},
	{"http://-a.example/", NULL},
	{"http://10.10.10.*/", NULL},
	{"http://ex%61mple%2ecom%2f/", NULL},
};
/* clang-format on */

static struct url url_base(const char *host, const char *target)
{
	struct url base = {.scheme = HTTP_PLAIN, .port = HTTP_PORT, .target = target};
	memcpy(base.host, host, strlen(host) + 1);
	return base;
}

static void check_rows(const struct row *rows, size_t count, const struct url *base)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct url url = {.port = 7};
		struct error err = NO_ERROR;
		enum status status = url_resolve(base, rows[i].reference, &arena, &url, &err);
		const char *text = status == OK ? url_text(&url, &arena) : NULL;
		if (!rows[i].result != !text || (text && strcmp(text, rows[i].result) != 0))
			fail_msg("%s gives %s, not %s (%s)", rows[i].reference, text,
				 rows[i].result, err.sentence);
		if (!text)
			assert_true(url.port == 7 && err.sentence[0]);
	}
}

static void test_rfc3986(void **state)
{
	(void)state;
	struct url base = url_base("a", "/b/c/d;p?q");
	check_rows(rfc3986_rows, ARRAY_LENGTH(rfc3986_rows), &base);
}

static void test_door(void **state)
{
	(void)state;
	struct url base = url_base("example.org", "/x");
	check_rows(door_rows, ARRAY_LENGTH(door_rows), &base);
}

static void test_bases(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct url base = url_base("example.org", "/x"), url;
	assert_int_equal(url_resolve(&base, "https://[2001:db8::7]:443/a/b", &arena, &base, NULL),
			 OK);
	assert_int_equal(url_resolve(&base, "c", &arena, &url, NULL), OK);
	assert_string_equal(url_text(&url, &arena), "https://[2001:db8::7]/a/c");
	assert_int_equal(url.literal.family, ADDRESS_V6);
	assert_int_equal(url_resolve(&base, "//other.example/c", &arena, &url, NULL), OK);
	assert_string_equal(url_text(&url, &arena), "https://other.example/c");
	assert_int_equal(url.literal.family, ADDRESS_NONE);
}

static void test_target_limit(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct url base = url_base("example.org", "/x"), url;
	char *long_path = arena_new(&arena, URL_TARGET_MAX + 2, 1);
	memset(long_path, 'a', URL_TARGET_MAX);
	long_path[0] = '/';
	assert_int_equal(url_resolve(&base, long_path, &arena, &url, NULL), OK);
	long_path[URL_TARGET_MAX] = 'a';
	assert_int_equal(url_resolve(&base, long_path, &arena, &url, NULL), INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3986),
		cmocka_unit_test(test_door),
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_target_limit),
	};
	return cmocka_run_group_tests_name("net.url", tests, NULL, NULL);
}
