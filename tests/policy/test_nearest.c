/* Which misspellings are recognised, and that unrelated words are not offered. */
#include "policy/nearest.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const char *const known[] = {"web-page", "http-01", "dns-change", "tls-alpn-01", "id"};

static const char *nearest(const char *word)
{
	return nearest_word(word, known, ARRAY_LENGTH(known));
}

static void misspellings(void **state)
{
	(void)state;
	assert_string_equal(nearest("wep-page"), "web-page");
	assert_string_equal(nearest("webpage"), "web-page");
	assert_string_equal(nearest("http-10"), "http-01");
	assert_string_equal(nearest("tls-alpn"), "tls-alpn-01");
	assert_string_equal(nearest("di"), "id");
	assert_string_equal(nearest("web-page"), "web-page");
}

static void strangers(void **state)
{
	(void)state;
	assert_null(nearest(""));
	assert_null(nearest("postcard"));
	assert_null(nearest("zz"));
	assert_null(nearest_word("x", NULL, 0));
	char endless[1000];
	memset(endless, 'w', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_null(nearest(endless));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misspellings),
		cmocka_unit_test(strangers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
