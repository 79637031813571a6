/* Doubles of engine/people/answer.c: see engine_double.h. */
#include "tests/gateway/engine_double.h"

#include <stdio.h>
#include <string.h>

struct engine_saw engine_saw;

enum status question_of_value(struct engine *engine, const char *value, struct arena *arena,
			      struct question *ret, struct error *err)
{
	static const char *names[] = {"www.example.jp"};
	(void)engine;
	(void)arena;
	engine_saw.asked++;
	if (engine_saw.fails != OK)
		return fail(err, engine_saw.fails, "the store is somewhere else");
	if (strcmp(value, VALUE) != 0 && strcmp(value, OTHER) != 0)
		return fail(err, NOT_FOUND, "nobody was asked with %s", value);
	*ret = (struct question){
		.message_id = 7,
		.state = engine_saw.state,
		.answered_at = engine_saw.state == MESSAGE_OPEN ? 0 : INT64_C(1795359899000),
		.expired = engine_saw.expired,
		.recipient = "admin@example.jp",
		.roles = "constructed",
		.source = "the rules",
		.applicant = engine_saw.applicant,
		.product = "product",
		.ca = "ca",
		.domain = "example.jp",
		.domain_display = "example.jp",
		.names = names,
		.name_count = 1,
		.may_narrow = engine_saw.may_narrow,
		.asked_at = INT64_C(1795359899000),
		.until_at = INT64_C(1797951899000),
	};
	return OK;
}

enum status command_answer(struct engine *engine, const struct answer_params *params,
			   struct answered *ret, struct error *err)
{
	static const enum message_state states[] = {[ANSWER_YES] = MESSAGE_YES,
						    [ANSWER_NO] = MESSAGE_NO,
						    [ANSWER_NOT_ME] = MESSAGE_NOT_ME};
	(void)engine;
	if (engine_saw.state != MESSAGE_OPEN)
		return fail(err, ANSWER_CLOSED, "closed");
	engine_saw.answered++;
	engine_saw.said = params->said;
	engine_saw.scope = params->scope;
	engine_saw.state = states[params->said];
	(void)snprintf(engine_saw.client, sizeof(engine_saw.client), "%s", params->client);
	(void)snprintf(engine_saw.agent, sizeof(engine_saw.agent), "%s",
		       params->user_agent ? params->user_agent : "");
	(void)snprintf(engine_saw.language, sizeof(engine_saw.language), "%s", params->language);
	(void)snprintf(engine_saw.page, sizeof(engine_saw.page), "%.*s", (int)params->page.length,
		       (const char *)params->page.data);
	*ret = (struct answered){.message_id = 7, .state = engine_saw.state};
	return OK;
}

const char *answer_said_text(enum answer_said said)
{
	static const char *const texts[] = {
		[ANSWER_YES] = "yes", [ANSWER_NO] = "no", [ANSWER_NOT_ME] = "not-me"};
	return texts[said];
}

enum status answer_said_parse(const char *text, enum answer_said *ret, struct error *err)
{
	for (enum answer_said i = ANSWER_YES; i <= ANSWER_NOT_ME; i++) {
		if (strcmp(text, answer_said_text(i)) != 0)
			continue;
		*ret = i;
		return OK;
	}
	return fail(err, USAGE, "no answer");
}
