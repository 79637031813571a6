/* The desk's CAA check: see caa_check.h. */
#include "engine/caa_check.h"

#include "base/memory.h"
#include "csr/names.h"
#include "engine/evidence.h"
#include "engine/rule.h"
#include "validators/caa.h"

#include <stdlib.h>
#include <string.h>

struct caa_check {
	struct arena arena;
	struct attempt *attempt; /* NULL when ended */
	struct name name;
	struct validation_task task;
	struct period freshness;
	struct verdict verdict;
	struct buffer evidence;
};

/* --- asking --- */

static void ended(void *context, const struct attempt_result *result)
{
	struct caa_check *check = context;
	check->attempt = NULL;
	check->verdict = result->verdict;
	buffer_append_slice(&check->evidence, result->evidence);
}

/* A method of the pack is what its row says it is called; another word stands for itself. */
static void take_method(struct caa_check *check, const struct caa_check_params *params, int64_t now)
{
	const struct method_rule *rule = NULL;
	if (!params->method)
		return;
	if (pack_method(params->pack, params->method, now, &rule, NULL) == OK) {
		check->task.caa_labels = rule->caa_labels;
		check->task.caa_label_count = rule->caa_label_count;
		return;
	}
	const char **labels = arena_new(&check->arena, 1, sizeof(*labels));
	labels[0] = params->method;
	check->task.caa_labels = labels;
	check->task.caa_label_count = 1;
}

enum status caa_check_start(const struct caa_check_params *params, struct caa_check **ret,
			    struct error *err)
{
	struct environment *environment = params->setting.environment;
	int64_t now = environment->now(environment->self);
	const struct caa_rule *rule = NULL;
	TRY(pack_caa(params->pack, now, &rule, err));
	CLEANUP(caa_check_freep) struct caa_check *check = memory_new(1, sizeof(*check));
	arena_init(&check->arena);
	buffer_init(&check->evidence, EVIDENCE_BYTES_MAX);
	TRY(name_normalise(params->name, &check->name, err));
	if (check->name.kind == NAME_IP)
		return fail(err, NAME_INVALID,
			    "%s is an address, and CAA says nothing about addresses (BR 4.2.2.1)",
			    check->name.ascii);
	const char *domain = check->name.ascii;
	bool wildcard = check->name.kind == NAME_WILDCARD;
	char *digest = arena_new(&check->arena, DIGEST_TEXT, 1);
	check->freshness = rule->freshness;
	check->task = (struct validation_task){
		.method = "caa",
		.domain = wildcard ? domain + 2 : domain,
		.wildcard = wildcard,
		.account_uri = params->account_uri,
		.identifiers = params->identifiers,
		.identifier_count = params->identifier_count,
		.pack = params->pack->id,
		.pack_digest = digest_text(params->pack->digest, digest),
		.anchors = params->anchors,
	};
	TRY(rule_of_task(params->pack, now, &check->task, err));
	take_method(check, params, now);
	check->attempt = attempt_start(&params->setting, &check->task, ended, check);
	*ret = STEAL(check);
	return OK;
}

bool caa_check_ended(const struct caa_check *check)
{
	return !check->attempt;
}

enum status caa_check_status(const struct caa_check *check)
{
	return check->verdict.status;
}

void caa_check_free(struct caa_check *check)
{
	if (!check)
		return;
	if (check->attempt)
		attempt_abandon(check->attempt);
	buffer_release(&check->evidence);
	arena_release(&check->arena);
	free(check);
}

void caa_check_freep(struct caa_check **check)
{
	caa_check_free(*check);
	*check = NULL;
}

/* --- the report --- */

static const char *const outcome_texts[] = {
	[LOOKUP_ASKING] = "asked",      [LOOKUP_FOUND] = "found",   [LOOKUP_NO_DATA] = "no-data",
	[LOOKUP_NXDOMAIN] = "nxdomain", [LOOKUP_FAILED] = "failed",
};

static json_t *level_of(const struct lookup *lookup, struct arena *arena)
{
	json_t *level = json_object();
	bool aliased = strcmp(lookup->name, lookup->canonical) != 0;
	json_add_text(level, "name", lookup->name);
	json_add_text(level, "canonical", aliased ? lookup->canonical : NULL);
	json_add_text(level, "outcome", outcome_texts[lookup->outcome]);
	json_add_text(level, "security",
		      lookup->validated ? security_text(lookup->security) : NULL);
	json_add_text(level, "reason",
		      lookup->outcome == LOOKUP_FAILED ? lookup_text(lookup, arena)
						       : lookup->reason);
	if (lookup->outcome == LOOKUP_FAILED && lookup->zone != SECURITY_ASKING)
		json_add_text(level, "zone_security", security_text(lookup->zone));
	json_add_integer(level, "ttl", lookup->ttl);
	return level;
}

/* The octets of a value are anybody's; JSON takes text. */
static const char *shown_value(struct slice value, struct arena *arena)
{
	char *text = arena_bytes(arena, value);
	for (size_t i = 0; i < value.length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			text[i] = '?';
	return text;
}

static json_t *record_of(const struct caa_opinion *opinion, const char *owner, struct arena *arena)
{
	json_t *record = json_object();
	json_add_text(record, "name", owner);
	if (opinion->record.tag) {
		json_add_integer(record, "flags", opinion->record.flags);
		json_add_text(record, "tag", opinion->record.tag);
		json_add_text(record, "value", shown_value(opinion->record.value, arena));
	}
	json_add_text(record, "effect", opinion->effect);
	return record;
}

static void add_view(json_t *report, const struct caa_view *view, struct arena *arena)
{
	json_t *climb = json_array();
	json_t *records = json_array();
	for (size_t i = 0; i < view->climb_count; i++)
		(void)json_array_append_new(climb, level_of(&view->climb[i], arena));
	for (size_t i = 0; i < view->opinion_count; i++)
		(void)json_array_append_new(
			records, record_of(&view->opinions[i],
					   view->climb[view->climb_count - 1].canonical, arena));
	json_add(report, "climb", climb);
	json_add(report, "records", records);
}

/* BR 4.2.2.1: "within the TTL of the CAA record, or 8 hours, whichever is greater". */
static int64_t counts_for_s(const struct caa_check *check)
{
	int64_t freshness_s = period_last(check->freshness, 0, 0) / SECOND_MS;
	int64_t ttl_s = check->verdict.ttl_s;
	return ttl_s > freshness_s ? ttl_s : freshness_s;
}

enum status caa_check_report(const struct caa_check *check, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct caa_view view;
	TRY(attempt_decide(buffer_slice(&check->evidence), &arena, &record, err));
	caa_view(record.validation, &view);
	const struct verdict *verdict = &record.decided;
	json_t *report = json_object();
	json_t *identifiers = json_array();
	for (size_t i = 0; i < check->task.identifier_count; i++)
		(void)json_array_append_new(identifiers, json_string(check->task.identifiers[i]));
	json_add_text(report, "name", check->name.ascii);
	json_add(report, "permitted", json_boolean(verdict->status == OK));
	if (verdict->status != OK)
		json_add_text(report, "code", status_code(verdict->status));
	json_add_text(report, "reason", verdict->sentence);
	json_add_text(report, "hint", verdict->hint[0] ? verdict->hint : NULL);
	json_add(report, "identifiers", identifiers);
	json_add_text(report, "decided_by", verdict->decided_by[0] ? verdict->decided_by : NULL);
	add_view(report, &view, &arena);
	if (verdict->status == OK)
		json_add_integer(report, "counts_for_s", counts_for_s(check));
	*ret = report;
	return OK;
}
