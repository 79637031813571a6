/* Names: form, admission, base domains, special-purpose addresses; and two public corpora. */
#include "csr/names.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const char *const private_suffixes[] = {"test", "corp.internal"};
static const struct address_prefix private_prefixes[] = {
	{{ADDRESS_V4, {10}}, 8},
	{{ADDRESS_V6, {[15] = 1}}, 128},
	{{ADDRESS_V6, {0}}, 0},
};
static const struct address_prefix excluded_prefixes[] = {
	{{ADDRESS_V4, {9, 9, 9, 0}}, 24},
	{{ADDRESS_V4, {10, 9}}, 16},
};
static const struct name_policy private_names = {
	.private_suffixes = private_suffixes,
	.private_suffix_count = 2,
};
static const struct name_policy private_addresses = {
	.private_prefixes = private_prefixes,
	.private_prefix_count = ARRAY_LENGTH(private_prefixes),
	.excluded_prefixes = excluded_prefixes,
	.excluded_prefix_count = ARRAY_LENGTH(excluded_prefixes),
};
static const struct name_policy public_names = {.private_suffix_count = 0};

/* clang-format off */
static const struct {
	const char *text;
	enum status status;
	enum name_kind kind;
	const char *ascii;
} cases[] = {
	{"www.example.com",        OK, NAME_DNS,      "www.example.com"},
	{"WWW.Example.COM.",       OK, NAME_DNS,      "www.example.com"},
	{"*.example.jp",           OK, NAME_WILDCARD, "*.example.jp"},
	{"例え.jp",                 OK, NAME_DNS,      "xn--r8jz45g.jp"},
	{"例え。jp。",               OK, NAME_DNS,      "xn--r8jz45g.jp"},
	{"*.例え.jp",               OK, NAME_WILDCARD, "*.xn--r8jz45g.jp"},
	{"faß.de",                 OK, NAME_DNS,      "xn--fa-hia.de"},
	{"www.shop.test",          OK, NAME_DNS,      "www.shop.test"},
	{"*.shop.test",            OK, NAME_WILDCARD, "*.shop.test"},
	{"a.corp.internal",        OK, NAME_DNS,      "a.corp.internal"},
	{"8.8.8.8",                OK, NAME_IP,       "8.8.8.8"},
	{"2606:4700:0::1111",      OK, NAME_IP,       "2606:4700::1111"},
	{"[2606:4700::1111]",      OK, NAME_IP,       "2606:4700::1111"},
	{"2606:4700:0:0:1:0:0:1A", OK, NAME_IP,       "2606:4700::1:0:0:1a"},
	{"2606:4700:1:0:1:1:1:1",  OK, NAME_IP,       "2606:4700:1:0:1:1:1:1"},
	{"2606:4700::1.1.1.1",     OK, NAME_IP,       "2606:4700::101:101"},
	{"",                       NAME_INVALID, NAME_DNS, NULL},
	{".",                      NAME_INVALID, NAME_DNS, NULL},
	{"。",                      NAME_INVALID, NAME_DNS, NULL},
	{"*.",                     NAME_INVALID, NAME_DNS, NULL},
	{"*..",                    NAME_INVALID, NAME_DNS, NULL},
	{"www.example.com.。",      NAME_INVALID, NAME_DNS, NULL},
	{"a..example.com",         NAME_INVALID, NAME_DNS, NULL},
	{"www.example.com..",      NAME_INVALID, NAME_DNS, NULL},
	{"a_b.example.com",        NAME_INVALID, NAME_DNS, NULL},
	{"-a.example.com",         NAME_INVALID, NAME_DNS, NULL},
	{"a-.example.com",         NAME_INVALID, NAME_DNS, NULL},
	{"ab--c.example.com",      NAME_INVALID, NAME_DNS, NULL},
	{"xn--a.example.com",      NAME_INVALID, NAME_DNS, NULL},
	{"xn--.example.com",       NAME_INVALID, NAME_DNS, NULL},
	{"a b.example.com",        NAME_INVALID, NAME_DNS, NULL},
	{"1.2.3",                  NAME_INVALID, NAME_DNS, NULL},
	{"0x7f.1",                 NAME_INVALID, NAME_DNS, NULL},
	{"2130706433",             NAME_INVALID, NAME_DNS, NULL},
	{"[8.8.8.8]",              NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.8.",               NAME_INVALID, NAME_DNS, NULL},
	{"08.8.8.8",               NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.010",              NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8",                  NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.0x8",              NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.256",              NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.8/32",             NAME_INVALID, NAME_DNS, NULL},
	{"8.8.8.8:80",             NAME_INVALID, NAME_DNS, NULL},
	{"８.8.8.8",                NAME_INVALID, NAME_DNS, NULL},
	{"*.8.8.8.8",              NAME_INVALID, NAME_DNS, NULL},
	{"2606:4700::1%eth0",      NAME_INVALID, NAME_DNS, NULL},
	{"2606:4700::1::1",        NAME_INVALID, NAME_DNS, NULL},
	{"2606:4700::1.1.1.01",    NAME_INVALID, NAME_DNS, NULL},
	{"http://example.com/",    NAME_INVALID, NAME_DNS, NULL},
	{"user@example.com",       NAME_INVALID, NAME_DNS, NULL},
	{"*.*.example.jp",         WILDCARD_NESTED, NAME_DNS, NULL},
	{"a.*.example.jp",         WILDCARD_NESTED, NAME_DNS, NULL},
	{"f*.example.jp",          WILDCARD_NESTED, NAME_DNS, NULL},
	{"*",                      WILDCARD_NESTED, NAME_DNS, NULL},
	{"*example.jp",            WILDCARD_NESTED, NAME_DNS, NULL},
	{"localhost",              DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"server",                 DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"printer.local",          DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"www.internal",           DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"abc.onion",              DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"router.home.arpa",       DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"1.0.0.10.in-addr.arpa",  DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"www.nosuchtld",          DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"co.jp",                  DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"*.co.jp",                DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"*.com",                  DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"test",                   DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"*.test",                 DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
	{"192.168.1.1",            IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"[::1]",                  IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"::ffff:8.8.8.8",         IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"2001:db8::1",            IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"192.175.48.1",           IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"192.0.0.9",              IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"64:ff9b::8.8.8.8",       IP_NOT_GLOBAL, NAME_DNS, NULL},
	{"1.0.0.8.b.d.0.ip6.arpa", DOMAIN_NOT_PUBLIC, NAME_DNS, NULL},
};
/* clang-format on */

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct name name = {.ascii = "untouched"};
		struct error err = NO_ERROR;
		enum status status = name_parse(cases[i].text, &private_names, &name, &err);
		if (status != cases[i].status)
			fail_msg("\"%s\": %s, %s", cases[i].text, status_code(status),
				 err.sentence);
		assert_string_equal(name.ascii, cases[i].ascii ? cases[i].ascii : "untouched");
		if (status == OK)
			assert_int_equal(name.kind, cases[i].kind);
	}
}

static void test_unicode(void **state)
{
	(void)state;
	struct name name;
	assert_int_equal(name_parse("*.xn--r8jz45g.jp", &public_names, &name, NULL), OK);
	assert_string_equal(name.unicode, "*.例え.jp");
	assert_string_equal(name_without_wildcard(&name), "xn--r8jz45g.jp");
	assert_int_equal(name_parse("a.example.jp", &public_names, &name, NULL), OK);
	assert_string_equal(name.unicode, name.ascii);
}

static void test_private_names_need_the_policy(void **state)
{
	(void)state;
	struct name name;
	assert_int_equal(name_parse("www.shop.test", &public_names, &name, NULL),
			 DOMAIN_NOT_PUBLIC);
	assert_int_equal(name_parse("www.shop.test", NULL, &name, NULL), DOMAIN_NOT_PUBLIC);
}

static void test_private_and_excluded_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum status status;
		const char *words; /* of the refusal */
	} rows[] = {
		{"8.8.8.8", OK, ""},
		{"10.1.2.3", OK, ""},
		{"::1", OK, ""},
		{"fd00::7", OK, ""},
		{"64:ff9b::8.8.8.8", OK, ""},
		{"192.168.0.1", IP_NOT_GLOBAL, "192.168.0.0/16 Private-Use"},
		{"192.0.0.9", IP_NOT_GLOBAL, "192.0.0.9 is reserved"},
		/* Not by ::/0: each is an IPv4 address in other clothes. */
		{"::ffff:10.1.2.3", IP_NOT_GLOBAL, "IPv4-mapped"},
		{"::10.1.2.3", IP_NOT_GLOBAL, "outside 2000::/3"},
		{"9.9.9.9", IP_EXCLUDED, "9.9.9.9 lies in 9.9.9.0/24"},
		{"9.9.8.9", OK, ""},
		{"10.9.0.1", IP_EXCLUDED, "10.9.0.0/16"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct name name;
		struct error err = NO_ERROR;
		enum status status = name_parse(rows[i].text, &private_addresses, &name, &err);
		if (status != rows[i].status || !strstr(err.sentence, rows[i].words))
			fail_msg("%s: %s, %s", rows[i].text, status_code(status), err.sentence);
	}
	struct name name;
	assert_int_equal(name_parse("10.1.2.3", NULL, &name, NULL), IP_NOT_GLOBAL);
	assert_true(name_is_address("10.1.2.3"));
	assert_true(name_is_address("::1"));
	assert_false(name_is_address("a.example.jp"));
	assert_false(name_is_address("*.example.jp"));
}

/* A name of labels of 63 octets and ".jp", length octets long. */
static const char *long_name(size_t length, char *text)
{
	size_t body = length - strlen(".jp");
	for (size_t i = 0; i < body; i++)
		text[i] = i % 64 == 63 ? '.' : 'a';
	strcpy(text + body, ".jp");
	return text;
}

static void test_lengths(void **state)
{
	(void)state;
	struct name name;
	char text[400];
	assert_int_equal(name_parse(long_name(253, text), &public_names, &name, NULL), OK);
	assert_int_equal(strlen(name.ascii), 253);
	assert_int_equal(name_parse(long_name(254, text), &public_names, &name, NULL),
			 NAME_INVALID);
	memcpy(text, "*.", 2);
	long_name(252, text + 2);
	assert_int_equal(name_parse(text, &public_names, &name, NULL), NAME_INVALID);
	long_name(251, text + 2);
	assert_int_equal(name_parse(text, &public_names, &name, NULL), OK);
	memset(text, 'a', 64);
	strcpy(text + 64, ".example.jp");
	assert_int_equal(name_parse(text, &public_names, &name, NULL), NAME_INVALID);
	assert_int_equal(name_parse(text + 1, &public_names, &name, NULL), OK);
}

static void test_base_domain(void **state)
{
	(void)state;
	static const struct {
		const char *ascii;
		const char *base;
	} rows[] = {
		{"www.example.co.jp", "example.co.jp"},
		{"example.co.jp", "example.co.jp"},
		{"co.jp", NULL},
		{"a.b.example.com", "example.com"},
		{"foo.github.io", "github.io"}, /* the private section does not count */
		{"www.shop.test", "shop.test"},
		{"shop.test", "shop.test"},
		{"test", NULL},
		{"a.b.corp.internal", "b.corp.internal"},
		{"a.nosuchtld", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *base = NULL;
		assert_int_equal(name_base_domain(rows[i].ascii, &private_names, &base),
				 rows[i].base != NULL);
		if (!rows[i].base)
			continue;
		assert_string_equal(base, rows[i].base);
		assert_ptr_equal(base, rows[i].ascii + strlen(rows[i].ascii) - strlen(base));
	}
}

static void test_within(void **state)
{
	(void)state;
	assert_true(name_is_within("example.com", "example.com"));
	assert_true(name_is_within("a.example.com", "example.com"));
	assert_false(name_is_within("badexample.com", "example.com"));
	assert_false(name_is_within("com", "example.com"));
}

static void test_host(void **state)
{
	(void)state;
	char host[NAME_TEXT] = "untouched";
	assert_int_equal(name_host("_acme.Example.COM.", host, NULL), OK);
	assert_string_equal(host, "_acme.example.com");
	strcpy(host, "untouched");
	const char *const bad[] = {
		"",           ".",  "a..b", "a b.example", "ex\xc3\xa4mple.com", "*.a.example",
		"-a.example", "a/b"};
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_int_equal(name_host(bad[i], host, NULL), NAME_INVALID);
	assert_string_equal(host, "untouched");
}

static void test_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *registry; /* NULL: global */
	} rows[] = {
		{"8.8.8.8", NULL},
		{"192.0.0.9", NULL},
		{"192.0.0.8", "192.0.0.0/24"},
		{"172.15.255.255", NULL},
		{"172.16.0.0", "172.16.0.0/12"},
		{"172.31.255.255", "172.16.0.0/12"},
		{"172.32.0.0", NULL},
		{"100.127.255.255", "100.64.0.0/10"},
		{"100.128.0.0", NULL},
		{"223.255.255.255", NULL},
		{"224.0.0.1", "224.0.0.0/4"},
		{"255.255.255.255", "255.255.255.255/32"},
		{"254.0.0.1", "240.0.0.0/4"},
		{"::", "::/128"},
		{"::1", "::1/128"},
		{"::2", "outside 2000::/3"},
		{"::ffff:1.1.1.1", "::ffff:0:0/96"},
		{"64:ff9b::8.8.8.8", NULL},
		{"64:ff9b::127.0.0.1", "127.0.0.0/8"},
		{"2001::1", "2001::/32"},
		{"2001:1::1", NULL},
		{"2001:1::4", "2001::/23"},
		{"2001:200::1", NULL},
		{"2001:db8::1", "2001:db8::/32"},
		{"2002:7f00:1::", "2002::/16"},
		{"3fff:fff::1", "3fff::/20"},
		{"fd00::1", "fc00::/7"},
		{"fe80::1", "fe80::/10"},
		{"ff02::1", "ff00::/8"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct address address;
		const char *registry = NULL;
		assert_int_equal(address_parse(rows[i].text, &address), OK);
		bool global = address_is_global(&address, &registry);
		if (global != (rows[i].registry == NULL))
			fail_msg("%s: %s", rows[i].text, registry ? registry : "global");
		if (!global)
			assert_int_equal(
				strncmp(registry, rows[i].registry, strlen(rows[i].registry)), 0);
	}
}

/* BR 1.6.1: an address in any entry of the registries is reserved, also in one that is globally
 * reachable. */
static void test_reserved(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *registry; /* NULL: not reserved */
	} rows[] = {
		{"8.8.8.8", NULL},
		{"2606:4700::1", NULL},
		{"10.0.0.1", "10.0.0.0/8"},
		{"224.0.0.1", "224.0.0.0/4"},
		{"192.0.0.10", "192.0.0.10/32"},
		{"192.31.196.255", "192.31.196.0/24"},
		{"192.31.197.0", NULL},
		{"192.52.193.1", "192.52.193.0/24"},
		{"192.175.48.1", "192.175.48.0/24"},
		{"64:ff9b::8.8.8.8", "64:ff9b::/96"},
		{"2001:4:112::1", "2001:4:112::/48"},
		{"2620:4f:8000::1", "2620:4f:8000::/48"},
		{"2620:4f:8001::1", NULL},
		{"4000::1", "outside 2000::/3"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct address address;
		const char *registry = "";
		const char *wanted = rows[i].registry ? rows[i].registry : "";
		assert_int_equal(address_parse(rows[i].text, &address), OK);
		bool reserved = address_is_reserved(&address, &registry);
		if (reserved != (rows[i].registry != NULL) ||
		    strncmp(registry, wanted, strlen(wanted)) != 0)
			fail_msg("%s: %s", rows[i].text, registry);
	}
}

/* ---- corpora ---- */

/* Cases that differ on purpose. */
static const char *boulder_difference(const json_t *row)
{
	static const struct {
		const char *value;
		const char *why;
	} differences[] = {
		{"zömbo.com", "typed names are converted to A-labels"},
		{"www.zombo.com.", "a final dot is cut"},
		{"CapitalizedLetters.com", "names are lower-cased"},
	};
	const char *value = json_get_text(row, "value");
	for (size_t i = 0; i < ARRAY_LENGTH(differences); i++)
		if (strcmp(differences[i].value, value) == 0)
			return differences[i].why;
	return NULL;
}

static void test_corpus_boulder(void **state)
{
	(void)state;
	if (!corpus_available("identifiers-boulder"))
		return;
	json_t *corpus = corpus_json("identifiers-boulder/cases.json");
	json_t *rows = json_object_get(corpus, "cases");
	json_t *row;
	size_t i;
	size_t score = 0;
	size_t unexplained = 0;
	json_array_foreach(rows, i, row)
	{
		struct name name;
		const char *value = json_get_text(row, "value");
		const char *type = json_get_text(row, "type");
		enum status status = name_parse(value, &public_names, &name, NULL);
		/* The type is told apart by the name itself here. */
		bool taken = status == OK && (name.kind == NAME_IP) == (strcmp(type, "ip") == 0);
		bool wanted = json_is_null(json_object_get(row, "error"));
		if (taken == wanted) {
			score++;
			continue;
		}
		const char *why = boulder_difference(row);
		unexplained += why == NULL;
		printf("  %s \"%s\": wanted %s, got %s: %s\n", type, value,
		       wanted ? "accepted" : json_get_text(row, "error"), status_code(status),
		       why ? why : "NOT EXPLAINED");
	}
	printf("corpus identifiers-boulder: %zu of %zu (the others are normalised on purpose)\n",
	       score, json_array_size(rows));
	assert_int_equal(unexplained, 0);
	json_decref(corpus);
}

/* A line "NAME BASE", BASE being "null" for none; false for comments and empty lines. */
static bool psl_line(const char *line, char name[256], char base[256])
{
	return strncmp(line, "//", 2) != 0 && sscanf(line, "%255s %255s", name, base) == 2 &&
	       strcmp(name, "null") != 0;
}

static void psl_judge(const char *text, const char *wanted, size_t *score, size_t *total)
{
	struct name name;
	struct name wanted_name;
	const char *base = NULL;
	(*total)++;
	bool got = name_normalise(text, &name, NULL) == OK &&
		   name_base_domain(name.ascii, &public_names, &base);
	bool same = got == (strcmp(wanted, "null") != 0);
	if (got && same)
		same = name_normalise(wanted, &wanted_name, NULL) == OK &&
		       strcmp(base, wanted_name.ascii) == 0;
	*score += same;
	if (!same)
		printf("  %s: wanted %s, got %s\n", text, wanted, got ? base : "null");
}

static void test_corpus_psl(void **state)
{
	(void)state;
	if (!corpus_available("psl"))
		return;
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, 65536);
	corpus_read("psl/tests.txt", &text);
	size_t score = 0;
	size_t total = 0;
	for (char *line = strtok((char *)text.data, "\n"); line; line = strtok(NULL, "\n")) {
		char name[256];
		char base[256];
		if (psl_line(line, name, base))
			psl_judge(name, base, &score, &total);
	}
	printf("corpus psl: %zu of %zu (those with an unlisted top-level domain or a private "
	       "suffix differ on purpose)\n",
	       score, total);
	assert_true(score + 7 >= total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_private_names_need_the_policy),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_base_domain),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_private_and_excluded_addresses),
		cmocka_unit_test(test_corpus_boulder),
		cmocka_unit_test(test_corpus_psl),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
