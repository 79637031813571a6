/* Hexadecimal and base64: see encode.h. */
#include "base/encode.h"

#include <string.h>

void encode_hex(const void *data, size_t length, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;
	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * length] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum status decode_hex(const char *text, void *ret_data, size_t length)
{
	if (strlen(text) != 2 * length)
		return INPUT;
	uint8_t *out = ret_data;
	for (size_t i = 0; i < 2 * length; i++)
		if (hex_digit(text[i]) < 0)
			return INPUT;
	for (size_t i = 0; i < length; i++)
		out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
	return OK;
}

static void encode(struct slice bytes, const char *alphabet, int padded, struct buffer *out)
{
	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t rest = bytes.length - i;
		uint32_t word = (uint32_t)bytes.data[i] << 16;
		if (rest > 1)
			word |= (uint32_t)bytes.data[i + 1] << 8;
		if (rest > 2)
			word |= bytes.data[i + 2];
		char quad[4] = {alphabet[word >> 18], alphabet[word >> 12 & 63],
				rest > 1 ? alphabet[word >> 6 & 63] : '=',
				rest > 2 ? alphabet[word & 63] : '='};
		size_t length = padded || rest > 2 ? 4 : rest + 1;
		buffer_append(out, quad, length);
	}
}

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void encode_base64(struct slice bytes, struct buffer *out)
{
	encode(bytes, plain, 1, out);
}

void encode_base64url(struct slice bytes, struct buffer *out)
{
	encode(bytes, url, 0, out);
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

enum status decode_base64(struct slice text, struct buffer *out)
{
	if (text.length % 4 != 0)
		return INPUT;
	for (size_t i = 0; i < text.length; i += 4) {
		const uint8_t *quad = text.data + i;
		int last = i + 4 == text.length;
		size_t pad = last && quad[3] == '=' ? (quad[2] == '=' ? 2 : 1) : 0;
		uint32_t word = 0;
		for (size_t k = 0; k < 4; k++) {
			int digit = k >= 4 - pad ? 0 : base64_digit(quad[k]);
			if (digit < 0)
				return INPUT;
			word = word << 6 | (uint32_t)digit;
		}
		if ((pad == 1 && (word & 0xff)) || (pad == 2 && (word & 0xffff)))
			return INPUT;
		uint8_t bytes[3] = {(uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word};
		buffer_append(out, bytes, 3 - pad);
	}
	return out->overflowed ? INPUT : OK;
}

enum status decode_base64url(struct slice text, struct buffer *out)
{
	CLEANUP(buffer_release) struct buffer padded;
	buffer_init(&padded, text.length + 3);
	for (size_t i = 0; i < text.length; i++) {
		uint8_t c = text.data[i];
		if (c == '+' || c == '/' || c == '=')
			return INPUT;
		buffer_append_byte(&padded, c == '-' ? '+' : c == '_' ? '/' : c);
	}
	if (text.length % 4 == 1)
		return INPUT;
	while (padded.length % 4 != 0)
		buffer_append_byte(&padded, '=');
	return decode_base64(buffer_slice(&padded), out);
}

void encode_base32(struct slice bytes, struct buffer *out)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint32_t word = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		word = word << 8 | bytes.data[i];
		for (bits += 8; bits >= 5; bits -= 5)
			buffer_append_byte(out, (uint8_t)digits[word >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buffer_append_byte(out, (uint8_t)digits[word << (5 - bits) & 31]);
}
