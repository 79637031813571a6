/* DER written and taken apart: see der.h. */
#include "csr/der.h"

#include "base/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_OCTETS_MAX = 4, OID_BYTES_MAX = 64 };

size_t der_open(struct buffer *out, unsigned tag)
{
	buffer_append_byte(out, (uint8_t)tag);
	return out->length;
}

/* X.690 section 10.1: the definite form, in the least number of octets. */
static size_t length_octets(size_t length, uint8_t octets[1 + LENGTH_OCTETS_MAX])
{
	if (length < 0x80) {
		octets[0] = (uint8_t)length;
		return 1;
	}
	size_t count = 1;
	while (count < LENGTH_OCTETS_MAX && length >> (8 * count))
		count++;
	octets[0] = (uint8_t)(0x80 | count);
	for (size_t i = 0; i < count; i++)
		octets[1 + i] = (uint8_t)(length >> (8 * (count - 1 - i)));
	return 1 + count;
}

void der_close(struct buffer *out, size_t mark)
{
	static const uint8_t room[1 + LENGTH_OCTETS_MAX];
	uint8_t octets[1 + LENGTH_OCTETS_MAX];
	size_t content = out->length - mark;
	size_t count = length_octets(content, octets);

	buffer_append(out, room, count);
	if (out->overflowed)
		return;
	memmove(out->data + mark + count, out->data + mark, content);
	memcpy(out->data + mark, octets, count);
}

void der_put(struct buffer *out, unsigned tag, struct slice content)
{
	uint8_t octets[1 + LENGTH_OCTETS_MAX];
	buffer_append_byte(out, (uint8_t)tag);
	buffer_append(out, octets, length_octets(content.length, octets));
	buffer_append_slice(out, content);
}

void der_put_unsigned(struct buffer *out, struct slice octets)
{
	while (octets.length > 1 && octets.data[0] == 0)
		octets = slice_of(octets.data + 1, octets.length - 1);
	size_t mark = der_open(out, DER_INTEGER);
	if (octets.length == 0 || octets.data[0] & 0x80)
		buffer_append_byte(out, 0);
	buffer_append_slice(out, octets);
	der_close(out, mark);
}

void der_put_bits(struct buffer *out, struct slice octets)
{
	size_t mark = der_open(out, DER_BIT_STRING);
	buffer_append_byte(out, 0);
	buffer_append_slice(out, octets);
	der_close(out, mark);
}

/* Base 128, most significant first, the top bit set on all but the last (X.690 section 8.19.2). */
static void put_arc(struct buffer *out, unsigned long arc)
{
	int shift = 0;
	while (shift < 63 && arc >> (shift + 7))
		shift += 7;
	for (; shift > 0; shift -= 7)
		buffer_append_byte(out, (uint8_t)(0x80 | ((arc >> shift) & 0x7f)));
	buffer_append_byte(out, (uint8_t)(arc & 0x7f));
}

static bool take_arc(const char **at, unsigned long *ret)
{
	char *end;
	if (**at < '0' || **at > '9')
		return false;
	*ret = strtoul(*at, &end, 10);
	if (*ret > UINT32_MAX || (*end && *end != '.'))
		return false;
	*at = *end ? end + 1 : end;
	return true;
}

enum status der_put_oid(struct buffer *out, const char *dotted, struct error *err)
{
	CLEANUP(buffer_release) struct buffer content;
	buffer_init(&content, OID_BYTES_MAX);
	const char *at = dotted;
	unsigned long first;
	unsigned long arc;

	if (!take_arc(&at, &first) || !take_arc(&at, &arc) || first > 2 || (first < 2 && arc > 39))
		return fail(err, INPUT, "\"%s\" is not an object identifier", dotted);
	put_arc(&content, 40 * first + arc);
	while (*at) {
		if (!take_arc(&at, &arc))
			return fail(err, INPUT, "\"%s\" is not an object identifier", dotted);
		put_arc(&content, arc);
	}
	if (content.overflowed || dotted[strlen(dotted) - 1] == '.')
		return fail(err, INPUT, "\"%s\" is not an object identifier", dotted);
	der_put(out, DER_OID, buffer_slice(&content));
	return OK;
}

void der_put_time(struct buffer *out, int64_t at_ms)
{
	struct civil date = civil_of(at_ms, 0);
	int second = (int)((at_ms - civil_start(date, 0)) / SECOND_MS);
	char text[32];

	/* RFC 5280 section 4.1.2.5: "CAs conforming to this profile MUST always encode certificate
	 * validity dates through the year 2049 as UTCTime; certificate validity dates in 2050 or
	 * later MUST be encoded as GeneralizedTime." */
	bool utc = date.year >= 1950 && date.year < 2050;
	int year_digits = utc ? 2 : 4;
	int year = utc ? date.year % 100 : date.year;
	snprintf(text, sizeof(text), "%0*d%02d%02d%02d%02d%02dZ", year_digits, year, date.month,
		 date.day, second / 3600, second / 60 % 60, second % 60);
	der_put(out, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME, slice_text(text));
}

bool der_next_is(struct slice rest, unsigned tag)
{
	return rest.length > 0 && rest.data[0] == tag;
}

bool der_take(struct slice *rest, unsigned tag, struct slice *ret_content, struct slice *ret_whole)
{
	if (!der_next_is(*rest, tag) || rest->length < 2)
		return false;
	size_t header = 2;
	size_t length = rest->data[1];
	if (length & 0x80) {
		size_t count = length & 0x7f;
		if (count == 0 || count > LENGTH_OCTETS_MAX || rest->length < 2 + count)
			return false;
		length = 0;
		for (size_t i = 0; i < count; i++)
			length = length << 8 | rest->data[2 + i];
		/* Not the shortest form: BER, but not DER. */
		if (length < 0x80 || (count > 1 && length >> (8 * (count - 1)) == 0))
			return false;
		header += count;
	}
	if (length > rest->length - header)
		return false;
	if (ret_content)
		*ret_content = slice_of(rest->data + header, length);
	if (ret_whole)
		*ret_whole = slice_of(rest->data, header + length);
	*rest = slice_of(rest->data + header + length, rest->length - header - length);
	return true;
}
