/*
 * Contacts from an RDAP answer about a domain (RFC 9083 section 5.3): the
 * entities of the domain object itself with the role registrant, administrative
 * or technical. Entities inside entities (a registrar's abuse contact) are not
 * the domain's. What RFC 9537 redacts is empty or absent. Pure.
 */
#ifndef ISSUER_VALIDATORS_RDAP_H
#define ISSUER_VALIDATORS_RDAP_H

#include "validators/contact.h"

/*
 * Reads what the answer says about name (A-labels or Unicode).
 * NAME_INVALID for the name; INPUT for bytes that are no RDAP domain object or
 * hold a malformed contact; for error objects (RFC 9083 section 6) NOT_FOUND
 * (404), RATE_LIMITED (429), else INPUT; NAME_MISMATCH when the object is about
 * another name.
 */
STATUS rdap_parse(struct slice answer, const char *name, struct arena *arena,
		  struct contact_answer *ret, struct error *err);

#endif
