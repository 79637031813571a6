/*
 * Other network perspectives behind a method: who is asked, how answers count, and
 * that evidence decides the same again, and otherwise when a reply in it changes.
 */
#include "tests/validators/trial.h"

#include "base/json.h"
#include "net/dns_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define PASSED "{\"check_type\":\"dcv\",\"check_passed\":true,\"timestamp_ns\":1,\"details\":{}}"
#define SAW(code, words)                                                                           \
	"{\"check_type\":\"dcv\",\"check_passed\":false,\"timestamp_ns\":1,\"errors\":["           \
	"{\"error_type\":\"validation:dns-txt\",\"error_message\":\"" words "\",\"code\":\"" code  \
	"\"}]}"

static const struct fake_dns records[] = {
	{"_issuer-validation.www.example.com",
	 DNS_TYPE_TXT,
	 FAKE_ANSWER,
	 {"_issuer-validation.www.example.com. 300 IN TXT \"" TRIAL_VALUE "\""},
	 0},
};
static const struct fake_dns wrong_records[] = {
	{"_issuer-validation.www.example.com",
	 DNS_TYPE_TXT,
	 FAKE_ANSWER,
	 {"_issuer-validation.www.example.com. 300 IN TXT \"other\""},
	 0},
};

static const struct perspective remotes[] = {
	{.id = "ashburn",
	 .url = "https://ashburn.example",
	 .address = {{ADDRESS_V4, {10, 77, 1, 2}}, 8443},
	 .place = {REGION_ARIN, 39040000, -77490000},
	 .resolver = {REGION_ARIN, 39040000, -77490000}},
	{.id = "frankfurt",
	 .url = "https://frankfurt.example:8443/v3",
	 .address = {{ADDRESS_V4, {10, 77, 2, 2}}, 8443},
	 .place = {REGION_RIPE_NCC, 50110000, 8680000},
	 .resolver = {REGION_RIPE_NCC, 50110000, 8680000}},
	{.id = "osaka",
	 .url = "https://osaka.example",
	 .address = {{ADDRESS_V4, {10, 77, 3, 2}}, 8443},
	 .place = {REGION_APNIC, 34690000, 135500000},
	 .resolver = {REGION_APNIC, 34690000, 135500000}},
	{.id = "saopaulo",
	 .url = "https://saopaulo.example",
	 .address = {{ADDRESS_V4, {10, 77, 4, 2}}, 8443},
	 .place = {REGION_LACNIC, -23550000, -46630000},
	 .resolver = {REGION_LACNIC, -23550000, -46630000}},
};
enum { REMOTES = ARRAY_LENGTH(remotes) };

static struct fake_service services[REMOTES];
static struct corroboration_plan plan;

/* All of them corroborate until a test says otherwise. */
static void begin(struct trial *trial)
{
	static const char *const urls[] = {
		"https://ashburn.example/dcv", "https://frankfurt.example:8443/v3/dcv",
		"https://osaka.example/dcv", "https://saopaulo.example/dcv"};
	plan = (struct corroboration_plan){
		.quorum = {.remotes = 4,
			   .failures = 1,
			   .many = 6,
			   .failures_many = 2,
			   .regions = 2,
			   .distance_km = 500,
			   .resolver_km = 500,
			   .resolver_regional = 1,
			   .timeout_ms = 1000},
		.primary = {.id = "primary",
			    .place = {REGION_APNIC, 1350000, 103820000},
			    .resolver = {REGION_APNIC, 1350000, 103820000}},
		.remotes = remotes,
		.remote_count = REMOTES,
	};
	for (size_t i = 0; i < REMOTES; i++)
		services[i] = (struct fake_service){
			.url = urls[i], .outcome = HTTP_ANSWERED, .status = 200, .body = PASSED};
	trial_init(trial);
	trial->world.dns = records;
	trial->world.dns_count = ARRAY_LENGTH(records);
	trial->world.services = services;
	trial->world.service_count = REMOTES;
}

static void run(struct trial *trial)
{
	struct validation_task task = trial_dns_txt("www.example.com");
	task.corroboration = &plan;
	trial_run(trial, &task);
}

static void assert_said(const struct trial *trial, enum status status, const char *words)
{
	if (trial->verdict.status != status || !strstr(trial->verdict.sentence, words))
		fail_msg("%s: %s", status_code(trial->verdict.status), trial->verdict.sentence);
}

static void all_see_the_same(void **state)
{
	struct trial trial;
	(void)state;
	begin(&trial);
	run(&trial);
	assert_said(&trial, OK, "4/4 perspectives corroborate; _issuer-validation.www.example.com");
	assert_string_equal(trial.verdict.quorum, "4/4");
	assert_string_equal(
		trial.world.asked,
		"{\"domain_or_ip_target\":\"www.example.com\","
		"\"dcv_check_parameters\":{\"validation_method\":\"dns-change\","
		"\"dns_name_prefix\":\"_issuer-validation\",\"dns_record_type\":\"TXT\","
		"\"challenge_value\":\"" TRIAL_VALUE "\",\"require_exact_match\":true}}");
	trial_release(&trial);
}

/* What the primary does not see is not asked of others. */
static void nobody_is_asked_about_a_failure(void **state)
{
	struct trial trial;
	(void)state;
	begin(&trial);
	trial.world.dns = wrong_records;
	run(&trial);
	assert_int_equal(trial.verdict.status, RECORD_WRONG);
	assert_string_equal(trial.verdict.quorum, "");
	assert_string_equal(trial.world.asked, "");
	trial_release(&trial);
}

static void each_way_not_to_corroborate(void **state)
{
	static const struct {
		struct fake_service first, second;
		enum status status;
		const char *words;
	} rows[] = {
		/* One that does not answer is allowed for, and named. */
		{{.outcome = HTTP_CONNECT_FAILED, .detail = "refused"},
		 {0},
		 OK,
		 "3/4 perspectives corroborate; ashburn could not be reached: refused; _issuer"},
		{{.outcome = HTTP_ANSWERED, .status = 500, .body = "oops"},
		 {0},
		 OK,
		 "ashburn refused the question with status 500: oops"},
		{{.outcome = HTTP_ANSWERED, .status = 200, .body = "{}"},
		 {0},
		 OK,
		 "ashburn answered what cannot be read: the member \"check_type\""},
		{{.outcome = HTTP_ANSWERED, .status = 200, .body = "<html>"},
		 {0},
		 OK,
		 "ashburn answered what cannot be read"},
		/* An answer to another check is no answer. */
		{{.outcome = HTTP_ANSWERED,
		  .status = 200,
		  .body = "{\"check_type\":\"caa\",\"check_passed\":true}"},
		 {0},
		 OK,
		 "3/4 perspectives corroborate"},
		{{.outcome = HTTP_ANSWERED,
		  .status = 200,
		  .body = "{\"check_type\":\"dcv\",\"check_passed\":\"true\"}"},
		 {0},
		 OK,
		 "\"check_passed\" of the reply is missing or wrong"},
		/* One that could not see likewise. */
		{{.outcome = HTTP_ANSWERED, .status = 200, .body = SAW("dns-failed", "SERVFAIL")},
		 {0},
		 OK,
		 "ashburn could not see: SERVFAIL"},
		/* One that sees something else is not. */
		{{.outcome = HTTP_ANSWERED, .status = 200, .body = SAW("record-wrong", "evil")},
		 {0},
		 CORROBORATION_FAILED,
		 "3/4 perspectives corroborate; ashburn sees something else: evil"},
		{{.outcome = HTTP_ANSWERED,
		  .status = 200,
		  .body = "{\"check_type\":\"dcv\",\"check_passed\":false}"},
		 {0},
		 CORROBORATION_FAILED,
		 "ashburn sees something else"},
		/* Two that do not answer are too many. */
		{{.outcome = HTTP_TIMED_OUT},
		 {.outcome = HTTP_TLS_FAILED, .detail = "expired"},
		 PERSPECTIVES_UNREACHABLE,
		 "2/4 perspectives corroborate, 3 needed; ashburn could not be reached: as the "
		 "table "
		 "says; frankfurt could not be reached: expired"},
		{{.outcome = HTTP_TIMED_OUT},
		 {.outcome = HTTP_ANSWERED, .status = 200, .body = SAW("timed-out", "late")},
		 PERSPECTIVES_UNREACHABLE,
		 "frankfurt could not see: late; ashburn could not be"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct trial trial;
		begin(&trial);
		const char *urls[] = {services[0].url, services[1].url};
		services[0] = rows[i].first;
		services[0].url = urls[0];
		if (rows[i].second.outcome != HTTP_ANSWERED || rows[i].second.status)
			services[1] = rows[i].second;
		services[1].url = urls[1];
		trial.world.order = i % 2 ? FAKE_NEWEST_FIRST : FAKE_OLDEST_FIRST;
		run(&trial);
		assert_said(&trial, rows[i].status, rows[i].words);
		trial_release(&trial);
	}
}

static void a_set_that_cannot_make_the_quorum_asks_nothing(void **state)
{
	struct trial trial;
	(void)state;
	begin(&trial);
	plan.remote_count = 3;
	run(&trial);
	assert_said(&trial, PERSPECTIVES_MISSING, "3 remote perspectives are configured");
	assert_int_equal(trial.world.udp_count, 0);
	trial_release(&trial);
}

/* BR from 2025-03-15 to 2025-09-15: the CA MAY proceed. */
static void a_missed_quorum_may_be_recorded_only(void **state)
{
	struct trial trial;
	(void)state;
	begin(&trial);
	plan.quorum.missed = MISSED_PROCEED;
	for (size_t i = 0; i < REMOTES; i++)
		services[i].outcome = HTTP_TIMED_OUT;
	run(&trial);
	assert_said(&trial, OK, "0/4 perspectives corroborate, 3 needed");
	assert_string_equal(trial.verdict.quorum, "0/4");
	trial_release(&trial);
}

/* Long words of perspectives do not push the quorum out of the sentence. */
static void long_words(void **state)
{
	static char body[2048];
	struct trial trial;
	char words[600];
	(void)state;
	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	(void)snprintf(body, sizeof(body),
		       "{\"check_type\":\"dcv\",\"check_passed\":false,\"errors\":"
		       "[{\"error_message\":\"%s\\n\\u001b\"}]}",
		       words);
	begin(&trial);
	for (size_t i = 0; i < REMOTES; i++)
		services[i].body = body;
	run(&trial);
	assert_said(&trial, CORROBORATION_FAILED, "0/4 perspectives corroborate; ashburn sees");
	assert_null(strchr(trial.verdict.sentence, '\n'));
	for (size_t i = 0; i < REMOTES; i++)
		assert_non_null(strstr(trial.verdict.sentence, remotes[i].id));
	trial_release(&trial);
}

/* --- evidence --- */

static enum status decide(const char *evidence, struct verdict *ret)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	enum status status = attempt_decide(slice_text(evidence), &arena, &record, NULL);
	if (status == OK)
		*ret = record.decided;
	return status;
}

/* The evidence with the first old after mark changed to new, which is as long. */
static char *changed(struct arena *arena, const struct trial *trial, const char *mark,
		     const char *old, const char *new)
{
	char *text = arena_bytes(arena, buffer_slice(&trial->evidence));
	char *at = strstr(text, mark);
	assert_non_null(at);
	at = strstr(at, old);
	assert_non_null(at);
	assert_int_equal(strlen(old), strlen(new));
	memcpy(at, new, strlen(new));
	return text;
}

static void evidence_recounts(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct trial trial;
	struct verdict verdict;
	(void)state;
	begin(&trial);
	services[3].outcome = HTTP_TIMED_OUT;
	run(&trial);
	assert_string_equal(trial.verdict.quorum, "3/4");
	/* Another one that did not answer: the quorum is missed. */
	char *text =
		changed(&arena, &trial, "\"id\":\"osaka\",\"url\":\"https://osaka.example/dcv\"",
			"\"outcome\":\"answered\"", "\"outcome\":\"broken\"  ");
	assert_int_equal(decide(text, &verdict), OK);
	assert_int_equal(verdict.status, PERSPECTIVES_UNREACHABLE);
	/* A stricter rule, likewise. */
	text = changed(&arena, &trial, "\"rule\"", "\"failures\":1", "\"failures\":0");
	assert_int_equal(decide(text, &verdict), OK);
	assert_int_equal(verdict.status, PERSPECTIVES_UNREACHABLE);
	/* Another question than the one that the task leads to was never asked. */
	text = changed(&arena, &trial, "\"request\":", "dns-change", "dns-chance");
	assert_int_equal(decide(text, &verdict), EVIDENCE_BROKEN);
	text = changed(&arena, &trial, "\"url\":\"https://osaka.example/dcv\"", "osaka", "izumo");
	assert_int_equal(decide(text, &verdict), EVIDENCE_BROKEN);
	/* Without the perspectives the same steps come after the decision. */
	text = changed(&arena, &trial, "\"corroboration\"", "corroboration", "corroborated!");
	assert_int_equal(decide(text, &verdict), EVIDENCE_BROKEN);
	trial_release(&trial);
}

/* The reply itself: the body is base64 in the evidence. */
static void a_changed_reply_changes_the_decision(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct trial trial;
	struct verdict verdict;
	(void)state;
	begin(&trial);
	/* "true }" and "false}" are of one length, and in base64 too. */
	services[0].body = "{ \"check_type\":\"dcv\",\"check_passed\":true }";
	services[1].outcome = HTTP_TIMED_OUT;
	run(&trial);
	assert_string_equal(trial.verdict.quorum, "3/4");
	char *text = changed(&arena, &trial, "https://ashburn.example/dcv", "dHJ1ZSB9", "ZmFsc2V9");
	assert_int_equal(decide(text, &verdict), OK);
	assert_int_equal(verdict.status, CORROBORATION_FAILED);
	trial_release(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_see_the_same),
		cmocka_unit_test(nobody_is_asked_about_a_failure),
		cmocka_unit_test(each_way_not_to_corroborate),
		cmocka_unit_test(a_set_that_cannot_make_the_quorum_asks_nothing),
		cmocka_unit_test(a_missed_quorum_may_be_recorded_only),
		cmocka_unit_test(long_words),
		cmocka_unit_test(evidence_recounts),
		cmocka_unit_test(a_changed_reply_changes_the_decision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
