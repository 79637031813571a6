/* Random values in words of others. */
#include "base/mask.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *text, *masked;
	} rows[] = {
		{"", ""},
		{"550 5.1.1 no such user", "550 5.1.1 no such user"},
		{"https://a.example/answer/00112233445566778899aabbccddeeff?x",
		 "https://a.example/answer/********************************?x"},
		{"00112233445566778899aabbccddeeff", "********************************"},
		{"aaaaaaaaaaaaaaaaaaa", "*******************"},
		{"aaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaa"},
		{"q8J_-abcdefghijklmnop", "*********************"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char text[128];
		(void)snprintf(text, sizeof(text), "%s", rows[i].text);
		mask_values(text, strlen(text));
		assert_string_equal(text, rows[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_values)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
