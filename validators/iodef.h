/*
 * The iodef property of CAA (RFC 8659 section 4.4): where the owner of a domain
 * wants to be told of requests that its records refused. Pure. The method
 * "iodef" delivers such a report to an https URL (RFC 6546).
 */
#ifndef ISSUER_VALIDATORS_IODEF_H
#define ISSUER_VALIDATORS_IODEF_H

#include "validators/caa.h"

/* A zone may not make us write to more places than these for one refused name. */
enum { IODEF_URLS_MAX = 4 };

#define METHOD_IODEF "iodef"

enum iodef_kind { IODEF_TO_MAILBOX, IODEF_TO_SERVER };

struct iodef_url {
	enum iodef_kind kind;
	const char *text;    /* "mailto:" and the mailbox, or the https URL; printable ASCII */
	const char *mailbox; /* IODEF_TO_MAILBOX: at a domain name, ASCII, without quotes */
	const char *host;    /* IODEF_TO_SERVER: of the URL */
};

/* One value. INPUT when it is no mailto: URL of one mailbox and no https: URL (BR
 * 4.2.2.1 asks for these two schemes alone). Header fields of a mailto: URL are left out. Strings
 * live in the arena. */
STATUS iodef_read(struct slice value, struct arena *arena, struct iodef_url *ret,
		  struct error *err);
/* Those of the RRset that decided, each once, in its order; how many. */
size_t iodef_list(const struct caa_view *view, struct arena *arena,
		  struct iodef_url ret[IODEF_URLS_MAX]);

#endif
