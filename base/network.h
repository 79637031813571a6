/*
 * How this installation reaches the world: read from the configuration by
 * policy/, obeyed by net/. Ports in rules, URLs and evidence are the logical
 * ones; the map translates only at connect().
 */
#ifndef ISSUER_BASE_NETWORK_H
#define ISSUER_BASE_NETWORK_H

#include "base/endpoint.h"

#include <stddef.h>

enum { NETWORK_SERVERS_MAX = 8, NETWORK_PREFIXES_MAX = 32, NETWORK_PORTS_MAX = 8 };

struct address_prefix {
	struct address address;
	int bits;
};

struct port_translation {
	uint16_t logical;
	uint16_t physical;
};

/* Who is asked whose a domain name is (validators/registry.h). Strings are borrowed. */
struct registry_access {
	const char *whois_server;   /* IANA's: a host name, or an address in a laboratory */
	const char *rdap_bootstrap; /* URL of IANA's table of RDAP servers (RFC 9224) */
	const char *ca_file;        /* PEM; verifies https; NULL: the system's */
	int whois_per_minute;       /* questions to one server */
	int rdap_per_minute;
};

struct network {
	struct endpoint servers[NETWORK_SERVERS_MAX]; /* DNS resolvers, asked in this order */
	size_t server_count;
	struct address_prefix allowed[NETWORK_PREFIXES_MAX]; /* not global, but may be contacted */
	size_t allowed_count;
	struct port_translation ports[NETWORK_PORTS_MAX];
	size_t port_count;
	struct registry_access registry;
};

/* The port to connect to for a logical port. */
uint16_t network_port(const struct network *network, uint16_t logical);
/* ADDRESS/BITS with no bits set past the prefix; INPUT otherwise. */
STATUS address_prefix_parse(const char *text, struct address_prefix *ret);
int address_in_prefix(const struct address *address, const struct address_prefix *prefix);

#endif
