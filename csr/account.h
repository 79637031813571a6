/*
 * The account of an applicant: what binds a validation to who asked for it. An
 * account has a URI (RFC 8657 section 3) and a key, of which only the thumbprint
 * is kept (csr/jwk.h). Pure.
 */
#ifndef ISSUER_CSR_ACCOUNT_H
#define ISSUER_CSR_ACCOUNT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>

enum {
	ACCOUNT_URI_MAX = 512,
	/* RFC 8555 section 8.1: the token "MUST contain at least 128 bits of entropy". */
	TOKEN_BITS_MIN = 128,
};

/* A URI with a scheme (RFC 3986), in characters that the value of an issue property may hold (RFC
 * 8659 section 4.2), so that a record can name it; acct: with a host (RFC 7565). INPUT. */
STATUS account_uri_check(const char *uri, struct error *err);

/* RFC 8555 section 8.1: "keyAuthorization = token || '.' || base64url(Thumbprint(accountKey))".
 * In the arena. */
const char *key_authorization(const char *token, const char *thumbprint, struct arena *arena);
/* What RFC 8555 section 8.4 has published: base64url(SHA-256(key authorization)). In the arena. */
const char *key_authorization_digest(const char *text, struct arena *arena);

#endif
