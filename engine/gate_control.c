/*
 * Gate control: the applicant has shown control of one name, or of a name above it
 * that may stand for it, not longer ago than results may be reused. The truth is
 * the newest validation and the rules at this instant; an authorization only
 * stands for the work of getting one.
 * Sources: REQUIREMENTS DCV-03, DCV-07, DCV-12, A10, A11; RULES 1.2, 1.3, 1.4.
 */
#include "engine/authorization.h"
#include "engine/gate.h"
#include "store/validation.h"
#include "validators/scope.h"

#include <string.h>

/* A validation that counts now. */
struct usable {
	struct validation_record validation; /* id 0: there is none */
	int64_t last_at;                     /* counts until */
};

/* The newest validation of one ADN, when it may be used by the order now. */
static enum status find_usable(struct turn *turn, const struct order_view *view,
			       const struct reuse_rule *rule, const char *domain,
			       struct usable *ret, struct error *err)
{
	struct validation_record validation = {
		.applicant_id = view->order.applicant_id,
		.domain = domain,
		.method = view->order.method,
		.ca = "",
		.pack = view->pack->id,
	};
	*ret = (struct usable){0};
	enum status status =
		store_validation_newest(turn->store, &validation, &turn->arena, &validation, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	if (rule->mode == REUSE_NEVER) {
		struct authorization authorization;
		TRY(store_authorization_get(turn->store, validation.authorization_id, &turn->arena,
					    &authorization, err));
		if (authorization.order_id != view->order.id)
			return OK;
	}
	/* The clock went back: what lies in the future does not count. */
	if (validation.began_at > turn->now)
		return OK;
	/* The age counts from the first byte that the result rests on (BR 4.2.1: "obtained"). */
	int64_t last_at = period_last(rule->period, validation.began_at, view->pack->zone_s);
	if (turn->now <= last_at)
		*ret = (struct usable){validation, last_at};
	return OK;
}

/* Opens the gate by the newest validation of any ADN that may stand for the name. */
static enum status use_validation(struct turn *turn, const struct order_view *view,
				  const struct scope *scope, struct gate *gate, struct error *err)
{
	const struct reuse_rule *rule = NULL;
	struct usable best = {0};
	TRY(pack_reuse(view->pack, "control", turn->now, &rule, err));
	for (const char *domain = scope->nearest; domain; domain = scope_above(scope, domain)) {
		struct usable found;
		TRY(find_usable(turn, view, rule, domain, &found, err));
		if (found.validation.validated_at > best.validation.validated_at)
			best = found;
	}
	if (!best.validation.id)
		return OK;
	gate->state = GATE_OPEN;
	gate->turn = TURN_NOBODY;
	gate->validation_id = best.validation.id;
	gate->authorization_id = best.validation.authorization_id;
	gate->lapses_at = best.last_at;
	/* BR 5.4.1: records name the ADN when it is not the name itself. */
	if (strcmp(best.validation.domain, gate->name) != 0)
		gate->sentence =
			arena_printf(&turn->arena, "control of %s (%s, v-%lld) covers the name",
				     best.validation.domain, best.validation.label,
				     (long long)best.validation.id);
	return OK;
}

/* What was published is seen from here: only other perspectives are in the way. */
static bool seen_here(enum status last)
{
	return last == CORROBORATION_FAILED || last == PERSPECTIVES_UNREACHABLE ||
	       last == PERSPECTIVES_MISSING;
}

/* Tells whose turn it is while control is not shown. */
static void describe(struct turn *turn, const struct order_view *view,
		     const struct authorization *authorization, struct gate *gate)
{
	struct publication publication = authorization_publication(authorization, &turn->arena);
	enum status last =
		authorization->code ? status_from_code(authorization->code) : WAITING_FOR_PERSON;
	gate->authorization_id = authorization->id;
	gate->code = status_code(last == STATUS_COUNT ? WAITING_FOR_PERSON : last);
	gate->sentence = authorization->sentence ? authorization->sentence : publication.unseen;
	gate->action = publication.action;
	if (authorization->hint && strstr(authorization->hint, authorization->value))
		gate->action = authorization->hint;
	else if (authorization->hint && seen_here(last))
		gate->action = authorization->hint;
	else if (authorization->hint)
		gate->action = arena_printf(&turn->arena, "%s; then %s", authorization->hint,
					    publication.action);
	switch (last == STATUS_COUNT ? EXIT_STATUS_PERSON : status_exit(last)) {
	case EXIT_STATUS_LATER:
		/* The network failed: the next attempt is ours, what is published may be right
		 * already. */
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
		gate->turn = last == PERSPECTIVES_MISSING ? TURN_AGENT : TURN_APPLICANT;
		gate->until_at = authorization->value_until_at < view->order.give_up_at ||
						 !view->order.give_up_at
					 ? authorization->value_until_at
					 : view->order.give_up_at;
		return;
	}
}

/* The scope of the gate's name by the method in force now, or the refusal. */
static enum status find_scope(const struct turn *turn, const struct order_view *view,
			      const struct gate *gate, const struct name_policy *names,
			      struct scope *ret, struct error *refusal)
{
	const struct method_rule *rule = NULL;
	/* A method whose sunset has passed loses its earlier results too (RULES 1.1). */
	TRY(pack_method(view->pack, view->order.method, turn->now, &rule, refusal));
	return scope_of(gate->name, rule, names, ret, refusal);
}

enum status gate_control_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
				struct error *err)
{
	struct error refusal = NO_ERROR;
	struct name_policy names;
	struct scope scope;
	TRY(engine_product_names(turn->engine, view->product, &names, err));
	enum status status = find_scope(turn, view, gate, &names, &scope, &refusal);
	if (status != OK) {
		gate->state = GATE_REFUSED;
		gate->turn = TURN_AGENT;
		gate->until_at = view->order.give_up_at;
		gate->code = status_code(status);
		gate->sentence = arena_text(&turn->arena, refusal.sentence);
		gate->action = "cancel the order and order again with another method";
		return OK;
	}
	TRY(use_validation(turn, view, &scope, gate, err));
	if (gate->state == GATE_OPEN && gate->validation_id)
		return OK;
	struct authorization_need need = {
		.order = &view->order,
		.product = view->product,
		.pack = view->pack,
		.domain = scope.chosen,
		.method = view->order.method,
		.ca = "",
	};
	struct authorization authorization;
	TRY(authorization_ensure(turn, &need, &authorization, err));
	/* A validation that lapsed: the authorization is done and must be tried once more. */
	if (authorization.state == AUTHORIZATION_VALID)
		TRY(authorization_refresh(turn, &authorization, err));
	describe(turn, view, &authorization, gate);
	return OK;
}
