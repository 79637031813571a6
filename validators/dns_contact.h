/*
 * Contacts that a name's holder publishes in the DNS for certification (BR
 * 3.2.2.4.13, .14, .16, .17; RULES 1.4): CAA "contactemail" and "contactphone" in
 * the RRset that climbing from the name finds first (RFC 8659 section 3), and TXT
 * records at two labels below the name itself, never below a name above it. A
 * value is an address or number as a whole, or it is of no use. A pure machine
 * inside a validator.
 */
#ifndef ISSUER_VALIDATORS_DNS_CONTACT_H
#define ISSUER_VALIDATORS_DNS_CONTACT_H

#include "validators/validator.h"

enum { DNS_CONTACTS_MAX = 32, DNS_CONTACT_TXTS = 2 };

enum dns_contact_kind { DNS_CONTACT_EMAIL, DNS_CONTACT_PHONE };
enum dns_contact_place { DNS_CONTACT_CAA, DNS_CONTACT_TXT };

struct dns_contact {
	enum dns_contact_place place;
	enum dns_contact_kind kind;
	const char *owner; /* of the record */
	const char *value; /* the mailbox as written; the number as E.164 */
};

struct dns_contacts {
	bool finished;
	struct dns_contact rows[DNS_CONTACTS_MAX];
	size_t count;
	/* OK, or DNS_FAILED when a question was not answered; what the places say, one sentence
	 * part each. */
	enum status caa_status;
	const char *caa_said;
	enum status txt_status[DNS_CONTACT_TXTS];
	const char *txt_said[DNS_CONTACT_TXTS];
	const char *txt_names[DNS_CONTACT_TXTS];

	/* The machine's own. */
	const char *climbed; /* the name that CAA is being asked of */
	struct lookup caa;
	struct lookup txts[DNS_CONTACT_TXTS];
	size_t unusable; /* values of the present RRset */
};

/* name: lower-case A-labels; outlives the conversation. */
void dns_contacts_begin(struct validation *validation, struct dns_contacts *contacts,
			const char *name);
/* true when the event belonged to it; it may belong to others of the conversation too. */
bool dns_contacts_advance(struct validation *validation, struct dns_contacts *contacts,
			  const struct event *event);

/* The value of one record: the mailbox or number into the arena; INPUT when it is none as a whole.
 */
STATUS dns_contact_value(enum dns_contact_kind kind, struct slice value, struct arena *arena,
			 const char **ret, struct error *err);

#endif
