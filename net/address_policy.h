/*
 * Which addresses may be contacted: global ones (IANA special-purpose
 * registries), and those that the configuration allows by prefix. IPv4 inside
 * IPv6 (mapped, 6to4, NAT64, Teredo) is judged by both.
 */
#ifndef ISSUER_NET_ADDRESS_POLICY_H
#define ISSUER_NET_ADDRESS_POLICY_H

#include "base/network.h"

#include <stdbool.h>

/* *ret_why (may be NULL; static) names the registry entry that forbids it. */
bool address_may_be_contacted(const struct network *network, const struct address *address,
			      const char **ret_why);

#endif
