/*
 * Who may speak for a domain name: the registrant, the administrative and the
 * technical contact that its registry or registrar publishes (REQUIREMENTS
 * DCV-04, DCV-05, DCV-09). Registrar, reseller, billing and abuse contacts are
 * none of these. One row a role and address, so that "every address" and "the
 * registrant's number" are read off the rows. Pure.
 */
#ifndef ISSUER_VALIDATORS_CONTACT_H
#define ISSUER_VALIDATORS_CONTACT_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

/* An answer longer than this is refused. */
enum { CONTACT_ANSWER_MAX = 1024 * 1024, CONTACTS_MAX = 64 };

#define CONTACT_ROLES(X)                                                                           \
	X(REGISTRANT, "registrant")                                                                \
	X(ADMIN, "admin")                                                                          \
	X(TECH, "tech")

enum contact_role {
#define X(name, wire) CONTACT_##name,
	CONTACT_ROLES(X)
#undef X
		CONTACT_ROLE_COUNT
};

/* "registrant", "admin", "tech". Static storage. */
const char *contact_role_text(enum contact_role role);

/* NULL where the source says nothing that can be used. */
struct contact {
	enum contact_role role;
	const char *name;
	const char *organization;
	const char *email;         /* a mailbox (mailbox.h), as it was written */
	const char *phone;         /* telephone.h: E.164 when it begins with "+" */
	const char *phone_written; /* as it was written */
	const char *handle;        /* the registry's key of the contact */
	const char *source;        /* who said so (registry.h); NULL in one answer */
};

struct contact_set {
	struct contact rows[CONTACTS_MAX];
	size_t count;
};

/* What an answer about a name says. Everything lives in the arena or is static. */
struct contact_answer {
	struct contact_set contacts; /* by role, then in the order of the answer */
	const char *domain;   /* the name that the answer says it is about; NULL: it names none */
	const char *referral; /* the WHOIS server that knows more; NULL: none is named */
	const char *related;  /* RDAP: the URL that knows more; NULL: none is named */
};

/* One contact while it is being read: values come one at a time and in any order. */
enum { CONTACT_EMAILS_MAX = 8, CONTACT_PHONES_MAX = 4 };

struct contact_draft {
	enum contact_role role;
	unsigned also; /* further roles, as bits 1 << role */
	const char *name;
	const char *given_name;
	const char *family_name;
	const char *organization;
	const char *handle;
	const char *emails[CONTACT_EMAILS_MAX];
	size_t email_count;
	const char *phones[CONTACT_PHONES_MAX];
	const char *phones_written[CONTACT_PHONES_MAX];
	size_t phone_count;
};

/* Takes what a printed value says; a value that says nothing (contact_value.h) changes nothing, and
 * the first name, organization and handle stay. The arena keeps the text. */
void contact_draft_name(struct contact_draft *draft, const char *value, struct arena *arena);
void contact_draft_organization(struct contact_draft *draft, const char *value,
				struct arena *arena);
void contact_draft_handle(struct contact_draft *draft, const char *value, struct arena *arena);
/* All addresses in the value; whether there was one. */
bool contact_draft_email(struct contact_draft *draft, const char *value, struct arena *arena);
/* country: see telephone_parse. */
bool contact_draft_phone(struct contact_draft *draft, const char *value, const char *country,
			 struct arena *arena);
/* Whether the draft says anything. */
bool contact_draft_empty(const struct contact_draft *draft);

/* Adds the draft as rows, in each of its roles: its first address with its first number, then one
 * row for each further address and number. A row that says nothing new for its role is left out,
 * and one that completes another is merged. */
void contact_set_add(struct contact_set *set, const struct contact_draft *draft,
		     struct arena *arena);

/* Adds the rows of another set in the same way, as said by source. */
void contact_set_merge(struct contact_set *set, const struct contact_set *from, const char *source);

#endif
