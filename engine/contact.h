/*
 * The desk's question "who may answer for this name?", read from an answer that
 * was saved: `issuer contact parse`. Nothing is stored and nobody is asked.
 */
#ifndef ISSUER_ENGINE_CONTACT_H
#define ISSUER_ENGINE_CONTACT_H

#include "base/json.h"

enum contact_format {
	CONTACT_FORMAT_DETECTED, /* by the bytes */
	CONTACT_FORMAT_WHOIS,
	CONTACT_FORMAT_RDAP,
};

/* "whois" or "rdap", NULL for CONTACT_FORMAT_DETECTED; USAGE. */
STATUS contact_format_parse(const char *text, enum contact_format *ret, struct error *err);

/*
 * {"name", "format", "contacts": [{"role", "name", "organization", "email",
 * "phone", …}], "referral"}: null where the answer does not say. The caller
 * drops the reference. Statuses of validators/whois.h and validators/rdap.h.
 */
STATUS contact_parse(struct slice answer, const char *name, enum contact_format format,
		     json_t **ret, struct error *err);

#endif
