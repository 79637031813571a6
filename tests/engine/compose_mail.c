/*
 * compose_mail: facts as JSON lines on stdin; for each a line with the length of
 * the mail, then the mail. A refusal is the line "-" and the sentence. For tests
 * that read mails with a program of others.
 */
#include "base/json.h"
#include "engine/people/message_text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAMES = 100, LINE = 1 << 20 };

static const char *text(const json_t *facts, const char *key)
{
	return json_string_value(json_object_get(facts, key));
}

static void compose(const struct message_templates *templates, const json_t *facts)
{
	const char *names[NAMES];
	size_t count = 0;
	const json_t *list = json_object_get(facts, "names");
	for (; count < json_array_size(list) && count < NAMES; count++)
		names[count] = json_string_value(json_array_get(list, count));
	const struct message_facts said = {
		.from = text(facts, "from"),
		.from_name = text(facts, "from_name"),
		.reply_to = text(facts, "reply_to"),
		.to = text(facts, "to"),
		.message_id = text(facts, "message_id"),
		.boundary = text(facts, "boundary"),
		.at = json_integer_value(json_object_get(facts, "at")),
		.applicant = text(facts, "applicant"),
		.country = text(facts, "country"),
		.product = text(facts, "product"),
		.ca = text(facts, "ca"),
		.domain = text(facts, "domain"),
		.domain_display = text(facts, "domain_display"),
		.names = names,
		.name_count = count,
		.roles = text(facts, "roles"),
		.source = text(facts, "source"),
		.url = text(facts, "url"),
		.value = text(facts, "value"),
		.until_at = json_integer_value(json_object_get(facts, "until_at")),
		.zone_s = 9 * 3600,
	};
	CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
	struct error err = NO_ERROR;
	if (message_compose(templates, &said, &out, &err) != OK)
		(void)printf("- %s\n", err.sentence);
	else
		(void)printf("%zu\n%s", out.length, buffer_text(&out));
}

int main(void)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const char *const folders[] = {ISSUER_SOURCE_DIR "/policy/data/templates/ask"};
	struct message_templates templates;
	static char line[LINE];
	if (message_templates_load(folders, 1, &arena, &templates, NULL) != OK)
		return EXIT_FAILURE;
	while (fgets(line, sizeof(line), stdin)) {
		json_t *facts = json_loads(line, JSON_ALLOW_NUL, NULL);
		if (!facts)
			return EXIT_FAILURE;
		compose(&templates, facts);
		json_decref(facts);
	}
	return EXIT_SUCCESS;
}
