/*
 * Signatures over RRsets and digests of keys: which algorithms count, and
 * whether a signature is good at an instant (RFC 4035 sections 5.2 and 5.3).
 */
#ifndef ISSUER_NET_SIGNATURE_H
#define ISSUER_NET_SIGNATURE_H

#include "base/error.h"
#include "net/signature_memory.h"

#include <stdbool.h>
#include <stdint.h>

/* Against packets made to cost time (CVE-2023-50387): signatures tried in one validation. */
enum { SIGNATURES_MAX = 256 };

/* The keys of a zone, an instant, and what is spent: remembered signatures count as tried, so that
 * the verdict is the same without the memory. */
struct signature_keys {
	const ldns_rdf *zone;
	const ldns_rr_list *dnskeys; /* other records among them are passed over */
	int64_t at_s;
	unsigned *tried;
	struct signature_memory *memory; /* NULL: none is remembered */
};

bool signature_algorithm_known(uint8_t algorithm);
/* Whether a DS record can be used: its algorithm and its digest type are known. */
bool signature_ds_known(const ldns_rr *ds);
/* Whether the DNSKEY may sign in its zone: zone bit, protocol 3, not revoked, a size that counts.
 */
bool signature_key_usable(const ldns_rr *dnskey);
/* Whether the DS record, or the DNSKEY record of a trust anchor, means this key. */
bool signature_key_matches(const ldns_rr *anchor, const ldns_rr *dnskey);

/* One signature of the RRset that is good: borrowed in *ret. DNS_FAILED with the reason why none
 * is. */
STATUS signature_check(const struct signature_keys *keys, const struct rrset *rrset,
		       const ldns_rr **ret, struct error *why);

#endif
