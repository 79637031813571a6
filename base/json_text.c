/* Members as text: see json_text.h. */
#include "base/json_text.h"

#include "base/civil.h"
#include "base/encode.h"
#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The comma after an earlier member, then the name. */
static void begin(struct buffer *out, const char *name)
{
	char last = out->length ? (char)out->data[out->length - 1] : '{';
	if (last != '{' && last != '[')
		buffer_append_byte(out, ',');
	if (!name)
		return;
	buffer_append_byte(out, '"');
	buffer_append_text(out, name);
	buffer_append(out, "\":", 2);
}

void json_text_open(struct buffer *out, const char *name, char bracket)
{
	/* At the very start there is nothing to be kept apart from. */
	if (out->length)
		begin(out, name);
	buffer_append_byte(out, (uint8_t)bracket);
}

void json_text_close(struct buffer *out, char bracket)
{
	buffer_append_byte(out, (uint8_t)bracket);
}

/* RFC 8259 section 7: "All Unicode characters may be placed within the quotation marks, except for
 * the characters that MUST be escaped: quotation mark, reverse solidus, and the control characters
 * (U+0000 through U+001F)." */
static bool needs_escape(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

static bool is_utf8(const char *text)
{
	const char *c = text;
	while (*c && (unsigned char)*c < 0x80)
		c++;
	if (!*c)
		return true;
	json_t *value = json_string(text);
	json_decref(value);
	return value != NULL;
}

static void append_escaped(struct buffer *out, const char *text)
{
	while (*text) {
		size_t plain = 0;
		while (text[plain] && !needs_escape(text[plain]))
			plain++;
		buffer_append(out, text, plain);
		text += plain;
		if (!*text)
			return;
		if ((unsigned char)*text < 0x20)
			buffer_printf(out, "\\u%04x", (unsigned)*text);
		else
			buffer_printf(out, "\\%c", *text);
		text++;
	}
}

void json_text_string(struct buffer *out, const char *name, const char *text)
{
	if (!text)
		return;
	begin(out, name);
	buffer_append_byte(out, '"');
	if (is_utf8(text)) {
		append_escaped(out, text);
	} else {
		struct buffer clean = {.maximum = strlen(text)};
		for (const char *c = text; *c; c++)
			buffer_append_byte(&clean, (unsigned char)*c < 0x80 ? (uint8_t)*c : '?');
		append_escaped(out, buffer_text(&clean));
		buffer_release(&clean);
	}
	buffer_append_byte(out, '"');
}

void json_text_integer(struct buffer *out, const char *name, int64_t value)
{
	char digits[24];
	begin(out, name);
	buffer_append(out, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value));
}

void json_text_null(struct buffer *out, const char *name)
{
	begin(out, name);
	buffer_append_text(out, "null");
}

void json_text_boolean(struct buffer *out, const char *name, bool value)
{
	begin(out, name);
	buffer_append_text(out, value ? "true" : "false");
}

void json_text_instant(struct buffer *out, const char *name, int64_t at_ms)
{
	char text[INSTANT_TEXT];
	if (at_ms)
		json_text_string(out, name, instant_text(at_ms, text));
}

void json_text_bytes(struct buffer *out, const char *name, struct slice bytes)
{
	begin(out, name);
	buffer_append_byte(out, '"');
	encode_base64(bytes, out);
	buffer_append_byte(out, '"');
}
