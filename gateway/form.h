/*
 * What a browser sends besides paths: forms and queries
 * (application/x-www-form-urlencoded, WHATWG URL section 5.1) and cookies (RFC 6265
 * section 4.2.1). Read strictly: what is not well formed is refused, not repaired.
 */
#ifndef ISSUER_GATEWAY_FORM_H
#define ISSUER_GATEWAY_FORM_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

enum { FORM_FIELDS_MAX = 16 };

/* UTF-8 without control characters other than line ends and tabs. */
struct form_field {
	const char *name, *value;
};

struct form {
	struct form_field fields[FORM_FIELDS_MAX];
	size_t count;
};

/* The texts are in the arena. INPUT: too many fields, an escape that is none, text that is not
 * UTF-8 or has control characters. An empty text is a form without fields. */
STATUS form_read(struct slice text, struct arena *arena, struct form *ret, struct error *err);
/* NULL when the field is absent or stands more than once. */
const char *form_value(const struct form *form, const char *name);

/* Whether it is UTF-8 without control characters other than line ends and tabs. */
bool form_is_text(struct slice text);

/* The cookie's value in the text of a Cookie header (NULL: none), in the arena. NULL when it is
 * absent, stands more than once (whose it is cannot be told), or is not of letters, digits, "-" and
 * "_". */
const char *form_cookie(const char *header, const char *name, struct arena *arena);

#endif
