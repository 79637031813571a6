/* UTF-8: what is well-formed, what may be shown. */
#include "base/utf8.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Every scalar value reads back; nothing else is written by the table of forms. */
static void test_all(void **state)
{
	(void)state;
	for (uint32_t point = 0; point < 0x110000; point++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = 8};
		uint32_t back = 0;
		utf8_append(&out, point);
		size_t length = utf8_read(buffer_slice(&out), &back);
		bool surrogate = point >= 0xd800 && point <= 0xdfff;
		assert_int_equal(length, surrogate ? 0 : out.length);
		if (!surrogate)
			assert_int_equal(back, point);
	}
}

static void test_malformed(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xe3\x81",     "\xe3\x81\x41"};
	uint32_t point;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(utf8_read(slice_text(cases[i]), &point), 0);
	assert_int_equal(utf8_read(SLICE_NONE, &point), 0);
}

static void test_shown(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"abc", "abc"},
		{"\xe6\xa0\xaa\xe5\xbc\x8f", "\xe6\xa0\xaa\xe5\xbc\x8f"},
		{"a\r\nb", "a\xef\xbf\xbd\xef\xbf\xbd"
			   "b"},
		{"a\xe2\x80\xae"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"}, /* U+202E, right-to-left override */
		{"a\xe2\x81\xa6"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"}, /* U+2066, isolate */
		{"a\xe2\x80\xa8"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"}, /* U+2028, line separator */
		{"a\xc2\x85"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"}, /* U+0085, next line */
		{"a\xff"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"},
		{"abcdef", "abcdef"},
		{"abcdefg", "abcdef\xe2\x80\xa6"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = 100};
		utf8_append_shown(&out, cases[i].text, 6);
		assert_string_equal(buffer_text(&out), cases[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
