/* Encodings of mail: lines within the limits, and back to the same bytes. */
#include "base/mime.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1 << 20 };

static void check_lines(const struct buffer *out)
{
	const char *text = buffer_text(out);
	for (const char *line = text; *line;) {
		const char *end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= MIME_LINE);
		for (const char *c = line; c < end; c++)
			assert_true(*c >= 0x20 && *c < 0x7f);
		line = end + 2;
	}
}

static void test_date(void **state)
{
	(void)state;
	static const struct {
		int64_t at;
		const char *text;
	} cases[] = {
		{0, "Thu, 1 Jan 1970 00:00:00 +0000"},
		{INT64_C(951782399999), "Mon, 28 Feb 2000 23:59:59 +0000"},
		{INT64_C(951825600000), "Tue, 29 Feb 2000 12:00:00 +0000"},
		{INT64_C(1795762555000), "Fri, 27 Nov 2026 06:55:55 +0000"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		mime_append_date(&out, cases[i].at);
		assert_string_equal(buffer_text(&out), cases[i].text);
	}
}

static void test_base64(void **state)
{
	(void)state;
	uint8_t bytes[400];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t length = 0; length < sizeof(bytes); length++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer back = {.maximum = MOST};
		mime_append_base64(&out, slice_of(bytes, length));
		check_lines(&out);
		mime_read_base64(buffer_slice(&out), &back);
		assert_true(slice_equal(buffer_slice(&back), slice_of(bytes, length)));
	}
}

static void test_quoted_printable(void **state)
{
	(void)state;
	static const struct {
		const char *text, *written;
	} cases[] = {
		{"", ""},
		{"a=b\r\n", "a=3Db\r\n"},
		{"tab\t\r\nspace \r\n", "tab=09\r\nspace=20\r\n"},
		{".\r\n..a\r\nFrom here\r\n", "=2E\r\n=2E.a\r\n=46rom here\r\n"},
		{"\xe3\x81\x82\r\n", "=E3=81=82\r\n"},
		{"a\nb\rc\r\n", "a=0Ab=0Dc\r\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		mime_append_quoted_printable(&out, slice_text(cases[i].text));
		assert_string_equal(buffer_text(&out), cases[i].written);
	}
	/* Every length around the limit, with a dot where a soft break starts a line. */
	for (size_t length = 1; length < 400; length++) {
		static const char pattern[] = "aaaaaaaaaaaaa=\xe3\x81\x82. ";
		CLEANUP(buffer_release) struct buffer text = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer back = {.maximum = MOST};
		for (size_t i = 0; i < length; i++)
			buffer_append_byte(&text, length % 3 ? (uint8_t)pattern[i % 18] : '.');
		buffer_append_text(&text, "\r\n");
		mime_append_quoted_printable(&out, buffer_slice(&text));
		check_lines(&out);
		assert_null(strstr(buffer_text(&out), "\r\n."));
		mime_read_quoted_printable(buffer_slice(&out), &back);
		assert_true(slice_equal(buffer_slice(&back), buffer_slice(&text)));
	}
}

static void test_lenient(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
	mime_read_quoted_printable(slice_text("a=\n=zz=4=  \r\nb=e3="), &out);
	assert_string_equal(buffer_text(&out), "a=zz=4b\xe3");
	buffer_clear(&out);
	mime_read_base64(slice_text("aG\r\n!Vs bG8=trailing"), &out);
	assert_string_equal(buffer_text(&out), "hello");
}

static void test_part(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
	mime_append_text_part(&out, slice_text("plain\r\n"));
	assert_string_equal(buffer_text(&out),
			    "Content-Transfer-Encoding: quoted-printable\r\n\r\nplain\r\n");
	buffer_clear(&out);
	mime_append_text_part(&out, slice_text("\xe3\x81\x82\xe3\x81\x84\r\n"));
	assert_string_equal(buffer_text(&out),
			    "Content-Transfer-Encoding: base64\r\n\r\n44GC44GEDQo=\r\n");
}

/* Words hold whole characters, and no line is too long wherever the first begins. */
static void test_words(void **state)
{
	(void)state;
	for (size_t column = 0; column < 90; column++) {
		CLEANUP(buffer_release) struct buffer text = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer back = {.maximum = MOST};
		for (int i = 0; i < 60; i++)
			buffer_append_text(&text, i % 3 ? "\xe3\x81\x82" : "b");
		mime_append_words(&out, buffer_slice(&text), column);
		size_t at = column;
		for (const char *c = buffer_text(&out); *c;) {
			if (strncmp(c, "\r\n ", 3) == 0) {
				at = 1;
				c += 3;
				continue;
			}
			assert_int_equal(strncmp(c, "=?UTF-8?B?", 10), 0);
			const char *end = strstr(c, "?=");
			assert_non_null(end);
			size_t before = back.length;
			mime_read_base64(slice_of(c + 10, (size_t)(end - c) - 10), &back);
			assert_true((back.data[before] & 0xc0) != 0x80);
			at += (size_t)(end + 2 - c);
			assert_true(at <= MIME_LINE);
			c = end + 2;
		}
		assert_string_equal(buffer_text(&back), buffer_text(&text));
		/* Unfolded, as a reader sees the header. */
		CLEANUP(buffer_release) struct buffer line = {.maximum = MOST};
		CLEANUP(buffer_release) struct buffer words = {.maximum = MOST};
		for (const char *c = buffer_text(&out); *c; c++)
			if (*c != '\r' && *c != '\n')
				buffer_append_byte(&line, (uint8_t)*c);
		const char *start = buffer_text(&line);
		mime_read_words(slice_text(start + (*start == ' ')), &words);
		assert_string_equal(buffer_text(&words), buffer_text(&text));
	}
}

static void test_phrase(void **state)
{
	(void)state;
	static const struct {
		const char *text, *written;
	} cases[] = {
		{"Example CA", "Example CA"},
		{"Example Co.", "=?UTF-8?B?RXhhbXBsZSBDby4=?="},
		{"a\" <b@c>", "=?UTF-8?B?YSIgPGJAYz4=?="},
		{"=?UTF-8?Q?x?=", "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?="},
		{" a", "=?UTF-8?B?IGE=?="},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MOST};
		mime_append_phrase(&out, slice_text(cases[i].text), 6);
		assert_string_equal(buffer_text(&out), cases[i].written);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_quoted_printable),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_phrase),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
