/*
 * Packs: rows in force on both sides of each date, the home's rows in place of the
 * shipped ones, refusals with citation, and what the digest stands for.
 */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TOKYO_S (9 * 3600)

static int64_t instant(const char *text)
{
	int64_t at_ms;
	assert_int_equal(instant_parse(text, 0, &at_ms), OK);
	return at_ms;
}

static const struct pack *pack_of(const struct policy *policy, const char *id)
{
	const struct pack *pack = NULL;
	assert_int_equal(policy_pack(policy, id, &pack, NULL), OK);
	return pack;
}

/* Dates ---------------------------------------------------------------------- */

/* RULES 1.2, one row a side of each date. */
static void public_rules_by_date(void **state)
{
	static const struct {
		const char *at;
		int reuse_days;
		int validity_days;
	} rows[] = {
		{"2026-03-14T23:59:59Z", 398, 398}, {"2026-03-15T00:00:00Z", 200, 200},
		{"2027-03-14T23:59:59Z", 200, 200}, {"2027-03-15T00:00:00Z", 100, 100},
		{"2029-03-14T23:59:59Z", 100, 100}, {"2029-03-15T00:00:00Z", 10, 47},
		{"2026-11-22T04:00:00Z", 200, 200}, {"2040-01-01T00:00:00Z", 10, 47},
	};
	struct policy *policy = folder_load(*state);
	const struct pack *pack = pack_of(policy, "public-tls");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct reuse_rule *reuse;
		const struct validity_rule *validity;
		assert_int_equal(pack_reuse(pack, "control", instant(rows[i].at), &reuse, NULL),
				 OK);
		assert_int_equal(pack_validity(pack, "leaf", instant(rows[i].at), &validity, NULL),
				 OK);
		assert_int_equal(reuse->period.count, rows[i].reuse_days);
		assert_int_equal(reuse->period.unit, PERIOD_DAYS);
		assert_int_equal(validity->period.count, rows[i].validity_days);
	}
	policy_free(policy);
}

/* The table of RULES 1.4: what each method is on a date. */
static void public_methods_by_date(void **state)
{
	static const struct {
		const char *id;
		const char *at;
		enum status status;
		const char *words;
	} rows[] = {
		{"web-page", "2026-11-22T00:00:00Z", OK, NULL},
		{"whois-email", "2026-11-22T00:00:00Z", METHOD_RETIRED,
		 "since 2025-07-15: BR 3.2.2.4.2"},
		{"whois-email", "2025-07-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.2"},
		{"whois-email", "2025-07-14T23:59:59Z", METHOD_UNKNOWN,
		 "not implemented by this version"},
		{"whois-phone", "2026-11-22T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.15"},
		{"ip-address", "2026-03-15T00:00:00Z", METHOD_RETIRED, "2026-03-15: BR 3.2.2.4.8"},
		{"txt-phone", "2027-03-14T23:59:59Z", METHOD_UNKNOWN, "not implemented"},
		{"txt-phone", "2027-03-15T00:00:00Z", METHOD_RETIRED, "2027-03-15: BR 3.2.2.4.16"},
		{"caa-phone", "2027-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.17"},
		{"constructed-email", "2028-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.4"},
		{"caa-email", "2028-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.13"},
		{"txt-email", "2028-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.14"},
		{"dns-account-01", "2025-02-28T23:59:59Z", METHOD_NOT_YET, "2025-03-01"},
		{"dns-persist-01", "2025-11-09T23:59:59Z", METHOD_NOT_YET, "2025-11-10"},
		{"any-other", "2026-11-22T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.4.11"},
		{"ip-contact-email", "2027-03-14T23:59:59Z", METHOD_UNKNOWN, "not implemented"},
		{"ip-contact-email", "2027-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.5.2"},
		{"reverse-lookup", "2027-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.5.3"},
		{"ip-contact-phone", "2027-03-15T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.5.5"},
		{"ip-any-other", "2026-11-22T00:00:00Z", METHOD_RETIRED, "BR 3.2.2.5.4"},
		{"onion-csr", "2026-11-22T00:00:00Z", METHOD_UNKNOWN,
		 "pack public-tls has constructed-email, dns-01, dns-account-01, dns-persist-01, "
		 "dns-txt, http-01, "
		 "tls-alpn-01, web-page"},
		{"postcard", "2026-11-22T00:00:00Z", METHOD_UNKNOWN, "\"postcard\" is not known"},
	};
	struct policy *policy = folder_load(*state);
	const struct pack *pack = pack_of(policy, "public-tls");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct method_rule *rule = NULL;
		struct error err = NO_ERROR;
		enum status status =
			pack_method(pack, rows[i].id, instant(rows[i].at), &rule, &err);
		assert_string_equal(status_code(status), status_code(rows[i].status));
		if (status == OK) {
			assert_string_equal(rule->label, "BR 3.2.2.4.18");
			continue;
		}
		assert_null(rule);
		assert_non_null(strstr(err.sentence, rows[i].words));
	}
	assert_int_equal(pack->method_count, 30);
	policy_free(policy);
}

/* BR 3.2.2.4, columns Wildcard, Prune and CNAME; which name a new check is of is the house's. */
static void the_scope_of_methods(void **state)
{
	struct folder *folder = *state;
	static const char *const packs[] = {"agency", "public-tls"};
	struct policy *policy = folder_load(folder);
	const struct method_rule *rule = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
		const struct pack *pack = pack_of(policy, packs[i]);
		assert_int_equal(pack_method(pack, "web-page", 0, &rule, NULL), OK);
		assert_true(!rule->wildcard && !rule->prune && !rule->cname);
		assert_int_equal(pack_method(pack, "http-01", 0, &rule, NULL), OK);
		assert_string_equal(rule->label, "BR 3.2.2.4.19");
		assert_true(!rule->wildcard && !rule->prune && !rule->cname);
		assert_true(rule->value_bits >= 128 && rule->value_life.count <= 30);
		assert_int_equal(rule->caa_label_count, 2);
		assert_string_equal(rule->caa_labels[0], "http-01");
		assert_string_equal(rule->caa_labels[1], "ca-tbr-19");
		assert_int_equal(pack_method(pack, "tls-alpn-01", 0, &rule, NULL), OK);
		assert_int_equal(rule->caa_label_count, 2);
		assert_string_equal(rule->caa_labels[0], "tls-alpn-01");
		assert_string_equal(rule->caa_labels[1], "ca-tbr-20");
		assert_string_equal(rule->label, "BR 3.2.2.4.20");
		assert_true(!rule->wildcard && !rule->prune && !rule->cname);
		assert_true(rule->value_bits >= 128 && rule->value_life.count <= 30);
		assert_int_equal(pack_method(pack, "dns-txt", 0, &rule, NULL), OK);
		assert_string_equal(rule->label, "BR 3.2.2.4.7");
		assert_true(rule->wildcard && rule->prune && rule->cname);
		assert_int_equal(rule->scope, METHOD_SCOPE_NAME);
		assert_int_equal(rule->value_life.count, 30);
	}
	policy_free(policy);

	folder_replace(folder, "data/packs/agency.yaml", "scope: name ", "scope: base-domain ");
	policy = folder_load(folder);
	assert_int_equal(pack_method(pack_of(policy, "agency"), "dns-txt", 0, &rule, NULL), OK);
	assert_int_equal(rule->scope, METHOD_SCOPE_BASE_DOMAIN);
	policy_free(policy);
}

/* BR 3.2.2.5: which methods show control of an address, and what they are called then. */
static void methods_for_addresses(void **state)
{
	static const char *const packs[] = {"agency", "public-tls"};
	struct policy *policy = folder_load(*state);
	const struct method_rule *rule = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
		const struct pack *pack = pack_of(policy, packs[i]);
		assert_int_equal(pack_method(pack, "web-page", 0, &rule, NULL), OK);
		assert_true(rule->ip);
		assert_string_equal(method_label(rule, "8.8.8.8"), "BR 3.2.2.5.1");
		assert_string_equal(method_label(rule, "2606:4700::1"), "BR 3.2.2.5.1");
		assert_string_equal(method_label(rule, "www.example.com"), "BR 3.2.2.4.18");
		assert_int_equal(pack_method(pack, "http-01", 0, &rule, NULL), OK);
		assert_string_equal(method_label(rule, "8.8.8.8"), "BR 3.2.2.5.6");
		assert_int_equal(pack_method(pack, "tls-alpn-01", 0, &rule, NULL), OK);
		assert_string_equal(method_label(rule, "8.8.8.8"), "BR 3.2.2.5.7");
		assert_int_equal(pack_method(pack, "dns-txt", 0, &rule, NULL), OK);
		assert_false(rule->ip);
	}
	policy_free(policy);
}

#define DATED_AGENCY                                                                               \
	"pack: {id: agency}\n"                                                                     \
	"reuse:\n"                                                                                 \
	"  - {id: control, citation: first, until: 2027-04-01, period: 13 months, mode: auto}\n"   \
	"  - {id: control, citation: second, from: 2027-04-01, period: 6 months, mode: never}\n"

/* Dates of agency are civil at +09:00. */
static void a_day_begins_in_the_zone_of_the_pack(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml", DATED_AGENCY);
	struct policy *policy = folder_load(folder);
	const struct pack *pack = pack_of(policy, "agency");
	const struct reuse_rule *rule;
	assert_int_equal(pack->zone_s, TOKYO_S);
	assert_int_equal(pack_reuse(pack, "control", instant("2027-03-31T14:59:59Z"), &rule, NULL),
			 OK);
	assert_string_equal(rule->citation, "first");
	assert_int_equal(rule->mode, REUSE_AUTO);
	assert_int_equal(pack_reuse(pack, "control", instant("2027-03-31T15:00:00Z"), &rule, NULL),
			 OK);
	assert_string_equal(rule->citation, "second");
	assert_int_equal(rule->mode, REUSE_NEVER);
	policy_free(policy);
}

/* DCV-12: "13か月以内の有効な確認結果がある場合"; the day 13 months later still counts. */
static void thirteen_months_are_inclusive(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct pack *pack = pack_of(policy, "agency");
	const struct reuse_rule *rule;
	int64_t validated = instant("2026-01-31T03:00:00Z"); /* noon of the 31st in Tokyo */
	assert_int_equal(pack_reuse(pack, "control", validated, &rule, NULL), OK);
	assert_int_equal(rule->period.unit, PERIOD_MONTHS);
	assert_int_equal(rule->period.count, 13);
	assert_int_equal(period_last(rule->period, validated, pack->zone_s),
			 instant("2027-02-28T15:00:00Z") - 1);
	policy_free(policy);
}

static void not_yet(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml",
		     "pack: {id: agency}\n"
		     "methods:\n"
		     "  - {id: pigeon, label: RFC 1149, citation: RFC 1149 3, from: 2030-04-01, "
		     "implemented: false}\n");
	struct policy *policy = folder_load(folder);
	const struct method_rule *rule = NULL;
	struct error err = NO_ERROR;
	assert_int_equal(pack_method(pack_of(policy, "agency"), "pigeon",
				     instant("2026-11-22T00:00:00Z"), &rule, &err),
			 METHOD_NOT_YET);
	assert_non_null(strstr(err.sentence, "before 2030-04-01: RFC 1149 3"));
	policy_free(policy);
}

/* What connects to a host needs its times, what fetches pages its other limits as well. */
static void limits_of_methods(void **state)
{
#define USUAL                                                                                      \
	"label: l, citation: c, caa_labels: [l], wildcard: false, prune: false, cname: false, "    \
	"value_bits: 128, "                                                                        \
	"value_life: 30 days, dns_timeout: 3 s, dns_tries: 3, retry_first: 30 s, "                 \
	"retry_factor: 2, retry_longest: 1 hour"
	static const struct {
		const char *row;
		const char *missing; /* NULL: nothing is */
	} cases[] = {
		{"id: tls-alpn-01, " USUAL ", connect_timeout: 10 s, timeout: 20 s", NULL},
		{"id: tls-alpn-01, " USUAL ", timeout: 20 s", "connect_timeout is missing"},
		{"id: tls-alpn-01, " USUAL ", connect_timeout: 10 s", "timeout is missing"},
		{"id: http-01, " USUAL ", connect_timeout: 10 s, timeout: 20 s, redirects: 3, "
		 "body: 1 KiB",
		 NULL},
		{"id: http-01, " USUAL ", connect_timeout: 10 s, timeout: 20 s, body: 1 KiB",
		 "redirects is missing"},
		{"id: http-01, " USUAL ", connect_timeout: 10 s, timeout: 20 s, redirects: 3",
		 "body is missing"},
		{"id: http-01, " USUAL ", timeout: 20 s, redirects: 3, body: 1 KiB",
		 "connect_timeout is missing"},
	};
	struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[640];
		(void)snprintf(text, sizeof(text), "pack: {id: agency}\nmethods:\n  - {%s}\n",
			       cases[i].row);
		folder_write(folder, "home/rules/agency.yaml", text);
		if (cases[i].missing)
			folder_refuses(folder, POLICY_ROW, "rules/agency.yaml", cases[i].missing,
				       NULL);
		else
			policy_free(folder_load(folder));
	}
}

static void dates_that_cannot_be(void **state)
{
	static const struct {
		const char *rows;
		const char *words;
	} cases[] = {
		{"  - {id: control, citation: c, until: 2027-04-02, period: 13 months, mode: "
		 "auto}\n"
		 "  - {id: control, citation: c, from: 2027-04-01, period: 13 months, mode: "
		 "auto}\n",
		 "two rows are in force on 2027-04-01"},
		{"  - {id: control, citation: c, from: 2027-04-01, period: 13 months, mode: auto}\n"
		 "  - {id: control, citation: c, period: 13 months, mode: auto}\n",
		 "two rows are in force on 2027-04-01"},
		{"  - {id: control, citation: c, period: 13 months, mode: auto}\n"
		 "  - {id: control, citation: c, period: 12 months, mode: auto}\n",
		 "stands twice"},
		{"  - {id: control, citation: c, from: 2027-04-01, until: 2027-04-01, period: 1 "
		 "month, "
		 "mode: auto}\n",
		 "until is not after from"},
	};
	struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[512];
		(void)snprintf(text, sizeof(text), "pack: {id: agency}\nreuse:\n%s", cases[i].rows);
		folder_write(folder, "home/rules/agency.yaml", text);
		folder_refuses(folder, POLICY_ROW, "rules/agency.yaml", "reuse rule \"control\"",
			       cases[i].words, NULL);
	}
}

/* The shipped values ------------------------------------------------------------ */

static void shipped_web_page(void **state)
{
	struct policy *policy = folder_load(*state);
	static const char *const packs[] = {"agency", "public-tls"};
	for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
		const struct pack *pack = pack_of(policy, packs[i]);
		const struct method_rule *rule;
		const struct caa_rule *caa;
		const struct engine_rule *engine;
		int64_t now = instant("2026-11-22T00:00:00Z");
		assert_int_equal(pack_method(pack, "web-page", now, &rule, NULL), OK);
		assert_string_equal(rule->label, "BR 3.2.2.4.18");
		assert_int_equal(rule->value_bits, 128);
		assert_int_equal(rule->value_life.count, 30);
		assert_int_equal(rule->value_life.unit, PERIOD_DAYS);
		assert_int_equal(rule->redirects_max, 10);
		assert_int_equal(rule->body_max, 65536);
		assert_int_equal(rule->connect_timeout_ms, 10000);
		assert_int_equal(rule->timeout_ms, 20000);
		assert_int_equal(rule->dns_timeout_ms, 3000);
		assert_int_equal(rule->dns_tries, 3);
		assert_false(rule->wildcard || rule->prune || rule->cname);
		assert_int_equal(pack_caa(pack, now, &caa, NULL), OK);
		assert_int_equal(caa->freshness.unit, PERIOD_HOURS);
		assert_int_equal(caa->freshness.count, 8);
		assert_int_equal(pack_engine(pack, now, &engine, NULL), OK);
		assert_int_equal(engine->wait_timeout_ms, 10 * MINUTE_MS);
		assert_int_equal(engine->refused_again_ms, HOUR_MS);
	}
	policy_free(policy);
}

static void retries_wait_longer_each_time(void **state)
{
	(void)state;
	struct retry_rule rule = {.first_ms = 30000, .factor = 2, .longest_ms = HOUR_MS};
	static const int64_t seconds[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
	for (size_t i = 0; i < ARRAY_LENGTH(seconds); i++)
		assert_int_equal(retry_wait_ms(&rule, (int)i + 1), seconds[i] * 1000);
	assert_int_equal(retry_wait_ms(&rule, 1000000), HOUR_MS);
	rule.factor = 1;
	assert_int_equal(retry_wait_ms(&rule, 1000000000), 30000);
}

static void no_row_in_force(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "data/packs/bare.yaml", "pack: {id: bare, title: Bare, zone: UTC}\n");
	struct policy *policy = folder_load(folder);
	const struct pack *pack = pack_of(policy, "bare");
	const struct reuse_rule *reuse = NULL;
	const struct caa_rule *caa = NULL;
	const struct engine_rule *engine = NULL;
	struct error err = NO_ERROR;
	assert_int_equal(pack_reuse(pack, "control", 0, &reuse, &err), POLICY_ROW);
	assert_string_equal(err.sentence,
			    "pack bare has no reuse rule \"control\" in force on 1970-01-01");
	assert_int_equal(pack_caa(pack, 0, &caa, NULL), POLICY_ROW);
	assert_int_equal(pack_engine(pack, 0, &engine, NULL), POLICY_ROW);
	assert_true(!reuse && !caa && !engine);
	policy_free(policy);
}

/* What the methods of an account need: a token of 128 bits, 30 days; dns-persist-01 has no value,
 * and counts for 10 days "whatever the table says". */
static void methods_of_an_account(void **state)
{
	struct policy *policy = folder_load(*state);
	static const char *const packs[] = {"agency", "public-tls"};
	static const char *const ids[] = {"dns-01", "dns-account-01"};
	int64_t now = instant("2026-11-22T00:00:00Z");
	const struct method_rule *rule = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
		const struct pack *pack = pack_of(policy, packs[i]);
		for (size_t k = 0; k < ARRAY_LENGTH(ids); k++) {
			assert_int_equal(pack_method(pack, ids[k], now, &rule, NULL), OK);
			assert_int_equal(rule->value_bits, 128);
			assert_int_equal(rule->value_life.count, 30);
			assert_int_equal(rule->reuse.count, 0);
			assert_true(rule->wildcard && rule->prune);
		}
		assert_int_equal(pack_method(pack, "dns-persist-01", now, &rule, NULL), OK);
		assert_int_equal(rule->value_bits, 0);
		assert_int_equal(rule->reuse.unit, PERIOD_DAYS);
		assert_int_equal(rule->reuse.count, 10);
		assert_false(rule->reuse_ttl);
		assert_true(rule->wildcard && rule->prune && !rule->cname);
	}
	policy_free(policy);
}

/* The home ------------------------------------------------------------------------ */

/* Calls: when they count, and who may answer for an organisation. */
static void calls_and_callees(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct pack *pack = pack_of(policy, "agency");
	const struct call_rule *domain = NULL, *organisation = NULL;
	const struct method_rule *method = NULL;
	const struct reuse_rule *reuse = NULL;
	assert_int_equal(pack_calls(pack, "domain", 0, &domain, NULL), OK);
	assert_int_equal(domain->time, CALL_AT_ANY_TIME);
	assert_int_equal(domain->again_ms, 4 * HOUR_MS);
	assert_int_equal(pack_calls(pack, "organisation", 0, &organisation, NULL), OK);
	assert_int_equal(organisation->time, CALL_AT_AGREED_TIME);
	assert_int_equal(organisation->tolerance_ms, 30 * MINUTE_MS);
	assert_int_equal(organisation->combined, COMBINED_ALLOWED);
	assert_string_equal(organisation->label, "S002 L101");
	assert_int_equal(pack_calls(pack_of(policy, "public-tls"), "domain", 0, &domain, NULL),
			 POLICY_ROW);
	assert_int_equal(pack_reuse(pack, "organisation-call", 0, &reuse, NULL), OK);
	assert_int_equal(reuse->period.count, 13);

	/* REQUIREMENTS HST-31, A14: unlisted companies alone; an officer decides for the others. */
	const struct callee_rule *rule = pack_callees(pack, "registered_corporation", UNLISTED, 0);
	assert_non_null(rule);
	assert_string_equal(rule->id, "unlisted-company");
	assert_int_equal(rule->role_count, 1);
	assert_string_equal(rule->roles[0], "representative");
	assert_null(pack_callees(pack, "registered_corporation", LISTED, 0));
	assert_null(pack_callees(pack, "registered_corporation", LISTING_ANY, 0));
	assert_null(pack_callees(pack, "local_government", UNLISTED, 0));

	static const char *const phones[] = {"whois-phone", "dns-contact-phone"};
	static const char *const labels[] = {"BR 3.2.2.4.15", "BR 3.2.2.4.16 or 3.2.2.4.17"};
	for (size_t i = 0; i < ARRAY_LENGTH(phones); i++) {
		assert_int_equal(pack_method(pack, phones[i], 0, &method, NULL), OK);
		assert_string_equal(method->label, labels[i]);
		assert_true(method->value_bits >= 112);
		assert_int_equal(method->value_life.count, 30);
		assert_int_equal(method->value_life.unit, PERIOD_DAYS);
	}
	policy_free(policy);
}

static void calls_that_cannot_be(void **state)
{
	static const struct {
		const char *rows;
		const char *words;
	} cases[] = {
		{"calls:\n  - {id: domain, citation: c, time: agreed, again: 1 hour}\n",
		 "tolerance is missing"},
		{"calls:\n  - {id: domain, citation: c, time: sometimes, again: 1 hour}\n",
		 "time is \"sometimes\""},
		{"calls:\n  - {id: everybody, citation: c, time: any, again: 1 hour}\n",
		 "id is \"everybody\""},
		{"callees:\n  - {id: x, citation: c, types: [company], roles: [boss]}\n",
		 "types is \"company\""},
		{"callees:\n  - {id: x, citation: c, types: [individual], roles: [The Boss]}\n",
		 "roles is \"The Boss\""},
		{"callees:\n  - {id: x, citation: c, types: [individual]}\n", "roles is missing"},
		{"reuse:\n  - {id: organisation, citation: c, period: 1 month, mode: auto}\n",
		 "id is \"organisation\""},
	};
	struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[512];
		(void)snprintf(text, sizeof(text), "pack: {id: agency}\n%s", cases[i].rows);
		folder_write(folder, "home/rules/agency.yaml", text);
		folder_refuses(folder, POLICY_ROW, "rules/agency.yaml", cases[i].words, NULL);
	}
}

/* A home may say that calls about domains need a time too, and who else may answer. */
static void a_home_has_its_own_rules_of_calls(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml",
		     "pack: {id: agency}\n"
		     "calls:\n"
		     "  - {id: domain, citation: our own, time: agreed, tolerance: 5 minutes,"
		     " again: 1 hour}\n"
		     "callees:\n"
		     "  - {id: towns, citation: our own, types: [local_government],"
		     " roles: [mayor, head-of-section]}\n");
	struct policy *policy = folder_load(folder);
	const struct pack *pack = pack_of(policy, "agency");
	const struct call_rule *rule = NULL;
	assert_int_equal(pack_calls(pack, "domain", 0, &rule, NULL), OK);
	assert_int_equal(rule->tolerance_ms, 5 * MINUTE_MS);
	assert_int_equal(pack_callees(pack, "local_government", LISTING_ANY, 0)->role_count, 2);
	assert_non_null(pack_callees(pack, "registered_corporation", UNLISTED, 0));
	policy_free(policy);
}

static void a_home_replaces_rows_whole(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml",
		     "pack: {id: agency}\n"
		     "validity:\n"
		     "  - {id: leaf, citation: our own, period: 60 days}\n"
		     "methods:\n"
		     "  - {id: web-page, label: off, citation: our own, implemented: false}\n");
	struct policy *policy = folder_load(folder);
	const struct pack *pack = pack_of(policy, "agency");
	const struct validity_rule *validity;
	const struct reuse_rule *reuse;
	const struct method_rule *method = NULL;
	assert_int_equal(pack->method_count, 12);
	assert_int_equal(pack_validity(pack, "leaf", 0, &validity, NULL), OK);
	assert_string_equal(validity->citation, "our own");
	assert_int_equal(validity->period.count, 60);
	/* Nothing of the shipped row shows through. */
	assert_int_equal(pack_method(pack, "web-page", 0, &method, NULL), METHOD_UNKNOWN);
	assert_int_equal(pack_reuse(pack, "control", 0, &reuse, NULL), OK);
	assert_string_equal(pack->title, "Rules of the certificate agency");
	policy_free(policy);
}

/* One row of the home stands in place of all four dated rows. */
static void a_home_replaces_all_rows_of_an_id(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/public-tls.yaml",
		     "pack: {id: public-tls}\n"
		     "reuse:\n"
		     "  - {id: control, citation: stricter, period: 5 days, mode: auto}\n");
	struct policy *policy = folder_load(folder);
	const struct pack *pack = pack_of(policy, "public-tls");
	const struct reuse_rule *reuse;
	assert_int_equal(pack->reuse_count, 1);
	assert_int_equal(pack_reuse(pack, "control", instant("2030-01-01T00:00:00Z"), &reuse, NULL),
			 OK);
	assert_int_equal(reuse->period.count, 5);
	assert_int_equal(pack->validity_count, 4);
	policy_free(policy);
}

static void a_home_adds_a_pack(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/own.yaml",
		     "pack: {id: own, title: Own, zone: Asia/Tokyo}\n");
	struct policy *policy = folder_load(folder);
	assert_int_equal(pack_of(policy, "own")->zone_s, TOKYO_S);
	policy_free(policy);
	folder_write(folder, "home/rules/own.yaml", "pack: {id: own, title: Own}\n");
	folder_refuses(folder, POLICY_ROW, "rules/own.yaml", "zone is missing", NULL);
	folder_write(folder, "home/rules/own.yaml", "pack: {id: other, title: Own, zone: UTC}\n");
	folder_refuses(folder, POLICY_ROW, "must be named other.yaml", NULL);
}

static void a_home_may_not_move_a_pack(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml", "pack: {id: agency, zone: UTC}\n");
	folder_refuses(folder, POLICY_ROW, "zone is \"UTC\"", "\"Asia/Tokyo\"", NULL);
	folder_write(folder, "home/rules/agency.yaml", "pack: {id: agency, zone: Europe/Berlin}\n");
	folder_refuses(folder, POLICY_ROW, "rules/agency.yaml", "zone is \"Europe/Berlin\"",
		       "one of UTC, Asia/Tokyo", NULL);
}

/* The digest ------------------------------------------------------------------------- */

static struct digest agency_digest(const struct folder *folder)
{
	struct policy *policy = folder_load(folder);
	struct digest digest = pack_of(policy, "agency")->digest;
	policy_free(policy);
	return digest;
}

static void the_digest_is_of_the_values(void **state)
{
	struct folder *folder = *state;
	struct digest shipped = agency_digest(folder);
	/* Order of keys, comments, quotes and units do not count. */
	folder_replace(folder, "data/packs/agency.yaml", "    redirects: 10\n    body: 64 KiB\n",
		       "    body: 65536 bytes # as ever\n    redirects: \"10\"\n");
	assert_true(digest_equal(agency_digest(folder), shipped));
	/* A home that repeats a row changes nothing. */
	folder_write(folder, "home/rules/agency.yaml",
		     "pack: {id: agency}\n"
		     "reuse: [{mode: auto, period: 13 months, id: control, citation: S001 L125 "
		     "(DCV-12)}]\n");
	assert_true(digest_equal(agency_digest(folder), shipped));
	/* A value counts, a citation counts. */
	folder_replace(folder, "home/rules/agency.yaml", "13 months", "12 months");
	struct digest shorter = agency_digest(folder);
	assert_false(digest_equal(shorter, shipped));
	folder_replace(folder, "home/rules/agency.yaml", "DCV-12", "DCV-13");
	assert_false(digest_equal(agency_digest(folder), shorter));
}

/* Kept text is a pack file: the pack of an old decision can be loaded again. */
static void the_text_loads_again(void **state)
{
	static const char *const packs[] = {"agency", "public-tls"};
	struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(packs); i++) {
		struct policy *policy = folder_load(folder);
		const struct pack *pack = pack_of(policy, packs[i]);
		struct digest before = pack->digest;
		char name[64];
		assert_true(digest_equal(digest_of(pack->text), before));
		(void)snprintf(name, sizeof(name), "data/packs/%s.yaml", packs[i]);
		folder_write_bytes(folder, name, pack->text);
		policy_free(policy);
		policy = folder_load(folder);
		assert_true(digest_equal(pack_of(policy, packs[i])->digest, before));
		policy_free(policy);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(public_rules_by_date),
		TEST(public_methods_by_date),
		TEST(the_scope_of_methods),
		TEST(methods_for_addresses),
		TEST(a_day_begins_in_the_zone_of_the_pack),
		TEST(thirteen_months_are_inclusive),
		TEST(not_yet),
		TEST(limits_of_methods),
		TEST(dates_that_cannot_be),
		TEST(shipped_web_page),
		TEST(no_row_in_force),
		cmocka_unit_test(retries_wait_longer_each_time),
		TEST(methods_of_an_account),
		TEST(calls_and_callees),
		TEST(calls_that_cannot_be),
		TEST(a_home_has_its_own_rules_of_calls),
		TEST(a_home_replaces_rows_whole),
		TEST(a_home_replaces_all_rows_of_an_id),
		TEST(a_home_adds_a_pack),
		TEST(a_home_may_not_move_a_pack),
		TEST(the_digest_is_of_the_values),
		TEST(the_text_loads_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
