/* JSON as text: what is written is read back the same, and no text breaks out of its quotes. */
#include "base/json_text.h"

#include "base/civil.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_commas_and_brackets(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out = {.maximum = 4096};
	json_text_open(&out, NULL, '{');
	json_text_integer(&out, "a", INT64_MIN);
	json_text_string(&out, "left_out", NULL);
	json_text_open(&out, "b", '[');
	json_text_string(&out, NULL, "{");
	json_text_string(&out, NULL, "[");
	json_text_open(&out, NULL, '{');
	json_text_close(&out, '}');
	json_text_close(&out, ']');
	json_text_open(&out, "c", '{');
	json_text_boolean(&out, "yes", true);
	json_text_boolean(&out, "no", false);
	json_text_close(&out, '}');
	json_text_instant(&out, "never", 0);
	json_text_instant(&out, "at", 90 * SECOND_MS);
	json_text_bytes(&out, "bytes", slice_text("issuer"));
	json_text_bytes(&out, "none", SLICE_NONE);
	json_text_close(&out, '}');
	assert_string_equal(buffer_text(&out),
			    "{\"a\":-9223372036854775808,\"b\":[\"{\",\"[\",{}],"
			    "\"c\":{\"yes\":true,\"no\":false},\"at\":\"1970-01-01T00:01:30Z\","
			    "\"bytes\":\"aXNzdWVy\",\"none\":\"\"}");
}

static void assert_read_back(const char *text, const char *expected)
{
	CLEANUP(buffer_release) struct buffer out = {.maximum = 4096};
	CLEANUP(json_releasep) json_t *object = NULL;
	json_text_open(&out, NULL, '{');
	json_text_string(&out, "text", text);
	json_text_close(&out, '}');
	assert_int_equal(json_read(buffer_slice(&out), &object, NULL), OK);
	assert_string_equal(json_get_text(object, "text"), expected);
}

static void test_every_octet(void **state)
{
	(void)state;
	for (int octet = 1; octet < 256; octet++) {
		char text[] = {'a', (char)octet, 'z', '\0'};
		char expected[] = {'a', (char)(octet < 0x80 ? octet : '?'), 'z', '\0'};
		assert_read_back(text, expected);
	}
}

static void test_beyond_ascii(void **state)
{
	(void)state;
	assert_read_back("b\xc3\xbc"
			 "cher \"\\\n",
			 "b\xc3\xbc"
			 "cher \"\\\n");
	assert_read_back("\xc3\xbc \xff", "?? ?");
	assert_read_back("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commas_and_brackets),
		cmocka_unit_test(test_every_octet),
		cmocka_unit_test(test_beyond_ascii),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
