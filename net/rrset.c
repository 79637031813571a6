/* RRsets of a packet: see rrset.h. */
#include "net/rrset.h"

#include "base/memory.h"
#include "net/dns_name.h"

enum { RRSIG_FIELDS = 9 };

static void push(ldns_rr_list *list, ldns_rr *rr)
{
	if (!ldns_rr_list_push_rr(list, rr))
		memory_exhausted();
}

bool rrset_find(const ldns_rr_list *section, const ldns_rdf *owner, ldns_rr_type type,
		struct rrset *ret)
{
	struct rrset rrset = {
		.owner = owner,
		.type = type,
		.records = ldns_rr_list_new(),
		.signatures = ldns_rr_list_new(),
	};
	if (!rrset.records || !rrset.signatures)
		memory_exhausted();
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *rr = ldns_rr_list_rr(section, i);
		if (!dns_name_equal(ldns_rr_owner(rr), owner))
			continue;
		if (ldns_rr_get_type(rr) == type)
			push(rrset.records, rr);
		else if (rrsig_covers(rr) == type)
			push(rrset.signatures, rr);
	}
	if (ldns_rr_list_rr_count(rrset.records) == 0) {
		rrset_release(&rrset);
		return false;
	}
	*ret = rrset;
	return true;
}

void rrset_release(struct rrset *rrset)
{
	ldns_rr_list_free(rrset->records);
	ldns_rr_list_free(rrset->signatures);
	*rrset = RRSET_NONE;
}

ldns_rr_type rrsig_covers(const ldns_rr *signature)
{
	if (ldns_rr_get_type(signature) != LDNS_RR_TYPE_RRSIG ||
	    ldns_rr_rd_count(signature) != RRSIG_FIELDS)
		return LDNS_RR_TYPE_FIRST;
	return ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(signature));
}

const ldns_rdf *rrsig_signer(const ldns_rr *signature)
{
	return ldns_rr_rrsig_signame(signature);
}
