/*
 * Gate control: the applicant has shown control of one name, not longer ago than
 * results may be reused. The truth is the newest validation and the rules at this
 * instant; an authorization only stands for the work of getting one.
 * Sources: REQUIREMENTS DCV-03, DCV-07, DCV-12, A10, A11; RULES 1.2, 1.3, 1.4.
 */
#include "engine/authorization.h"
#include "engine/gate.h"
#include "store/validation.h"

#include <string.h>

/* Opens the gate when a validation may be used now. */
static enum status use_validation(struct turn *turn, const struct order_view *view,
				  struct gate *gate, struct error *err)
{
	const struct reuse_rule *rule = NULL;
	struct validation_record validation = {
		.applicant_id = view->order.applicant_id,
		.domain = gate->name,
		.method = view->order.method,
		.ca = "",
		.pack = view->pack->id,
	};
	TRY(pack_reuse(view->pack, "control", turn->now, &rule, err));
	enum status status =
		store_validation_newest(turn->store, &validation, &turn->arena, &validation, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	bool own = validation.validated_at >= view->order.created_at;
	if (!own && rule->mode == REUSE_NEVER)
		return OK;
	/* The age counts from the first byte that the result rests on (BR 4.2.1: "obtained"). */
	int64_t last = period_last(rule->period, validation.began_at, view->pack->zone_s);
	if (turn->now > last)
		return OK;
	gate->state = GATE_OPEN;
	gate->turn = TURN_NOBODY;
	gate->validation_id = validation.id;
	gate->authorization_id = validation.authorization_id;
	gate->lapses_at = last;
	return OK;
}

/* Tells whose turn it is while control is not shown. */
static void describe(struct turn *turn, const struct order_view *view,
		     const struct authorization *authorization, struct gate *gate)
{
	const char *publish =
		arena_printf(&turn->arena, "publish the text %s at %s", authorization->value,
			     authorization_url(authorization, &turn->arena));
	enum status last =
		authorization->code ? status_from_code(authorization->code) : WAITING_FOR_PERSON;
	gate->authorization_id = authorization->id;
	gate->code = status_code(last == STATUS_COUNT ? WAITING_FOR_PERSON : last);
	gate->sentence = authorization->sentence ? authorization->sentence
						 : "the page was not looked at yet";
	gate->action = publish;
	if (authorization->hint && strstr(authorization->hint, authorization->value))
		gate->action = authorization->hint;
	else if (authorization->hint)
		gate->action =
			arena_printf(&turn->arena, "%s; then %s", authorization->hint, publish);
	switch (last == STATUS_COUNT ? EXIT_STATUS_PERSON : status_exit(last)) {
	case EXIT_STATUS_LATER:
		/* The network failed: the next attempt is ours, the page may be right already. */
		gate->state = GATE_WORKING;
		gate->turn = TURN_US;
		gate->until_at = authorization->not_before_at;
		return;
	case EXIT_STATUS_REFUSED:
		gate->state = GATE_REFUSED;
		gate->turn = TURN_APPLICANT;
		gate->until_at = authorization->not_before_at;
		return;
	case EXIT_STATUS_DONE:
	case EXIT_STATUS_USAGE:
	case EXIT_STATUS_PERSON:
	case EXIT_STATUS_BROKEN:
		gate->state = GATE_WAITING;
		gate->turn = TURN_APPLICANT;
		gate->until_at = authorization->value_until_at < view->order.give_up_at ||
						 !view->order.give_up_at
					 ? authorization->value_until_at
					 : view->order.give_up_at;
		return;
	}
}

enum status gate_control_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
				struct error *err)
{
	const struct method_rule *rule = NULL;
	struct error refusal = NO_ERROR;
	/* A method whose sunset has passed loses its earlier results too (RULES 1.1). */
	enum status status =
		pack_method(view->pack, view->order.method, turn->now, &rule, &refusal);
	if (status != OK) {
		gate->state = GATE_REFUSED;
		gate->turn = TURN_AGENT;
		gate->until_at = view->order.give_up_at;
		gate->code = status_code(status);
		gate->sentence = arena_text(&turn->arena, refusal.sentence);
		gate->action = "cancel the order and order again with another method";
		return OK;
	}
	TRY(use_validation(turn, view, gate, err));
	if (gate->state == GATE_OPEN && gate->validation_id)
		return OK;
	struct authorization_need need = {
		.order = &view->order,
		.product = view->product,
		.pack = view->pack,
		.domain = gate->name,
		.method = view->order.method,
		.ca = "",
	};
	struct authorization authorization;
	TRY(authorization_ensure(turn, &need, &authorization, err));
	/* A validation that lapsed: the authorization is done and must be tried once more. */
	if (authorization.state == AUTHORIZATION_VALID)
		TRY(authorization_try_now(turn, &authorization, err));
	describe(turn, view, &authorization, gate);
	return OK;
}
