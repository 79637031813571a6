/*
 * The one-time token of a form: that this form was made here, for this page as it
 * is now, for this browser (its cookie), a short while ago. It is a MAC over all of
 * them, so nothing is kept; that a form answers once is the engine's affair.
 */
#ifndef ISSUER_GATEWAY_TOKEN_H
#define ISSUER_GATEWAY_TOKEN_H

#include "base/digest.h"
#include "base/secret.h"

#include <stdbool.h>

enum { TOKEN_KEY_BYTES = 32, TOKEN_BYTES = 8 + DIGEST_BYTES, TOKEN_TEXT = 56 };

/* What the form is of; none is secret. */
struct token_of {
	const char *value;  /* of the question */
	const char *cookie; /* of the browser */
	struct digest page; /* of the page's text: an answer is to what was shown */
};

/* key: TOKEN_KEY_BYTES random bytes. Into text[TOKEN_TEXT]; returns text. */
const char *token_make(const struct secret *key, const struct token_of *of, int64_t until_at,
		       char *text);
/* Whether the text is a token of these that counts until now or later. */
bool token_is_good(const struct secret *key, const struct token_of *of, const char *text,
		   int64_t now);

#endif
