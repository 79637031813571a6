/*
 * http and https URLs, and references resolved against them (RFC 3986 section
 * 5.2) by libcurl's parser behind a strict door: what RFC 3986 does not allow in
 * a URL is refused here, not repaired. Pure.
 */
#ifndef ISSUER_NET_URL_H
#define ISSUER_NET_URL_H

#include "base/arena.h"
#include "base/environment.h"
#include "csr/names.h"
#include "net/step.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

struct url {
	enum http_scheme scheme;
	char host[NAME_TEXT];   /* lower-case A-labels, or the address without brackets */
	struct address literal; /* ADDRESS_NONE when host is a name */
	uint16_t port;
	const char *target; /* path and query, starts with '/'; no fragment */
};

/* Reads a reference as a Location header holds it; target lives in the arena. INPUT when it is
 * empty, not a URL, not http or https, has user information, a zone or a host that cannot be a
 * host name, or its target is longer than URL_TARGET_MAX. */
STATUS url_resolve(const struct url *base, const char *reference, struct arena *arena,
		   struct url *ret, struct error *err);

/* The URL as text, the port only when it is not the scheme's own. In the arena. */
const char *url_text(const struct url *url, struct arena *arena);

#endif
