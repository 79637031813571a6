/* What other network perspectives see: see corroboration.h. */
#include "validators/corroboration.h"

#include "validators/perspective_message.h"

#include <stdio.h>
#include <string.h>

/* What all perspectives together may fill of a verdict's sentence, besides their names. */
enum { SHOWN_TOGETHER = 360, SHOWN_LEAST = 16, HTTP_OK = 200 };

struct answer {
	uint32_t step_id;
	bool came;
	enum corroboration corroboration;
	const char *seen; /* "sees …", "could not be reached: …" */
};

struct corroboration_state {
	struct verdict primary; /* the method's own */
	struct answer answers[PERSPECTIVES_MAX];
};

/* --- before --- */

static void hint_configure(struct validation *validation)
{
	validation_hint(validation,
			"list perspectives that meet the rule under corroboration in issuer.yaml "
			"(each is an `issuer perspective serve` elsewhere)");
}

bool corroboration_may_begin(struct validation *validation)
{
	const struct corroboration_plan *plan = validation->task->corroboration;
	struct error why = NO_ERROR;
	if (quorum_check(&plan->quorum, &plan->primary, plan->remotes, plan->remote_count, &why) !=
	    OK) {
		validation_finish(validation, PERSPECTIVES_MISSING, "%s", why.sentence);
		hint_configure(validation);
		return false;
	}
	if (perspective_request(validation->task, validation->arena))
		return true;
	validation_finish(validation, PERSPECTIVES_MISSING,
			  "other perspectives cannot be asked to check the method %s: the Open "
			  "MPIC API does not have it",
			  validation->task->method);
	validation_hint(validation, "choose another method");
	return false;
}

/* --- the questions --- */

void corroboration_begin(struct validation *validation)
{
	const struct corroboration_plan *plan = validation->task->corroboration;
	struct arena *arena = validation->arena;
	struct corroboration_state *state = arena_new(arena, 1, sizeof(*state));
	const char *request = perspective_request(validation->task, arena);
	const char *check = check_type_text(check_type_of(validation->task));
	state->primary = validation->verdict;
	validation->corroboration = state;
	validation->finished = false;
	/* What the method asked for at its last activation was not sent, and is not wanted. */
	validation->steps.next_id -= (uint32_t)validation->steps.count;
	validation->steps.count = 0;
	for (size_t i = 0; i < plan->remote_count; i++) {
		const struct perspective *remote = &plan->remotes[i];
		struct step *step = steps_add(&validation->steps, STEP_PERSPECTIVE);
		step->perspective = (struct step_perspective){
			.id = remote->id,
			.url = arena_printf(arena, "%s/%s", remote->url, check),
			.address = remote->address,
			.request = request,
		};
		state->answers[i].step_id = step->id;
	}
}

/* --- the answers --- */

/* A perspective that could not look is told apart from one that saw something else. */
static enum corroboration weigh(const struct perspective_reply *reply)
{
	if (reply->passed)
		return CORROBORATES;
	if (reply->code != STATUS_COUNT && status_exit(reply->code) == EXIT_STATUS_LATER)
		return CANNOT_TELL;
	return CONTRADICTS;
}

static const char *shown(struct validation *validation, struct slice text)
{
	size_t each = SHOWN_TOGETHER / validation->task->corroboration->remote_count;
	return validation_shown(validation, text, each < SHOWN_LEAST ? SHOWN_LEAST : each);
}

static void take_reply(struct validation *validation, const struct api_reply *event,
		       struct answer *answer)
{
	struct perspective_reply reply;
	struct error why = NO_ERROR;
	struct arena *arena = validation->arena;
	enum check_type check = check_type_of(validation->task);
	answer->corroboration = UNREACHED;
	if (event->outcome != HTTP_ANSWERED) {
		answer->seen = arena_printf(arena, "could not be reached: %s",
					    shown(validation, slice_text(event->detail)));
		return;
	}
	if (event->status != HTTP_OK) {
		answer->seen = arena_printf(arena, "refused the question with status %d: %s",
					    event->status, shown(validation, event->body));
		return;
	}
	if (perspective_reply_read(check, event->body, arena, &reply, &why) != OK) {
		answer->seen = arena_printf(arena, "answered what cannot be read: %s",
					    shown(validation, slice_text(why.sentence)));
		return;
	}
	answer->corroboration = weigh(&reply);
	const char *sees[] = {[CORROBORATES] = "sees the same",
			      [CONTRADICTS] = "sees something else",
			      [CANNOT_TELL] = "could not see"};
	answer->seen = reply.passed ? sees[CORROBORATES]
				    : arena_printf(arena, "%s: %s", sees[answer->corroboration],
						   shown(validation, slice_text(reply.sentence)));
}

/* --- the quorum --- */

/* "; tokyo sees something else: …; paris could not be reached: …"; those that contradict first. */
static const char *shown_others(struct validation *validation)
{
	static const enum corroboration order[] = {CONTRADICTS, CANNOT_TELL, UNREACHED};
	const struct corroboration_plan *plan = validation->task->corroboration;
	const struct corroboration_state *state = validation->corroboration;
	const char *text = "";
	for (size_t o = 0; o < ARRAY_LENGTH(order); o++)
		for (size_t i = 0; i < plan->remote_count; i++)
			if (state->answers[i].corroboration == order[o])
				text = arena_printf(validation->arena, "%s; %s %s", text,
						    plan->remotes[i].id, state->answers[i].seen);
	return text;
}

/* "3/4 perspectives corroborate", and by what that falls short. */
static const char *shown_tally(struct validation *validation, const struct quorum_tally *tally)
{
	const struct corroboration_plan *plan = validation->task->corroboration;
	struct arena *arena = validation->arena;
	const char *text = arena_printf(arena, "%zu/%zu perspectives corroborate",
					tally->corroborating, plan->remote_count);
	if (tally->outcome == QUORUM_MET || tally->outcome == QUORUM_CONTRADICTED)
		return text;
	if (tally->corroborating < tally->needed)
		return arena_printf(arena, "%s, %zu needed", text, tally->needed);
	return arena_printf(arena, "%s, from %zu RIR region%s, %d needed", text, tally->regions,
			    tally->regions == 1 ? "" : "s", plan->quorum.regions);
}

static void finish_short(struct validation *validation, const struct quorum_tally *tally)
{
	const char *domain = validation->task->domain;
	bool reachable = tally->outcome != QUORUM_UNREACHED;
	validation_finish(validation, reachable ? CORROBORATION_FAILED : PERSPECTIVES_UNREACHABLE,
			  "%s%s", shown_tally(validation, tally), shown_others(validation));
	if (reachable)
		validation_hint(
			validation,
			"let %s answer the same to every part of the Internet; when it does "
			"already, a route may be hijacked",
			domain);
	else
		validation_hint(validation,
				"see that `issuer perspective serve` runs where corroboration in "
				"issuer.yaml says; all perspectives are asked again");
}

static void finish(struct validation *validation)
{
	const struct corroboration_plan *plan = validation->task->corroboration;
	const struct corroboration_state *state = validation->corroboration;
	enum corroboration answers[PERSPECTIVES_MAX];
	for (size_t i = 0; i < plan->remote_count; i++)
		answers[i] = state->answers[i].corroboration;
	struct quorum_tally tally =
		quorum_count(&plan->quorum, plan->remotes, answers, plan->remote_count);
	/* BR 5.4.1 (2)(8): records hold the quorum "for each attempted domain name … (i.e. '3/4'
	 * …)". It stands first, so that a long sentence does not lose it. */
	(void)snprintf(validation->verdict.quorum, sizeof(validation->verdict.quorum), "%zu/%zu",
		       tally.corroborating, plan->remote_count);
	if (tally.outcome != QUORUM_MET && plan->quorum.missed == MISSED_REFUSE) {
		finish_short(validation, &tally);
		return;
	}
	validation_finish(validation, OK, "%s%s; %s", shown_tally(validation, &tally),
			  shown_others(validation), state->primary.sentence);
}

void corroboration_advance(struct validation *validation, const struct event *event)
{
	struct corroboration_state *state = validation->corroboration;
	size_t count = validation->task->corroboration->remote_count;
	bool all = true;
	for (size_t i = 0; i < count; i++) {
		struct answer *answer = &state->answers[i];
		if (answer->step_id == event->id && !answer->came) {
			answer->came = true;
			take_reply(validation, &event->perspective, answer);
		}
		all = all && answer->came;
	}
	if (all)
		finish(validation);
}
