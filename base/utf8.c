/* UTF-8: see utf8.h. */
#include "base/utf8.h"

#include "base/error.h"

enum { REPLACEMENT = 0xfffd, ELLIPSIS = 0x2026 };

struct range {
	uint32_t first, last;
};

/* First octets, what the second may be, and the length, of what is not ASCII: RFC 3629 section 4.
 */
static const struct {
	uint8_t first, last, second_first, second_last;
	uint8_t length;
} forms[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool continues(struct slice text, size_t length, uint8_t first, uint8_t last)
{
	if (length > text.length)
		return false;
	for (size_t i = 1; i < length; i++) {
		if (text.data[i] < (i == 1 ? first : 0x80) || text.data[i] > (i == 1 ? last : 0xbf))
			return false;
	}
	return true;
}

size_t utf8_read(struct slice text, uint32_t *ret)
{
	static const uint8_t bits[] = {0, 0, 0x1f, 0x0f, 0x07};
	if (text.length && text.data[0] < 0x80) {
		*ret = text.data[0];
		return 1;
	}
	for (size_t i = 0; text.length && i < ARRAY_LENGTH(forms); i++) {
		size_t length = forms[i].length;
		if (text.data[0] < forms[i].first || text.data[0] > forms[i].last)
			continue;
		if (!continues(text, length, forms[i].second_first, forms[i].second_last))
			return 0;
		uint32_t point = text.data[0] & bits[length];
		for (size_t k = 1; k < length; k++)
			point = point << 6 | (text.data[k] & 0x3fU);
		*ret = point;
		return length;
	}
	return 0;
}

void utf8_append(struct buffer *out, uint32_t point)
{
	static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	buffer_append_byte(out, (uint8_t)(marks[length] | point >> (6 * (length - 1))));
	for (size_t left = length - 1; left > 0; left--)
		buffer_append_byte(out, (uint8_t)(0x80 | (point >> (6 * (left - 1)) & 0x3f)));
}

/* Controls, separators of lines, marks of direction (UAX #9), and what has no width at all or is
 * never a character. The joiners U+200C and U+200D are left: words of some scripts need them. */
static const struct range hidden[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x061c, 0x061c},
	{0x115f, 0x1160}, {0x180e, 0x180e},   {0x200b, 0x200b},   {0x200e, 0x200f},
	{0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},   {0xd800, 0xdfff},
	{0xfdd0, 0xfdef}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffc},
	{0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, UINT32_MAX},
};

bool utf8_is_plain(uint32_t point)
{
	/* They stand in their order. */
	size_t i = 0;
	while (hidden[i].last < point)
		i++;
	return point < hidden[i].first;
}

void utf8_append_shown(struct buffer *out, const char *text, size_t most)
{
	struct slice rest = slice_text(text);
	for (size_t count = 0; rest.length; count++) {
		uint32_t point = REPLACEMENT;
		size_t length = utf8_read(rest, &point);
		if (count == most) {
			utf8_append(out, ELLIPSIS);
			return;
		}
		utf8_append(out, length && utf8_is_plain(point) ? point : REPLACEMENT);
		length += length == 0;
		rest = slice_of(rest.data + length, rest.length - length);
	}
}
