/*
 * Gate organisation-call: somebody who may answer for the applicant's organisation
 * said yes on the telephone, at a time that was agreed, and not longer ago than
 * that may be reused. The truth is the newest validation and the rules at this
 * instant. Sources: REQUIREMENTS HST-29 to HST-32, A14.
 */
#include "engine/people/call.h"
#include "engine/order/gate.h"
#include "engine/people/validation.h"
#include "store/validation.h"
#include "validators/call.h"

#include <string.h>

/* Who makes the call decides whose turn it is: ours to call, or the customer's to be there. */
static enum turn_of caller_turn(const struct order_view *view)
{
	for (size_t i = 0; i < view->product->gate_count; i++)
		if (view->product->gates[i].caller == CALLER_CA)
			return TURN_APPLICANT;
	return TURN_OPERATOR;
}

/* Whether a call that was made for another order counts for this one. An officer who is to be asked
 * (mode ask) says so by not calling again: there are no words for that, so it does not count. */
static enum status counts_for(struct turn *turn, const struct order_view *view,
			      const struct reuse_rule *rule,
			      const struct validation_record *validation, bool *ret,
			      struct error *err)
{
	struct call call = {.id = 0};
	*ret = rule->mode == REUSE_AUTO;
	while (!*ret) {
		enum status status =
			store_call_of_authorization(turn->store, validation->authorization_id,
						    call.id, &turn->arena, &call, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		*ret = call.attempt == validation->attempt && call.order_id == view->order.id;
	}
	return OK;
}

static enum status use_validation(struct turn *turn, const struct order_view *view,
				  struct gate *gate, struct error *err)
{
	const struct reuse_rule *rule = NULL;
	struct validation_record validation = {
		.applicant_id = view->order.applicant_id,
		.domain = "",
		.method = METHOD_ORGANISATION_CALL,
		.ca = "",
		.pack = view->pack->id,
	};
	bool counts = false;
	TRY(pack_reuse(view->pack, "organisation-call", turn->now, &rule, err));
	enum status status =
		store_validation_newest(turn->store, &validation, &turn->arena, &validation, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	int64_t last_at = 0;
	TRY(validation_counts_until(view->pack, &validation, turn->now, &last_at, err));
	if (validation.began_at > turn->now || turn->now > last_at)
		return OK;
	TRY(counts_for(turn, view, rule, &validation, &counts, err));
	if (!counts)
		return OK;
	gate->state = GATE_OPEN;
	gate->turn = TURN_NOBODY;
	gate->validation_id = validation.id;
	gate->authorization_id = validation.authorization_id;
	gate->lapses_at = last_at;
	return OK;
}

/* Nobody is called yet, or any more. */
static void describe_nobody(struct turn *turn, const struct order_view *view,
			    const struct authorization *authorization, struct gate *gate)
{
	const char *create = arena_printf(
		&turn->arena,
		"issuer call create o-%lld --number NUMBER --source WHO-PUBLISHED-IT [--unlisted | "
		"--entitled ROLE --reason TEXT]",
		(long long)view->order.id);
	bool refused = authorization->state == AUTHORIZATION_INVALID;
	gate->state = refused ? GATE_REFUSED : GATE_WAITING;
	gate->turn = TURN_OPERATOR;
	gate->code =
		refused || (authorization->state == AUTHORIZATION_PENDING && authorization->code)
			? authorization->code
			: status_code(WAITING_FOR_PERSON);
	gate->sentence = authorization->state != AUTHORIZATION_VALID && authorization->sentence
				 ? authorization->sentence
				 : "nobody was called for the organisation yet";
	gate->action = refused ? arena_printf(&turn->arena,
					      "find out why; then cancel the order, or %s", create)
			       : create;
}

static enum status describe_call(struct turn *turn, const struct order_view *view,
				 const struct authorization *authorization, const struct call *call,
				 struct gate *gate, struct error *err)
{
	const struct call_rule *rule = NULL;
	long long id = (long long)call->id;
	TRY(pack_calls(view->pack, "organisation", turn->now, &rule, err));
	bool agreed = call->agreed_at || rule->time == CALL_AT_ANY_TIME;
	gate->state = GATE_WAITING;
	gate->turn = agreed ? caller_turn(view) : TURN_OPERATOR;
	gate->code = authorization->code ? authorization->code : status_code(WAITING_FOR_PERSON);
	gate->sentence = authorization->sentence;
	if (call->agreed_at)
		gate->until_at = call->agreed_at;
	if (!agreed)
		gate->action = arena_printf(&turn->arena,
					    "agree on a time with the customer: issuer call agree "
					    "t-%lld --at TIME",
					    id);
	else if (gate->turn == TURN_APPLICANT)
		gate->action = arena_printf(
			&turn->arena, "take the CA's call; then issuer call record t-%lld", id);
	else
		gate->action = arena_printf(&turn->arena,
					    "call: issuer call script t-%lld; then issuer call "
					    "record t-%lld",
					    id, id);
	return OK;
}

enum status gate_organisation_call_decide(struct turn *turn, const struct order_view *view,
					  struct gate *gate, struct error *err)
{
	struct authorization authorization;
	struct call call;
	TRY(use_validation(turn, view, gate, err));
	if (gate->state == GATE_OPEN && gate->validation_id)
		return OK;
	TRY(call_organisation(turn, view, &authorization, err));
	gate->authorization_id = authorization.id;
	gate->until_at = view->order.give_up_at;
	enum status status = call_newest(turn->store, authorization.id, &turn->arena, &call, err);
	if (status != NOT_FOUND)
		TRY(status);
	if (status == OK && authorization.state == AUTHORIZATION_ASKED &&
	    (call.state == CALL_OPEN || call.state == CALL_VOICEMAIL))
		return describe_call(turn, view, &authorization, &call, gate, err);
	describe_nobody(turn, view, &authorization, gate);
	return OK;
}
