/* Hexadecimal and base64: RFC 4648's examples, and the strictness of the decoders. */
#include "base/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* RFC 4648 section 10. */
static const struct {
	const char *plain;
	const char *base64;
	const char *base64url;
} vectors[] = {
	{"", "", ""},
	{"f", "Zg==", "Zg"},
	{"fo", "Zm8=", "Zm8"},
	{"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xfb\xff\xfe", "+//+", "-__-"},
};

static void test_base64_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
		struct buffer out;
		buffer_init(&out, 64);
		encode_base64(slice_text(vectors[i].plain), &out);
		assert_string_equal(buffer_text(&out), vectors[i].base64);
		buffer_clear(&out);
		encode_base64url(slice_text(vectors[i].plain), &out);
		assert_string_equal(buffer_text(&out), vectors[i].base64url);
		buffer_clear(&out);
		assert_int_equal(decode_base64(slice_text(vectors[i].base64), &out), OK);
		assert_string_equal(buffer_text(&out), vectors[i].plain);
		buffer_release(&out);
	}
}

static void test_base64_of_every_octet(void **state)
{
	(void)state;
	uint8_t bytes[256];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		struct buffer text, back;
		buffer_init(&text, 1024);
		buffer_init(&back, 1024);
		encode_base64(slice_of(bytes, length), &text);
		assert_int_equal(decode_base64(buffer_slice(&text), &back), OK);
		assert_true(slice_equal(buffer_slice(&back), slice_of(bytes, length)));
		buffer_release(&text);
		buffer_release(&back);
	}
}

static void test_base64_that_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"Z",        "Zg",       "Zg=",      "Zg===",    "====",    "=",       "Z===",
		"Zh==", /* stray bits */
		"Zm9=", /* stray bits */
		"Zg==Zg==", "Zm8=Zm8=", "Zm9v\n",   "Zm9v\nZg", "Zm9 ",    " Zm9",    "Zm9-",
		"Zm9_",     "Zm=v",     "Zm9v====", "Z=9v",     "Zm\x80v", "Zm9v.Zg",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct buffer out;
		buffer_init(&out, 64);
		if (decode_base64(slice_text(texts[i]), &out) != INPUT)
			fail_msg("\"%s\" was accepted", texts[i]);
		buffer_release(&out);
	}
	struct buffer out;
	buffer_init(&out, 64);
	assert_int_equal(decode_base64(slice_of("Zm\0v", 4), &out), INPUT);
	buffer_release(&out);
}

static void test_base64_longer_than_the_buffer(void **state)
{
	(void)state;
	struct buffer out;
	buffer_init(&out, 5);
	assert_int_equal(decode_base64(slice_text("Zm9vYmFy"), &out), INPUT);
	buffer_release(&out);
	buffer_init(&out, 6);
	assert_int_equal(decode_base64(slice_text("Zm9vYmFy"), &out), OK);
	buffer_release(&out);
}

static void test_hexadecimal(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
	char text[2 * sizeof(bytes) + 1];
	encode_hex(bytes, sizeof(bytes), text);
	assert_string_equal(text, "000fa5ff");
	encode_hex(bytes, 0, text);
	assert_string_equal(text, "");

	uint8_t back[sizeof(bytes)] = {0};
	assert_int_equal(decode_hex("000Fa5fF", back, sizeof(back)), OK);
	assert_memory_equal(back, bytes, sizeof(bytes));
	static const char *const refused[] = {"",         "000fa5f",  "000fa5ff0",
					      "000fa5fg", "000fa5f ", "0x0fa5ff"};
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		assert_int_equal(decode_hex(refused[i], back, sizeof(back)), INPUT);
		assert_memory_equal(back, bytes, sizeof(bytes));
	}
}

static void test_base64url(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {0xfb, 0xef, 0xff, 0x3e};
	static const char *const refused[] = {"--__Pg==", "--__Ph", "--__P", "++//Pg", "--__ Pg"};
	struct buffer out;
	buffer_init(&out, 16);
	assert_int_equal(decode_base64url(slice_text("--__Pg"), &out), OK);
	assert_int_equal(out.length, sizeof(bytes));
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		assert_int_equal(decode_base64url(slice_text(refused[i]), &out), INPUT);
	buffer_release(&out);
}

/* RFC 4648 section 10, without the padding and in lower case. */
static void test_base32_vectors(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "my"},
		{"fo", "mzxq"},
		{"foo", "mzxw6"},
		{"foob", "mzxw6yq"},
		{"fooba", "mzxw6ytb"},
		{"foobar", "mzxw6ytboi"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct buffer out;
		buffer_init(&out, 64);
		encode_base32(slice_text(rows[i][0]), &out);
		assert_string_equal(buffer_text(&out), rows[i][1]);
		buffer_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64_vectors),
		cmocka_unit_test(test_base64_of_every_octet),
		cmocka_unit_test(test_base64_that_is_refused),
		cmocka_unit_test(test_base64_longer_than_the_buffer),
		cmocka_unit_test(test_hexadecimal),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_base32_vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
