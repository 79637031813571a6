/*
 * The TXT record method: each row is one world and the verdict expected. What is
 * asked is told too, because where the value stands decides who could put it there.
 */
#include "tests/validators/trial.h"

#include "base/json.h"
#include "net/dns_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SITE "example.com"
#define RECORD "_issuer-validation." SITE
#define DELEGATED "k3v9.validation.example.net"
#define VALUE TRIAL_VALUE

enum { ROWS_MAX = 4 };

struct row {
	const char *what;
	enum status status;
	const char *part;    /* of the sentence or the hint */
	const char *decided; /* the owner of the record that decided; NULL: RECORD */
	struct fake_dns dns[ROWS_MAX];
};

#define TXT(name, ...)                                                                             \
	{                                                                                          \
		name, DNS_TYPE_TXT, FAKE_ANSWER, {__VA_ARGS__}, 0                                  \
	}
#define BAD(name, kind)                                                                            \
	{                                                                                          \
		name, DNS_TYPE_TXT, kind, {NULL}, 0                                                \
	}
#define AT(name, text) name ". 60 IN TXT " text
#define QUOTED "\"" VALUE "\""

/* clang-format off */
static const struct row rows[] = {
	{"one record", OK, RECORD " TXT: 1 record, with the expected value", NULL, {TXT(RECORD, AT(RECORD, QUOTED))}},
	{"among others", OK, "TXT: 3 records, with the expected value", NULL,
	 {TXT(RECORD, AT(RECORD, "\"old\""), AT(RECORD, QUOTED), AT(RECORD, "\"\""))}},
	{"in several strings", OK, NULL, NULL,
	 {TXT(RECORD, AT(RECORD, "\"Zm9vYmFy\" \"\" \"MTIzNDU2\" \"Nzg5MA\""))}},
	{"delegated", OK, "alias of " DELEGATED, DELEGATED,
	 {TXT(RECORD, RECORD ". 60 IN CNAME " DELEGATED ".", AT(DELEGATED, QUOTED))}},
	{"delegated, the server does not follow", OK, "alias of " DELEGATED, DELEGATED,
	 {TXT(RECORD, RECORD ". 60 IN CNAME " DELEGATED "."), TXT(DELEGATED, AT(DELEGATED, QUOTED))}},

	/* One string of strings only; the same octets, and no others. */
	{"in two records", RECORD_WRONG, "TXT: 2 records, not with the expected value: \"Zm9vYmFyMTIz\", \"NDU2Nzg5MA\"",
	 NULL, {TXT(RECORD, AT(RECORD, "\"Zm9vYmFyMTIz\""), AT(RECORD, "\"NDU2Nzg5MA\""))}},
	{"with quotes", RECORD_WRONG, "\"\"" VALUE "\"\"", NULL, {TXT(RECORD, AT(RECORD, "\"\\\"" VALUE "\\\"\""))}},
	{"with a space", RECORD_WRONG, "\" " VALUE "\"", NULL, {TXT(RECORD, AT(RECORD, "\" " VALUE "\""))}},
	{"and more", RECORD_WRONG, "publish this record in the DNS: " RECORD ". TXT \"" VALUE "\"", NULL,
	 {TXT(RECORD, AT(RECORD, "\"" VALUE "x\""))}},
	{"half of it", RECORD_WRONG, NULL, NULL, {TXT(RECORD, AT(RECORD, "\"Zm9vYmFy\""))}},
	{"in lower case", RECORD_WRONG, NULL, NULL, {TXT(RECORD, AT(RECORD, "\"zm9vymfymtizndu2nzg5ma\""))}},
	{"nothing in it", RECORD_WRONG, "1 record, not with the expected value: \"\"", NULL, {TXT(RECORD, AT(RECORD, "\"\""))}},
	{"not printable", RECORD_WRONG, "\"a?b?\"", NULL, {TXT(RECORD, AT(RECORD, "\"a\\007b\\233\""))}},
	{"long", RECORD_WRONG, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"", NULL,
	 {TXT(RECORD, AT(RECORD, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""))}},
	{"many", RECORD_WRONG, "5 records, not with the expected value: \"1\", \"2\", \"3\" and 2 more", NULL,
	 {TXT(RECORD, AT(RECORD, "1"), AT(RECORD, "2"), AT(RECORD, "3"), AT(RECORD, "4"), AT(RECORD, "5"))}},

	/* The golden vectors of 2024: without the underscore anybody who is given a host name passes. */
	{"without the underscore", RECORD_MISSING, RECORD " TXT: no such record", NULL,
	 {TXT("issuer-validation." SITE, AT("issuer-validation." SITE, QUOTED))}},
	{"at the name itself", RECORD_MISSING, NULL, NULL, {TXT(SITE, AT(SITE, QUOTED))}},
	{"at another name's", RECORD_MISSING, NULL, NULL, {TXT("_issuer-validation.www." SITE, AT("_issuer-validation.www." SITE, QUOTED))}},
	{"at the name above's", RECORD_MISSING, NULL, NULL, {TXT("_issuer-validation.com", AT("_issuer-validation.com", QUOTED))}},
	{"under another label", RECORD_MISSING, NULL, NULL, {TXT("_acme-challenge." SITE, AT("_acme-challenge." SITE, QUOTED))}},
	{"of another owner", RECORD_MISSING, NULL, NULL, {TXT(RECORD, AT("www." SITE, QUOTED))}},
	{"by alias from the name itself", RECORD_MISSING, NULL, NULL,
	 {TXT(SITE, SITE ". 60 IN CNAME " DELEGATED ".", AT(DELEGATED, QUOTED))}},

	{"nothing there", RECORD_MISSING, "publish this record in the DNS: " RECORD ". TXT \"" VALUE "\"", NULL, {{0}}},
	{"no such name", RECORD_MISSING, "the name does not exist", NULL, {BAD(RECORD, FAKE_NXDOMAIN)}},
	{"delegated to nothing", RECORD_MISSING, "alias of " DELEGATED, DELEGATED,
	 {TXT(RECORD, RECORD ". 60 IN CNAME " DELEGATED "."), BAD(DELEGATED, FAKE_NXDOMAIN)}},

	{"SERVFAIL", DNS_FAILED, "let the name servers of " RECORD " answer", NULL, {BAD(RECORD, FAKE_SERVFAIL)}},
	{"refused", DNS_FAILED, NULL, NULL, {BAD(RECORD, FAKE_REFUSED)}},
	{"silent", DNS_FAILED, "no answer in time", NULL, {BAD(RECORD, FAKE_TIMEOUT)}},
	{"unreachable", DNS_FAILED, NULL, NULL, {BAD(RECORD, FAKE_UNREACHABLE)}},
	{"garbage", DNS_FAILED, NULL, NULL, {BAD(RECORD, FAKE_GARBAGE)}},
	{"cut over TCP too", DNS_FAILED, NULL, NULL, {BAD(RECORD, FAKE_TRUNCATED_BOTH)}},
	{"over TCP", OK, NULL, NULL, {{RECORD, DNS_TYPE_TXT, FAKE_TRUNCATED, {AT(RECORD, QUOTED)}, 0}}},
	{"an alias of itself", DNS_FAILED, "its CNAME chain does not end", NULL, {TXT(RECORD, RECORD ". 60 IN CNAME " RECORD ".")}},
};
/* clang-format on */

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
		struct validation_task task = trial_dns_txt(SITE);
		trial_run(&trial, &task);
		if (trial.verdict.status != row->status)
			fail_msg("%s: %s (%s)", row->what, status_code(trial.verdict.status),
				 trial.verdict.sentence);
		if (row->part && !strstr(trial.verdict.sentence, row->part) &&
		    !strstr(trial.verdict.hint, row->part))
			fail_msg("%s: \"%s\", hint \"%s\"", row->what, trial.verdict.sentence,
				 trial.verdict.hint);
		assert_string_equal(trial.evidence_kind, "dns");
		assert_string_equal(trial.verdict.decided_by, row->decided ? row->decided : RECORD);
		assert_int_equal(trial.world.contact_count, 0);
		trial_release(&trial);
	}
}

/* Everybody whose turn it is can act; only what the network did is for another try. */
static void test_whose_turn(void **state)
{
	(void)state;
	assert_int_equal(status_exit(RECORD_MISSING), EXIT_STATUS_PERSON);
	assert_int_equal(status_exit(RECORD_WRONG), EXIT_STATUS_PERSON);
	assert_int_equal(status_exit(DNS_FAILED), EXIT_STATUS_LATER);
}

static void test_unusable_tasks(void **state)
{
	(void)state;
	struct trial trial;
	trial_init(&trial);
	struct validation_task task = trial_dns_txt(SITE);
	task.value = "";
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, INTERNAL);

	/* With the label in front of it the name would be longer than names can be. */
	static const char label[] =
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789.";
	char domain[NAME_TEXT] = "";
	for (int i = 0; i < 3; i++)
		strcat(domain, label);
	strcat(domain, "abcdefghijklmnopqrstuvwxyz0123456789" SITE);
	task = trial_dns_txt(domain);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, NAME_INVALID);
	assert_int_equal(trial.world.udp_count, 0);
	trial_release(&trial);
}

static void test_publication(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct validation_task task = trial_dns_txt(SITE);
	const struct validator *validator = validator_find("dns-txt");
	struct publication publication;
	assert_non_null(validator);
	assert_int_equal(validator->place, PUBLISH_RECORD);
	validator->publish(&task, &arena, &publication);
	assert_null(publication.url);
	assert_null(publication.file_name);
	assert_string_equal(publication.record, RECORD);
	assert_string_equal(publication.type, "TXT");
	assert_string_equal(publication.content, VALUE);
	assert_string_equal(publication.action,
			    "publish the TXT record " RECORD " with the text " VALUE);
}

/* --- evidence --- */

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

static json_t *good_evidence(void)
{
	struct trial trial;
	json_t *evidence = NULL;
	trial_init(&trial);
	use_dns(&trial.world, rows[4].dns); /* two questions */
	struct validation_task task = trial_dns_txt(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	trial_release(&trial);
	return evidence;
}

static json_t *step_of(json_t *evidence, size_t number)
{
	return json_array_get(json_object_get(evidence, "steps"), number);
}

/* The only name that evidence can show control of is the one that the attempt was opened for. */
static void test_evidence_of_another_name(void **state)
{
	(void)state;
	static const char *const domains[] = {"example.net", "com", ("www." SITE), DELEGATED,
					      "validation.example.net"};
	for (size_t i = 0; i < ARRAY_LENGTH(domains); i++) {
		json_t *evidence = good_evidence();
		json_object_set_new(json_object_get(evidence, "task"), "domain",
				    json_string(domains[i]));
		assert_int_equal(decide(evidence), EVIDENCE_BROKEN);
		json_decref(evidence);
	}
}

static void test_evidence_changed(void **state)
{
	(void)state;
	json_t *evidence = good_evidence();
	assert_int_equal(decide(evidence), OK);
	json_object_set_new(json_object_get(evidence, "task"), "value", json_string("another"));
	assert_int_equal(decide(evidence), RECORD_WRONG);
	json_decref(evidence);

	evidence = good_evidence();
	json_object_set_new(json_object_get(step_of(evidence, 0), "dns"), "name",
			    json_string("issuer-validation." SITE));
	assert_int_equal(decide(evidence), EVIDENCE_BROKEN);
	json_decref(evidence);

	for (size_t i = 0; i < 2; i++) {
		evidence = good_evidence();
		json_array_remove(json_object_get(evidence, "steps"), i);
		assert_int_equal(decide(evidence), EVIDENCE_BROKEN);
		json_decref(evidence);
	}
}

/* One octet of the text in the packet that decides. */
static void test_evidence_of_another_text(void **state)
{
	(void)state;
	json_t *evidence = good_evidence();
	json_t *dns = json_object_get(step_of(evidence, 1), "dns");
	CLEANUP(buffer_release) struct buffer packet;
	buffer_init(&packet, 4096);
	assert_int_equal(json_get_bytes(dns, "answer", &packet), OK);
	ptrdiff_t at = slice_find(buffer_slice(&packet), slice_text(VALUE));
	assert_true(at > 0);
	packet.data[at] ^= 1;
	json_object_del(dns, "answer");
	json_add_bytes(dns, "answer", buffer_slice(&packet));
	assert_int_equal(decide(evidence), RECORD_WRONG);
	json_decref(evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_whose_turn),
		cmocka_unit_test(test_unusable_tasks),
		cmocka_unit_test(test_publication),
		cmocka_unit_test(test_evidence_of_another_name),
		cmocka_unit_test(test_evidence_changed),
		cmocka_unit_test(test_evidence_of_another_text),
	};
	return cmocka_run_group_tests_name("validators.dns_txt", tests, NULL, NULL);
}
