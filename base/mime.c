/* Encodings of mail: see mime.h. */
#include "base/mime.h"

#include "base/civil.h"
#include "base/encode.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* ---- headers ---- */

/* civil_of tells the date; the week of 1970-01-01 began on a Thursday. */
void mime_append_date(struct buffer *out, int64_t at)
{
	static const char days[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil date = civil_of(at, 0);
	int64_t second = at % DAY_MS / SECOND_MS;
	buffer_printf(out, "%s, %d %s %d %02d:%02d:%02d +0000", days[at / DAY_MS % 7], date.day,
		      months[date.month - 1], date.year, (int)(second / 3600),
		      (int)(second / 60 % 60), (int)(second % 60));
}

#define WORD_START "=?UTF-8?B?"
#define WORD_END "?="

/* RFC 2047 section 2: an encoded word has at most 75 characters; section 5: "Each 'encoded-word'
 * MUST represent an integral number of characters." */
void mime_append_words(struct buffer *out, struct slice text, size_t column)
{
	enum { FRAME = sizeof(WORD_START WORD_END) - 1, WORD = MIME_LINE - 1 };
	for (size_t at = 0; at < text.length;) {
		size_t room = column + FRAME + 4 <= WORD ? (WORD - FRAME - column) / 4 * 3 : 0;
		size_t taken = 0;
		for (;;) {
			uint32_t point;
			struct slice rest =
				slice_of(text.data + at + taken, text.length - at - taken);
			size_t length = rest.length ? utf8_read(rest, &point) : 0;
			length += rest.length && length == 0;
			if (!length || taken + length > room)
				break;
			taken += length;
		}
		if (taken) {
			buffer_append_text(out, WORD_START);
			encode_base64(slice_of(text.data + at, taken), out);
			buffer_append_text(out, WORD_END);
			at += taken;
		}
		if (at < text.length)
			buffer_append_text(out, "\r\n ");
		column = 1;
	}
}

/* RFC 5322 section 3.2.3, "atext", and the space between atoms. */
static bool is_phrase(struct slice text)
{
	bool in_atom = false;
	for (size_t i = 0; i < text.length; i++) {
		uint8_t c = text.data[i];
		bool atom = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-/^_`{|}~", c));
		if (!atom && !(c == ' ' && in_atom))
			return false;
		in_atom = atom;
	}
	return in_atom;
}

void mime_append_phrase(struct buffer *out, struct slice text, size_t column)
{
	if (is_phrase(text) && column + text.length <= MIME_LINE)
		buffer_append_slice(out, text);
	else
		mime_append_words(out, text, column);
}

static bool is_printable(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < 0x20 || text.data[i] > 0x7e)
			return false;
	}
	return text.length && text.data[0] != ' ' && text.data[text.length - 1] != ' ';
}

void mime_append_unstructured(struct buffer *out, struct slice text, size_t column)
{
	/* What looks like an encoded word would be taken for one. */
	if (is_printable(text) && column + text.length <= MIME_LINE &&
	    slice_find(text, slice_text("=?")) < 0)
		buffer_append_slice(out, text);
	else
		mime_append_words(out, text, column);
}

/* ---- bodies ---- */

void mime_append_base64(struct buffer *out, struct slice bytes)
{
	enum { LINE_BYTES = MIME_LINE / 4 * 3 };
	for (size_t at = 0; at < bytes.length; at += LINE_BYTES) {
		size_t left = bytes.length - at;
		encode_base64(slice_of(bytes.data + at, left < LINE_BYTES ? left : LINE_BYTES),
			      out);
		buffer_append_text(out, "\r\n");
	}
}

/* Whether CR LF, or the end of the text, is at the place. */
static bool line_ends(struct slice text, size_t at)
{
	return at == text.length ||
	       (at + 1 < text.length && text.data[at] == '\r' && text.data[at + 1] == '\n');
}

/* RFC 2045 section 6.7. A dot or "From " at the start of a line is encoded too: relays change
 * them. */
static bool must_encode(struct slice text, size_t at, bool starts_line)
{
	uint8_t c = text.data[at];
	if (c == ' ' || c == '\t')
		return line_ends(text, at + 1);
	return c < 0x20 || c > 0x7e || c == '=' || (starts_line && (c == '.' || c == 'F'));
}

void mime_append_quoted_printable(struct buffer *out, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t column = 0;
	for (size_t at = 0; at < text.length; at++) {
		if (line_ends(text, at)) {
			buffer_append_text(out, "\r\n");
			column = 0;
			at++;
			continue;
		}
		size_t width = must_encode(text, at, column == 0) ? 3 : 1;
		/* The last character of a line is the "=" that says that it goes on. */
		if (column + width > MIME_LINE - 1 &&
		    !(column + width == MIME_LINE && line_ends(text, at + 1))) {
			buffer_append_text(out, "=\r\n");
			column = 0;
			width = must_encode(text, at, true) ? 3 : 1;
		}
		if (width == 3) {
			const char code[] = {'=', digits[text.data[at] >> 4],
					     digits[text.data[at] & 15]};
			buffer_append(out, code, sizeof(code));
		} else {
			buffer_append_byte(out, text.data[at]);
		}
		column += width;
	}
	if (column)
		buffer_append_text(out, "\r\n");
}

void mime_append_text_part(struct buffer *out, struct slice text)
{
	CLEANUP(buffer_release) struct buffer quoted = {.maximum = out->maximum};
	CLEANUP(buffer_release) struct buffer base64 = {.maximum = out->maximum};
	mime_append_quoted_printable(&quoted, text);
	mime_append_base64(&base64, text);
	bool legible = quoted.length <= base64.length;
	buffer_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
		      legible ? "quoted-printable" : "base64");
	buffer_append_slice(out, buffer_slice(legible ? &quoted : &base64));
	out->overflowed |= quoted.overflowed && base64.overflowed;
}

/* ---- reading ---- */

static int base64_value(uint8_t c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* RFC 2045 section 6.8: "Any characters outside of the base64 alphabet are to be ignored". */
void mime_read_base64(struct slice text, struct buffer *out)
{
	uint32_t bits = 0;
	int count = 0;
	for (size_t i = 0; i < text.length && text.data[i] != '='; i++) {
		int value = base64_value(text.data[i]);
		if (value < 0)
			continue;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buffer_append_byte(out, (uint8_t)(bits >> count));
		}
	}
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The length of white space and the line end that follow "=": a soft line break; 0: none. */
static size_t soft_break(struct slice text, size_t at)
{
	size_t end = at;
	while (end < text.length && (text.data[end] == ' ' || text.data[end] == '\t'))
		end++;
	end += end < text.length && text.data[end] == '\r';
	if (end < text.length && text.data[end] == '\n')
		return end + 1 - at;
	return end == text.length ? end - at + 1 : 0;
}

void mime_read_quoted_printable(struct slice text, struct buffer *out)
{
	for (size_t at = 0; at < text.length; at++) {
		if (text.data[at] != '=') {
			buffer_append_byte(out, text.data[at]);
			continue;
		}
		size_t gap = soft_break(text, at + 1);
		int high = at + 2 < text.length ? hex_value(text.data[at + 1]) : -1;
		int low = at + 2 < text.length ? hex_value(text.data[at + 2]) : -1;
		if (gap) {
			at += gap;
		} else if (high >= 0 && low >= 0) {
			buffer_append_byte(out, (uint8_t)(high << 4 | low));
			at += 2;
		} else {
			buffer_append_byte(out, '=');
		}
	}
}

void mime_read_words(struct slice text, struct buffer *out)
{
	while (text.length) {
		ptrdiff_t start = slice_find(text, slice_text(WORD_START));
		size_t before = start < 0 ? text.length : (size_t)start;
		struct slice word = slice_of(text.data + before, text.length - before);
		ptrdiff_t length = -1;
		if (start >= 0) {
			word = slice_of(word.data + strlen(WORD_START),
					word.length - strlen(WORD_START));
			length = slice_find(word, slice_text(WORD_END));
		}
		if (length < 0) {
			buffer_append_slice(out, text);
			return;
		}
		/* RFC 2047 section 6.2: white space between two of them is not shown. */
		bool gap = out->length > 0 && before == 1 && text.data[0] == ' ';
		if (!gap)
			buffer_append(out, text.data, before);
		mime_read_base64(slice_of(word.data, (size_t)length), out);
		size_t taken = (size_t)length + strlen(WORD_END);
		text = slice_of(word.data + taken, word.length - taken);
	}
}
