/*
 * The frame of a command that changes a pending order: one turn, in which the
 * order is decided again at the end, so that the reply tells how it stands then.
 */
#ifndef ISSUER_ENGINE_COMMAND_TURN_H
#define ISSUER_ENGINE_COMMAND_TURN_H

#include "engine/order/gate.h"
#include "engine/receipt.h"

/* Begins the turn and loads the order. ORDER_STATE when it is not pending. Nothing more is to be
 * done when command_replayed. */
STATUS command_begin(struct turn *turn, struct engine *engine, struct receipt *receipt,
		     int64_t order_id, struct order_view *ret, struct error *err);
bool command_replayed(const struct receipt *receipt);
/* NOT_FOUND when the order does not have the name (A-labels). */
STATUS command_has_name(const struct order_view *view, const char *name, struct error *err);
/* Decides the order, keeps the reply, commits. */
STATUS command_end(struct turn *turn, struct receipt *receipt, int64_t order_id, struct error *err);

#endif
