/* One attempt in a faked world: see trial.h. */
#include "tests/validators/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const identifiers[] = {"ca.example", "ca2.example"};

static const struct validation_limits limits = {
	.redirects_max = 10,
	.body_max = 4096,
	.connect_timeout_ms = 5000,
	.timeout_ms = 10000,
	.dns_timeout_ms = 2000,
	.dns_tries = 2,
};

struct validation_task trial_web_page(const char *domain)
{
	return (struct validation_task){
		.method = "web-page",
		.label = "BR 3.2.2.4.18",
		.domain = domain,
		.file_name = TRIAL_FILE,
		.value = TRIAL_VALUE,
		.pack = "agency",
		.pack_digest = "00ff",
		.limits = limits,
	};
}

struct validation_task trial_dns_txt(const char *domain)
{
	struct validation_task task = trial_web_page(domain);
	task.method = "dns-txt";
	task.label = "BR 3.2.2.4.7";
	task.file_name = NULL;
	return task;
}

struct validation_task trial_http_01(const char *domain)
{
	struct validation_task task = trial_web_page(domain);
	task.method = "http-01";
	task.label = "BR 3.2.2.4.19";
	task.file_name = TRIAL_TOKEN;
	task.value = TRIAL_KEY_AUTHORIZATION;
	return task;
}

struct validation_task trial_tls_alpn_01(const char *domain)
{
	struct validation_task task = trial_http_01(domain);
	task.method = "tls-alpn-01";
	task.label = "BR 3.2.2.4.20";
	return task;
}

struct validation_task trial_caa(const char *domain)
{
	return (struct validation_task){
		.method = "caa",
		.label = "RFC 8659",
		.domain = domain,
		.identifiers = identifiers,
		.identifier_count = ARRAY_LENGTH(identifiers),
		.pack = "agency",
		.pack_digest = "00ff",
		.limits = limits,
	};
}

void trial_init(struct trial *trial)
{
	*trial = (struct trial){0};
	fake_world_init(&trial->world);
	buffer_init(&trial->evidence, 32 << 20);
}

void trial_release(struct trial *trial)
{
	fake_world_release(&trial->world);
	buffer_release(&trial->evidence);
}

static void on_done(void *context, const struct attempt_result *result)
{
	struct trial *trial = context;
	trial->done_count++;
	trial->verdict = result->verdict;
	trial->evidence_kind = result->evidence_kind;
	buffer_clear(&trial->evidence);
	buffer_append_slice(&trial->evidence, result->evidence);
}

static void assert_verdict(const struct verdict *a, const struct verdict *b)
{
	assert_string_equal(status_code(a->status), status_code(b->status));
	assert_string_equal(a->sentence, b->sentence);
	assert_string_equal(a->hint, b->hint);
	assert_string_equal(a->decided_by, b->decided_by);
	assert_int_equal(a->ttl_s, b->ttl_s);
}

void trial_run(struct trial *trial, const struct validation_task *task)
{
	trial->done_count = 0;
	trial->world.contact_count = 0;
	struct attempt_setting setting = {
		.environment = &trial->world.environment,
		.network = &trial->world.network,
		.memory = trial->memory,
	};
	(void)attempt_start(&setting, task, on_done, trial);
	assert_int_equal(trial->done_count, 0);
	fake_world_run(&trial->world);
	assert_int_equal(trial->done_count, 1);
	assert_true(trial->verdict.sentence[0]);
	/* Nobody outside can do anything about our own mistakes. */
	enum status status = trial->verdict.status;
	if (status != OK && status != INTERNAL && status != METHOD_UNKNOWN)
		assert_true(trial->verdict.hint[0]);

	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct error err = NO_ERROR;
	if (status == METHOD_UNKNOWN)
		return;
	if (attempt_decide(buffer_slice(&trial->evidence), &arena, &record, &err) != OK)
		fail_msg("the evidence of \"%s\" does not decide: %s", trial->verdict.sentence,
			 err.sentence);
	assert_verdict(&record.recorded, &trial->verdict);
	assert_verdict(&record.decided, &trial->verdict);
	assert_string_equal(record.task.domain, task->domain);
}
