/* Checking the journal and the evidence: see audit.h. */
#include "engine/audit.h"

#include "base/encode.h"
#include "engine/evidence.h"
#include "store/audit.h"
#include "store/authorization.h"
#include "store/validation.h"
#include "validators/answer.h"
#include "validators/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the chain ---- */

struct head {
	int64_t seq;
	struct digest hash;
};

static enum status head_parse(const char *text, struct head *ret, struct error *err)
{
	char *colon;
	ret->seq = strtoll(text, &colon, 10);
	if (ret->seq < 1 || *colon != ':' ||
	    decode_hex(colon + 1, ret->hash.bytes, DIGEST_BYTES) != OK)
		return fail(err, USAGE, "a head looks like 12:HASH with %d hexadecimal digits",
			    2 * DIGEST_BYTES);
	return OK;
}

static enum status check_link(const struct journal_link *link, const struct head *before,
			      struct error *err)
{
	struct slice previous = slice_of(before->hash.bytes, DIGEST_BYTES);
	if (link->seq != before->seq + 1)
		return fail(err, JOURNAL_BROKEN, "link %" PRId64 " of the journal is missing",
			    before->seq + 1);
	if (!digest_equal(link->previous, before->hash))
		return fail(err, JOURNAL_BROKEN,
			    "link %" PRId64 " does not follow the one before it", link->seq);
	if (!digest_equal(link->hash, digest_of_two(previous, link->body)))
		return fail(err, JOURNAL_BROKEN, "link %" PRId64 " was changed: its hash differs",
			    link->seq);
	return OK;
}

static enum status check_body(struct engine *engine, const struct journal_link *link,
			      struct arena *arena, int64_t *entries, struct error *err)
{
	struct journal_body body;
	TRY(journal_body_read(link->body, arena, &body, err));
	if (body.seq != link->seq || body.at != link->at)
		return fail(err, JOURNAL_BROKEN,
			    "link %" PRId64 " has columns that its body denies", link->seq);
	for (size_t i = 0; i < body.count; i++)
		TRY(store_audit_add(engine->store, &body.entries[i], err));
	*entries += (int64_t)body.count;
	return OK;
}

static enum status walk(struct engine *engine, const struct head *wanted, struct audit_report *ret,
			struct error *err)
{
	struct head at = {0};
	bool met = wanted->seq == 0;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	for (;;) {
		struct journal_link link;
		arena_clear(&arena);
		enum status status =
			store_journal_read(engine->store, 0, at.seq, &arena, &link, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		TRY(check_link(&link, &at, err));
		TRY(check_body(engine, &link, &arena, &ret->entries, err));
		at = (struct head){link.seq, link.hash};
		met = met || (at.seq == wanted->seq && digest_equal(at.hash, wanted->hash));
		ret->links++;
	}
	char hash[DIGEST_TEXT] = "";
	(void)snprintf(ret->head, sizeof(ret->head), "%" PRId64 ":%s", at.seq,
		       at.seq ? digest_text(at.hash, hash) : "");
	if (met)
		return OK;
	return fail(err, JOURNAL_BROKEN,
		    "the journal ends at link %" PRId64 " and does not hold the given head %" PRId64
		    ": its tail was cut or rewritten",
		    at.seq, wanted->seq);
}

enum status audit_verify(struct engine *engine, const char *head, struct audit_report *ret,
			 struct error *err)
{
	struct audit_report report = {0};
	struct head wanted = {0};
	if (head)
		TRY(head_parse(head, &wanted, err));
	/* One instant for chain and records; writers go on meanwhile. */
	CLEANUP(store_snapshot_end) struct store_snapshot snapshot = {0};
	TRY(store_audit_begin(engine->store, err));
	TRY(store_snapshot_begin(engine->store, &snapshot, err));
	enum status status = walk(engine, &wanted, &report, err);
	if (status == OK)
		status = store_audit_compare(engine->store, err);
	store_snapshot_end(&snapshot);
	TRY(status);
	*ret = report;
	return OK;
}

/* ---- evidence ---- */

/* What a piece of evidence says, decided again; its texts live in the arena. */
struct decision {
	const char *method;
	const char *label;
	const char *domain; /* without "*." */
	bool wildcard;
	const char *value_hash; /* hexadecimal; NULL: there is no value */
	const char *pack_digest;
	const char *const *names; /* answers: confirmed alone, below the domain */
	size_t name_count;
	enum status recorded;
	struct verdict decided;
};

static enum status load_bytes(struct engine *engine, const struct evidence *evidence,
			      struct arena *arena, struct slice *ret, struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	TRY(evidence_load(engine, evidence, &bytes, err));
	*ret = slice_of(arena_bytes(arena, buffer_slice(&bytes)), bytes.length);
	return OK;
}

static enum status decide_attempt(struct slice bytes, struct arena *arena, struct decision *ret,
				  struct error *err)
{
	struct attempt_record record;
	TRY(attempt_decide(bytes, arena, &record, err));
	const char *value = record.task.value;
	char *hash = arena_new(arena, DIGEST_TEXT, 1);
	*ret = (struct decision){
		.method = record.task.method,
		.label = record.task.label,
		.domain = record.task.domain,
		.wildcard = record.task.wildcard,
		.value_hash =
			value && value[0] ? digest_text(digest_of(slice_text(value)), hash) : NULL,
		.pack_digest = record.task.pack_digest,
		.recorded = record.recorded.status,
		.decided = record.decided,
	};
	return OK;
}

/* The evidence that names a person, decided again. */
static enum status load_contacts(struct engine *engine, const char *hexadecimal,
				 struct arena *arena, struct attempt_record *ret, struct error *err)
{
	struct evidence row;
	struct digest hash;
	struct slice kept;
	if (decode_hex(hexadecimal, hash.bytes, DIGEST_BYTES) != OK)
		return fail(err, EVIDENCE_BROKEN, "the contacts it rests on have no hash");
	enum status status = store_evidence_of_hash(engine->store, hash, arena, &row, err);
	if (status == NOT_FOUND)
		return fail(err, EVIDENCE_BROKEN, "the contacts it rests on are gone");
	TRY(status);
	TRY(load_bytes(engine, &row, arena, &kept, err));
	return attempt_decide(kept, arena, ret, err);
}

/* A call rests on the same when it is about a domain. */
static enum status decide_call(struct engine *engine, struct slice bytes, struct arena *arena,
			       struct decision *ret, struct error *err)
{
	struct call_record record;
	struct attempt_record contacts;
	TRY(call_read(bytes, arena, &record, err));
	const struct call_facts *facts = &record.facts;
	if (facts->contacts)
		TRY(load_contacts(engine, facts->contacts, arena, &contacts, err));
	*ret = (struct decision){
		.method = facts->method,
		.label = facts->label,
		.domain = facts->domain,
		.value_hash = facts->value,
		.pack_digest = facts->pack_digest,
		.recorded = record.recorded,
	};
	call_decide(facts, facts->contacts ? &contacts : NULL, &ret->decided);
	return OK;
}

/* An answer rests on the evidence that names the person: that is decided again first. */
static enum status decide_answer(struct engine *engine, struct slice bytes, struct arena *arena,
				 struct decision *ret, struct error *err)
{
	struct answer_record record;
	struct attempt_record contacts;
	TRY(answer_read(bytes, arena, &record, err));
	const struct answer_facts *facts = &record.facts;
	TRY(load_contacts(engine, facts->contacts, arena, &contacts, err));
	*ret = (struct decision){
		.method = facts->method,
		.label = facts->label,
		.domain = facts->domain,
		.value_hash = facts->value,
		.pack_digest = facts->pack_digest,
		.names = facts->names,
		.name_count = facts->name_count,
		.recorded = record.recorded,
	};
	answer_decide(facts, &contacts, &ret->decided);
	return OK;
}

static enum status decide_again(struct engine *engine, const struct evidence *evidence,
				struct arena *arena, struct decision *ret, struct error *err)
{
	struct slice bytes;
	bool answer = strcmp(evidence->kind, ANSWER_EVIDENCE_KIND) == 0;
	bool call = strcmp(evidence->kind, CALL_EVIDENCE_KIND) == 0;
	TRY(load_bytes(engine, evidence, arena, &bytes, err));
	if ((answer ? decide_answer(engine, bytes, arena, ret, err)
	     : call ? decide_call(engine, bytes, arena, ret, err)
		    : decide_attempt(bytes, arena, ret, err)) != OK)
		return fail_prefix(err, "evidence e-%" PRId64, evidence->id);
	if (ret->decided.status == ret->recorded)
		return OK;
	return fail(err, EVIDENCE_BROKEN,
		    "evidence e-%" PRId64 " decides \"%s\" (%s), but \"%s\" was recorded",
		    evidence->id, status_code(ret->decided.status), ret->decided.sentence,
		    status_code(ret->recorded));
}

static bool differs(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") != 0;
}

/* Whether the decision is about the domain of the validation: its own, or a name confirmed alone
 * (a wildcard name: with those below). */
static bool is_about(const struct decision *decision, const struct validation_record *validation)
{
	const char *domain = validation->domain;
	bool alone = validation_is_alone(validation);
	bool wildcard = strncmp(domain, "*.", 2) == 0;
	for (size_t i = 0; i < decision->name_count; i++) {
		const char *name = decision->names[i];
		bool below = strncmp(name, "*.", 2) == 0;
		if (below != alone && !differs(below ? name + 2 : name, domain))
			return true;
	}
	return decision->name_count == 0 && !alone && decision->wildcard == wildcard &&
	       !differs(decision->domain, wildcard ? domain + 2 : domain);
}

/* A validation says what its evidence shows, and nothing else. */
static enum status check_validation(struct engine *engine,
				    const struct validation_record *validation, struct arena *arena,
				    struct error *err)
{
	struct evidence evidence;
	struct decision decision;
	enum status status =
		store_evidence_get(engine->store, validation->evidence_id, arena, &evidence, err);
	if (status == NOT_FOUND)
		return fail(err, EVIDENCE_BROKEN,
			    "evidence e-%" PRId64 ", on which validation v-%" PRId64
			    " rests, is gone",
			    validation->evidence_id, validation->id);
	TRY(status);
	TRY(decide_again(engine, &evidence, arena, &decision, err));
	if (decision.decided.status != OK)
		return fail(err, EVIDENCE_BROKEN,
			    "validation v-%" PRId64 " rests on evidence e-%" PRId64
			    ", which decides \"%s\"",
			    validation->id, evidence.id, status_code(decision.decided.status));
	if (differs(decision.method, validation->method) || !is_about(&decision, validation) ||
	    differs(decision.label, validation->label) ||
	    differs(decision.pack_digest, validation->pack_digest) ||
	    differs(decision.value_hash, validation->value_hash))
		return fail(err, EVIDENCE_BROKEN,
			    "validation v-%" PRId64 " (%s, %s) and its evidence e-%" PRId64
			    " (%s, %s) speak of different things",
			    validation->id, validation->domain, validation->method, evidence.id,
			    decision.domain, decision.method);
	return OK;
}

enum status evidence_verify(struct engine *engine, int64_t id, struct evidence_report *ret,
			    struct error *err)
{
	struct evidence_report report = {0};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	for (int64_t after = id ? id - 1 : 0;; arena_clear(&arena)) {
		struct evidence evidence;
		struct decision decision;
		enum status status =
			store_evidence_next(engine->store, after, &arena, &evidence, err);
		if (id && (status == NOT_FOUND || (status == OK && evidence.id != id)))
			return fail(err, NOT_FOUND, "there is no evidence e-%" PRId64, id);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		TRY(decide_again(engine, &evidence, &arena, &decision, err));
		after = evidence.id;
		report.evidence++;
		if (id)
			break;
	}
	for (int64_t after = 0;; arena_clear(&arena)) {
		struct validation_record validation;
		enum status status =
			store_validation_next(engine->store, after, &arena, &validation, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		after = validation.id;
		if (id && validation.evidence_id != id)
			continue;
		TRY(check_validation(engine, &validation, &arena, err));
		report.validations++;
	}
	*ret = report;
	return OK;
}
