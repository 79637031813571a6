/* Accounts: which URIs are taken, and key authorizations (RFC 8555 section 8.1). */
#include "csr/account.h"
#include "csr/jwk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define THUMBPRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

static void test_uris(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		enum status status;
	} rows[] = {
		{"https://example.com/acme/acct/ExampleAccount", OK},
		{"acct:k-1042@desk.example.jp", OK},
		{"acct:kim%40corp@desk.example.jp", OK},
		{"urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", OK},
		{"", INPUT},
		{"https", INPUT},
		{"https:", INPUT},
		{"//example.com/1", INPUT},
		{"1acct:a@b", INPUT},
		{"acct:desk.example.jp", INPUT},
		{"acct:@desk.example.jp", INPUT},
		{"acct:kim@", INPUT},
		{"https://example.com/a b", INPUT},
		{"https://example.com/a;b", INPUT},
		{"https://example.com/a\"b", INPUT},
		{"https://example.com/%4", INPUT},
		{"https://example.com/%zz", INPUT},
		{"https://example.com/\xc3\xa9", INPUT},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct error err = NO_ERROR;
		if (account_uri_check(rows[i].uri, &err) != rows[i].status)
			fail_msg("%s", rows[i].uri);
		if (rows[i].status != OK)
			assert_non_null(strstr(err.sentence, rows[i].uri));
	}
}

static void test_the_longest_uri(void **state)
{
	(void)state;
	char uri[ACCOUNT_URI_MAX + 2] = "https://example.com/";
	memset(uri + strlen(uri), 'a', sizeof(uri) - 1 - strlen(uri));
	uri[ACCOUNT_URI_MAX + 1] = '\0';
	assert_int_equal(account_uri_check(uri, NULL), INPUT);
	uri[ACCOUNT_URI_MAX] = '\0';
	assert_int_equal(account_uri_check(uri, NULL), OK);
}

static void test_key_authorizations(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const char *text = key_authorization("token", THUMBPRINT, &arena);
	assert_string_equal(text, "token." THUMBPRINT);
	assert_int_equal(strlen(THUMBPRINT), THUMBPRINT_TEXT - 1);
}

static void test_the_digest_that_dns_01_publishes(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	assert_string_equal(key_authorization_digest("token." THUMBPRINT, &arena),
			    "aJFpQAIfrskWi8UwmFIJJ2JtE59BLD3tAQzQOyCrDFE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_the_longest_uri),
		cmocka_unit_test(test_key_authorizations),
		cmocka_unit_test(test_the_digest_that_dns_01_publishes),
	};
	return cmocka_run_group_tests_name("csr.account", tests, NULL, NULL);
}
