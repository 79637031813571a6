/*
 * Everybody who may be asked about a name: what its registry says of its base
 * domain (registry.h) and what its holder says in the DNS (dns_contact.h). The
 * method "contacts" learns it and keeps the answers as evidence; who is found is
 * read off the evidence, again each time.
 */
#ifndef ISSUER_VALIDATORS_CONTACTS_H
#define ISSUER_VALIDATORS_CONTACTS_H

#include "validators/attempt.h"
#include "validators/dns_contact.h"
#include "validators/registry.h"

struct contacts {
	const char *domain; /* the base domain, which the registry was asked about */
	struct registry registry;
	struct dns_contacts dns;
};

/* What evidence of the method "contacts" says; lives in the arena of the record. NULL for evidence
 * of another method. */
const struct contacts *contacts_of(const struct attempt_record *record);

#endif
