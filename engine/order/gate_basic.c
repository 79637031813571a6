/*
 * The gates that ask only what the home already knows: applicant (may this
 * applicant have this product) and request (key and CSR present).
 */
#include "engine/order/gate.h"

#include "store/party.h"
#include "store/schedule.h"

#include <string.h>

/* REQUIREMENTS 1.B: eligible types are data of the product row. */
enum status gate_applicant_decide(struct turn *turn, const struct order_view *view,
				  struct gate *gate, struct error *err)
{
	struct applicant applicant;
	const struct product *product = view->product;
	TRY(store_applicant_get(turn->store, view->order.applicant_id, &turn->arena, &applicant,
				err));
	bool eligible = product->applicant_type_count == 0;
	for (size_t i = 0; i < product->applicant_type_count; i++)
		eligible = eligible || strcmp(product->applicant_types[i], applicant.type) == 0;
	if (eligible) {
		gate->state = GATE_OPEN;
		gate->turn = TURN_NOBODY;
		return OK;
	}
	gate->state = GATE_REFUSED;
	gate->turn = TURN_OPERATOR;
	gate->until_at = view->order.give_up_at;
	gate->code = status_code(APPLICANT_INELIGIBLE);
	gate->sentence =
		arena_printf(&turn->arena, "an applicant of type %s cannot have the product %s",
			     applicant.type, product->id);
	gate->action = "cancel the order, or order a product for which the applicant is eligible";
	return OK;
}

enum status gate_request_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
				struct error *err)
{
	const struct order *order = &view->order;
	if (order->request_id) {
		gate->state = GATE_OPEN;
		gate->turn = TURN_NOBODY;
		return OK;
	}
	gate->until_at = order->give_up_at;
	gate->code = status_code(KEY_MISSING);
	if (!order->key_type) {
		gate->state = GATE_WAITING;
		gate->turn = TURN_AGENT;
		gate->sentence = "no certification request was given";
		gate->action = arena_printf(&turn->arena, "issuer order csr %lld --file FILE",
					    (long long)order->id);
		return OK;
	}
	gate->state = GATE_WORKING;
	gate->turn = TURN_US;
	gate->until_at = turn->now;
	gate->sentence = arena_printf(&turn->arena, "the %s key is not made yet", order->key_type);
	gate->action = "nothing: the next run makes the key";
	return store_schedule_sooner(turn->store, DUTY_KEY_MAKE, order->id, turn->now, err);
}
