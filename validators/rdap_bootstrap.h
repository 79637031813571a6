/*
 * IANA's table of RDAP servers for domain names (RFC 9224). Pure.
 */
#ifndef ISSUER_VALIDATORS_RDAP_BOOTSTRAP_H
#define ISSUER_VALIDATORS_RDAP_BOOTSTRAP_H

#include "net/url.h"

/*
 * The base URL for name (lower-case A-labels): of the longest entry that is a
 * tail of it, the first https URL; no other can be verified. NOT_FOUND when there
 * is none; INPUT when the bytes are no such table.
 */
STATUS rdap_bootstrap_find(struct slice table, const char *name, struct arena *arena,
			   struct url *ret, struct error *err);

/* Where the server is asked about name: "domain/" and the name behind its base URL (RFC 9082
 * section 3.1.3). INPUT when that is no URL. */
STATUS rdap_domain_url(const struct url *base, const char *name, struct arena *arena,
		       struct url *ret, struct error *err);

/* An absolute https URL, which is the only one that can be verified; INPUT otherwise. */
STATUS rdap_url(const char *text, struct arena *arena, struct url *ret, struct error *err);

/* Whether the bytes look like the table; for what may be remembered. */
bool rdap_bootstrap_reusable(struct slice table);

#endif
