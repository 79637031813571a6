/*
 * Calls as evidence: what one is worth, that it decides by its own words and those
 * of the contacts it rests on alone, and that it is read as it was written.
 */
#include "base/civil.h"
#include "tests/validators/registries.h"
#include "validators/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static struct call_facts to_organisation(void)
{
	return (struct call_facts){
		.call = "t-1",
		.method = METHOD_ORGANISATION_CALL,
		.label = "S002 L101",
		.domain = "",
		.order = "o-1",
		.pack = "agency",
		.pack_digest = "00",
		.number = "+81355550142",
		.written = "03-5555-0142",
		.roles = "organisation",
		.source = "directory",
		.applicant = "Sample K.K.",
		.applicant_type = "registered_corporation",
		.country = "JP",
		.entitled = "representative officer",
		.rule = "unlisted-company",
		.caller = "us",
		.time = "agreed",
		.tolerance_ms = 30 * MINUTE_MS,
		.asked_ms = 10 * HOUR_MS,
		.agreed_ms = 20 * HOUR_MS,
		.at_ms = 20 * HOUR_MS,
		.recorded_ms = 21 * HOUR_MS,
		.outcome = "confirmed",
		.callee = "Robin Mihon",
		.callee_role = "representative",
		.actor = "cli:root",
	};
}

/* One member, text or number, that is another one. */
struct change {
	const char *what;
	enum status status;
	size_t member;
	const char *text; /* NULL with no number: none */
	int64_t number;
	bool is_number;
};

/* clang-format off */
#define SAYS(what, status, name, text) {(what), (status), offsetof(struct call_facts, name), (text), 0, false}
#define AT(what, status, name, at) {(what), (status), offsetof(struct call_facts, name), NULL, (at), true}

static const struct change changes[] = {
	SAYS("refused", ANSWER_REJECTED, outcome, "refused"),
	SAYS("no answer", WAITING_FOR_PERSON, outcome, "no-answer"),
	SAYS("busy", WAITING_FOR_PERSON, outcome, "busy"),
	SAYS("voicemail", WAITING_FOR_PERSON, outcome, "voicemail-left"),
	SAYS("transferred", WAITING_FOR_PERSON, outcome, "transferred"),
	SAYS("wrong number", DCV_ADDRESS, outcome, "wrong-number"),
	SAYS("an outcome there is not", EVIDENCE_BROKEN, outcome, "perhaps"),
	SAYS("another who may", OK, callee_role, "officer"),
	SAYS("part of a role", CALLEE_NOT_ENTITLED, callee_role, "represent"),
	SAYS("the list of roles", CALLEE_NOT_ENTITLED, callee_role, "representative officer"),
	SAYS("nobody may", CALLEE_NOT_ENTITLED, entitled, NULL),
	AT("no time agreed", CALL_NOT_SCHEDULED, agreed_ms, 0),
	AT("the tolerance before", OK, at_ms, 20 * HOUR_MS - 30 * MINUTE_MS),
	AT("more than that before", CALL_NOT_SCHEDULED, at_ms, 20 * HOUR_MS - 30 * MINUTE_MS - SECOND_MS),
	AT("the tolerance after", OK, at_ms, 20 * HOUR_MS + 30 * MINUTE_MS),
	AT("more than that after", CALL_NOT_SCHEDULED, at_ms, 20 * HOUR_MS + 30 * MINUTE_MS + SECOND_MS),
	SAYS("nobody took it", EVIDENCE_BROKEN, callee, NULL),
	SAYS("as nothing", EVIDENCE_BROKEN, callee_role, NULL),
	AT("before it was asked for", EVIDENCE_BROKEN, asked_ms, 20 * HOUR_MS + 1),
	AT("after it was recorded", EVIDENCE_BROKEN, recorded_ms, 20 * HOUR_MS - 1),
	SAYS("of a domain too", EVIDENCE_BROKEN, domain, "example.com"),
	SAYS("of a domain without contacts", EVIDENCE_BROKEN, method, "whois-phone"),
};

/* About a domain: by the contacts that WHOIS named. */
static const struct change domain_changes[] = {
	SAYS("refused", ANSWER_REJECTED, outcome, "refused"),
	SAYS("voicemail", WAITING_FOR_PERSON, outcome, "voicemail-left"),
	/* BR 3.2.2.4.16: "The CA MUST NOT knowingly be transferred" */
	SAYS("transferred", WAITING_FOR_PERSON, outcome, "transferred"),
	SAYS("wrong number", DCV_ADDRESS, outcome, "wrong-number"),
	SAYS("the technical contact's number", EVIDENCE_BROKEN, number, "+15555550199"),
	SAYS("another domain", EVIDENCE_BROKEN, domain, "example.net"),
	SAYS("another method", EVIDENCE_BROKEN, method, "dns-contact-phone"),
	AT("before the look-up", EVIDENCE_BROKEN, asked_ms, 1),
	SAYS("in any role", OK, callee_role, "receptionist"),
	SAYS("a time was needed", CALL_NOT_SCHEDULED, time, "agreed"),
	SAYS("nobody took it", EVIDENCE_BROKEN, callee, NULL),
};
/* clang-format on */

static void make(const struct change *change, struct call_facts *facts)
{
	char *member = (char *)facts + change->member;
	if (change->is_number)
		*(int64_t *)(void *)member = change->number;
	else
		*(const char **)(void *)member = change->text;
}

static void check(const struct change *rows, size_t count, const struct call_facts *usual,
		  const struct attempt_record *contacts)
{
	struct verdict verdict;
	call_decide(usual, contacts, &verdict);
	if (verdict.status != OK)
		fail_msg("%s", verdict.sentence);
	for (size_t i = 0; i < count; i++) {
		struct call_facts facts = *usual;
		make(&rows[i], &facts);
		call_decide(&facts, contacts, &verdict);
		if (verdict.status != rows[i].status)
			fail_msg("%s: %s (%s)", rows[i].what, verdict.sentence,
				 status_code(verdict.status));
		/* It goes into the journal: no number and no name of a person. */
		assert_null(strstr(verdict.sentence, facts.number));
		assert_null(strstr(verdict.sentence, "Mihon"));
	}
}

static void test_what_a_call_to_an_organisation_is_worth(void **state)
{
	(void)state;
	struct verdict verdict;
	struct call_facts usual = to_organisation();
	check(changes, ARRAY_LENGTH(changes), &usual, NULL);
	/* Two things at once. */
	usual.outcome = "refused";
	usual.callee_role = "receptionist";
	call_decide(&usual, NULL, &verdict);
	assert_int_equal(verdict.status, CALLEE_NOT_ENTITLED);
	usual.agreed_ms = 0;
	call_decide(&usual, NULL, &verdict);
	assert_int_equal(verdict.status, CALL_NOT_SCHEDULED);
	/* A number is wrong at any time. */
	usual.outcome = "wrong-number";
	call_decide(&usual, NULL, &verdict);
	assert_int_equal(verdict.status, DCV_ADDRESS);
	usual = to_organisation();
	usual.agreed_ms = 0;
	usual.time = "any";
	call_decide(&usual, NULL, &verdict);
	assert_int_equal(verdict.status, OK);
}

static void test_what_a_call_about_a_domain_is_worth(void **state)
{
	(void)state;
	static struct trial trial;
	struct attempt_record contacts;
	struct arena arena;
	const struct validation_task task = {
		.method = "whois-phone",
		.label = "test",
		.domain = "example.com",
		.pack = "",
		.pack_digest = "",
		.limits = {.redirects_max = 3,
			   .body_max = CONTACT_ANSWER_MAX,
			   .connect_timeout_ms = 1000,
			   .timeout_ms = 1000,
			   .dns_timeout_ms = 100,
			   .dns_tries = 1},
	};
	arena_init(&arena);
	registries_begin(&trial, com_lines, ARRAY_LENGTH(com_lines));
	trial_run(&trial, &task);
	assert_int_equal(attempt_decide(buffer_slice(&trial.evidence), &arena, &contacts, NULL),
			 OK);
	struct call_facts usual = to_organisation();
	usual.method = "whois-phone";
	usual.domain = "example.com";
	usual.number = "+15555550123";
	usual.roles = "registrant";
	usual.entitled = usual.rule = NULL;
	usual.time = "any";
	usual.agreed_ms = 0;
	usual.asked_ms = contacts.began_ms + SECOND_MS;
	usual.at_ms = usual.asked_ms + HOUR_MS;
	usual.recorded_ms = usual.at_ms;
	check(domain_changes, ARRAY_LENGTH(domain_changes), &usual, &contacts);
	registries_end(&trial);
	arena_release(&arena);
}

/* Instants are written in seconds: a call at the edge decides the same from the record. */
static void test_the_record_decides_as_the_call_did(void **state)
{
	(void)state;
	static const int64_t offsets[] = {-1001, -1000, -999, -1, 0, 1, 999, 1000, 1001};
	for (size_t i = 0; i < ARRAY_LENGTH(offsets); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(buffer_release) struct buffer text = {.maximum = CALL_BYTES_MAX};
		struct verdict verdict, again;
		struct call_record record;
		struct call_facts facts = to_organisation();
		facts.at_ms += facts.tolerance_ms + offsets[i];
		facts.agreed_ms += 500;
		call_decide(&facts, NULL, &verdict);
		call_write(&facts, &verdict, &text);
		assert_int_equal(call_read(buffer_slice(&text), &arena, &record, NULL), OK);
		call_decide(&record.facts, NULL, &again);
		assert_int_equal(again.status, verdict.status);
	}
}

static void test_calls_are_read_as_written(void **state)
{
	(void)state;
	struct arena arena;
	struct verdict verdict, again;
	struct call_record record;
	CLEANUP(buffer_release) struct buffer text = {.maximum = CALL_BYTES_MAX};
	struct call_facts facts = to_organisation();
	facts.note = "a \"note\"\n";
	arena_init(&arena);
	call_decide(&facts, NULL, &verdict);
	call_write(&facts, &verdict, &text);
	assert_int_equal(call_read(buffer_slice(&text), &arena, &record, NULL), OK);
	assert_int_equal(record.recorded, OK);
	assert_string_equal(record.facts.note, facts.note);
	assert_string_equal(record.facts.callee, facts.callee);
	assert_string_equal(record.facts.entitled, facts.entitled);
	assert_null(record.facts.contacts);
	assert_null(record.facts.value);
	assert_int_equal(record.facts.agreed_ms, facts.agreed_ms);
	assert_int_equal(record.facts.tolerance_ms, facts.tolerance_ms);
	assert_int_equal(record.facts.until_ms, 0);
	call_decide(&record.facts, NULL, &again);
	assert_int_equal(again.status, verdict.status);
	/* Without a member that is needed it is no evidence. */
	static const char *const needed[] = {
		"\"call\"",   "\"method\"", "\"domain\"",  "\"number\"",       "\"source\"",
		"\"caller\"", "\"time\"",   "\"outcome\"", "\"tolerance_ms\"", "\"at\"",
		"\"actor\"",  "\"asked\"",  "\"verdict\"", "\"version\"",      "\"recorded\""};
	for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
		char *at = strstr((char *)text.data, needed[i]);
		assert_non_null(at);
		at[1] ^= 1;
		if (call_read(buffer_slice(&text), &arena, &record, NULL) != EVIDENCE_BROKEN)
			fail_msg("%s was not missed", needed[i]);
		at[1] ^= 1;
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_call_to_an_organisation_is_worth),
		cmocka_unit_test(test_what_a_call_about_a_domain_is_worth),
		cmocka_unit_test(test_the_record_decides_as_the_call_did),
		cmocka_unit_test(test_calls_are_read_as_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
