/*
 * Contacts from a WHOIS answer (RFC 3912: text without a form). Two families of
 * layouts: that of JPRS (RULES 3.1) and, by words and indentation, those of all
 * others. Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_H
#define ISSUER_VALIDATORS_WHOIS_H

#include "csr/names.h"
#include "validators/contact.h"
#include "validators/whois_lines.h"

/*
 * Reads what the answer says about name (A-labels or Unicode).
 * NAME_INVALID for the name; INPUT for an answer that is empty, longer than
 * CONTACT_ANSWER_MAX or no WHOIS answer at all; RATE_LIMITED when the server would not say, which
 * is never "no contacts"; NOT_FOUND when it knows no such name; NAME_MISMATCH when the answer is
 * about other names only. OK with no contacts when it names nobody.
 */
STATUS whois_parse(struct slice answer, const char *name, struct arena *arena,
		   struct contact_answer *ret, struct error *err);

/* What JPRS answers to "CONTACT handle" (RULES 3.1): organisational domains give keys only. The
 * contact is added in the role that its key had. INPUT, RATE_LIMITED, NOT_FOUND; NAME_MISMATCH when
 * the answer is about another key. */
STATUS whois_parse_jprs_contact(struct slice answer, const char *handle, enum contact_role role,
				struct arena *arena, struct contact_set *set, struct error *err);

/* --- the parts, for whois.c --- */

/* One reading of one answer. */
struct whois_reading {
	struct whois_lines lines;
	const struct name *name; /* NULL when a contact was asked about */
	struct arena *arena;
};

/* Whether a value that names a domain ("EXAMPLE.JP", "xn--…", "例え.jp") names the one asked about.
 */
bool whois_names(const struct whois_reading *reading, const char *value);

/* whois_refusal.c: OK, NOT_FOUND or RATE_LIMITED by what the lines say. */
STATUS whois_refusal(const struct whois_reading *reading, struct error *err);
/* whois_refusal.c: whether the text begins as a web page, an HTTP reply or JSON does. */
bool whois_is_foreign(const char *text);
/* Whether the lines are what a WHOIS server may say of the name: it is mentioned, or labels that
 * such answers have are. Not so a letter. */
bool whois_is_answer(const struct whois_reading *reading);
/* whois_referral.c: the host of another WHOIS server; NULL when none is named. */
const char *whois_referral(const struct whois_reading *reading);
/* whois_jprs.c: whether the layout is that of JPRS. */
bool whois_is_jprs(const struct whois_lines *lines);
/* Both: NAME_MISMATCH. */
STATUS whois_read_jprs(const struct whois_reading *reading, struct contact_answer *ret,
		       struct error *err);
STATUS whois_read_generic(const struct whois_reading *reading, struct contact_answer *ret,
			  struct error *err);

#endif
