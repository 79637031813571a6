/* Accounts of applicants: see account.h. */
#include "csr/account.h"

#include "base/digest.h"
#include "base/encode.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define HEXADECIMAL DIGITS "abcdefABCDEF"

/* RFC 3986 section 2.2 and 2.3, without ";", which would end a parameter of an issue-value. */
#define URI_CHARACTERS LETTERS DIGITS "-._~:/?#[]@!$&'()*+,=%"

static bool percent_encoding_is_whole(const char *text)
{
	for (const char *at = strchr(text, '%'); at; at = strchr(at + 1, '%'))
		if (strspn(at + 1, HEXADECIMAL) < 2)
			return false;
	return true;
}

enum status account_uri_check(const char *uri, struct error *err)
{
	/* RFC 3986 section 3.1: scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) */
	size_t scheme = strspn(uri, LETTERS DIGITS "+-.");
	size_t length = strlen(uri);
	if (scheme == 0 || !strchr(LETTERS, uri[0]) || uri[scheme] != ':' || !uri[scheme + 1] ||
	    length > ACCOUNT_URI_MAX || strspn(uri, URI_CHARACTERS) != length ||
	    !percent_encoding_is_whole(uri)) {
		(void)fail(err, INPUT, "\"%.80s\" is not the URI of an account", uri);
		return fail_hint(err, INPUT,
				 "a URI such as acct:name@host.example, or the URL of an ACME "
				 "account; without \";\" and at most %d characters",
				 ACCOUNT_URI_MAX);
	}
	/* RFC 7565 section 7: acctURI = "acct" ":" userpart "@" host */
	const char *at = strchr(uri, '@');
	if (strncmp(uri, "acct:", 5) == 0 && (!at || at == uri + 5 || !at[1]))
		return fail(err, INPUT, "\"%.80s\" is not of the form acct:NAME@HOST", uri);
	return OK;
}

const char *key_authorization(const char *token, const char *thumbprint, struct arena *arena)
{
	return arena_printf(arena, "%s.%s", token, thumbprint);
}

const char *key_authorization_digest(const char *text, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer encoded;
	struct digest digest = digest_of(slice_text(text));
	buffer_init(&encoded, 2 * DIGEST_BYTES);
	encode_base64url(slice_of(digest.bytes, DIGEST_BYTES), &encoded);
	return arena_text(arena, buffer_text(&encoded));
}
