/*
 * The way from a trust anchor to a zone (RFC 4035 section 5): which zone a name
 * lies in, whether that zone is signed, and its keys.
 */
#ifndef ISSUER_NET_DNSSEC_CHAIN_H
#define ISSUER_NET_DNSSEC_CHAIN_H

#include "net/dnssec_run.h"

/* The closest enclosing zone of the name; for a DS record, which belongs to the parent, the name is
 * that of the parent. *ret is set only when SECURE. */
enum security dnssec_zone_of(struct dnssec_run *run, const ldns_rdf *name, struct dnssec_zone *ret);
/* Whether a signer may sign for the name: an ancestor or the name itself, at or below the closest
 * trust anchor. */
bool dnssec_may_sign(const struct dnssec_run *run, const ldns_rdf *signer, const ldns_rdf *name);

#endif
