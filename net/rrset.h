/*
 * RRsets of a packet (RFC 2181 section 5): the records of one owner and type in
 * one section, and the signatures over them. Views: the packet keeps its records.
 */
#ifndef ISSUER_NET_RRSET_H
#define ISSUER_NET_RRSET_H

#include <ldns/ldns.h>

struct rrset {
	const ldns_rdf *owner;
	ldns_rr_type type;
	ldns_rr_list *records;    /* at least one */
	ldns_rr_list *signatures; /* RRSIG records of that owner that cover the type */
};

#define RRSET_NONE ((struct rrset){NULL, LDNS_RR_TYPE_FIRST, NULL, NULL})

/* true when the section holds such records; the caller then releases *ret. */
bool rrset_find(const ldns_rr_list *section, const ldns_rdf *owner, ldns_rr_type type,
		struct rrset *ret);
void rrset_release(struct rrset *rrset);

/* The fields of an RRSIG (RFC 4034 section 3.1). */
ldns_rr_type rrsig_covers(const ldns_rr *signature);
const ldns_rdf *rrsig_signer(const ldns_rr *signature);

#endif
