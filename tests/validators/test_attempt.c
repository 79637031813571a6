/* Attempts and their evidence: what is recorded, what a change to it does, and how one ends early.
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

#define SITE "www.example.com"
#define V4 "198.41.0.4"

static const struct fake_dns site_dns[] = {
	{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A " V4}, 0},
	{"example.com",
	 DNS_TYPE_CAA,
	 FAKE_ANSWER,
	 {"example.com. 300 IN CAA 0 issue \"ca.example\""},
	 0},
};

static const struct fake_page site_pages[] = {
	{.host = SITE,
	 .target = TRIAL_PATH,
	 .outcome = HTTP_ANSWERED,
	 .status = 301,
	 .headers = "Location: https://" SITE "/v\r\n"},
	{.host = SITE,
	 .target = "/v",
	 .outcome = HTTP_ANSWERED,
	 .status = 200,
	 .body = TRIAL_VALUE},
};

static struct attempt_setting setting_of(struct fake_world *world)
{
	return (struct attempt_setting){.environment = &world->environment,
					.network = &world->network};
}

static void use_site(struct fake_world *world)
{
	world->dns = site_dns;
	world->dns_count = ARRAY_LENGTH(site_dns);
	world->pages = site_pages;
	world->page_count = ARRAY_LENGTH(site_pages);
}

/* The evidence of a good attempt; the caller drops the reference. */
static json_t *good_evidence(struct validation_task task)
{
	struct trial trial;
	trial_init(&trial);
	use_site(&trial.world);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	json_t *evidence = NULL;
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	trial_release(&trial);
	return evidence;
}

/* EVIDENCE_BROKEN, or the status decided. */
static enum status decide(const json_t *evidence)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct error err = NO_ERROR;
	struct buffer text;
	buffer_init(&text, 1 << 20);
	json_write_sorted(evidence, &text);
	enum status status = attempt_decide(buffer_slice(&text), &arena, &record, &err);
	buffer_release(&text);
	if (status == OK)
		return record.decided.status;
	assert_int_equal(status, EVIDENCE_BROKEN);
	assert_true(err.sentence[0]);
	return status;
}

static json_t *steps_of(json_t *evidence)
{
	return json_object_get(evidence, "steps");
}

static json_t *last_step(json_t *evidence)
{
	return json_array_get(steps_of(evidence), json_array_size(steps_of(evidence)) - 1);
}

/* --- what is recorded --- */

static void test_record(void **state)
{
	(void)state;
	struct trial trial;
	trial_init(&trial);
	use_site(&trial.world);
	struct validation_task task = trial_web_page(SITE);
	trial_run(&trial, &task);
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	assert_int_equal(attempt_decide(buffer_slice(&trial.evidence), &arena, &record, NULL), OK);
	assert_string_equal(record.task.method, "web-page");
	assert_string_equal(record.task.label, "BR 3.2.2.4.18");
	assert_string_equal(record.task.file_name, TRIAL_FILE);
	assert_string_equal(record.task.value, TRIAL_VALUE);
	assert_string_equal(record.task.pack, "agency");
	assert_string_equal(record.task.pack_digest, "00ff");
	assert_memory_equal(&record.task.limits, &task.limits, sizeof(task.limits));
	/* Two hops of AAAA, A and a fetch. */
	assert_int_equal(record.step_count, 6);
	assert_int_equal(record.began_ms, INT64_C(1795320000000));
	trial_release(&trial);
}

static void test_same_bytes(void **state)
{
	(void)state;
	json_t *first = good_evidence(trial_web_page(SITE));
	json_t *second = good_evidence(trial_web_page(SITE));
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

/* --- what a change does --- */

static void check_step_changes(struct validation_task task)
{
	json_t *good = good_evidence(task);
	size_t count = json_array_size(steps_of(good));
	assert_int_equal(decide(good), OK);
	for (size_t i = 0; i < count; i++) {
		json_t *removed = json_deep_copy(good);
		json_array_remove(steps_of(removed), i);
		assert_int_equal(decide(removed), EVIDENCE_BROKEN);
		json_decref(removed);

		json_t *doubled = json_deep_copy(good);
		json_array_append(steps_of(doubled), json_array_get(steps_of(doubled), i));
		assert_int_equal(decide(doubled), EVIDENCE_BROKEN);
		json_integer_set(json_object_get(last_step(doubled), "n"), (json_int_t)count + 1);
		assert_int_equal(decide(doubled), EVIDENCE_BROKEN);
		json_decref(doubled);

		json_t *moved = json_deep_copy(good);
		json_t *step = json_array_get(steps_of(moved), i);
		json_object_set_new(step, "id", json_integer(77));
		assert_int_equal(decide(moved), EVIDENCE_BROKEN);
		json_decref(moved);
	}
	json_decref(good);
}

static void test_step_changes(void **state)
{
	(void)state;
	check_step_changes(trial_web_page(SITE));
	check_step_changes(trial_caa(SITE));
}

static void set_bytes(json_t *object, const char *member, const char *text)
{
	json_object_del(object, member);
	json_add_bytes(object, member, slice_text(text));
}

static void test_changed_page(void **state)
{
	(void)state;
	json_t *good = good_evidence(trial_web_page(SITE));

	json_t *body = json_deep_copy(good);
	set_bytes(json_object_get(last_step(body), "http"), "body", "something else");
	assert_int_equal(decide(body), PAGE_WRONG);
	json_decref(body);

	json_t *status = json_deep_copy(good);
	json_object_set_new(json_object_get(last_step(status), "http"), "status",
			    json_integer(404));
	assert_int_equal(decide(status), PAGE_MISSING);
	json_decref(status);

	json_t *address = json_deep_copy(good);
	json_object_set_new(json_object_get(last_step(address), "http"), "address",
			    json_string("192.33.4.12"));
	assert_int_equal(decide(address), EVIDENCE_BROKEN);
	json_decref(address);

	json_t *request = json_deep_copy(good);
	set_bytes(json_object_get(last_step(request), "http"), "request", TRIAL_VALUE);
	assert_int_equal(decide(request), PAGE_WRONG);
	json_decref(request);

	json_t *value = json_deep_copy(good);
	json_object_set_new(json_object_get(value, "task"), "value", json_string("another"));
	assert_int_equal(decide(value), PAGE_WRONG);
	json_decref(value);
	json_decref(good);
}

/* The allowed prefixes of the time decide, not today's configuration. */
static void test_recorded_prefixes(void **state)
{
	(void)state;
	static const struct fake_dns dns[] = {
		{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A 127.0.0.1"}, 0}};
	struct trial trial;
	trial_init(&trial);
	use_site(&trial.world);
	trial.world.dns = dns;
	trial.world.dns_count = 1;
	struct validation_task task = trial_web_page(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	json_t *evidence = NULL;
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	json_array_clear(json_object_get(json_object_get(evidence, "task"), "allowed_prefixes"));
	/* Without them the fetches that follow would not have been asked for. */
	assert_int_equal(decide(evidence), EVIDENCE_BROKEN);
	json_decref(evidence);
	trial_release(&trial);
}

/* One octet of the issuer's name in the packet that decides. */
static void test_changed_record(void **state)
{
	(void)state;
	json_t *evidence = good_evidence(trial_caa(SITE));
	json_t *dns = NULL;
	for (size_t i = 0; i < json_array_size(steps_of(evidence)); i++) {
		json_t *one = json_object_get(json_array_get(steps_of(evidence), i), "dns");
		if (strcmp(json_get_text(one, "name"), "example.com") == 0)
			dns = one;
	}
	assert_non_null(dns);
	struct buffer packet;
	buffer_init(&packet, 4096);
	assert_int_equal(json_get_bytes(dns, "answer", &packet), OK);
	ptrdiff_t at = slice_find(buffer_slice(&packet), slice_text("ca.example"));
	assert_true(at > 0);
	packet.data[at] = 'x';
	json_object_del(dns, "answer");
	json_add_bytes(dns, "answer", buffer_slice(&packet));
	assert_int_equal(decide(evidence), CAA_FORBIDDEN);
	buffer_release(&packet);
	json_decref(evidence);
}

struct member_change {
	const char *where; /* "", "task", "verdict" or "step" */
	const char *member;
	const char *json; /* the new value as a member of {"x": …}; NULL: gone */
};

/* clang-format off */
static const struct member_change member_changes[] = {
	{"", "version", "{\"x\": 2}"}, {"", "version", NULL},
	{"", "method", "{\"x\": \"crystal-ball\"}"}, {"", "method", NULL},
	{"", "label", NULL}, {"", "pack", NULL}, {"", "pack_digest", "{\"x\": 1}"},
	{"", "began", "{\"x\": \"yesterday\"}"}, {"", "steps", NULL}, {"", "steps", "{\"x\": {}}"},
	{"", "task", NULL}, {"", "verdict", NULL},
	{"task", "domain", NULL}, {"task", "wildcard", "{\"x\": 1}"}, {"task", "limits", "{\"x\": {}}"},
	{"task", "identifiers", "{\"x\": [1]}"}, {"task", "allowed_prefixes", "{\"x\": [\"10/8\"]}"},
	{"task", "allowed_prefixes", NULL},
	{"verdict", "code", "{\"x\": \"splendid\"}"}, {"verdict", "ttl_s", "{\"x\": -1}"}, {"verdict", "sentence", NULL},
	{"step", "n", "{\"x\": 0}"}, {"step", "at", NULL}, {"step", "took_ms", "{\"x\": -1}"},
	{"step", "http", NULL}, {"step", "dns", "{\"x\": {}}"}, {"step", "http", "{\"x\": []}"},
	{"http", "scheme", "{\"x\": \"ftp\"}"}, {"http", "host", NULL}, {"http", "port", "{\"x\": 65536}"},
	{"http", "target", NULL}, {"http", "address", "{\"x\": \"here\"}"}, {"http", "connect_port", NULL},
	{"http", "outcome", "{\"x\": \"fine\"}"}, {"http", "status", NULL}, {"http", "request", "{\"x\": \"===\"}"},
	{"http", "headers", NULL}, {"http", "body", "{\"x\": \"a\"}"}, {"http", "body_cut", NULL},
	{"http", "certificate", NULL}, {"http", "detail", NULL},
};
/* clang-format on */

static json_t *member_parent(json_t *evidence, const char *where)
{
	if (where[0] == '\0')
		return evidence;
	if (strcmp(where, "step") == 0)
		return last_step(evidence);
	if (strcmp(where, "http") == 0)
		return json_object_get(last_step(evidence), "http");
	return json_object_get(evidence, where);
}

static void test_unreadable_members(void **state)
{
	(void)state;
	json_t *good = good_evidence(trial_web_page(SITE));
	for (size_t i = 0; i < ARRAY_LENGTH(member_changes); i++) {
		const struct member_change *change = &member_changes[i];
		json_t *changed = json_deep_copy(good);
		json_t *parent = member_parent(changed, change->where);
		json_object_del(parent, change->member);
		if (change->json) {
			json_t *holder = NULL;
			assert_int_equal(json_read(slice_text(change->json), &holder, NULL), OK);
			json_object_set(parent, change->member, json_object_get(holder, "x"));
			json_decref(holder);
		}
		if (decide(changed) != EVIDENCE_BROKEN)
			fail_msg("%s %s %s is read", change->where, change->member, change->json);
		json_decref(changed);
	}
	json_decref(good);

	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	assert_int_equal(attempt_decide(slice_text("no JSON"), &arena, &record, NULL),
			 EVIDENCE_BROKEN);
	assert_int_equal(attempt_decide(slice_text("{}"), &arena, &record, NULL), EVIDENCE_BROKEN);
}

/* --- early ends --- */

static void never(void *context, const struct attempt_result *result)
{
	(void)context;
	fail_msg("an abandoned attempt said %s", result->verdict.sentence);
}

/* Abandoned after each number of deliveries: done never comes, nothing leaks or is touched later.
 */
static void test_abandon(void **state)
{
	(void)state;
	struct validation_task tasks[] = {trial_web_page(SITE), trial_caa(SITE),
					  trial_web_page(SITE)};
	tasks[2].value = "";
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		for (int delivered = 0; delivered < (i == 0 ? 6 : i == 1 ? 2 : 1); delivered++) {
			struct fake_world world;
			fake_world_init(&world);
			use_site(&world);
			struct attempt_setting setting = setting_of(&world);
			struct attempt *attempt = attempt_start(&setting, &tasks[i], never, NULL);
			for (int k = 0; k < delivered; k++)
				world.environment.wait(&world, 0);
			attempt_abandon(attempt);
			size_t asked = world.udp_count + world.contact_count;
			fake_world_run(&world);
			assert_int_equal(world.udp_count + world.contact_count, asked);
			fake_world_release(&world);
		}
	}
}

static void count_done(void *context, const struct attempt_result *result)
{
	struct trial *trial = context;
	trial->done_count++;
	trial->verdict = result->verdict;
}

static void test_unknown_method(void **state)
{
	(void)state;
	struct fake_world world;
	fake_world_init(&world);
	use_site(&world);
	struct trial trial = {0};
	struct validation_task task = trial_caa(SITE);
	task.method = "crystal-ball";
	struct attempt_setting setting = setting_of(&world);
	(void)attempt_start(&setting, &task, count_done, &trial);
	assert_int_equal(trial.done_count, 0);
	fake_world_run(&world);
	assert_int_equal(trial.done_count, 1);
	assert_int_equal(trial.verdict.status, METHOD_UNKNOWN);
	fake_world_release(&world);
}

static void keep_evidence(void *context, const struct attempt_result *result)
{
	buffer_append_slice(context, result->evidence);
}

static void test_rehearsal_clock(void **state)
{
	(void)state;
	struct fake_world world;
	fake_world_init(&world);
	use_site(&world);
	struct buffer evidence;
	buffer_init(&evidence, 1 << 20);
	struct validation_task task = trial_caa(SITE);
	int64_t offset = INT64_C(400) * 86400000;
	struct attempt_setting setting = setting_of(&world);
	setting.clock_offset_ms = offset;
	(void)attempt_start(&setting, &task, keep_evidence, &evidence);
	fake_world_run(&world);
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	assert_int_equal(attempt_decide(buffer_slice(&evidence), &arena, &record, NULL), OK);
	assert_int_equal(record.began_ms, INT64_C(1795320000000) + offset);
	buffer_release(&evidence);
	fake_world_release(&world);
}

/* A chain of redirects with huge headers stops at the bound on all answers together. */
static void test_answers_are_bounded(void **state)
{
	(void)state;
	enum { HUGE_HEADERS = 300 << 10 };
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	char *headers = arena_new(&arena, HUGE_HEADERS + 64, 1);
	size_t length = (size_t)snprintf(headers, 64, "Location: " TRIAL_PATH "\r\nX: ");
	memset(headers + length, 'x', HUGE_HEADERS);
	memcpy(headers + length + HUGE_HEADERS, "\r\n", 3);
	const struct fake_page page = {.host = SITE,
				       .target = TRIAL_PATH,
				       .outcome = HTTP_ANSWERED,
				       .status = 301,
				       .headers = headers};
	struct trial trial;
	trial_init(&trial);
	use_site(&trial.world);
	trial.world.pages = &page;
	trial.world.page_count = 1;
	struct validation_task task = trial_web_page(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, CONNECT_FAILED);
	assert_non_null(strstr(trial.verdict.sentence, "too long together"));
	assert_int_equal(trial.world.contact_count, 4);
	trial_release(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_step_changes),
		cmocka_unit_test(test_changed_page),
		cmocka_unit_test(test_recorded_prefixes),
		cmocka_unit_test(test_changed_record),
		cmocka_unit_test(test_unreadable_members),
		cmocka_unit_test(test_abandon),
		cmocka_unit_test(test_unknown_method),
		cmocka_unit_test(test_rehearsal_clock),
		cmocka_unit_test(test_answers_are_bounded),
	};
	return cmocka_run_group_tests_name("validators.attempt", tests, NULL, NULL);
}
