/* Checks for a controller elsewhere: see perspective.h. */
#include "engine/perspective.h"

#include "base/digest.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "engine/rule.h"
#include "validators/perspective_message.h"

#include <stdlib.h>

/* A reply is small: the page is cut, records are bounded by the packet. */
enum { REPLY_MAX = 1 << 20 };

/* One check under way. */
struct check {
	struct environment *environment;
	struct arena arena;
	struct validation_task task;
	perspective_done *done;
	void *context;
};

static void check_free(struct check *check)
{
	arena_release(&check->arena);
	free(check);
}

static void check_freep(struct check **check)
{
	if (*check)
		check_free(*check);
}

static void checked(void *context, const struct attempt_result *result)
{
	struct check *check = context;
	struct environment *environment = check->environment;
	CLEANUP(buffer_release) struct buffer body;
	buffer_init(&body, REPLY_MAX);
	perspective_reply_write(&check->task, &result->verdict, result->evidence,
				environment->now(environment->self), &body);
	struct perspective_answer answer = {
		.body = buffer_slice(&body),
		.domain = check->task.domain,
		.method = check->task.method,
		.code = status_code(result->verdict.status),
		.sentence = result->verdict.sentence,
	};
	check->done(check->context, &answer);
	check_free(check);
}

enum status perspective_check(const struct perspective_service *service, const char *name,
			      struct slice body, perspective_done *done, void *context,
			      struct error *err)
{
	CLEANUP(check_freep) struct check *check = memory_new(1, sizeof(*check));
	struct environment *environment = service->setting.environment;
	enum check_type type;
	if (check_type_parse(name, &type) != OK)
		return fail(err, NOT_FOUND, "there is no check \"%.40s\"", name);
	TRY(perspective_request_read(type, body, &check->arena, &check->task, err));
	TRY(rule_of_task(service->pack, environment->now(environment->self), &check->task, err));
	char *digest = arena_new(&check->arena, DIGEST_TEXT, 1);
	check->task.pack = service->pack->id;
	check->task.pack_digest = digest_text(service->pack->digest, digest);
	check->task.anchors = service->anchors;
	check->environment = environment;
	check->done = done;
	check->context = context;
	struct check *begun = STEAL(check);
	(void)attempt_start(&service->setting, &begun->task, checked, begun);
	return OK;
}

void perspective_refusal(const struct error *why, struct buffer *out)
{
	json_text_open(out, NULL, '{');
	json_text_open(out, "errors", '[');
	json_text_open(out, NULL, '{');
	json_text_string(out, "error_type", "request:refused");
	json_text_string(out, "error_message", why->sentence);
	json_text_string(out, "code", status_code(why->status));
	json_text_close(out, '}');
	json_text_close(out, ']');
	json_text_close(out, '}');
}
