/*
 * A telephone number as registries print it ("+81.352158451", "+44 (0)20 7946
 * 0000 ext. 12", "tel:+1-555-555-1234;ext=102"), as the E.164 number to dial.
 * The text as it was written belongs beside it: a person calls, and must be able
 * to see what the registry said. Pure.
 */
#ifndef ISSUER_VALIDATORS_TELEPHONE_H
#define ISSUER_VALIDATORS_TELEPHONE_H

#include "base/bytes.h"
#include "base/error.h"

/* ITU-T E.164 section 6: at most 15 digits; EPP (RFC 5733 section 2.5) has "x" and an extension. */
enum { TELEPHONE_DIGITS_MAX = 15, TELEPHONE_TEXT = 64, EXTENSION_TEXT = 12 };

struct telephone {
	/* "+" and digits when the number is international; otherwise its digits as written, which
	 * nobody can dial without knowing the country. */
	char number[TELEPHONE_DIGITS_MAX + 2];
	char extension[EXTENSION_TEXT]; /* "" when there is none */
};

/* country is the calling code that a number with a leading 0 belongs to ("81" for JPRS), NULL when
 * the source has no one country. INPUT when text is no telephone number. */
STATUS telephone_parse(const char *text, const char *country, struct telephone *ret,
		       struct error *err);

/* The same for a number that is to be dialled: international, or in the national form of the
 * country (ISO 3166-1 alpha-2; NULL: not known), whose trunk prefix is cut. The result is E.164.
 * INPUT otherwise, also for a country whose national form is not in the table. */
STATUS telephone_parse_national(const char *text, const char *country, struct telephone *ret,
				struct error *err);

/* RULES 1.4 A.2: "Global Number" of RFC 3966 section 5.1.4: a leading "+", spaces allowed as
 * separators; the whole value. INPUT otherwise. */
STATUS telephone_parse_global(const char *text, struct telephone *ret, struct error *err);

#endif
