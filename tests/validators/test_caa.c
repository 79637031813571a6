/*
 * CAA decisions: each row is a zone of its own. Positive rows stand among the
 * negative ones, since a method that always refuses would pass the rest.
 */
#include "tests/csr/corpus.h"
#include "tests/validators/trial.h"

#include "net/dns_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAA(name, rest) name ". 300 IN CAA " rest

enum wildness { PLAIN, WILD };
enum { ZONE_MAX = 5 };

struct row {
	const char *what;
	const char *domain;
	enum wildness wildness;
	enum status status;
	const char *decided_by;
	uint32_t ttl_s;
	const char *part; /* of the sentence or the hint */
	struct fake_dns zone[ZONE_MAX];
};

#define ONE(name, ...)                                                                             \
	{                                                                                          \
		{                                                                                  \
			name, DNS_TYPE_CAA, FAKE_ANSWER, {__VA_ARGS__}, 0                          \
		}                                                                                  \
	}
#define SITE "example.com"

/* clang-format off */
static const struct row rows[] = {
	{"none", "www.example.com", PLAIN, OK, "", 600, "no CAA record restricts www.example.com", {{0}}},
	{"ours", SITE, PLAIN, OK, SITE, 300, "permits this CA",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example\""))},
	{"ours in capitals", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 ISSUE \"CA.EXAMPLE\""))},
	{"our second identifier", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"ca2.example\""))},
	{"other", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "example.com. CAA 0 issue \"ca.example\"",
	 ONE(SITE, CAA(SITE, "0 issue \"other.example\""))},
	{"other and ours", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \"other.example\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"the same record twice", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"semicolon", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "does not name this CA", ONE(SITE, CAA(SITE, "0 issue \";\""))},
	{"empty value", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"\""))},
	{"semicolon beside ours", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \";\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"a longer name", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"x.ca.example\""))},
	{"mixed case", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 IsSuE \"other.example\""))},
	{"malformed value", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "authorises nobody",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example; %%%\""))},
	{"malformed value beside ours", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \"%%%\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"html", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"<script>alert(1)</script>\""))},
	{"unknown parameter", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"ca.example; policy=ev\""))},
	{"accounturi", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "names this CA for the account https://ca.example/1 only, and the order's account is none",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example; AccountURI=https://ca.example/1\""))},
	{"validationmethods", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "names this CA for validation by http-01 only, and the order's method is not known",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example; x=1; validationmethods=http-01\""))},
	{"accounturi beside ours", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example; accounturi=x\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"iodef only", SITE, PLAIN, OK, SITE, 300, "hold no issue property", ONE(SITE, CAA(SITE, "0 iodef \"mailto:a@b.example\""))},
	{"unknown tag", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 tbs \"x\""))},
	{"unknown critical", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "is critical",
	 ONE(SITE, CAA(SITE, "128 tbs \"x\""), CAA(SITE, "0 issue \"ca.example\""))},
	{"unknown, flag 1", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "is critical", ONE(SITE, CAA(SITE, "1 tbs \"x\""))},
	{"unknown, flag 64", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "64 tbs \"x\""))},
	{"critical issue", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "128 issue \"ca.example\""))},
	{"critical mail tags", SITE, PLAIN, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "128 issuemail \";\""), CAA(SITE, "128 contactemail \"a@b.example\""), CAA(SITE, "128 issuevmc \";\""))},
	{"empty tag", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "is malformed",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example\""), SITE ". 300 IN TYPE257 \\# 2 0000")},
	{"tag with a dash", SITE, PLAIN, CAA_FORBIDDEN, SITE, 300, "is malformed", ONE(SITE, SITE ". 300 IN TYPE257 \\# 5 0003612D62")},
	{"issuewild for a plain name", SITE, PLAIN, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issuewild \";\""))},
	{"issuewild for a wildcard", SITE, WILD, CAA_FORBIDDEN, SITE, 300, "CAA 0 issuewild \"ca.example\"",
	 ONE(SITE, CAA(SITE, "0 issue \"ca.example\""), CAA(SITE, "0 issuewild \"other.example\""))},
	{"our issuewild", SITE, WILD, OK, SITE, 300, NULL,
	 ONE(SITE, CAA(SITE, "0 issue \";\""), CAA(SITE, "0 IssueWild \"ca.example\""))},
	{"issue for a wildcard", SITE, WILD, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"other.example\""))},
	{"our issue for a wildcard", SITE, WILD, OK, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"ca.example\""))},

	{"climb", "a.b.example.com", PLAIN, CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \"other.example\""))},
	{"climb to the top-level label", "a.b.example.com", PLAIN, CAA_FORBIDDEN, "com", 300, NULL, ONE("com", CAA("com", "0 issue \";\""))},
	{"the nearest wins", "www.example.com", PLAIN, OK, "www.example.com", 60, NULL,
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER, {"www.example.com. 60 IN CAA 0 issue \"ca.example\""}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"other.example\"")}, 0}}},
	{"an empty permission stops the climb", "www.example.com", PLAIN, OK, "www.example.com", 300, NULL,
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER, {CAA("www.example.com", "0 iodef \"mailto:a@b.example\"")}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"other.example\"")}, 0}}},
	{"names that do not exist", "a.b.example.com", PLAIN, OK, SITE, 300, NULL,
	 {{"a.b.example.com", DNS_TYPE_CAA, FAKE_NXDOMAIN, {NULL}, 0},
	  {"b.example.com", DNS_TYPE_CAA, FAKE_NXDOMAIN, {NULL}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"ca.example\"")}, 0}}},
	{"alias to a record", "www.example.com", PLAIN, CAA_FORBIDDEN, "host.example.net", 20, "alias",
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER,
	   {"www.example.com. 20 IN CNAME host.example.net.", CAA("host.example.net", "0 issue \"other.example\"")}, 0}}},
	{"alias, asked again", "www.example.com", PLAIN, CAA_FORBIDDEN, "host.example.net", 20, NULL,
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER, {"www.example.com. 20 IN CNAME host.example.net."}, 0},
	  {"host.example.net", DNS_TYPE_CAA, FAKE_ANSWER, {CAA("host.example.net", "0 issue \"other.example\"")}, 0}}},
	{"the alias target's parent is not climbed", "www.example.com", PLAIN, OK, SITE, 10, NULL,
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER, {"www.example.com. 10 IN CNAME host.example.net."}, 0},
	  {"example.net", DNS_TYPE_CAA, FAKE_ANSWER, {CAA("example.net", "0 issue \"other.example\"")}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"ca.example\"")}, 0}}},

	{"servfail", SITE, PLAIN, CAA_UNKNOWN, "", 0, "SERVFAIL", {{SITE, DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0}}},
	{"time-out", SITE, PLAIN, CAA_UNKNOWN, "", 0, "no answer in time", {{SITE, DNS_TYPE_CAA, FAKE_TIMEOUT, {NULL}, 0}}},
	{"refused", SITE, PLAIN, CAA_UNKNOWN, "", 0, "refused", {{SITE, DNS_TYPE_CAA, FAKE_REFUSED, {NULL}, 0}}},
	{"garbage", SITE, PLAIN, CAA_UNKNOWN, "", 0, "malformed", {{SITE, DNS_TYPE_CAA, FAKE_GARBAGE, {NULL}, 0}}},
	{"failure below the hit", "www.example.com", PLAIN, CAA_UNKNOWN, "", 0, "www.example.com CAA",
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"ca.example\"")}, 0}}},
	{"failure above the hit", "www.example.com", PLAIN, OK, "www.example.com", 300, NULL,
	 {{"www.example.com", DNS_TYPE_CAA, FAKE_ANSWER, {CAA("www.example.com", "0 issue \"ca.example\"")}, 0},
	  {SITE, DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0}}},
	{"failure at the top-level label", "www.example.com", PLAIN, CAA_UNKNOWN, "", 0, "com CAA",
	 {{"com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0}}},
	{"alias loop", SITE, PLAIN, CAA_UNKNOWN, "", 0, "CNAME chain",
	 {{SITE, DNS_TYPE_CAA, FAKE_ANSWER, {SITE ". 1 IN CNAME " SITE "."}, 0}}},
	{"more labels than questions at once", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.example.com", PLAIN,
	 CAA_FORBIDDEN, SITE, 300, NULL, ONE(SITE, CAA(SITE, "0 issue \";\""))},
};
/* clang-format on */

static void check_row(const struct row *row, enum fake_order order)
{
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = row->zone;
	while (trial.world.dns_count < ZONE_MAX && row->zone[trial.world.dns_count].name)
		trial.world.dns_count++;
	trial.world.order = order;
	struct validation_task task = trial_caa(row->domain);
	task.wildcard = row->wildness == WILD;
	trial_run(&trial, &task);
	const struct verdict *verdict = &trial.verdict;
	if (verdict->status != row->status || strcmp(verdict->decided_by, row->decided_by) != 0 ||
	    verdict->ttl_s != row->ttl_s ||
	    (row->part && !strstr(verdict->sentence, row->part) &&
	     !strstr(verdict->hint, row->part)))
		fail_msg("%s: %s, by \"%s\", TTL %u: %s; %s", row->what,
			 status_code(verdict->status), verdict->decided_by,
			 (unsigned)verdict->ttl_s, verdict->sentence, verdict->hint);
	assert_string_equal(trial.evidence_kind, "dns");
	trial_release(&trial);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		check_row(&rows[i], FAKE_OLDEST_FIRST);
		check_row(&rows[i], FAKE_NEWEST_FIRST);
	}
}

static void test_no_identifiers(void **state)
{
	(void)state;
	static const struct fake_dns zone[] = {
		{SITE, DNS_TYPE_CAA, FAKE_ANSWER, {CAA(SITE, "0 issue \"ca.example\"")}, 0}};
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = zone;
	trial.world.dns_count = 1;
	struct validation_task task = trial_caa(SITE);
	task.identifier_count = 0;
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, CAA_FORBIDDEN);
	assert_string_equal(trial.verdict.hint,
			    "set caa_identifiers in the CA row of the catalogue");
	trial_release(&trial);
}

/* --- the SSLMate test suite --- */

static ldns_rr_list *load_zone(const char *file)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/caa-sslmate/zones/%s", getenv("ISSUER_CORPORA"), file);
	FILE *stream = fopen(path, "r");
	assert_non_null(stream);
	ldns_rdf *origin = ldns_dname_new_frm_str(file);
	ldns_zone *zone = NULL;
	int line = 0;
	ldns_status status =
		ldns_zone_new_frm_fp_l(&zone, stream, origin, 60, LDNS_RR_CLASS_IN, &line);
	if (status != LDNS_STATUS_OK)
		fail_msg("%s:%d: %s", file, line, ldns_get_errorstr_by_id(status));
	ldns_rr_list *records = ldns_rr_list_clone(ldns_zone_rrs(zone));
	ldns_zone_deep_free(zone);
	ldns_rdf_deep_free(origin);
	fclose(stream);
	return records;
}

/* An authoritative answer from the records, aliases followed. */
static void zone_answer(const void *zone, struct slice query, struct buffer *out)
{
	ldns_pkt *packet = NULL;
	assert_int_equal(ldns_wire2pkt(&packet, query.data, query.length), LDNS_STATUS_OK);
	const ldns_rr_list *records = zone;
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	const ldns_rdf *name = ldns_rr_owner(question);
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_edns_udp_size(packet, 0);
	while (name) {
		const ldns_rdf *alias = NULL;
		for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
			const ldns_rr *rr = ldns_rr_list_rr(records, i);
			bool is_alias = ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME;
			if (ldns_dname_compare(ldns_rr_owner(rr), name) != 0 ||
			    (!is_alias && ldns_rr_get_type(rr) != ldns_rr_get_type(question)))
				continue;
			ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, ldns_rr_clone(rr));
			alias = is_alias ? ldns_rr_rdf(rr, 0) : NULL;
		}
		name = alias;
	}
	uint8_t *wire = NULL;
	size_t length = 0;
	assert_int_equal(ldns_pkt2wire(&wire, packet, &length), LDNS_STATUS_OK);
	buffer_append(out, wire, length);
	free(wire);
	ldns_pkt_free(packet);
}

/* What a validating resolver says of the zones that are broken on purpose. */
static const struct fake_dns broken_zones[] = {
	{"expired.caatestsuite-dnssec.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
	{"missing.caatestsuite-dnssec.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
	{"blackhole.caatestsuite-dnssec.com", DNS_TYPE_CAA, FAKE_TIMEOUT, {NULL}, 0},
	{"servfail.caatestsuite-dnssec.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
	{"refused.caatestsuite-dnssec.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
};

static enum status corpus_verdict(ldns_rr_list *zone, const char *fqdn, const char *identifier)
{
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = broken_zones;
	trial.world.dns_count = ARRAY_LENGTH(broken_zones);
	trial.world.zone_answer = zone_answer;
	trial.world.zone = zone;
	bool wildcard = strncmp(fqdn, "*.", 2) == 0;
	struct validation_task task = trial_caa(wildcard ? fqdn + 2 : fqdn);
	task.wildcard = wildcard;
	task.identifiers = &identifier;
	task.identifier_count = 1;
	trial_run(&trial, &task);
	enum status status = trial.verdict.status;
	trial_release(&trial);
	return status;
}

static void test_sslmate(void **state)
{
	(void)state;
	static const char *const controls[] = {
		"deny.basic.caatestsuite.com",           "uppercase-deny.basic.caatestsuite.com",
		"mixedcase-deny.basic.caatestsuite.com", "big.basic.caatestsuite.com",
		"sub1.deny.basic.caatestsuite.com",      "cname-cname-deny.basic.caatestsuite.com",
		"*.deny-wild.basic.caatestsuite.com",    "ipv6only.caatestsuite.com",
	};
	if (!corpus_available("caa-sslmate"))
		return;
	ldns_rr_list *zone = load_zone("caatestsuite.com.");
	ldns_rr_list *child = load_zone("ipv6only.caatestsuite.com.");
	ldns_rr_list_cat(zone, child);
	json_t *cases = corpus_json("caa-sslmate/cases.json");
	size_t total = 0, right = 0;
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *one = json_array_get(cases, i);
		const char *fqdn = json_get_text(one, "fqdn");
		if (strcmp(json_get_text(one, "expect"), "deny") != 0)
			continue;
		enum status status = corpus_verdict(zone, fqdn, "ca.example");
		total++;
		right += status == CAA_FORBIDDEN || status == CAA_UNKNOWN;
		if (status == OK)
			printf("%s: permitted\n", fqdn);
	}
	printf("corpus caa-sslmate, served by a fake: %zu of %zu refused\n", right, total);
	assert_int_equal(right, total);
	for (size_t i = 0; i < ARRAY_LENGTH(controls); i++)
		assert_int_equal(corpus_verdict(zone, controls[i], "caatestsuite.com"), OK);
	assert_int_equal(corpus_verdict(zone, "permit.basic.caatestsuite.com", "ca.example"), OK);
	json_decref(cases);
	ldns_rr_list_free(child);
	ldns_rr_list_deep_free(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_identifiers),
		cmocka_unit_test(test_sslmate),
	};
	return cmocka_run_group_tests_name("validators.caa", tests, NULL, NULL);
}
