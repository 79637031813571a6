/*
 * NSEC proofs: see denial.h. An NSEC record says which name comes next in its
 * zone, in canonical order, and which types its own name has. What it says
 * about names between the two is nothing more than that they are not there.
 */
#include "net/denial.h"

#include "net/dns_name.h"

static const struct denial nothing = {DENIAL_NONE, false};

static const ldns_rdf *next_name(const ldns_rr *nsec)
{
	return ldns_rr_rdf(nsec, 0);
}

static bool has_type(const ldns_rr *record, ldns_rr_type type)
{
	const ldns_rdf *bitmap = ldns_nsec_get_bitmap(record);
	return bitmap && ldns_nsec_bitmap_covers_type(bitmap, type);
}

/* RFC 6840 section 4.1: "Ancestor delegation NSEC or NSEC3 RRs MUST NOT be used to assume
 * nonexistence of any RRs below that zone cut"; they have the NS bit and not the SOA bit. The same
 * holds of the DNAME bit. */
bool denial_is_cut(const ldns_rr *record)
{
	return (has_type(record, LDNS_RR_TYPE_NS) && !has_type(record, LDNS_RR_TYPE_SOA)) ||
	       has_type(record, LDNS_RR_TYPE_DNAME);
}

struct denial denial_by_bitmap(const ldns_rr *record, const ldns_rdf *name, ldns_rr_type type)
{
	bool apex = has_type(record, LDNS_RR_TYPE_SOA);
	bool delegation = has_type(record, LDNS_RR_TYPE_NS) && !apex;
	/* RFC 6840 section 4.3: the CNAME bit must be clear as well. */
	if (has_type(record, type) || has_type(record, LDNS_RR_TYPE_CNAME))
		return nothing;
	if (type != LDNS_RR_TYPE_DS)
		/* The parent's record at a delegation knows only of DS. */
		return delegation ? nothing : (struct denial){DENIAL_DATA, false};
	/* The child's own record at its apex knows nothing of DS (RFC 4035 section 5.2). */
	if (apex && dns_name_labels(name) > 0)
		return nothing;
	return (struct denial){delegation ? DENIAL_DELEGATION : DENIAL_DATA, false};
}

static const ldns_rr *find_match(const struct denial_records *records, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(records->list); i++) {
		const ldns_rr *nsec = ldns_rr_list_rr(records->list, i);
		if (dns_name_equal(ldns_rr_owner(nsec), name))
			return nsec;
	}
	return NULL;
}

static bool covers(const ldns_rr *nsec, const ldns_rdf *zone, const ldns_rdf *name)
{
	const ldns_rdf *owner = ldns_rr_owner(nsec), *next = next_name(nsec);
	if (!dns_name_within(next, zone) || ldns_dname_compare(owner, name) >= 0)
		return false;
	if (dns_name_within(name, owner) && denial_is_cut(nsec))
		return false;
	/* The last record of a zone leads back to the apex. */
	return dns_name_equal(next, zone) || ldns_dname_compare(name, next) < 0;
}

static const ldns_rr *find_cover(const struct denial_records *records, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(records->list); i++) {
		const ldns_rr *nsec = ldns_rr_list_rr(records->list, i);
		if (covers(nsec, records->zone, name))
			return nsec;
	}
	return NULL;
}

/* The closest encloser that a covering record shows: the longer of what the name shares with the
 * record's two ends, since both of those exist. */
static ldns_rdf closest_encloser(const ldns_rr *cover, const ldns_rdf *name)
{
	size_t with_owner = dns_name_common(name, ldns_rr_owner(cover));
	size_t with_next = dns_name_common(name, next_name(cover));
	return dns_name_suffix(name, with_owner > with_next ? with_owner : with_next);
}

static struct denial deny_type(const struct denial_records *records, const ldns_rdf *name,
			       ldns_rr_type type)
{
	const ldns_rr *match = find_match(records, name);
	if (match)
		return denial_by_bitmap(match, name, type);
	const ldns_rr *cover = find_cover(records, name);
	if (!cover)
		return nothing;
	/* An empty non-terminal: the next name lies below it, so it is there, without records. */
	if (dns_name_within(next_name(cover), name))
		return (struct denial){DENIAL_DATA, false};

	ldns_rdf encloser = closest_encloser(cover, name), wildcard;
	uint8_t wire[DNS_NAME_WIRE];
	if (dns_name_wildcard(&encloser, wire, &wildcard) != OK)
		return (struct denial){DENIAL_NAME, false};
	match = find_match(records, &wildcard);
	if (match) {
		struct denial at_wildcard = denial_by_bitmap(match, &wildcard, type);
		/* A wildcard makes no delegation. */
		return at_wildcard.kind == DENIAL_DATA ? at_wildcard : nothing;
	}
	cover = find_cover(records, &wildcard);
	if (!cover)
		return nothing;
	/* A wildcard that is an empty non-terminal stands for the name too (RFC 4592 section
	 * 2.2.2), without records. */
	bool is_there = dns_name_within(next_name(cover), &wildcard);
	return (struct denial){is_there ? DENIAL_DATA : DENIAL_NAME, false};
}

static struct denial deny_closer(const struct denial_records *records, const ldns_rdf *name,
				 const ldns_rdf *closest)
{
	const ldns_rr *cover = find_cover(records, name);
	if (!cover || dns_name_within(next_name(cover), name))
		return nothing;
	ldns_rdf encloser = closest_encloser(cover, name);
	/* Something between the wildcard and the name would have stopped the wildcard. */
	bool wildcard_applies = dns_name_labels(&encloser) <= dns_name_labels(closest);
	return wildcard_applies ? (struct denial){DENIAL_NAME, false} : nothing;
}

struct denial nsec_deny(const struct denial_records *records, const struct denial_subject *subject)
{
	if (subject->closest)
		return deny_closer(records, subject->name, subject->closest);
	return deny_type(records, subject->name, subject->type);
}
