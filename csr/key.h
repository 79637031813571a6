/*
 * Key pairs: making, checking, sealing. Private keys leave csr/ only as sealed
 * bytes or, on explicit demand, as PEM in a struct secret.
 * Rules: RULES 1.9 (BR 6.1.1.3, 6.1.5, 6.1.6).
 */
#ifndef ISSUER_CSR_KEY_H
#define ISSUER_CSR_KEY_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

enum key_type {
	KEY_EC_P256,
	KEY_EC_P384,
	KEY_RSA_2048,
	KEY_RSA_3072,
	KEY_RSA_4096,
	KEY_TYPE_COUNT
};

/* Wire names: "ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096". */
const char *key_type_text(enum key_type type);
/* KEY_TYPE with the list of known ones. */
STATUS key_type_parse(const char *text, enum key_type *ret, struct error *err);

struct key; /* a key pair or a public key alone */

void key_free(struct key *key);
void key_freep(struct key **key);

/* Makes a pair. Slow for RSA: call it on a worker. */
STATUS key_generate(enum key_type type, struct key **ret, struct error *err);
/* PKCS#8 DER, unencrypted, in locked memory. */
STATUS key_to_pkcs8(const struct key *key, struct secret **ret, struct error *err);
STATUS key_from_pkcs8(struct slice der, struct key **ret, struct error *err);
/* PEM ("PRIVATE KEY"), for `certificate download --with-key` only. */
STATUS key_to_pem(const struct key *key, struct secret **ret, struct error *err);

/* A public key alone, from its SubjectPublicKeyInfo: the algorithms of BR 7.1.3.1, strict DER.
 * It is not checked for weakness. KEY_TYPE, KEY_CURVE. */
STATUS key_from_public_der(struct slice spki_der, struct key **ret, struct error *err);
/* SubjectPublicKeyInfo DER appended. */
STATUS key_public_der(const struct key *key, struct buffer *out, struct error *err);
/*
 * Checks a public key against RULES 1.9: type, byte-exact SPKI algorithm, RSA size (2048, 3072,
 * 4096), exponent, modulus odd and without factor < 752, close primes within 100 Fermat rounds,
 * ROCA fingerprint; EC point on P-256, P-384 or P-521.
 * KEY_TYPE, KEY_SIZE, KEY_CURVE, KEY_EXPONENT, KEY_WEAK. *ret_text (static; may be NULL) such as
 * "ec-p256".
 */
STATUS key_check(struct slice spki_der, const char **ret_text, struct error *err);

/* Signs bytes: ECDSA with the curve's SHA-2 (P-256: SHA-256, P-384: SHA-384), RSA PKCS#1 v1.5 with
 * SHA-256. The signature value, as it stands in a BIT STRING, is appended to out. */
STATUS key_sign(const struct key *key, struct slice bytes, struct buffer *out, struct error *err);
/* OK when signature is the public part's signature of bytes; CRYPTO_FAILED otherwise. */
STATUS key_verify(const struct key *key, struct slice bytes, struct slice signature,
		  struct error *err);

#endif
