/*
 * Secrets at rest: AES-256-GCM under the key encryption key (KEK), with the
 * record's name as additional data so that a sealed value cannot be moved to
 * another record. Layout: version 1, key id (8 bytes), nonce (12), ciphertext, tag (16).
 */
#ifndef ISSUER_CSR_SEAL_H
#define ISSUER_CSR_SEAL_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

enum { SEAL_KEK_BYTES = 32, SEAL_KEY_ID_BYTES = 8 };

struct seal_kek; /* the KEK, with an id derived from it: the first 8 bytes of SHA-256 over a label
		    and the KEK */

/* Exactly SEAL_KEK_BYTES; KEK_MISSING otherwise. */
STATUS seal_kek_new(struct slice bytes, struct seal_kek **ret, struct error *err);
void seal_kek_free(struct seal_kek *kek);
void seal_kek_freep(struct seal_kek **kek);
/* Lower-case hexadecimal, 16 digits; borrowed. */
const char *seal_kek_id(const struct seal_kek *kek);

/* nonce is 12 random bytes from the caller (chance is an input). record such as "key:12". */
STATUS seal(const struct seal_kek *kek, const char *record, const uint8_t nonce[12],
	    struct slice plain, struct buffer *out, struct error *err);
/* KEK_MISSING (naming both key ids) when sealed under another KEK or for another record. */
STATUS unseal(const struct seal_kek *kek, const char *record, struct slice sealed,
	      struct secret **ret, struct error *err);

#endif
