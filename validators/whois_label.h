/*
 * What the label of a WHOIS line means: it names the domain, a role, a field of
 * a contact, both, or something that is nobody's contact. By tables of the words
 * that registries use, compared without case, punctuation and plural. Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_LABEL_H
#define ISSUER_VALIDATORS_WHOIS_LABEL_H

#include "validators/contact.h"

enum whois_label_kind {
	LABEL_UNKNOWN,
	LABEL_DOMAIN,     /* names the domain that the answer is about */
	LABEL_ROLE,       /* "Registrant", "admin-c"; with FIELD_HANDLE: its value is a key */
	LABEL_ROLE_FIELD, /* "Admin Email" */
	LABEL_FIELD,      /* "e-mail", of whom the lines around tell */
	LABEL_OTHER,      /* registrar, billing, name servers: never a contact */
	LABEL_ADDRESS,    /* a postal address: its lines are no names */
};

enum whois_field {
	FIELD_NONE,
	FIELD_NAME,
	FIELD_GIVEN_NAME,
	FIELD_FAMILY_NAME,
	FIELD_ORGANIZATION,
	FIELD_EMAIL,
	FIELD_PHONE,
	FIELD_HANDLE,
	FIELD_CONTACT, /* "contact": a key, a name or a role, as the registry likes */
	FIELD_KIND,    /* "type": a role at some registries */
};

struct whois_label {
	enum whois_label_kind kind;
	enum contact_role role; /* of LABEL_ROLE and LABEL_ROLE_FIELD */
	unsigned also; /* of LABEL_ROLE: further roles of a joint heading, as bits 1 << role */
	enum whois_field field;
	bool whole; /* of LABEL_OTHER: nothing follows that the tables do not know */
};

struct whois_label whois_label_of(const char *label);

/* Whether the label says whose mailbox it certainly is not ("abuse-mailbox", "changed", "notify").
 */
bool whois_label_foreign(const char *label);

/* The label in the form that tables have: lower-case ASCII, one blank between words; bytes that are
 * not ASCII stay. Cuts at size. */
void whois_label_normalise(const char *label, char *text, size_t size);

#endif
