/* Moving an order: see order_state.h. The table of moves is ORDER_MOVES in store/states.h. */
#include "engine/order/order_state.h"

#include "store/schedule.h"

/* Duties that an order which has ended does not have any more. */
static enum status drop_duties(struct turn *turn, int64_t order_id, struct error *err)
{
	static const enum duty duties[] = {DUTY_ORDER_DECIDE, DUTY_ORDER_GIVE_UP, DUTY_KEY_MAKE};
	for (size_t i = 0; i < ARRAY_LENGTH(duties); i++)
		TRY(store_schedule_drop(turn->store, duties[i], order_id, err));
	return OK;
}

enum status order_transition(struct turn *turn, struct order *order, enum order_event event,
			     const char *code, const char *reason, struct error *err)
{
	enum order_state to;
	TRY(order_move(order->state, event, &to, err));
	TRY(store_order_move(turn->store, order->id, order->state, to, code, reason, turn->now,
			     err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ORDER_STATE,
				  .order_id = order->id,
				  .subject_id = order->id,
				  .name = order_event_text(event),
				  .from = order_state_text(order->state),
				  .to = order_state_text(to),
				  .code = code,
				  .reason = reason,
			  });
	order->state = to;
	order->code = code;
	order->reason = reason;
	order->state_at = turn->now;
	return order_state_kind(to) == STATE_TERMINAL ? drop_duties(turn, order->id, err) : OK;
}
