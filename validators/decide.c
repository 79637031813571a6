/*
 * Decides again from evidence alone: the validator that ran on the wire runs
 * over its transcript. Every entry must be the answer to a question that the
 * validator asks, none may be missing, and none may be left over.
 */
#include "base/memory.h"
#include "validators/attempt.h"
#include "validators/transcript.h"

#include <stdlib.h>
#include <string.h>

struct question {
	struct step step;
	bool answered;
};

/* All that the validator asked for; the question with id n stands at n - 1. */
struct questions {
	struct question *list;
	size_t count;
};

static void questions_release(struct questions *questions)
{
	free(questions->list);
}

static void take_steps(struct questions *questions, struct steps *steps)
{
	size_t count = questions->count + steps->count;
	if (steps->count == 0)
		return;
	questions->list = memory_resize(questions->list, count, sizeof(*questions->list));
	for (size_t i = 0; i < steps->count; i++)
		questions->list[questions->count++] = (struct question){.step = steps->list[i]};
	steps->count = 0;
}

static bool same_dns(const struct step_dns *a, const struct step_dns *b)
{
	return a->type == b->type && a->records == b->records && strcmp(a->name, b->name) == 0;
}

static bool same_http(const struct step_http *a, const struct step_http *b)
{
	return a->scheme == b->scheme && a->port == b->port && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->target, b->target) == 0 && address_equal(&a->address, &b->address) &&
	       a->trust == b->trust;
}

static bool same_line(const struct step_line *a, const struct step_line *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->line, b->line) == 0 && address_equal(&a->address, &b->address);
}

static bool same_perspective(const struct step_perspective *a, const struct step_perspective *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->url, b->url) == 0 &&
	       strcmp(a->request, b->request) == 0 && a->address.port == b->address.port &&
	       address_equal(&a->address.address, &b->address.address);
}

static bool same_tls(const struct step_tls *a, const struct step_tls *b)
{
	return a->port == b->port && strcmp(a->server_name, b->server_name) == 0 &&
	       strcmp(a->protocol, b->protocol) == 0 && address_equal(&a->address, &b->address);
}

static bool same_step(const struct step *a, const struct step *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case STEP_DNS:
		return same_dns(&a->dns, &b->dns);
	case STEP_HTTP:
		return same_http(&a->http, &b->http);
	case STEP_PERSPECTIVE:
		return same_perspective(&a->perspective, &b->perspective);
	case STEP_LINE:
		return same_line(&a->line, &b->line);
	case STEP_TLS:
		return same_tls(&a->tls, &b->tls);
	}
	return false;
}

/* Marks the question that the entry answers; EVIDENCE_BROKEN when there is none such open. */
static STATUS answer_question(struct questions *questions, const struct transcript_entry *entry,
			      size_t number, struct error *err)
{
	if (entry->number != number)
		return fail(err, EVIDENCE_BROKEN, "step %zu is missing", number);
	uint32_t id = entry->step.id;
	struct question *question =
		id >= 1 && id <= questions->count ? &questions->list[id - 1] : NULL;
	if (!question || question->answered || !same_step(&question->step, &entry->step))
		return fail(err, EVIDENCE_BROKEN, "step %zu answers a question that is never asked",
			    number);
	question->answered = true;
	return OK;
}

static STATUS replay(const struct transcript *transcript, struct validation *validation,
		     struct error *err)
{
	CLEANUP(questions_release) struct questions questions = {0};
	for (size_t i = 0; i < transcript->count; i++) {
		const struct transcript_entry *entry = &transcript->entries[i];
		if (!validation_awaits(validation, entry->step.kind))
			return fail(err, EVIDENCE_BROKEN, "step %zu comes after the decision",
				    i + 1);
		take_steps(&questions, &validation->steps);
		TRY(answer_question(&questions, entry, i + 1, err));
		validation_advance(validation, &entry->event);
	}
	if (!validation->finished)
		return fail(err, EVIDENCE_BROKEN, "the %zu steps do not reach a decision",
			    transcript->count);
	return OK;
}

static STATUS read_anchors(const char *text, struct trust_anchors **ret, struct error *err)
{
	struct error why = NO_ERROR;
	if (trust_anchors_read("trust", slice_text(text), ret, &why) != OK)
		return fail(err, EVIDENCE_BROKEN, "%s", why.sentence);
	return OK;
}

enum status attempt_decide(struct slice evidence, struct arena *arena, struct attempt_record *ret,
			   struct error *err)
{
	CLEANUP(trust_anchors_freep) struct trust_anchors *anchors = NULL;
	struct transcript *transcript = arena_new(arena, 1, sizeof(*transcript));
	struct validation *validation = arena_new(arena, 1, sizeof(*validation));
	TRY(transcript_read(evidence, arena, transcript, err));
	const struct validator *validator = validator_find(transcript->task.method);
	if (!validator)
		return fail(err, EVIDENCE_BROKEN, "there is no method \"%s\"",
			    transcript->task.method);
	if (transcript->anchors)
		TRY(read_anchors(transcript->anchors, &anchors, err));
	transcript->task.anchors = anchors;
	validation_begin(validation, validator, &transcript->task, &transcript->network, arena);
	enum status status = replay(transcript, validation, err);
	validation_release(validation);
	TRY(status);
	transcript->task.anchors = validation->trust.anchors = NULL;
	*ret = (struct attempt_record){
		.task = transcript->task,
		.validation = validation,
		.recorded = transcript->recorded,
		.decided = validation->verdict,
		.began_ms = transcript->began_ms,
		.step_count = transcript->count,
	};
	return OK;
}
