/*
 * How the desk tools reach the DNS: by --server, --trust-anchor and --at, else as
 * the home does, when there is one, else by the system's resolvers and from the
 * IANA root. They need no home.
 */
#ifndef ISSUER_CLI_RESOLVING_H
#define ISSUER_CLI_RESOLVING_H

#include "cli/cli.h"

#include "net/trust_anchor.h"
#include "policy/configuration.h"

struct resolving {
	struct network network;
	struct trust_anchors *anchors; /* NULL: the home believes its resolver */
	int64_t at_ms;                 /* the instant at which signatures must be valid */
};

/* USAGE, CONFIGURATION; DNS_FAILED when there is no server to ask. */
STATUS resolving_read(struct cli *cli, struct resolving *ret);
/* Those that a configuration in the folder names; NULL when it believes its resolver. */
STATUS resolving_anchors(struct cli *cli, const char *folder,
			 const struct configuration *configuration, struct trust_anchors **ret);
void resolving_release(struct resolving *resolving);

#endif
