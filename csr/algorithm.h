/*
 * The algorithms of the profile, one row each: how a key and a signature by it
 * are written (BR 7.1.3.1 and 7.1.3.2 give the octets), and which digest goes
 * with it. There are no others: DSA, EdDSA, SHA-1, RSA-PSS are refused by not
 * being here.
 */
#ifndef ISSUER_CSR_ALGORITHM_H
#define ISSUER_CSR_ALGORITHM_H

#include "base/bytes.h"

#include <stdbool.h>

enum algorithm_family { ALGORITHM_RSA, ALGORITHM_EC };

struct algorithm {
	enum algorithm_family family;
	const char *text;       /* such as "ec-p256"; "rsa" needs the size besides */
	const char *group;      /* OpenSSL's name of the curve; NULL for RSA */
	size_t point_bytes;     /* of an uncompressed point; 0 for RSA */
	struct slice spki;      /* AlgorithmIdentifier of the key, DER */
	const char *digest;     /* that this CA signs with */
	struct slice signature; /* AlgorithmIdentifier of the signature, DER */
};

/* The row of a SubjectPublicKeyInfo (DER), by its exact octets; NULL when there is none. */
const struct algorithm *algorithm_of_spki(struct slice spki_der);
/* The row of that text; NULL when there is none. */
const struct algorithm *algorithm_named(const char *text);
/* Whether it is an EC key (id-ecPublicKey) at all, on whatever curve. */
bool algorithm_spki_is_ec(struct slice spki_der);
/* Whether an AlgorithmIdentifier (DER) is one of a signature with SHA-256, SHA-384 or SHA-512 that
 * keys of this family may make: the name of the digest, or NULL. */
const char *algorithm_signature_digest(enum algorithm_family family, struct slice identifier);

#endif
