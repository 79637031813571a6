/*
 * Questions to a pack: which row is in force now? Rows of one id never overlap
 * (pack_file.c refuses that), so the answer is one row or a sentence that says
 * since when, or from when, there is none.
 */
#include "policy/pack.h"

#include "csr/names.h"
#include "policy/nearest.h"

#include <string.h>

enum { KNOWN_MAX = 64, SENTENCE_MAX = 400 };

const char *method_label(const struct method_rule *rule, const char *domain)
{
	return name_is_address(domain) && rule->ip_label ? rule->ip_label : rule->label;
}

int64_t retry_wait_ms(const struct retry_rule *rule, int attempt)
{
	int64_t wait_ms = rule->first_ms;
	if (rule->factor > 1) {
		for (int i = 1; i < attempt && wait_ms < rule->longest_ms; i++)
			wait_ms *= rule->factor;
	}
	return wait_ms < rule->longest_ms ? wait_ms : rule->longest_ms;
}

/* Methods ------------------------------------------------------------------ */

/* The ids of implemented methods in force at now, each once (rows are sorted by id). */
static size_t usable_methods(const struct pack *pack, int64_t now_ms, const char **ids)
{
	size_t count = 0;
	for (size_t i = 0; i < pack->method_count && count < KNOWN_MAX; i++) {
		const struct method_rule *rule = &pack->methods[i];
		if (rule->implemented && in_force_at(&rule->dates, now_ms))
			ids[count++] = rule->id;
	}
	return count;
}

static enum status fail_method_unknown(const struct pack *pack, const char *id, int64_t now_ms,
				       const char *why, struct error *err)
{
	const char *known[KNOWN_MAX];
	size_t count = usable_methods(pack, now_ms, known);
	CLEANUP(buffer_release) struct buffer list;
	buffer_init(&list, SENTENCE_MAX);
	for (size_t i = 0; i < count; i++)
		buffer_printf(&list, "%s%s", i ? ", " : "", known[i]);
	(void)fail(err, METHOD_UNKNOWN, "validation method \"%.60s\" %s; pack %s has %s", id, why,
		   pack->id, count ? buffer_text(&list) : "none that can be used");
	const char *nearest = nearest_word(id, known, count);
	return nearest ? fail_hint(err, METHOD_UNKNOWN, "did you mean %s?", nearest)
		       : METHOD_UNKNOWN;
}

/* Not in force: before its first row, after its last, or between two. */
static enum status fail_method_dates(const struct pack *pack, const char *id, int64_t now_ms,
				     struct error *err)
{
	char date[CIVIL_TEXT];
	const struct method_rule *retired = NULL;
	for (size_t i = 0; i < pack->method_count; i++) {
		const struct method_rule *rule = &pack->methods[i];
		if (strcmp(rule->id, id) != 0)
			continue;
		if (rule->dates.from_ms > now_ms)
			return fail(err, METHOD_NOT_YET,
				    "validation method %s (%s) is not allowed before %s: %s",
				    rule->id, rule->label,
				    civil_text(civil_of(rule->dates.from_ms, pack->zone_s), date),
				    rule->citation);
		retired = rule;
	}
	if (!retired)
		return fail_method_unknown(pack, id, now_ms, "is not known", err);
	return fail(err, METHOD_RETIRED,
		    "validation method %s (%s) has not been allowed since %s: %s", retired->id,
		    retired->label,
		    civil_text(civil_of(retired->dates.until_ms, pack->zone_s), date),
		    retired->citation);
}

enum status pack_method(const struct pack *pack, const char *id, int64_t now_ms,
			const struct method_rule **ret, struct error *err)
{
	for (size_t i = 0; i < pack->method_count; i++) {
		const struct method_rule *rule = &pack->methods[i];
		if (strcmp(rule->id, id) != 0 || !in_force_at(&rule->dates, now_ms))
			continue;
		if (!rule->implemented)
			return fail_method_unknown(pack, id, now_ms,
						   "is not implemented by this version", err);
		*ret = rule;
		return OK;
	}
	return fail_method_dates(pack, id, now_ms, err);
}

/* The other sections -------------------------------------------------------- */

static enum status fail_no_row(const struct pack *pack, const char *section, const char *id,
			       int64_t now_ms, struct error *err)
{
	char date[CIVIL_TEXT];
	return fail(err, POLICY_ROW, "pack %s has no %s rule \"%s\" in force on %s", pack->id,
		    section, id, civil_text(civil_of(now_ms, pack->zone_s), date));
}

enum status pack_caa(const struct pack *pack, int64_t now_ms, const struct caa_rule **ret,
		     struct error *err)
{
	for (size_t i = 0; i < pack->caa_count; i++) {
		if (!in_force_at(&pack->caa[i].dates, now_ms))
			continue;
		*ret = &pack->caa[i];
		return OK;
	}
	return fail_no_row(pack, "caa", "lookup", now_ms, err);
}

const struct quorum_rule *pack_quorum(const struct pack *pack, int64_t now_ms)
{
	for (size_t i = 0; i < pack->perspectives_count; i++)
		if (in_force_at(&pack->perspectives[i].dates, now_ms))
			return &pack->perspectives[i];
	return NULL;
}

enum status pack_reuse(const struct pack *pack, const char *id, int64_t now_ms,
		       const struct reuse_rule **ret, struct error *err)
{
	for (size_t i = 0; i < pack->reuse_count; i++) {
		const struct reuse_rule *rule = &pack->reuse[i];
		if (strcmp(rule->id, id) != 0 || !in_force_at(&rule->dates, now_ms))
			continue;
		*ret = rule;
		return OK;
	}
	return fail_no_row(pack, "reuse", id, now_ms, err);
}

enum status pack_validity(const struct pack *pack, const char *id, int64_t now_ms,
			  const struct validity_rule **ret, struct error *err)
{
	for (size_t i = 0; i < pack->validity_count; i++) {
		const struct validity_rule *rule = &pack->validity[i];
		if (strcmp(rule->id, id) != 0 || !in_force_at(&rule->dates, now_ms))
			continue;
		*ret = rule;
		return OK;
	}
	return fail_no_row(pack, "validity", id, now_ms, err);
}

enum status pack_answers(const struct pack *pack, int64_t now_ms, const struct answer_rule **ret,
			 struct error *err)
{
	for (size_t i = 0; i < pack->answer_count; i++) {
		if (!in_force_at(&pack->answers[i].dates, now_ms))
			continue;
		*ret = &pack->answers[i];
		return OK;
	}
	return fail_no_row(pack, "answers", "people", now_ms, err);
}

enum status pack_calls(const struct pack *pack, const char *id, int64_t now_ms,
		       const struct call_rule **ret, struct error *err)
{
	for (size_t i = 0; i < pack->call_count; i++) {
		const struct call_rule *rule = &pack->calls[i];
		if (strcmp(rule->id, id) != 0 || !in_force_at(&rule->dates, now_ms))
			continue;
		*ret = rule;
		return OK;
	}
	return fail_no_row(pack, "calls", id, now_ms, err);
}

const struct callee_rule *pack_callees(const struct pack *pack, const char *applicant_type,
				       enum listing listing, int64_t now_ms)
{
	for (size_t i = 0; i < pack->callee_count; i++) {
		const struct callee_rule *rule = &pack->callees[i];
		bool listed = rule->listing == LISTING_ANY || rule->listing == listing;
		if (!listed || !in_force_at(&rule->dates, now_ms))
			continue;
		for (size_t k = 0; k < rule->type_count; k++)
			if (strcmp(rule->types[k], applicant_type) == 0)
				return rule;
	}
	return NULL;
}

enum status pack_engine(const struct pack *pack, int64_t now_ms, const struct engine_rule **ret,
			struct error *err)
{
	for (size_t i = 0; i < pack->engine_count; i++) {
		if (!in_force_at(&pack->engine[i].dates, now_ms))
			continue;
		*ret = &pack->engine[i];
		return OK;
	}
	return fail_no_row(pack, "engine", "workflow", now_ms, err);
}
