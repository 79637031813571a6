/* Tokens of forms: good for what they were made for, and for nothing else. */
#include "gateway/token.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { UNTIL = 1000000 };

static struct secret *key_of(uint8_t octet)
{
	uint8_t octets[TOKEN_KEY_BYTES];
	memset(octets, octet, sizeof(octets));
	return secret_new(slice_of(octets, sizeof(octets)));
}

static struct token_of of(const char *value, const char *cookie, const char *page)
{
	return (struct token_of){value, cookie, digest_of(slice_text(page))};
}

static void a_token_is_of_all_its_parts(void **state)
{
	CLEANUP(secret_freep) struct secret *key = key_of(1), *other = key_of(2);
	char text[TOKEN_TEXT];
	struct token_of made = of("value", "cookie", "page");
	(void)state;
	token_make(key, &made, UNTIL, text);
	assert_true(token_is_good(key, &made, text, 0));
	assert_false(token_is_good(other, &made, text, 0));
	struct token_of others[] = {of("valuf", "cookie", "page"), of("value", "cookif", "page"),
				    of("value", "cookie", "pagf"), of("valuec", "ookie", "page"),
				    of("", "cookie", "page")};
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		assert_false(token_is_good(key, &others[i], text, 0));
}

static void a_token_lapses(void **state)
{
	CLEANUP(secret_freep) struct secret *key = key_of(1);
	char text[TOKEN_TEXT];
	struct token_of made = of("value", "cookie", "page");
	(void)state;
	token_make(key, &made, UNTIL, text);
	assert_true(token_is_good(key, &made, text, UNTIL));
	assert_false(token_is_good(key, &made, text, UNTIL + 1));
}

/* Each letter of it counts; the first ones are its time. */
static void a_token_that_was_changed(void **state)
{
	CLEANUP(secret_freep) struct secret *key = key_of(1);
	char text[TOKEN_TEXT], longer[TOKEN_TEXT + 8];
	struct token_of made = of("value", "cookie", "page");
	(void)state;
	token_make(key, &made, UNTIL, text);
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];
		text[i] = was == 'A' ? 'B' : 'A';
		assert_false(token_is_good(key, &made, text, 0));
		text[i] = was;
	}
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++) {
		memcpy(longer, text, i);
		longer[i] = '\0';
		assert_false(token_is_good(key, &made, longer, 0));
	}
	memcpy(longer, text, length);
	memcpy(longer + length, "AAAA", 5);
	assert_false(token_is_good(key, &made, longer, 0));
	assert_false(token_is_good(key, &made, "not a token", 0));
	assert_true(token_is_good(key, &made, text, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_of_all_its_parts),
		cmocka_unit_test(a_token_lapses),
		cmocka_unit_test(a_token_that_was_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
