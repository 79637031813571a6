/*
 * Where a redirect may lead (BR 3.2.2.4.18 and 3.2.2.4.19: redirects "MUST be
 * initiated at the HTTP protocol layer", "MUST be the result of a 301, 302, 307,
 * or 308 HTTP status code response", "MUST be to resource URLs with either the
 * http or https scheme" and "MUST be to resource URLs accessed via Authorized
 * Ports"). Shared by every method that fetches pages. Pure.
 */
#ifndef ISSUER_VALIDATORS_REDIRECT_H
#define ISSUER_VALIDATORS_REDIRECT_H

#include "net/url.h"

/* 301, 302, 307, 308. */
bool redirect_status_followed(int status);

/* The URL that the response's one Location header leads to from base. REDIRECT_REFUSED without
 * such a header, with several, or when it leads where the rule does not allow. */
STATUS redirect_target(struct slice headers, const struct url *base, struct arena *arena,
		       struct url *ret, struct error *err);

#endif
