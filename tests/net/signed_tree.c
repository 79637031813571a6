/*
 * A small signed name space: see signed_tree.h. Denials hold every NSEC or NSEC3
 * record of the zone, so a proof is there whenever the zone has one.
 */
#include "tests/net/signed_tree.h"

#include "base/memory.h"
#include "net/dns_name.h"
#include "net/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, TTL = 300 };

struct zone {
	const struct tree_zone *table;
	ldns_rdf *apex;
	ldns_rr *dnskey;       /* NULL: unsigned */
	ldns_rr_list *records; /* all of the zone, signatures too */
};

struct tree {
	struct zone zones[TREE_ZONES_MAX];
	size_t count;
	struct tree_lie lie;
};

/* --- making --- */

static ldns_rr *read_line(const char *line)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, line, TTL, NULL, NULL) != LDNS_STATUS_OK)
		fail_msg("the record \"%s\" cannot be read", line);
	return rr;
}

static ldns_key *make_key(const struct zone *zone)
{
	const struct tree_zone *table = zone->table;
	ldns_signing_algorithm algorithm =
		table->algorithm ? table->algorithm : LDNS_SIGN_ECDSAP256SHA256;
	int64_t middle = table->signed_for ? table->signed_for : TREE_NOW_S;
	ldns_key *key = ldns_key_new_frm_algorithm(algorithm, (uint16_t)table->key_bits);
	assert_non_null(key);
	ldns_key_set_pubkey_owner(key, ldns_rdf_clone(zone->apex));
	ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY);
	ldns_key_set_inception(key, (uint32_t)(middle - DAY_S));
	ldns_key_set_expiration(key, (uint32_t)(middle + DAY_S));
	return key;
}

static void sign(struct zone *zone)
{
	const struct tree_zone *table = zone->table;
	ldns_key *key = make_key(zone);
	ldns_key_list *keys = ldns_key_list_new();
	ldns_key_list_push_key(keys, key);
	zone->dnskey = ldns_key2rr(key);
	ldns_key_set_keytag(key, ldns_calc_keytag(zone->dnskey));
	ldns_rr_set_ttl(zone->dnskey, TTL);
	ldns_rr_list_push_rr(zone->records, ldns_rr_clone(zone->dnskey));

	ldns_dnssec_zone *signing = ldns_dnssec_zone_new();
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone->records); i++)
		assert_int_equal(
			ldns_dnssec_zone_add_rr(signing, ldns_rr_list_rr(zone->records, i)),
			LDNS_STATUS_OK);
	ldns_rr_list *added = ldns_rr_list_new();
	ldns_status status =
		table->kind == TREE_NSEC
			? ldns_dnssec_zone_sign(signing, added, keys,
						ldns_dnssec_default_replace_signatures, NULL)
			: ldns_dnssec_zone_sign_nsec3_flg(
				  signing, added, keys, ldns_dnssec_default_replace_signatures,
				  NULL, LDNS_SHA1, table->kind == TREE_OPT_OUT,
				  (uint16_t)table->iterations, 0, NULL, 0);
	assert_int_equal(status, LDNS_STATUS_OK);
	ldns_rr_list_push_rr_list(zone->records, added);
	ldns_rr_list_free(added);
	ldns_dnssec_zone_free(signing);
	ldns_key_list_free(keys);
}

static ldns_rr *ds_of(const struct zone *child, ldns_hash hash)
{
	ldns_rr *ds = ldns_key_rr2ds(child->dnskey, hash);
	assert_non_null(ds);
	ldns_rr_set_ttl(ds, TTL);
	return ds;
}

static void set_octet(ldns_rr *ds, size_t field, size_t at, uint8_t value)
{
	ldns_rdf_data(ldns_rr_rdf(ds, field))[at] = value;
}

static void delegate(struct zone *parent, const struct zone *child)
{
	enum { DS_ALGORITHM = 1, DS_DIGEST_TYPE = 2, DS_DIGEST = 3, UNKNOWN = 200 };
	char line[600];
	(void)snprintf(line, sizeof(line), "%s 300 IN NS ns.%s", child->table->apex,
		       child->table->apex);
	ldns_rr_list_push_rr(parent->records, read_line(line));
	if (!child->dnskey || child->table->ds == TREE_DS_NONE)
		return;
	ldns_hash hash = child->table->ds == TREE_DS_SHA1     ? LDNS_SHA1
			 : child->table->ds == TREE_DS_SHA384 ? LDNS_SHA384
							      : LDNS_SHA256;
	ldns_rr *ds = ds_of(child, hash);
	if (child->table->ds == TREE_DS_UNKNOWN_ALGORITHM)
		set_octet(ds, DS_ALGORITHM, 0, UNKNOWN);
	if (child->table->ds == TREE_DS_UNKNOWN_DIGEST)
		set_octet(ds, DS_DIGEST_TYPE, 0, UNKNOWN);
	if (child->table->ds == TREE_DS_OF_ANOTHER_KEY ||
	    child->table->ds == TREE_DS_SHA1_GOOD_SHA256_WRONG)
		ldns_rdf_data(ldns_rr_rdf(ds, DS_DIGEST))[0] ^= 1;
	ldns_rr_list_push_rr(parent->records, ds);
	if (child->table->ds == TREE_DS_SHA1_GOOD_SHA256_WRONG)
		ldns_rr_list_push_rr(parent->records, ds_of(child, LDNS_SHA1));
}

static struct zone *zone_above(struct tree *tree, size_t number)
{
	struct zone *above = NULL;
	for (size_t i = 0; i < number; i++)
		if (dns_name_within(tree->zones[number].apex, tree->zones[i].apex) &&
		    (!above || dns_name_labels(tree->zones[i].apex) > dns_name_labels(above->apex)))
			above = &tree->zones[i];
	return above;
}

struct tree *tree_new(const struct tree_zone *zones, size_t count)
{
	struct tree *tree = memory_new(1, sizeof(*tree));
	tree->count = count;
	for (size_t i = 0; i < count; i++) {
		struct zone *zone = &tree->zones[i];
		char soa[600];
		*zone = (struct zone){&zones[i], ldns_dname_new_frm_str(zones[i].apex), NULL,
				      ldns_rr_list_new()};
		(void)snprintf(soa, sizeof(soa), "%s 300 IN SOA ns.invalid. h.invalid. 1 2 3 4 60",
			       zones[i].apex);
		ldns_rr_list_push_rr(zone->records, read_line(soa));
		for (size_t r = 0; r < TREE_RECORDS_MAX && zones[i].records[r]; r++)
			ldns_rr_list_push_rr(zone->records, read_line(zones[i].records[r]));
	}
	/* A parent is signed after its children, since it holds their digests. */
	for (size_t i = count; i-- > 0;) {
		if (zones[i].kind != TREE_UNSIGNED)
			sign(&tree->zones[i]);
		struct zone *above = zone_above(tree, i);
		if (above)
			delegate(above, &tree->zones[i]);
	}
	return tree;
}

void tree_free(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		ldns_rdf_deep_free(tree->zones[i].apex);
		ldns_rr_free(tree->zones[i].dnskey);
		ldns_rr_list_deep_free(tree->zones[i].records);
	}
	free(tree);
}

void tree_lie(struct tree *tree, const struct tree_lie *lie)
{
	tree->lie = *lie;
}

char *tree_anchor(const struct tree *tree, const char *apex, ldns_rr_type type)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (strcmp(tree->zones[i].table->apex, apex) != 0)
			continue;
		ldns_rr *rr = type == LDNS_RR_TYPE_DS ? ds_of(&tree->zones[i], LDNS_SHA256)
						      : ldns_rr_clone(tree->zones[i].dnskey);
		char *text = ldns_rr2str(rr);
		ldns_rr_free(rr);
		return text;
	}
	return NULL;
}

/* --- answering --- */

/* The closest zone with data of the name; of DS records the parent. */
static struct zone *zone_of(struct tree *tree, const ldns_rdf *name, uint16_t type)
{
	struct zone *found = &tree->zones[0];
	for (size_t i = 0; i < tree->count; i++) {
		struct zone *zone = &tree->zones[i];
		bool deeper = dns_name_labels(zone->apex) > dns_name_labels(found->apex);
		bool at_cut = type == LDNS_RR_TYPE_DS && dns_name_equal(zone->apex, name);
		if (dns_name_within(name, zone->apex) && deeper && !at_cut)
			found = zone;
	}
	return found;
}

/* Adds the records of owner and type, with their signatures, as if they were of name. */
static size_t add(ldns_rr_list *section, const struct zone *zone, const ldns_rdf *owner,
		  ldns_rr_type type, const ldns_rdf *name)
{
	size_t count = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone->records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(zone->records, i);
		ldns_rr_type own = ldns_rr_get_type(rr);
		bool covers = own == LDNS_RR_TYPE_RRSIG &&
			      ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr)) == type;
		if (!dns_name_equal(ldns_rr_owner(rr), owner) || (own != type && !covers))
			continue;
		ldns_rr *copy = ldns_rr_clone(rr);
		ldns_rdf_deep_free(ldns_rr_owner(copy));
		ldns_rr_set_owner(copy, ldns_rdf_clone(name));
		ldns_rr_list_push_rr(section, copy);
		count += own == type;
	}
	return count;
}

static void add_denials(ldns_rr_list *section, const struct zone *zone)
{
	add(section, zone, zone->apex, LDNS_RR_TYPE_SOA, zone->apex);
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone->records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(zone->records, i);
		ldns_rr_type type = ldns_rr_get_type(rr);
		if (type == LDNS_RR_TYPE_NSEC || type == LDNS_RR_TYPE_NSEC3)
			add(section, zone, ldns_rr_owner(rr), type, ldns_rr_owner(rr));
	}
}

static bool exists(const struct zone *zone, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone->records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(zone->records, i);
		ldns_rr_type type = ldns_rr_get_type(rr);
		bool hashed =
			type == LDNS_RR_TYPE_NSEC3 ||
			(type == LDNS_RR_TYPE_RRSIG &&
			 ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr)) == LDNS_RR_TYPE_NSEC3);
		if (!hashed && dns_name_within(ldns_rr_owner(rr), name))
			return true;
	}
	return false;
}

/* Fills the sections; returns the rcode. */
static uint8_t fill(struct tree *tree, ldns_pkt *packet, const ldns_rdf *name, uint16_t type)
{
	static const ldns_rr_type kinds[] = {LDNS_RR_TYPE_FIRST, LDNS_RR_TYPE_CNAME};
	const struct zone *zone = zone_of(tree, name, type);
	ldns_rr_list *answer = ldns_pkt_answer(packet);
	for (size_t labels = dns_name_labels(name); labels-- > dns_name_labels(zone->apex);) {
		ldns_rdf above = dns_name_suffix(name, labels);
		if (add(answer, zone, &above, LDNS_RR_TYPE_DNAME, &above) > 0)
			return LDNS_RCODE_NOERROR;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (add(answer, zone, name, i == 0 ? (ldns_rr_type)type : kinds[i], name) > 0)
			return LDNS_RCODE_NOERROR;
	add_denials(ldns_pkt_authority(packet), zone);
	if (exists(zone, name))
		return LDNS_RCODE_NOERROR;
	size_t labels = dns_name_labels(name);
	ldns_rdf encloser, wildcard;
	uint8_t wire[DNS_NAME_WIRE];
	do
		encloser = dns_name_suffix(name, --labels);
	while (!exists(zone, &encloser));
	assert_int_equal(dns_name_wildcard(&encloser, wire, &wildcard), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (add(answer, zone, &wildcard, i == 0 ? (ldns_rr_type)type : kinds[i], name) > 0)
			return LDNS_RCODE_NOERROR;
	return exists(zone, &wildcard) ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN;
}

/* --- lies --- */

/* Takes out the records for which drop says so. */
static void filter(ldns_rr_list *section, bool (*drop)(const ldns_rr *rr))
{
	size_t kept = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *rr = ldns_rr_list_rr(section, i);
		if (drop(rr))
			ldns_rr_free(rr);
		else
			ldns_rr_list_set_rr(section, rr, kept++);
	}
	ldns_rr_list_set_rr_count(section, kept);
}

static bool is_signature(const ldns_rr *rr)
{
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG;
}

static bool is_denial(const ldns_rr *rr)
{
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC ||
	       ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC3;
}

static bool is_anything(const ldns_rr *rr)
{
	(void)rr;
	return true;
}

/* Turns the last octet of each record around, or names another signer in each RRSIG. */
static void falsify(ldns_rr_list *section, enum tree_lie_kind kind)
{
	enum { RRSIG_SIGNER = 7 };
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		ldns_rr *rr = ldns_rr_list_rr(section, i);
		ldns_rdf *last = ldns_rr_rdf(rr, ldns_rr_rd_count(rr) - 1);
		if (kind == LIE_OTHER_DATA && !is_signature(rr))
			ldns_rdf_data(last)[ldns_rdf_size(last) - 1] ^= 1;
		if (kind == LIE_FOREIGN_SIGNER && is_signature(rr))
			ldns_rdf_deep_free(ldns_rr_set_rdf(rr, ldns_dname_new_frm_str("elsewhere."),
							   RRSIG_SIGNER));
	}
}

/* Puts false copies of each signature before it. */
static void multiply_signatures(ldns_rr_list *section)
{
	size_t count = ldns_rr_list_rr_count(section);
	ldns_rr_list *all = ldns_rr_list_new();
	for (size_t i = 0; i < count; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(section, i);
		for (size_t n = 0; is_signature(rr) && n <= SIGNATURES_MAX; n++) {
			ldns_rr *copy = ldns_rr_clone(rr);
			ldns_rdf *last = ldns_rr_rdf(copy, ldns_rr_rd_count(copy) - 1);
			ldns_rdf_data(last)[n % 32] ^= (uint8_t)(1 + n / 32);
			ldns_rr_list_push_rr(all, copy);
		}
	}
	ldns_rr_list_cat(all, section);
	ldns_rr_list_set_rr_count(section, 0);
	ldns_rr_list_cat(section, all);
	ldns_rr_list_free(all);
}

static void push_alias(ldns_rr_list *answer, const ldns_rdf *name)
{
	ldns_rr *rr = NULL;
	assert_int_equal(ldns_rr_new_frm_str(&rr, "a. 60 IN CNAME forged.test.", 0, NULL, NULL),
			 LDNS_STATUS_OK);
	ldns_rdf_deep_free(ldns_rr_owner(rr));
	ldns_rr_set_owner(rr, ldns_rdf_clone(name));
	ldns_rr_list_push_rr(answer, rr);
}

static void apply_lie(struct tree *tree, ldns_pkt *packet, const ldns_rdf *name, uint16_t type)
{
	ldns_rr_list *answer = ldns_pkt_answer(packet), *authority = ldns_pkt_authority(packet);
	switch (tree->lie.kind) {
	case LIE_NONE:
	case LIE_SILENCE:
		break;
	case LIE_NO_SIGNATURES:
		filter(answer, is_signature);
		filter(authority, is_signature);
		break;
	case LIE_OTHER_DATA:
	case LIE_FOREIGN_SIGNER:
		falsify(answer, tree->lie.kind);
		break;
	case LIE_MANY_SIGNATURES:
		multiply_signatures(answer);
		break;
	case LIE_OTHER_ALIAS:
		push_alias(answer, name);
		break;
	case LIE_NO_DENIAL:
		filter(authority, is_denial);
		break;
	case LIE_NO_SUCH_NAME:
		filter(answer, is_anything);
		filter(authority, is_anything);
		add_denials(authority, zone_of(tree, name, type));
		ldns_pkt_set_rcode(packet, LDNS_RCODE_NXDOMAIN);
		break;
	case LIE_SERVFAIL: {
		static const uint8_t option[] = {0, 15, 0, 8, 0, 6, 'b', 'r', 'o', 'k', 'e', 1};
		filter(answer, is_anything);
		ldns_pkt_set_rcode(packet, LDNS_RCODE_SERVFAIL);
		ldns_pkt_set_edns_udp_size(packet, 1232);
		ldns_pkt_set_edns_data(packet, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN,
								     sizeof(option), option));
		break;
	}
	}
}

struct event tree_answer(struct tree *tree, const struct step *step, struct buffer *out)
{
	struct event event = {.kind = STEP_DNS, .id = step->id};
	ldns_rdf *name = NULL;
	assert_int_equal(dns_name_to_wire(step->dns.name, &name), OK);
	ldns_pkt *packet = ldns_pkt_new();
	ldns_pkt_set_qr(packet, true);
	ldns_rr *question = ldns_rr_new();
	ldns_rr_set_owner(question, ldns_rdf_clone(name));
	ldns_rr_set_type(question, (ldns_rr_type)step->dns.type);
	ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
	ldns_rr_set_question(question, true);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
	ldns_pkt_set_rcode(packet, fill(tree, packet, name, step->dns.type));
	bool lied = tree->lie.name && strcmp(tree->lie.name, step->dns.name) == 0 &&
		    tree->lie.type == step->dns.type;
	if (lied)
		apply_lie(tree, packet, name, step->dns.type);
	ldns_rdf_deep_free(name);
	if (lied && tree->lie.kind == LIE_SILENCE) {
		event.dns.outcome = DNS_TIMED_OUT;
		ldns_pkt_free(packet);
		return event;
	}
	ldns_pkt_set_ancount(packet, (uint16_t)ldns_rr_list_rr_count(ldns_pkt_answer(packet)));
	ldns_pkt_set_nscount(packet, (uint16_t)ldns_rr_list_rr_count(ldns_pkt_authority(packet)));
	uint8_t *wire = NULL;
	size_t length = 0;
	assert_int_equal(ldns_pkt2wire(&wire, packet, &length), LDNS_STATUS_OK);
	buffer_clear(out);
	buffer_append(out, wire, length);
	event.dns.outcome =
		ldns_pkt_get_rcode(packet) == LDNS_RCODE_SERVFAIL ? DNS_SERVFAIL : DNS_ANSWERED;
	event.dns.answer = buffer_slice(out);
	free(wire);
	ldns_pkt_free(packet);
	return event;
}
