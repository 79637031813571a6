/* Values in what staff see: found by their hash, whatever stands around them. */
#include "engine/people/mail_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VALUE "q2w3e4r5t6y7u2i3o4p5a6s7d2"
#define STARS "**************************"

static void test_mask(void **state)
{
	(void)state;
	static const struct {
		const char *text, *masked;
		size_t count;
	} rows[] = {
		{"", "", 0},
		{VALUE, STARS, 1},
		{"https://ca.example/answer/" VALUE "?a=1",
		 "https://ca.example/answer/" STARS "?a=1", 1},
		{"<a href=\"/" VALUE "\">" VALUE "</a>", "<a href=\"/" STARS "\">" STARS "</a>", 2},
		/* Another word, longer or shorter, is none. */
		{VALUE "x", VALUE "x", 0},
		{"q2w3e4r5t6y7u2i3o4p5a6s7d", "q2w3e4r5t6y7u2i3o4p5a6s7d", 0},
		{"a-long-name-of-a-company.example.jp", "a-long-name-of-a-company.example.jp", 0},
	};
	struct digest hash = digest_of(slice_text(VALUE));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(buffer_release) struct buffer text = {.maximum = 1024};
		buffer_append_text(&text, rows[i].text);
		assert_int_equal(mail_mask(&text, hash), rows[i].count);
		assert_string_equal(buffer_text(&text), rows[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mask)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
