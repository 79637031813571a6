/* JSON: strict reading, members left out when absent, equal objects as equal bytes. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_written(const json_t *object, const char *text)
{
	struct buffer out;
	buffer_init(&out, 4096);
	json_write(object, &out);
	assert_string_equal(buffer_text(&out), text);
	buffer_release(&out);
}

static void test_strict_reading(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"",
		"{",
		"[]",
		"[1]",
		"1",
		"\"a\"",
		"null",
		"{} x",
		"{}{}",
		"{\"a\":1,}",
		"{a:1}",
		"{'a':1}",
		"{\"a\":01}",
		"{\"a\":NaN}",
		"{\"a\":.5}",
		"{\"a\":1}//",
		"{\"a\":tru}",
		"{\"a\":1,\"a\":1}",
		"{\"a\":{\"b\":1,\"b\":2}}",
		"{\"a\":\"\x80\"}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":\"\n\"}",
		"\xef\xbb\xbf{}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		struct error err = NO_ERROR;
		json_t *value = NULL;
		if (json_read(slice_text(refused[i]), &value, &err) != INPUT)
			fail_msg("%s was accepted", refused[i]);
		assert_null(value);
		assert_true(strlen(err.sentence) > 0);
	}
	struct error err = NO_ERROR;
	json_t *value = NULL;
	assert_int_equal(json_read(slice_text("{\n\"a\":x}"), &value, &err), INPUT);
	assert_int_equal(strncmp(err.sentence, "line 2, column ", 15), 0);
}

static void test_depth_is_bounded(void **state)
{
	(void)state;
	enum { DEPTH = 100000 };
	struct buffer text;
	struct error err = NO_ERROR;
	json_t *value = NULL;
	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, "{\"a\":");
	for (size_t i = 0; i < DEPTH; i++)
		buffer_append_byte(&text, '[');
	assert_int_equal(json_read(buffer_slice(&text), &value, &err), INPUT);
	buffer_release(&text);
}

static void test_reads_only_the_slice(void **state)
{
	(void)state;
	CLEANUP(json_releasep) json_t *value = NULL;
	assert_int_equal(json_read(slice_of("{\"a\":\"b\"}garbage", 9), &value, NULL), OK);
	assert_string_equal(json_get_text(value, "a"), "b");
	assert_null(json_get_text(value, "c"));
}

static void test_writing(void **state)
{
	(void)state;
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add_text(object, "z", "1");
	json_add_text(object, "absent", NULL);
	json_add_integer(object, "b", -7);
	json_add_instant(object, "at", INT64_C(1795321000000));
	json_add_instant(object, "never", 0);
	json_add_bytes(object, "raw", slice_of("\xff\x00\x01", 3));
	json_add(object, "list", json_array());
	assert_written(object, "{\"z\":\"1\",\"b\":-7,\"at\":\"2026-11-22T04:16:40Z\","
			       "\"raw\":\"/wAB\",\"list\":[]}");
	struct buffer out;
	buffer_init(&out, 4096);
	json_write_sorted(object, &out);
	assert_string_equal(buffer_text(&out),
			    "{\"at\":\"2026-11-22T04:16:40Z\",\"b\":-7,\"list\":[],"
			    "\"raw\":\"/wAB\",\"z\":\"1\"}");
	buffer_release(&out);
}

static void test_getting(void **state)
{
	(void)state;
	CLEANUP(json_releasep) json_t *value = NULL;
	static const char text[] = "{\"text\":\"t\",\"number\":9007199254740993,\"real\":1.5,"
				   "\"at\":\"2026-11-22T04:16:40Z\",\"odd\":\"yesterday\",\"raw\":"
				   "\"/wAB\",\"null\":null}";
	assert_int_equal(json_read(slice_text(text), &value, NULL), OK);
	assert_string_equal(json_get_text(value, "text"), "t");
	assert_null(json_get_text(value, "number"));
	assert_null(json_get_text(value, "null"));
	assert_int_equal(json_get_integer(value, "number", 0), INT64_C(9007199254740993));
	assert_int_equal(json_get_integer(value, "real", -5), -5);
	assert_int_equal(json_get_integer(value, "text", -5), -5);
	assert_int_equal(json_get_instant(value, "at"), INT64_C(1795321000000));
	assert_int_equal(json_get_instant(value, "odd"), 0);
	assert_int_equal(json_get_instant(value, "absent"), 0);
	struct buffer out;
	buffer_init(&out, 16);
	assert_int_equal(json_get_bytes(value, "raw", &out), OK);
	assert_true(slice_equal(buffer_slice(&out), slice_of("\xff\x00\x01", 3)));
	assert_int_equal(json_get_bytes(value, "odd", &out), INPUT);
	assert_int_equal(json_get_bytes(value, "absent", &out), INPUT);
	assert_int_equal(json_get_bytes(value, "number", &out), INPUT);
	buffer_release(&out);
}

static void test_text_that_is_not_utf8(void **state)
{
	(void)state;
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add_text(object, "a", "b\xffz");
	assert_string_equal(json_get_text(object, "a"), "b?z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict_reading),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_reads_only_the_slice),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_getting),
		cmocka_unit_test(test_text_that_is_not_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
