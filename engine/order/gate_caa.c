/*
 * Gate caa: the domain owner's CAA records permit this CA, looked up not longer
 * ago than max(TTL, the rule's freshness). A result that lapsed while other gates
 * are shut is looked up again when they open, not every few hours before.
 * Sources: REQUIREMENTS CAA-01, CAA-02; RULES 1.6 (BR 4.2.2.1, RFC 8659).
 */
#include "engine/order/account.h"
#include "engine/order/authorization.h"
#include "engine/order/gate.h"
#include "store/validation.h"

/* Opens the gate by the order's own look-up, when that is fresh. */
static enum status use_look_up(struct turn *turn, const struct order_view *view,
			       const struct authorization *authorization, struct gate *gate,
			       struct error *err)
{
	const struct caa_rule *rule = NULL;
	struct validation_record validation;
	struct applicant applicant;
	TRY(pack_caa(view->pack, turn->now, &rule, err));
	TRY(store_validation_get(turn->store, authorization->validation_id, &turn->arena,
				 &validation, err));
	TRY(account_load(turn, view->order.applicant_id, &applicant, err));
	if (validation.withdrawn_at || validation.began_at > turn->now ||
	    !authorization_for_account(&validation, &applicant))
		return OK;
	int64_t last = period_last(rule->freshness, validation.began_at, view->pack->zone_s);
	int64_t ttl_last = validation.began_at + validation.ttl_s * SECOND_MS;
	if (ttl_last > last)
		last = ttl_last;
	if (turn->now > last)
		return OK;
	gate->state = GATE_OPEN;
	gate->turn = TURN_NOBODY;
	gate->validation_id = validation.id;
	gate->authorization_id = authorization->id;
	gate->lapses_at = last;
	return OK;
}

/* Whether every gate that CAA does not depend on and that comes before it in the list passes. */
static bool others_pass(const struct order_view *view)
{
	for (size_t i = 0; i < view->gate_count; i++)
		if (view->gates[i].kind != GATE_KIND_CAA && !gate_passes(view->gates[i].state))
			return false;
	return true;
}

static void describe(const struct order_view *view, const struct authorization *authorization,
		     struct gate *gate)
{
	enum status last = authorization->code ? status_from_code(authorization->code) : OK;
	gate->authorization_id = authorization->id;
	gate->sentence = authorization->sentence;
	gate->until_at = authorization->not_before_at;
	if (last == OK || last == STATUS_COUNT) {
		gate->state = GATE_WORKING;
		gate->turn = TURN_US;
		gate->code = status_code(CAA_UNKNOWN);
		gate->sentence = "CAA was not looked up yet";
		gate->action = "nothing: the next run looks CAA up";
		return;
	}
	gate->code = authorization->code;
	gate->action = authorization->hint;
	if (status_exit(last) == EXIT_STATUS_REFUSED) {
		gate->state = GATE_REFUSED;
		gate->turn = TURN_DOMAIN_OWNER;
		return;
	}
	/* Other perspectives see other records, or there are none to ask. */
	bool person = status_exit(last) == EXIT_STATUS_PERSON;
	gate->state = person ? GATE_WAITING : GATE_WORKING;
	gate->turn = !person                        ? TURN_US
		     : last == PERSPECTIVES_MISSING ? TURN_AGENT
						    : TURN_DOMAIN_OWNER;
	if (!gate->action)
		gate->action = "nothing: CAA is looked up again";
	if (!gate->until_at)
		gate->until_at = view->order.give_up_at;
}

enum status gate_caa_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
			    struct error *err)
{
	struct authorization_need need = {
		.order = &view->order,
		.product = view->product,
		.pack = view->pack,
		.domain = gate->name,
		.method = "caa",
		.ca = view->ca->id,
	};
	struct authorization authorization;
	TRY(authorization_ensure(turn, &need, &authorization, err));
	if (authorization.state == AUTHORIZATION_VALID)
		TRY(use_look_up(turn, view, &authorization, gate, err));
	if (gate->state == GATE_OPEN && gate->validation_id)
		return OK;
	if (authorization.state == AUTHORIZATION_VALID) {
		gate->authorization_id = authorization.id;
		gate->state = GATE_WORKING;
		gate->turn = TURN_US;
		gate->code = status_code(CAA_UNKNOWN);
		gate->sentence = "the CAA look-up is not fresh any more";
		gate->until_at = view->order.give_up_at;
		gate->action = "nothing: CAA is looked up again when the other gates are open";
		return others_pass(view) ? authorization_refresh(turn, &authorization, err) : OK;
	}
	describe(view, &authorization, gate);
	return OK;
}
