/*
 * Validated look-ups over a small signed tree: what is secure, insecure, bogus and
 * indeterminate, by which reason, and that the same events decide the same again.
 */
#include "net/dnssec.h"

#include "base/memory.h"
#include "tests/net/signed_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = DNSSEC_QUESTIONS_MAX + 1, PACKET_MAX = 1 << 16, DAYS_10 = 864000 };

/* 66 labels: more than there may be questions. */
#define ELEVEN "a.a.a.a.a.a.a.a.a.a.a."
#define DEEP ELEVEN ELEVEN ELEVEN ELEVEN ELEVEN ELEVEN

static const struct tree_zone zones[] = {
	{.apex = "."},
	{.apex = "test.", .kind = TREE_NSEC3},
	{.apex = "signed.test.",
	 .records = {"www.signed.test. 60 IN A 192.0.2.1",
		     "alias.signed.test. IN CNAME www.signed.test.",
		     "out.signed.test. IN CNAME www.other.test.",
		     "plain.signed.test. IN CNAME www.plain.test.",
		     "gone.signed.test. IN CNAME nothing.other.test.",
		     "*.wild.signed.test. IN A 192.0.2.2", "a.b.ent.signed.test. IN A 192.0.2.3",
		     "old.signed.test. IN DNAME other.test.",
		     "loop.signed.test. IN CNAME pool.signed.test.",
		     "pool.signed.test. IN CNAME loop.signed.test."}},
	{.apex = "deep.test.", .records = {DEEP "deep.test. IN A 192.0.2.4"}},
	{.apex = "other.test.",
	 .kind = TREE_NSEC3,
	 .iterations = 2,
	 .records = {"www.other.test. IN A 192.0.2.9", "*.wild.other.test. IN A 192.0.2.8",
		     "a.b.ent.other.test. IN A 192.0.2.3"}},
	{.apex = "optout.test.",
	 .kind = TREE_OPT_OUT,
	 .records = {"www.optout.test. IN A 192.0.2.9", "*.wild.optout.test. IN A 192.0.2.8"}},
	{.apex = "child.optout.test.",
	 .kind = TREE_UNSIGNED,
	 .records = {"www.child.optout.test. IN A 192.0.2.7"}},
	{.apex = "plain.test.",
	 .kind = TREE_UNSIGNED,
	 .records = {"www.plain.test. IN A 192.0.2.5"}},
	{.apex = "nods.test.", .ds = TREE_DS_NONE, .records = {"www.nods.test. IN A 192.0.2.5"}},
	{.apex = "wrongds.test.",
	 .ds = TREE_DS_OF_ANOTHER_KEY,
	 .records = {"www.wrongds.test. IN A 192.0.2.5"}},
	{.apex = "newalg.test.",
	 .ds = TREE_DS_UNKNOWN_ALGORITHM,
	 .records = {"www.newalg.test. IN A 192.0.2.5"}},
	{.apex = "newhash.test.",
	 .ds = TREE_DS_UNKNOWN_DIGEST,
	 .records = {"www.newhash.test. IN A 192.0.2.5"}},
	{.apex = "sha1.test.", .ds = TREE_DS_SHA1, .records = {"www.sha1.test. IN A 192.0.2.5"}},
	{.apex = "sha384.test.",
	 .ds = TREE_DS_SHA384,
	 .records = {"www.sha384.test. IN A 192.0.2.5"}},
	{.apex = "twods.test.",
	 .ds = TREE_DS_SHA1_GOOD_SHA256_WRONG,
	 .records = {"www.twods.test. IN A 192.0.2.5"}},
	{.apex = "expired.test.",
	 .signed_for = TREE_NOW_S - DAYS_10,
	 .records = {"www.expired.test. IN A 192.0.2.5"}},
	{.apex = "future.test.",
	 .signed_for = TREE_NOW_S + DAYS_10,
	 .records = {"www.future.test. IN A 192.0.2.5"}},
	{.apex = "costly.test.",
	 .kind = TREE_NSEC3,
	 .iterations = 151,
	 .records = {"www.costly.test. IN A 192.0.2.5"}},
};

/* --- running --- */

struct recording {
	struct step steps[EVENTS_MAX];
	struct buffer packets[EVENTS_MAX];
	struct event events[EVENTS_MAX];
	size_t count;
};

static void recording_release(struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++)
		buffer_release(&recording->packets[i]);
}

static void look_up(struct tree *tree, const struct dnssec_params *params, struct arena *arena,
		    struct dnssec *dnssec, struct recording *recording)
{
	struct steps steps = {.arena = arena};
	recording->count = 0;
	dnssec_begin(dnssec, params, &steps);
	while (dnssec->security == SECURITY_ASKING) {
		assert_int_equal(steps.count, 1);
		assert_true(recording->count < EVENTS_MAX);
		size_t at = recording->count++;
		recording->steps[at] = steps.list[0];
		steps.count = 0;
		assert_int_equal(recording->steps[at].dns.records, DNS_RECORDS_SIGNED);
		buffer_init(&recording->packets[at], PACKET_MAX);
		recording->events[at] =
			tree_answer(tree, &recording->steps[at], &recording->packets[at]);
		struct event foreign = recording->events[at];
		foreign.id += 100;
		assert_false(dnssec_advance(dnssec, &foreign, &steps));
		assert_true(dnssec_advance(dnssec, &recording->events[at], &steps));
	}
	assert_int_equal(steps.count, 0);
}

/* The same events again: the same questions, the same end. */
static void check_again(const struct dnssec *first, const struct recording *recording)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct steps steps = {.arena = &arena};
	struct dnssec dnssec;
	dnssec_begin(&dnssec, &first->params, &steps);
	for (size_t i = 0; i < recording->count; i++) {
		assert_int_equal(steps.count, 1);
		assert_string_equal(steps.list[0].dns.name, recording->steps[i].dns.name);
		assert_int_equal(steps.list[0].dns.type, recording->steps[i].dns.type);
		steps.count = 0;
		assert_true(dnssec_advance(&dnssec, &recording->events[i], &steps));
	}
	assert_int_equal(dnssec.security, first->security);
	assert_int_equal(dnssec.rcode, first->rcode);
	assert_int_equal(dnssec.found.ttl, first->found.ttl);
	assert_string_equal(dnssec.reason, first->reason);
}

/* --- rows --- */

struct row {
	const char *name;
	uint16_t type;
	int rcode;
	enum security security;
	size_t records;
	const char *reason; /* part of it; NULL: any */
	struct tree_lie lie;
};

#define A DNS_TYPE_A
#define SECURE SECURITY_SECURE
#define INSECURE SECURITY_INSECURE
#define BOGUS SECURITY_BOGUS
#define UNKNOWN SECURITY_INDETERMINATE
#define NODATA 0
#define NXDOMAIN 3

/* clang-format off */
static const struct row rows[] = {
	/* there, by a good chain */
	{"www.signed.test",        A,     0,        SECURE,   1, "chain from a trust anchor", {0}},
	{"www.other.test",         A,     0,        SECURE,   1, NULL, {0}},
	{"www.sha1.test",          A,     0,        SECURE,   1, NULL, {0}},
	{"www.sha384.test",        A,     0,        SECURE,   1, NULL, {0}},
	{"alias.signed.test",      A,     0,        SECURE,   2, NULL, {0}},
	{"out.signed.test",        A,     0,        SECURE,   2, NULL, {0}},
	{"www.old.signed.test",    A,     0,        SECURE,   2, NULL, {0}},
	{"x.wild.signed.test",     A,     0,        SECURE,   1, NULL, {0}},
	{"x.y.wild.other.test",    A,     0,        SECURE,   1, NULL, {0}},
	{"signed.test",            43,    0,        SECURE,   1, NULL, {0}},
	{"",                       48,    0,        SECURE,   1, NULL, {0}},
	/* not there, proven */
	{"nothing.signed.test",    A,     NXDOMAIN, SECURE,   0, NULL, {0}},
	{"nothing.other.test",     A,     NXDOMAIN, SECURE,   0, NULL, {0}},
	{"gone.signed.test",       A,     NXDOMAIN, SECURE,   1, NULL, {0}},
	{"www.signed.test",        257,   NODATA,   SECURE,   0, NULL, {0}},
	{"www.other.test",         257,   NODATA,   SECURE,   0, NULL, {0}},
	{"ent.signed.test",        A,     NODATA,   SECURE,   0, NULL, {0}},
	{"b.ent.other.test",       A,     NODATA,   SECURE,   0, NULL, {0}},
	{"x.wild.signed.test",     257,   NODATA,   SECURE,   0, NULL, {0}},
	{"x.wild.other.test",      257,   NODATA,   SECURE,   0, NULL, {0}},
	{"plain.test",             43,    NODATA,   SECURE,   0, NULL, {0}},
	{"nothing",                A,     NXDOMAIN, SECURE,   0, NULL, {0}},
	/* outside signed zones, proven */
	{"www.plain.test",         A,     0,        INSECURE, 1, "plain.test is delegated without DS", {0}},
	{"nothing.plain.test",     A,     NXDOMAIN, INSECURE, 0, NULL, {0}},
	{"plain.signed.test",      A,     0,        INSECURE, 2, NULL, {0}},
	{"www.nods.test",          A,     0,        INSECURE, 1, NULL, {0}},
	{"www.newalg.test",        A,     0,        INSECURE, 1, "algorithms that are not known", {0}},
	{"www.newhash.test",       A,     0,        INSECURE, 1, "algorithms that are not known", {0}},
	{"www.child.optout.test",  A,     0,        INSECURE, 1, NULL, {0}},
	{"nothing.optout.test",    A,     NXDOMAIN, INSECURE, 0, "opt-out", {0}},
	{"x.wild.optout.test",     A,     0,        INSECURE, 1, "opt-out", {0}},
	{"nothing.costly.test",    A,     NXDOMAIN, INSECURE, 0, "150 NSEC3 iterations", {0}},
	/* false */
	{"www.wrongds.test",       A,     0,        BOGUS,    1, "no key of wrongds.test", {0}},
	{"www.twods.test",         A,     0,        BOGUS,    1, "no key of twods.test", {0}},
	{"www.expired.test",       A,     0,        BOGUS,    1, "expired 2026-11-13T12:00:00Z", {0}},
	{"www.future.test",        A,     0,        BOGUS,    1, "not valid before 2026-12-01T12:00:00Z", {0}},
	{"www.signed.test",        A,     0,        BOGUS,    1, "not signed", {"www.signed.test", A, LIE_NO_SIGNATURES}},
	{"www.signed.test",        A,     0,        BOGUS,    1, "is false", {"www.signed.test", A, LIE_OTHER_DATA}},
	{"www.signed.test",        A,     0,        BOGUS,    1, "not signed", {"www.signed.test", A, LIE_FOREIGN_SIGNER}},
	{"www.signed.test",        A,     0,        BOGUS,    1, "more than 256 signatures", {"www.signed.test", A, LIE_MANY_SIGNATURES}},
	{"www.signed.test",        A,     NXDOMAIN, BOGUS,    0, "not proven", {"www.signed.test", A, LIE_NO_SUCH_NAME}},
	{"www.other.test",         A,     NXDOMAIN, BOGUS,    0, NULL, {"www.other.test", A, LIE_NO_SUCH_NAME}},
	{"www.signed.test",        A,     0,        BOGUS,    1, "is false", {"signed.test", 43, LIE_OTHER_DATA}},
	{"www.signed.test",        A,     0,        BOGUS,    1, NULL, {"signed.test", 43, LIE_NO_SIGNATURES}},
	{"www.signed.test",        A,     0,        BOGUS,    1, NULL, {"signed.test", 43, LIE_NO_SUCH_NAME}},
	{"www.signed.test",        A,     0,        BOGUS,    1, NULL, {"signed.test", 48, LIE_OTHER_DATA}},
	{"www.signed.test",        A,     0,        BOGUS,    1, NULL, {"signed.test", 48, LIE_NO_SIGNATURES}},
	{"www.plain.test",         A,     0,        BOGUS,    1, NULL, {"plain.test", 43, LIE_NO_DENIAL}},
	{"www.plain.test",         A,     0,        BOGUS,    1, NULL, {"plain.test", 43, LIE_NO_SIGNATURES}},
	{"nothing.signed.test",    A,     NXDOMAIN, BOGUS,    0, "not proven", {"nothing.signed.test", A, LIE_NO_DENIAL}},
	{"nothing.signed.test",    A,     NXDOMAIN, BOGUS,    0, "not signed", {"nothing.signed.test", A, LIE_NO_SIGNATURES}},
	{"nothing.other.test",     A,     NXDOMAIN, BOGUS,    0, "not proven", {"nothing.other.test", A, LIE_NO_DENIAL}},
	{"x.wild.signed.test",     A,     0,        BOGUS,    1, "wildcard", {"x.wild.signed.test", A, LIE_NO_DENIAL}},
	{"x.wild.other.test",      A,     0,        BOGUS,    1, "wildcard", {"x.wild.other.test", A, LIE_NO_DENIAL}},
	{"ent.signed.test",        A,     NODATA,   SECURE,   0, NULL, {"ent.signed.test", A, LIE_NO_SUCH_NAME}},
	{DEEP "deep.test", A, 0, BOGUS, 1, "more than 64 questions",
	 {DEEP "deep.test", A, LIE_NO_SIGNATURES}},
	/* nothing to go by */
	{"loop.signed.test",       A,     2,        UNKNOWN,  9, "aliases of loop.signed.test do not end within 8", {0}},
	{"www.signed.test",        A,     2,        UNKNOWN,  0, "DNSSEC Bogus (6): broke?", {"www.signed.test", A, LIE_SERVFAIL}},
	{"www.signed.test",        A,     -1,       UNKNOWN,  0, "no answer in time", {"www.signed.test", A, LIE_SILENCE}},
	{"www.signed.test",        A,     0,        UNKNOWN,  1, "signed.test DNSKEY: no answer in time", {"signed.test", 48, LIE_SILENCE}},
	{"www.signed.test",        A,     0,        UNKNOWN,  1, "test DS: the resolver answered SERVFAIL (DNSSEC Bogus (6): broke?)", {"test", 43, LIE_SERVFAIL}},
};
/* clang-format on */

static void check_row(struct tree *tree, const struct trust_anchors *anchors, const struct row *row)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct dnssec dnssec;
	static struct recording recording;
	struct dnssec_params params = {.name = row->name,
				       .type = row->type,
				       .anchors = anchors,
				       .at_ms = TREE_NOW_S * 1000};
	tree_lie(tree, &row->lie);
	look_up(tree, &params, &arena, &dnssec, &recording);
	if (dnssec.security != row->security || dnssec.rcode != row->rcode ||
	    dnssec.found.record_count != row->records ||
	    (row->reason && !strstr(dnssec.reason, row->reason)))
		fail_msg("%s TYPE%u, lie %d: %s, rcode %d, %zu records: %s", row->name,
			 (unsigned)row->type, (int)row->lie.kind, security_text(dnssec.security),
			 dnssec.rcode, dnssec.found.record_count, dnssec.reason);
	check_again(&dnssec, &recording);
	recording_release(&recording);
}

static struct trust_anchors *anchors_of(const struct tree *tree, const char *apex,
					ldns_rr_type type)
{
	CLEANUP(memory_freep) char *line = tree_anchor(tree, apex, type);
	struct trust_anchors *anchors = NULL;
	assert_int_equal(trust_anchors_read("anchors", slice_text(line), &anchors, NULL), OK);
	return anchors;
}

static void test_rows(void **state)
{
	(void)state;
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DS);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		check_row(tree, anchors, &rows[i]);
	trust_anchors_free(anchors);
	tree_free(tree);
}

/* The CNAME that stands beside a DNAME is not signed: anybody may have put it there, so it is made
 * from the DNAME here. */
static void test_alias_made_from_dname(void **state)
{
	(void)state;
	static const enum tree_lie_kind lies[] = {LIE_NONE, LIE_OTHER_ALIAS};
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DS);
	for (size_t i = 0; i < ARRAY_LENGTH(lies); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct dnssec dnssec;
		static struct recording recording;
		struct tree_lie lie = {"www.old.signed.test", DNS_TYPE_CNAME, lies[i]};
		struct dnssec_params params = {.name = lie.name,
					       .type = lie.type,
					       .anchors = anchors,
					       .at_ms = TREE_NOW_S * 1000};
		tree_lie(tree, &lie);
		look_up(tree, &params, &arena, &dnssec, &recording);
		assert_int_equal(dnssec.security, SECURE);
		assert_int_equal(dnssec.rcode, 0);
		assert_int_equal(dnssec.found.record_count, 2);
		assert_int_equal(dnssec.found.records[1]->type, DNS_TYPE_CNAME);
		assert_string_equal(dnssec.found.records[1]->owner, "www.old.signed.test");
		assert_string_equal(dnssec.found.records[1]->target, "www.other.test");
		assert_string_equal(dns_record_text(dnssec.found.records[1], &arena),
				    "www.other.test.");
		check_again(&dnssec, &recording);
		recording_release(&recording);
	}
	trust_anchors_free(anchors);
	tree_free(tree);
}

/* An anchor below the root: it serves what is below it, and nothing else. */
static void test_anchor_below(void **state)
{
	(void)state;
	static const struct row below[] = {
		{"www.signed.test", A, 0, SECURE, 1, NULL, {0}},
		{"out.signed.test", A, 0, UNKNOWN, 2, "no trust anchor covers www.other.test", {0}},
		{"signed.test", 43, 0, UNKNOWN, 1, "no trust anchor covers test", {0}},
		{"www.other.test", A, 0, UNKNOWN, 1, "no trust anchor covers www.other.test", {0}},
		{"www.signed.test",
		 A,
		 0,
		 BOGUS,
		 1,
		 NULL,
		 {"www.signed.test", A, LIE_FOREIGN_SIGNER}},
	};
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, "signed.test.", LDNS_RR_TYPE_DNSKEY);
	for (size_t i = 0; i < ARRAY_LENGTH(below); i++)
		check_row(tree, anchors, &below[i]);
	trust_anchors_free(anchors);

	static const struct row none = {"www.signed.test", A,  0, UNKNOWN, 1,
					"no trust anchor", {0}};
	check_row(tree, NULL, &none);
	tree_free(tree);
}

static void test_algorithms(void **state)
{
	(void)state;
	static const struct {
		ldns_signing_algorithm algorithm;
		int bits;
		enum tree_kind kind;
	} algorithms[] = {
		{LDNS_SIGN_RSASHA1, 1024, TREE_NSEC},
		{LDNS_SIGN_RSASHA1_NSEC3, 1024, TREE_NSEC3},
		{LDNS_SIGN_RSASHA256, 1024, TREE_NSEC},
		{LDNS_SIGN_RSASHA512, 1024, TREE_NSEC3},
		{LDNS_SIGN_ECDSAP256SHA256, 0, TREE_NSEC},
		{LDNS_SIGN_ECDSAP384SHA384, 0, TREE_NSEC3},
		{LDNS_SIGN_ED25519, 0, TREE_NSEC},
		{LDNS_SIGN_ED448, 0, TREE_NSEC3},
	};
	static const struct row there = {"www", A, 0, SECURE, 1, NULL, {0}};
	static const struct row not_there = {"nothing", A, NXDOMAIN, SECURE, 0, NULL, {0}};
	static const struct row changed = {
		"www", A, 0, BOGUS, 1, "is false", {"www", A, LIE_OTHER_DATA}};
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++) {
		struct tree_zone root = {
			.apex = ".",
			.records = {"www. IN A 192.0.2.1"},
			.algorithm = algorithms[i].algorithm,
			.key_bits = algorithms[i].bits,
			.kind = algorithms[i].kind,
		};
		struct tree *tree = tree_new(&root, 1);
		struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DNSKEY);
		check_row(tree, anchors, &there);
		check_row(tree, anchors, &not_there);
		check_row(tree, anchors, &changed);
		trust_anchors_free(anchors);
		tree_free(tree);
	}
}

/* RFC 4035 section 5.3.3: the TTL ends with the signature. */
static void test_ttl(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static struct recording recording;
	struct dnssec dnssec;
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DS);
	struct dnssec_params params = {.name = "www.signed.test",
				       .type = A,
				       .anchors = anchors,
				       .at_ms = TREE_NOW_S * 1000};
	look_up(tree, &params, &arena, &dnssec, &recording);
	assert_int_equal(dnssec.found.ttl, 60);
	recording_release(&recording);

	params.at_ms = (TREE_NOW_S + 86400 - 5) * 1000;
	look_up(tree, &params, &arena, &dnssec, &recording);
	assert_int_equal(dnssec.security, SECURITY_SECURE);
	assert_int_equal(dnssec.found.ttl, 5);
	recording_release(&recording);

	params.at_ms = (TREE_NOW_S + 86400 + 1) * 1000;
	look_up(tree, &params, &arena, &dnssec, &recording);
	assert_int_equal(dnssec.security, SECURITY_BOGUS);
	recording_release(&recording);
	trust_anchors_free(anchors);
	tree_free(tree);
}

/* Evidence that was changed may hold a name that is not as names are written here: no end of it
 * was found once. */
static void test_name_in_capitals_ends(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static struct recording recording;
	struct dnssec dnssec;
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DS);
	struct dnssec_params params = {.name = "WWW.signed.test",
				       .type = DNS_TYPE_CAA,
				       .anchors = anchors,
				       .at_ms = TREE_NOW_S * 1000};
	look_up(tree, &params, &arena, &dnssec, &recording);
	assert_int_equal(dnssec.security, SECURITY_SECURE);
	assert_int_equal(dnssec.found.record_count, 0);
	recording_release(&recording);
	trust_anchors_free(anchors);
	tree_free(tree);
}

/* What all look-ups of a conversation may cost together. */
static void test_budget_of_a_conversation(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static struct recording recording;
	struct dnssec first, last;
	struct dnssec_shared shared = {0};
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	struct trust_anchors *anchors = anchors_of(tree, ".", LDNS_RR_TYPE_DS);
	struct dnssec_params params = {.name = "www.signed.test",
				       .type = A,
				       .anchors = anchors,
				       .at_ms = TREE_NOW_S * 1000,
				       .shared = &shared};
	look_up(tree, &params, &arena, &first, &recording);
	recording_release(&recording);
	assert_int_equal(first.security, SECURITY_SECURE);
	assert_true(shared.signatures > 0);
	assert_int_equal(shared.signatures, first.signatures);
	static const struct {
		unsigned signatures, rounds;
		enum security security;
	} spent[] = {
		{DNSSEC_SHARED_SIGNATURES_MAX - 1, 0, SECURITY_SECURE},
		{DNSSEC_SHARED_SIGNATURES_MAX, 0, SECURITY_BOGUS},
		{0, DNSSEC_SHARED_ROUNDS_MAX, SECURITY_BOGUS},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(spent); i++) {
		shared.signatures = spent[i].signatures;
		shared.rounds = spent[i].rounds;
		look_up(tree, &params, &arena, &last, &recording);
		assert_int_equal(last.security, spent[i].security);
		if (last.security == SECURITY_BOGUS)
			assert_non_null(strstr(last.reason, "more than 4096 signatures"));
	}
	dnssec_shared_release(&shared);
	trust_anchors_free(anchors);
	tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget_of_a_conversation),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_alias_made_from_dname),
		cmocka_unit_test(test_anchor_below),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_ttl),
		cmocka_unit_test(test_name_in_capitals_ends),
	};
	return cmocka_run_group_tests_name("net.dnssec", tests, NULL, NULL);
}
