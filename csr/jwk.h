/*
 * The public key of an account, as a PEM file or a JSON Web Key (RFC 7517, RFC
 * 7518, RFC 8037) gives it, and its thumbprint (RFC 7638). Strict: one way to
 * write a key, so that one key has one thumbprint.
 */
#ifndef ISSUER_CSR_JWK_H
#define ISSUER_CSR_JWK_H

#include "base/bytes.h"
#include "base/error.h"

/* 43 characters of base64url. */
enum { THUMBPRINT_TEXT = 44 };

/*
 * The thumbprint of a key: PEM ("PUBLIC KEY") or a JWK, of EC P-256, P-384, P-521, RSA or Ed25519.
 * INPUT when it is neither, holds a private key, or is written in another way than RFC 7518 says;
 * KEY_* when the key itself is not usable, by the rules of key_check (a point that is not on its
 * curve, a weak modulus).
 */
STATUS jwk_thumbprint(struct slice text, char ret[THUMBPRINT_TEXT], struct error *err);

#endif
