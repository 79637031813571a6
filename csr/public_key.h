/*
 * A SubjectPublicKeyInfo taken apart as octets (RFC 3279 section 2.3.1, RFC
 * 5480 section 2). OpenSSL 3.0 needs 0.2 ms to find out what a key is; here it
 * is known from the exact octets of its algorithm.
 */
#ifndef ISSUER_CSR_PUBLIC_KEY_H
#define ISSUER_CSR_PUBLIC_KEY_H

#include "base/bytes.h"
#include "csr/algorithm.h"

#include <stdbool.h>

struct public_key {
	const struct algorithm *algorithm;
	struct slice bits;     /* content of the BIT STRING: RSAPublicKey, or the point */
	struct slice modulus;  /* RSA: big-endian without leading zeros */
	struct slice exponent; /* RSA */
	int modulus_bits;      /* RSA; 0 otherwise */
};

/* false when it is not strict DER of one of the algorithms. Whether a point is on its curve is not
 * looked at. */
bool public_key_split(struct slice spki_der, struct public_key *ret);

enum { PUBLIC_KEY_TEXT = 16 };
/* Such as "ec-p256" or "rsa-2048", of whatever size; "unknown" when it cannot be split. Returns
 * text. */
const char *public_key_text(struct slice spki_der, char text[PUBLIC_KEY_TEXT]);

#endif
