/* Tokens of forms: see token.h. The text is base64url of: until (8 octets), MAC. */
#include "gateway/token.h"

#include "base/encode.h"
#include "base/error.h"

#include <string.h>

enum { UNTIL_BYTES = 8, MESSAGE_BYTES = UNTIL_BYTES + 3 * DIGEST_BYTES };

static void append_digest(struct buffer *out, struct digest digest)
{
	buffer_append(out, digest.bytes, DIGEST_BYTES);
}

/* Of until, and of the digests of page, value and cookie: all of fixed length. */
static void token_octets(const struct secret *key, const struct token_of *of, int64_t until_at,
			 uint8_t *ret)
{
	CLEANUP(buffer_release) struct buffer message;
	buffer_init(&message, MESSAGE_BYTES);
	buffer_append_u64(&message, (uint64_t)until_at);
	memcpy(ret, message.data, UNTIL_BYTES);
	append_digest(&message, of->page);
	append_digest(&message, digest_of(slice_text(of->value)));
	append_digest(&message, digest_of(slice_text(of->cookie)));
	struct digest mac = digest_mac(secret_bytes(key), buffer_slice(&message));
	memcpy(ret + UNTIL_BYTES, mac.bytes, DIGEST_BYTES);
}

const char *token_make(const struct secret *key, const struct token_of *of, int64_t until_at,
		       char *text)
{
	CLEANUP(buffer_release) struct buffer out;
	uint8_t octets[TOKEN_BYTES];
	buffer_init(&out, TOKEN_TEXT);
	token_octets(key, of, until_at, octets);
	encode_base64url(slice_of(octets, sizeof(octets)), &out);
	memcpy(text, buffer_text(&out), out.length + 1);
	return text;
}

bool token_is_good(const struct secret *key, const struct token_of *of, const char *text,
		   int64_t now)
{
	CLEANUP(buffer_release) struct buffer given;
	uint8_t octets[TOKEN_BYTES], differs = 0;
	uint64_t until = 0;
	buffer_init(&given, TOKEN_BYTES);
	if (strlen(text) >= TOKEN_TEXT || decode_base64url(slice_text(text), &given) != OK ||
	    given.overflowed || given.length != TOKEN_BYTES)
		return false;
	for (size_t i = 0; i < UNTIL_BYTES; i++)
		until = until << 8 | given.data[i];
	token_octets(key, of, (int64_t)until, octets);
	/* In the same time wherever they differ. */
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		differs |= octets[i] ^ given.data[i];
	return differs == 0 && now <= (int64_t)until;
}
