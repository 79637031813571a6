/* The table of validation methods, and how a conversation ends: see validator.h. */
#include "validators/validator.h"

#include "validators/corroboration.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct validator *const validators[] = {
	&validator_alias,
	&validator_caa,
	&validator_contacts,
	&validator_dns_01,
	&validator_dns_account_01,
	&validator_dns_persist_01,
	&validator_dns_txt,
	&validator_http_01,
	&validator_iodef,
	&validator_tls_alpn_01,
	&validator_web_page,
	&validator_whois_email,
	&validator_whois_phone,
	&validator_constructed_email,
	&validator_dns_contact_email,
	&validator_dns_contact_phone,
};

const struct validator *validator_find(const char *method)
{
	for (size_t i = 0; i < ARRAY_LENGTH(validators); i++)
		if (strcmp(validators[i]->method, method) == 0)
			return validators[i];
	return NULL;
}

static void corroborate_when_shown(struct validation *validation)
{
	if (validation->finished && validation->verdict.status == OK &&
	    validation->task->corroboration)
		corroboration_begin(validation);
}

void validation_begin(struct validation *validation, const struct validator *validator,
		      const struct validation_task *task, const struct network *network,
		      struct arena *arena)
{
	*validation = (struct validation){
		.task = task,
		.validator = validator,
		.network = network,
		.arena = arena,
		.trust = {.anchors = task->anchors,
			  .at_ms = task->anchors_at_ms,
			  .shared = {.verified = task->verified}},
		.steps = {.arena = arena},
		.state = arena_new(arena, 1, validator->state_size),
	};
	if (task->corroboration && !corroboration_may_begin(validation))
		return;
	validator->begin(validation);
	corroborate_when_shown(validation);
}

bool validation_awaits(const struct validation *validation, enum step_kind kind)
{
	return !validation->finished && !validation->corroboration == (kind != STEP_PERSPECTIVE);
}

void validation_advance(struct validation *validation, const struct event *event)
{
	if (validation->corroboration) {
		corroboration_advance(validation, event);
		return;
	}
	validation->validator->advance(validation, event);
	corroborate_when_shown(validation);
}

void validation_release(struct validation *validation)
{
	dnssec_shared_release(&validation->trust.shared);
}

void validation_lookup(struct validation *validation, struct lookup *lookup, const char *name,
		       uint16_t type)
{
	lookup_begin(lookup, name, type, &validation->trust, &validation->steps);
}

void validation_finish(struct validation *validation, enum status status, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(validation->verdict.sentence, sizeof(validation->verdict.sentence), format,
			arguments);
	va_end(arguments);
	validation->verdict.status = status;
	validation->finished = true;
}

void validation_hint(struct validation *validation, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(validation->verdict.hint, sizeof(validation->verdict.hint), format,
			arguments);
	va_end(arguments);
}

const char *validation_shown(struct validation *validation, struct slice bytes, size_t limit)
{
	bool cut = bytes.length > limit;
	size_t length = cut ? limit : bytes.length;
	char *shown = arena_new(validation->arena, length + 4, 1);
	for (size_t i = 0; i < length; i++)
		shown[i] =
			bytes.data[i] >= 0x20 && bytes.data[i] < 0x7f ? (char)bytes.data[i] : '?';
	if (cut)
		memcpy(shown + length, "...", 3);
	return shown;
}
