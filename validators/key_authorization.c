/* Tokens and key authorizations: see key_authorization.h. */
#include "validators/key_authorization.h"

#include <string.h>

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum {
	/* RFC 8555 section 8.3: the token "MUST have at least 128 bits of entropy". */
	TOKEN_LETTERS_MIN = (128 + 5) / 6,
	/* RFC 8555 section 8.1: "The "Thumbprint" step indicates the computation specified in
	 * [RFC7638], using the SHA-256 digest". */
	THUMBPRINT_LETTERS = (256 + 5) / 6,
};

bool key_authorization_fits(const struct validation_task *task)
{
	const char *token = task->file_name, *value = task->value;
	if (!token || !value)
		return false;
	/* RFC 8555 section 8.3: it "MUST NOT contain any characters outside the base64url
	 * alphabet". So it stands in a URL as it is. */
	size_t length = strspn(token, base64url);
	if (token[length] || length < TOKEN_LETTERS_MIN || strncmp(value, token, length) != 0 ||
	    value[length] != '.')
		return false;
	const char *thumbprint = value + length + 1;
	return strspn(thumbprint, base64url) == THUMBPRINT_LETTERS &&
	       strlen(thumbprint) == THUMBPRINT_LETTERS;
}

bool key_authorization_check(struct validation *validation)
{
	if (key_authorization_fits(validation->task))
		return true;
	validation_finish(validation, INTERNAL, "there is no key authorization to look for at %s",
			  validation->task->domain);
	return false;
}
