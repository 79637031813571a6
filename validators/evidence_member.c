/* Members of evidence: see evidence_member.h. */
#include "validators/evidence_member.h"

#include "base/json_text.h"

#include <stdarg.h>
#include <stdio.h>

enum status member_broken(struct error *err, const char *member)
{
	return fail(err, EVIDENCE_BROKEN, "the member \"%s\" is missing or not usable", member);
}

enum status member_text(const json_t *object, const char *member, struct arena *arena,
			const char **ret, struct error *err)
{
	const char *text = json_get_text(object, member);
	if (!text)
		return member_broken(err, member);
	*ret = arena_text(arena, text);
	return OK;
}

enum status member_bytes(const json_t *object, const char *member, size_t limit,
			 struct arena *arena, struct slice *ret, struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes;
	buffer_init(&bytes, limit);
	if (json_get_bytes(object, member, &bytes) != OK)
		return member_broken(err, member);
	*ret = slice_of(arena_bytes(arena, buffer_slice(&bytes)), bytes.length);
	return OK;
}

/* ---- facts by tables ---- */

void facts_open(struct buffer *out, const struct fact_table *table, const void *facts)
{
	const char *at = facts;
	json_text_open(out, NULL, '{');
	json_text_integer(out, "version", table->version);
	for (size_t i = 0; i < table->text_count; i++) {
		const struct fact_member *member = &table->texts[i];
		json_text_string(out, member->name,
				 *(const char *const *)(const void *)(at + member->offset));
	}
	for (size_t i = 0; i < table->instant_count; i++) {
		const struct fact_member *member = &table->instants[i];
		json_text_instant(out, member->name,
				  *(const int64_t *)(const void *)(at + member->offset));
	}
}

void facts_close(struct buffer *out, const struct verdict *verdict)
{
	json_text_open(out, "verdict", '{');
	json_text_string(out, "code", status_code(verdict->status));
	json_text_string(out, "sentence", verdict->sentence);
	json_text_close(out, '}');
	json_text_close(out, '}');
}

static enum status read_tables(const json_t *object, const struct fact_table *table,
			       struct arena *arena, char *facts, struct error *err)
{
	if (json_get_integer(object, "version", 0) != table->version)
		return member_broken(err, "version");
	for (size_t i = 0; i < table->text_count; i++) {
		const struct fact_member *member = &table->texts[i];
		const char *text = json_get_text(object, member->name);
		if (!text && member->needed)
			return member_broken(err, member->name);
		*(const char **)(void *)(facts + member->offset) = arena_text(arena, text);
	}
	for (size_t i = 0; i < table->instant_count; i++) {
		const struct fact_member *member = &table->instants[i];
		int64_t at = json_get_instant(object, member->name);
		if (at == 0 && (member->needed || json_object_get(object, member->name)))
			return member_broken(err, member->name);
		*(int64_t *)(void *)(facts + member->offset) = at;
	}
	return OK;
}

enum status facts_read(struct slice evidence, const struct fact_table *table, struct arena *arena,
		       void *facts, enum status *ret_recorded, json_t **ret_object,
		       struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct error why = NO_ERROR;
	if (json_read(evidence, &object, &why) != OK)
		return fail(err, EVIDENCE_BROKEN, "%s", why.sentence);
	TRY(read_tables(object, table, arena, facts, err));
	const char *code = json_get_text(json_object_get(object, "verdict"), "code");
	enum status recorded = code ? status_from_code(code) : STATUS_COUNT;
	if (recorded == STATUS_COUNT)
		return member_broken(err, "verdict");
	*ret_recorded = recorded;
	*ret_object = STEAL(object);
	return OK;
}

void verdict_say(struct verdict *ret, enum status status, const char *format, ...)
{
	va_list arguments;
	*ret = (struct verdict){.status = status};
	va_start(arguments, format);
	(void)vsnprintf(ret->sentence, sizeof(ret->sentence), format, arguments);
	va_end(arguments);
}
