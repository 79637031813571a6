/*
 * The methods of ACME that publish a record: where it stands, what it holds, and
 * the vectors that must fail. Each row runs live and again from its evidence.
 */
#include "base/json.h"
#include "net/dns_message.h"
#include "tests/validators/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SITE "www.example.org"
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define KEY_AUTHORIZATION TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define CONTENT "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"
#define CHALLENGE "_acme-challenge." SITE
/* draft-ietf-acme-dns-account-label-00, the example of section 3.1 */
#define ACCOUNT "https://example.com/acme/acct/ExampleAccount"
#define LABELLED "_ujmmovf2vn55tgye._acme-challenge." SITE
#define PERSIST "_validation-persist." SITE
#define STANDING "ca.example; accounturi=" ACCOUNT
#define WILDCARD "; policy=wildcard"
#define ELSEWHERE "k3v9.validation.example.net"

enum { ROWS_MAX = 3 };

struct row {
	const char *what;
	const char *method;
	enum status status;
	const char *part; /* of the sentence or the hint */
	struct fake_dns dns[ROWS_MAX];
	bool wildcard;
};

#define TXT(name, ...)                                                                             \
	{                                                                                          \
		name, DNS_TYPE_TXT, FAKE_ANSWER, {__VA_ARGS__}, 0                                  \
	}
#define AT(name, text) name ". 60 IN TXT \"" text "\""
#define ONE(name, text) TXT(name, AT(name, text))
#define BAD(name, kind)                                                                            \
	{                                                                                          \
		name, DNS_TYPE_TXT, kind, {NULL}, 0                                                \
	}
#define STANDS(text) ONE(PERSIST, text)

/* clang-format off */
static const struct row rows[] = {
	{"dns-01", "dns-01", OK, CHALLENGE " TXT: 1 record", {ONE(CHALLENGE, CONTENT)}, false},
	{"among others", "dns-01", OK, NULL, {TXT(CHALLENGE, AT(CHALLENGE, "old"), AT(CHALLENGE, CONTENT))}, false},
	{"delegated", "dns-01", OK, "alias of " ELSEWHERE,
	 {TXT(CHALLENGE, CHALLENGE ". 60 IN CNAME " ELSEWHERE ".", AT(ELSEWHERE, CONTENT))}, false},
	{"the key authorization itself", "dns-01", RECORD_WRONG, "publish this record in the DNS: " CHALLENGE ". TXT \"" CONTENT "\"",
	 {ONE(CHALLENGE, KEY_AUTHORIZATION)}, false},
	{"the token", "dns-01", RECORD_WRONG, NULL, {ONE(CHALLENGE, TOKEN)}, false},
	{"padded", "dns-01", RECORD_WRONG, NULL, {ONE(CHALLENGE, CONTENT "=")}, false},
	{"nothing", "dns-01", RECORD_MISSING, NULL, {BAD(CHALLENGE, FAKE_NXDOMAIN)}, false},
	{"SERVFAIL", "dns-01", DNS_FAILED, "name servers", {BAD(CHALLENGE, FAKE_SERVFAIL)}, false},
	/* The golden vectors of 2024, and the name above or beside. */
	{"no underscore", "dns-01", RECORD_MISSING, NULL, {ONE("acme-challenge." SITE, CONTENT)}, false},
	{"at the name itself", "dns-01", RECORD_MISSING, NULL, {ONE(SITE, CONTENT)}, false},
	{"above", "dns-01", RECORD_MISSING, NULL, {ONE("_acme-challenge.example.org", CONTENT)}, false},
	{"of an account", "dns-01", RECORD_MISSING, NULL, {ONE(LABELLED, CONTENT)}, false},
	{"by alias from the name itself", "dns-01", RECORD_MISSING, NULL,
	 {TXT(SITE, SITE ". 60 IN CNAME " ELSEWHERE ".", AT(ELSEWHERE, CONTENT))}, false},

	{"dns-account-01", "dns-account-01", OK, LABELLED, {ONE(LABELLED, CONTENT)}, false},
	{"without the account's label", "dns-account-01", RECORD_MISSING, NULL, {ONE(CHALLENGE, CONTENT)}, false},
	{"of another account", "dns-account-01", RECORD_MISSING, NULL,
	 {ONE("_aaaaaaaaaaaaaaaa._acme-challenge." SITE, CONTENT)}, false},
	{"no underscore before the label", "dns-account-01", RECORD_MISSING, NULL,
	 {ONE("ujmmovf2vn55tgye._acme-challenge." SITE, CONTENT)}, false},
	{"no underscore before the second", "dns-account-01", RECORD_MISSING, NULL,
	 {ONE("_ujmmovf2vn55tgye.acme-challenge." SITE, CONTENT)}, false},
	{"another value", "dns-account-01", RECORD_WRONG, LABELLED ". TXT \"" CONTENT "\"", {ONE(LABELLED, TOKEN)}, false},

	{"dns-persist-01", "dns-persist-01", OK, PERSIST " TXT: 1 record, one names this CA and the account", {STANDS(STANDING)}, false},
	{"the CA's other name", "dns-persist-01", OK, NULL, {STANDS("CA2.example;accounturi=" ACCOUNT)}, false},
	{"with more than is needed", "dns-persist-01", OK, NULL, {STANDS(STANDING WILDCARD)}, false},
	{"unknown parameters", "dns-persist-01", OK, NULL, {STANDS(STANDING "; x-y=1; x-y=2; policy=other")}, false},
	{"tags in other case", "dns-persist-01", OK, NULL, {STANDS("ca.example; AccountURI=" ACCOUNT)}, false},
	{"in several strings", "dns-persist-01", OK, NULL, {TXT(PERSIST, PERSIST ". 60 IN TXT \"ca.example;\" \" accounturi=" ACCOUNT "\"")}, false},
	{"beside other CAs", "dns-persist-01", OK, NULL, {TXT(PERSIST, AT(PERSIST, "other.example; accounturi=" ACCOUNT), AT(PERSIST, "words"), AT(PERSIST, STANDING))}, false},
	{"alias of the record", "dns-persist-01", OK, "alias of " ELSEWHERE,
	 {TXT(PERSIST, PERSIST ". 60 IN CNAME " ELSEWHERE ".", AT(ELSEWHERE, STANDING))}, false},
	{"another CA", "dns-persist-01", RECORD_WRONG, "none names this CA", {STANDS("other.example; accounturi=" ACCOUNT)}, false},
	{"a name that ends in the CA's", "dns-persist-01", RECORD_WRONG, "none names this CA", {STANDS("xca.example; accounturi=" ACCOUNT)}, false},
	{"nobody", "dns-persist-01", RECORD_WRONG, "none names this CA", {STANDS("; accounturi=" ACCOUNT)}, false},
	{"another account", "dns-persist-01", RECORD_WRONG, "does not name the account", {STANDS(STANDING "s")}, false},
	{"the account in other case", "dns-persist-01", RECORD_WRONG, "does not name the account",
	 {STANDS("ca.example; accounturi=https://example.com/acme/acct/exampleaccount")}, false},
	{"no account", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS("ca.example")}, false},
	{"the account twice", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; accounturi=" ACCOUNT)}, false},
	{"a policy twice", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING WILDCARD WILDCARD)}, false},
	{"not an issue-value", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS("ca.example; accounturi")}, false},
	{"an end that is no number", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=soon")}, false},
	{"an end with a sign", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=+9999999999")}, false},
	{"an end with a fraction", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=9999999999.5")}, false},
	{"an end in hexadecimal", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=0x7fffffff")}, false},
	{"an end beyond all time", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=99999999999999999999")}, false},
	{"an empty end", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=")}, false},
	{"two ends", "dns-persist-01", RECORD_WRONG, "is malformed", {STANDS(STANDING "; persistUntil=9999999999; persistUntil=9999999999")}, false},
	{"an end to come", "dns-persist-01", OK, NULL, {STANDS(STANDING "; persistUntil=9999999999")}, false},
	{"an end long past", "dns-persist-01", RECORD_WRONG, "has passed", {STANDS(STANDING "; persistUntil=1")}, false},
	{"nothing there", "dns-persist-01", RECORD_MISSING, "TXT \"" STANDING "\"", {BAD(PERSIST, FAKE_NXDOMAIN)}, false},
	{"no underscore, persistent", "dns-persist-01", RECORD_MISSING, NULL, {ONE("validation-persist." SITE, STANDING)}, false},
	{"at the name itself, persistent", "dns-persist-01", RECORD_MISSING, NULL, {ONE(SITE, STANDING)}, false},
	{"above, persistent", "dns-persist-01", RECORD_MISSING, NULL, {ONE("_validation-persist.example.org", STANDING WILDCARD)}, false},
	/* The alias of the name leads to a name with a record: it shows control of that one alone. */
	{"by alias from the name, persistent", "dns-persist-01", RECORD_MISSING, NULL,
	 {TXT(SITE, SITE ". 60 IN CNAME " ELSEWHERE "."), ONE("_validation-persist." ELSEWHERE, STANDING)}, false},

	{"for the names below", "dns-persist-01", OK, NULL, {STANDS(STANDING WILDCARD)}, true},
	{"in other case", "dns-persist-01", OK, NULL, {STANDS(STANDING "; Policy=WildCard")}, true},
	{"for the name alone", "dns-persist-01", RECORD_WRONG, "TXT \"" STANDING WILDCARD "\"", {STANDS(STANDING)}, true},
	{"another policy", "dns-persist-01", RECORD_WRONG, "has no policy=wildcard", {STANDS(STANDING "; policy=subdomain")}, true},
};
/* clang-format on */

static struct validation_task task_of(const char *method, bool wildcard)
{
	struct validation_task task = trial_caa(SITE);
	bool persistent = strcmp(method, "dns-persist-01") == 0;
	task.method = method;
	task.wildcard = wildcard;
	task.account_uri = ACCOUNT;
	task.file_name = persistent ? NULL : TOKEN;
	task.value = persistent ? NULL : KEY_AUTHORIZATION;
	return task;
}

static void use_dns(struct fake_world *world, const struct fake_dns *dns)
{
	world->dns = dns;
	for (world->dns_count = 0; world->dns_count < ROWS_MAX && dns[world->dns_count].name;)
		world->dns_count++;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct trial trial;
		trial_init(&trial);
		use_dns(&trial.world, row->dns);
		struct validation_task task = task_of(row->method, row->wildcard);
		trial_run(&trial, &task);
		if (trial.verdict.status != row->status)
			fail_msg("%s: %s (%s)", row->what, status_code(trial.verdict.status),
				 trial.verdict.sentence);
		if (row->part && !strstr(trial.verdict.sentence, row->part) &&
		    !strstr(trial.verdict.hint, row->part))
			fail_msg("%s: \"%s\", hint \"%s\"", row->what, trial.verdict.sentence,
				 trial.verdict.hint);
		/* Nothing but the names of the method is ever asked for. */
		assert_int_equal(trial.world.contact_count, 0);
		trial_release(&trial);
	}
}

/* The second of persistUntil still counts, the next does not. */
static void test_the_last_second(void **state)
{
	(void)state;
	static const struct {
		int after_s;
		enum status status;
	} ends[] = {{1, OK}, {0, OK}, {-1, RECORD_WRONG}};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		struct trial trial;
		char record[256];
		trial_init(&trial);
		struct environment *environment = &trial.world.environment;
		int64_t now_s = environment->now(environment->self) / 1000;
		(void)snprintf(record, sizeof(record),
			       PERSIST ". 60 IN TXT \"" STANDING "; persistUntil=%lld\"",
			       (long long)now_s + ends[i].after_s);
		const struct fake_dns dns[ROWS_MAX] = {TXT(PERSIST, record)};
		use_dns(&trial.world, dns);
		struct validation_task task = task_of("dns-persist-01", false);
		trial_run(&trial, &task);
		assert_int_equal(trial.verdict.status, ends[i].status);
		trial_release(&trial);
	}
}

static void test_the_ttl_is_told(void **state)
{
	(void)state;
	struct trial trial;
	const struct fake_dns dns[ROWS_MAX] = {STANDS(STANDING)};
	trial_init(&trial);
	use_dns(&trial.world, dns);
	struct validation_task task = task_of("dns-persist-01", false);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.ttl_s, 60);
	trial_release(&trial);
}

static void test_unusable_tasks(void **state)
{
	(void)state;
	struct validation_task tasks[6];
	tasks[0] = task_of("dns-01", false);
	tasks[0].value = NULL;
	tasks[1] = task_of("dns-01", false);
	tasks[1].file_name = "another";
	tasks[2] = task_of("dns-01", false);
	tasks[2].value = TOKEN;
	tasks[3] = task_of("dns-account-01", false);
	tasks[3].account_uri = NULL;
	tasks[4] = task_of("dns-persist-01", false);
	tasks[4].account_uri = NULL;
	tasks[5] = task_of("dns-persist-01", false);
	tasks[5].identifier_count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		struct trial trial;
		trial_init(&trial);
		trial_run(&trial, &tasks[i]);
		assert_int_equal(trial.verdict.status, INTERNAL);
		assert_int_equal(trial.world.udp_count, 0);
		trial_release(&trial);
	}
}

static void test_publications(void **state)
{
	(void)state;
	static const struct {
		const char *method;
		const char *record;
		const char *content;
		bool wildcard;
		enum value_kind value;
	} methods[] = {
		{"dns-01", CHALLENGE, CONTENT, false, VALUE_KEY_AUTHORIZATION},
		{"dns-account-01", LABELLED, CONTENT, false, VALUE_KEY_AUTHORIZATION},
		{"dns-persist-01", PERSIST, STANDING, false, VALUE_NONE},
		{"dns-persist-01", PERSIST, STANDING WILDCARD, true, VALUE_NONE},
	};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
		const struct validation_task task = task_of(methods[i].method, methods[i].wildcard);
		const struct validator *validator = validator_find(methods[i].method);
		struct publication publication;
		assert_non_null(validator);
		assert_int_equal(validator->place, PUBLISH_RECORD);
		assert_int_equal(validator->value, methods[i].value);
		validator->publish(&task, &arena, &publication);
		assert_string_equal(publication.record, methods[i].record);
		assert_string_equal(publication.type, "TXT");
		assert_string_equal(publication.content, methods[i].content);
		assert_non_null(strstr(publication.action, methods[i].record));
		assert_non_null(strstr(publication.action, methods[i].content));
	}
}

/* --- evidence --- */

static json_t *good_evidence(const char *method, bool wildcard)
{
	struct trial trial;
	json_t *evidence = NULL;
	const struct fake_dns dns[ROWS_MAX] = {ONE(CHALLENGE, CONTENT), ONE(LABELLED, CONTENT),
					       STANDS(STANDING WILDCARD)};
	trial_init(&trial);
	use_dns(&trial.world, dns);
	struct validation_task task = task_of(method, wildcard);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	trial_release(&trial);
	return evidence;
}

/* EVIDENCE_BROKEN, or the status decided. */
static enum status decide(const json_t *evidence)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text;
	struct attempt_record record;
	buffer_init(&text, 1 << 20);
	json_write_sorted(evidence, &text);
	enum status status = attempt_decide(buffer_slice(&text), &arena, &record, NULL);
	return status == OK ? record.decided.status : status;
}

static enum status with_member(const char *method, const char *member, const char *text)
{
	json_t *evidence = good_evidence(method, false);
	json_object_set_new(json_object_get(evidence, "task"), member, json_string(text));
	enum status status = decide(evidence);
	json_decref(evidence);
	return status;
}

/* The account is in the evidence, and decides there. */
static void test_evidence_of_another_account(void **state)
{
	(void)state;
	assert_int_equal(with_member("dns-persist-01", "account_uri", ACCOUNT), OK);
	assert_int_equal(with_member("dns-persist-01", "account_uri", "acct:b@example.net"),
			 RECORD_WRONG);
	assert_int_equal(with_member("dns-account-01", "account_uri", "acct:b@example.net"),
			 EVIDENCE_BROKEN);
	assert_int_equal(with_member("dns-01", "file_name", "another"), EVIDENCE_BROKEN);
	/* The only name that can be shown is the one that the authorization was opened for. */
	assert_int_equal(with_member("dns-01", "domain", "example.org"), EVIDENCE_BROKEN);
	assert_int_equal(with_member("dns-persist-01", "domain", "example.org"), EVIDENCE_BROKEN);
}

/* Old evidence has no account in it and decides as before. */
static void test_evidence_without_an_account(void **state)
{
	(void)state;
	json_t *evidence = good_evidence("dns-01", false);
	assert_int_equal(json_object_del(json_object_get(evidence, "task"), "account_uri"), 0);
	assert_int_equal(decide(evidence), OK);
	json_decref(evidence);
}

/* The clock of a decision is the instant recorded. */
static void test_evidence_of_another_time(void **state)
{
	(void)state;
	struct trial trial;
	json_t *evidence = NULL;
	const struct fake_dns dns[ROWS_MAX] = {STANDS(STANDING "; persistUntil=4102444800")};
	trial_init(&trial);
	use_dns(&trial.world, dns);
	struct validation_task task = task_of("dns-persist-01", false);
	trial_run(&trial, &task);
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	json_t *steps = json_object_get(evidence, "steps");
	json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	json_object_set_new(last, "at", json_string("2100-01-01T00:00:00Z"));
	assert_int_equal(decide(evidence), OK);
	json_object_set_new(last, "at", json_string("2100-01-01T00:00:01Z"));
	assert_int_equal(decide(evidence), RECORD_WRONG);
	json_decref(evidence);
	trial_release(&trial);
}

/* BR 3.2.2.5.8: at its label in the reverse namespace, and nowhere else. */
static void test_addresses(void **state)
{
	(void)state;
#define V4_RECORD "_ip-validation-persist.4.3.2.198.in-addr.arpa"
#define V6_RECORD                                                                                  \
	"_ip-validation-persist.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.4.6.0.6.2."  \
	"ip6.arpa"
	static const struct {
		const char *address;
		struct fake_dns dns[ROWS_MAX];
		enum status status;
	} cases[] = {
		{"198.2.3.4", {ONE(V4_RECORD, STANDING)}, OK},
		{"2606:4700::1", {ONE(V6_RECORD, STANDING)}, OK},
		{"198.2.3.4", {ONE("_validation-persist.198.2.3.4", STANDING)}, RECORD_MISSING},
		{"198.2.3.4",
		 {ONE("_validation-persist.4.3.2.198.in-addr.arpa", STANDING)},
		 RECORD_MISSING},
		{"198.2.3.4", {ONE("4.3.2.198.in-addr.arpa", STANDING)}, RECORD_MISSING},
		{"198.2.3.4", {ONE("_ip-validation-persist.198.2.3.4", STANDING)}, RECORD_MISSING},
		{"198.2.3.4", {ONE(V4_RECORD, STANDING "s")}, RECORD_WRONG},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct trial trial;
		trial_init(&trial);
		use_dns(&trial.world, cases[i].dns);
		struct validation_task task = task_of("dns-persist-01", false);
		task.domain = cases[i].address;
		trial_run(&trial, &task);
		if (trial.verdict.status != cases[i].status)
			fail_msg("%zu: %s", i, trial.verdict.sentence);
		trial_release(&trial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_the_last_second),
		cmocka_unit_test(test_the_ttl_is_told),
		cmocka_unit_test(test_unusable_tasks),
		cmocka_unit_test(test_publications),
		cmocka_unit_test(test_evidence_of_another_account),
		cmocka_unit_test(test_evidence_without_an_account),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_evidence_of_another_time),
	};
	return cmocka_run_group_tests_name("validators.dns_acme", tests, NULL, NULL);
}
