/* Slices and buffers: no buffer grows past the maximum it was born with. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_slices(void **state)
{
	(void)state;
	assert_int_equal(slice_text("abc").length, 3);
	assert_int_equal(slice_text(NULL).length, 0);
	assert_true(slice_equal(slice_text("abc"), slice_of("abcd", 3)));
	assert_false(slice_equal(slice_text("abc"), slice_text("abd")));
	assert_false(slice_equal(slice_text("abc"), slice_text("ab")));
	assert_true(slice_equal(SLICE_NONE, slice_text("")));
}

static void test_find(void **state)
{
	(void)state;
	static const struct {
		const char *haystack;
		const char *needle;
		ptrdiff_t at;
	} cases[] = {
		{"abcabc", "abc", 0}, {"abcabc", "bca", 1}, {"abcabc", "c", 2}, {"abc", "abcd", -1},
		{"abc", "x", -1},     {"abc", "", 0},       {"", "", 0},        {"", "a", -1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			slice_find(slice_text(cases[i].haystack), slice_text(cases[i].needle)),
			cases[i].at);
	assert_int_equal(slice_find(slice_of("a\0bc", 4), slice_of("\0b", 2)), 1);
}

static void test_append_up_to_the_maximum(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 8);
	assert_string_equal(buffer_text(&buffer), "");
	buffer_append_text(&buffer, "12345678");
	assert_false(buffer.overflowed);
	assert_string_equal(buffer_text(&buffer), "12345678");
	buffer_append_byte(&buffer, '9');
	assert_true(buffer.overflowed);
	assert_string_equal(buffer_text(&buffer), "12345678");
	buffer_release(&buffer);
	assert_int_equal(buffer.maximum, 8);
}

static void test_overflow_keeps_the_head_and_drops_the_rest(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 5);
	buffer_append_text(&buffer, "123");
	buffer_append_text(&buffer, "4567");
	assert_true(buffer.overflowed);
	assert_string_equal(buffer_text(&buffer), "12345");
	buffer_clear(&buffer);
	assert_false(buffer.overflowed);
	assert_string_equal(buffer_text(&buffer), "");
	buffer_append_text(&buffer, "123456");
	buffer_append_text(&buffer, "");
	assert_true(buffer.overflowed);
	assert_int_equal(buffer.length, 5);
	buffer_release(&buffer);
}

static void test_maximum_of_nothing(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 0);
	buffer_append(&buffer, NULL, 0);
	assert_false(buffer.overflowed);
	buffer_append_byte(&buffer, 'x');
	assert_true(buffer.overflowed);
	assert_int_equal(buffer.length, 0);
	assert_string_equal(buffer_text(&buffer), "");
	buffer_release(&buffer);
}

static void test_growth(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 1 << 20);
	for (size_t i = 0; i < 100000; i++)
		buffer_append_byte(&buffer, (uint8_t)(i % 251));
	assert_int_equal(buffer.length, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buffer.data[i], i % 251);
	assert_int_equal(buffer.data[buffer.length], 0);
	buffer_release(&buffer);
}

static void test_integers_are_big_endian(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 64);
	buffer_append_u32(&buffer, 0x01020304);
	buffer_append_u64(&buffer, UINT64_C(0x05060708090a0b0c));
	static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	assert_true(slice_equal(buffer_slice(&buffer), slice_of(expected, sizeof(expected))));
	buffer_release(&buffer);
}

static void test_printf(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 8);
	buffer_printf(&buffer, "%s-%d", "o", 12);
	assert_string_equal(buffer_text(&buffer), "o-12");
	buffer_printf(&buffer, "%s", "56789");
	assert_true(buffer.overflowed);
	assert_string_equal(buffer_text(&buffer), "o-125678");
	buffer_release(&buffer);
}

static void test_steal(void **state)
{
	(void)state;
	struct buffer buffer;
	size_t length = 99;
	buffer_init(&buffer, 8);
	uint8_t *bytes = buffer_steal(&buffer, &length);
	assert_int_equal(length, 0);
	assert_string_equal((char *)bytes, "");
	free(bytes);
	buffer_append_text(&buffer, "abc");
	bytes = buffer_steal(&buffer, &length);
	assert_int_equal(length, 3);
	assert_string_equal((char *)bytes, "abc");
	free(bytes);
	assert_int_equal(buffer.length, 0);
	assert_int_equal(buffer.maximum, 8);
	buffer_append_text(&buffer, "again");
	assert_string_equal(buffer_text(&buffer), "again");
	buffer_release(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_append_up_to_the_maximum),
		cmocka_unit_test(test_overflow_keeps_the_head_and_drops_the_rest),
		cmocka_unit_test(test_maximum_of_nothing),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_integers_are_big_endian),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_steal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
