/*
 * The way from a trust anchor to a zone: see dnssec_chain.h.
 *
 *	anchor ── DNSKEY ──> zone ── DS? ──> DS, DNSKEY        the next zone, signed
 *	                       ^       ├───> no DS, but NS     unsigned from here on
 *	                       │       ├───> nothing there     the zone, and no deeper one
 *	                       └───────┴───> no zone cut       one more label
 *
 * Names are walked label by label, since any of them may be a zone cut; only as
 * far as the zone that signed, which the signature names.
 */
#include "net/dnssec_chain.h"

#include "base/memory.h"
#include "net/dns_name.h"

#include <string.h>

/* What lies at a name below the apex of a signed zone. */
enum cut_kind {
	CUT_NONE,    /* the zone goes on */
	CUT_NOTHING, /* the name is not there, so nothing is below it either */
	CUT_SIGNED,
	CUT_UNSIGNED,
};

struct dnssec_cut {
	struct dnssec_cut *next;
	char name[NAME_TEXT];
	enum cut_kind kind;
	const struct dnssec_question *keys; /* CUT_SIGNED: the zone's DNSKEY answer */
	char reason[DNSSEC_REASON];         /* CUT_UNSIGNED */
};

struct name_text {
	char text[NAME_TEXT];
};

static const char *shown(const ldns_rdf *name, struct name_text *text)
{
	if (dns_name_from_wire(name, text->text) != OK)
		return "a name";
	return text->text[0] ? text->text : ".";
}

/* --- decided names --- */

static const struct dnssec_cut *find_cut(const struct dnssec_run *run, const ldns_rdf *name)
{
	struct name_text text;
	if (dns_name_from_wire(name, text.text) != OK)
		return NULL;
	for (const struct dnssec_cut *cut = run->dnssec->shared->cuts; cut; cut = cut->next)
		if (strcmp(cut->name, text.text) == 0)
			return cut;
	return NULL;
}

static enum security note_cut(struct dnssec_run *run, const ldns_rdf *name, enum cut_kind kind,
			      const struct dnssec_question *keys)
{
	struct dnssec_cut *cut = arena_new(run->steps->arena, 1, sizeof(*cut));
	/* It was asked about, so it has a text. */
	if (dns_name_from_wire(name, cut->name) != OK)
		return SECURITY_BOGUS;
	cut->kind = kind;
	cut->keys = keys;
	memcpy(cut->reason, run->why.sentence, sizeof(cut->reason));
	cut->next = run->dnssec->shared->cuts;
	run->dnssec->shared->cuts = cut;
	return SECURITY_SECURE;
}

/* --- keys --- */

static bool is_sha1_ds(const ldns_rr *anchor)
{
	enum { DS_DIGEST_TYPE = 2, DIGEST_SHA1 = 1 };
	return ldns_rr_get_type(anchor) == LDNS_RR_TYPE_DS &&
	       ldns_rdf2native_int8(ldns_rr_rdf(anchor, DS_DIGEST_TYPE)) == DIGEST_SHA1;
}

static bool is_known(const ldns_rr *anchor)
{
	if (ldns_rr_get_type(anchor) == LDNS_RR_TYPE_DS)
		return signature_ds_known(anchor);
	return signature_algorithm_known(ldns_rdf2native_int8(ldns_rr_dnskey_algorithm(anchor)));
}

/* The DS or anchor records that count. RFC 4509 section 3: validators "SHOULD ignore DS RRs
 * containing SHA-1 digests if DS RRs with SHA-256 digests are present". */
static ldns_rr_list *usable_anchors(const ldns_rr_list *records, const ldns_rdf *zone)
{
	ldns_rr_list *usable = ldns_rr_list_new();
	bool sha2 = false;
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr *record = ldns_rr_list_rr(records, i);
		sha2 |= dns_name_equal(ldns_rr_owner(record), zone) && is_known(record) &&
			ldns_rr_get_type(record) == LDNS_RR_TYPE_DS && !is_sha1_ds(record);
	}
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		ldns_rr *record = ldns_rr_list_rr(records, i);
		if (!dns_name_equal(ldns_rr_owner(record), zone) || !is_known(record) ||
		    (sha2 && is_sha1_ds(record)))
			continue;
		if (!ldns_rr_list_push_rr(usable, record))
			memory_exhausted();
	}
	return usable;
}

/* Whether one of the anchors means this key and the key signed the whole set. */
static bool key_vouches(struct dnssec_run *run, const ldns_rr_list *anchors, ldns_rr *key,
			const struct rrset *dnskeys)
{
	bool meant = false;
	struct dnssec_signed good;
	for (size_t i = 0; i < ldns_rr_list_rr_count(anchors) && !meant; i++)
		meant = signature_key_matches(ldns_rr_list_rr(anchors, i), key);
	if (!meant)
		return false;
	ldns_rr_list *only = ldns_rr_list_new();
	if (!only || !ldns_rr_list_push_rr(only, key))
		memory_exhausted();
	struct dnssec_zone zone = {.apex = *dnskeys->owner, .dnskeys = only};
	bool vouches =
		dnssec_check(run, &zone, dnskeys, &good) == SECURITY_SECURE && !good.from_wildcard;
	ldns_rr_list_free(only);
	return vouches;
}

/* RFC 4035 section 5.2: a DS or anchor record must match a key that signs the DNSKEY RRset. */
static enum security check_dnskeys(struct dnssec_run *run, const ldns_rdf *name,
				   const ldns_rr_list *anchors,
				   const struct dnssec_question *question)
{
	CLEANUP(rrset_release) struct rrset dnskeys = RRSET_NONE;
	struct name_text text;
	const ldns_pkt *packet = dnssec_packet(run, question);
	if (!rrset_find(ldns_pkt_answer(packet), name, LDNS_RR_TYPE_DNSKEY, &dnskeys))
		return dnssec_because(run, SECURITY_BOGUS,
				      "%s should be signed and has no DNSKEY record",
				      shown(name, &text));
	(void)dnssec_because(run, SECURITY_BOGUS, "no key of %s is the one that %s vouches for",
			     shown(name, &text), "its DS or trust anchor");
	for (size_t i = 0; i < ldns_rr_list_rr_count(dnskeys.records); i++)
		if (key_vouches(run, anchors, ldns_rr_list_rr(dnskeys.records, i), &dnskeys))
			return note_cut(run, name, CUT_SIGNED, question);
	return SECURITY_BOGUS;
}

/* A zone for which there are DS records or anchors: signed, or beyond what we know. */
static enum security enter_signed(struct dnssec_run *run, const ldns_rdf *name,
				  const ldns_rr_list *records)
{
	struct name_text text;
	enum security security;
	ldns_rr_list *anchors = usable_anchors(records, name);
	if (ldns_rr_list_rr_count(anchors) == 0) {
		/* RFC 4035 section 5.2: then there is "no supported authentication path leading
		 * from the parent to the child"; RFC 6840 section 5.2 says the same of digests. */
		(void)dnssec_because(run, SECURITY_INSECURE,
				     "%s is signed with algorithms that are not known here",
				     shown(name, &text));
		security = note_cut(run, name, CUT_UNSIGNED, NULL);
	} else {
		const struct dnssec_question *question =
			dnssec_ask(run, name, LDNS_RR_TYPE_DNSKEY, &security);
		if (question)
			security = check_dnskeys(run, name, anchors, question);
	}
	ldns_rr_list_free(anchors);
	return security;
}

/* --- cuts --- */

/* The zone's own alias at the name, or a DNAME above it: then no zone is cut there. */
static bool is_aliased(struct dnssec_run *run, const struct dnssec_zone *zone,
		       const ldns_pkt *packet, const ldns_rdf *name)
{
	CLEANUP(rrset_release) struct rrset alias = RRSET_NONE;
	struct dnssec_signed good;
	const ldns_rr_list *answer = ldns_pkt_answer(packet);
	if (rrset_find(answer, name, LDNS_RR_TYPE_CNAME, &alias) &&
	    dnssec_check(run, zone, &alias, &good) == SECURITY_SECURE && !good.from_wildcard)
		return true;
	for (size_t labels = dns_name_labels(&zone->apex); labels < dns_name_labels(name);
	     labels++) {
		ldns_rdf above = dns_name_suffix(name, labels);
		rrset_release(&alias);
		if (rrset_find(answer, &above, LDNS_RR_TYPE_DNAME, &alias) &&
		    dnssec_check(run, zone, &alias, &good) == SECURITY_SECURE)
			return true;
	}
	return false;
}

/* No DS record came: why there is none, by the zone's own proof. */
static enum security decide_without_ds(struct dnssec_run *run, const struct dnssec_zone *zone,
				       const ldns_pkt *packet, const ldns_rdf *name)
{
	struct name_text text;
	struct denial_subject subject = {.name = name, .type = LDNS_RR_TYPE_DS};
	struct denial denial = dnssec_denial(run, zone, packet, &subject);
	if (denial.kind == DENIAL_COSTLY || denial.kind == DENIAL_DELEGATION || denial.opt_out) {
		(void)dnssec_because(
			run, SECURITY_INSECURE,
			denial.kind == DENIAL_COSTLY
				? "the proof for %s takes more NSEC3 iterations than are made here"
				: "%s is delegated without DS record, so what is there is not "
				  "signed",
			shown(name, &text));
		return note_cut(run, name, CUT_UNSIGNED, NULL);
	}
	switch (denial.kind) {
	case DENIAL_NAME:
		return note_cut(run, name, CUT_NOTHING, NULL);
	case DENIAL_DATA:
		return note_cut(run, name, CUT_NONE, NULL);
	case DENIAL_NONE:
	case DENIAL_DELEGATION:
	case DENIAL_COSTLY:
		break;
	}
	if (is_aliased(run, zone, packet, name))
		return note_cut(run, name, CUT_NONE, NULL);
	return dnssec_because(run, SECURITY_BOGUS,
			      "it is not proven whether %s is delegated with a DS record",
			      shown(name, &text));
}

static enum security decide_cut(struct dnssec_run *run, const struct dnssec_zone *zone,
				const ldns_rdf *name)
{
	CLEANUP(rrset_release) struct rrset ds = RRSET_NONE;
	enum security security;
	struct dnssec_signed good;
	const struct dnssec_question *question = dnssec_ask(run, name, LDNS_RR_TYPE_DS, &security);
	if (!question)
		return security;
	const ldns_pkt *packet = dnssec_packet(run, question);
	if (!rrset_find(ldns_pkt_answer(packet), name, LDNS_RR_TYPE_DS, &ds))
		return decide_without_ds(run, zone, packet, name);
	security = dnssec_check(run, zone, &ds, &good);
	if (security != SECURITY_SECURE)
		return security;
	return enter_signed(run, name, ds.records);
}

/* --- the walk --- */

static bool has_anchor(const ldns_rr_list *records, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++)
		if (dns_name_equal(ldns_rr_owner(ldns_rr_list_rr(records, i)), name))
			return true;
	return false;
}

static const ldns_rr_list *anchor_records(const struct dnssec_run *run)
{
	const struct trust_anchors *anchors = run->dnssec->params.anchors;
	return anchors ? trust_anchors_records(anchors) : NULL;
}

/* The closest enclosing name with a trust anchor. */
static bool closest_anchor(const struct dnssec_run *run, const ldns_rdf *name, ldns_rdf *ret)
{
	const ldns_rr_list *records = anchor_records(run);
	for (size_t labels = dns_name_labels(name) + 1; records && labels-- > 0;) {
		ldns_rdf candidate = dns_name_suffix(name, labels);
		if (!has_anchor(records, &candidate))
			continue;
		*ret = candidate;
		return true;
	}
	return false;
}

bool dnssec_may_sign(const struct dnssec_run *run, const ldns_rdf *signer, const ldns_rdf *name)
{
	ldns_rdf anchor;
	return dns_name_within(name, signer) && closest_anchor(run, name, &anchor) &&
	       dns_name_within(signer, &anchor);
}

/* Goes on into what lies at the name. */
static enum security pass_cut(struct dnssec_run *run, const struct dnssec_cut *cut,
			      const ldns_rdf *name, struct dnssec_zone *zone)
{
	if (cut->kind == CUT_UNSIGNED)
		return dnssec_because(run, SECURITY_INSECURE, "%s", cut->reason);
	if (cut->kind == CUT_SIGNED)
		*zone = (struct dnssec_zone){
			.apex = *name,
			.dnskeys = ldns_pkt_answer(dnssec_packet(run, cut->keys)),
		};
	return SECURITY_SECURE;
}

enum security dnssec_zone_of(struct dnssec_run *run, const ldns_rdf *name, struct dnssec_zone *ret)
{
	struct name_text text;
	struct dnssec_zone zone = {0};
	const struct dnssec_cut *cut = NULL;
	ldns_rdf at;
	enum security security = SECURITY_SECURE;
	if (!closest_anchor(run, name, &at))
		return dnssec_because(run, SECURITY_INDETERMINATE, "no trust anchor covers %s",
				      shown(name, &text));
	size_t first = dns_name_labels(&at);
	for (size_t labels = first; labels <= dns_name_labels(name); labels++) {
		at = dns_name_suffix(name, labels);
		if (!find_cut(run, &at))
			security = labels == first ? enter_signed(run, &at, anchor_records(run))
						   : decide_cut(run, &zone, &at);
		if (security != SECURITY_SECURE)
			return security;
		cut = find_cut(run, &at);
		security = pass_cut(run, cut, &at, &zone);
		if (security != SECURITY_SECURE)
			return security;
		if (cut->kind == CUT_NOTHING)
			break;
	}
	*ret = zone;
	return SECURITY_SECURE;
}
