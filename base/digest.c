/* SHA-256: see digest.h. */
#include "base/digest.h"

#include "base/encode.h"
#include "base/memory.h"

#include <openssl/sha.h>
#include <string.h>

struct digest digest_of(struct slice bytes)
{
	return digest_of_two(bytes, SLICE_NONE);
}

/* The low-level calls: a quarter of the cost of EVP for short inputs, and every commit makes
 * several of them. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
struct digest digest_of_two(struct slice first, struct slice second)
{
	struct digest digest;
	SHA256_CTX context;
	if (SHA256_Init(&context) != 1 ||
	    (first.length && SHA256_Update(&context, first.data, first.length) != 1) ||
	    (second.length && SHA256_Update(&context, second.data, second.length) != 1) ||
	    SHA256_Final(digest.bytes, &context) != 1)
		memory_exhausted();
	return digest;
}
#pragma GCC diagnostic pop

enum { BLOCK_BYTES = 64, INNER_PAD = 0x36, OUTER_PAD = 0x5c };

/* RFC 2104 section 2: "H(K XOR opad, H(K XOR ipad, text))". */
struct digest digest_mac(struct slice key, struct slice message)
{
	uint8_t inner[BLOCK_BYTES] = {0}, outer[BLOCK_BYTES];
	struct digest hashed = digest_of(key);
	if (key.length > BLOCK_BYTES)
		key = slice_of(hashed.bytes, DIGEST_BYTES);
	if (key.length)
		memcpy(inner, key.data, key.length);
	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		outer[i] = inner[i] ^ OUTER_PAD;
		inner[i] ^= INNER_PAD;
	}
	struct digest digest = digest_of_two(slice_of(inner, BLOCK_BYTES), message);
	digest = digest_of_two(slice_of(outer, BLOCK_BYTES), slice_of(digest.bytes, DIGEST_BYTES));
	explicit_bzero(inner, sizeof(inner));
	explicit_bzero(outer, sizeof(outer));
	explicit_bzero(&hashed, sizeof(hashed));
	return digest;
}

int digest_equal(struct digest a, struct digest b)
{
	return memcmp(a.bytes, b.bytes, DIGEST_BYTES) == 0;
}

const char *digest_text(struct digest digest, char *text)
{
	encode_hex(digest.bytes, DIGEST_BYTES, text);
	return text;
}
