/*
 * Which signatures one run has found good, so that those of the root and of
 * top-level zones, which every look-up meets, are verified once. Whether a
 * signature is good depends only on the RRset, the RRSIG and the key, all of which
 * the digest covers; time, and what the fields say, is judged every time. Bounded.
 */
#ifndef ISSUER_NET_SIGNATURE_MEMORY_H
#define ISSUER_NET_SIGNATURE_MEMORY_H

#include <stdbool.h> /* before ldns, which makes a bool of its own without it */

#include "base/digest.h"
#include "net/rrset.h"

enum {
	SIGNATURES_REMEMBERED_MAX = 4096, /* a newer one takes the place of an older one */
	SIGNATURE_OCTETS_MAX = 1 << 17,   /* what is longer is not remembered */
};

struct signature_memory;

struct signature_memory *signature_memory_new(void);
/* NULL is allowed. */
void signature_memory_free(struct signature_memory *memory);
void signature_memory_freep(struct signature_memory **memory);

/* Of all that verifying looks at. false: too long. */
bool signature_digest(const struct rrset *rrset, const ldns_rr *signature, const ldns_rr *key,
		      struct digest *ret);
bool signature_memory_has(const struct signature_memory *memory, struct digest digest);
void signature_memory_keep(struct signature_memory *memory, struct digest digest);

#endif
