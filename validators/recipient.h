/*
 * Whom a method asks: each address once, with all the roles in which it was
 * published (REQUIREMENTS DCV-05), and whether it can receive mail at all
 * (DCV-13). Pure.
 */
#ifndef ISSUER_VALIDATORS_RECIPIENT_H
#define ISSUER_VALIDATORS_RECIPIENT_H

#include "validators/attempt.h"

enum { RECIPIENTS_MAX = 48 };

enum receivable {
	RECEIVABLE_UNKNOWN, /* not looked up, or the DNS did not say */
	RECEIVABLE_YES,
	RECEIVABLE_NO, /* its domain takes no mail */
};

struct recipient {
	const char *address; /* mailbox as published, or E.164 number */
	const char *roles;   /* "registrant admin", "constructed", "dns-caa dns-txt" */
	const char *source;  /* who published it: "whois whois.jprs.jp" */
	const char *person;  /* whose it is, as published; NULL */
	const char *written; /* a number as it was printed; NULL */
	enum receivable receivable;
	const char *why; /* RECEIVABLE_NO: what the DNS says; else NULL */
};

struct recipients {
	struct recipient rows[RECIPIENTS_MAX];
	size_t count;
};

/* Adds a row, or its roles to the row of the same address. Everything it points to is kept. */
void recipients_add(struct recipients *recipients, const struct recipient *recipient,
		    struct arena *arena);
/* How many may be asked: all but RECEIVABLE_NO. */
size_t recipients_askable(const struct recipients *recipients);

/* Whom evidence of a method that asks people names; lives in the arena of the record. NULL for
 * evidence of another method. */
const struct recipients *recipients_of(const struct attempt_record *record);

/* REQUIREMENTS DCV-08, BR 3.2.2.4.4: admin, administrator, webmaster, hostmaster and postmaster at
 * the domain. */
void recipients_constructed(struct recipients *recipients, const char *domain, struct arena *arena);
/* Whether the address is one of those five at the domain. */
bool recipient_is_constructed(const char *address, const char *domain);

#endif
