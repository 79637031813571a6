/*
 * Proofs that something is not there (RFC 4035 section 5.4, RFC 5155 section 8,
 * RFC 6840 section 4). A proof is made of NSEC or NSEC3 records of one zone whose
 * signatures are good already; these are pure functions of such records.
 */
#ifndef ISSUER_NET_DENIAL_H
#define ISSUER_NET_DENIAL_H

#include <ldns/ldns.h>
#include <stdbool.h>

/* RFC 9276 section 3.2 lets a validator treat zones with more as unsigned; validators agreed on
 * 150. */
enum { NSEC3_ITERATIONS_MAX = 150 };
/* Against records made to cost time (CVE-2023-50868): rounds of SHA-1 in one validation. */
enum { NSEC3_ROUNDS_MAX = 20000 };

enum denial_kind {
	DENIAL_NONE,       /* nothing is proven */
	DENIAL_NAME,       /* the name is not there, and no wildcard stands for it */
	DENIAL_DATA,       /* the name or a wildcard for it is there, the type is not */
	DENIAL_DELEGATION, /* an unsigned zone is delegated here, or may be by opt-out */
	DENIAL_COSTLY,     /* NSEC3 with too many iterations */
};

struct denial {
	enum denial_kind kind;
	bool opt_out; /* the records admit unsigned delegations that they do not tell */
};

/* Records of one zone, all NSEC or all NSEC3. */
struct denial_records {
	const ldns_rdf *zone;
	const ldns_rr_list *list;
	unsigned *rounds; /* spent so far */
};

/* What is to be denied: the type at the name; or, when closest is not NULL, only that anything
 * closer to the name exists than that ancestor of it, whose wildcard was used (RFC 4035 section
 * 5.3.4, RFC 5155 section 8.8). */
struct denial_subject {
	const ldns_rdf *name;
	ldns_rr_type type;
	const ldns_rdf *closest;
};

struct denial nsec_deny(const struct denial_records *records, const struct denial_subject *subject);
struct denial nsec3_deny(const struct denial_records *records,
			 const struct denial_subject *subject);

/* What a record at the name itself says of a type there (both kinds have a bitmap of types). */
struct denial denial_by_bitmap(const ldns_rr *record, const ldns_rdf *name, ldns_rr_type type);
/* Whether the record lies at a delegation or DNAME, and so says nothing of what is below (RFC 6840
 * section 4.1). */
bool denial_is_cut(const ldns_rr *record);

#endif
