/* The frame of a command on a pending order: see command_turn.h. */
#include "engine/command_turn.h"

#include <string.h>

bool command_replayed(const struct receipt *receipt)
{
	return receipt && receipt->replayed;
}

enum status command_begin(struct turn *turn, struct engine *engine, struct receipt *receipt,
			  int64_t order_id, struct order_view *ret, struct error *err)
{
	TRY(turn_begin(turn, engine, engine->actor, err));
	TRY(receipt_find(turn, receipt, err));
	if (command_replayed(receipt))
		return OK;
	TRY(order_view_load(turn, order_id, ret, err));
	if (ret->order.state == ORDER_PENDING)
		return OK;
	return fail(err, ORDER_STATE, "order o-%lld is %s: nothing is to be shown for it",
		    (long long)order_id, order_state_text(ret->order.state));
}

enum status command_has_name(const struct order_view *view, const char *name, struct error *err)
{
	for (size_t i = 0; i < view->name_count; i++)
		if (strcmp(view->names[i].name, name) == 0)
			return OK;
	return fail(err, NOT_FOUND, "order o-%lld has no name %s", (long long)view->order.id, name);
}

enum status command_end(struct turn *turn, struct receipt *receipt, int64_t order_id,
			struct error *err)
{
	TRY(order_advance(turn, order_id, err));
	TRY(receipt_keep_order(turn, receipt, order_id, err));
	return turn_commit(turn, err);
}
