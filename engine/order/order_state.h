/* The one setter of an order's state. */
#ifndef ISSUER_ENGINE_ORDER_ORDER_STATE_H
#define ISSUER_ENGINE_ORDER_ORDER_STATE_H

#include "engine/turn.h"
#include "store/order.h"

/*
 * Moves order by event, by the table ORDER_MOVES: compare and set in the store, and the journal
 * row, in this transaction. code and reason may be NULL. order->state is the expected old state and
 * becomes the new one. ORDER_STATE when there is no such move, STALE when the store knows another
 * state.
 */
STATUS order_transition(struct turn *turn, struct order *order, enum order_event event,
			const char *code, const char *reason, struct error *err);

#endif
