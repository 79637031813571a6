/* The table of duties: see duty.h. */
#include "engine/drive/duty.h"

#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/order/gate.h"
#include "engine/order/issuance.h"
#include "engine/order/order_state.h"
#include "engine/drive/post.h"

/* Nobody served the order within the product's give_up_days. */
static enum status give_up(struct turn *turn, int64_t order_id, struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(store_schedule_drop(turn->store, DUTY_ORDER_GIVE_UP, order_id, err));
	if (view.order.state != ORDER_PENDING)
		return OK;
	const struct gate *shut = gates_first_shut(&view);
	return order_transition(turn, &view.order, ORDER_EVENT_GIVEN_UP, shut ? shut->code : NULL,
				"not every gate was open within the product's time", err);
}

struct duty_row {
	enum duty duty;
	enum status (*perform)(struct turn *turn, int64_t subject_id, struct error *err);
};

static const struct duty_row duty_rows[] = {
	{DUTY_ORDER_DECIDE, order_advance}, {DUTY_ORDER_GIVE_UP, give_up},
	{DUTY_KEY_MAKE, key_make_begin},    {DUTY_ATTEMPT, authorization_begin},
	{DUTY_EFFECT, issuance_resume},     {DUTY_POST, post_resume},
	{DUTY_REMINDER, asking_remind},     {DUTY_ANSWER_DUE, asking_due},
};
#define X(name, code, wire) +1
_Static_assert(ARRAY_LENGTH(duty_rows) == 0 DUTIES(X), "every duty is performed");
#undef X

enum status duty_perform(struct turn *turn, const struct schedule_row *row, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(duty_rows); i++)
		if (duty_rows[i].duty == row->duty)
			return duty_rows[i].perform(turn, row->subject_id, err);
	return fail(err, STORE_DAMAGED, "the schedule has a duty of unknown kind %d",
		    (int)row->duty);
}
