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

int digest_equal(struct digest a, struct digest b)
{
	return memcmp(a.bytes, b.bytes, DIGEST_BYTES) == 0;
}

const char *digest_text(struct digest digest, char *text)
{
	encode_hex(digest.bytes, DIGEST_BYTES, text);
	return text;
}
