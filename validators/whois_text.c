/* WHOIS answers as UTF-8, by iconv(3): see whois_text.h. */
#include "validators/whois_text.h"

#include "base/error.h"

#include <iconv.h>
#include <stdbool.h>
#include <string.h>

struct charset_row {
	const char *suffix; /* of the name; "" for all */
	const char *charset;
};

/* Tried in this order. The strict ones (EUC-JP refuses most CP932 text) come first; ISO-8859-1
 * takes anything and ends the list. */
static const struct charset_row charset_rows[] = {
	{".jp", "EUC-JP"},     {".jp", "CP932"},      {".kr", "CP949"},      {".tw", "BIG5"},
	{".hk", "BIG5-HKSCS"}, {".cn", "GB18030"},    {".ru", "KOI8-R"},     {".su", "KOI8-R"},
	{".ua", "KOI8-U"},     {".tr", "ISO-8859-9"}, {".pl", "ISO-8859-2"}, {".hu", "ISO-8859-2"},
	{".cz", "ISO-8859-2"}, {".sk", "ISO-8859-2"}, {"", "ISO-8859-1"},
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name);
	size_t tail = strlen(suffix);
	return length >= tail && strcmp(name + length - tail, suffix) == 0;
}

/* Appends the whole of bytes as UTF-8, or nothing. */
static bool convert(const char *charset, struct slice bytes, struct buffer *out)
{
	iconv_t conversion = iconv_open("UTF-8", charset);
	if (conversion == (iconv_t)-1) /* NOLINT: iconv(3) defines it so */
		return false;
	/* iconv takes a pointer to writable bytes, which it does not write to. */
	union {
		const uint8_t *borrowed;
		char *given;
	} input = {.borrowed = bytes.data};
	char *in = input.given;
	size_t in_left = bytes.length;
	bool whole = true;
	while (whole && in_left > 0) {
		char piece[4096];
		char *to = piece;
		size_t to_left = sizeof(piece);
		size_t before = in_left;
		(void)iconv(conversion, &in, &in_left, &to, &to_left);
		buffer_append(out, piece, sizeof(piece) - to_left);
		whole = in_left < before || to_left < sizeof(piece);
	}
	(void)iconv_close(conversion);
	if (!whole)
		buffer_clear(out);
	return whole;
}

/* A byte that is neither text nor layout: NUL would end the text early, escapes would speak to the
 * terminal of whoever reads the contacts. */
static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* A byte order mark would hide the first label. */
static char *as_text(const struct buffer *utf8, struct arena *arena)
{
	struct slice bytes = buffer_slice(utf8);
	if (bytes.length >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0)
		bytes = slice_of(bytes.data + 3, bytes.length - 3);
	char *text = arena_bytes(arena, bytes);
	for (size_t i = 0; i < bytes.length; i++)
		if (is_control(text[i]))
			text[i] = '?';
	return text;
}

char *whois_text(struct slice answer, const char *name, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer utf8;
	buffer_init(&utf8, 4 * answer.length + 4);
	bool escapes = slice_find(answer, slice_text("\x1b$")) >= 0;
	if ((escapes && convert("ISO-2022-JP", answer, &utf8)) || convert("UTF-8", answer, &utf8))
		return as_text(&utf8, arena);
	for (size_t i = 0; i < ARRAY_LENGTH(charset_rows); i++)
		if (ends_with(name, charset_rows[i].suffix) &&
		    convert(charset_rows[i].charset, answer, &utf8))
			return as_text(&utf8, arena);
	/* Not reached while the C library has ISO-8859-1; ASCII is what is left then. */
	for (size_t i = 0; i < answer.length; i++)
		buffer_append_byte(&utf8, answer.data[i] < 0x80 ? answer.data[i] : '?');
	return as_text(&utf8, arena);
}
