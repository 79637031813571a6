/* SHA-256 (FIPS 180-4), by OpenSSL, and the MAC by it. */
#ifndef ISSUER_BASE_DIGEST_H
#define ISSUER_BASE_DIGEST_H

#include "base/bytes.h"

#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_TEXT = 2 * DIGEST_BYTES + 1 };

struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

struct digest digest_of(struct slice bytes);
/* SHA-256(first || second). */
struct digest digest_of_two(struct slice first, struct slice second);
/* HMAC-SHA-256 (RFC 2104, RFC 4868 section 2). */
struct digest digest_mac(struct slice key, struct slice message);
int digest_equal(struct digest a, struct digest b);
/* Lower-case hexadecimal into text[DIGEST_TEXT]; returns text. */
const char *digest_text(struct digest digest, char *text);

#endif
