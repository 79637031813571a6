/* What officers decide about control of names: see validation_command.h. */
#include "engine/people/validation_command.h"

#include "engine/order/alias.h"
#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/command_turn.h"
#include "engine/people/rejection.h"
#include "engine/people/validation.h"
#include "engine/people/validation_view.h"
#include "engine/order/way.h"
#include "store/schedule.h"

#include <string.h>

/* ---- give up ---- */

static bool is_open(const struct authorization *authorization)
{
	switch (authorization->state) {
	case AUTHORIZATION_PENDING:
	case AUTHORIZATION_WORKING:
	case AUTHORIZATION_ASKED:
		return method_asks(authorization->method);
	case AUTHORIZATION_VALID:
	case AUTHORIZATION_INVALID:
		return false;
	}
	return false;
}

/* Fails what one control gate waits for; *ret: whether it was there to fail. */
static enum status give_up_gate(struct turn *turn, const struct give_up_params *params,
				const struct gate *gate, bool *ret, struct error *err)
{
	struct authorization authorization;
	if (gate_passes(gate->state) || !gate->authorization_id)
		return OK;
	TRY(store_authorization_get(turn->store, gate->authorization_id, &turn->arena,
				    &authorization, err));
	/* Names may share it: it fails once. One that has not begun yet, such as the fallback of
	 * what was just given up, has asked nobody in vain. */
	if (!is_open(&authorization) || authorization.attempt == 0 ||
	    (params->method && strcmp(authorization.method, params->method) != 0))
		return OK;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = params->order_id,
				  .subject_id = authorization.id,
				  .name = "validation give-up",
				  .from = authorization.method,
				  .reason = params->reason,
			  });
	*ret = true;
	return asking_fail(turn, &authorization, GIVEN_UP,
			   arena_printf(&turn->arena, "given up: %s", params->reason), err);
}

enum status command_give_up(struct engine *engine, const struct give_up_params *params,
			    struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	bool any = false;
	TRY(command_begin(&turn, engine, receipt, params->order_id, &view, err));
	if (command_replayed(receipt))
		return OK;
	if (params->name)
		TRY(command_has_name(&view, params->name, err));
	if (params->method && !method_asks(params->method))
		return fail(err, NOT_APPLICABLE,
			    "%s asks nobody who could be waited for in vain: switch to another "
			    "method instead",
			    params->method);
	for (size_t i = 0; i < view.gate_count; i++)
		if (view.gates[i].kind == GATE_KIND_CONTROL &&
		    (!params->name || strcmp(view.gates[i].name, params->name) == 0))
			TRY(give_up_gate(&turn, params, &view.gates[i], &any, err));
	if (!any)
		return fail(err, NOT_APPLICABLE,
			    "order o-%lld does not wait for anybody's answer%s%s",
			    (long long)params->order_id, params->method ? " by " : "",
			    params->method ? params->method : "");
	return command_end(&turn, receipt, params->order_id, err);
}

/* ---- release ---- */

/* Lifts what holds the name; *ret_count grows by what was lifted. */
static enum status lift(struct turn *turn, const struct order_view *view, const char *name,
			const char *reason, size_t *ret_count, struct error *err)
{
	for (int64_t after = 0;; ++*ret_count) {
		struct rejection rejection;
		enum status status = rejection_of_name(turn, view->order.applicant_id, name, after,
						       &rejection, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		TRY(rejection_lift(turn, &rejection, view->order.id, reason, err));
		TRY(asking_again(turn, rejection.authorization_id, err));
		after = rejection.id;
	}
}

/* The name behind an alias, of whose contacts somebody may have said no; NULL: none is known. */
static enum status name_behind(struct turn *turn, const struct order_view *view, const char *name,
			       const char **ret, struct error *err)
{
	const struct method_rule *rule = NULL;
	struct alias alias;
	struct name target;
	*ret = NULL;
	if (pack_method(view->pack, way_method(view, name), turn->now, &rule, NULL) != OK ||
	    !alias_applies(view, rule, name))
		return OK;
	TRY(alias_of(turn, view, rule, name, &alias, err));
	if (alias.target && name_normalise(alias.target, &target, NULL) == OK)
		*ret = arena_text(&turn->arena, target.ascii);
	return OK;
}

enum status command_release(struct engine *engine, int64_t order_id, const char *name,
			    const char *reason, struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	const char *behind = NULL;
	size_t lifted = 0;
	/* Also of an order that is done: somebody may have said no afterwards. */
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (command_replayed(receipt))
		return OK;
	TRY(order_view_load(&turn, order_id, &view, err));
	TRY(command_has_name(&view, name, err));
	TRY(lift(&turn, &view, authorization_adn(name), reason, &lifted, err));
	TRY(name_behind(&turn, &view, name, &behind, err));
	if (behind)
		TRY(lift(&turn, &view, behind, reason, &lifted, err));
	if (lifted == 0)
		return fail(err, NOT_APPLICABLE, "nobody's no holds %s", name);
	/* The same no may have held other orders of the applicant. */
	TRY(store_schedule_decide_applicant(turn.store, view.order.applicant_id, turn.now, err));
	return command_end(&turn, receipt, order_id, err);
}

/* ---- reuse ---- */

static const struct gate *control_of(const struct order_view *view, const char *name)
{
	for (size_t i = 0; i < view->gate_count; i++)
		if (view->gates[i].kind == GATE_KIND_CONTROL &&
		    strcmp(view->gates[i].name, name) == 0)
			return &view->gates[i];
	return NULL;
}

enum status command_reuse(struct engine *engine, int64_t order_id, const char *name,
			  enum reuse_answer answer, const char *reason, struct receipt *receipt,
			  struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	TRY(command_begin(&turn, engine, receipt, order_id, &view, err));
	if (command_replayed(receipt))
		return OK;
	TRY(command_has_name(&view, name, err));
	/* As it stands now: it may have lapsed, or been withdrawn. */
	TRY(gates_decide(&turn, &view, err));
	const struct gate *gate = control_of(&view, name);
	if (!gate || gate->state != GATE_WAITING || !gate->validation_id)
		return fail(err, NOT_APPLICABLE, "%s does not wait for a choice about reuse", name);
	TRY(way_set_reuse(&turn, &view, name,
			  answer == REUSE_IT ? gate->validation_id : REUSE_DECLINED, err));
	turn_record(&turn, (struct journal_entry){
				   .kind = ENTRY_ACT,
				   .order_id = order_id,
				   .subject_id = gate->validation_id,
				   .name = "validation reuse",
				   .to = answer == REUSE_IT ? "used" : "shown anew",
				   .reason = reason,
			   });
	return command_end(&turn, receipt, order_id, err);
}

/* ---- withdraw ---- */

enum status command_withdraw(struct engine *engine, int64_t validation_id, const char *reason,
			     struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct validation_record validation;
	json_t *reply = NULL;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (command_replayed(receipt))
		return OK;
	TRY(store_validation_get(turn.store, validation_id, &turn.arena, &validation, err));
	if (validation.withdrawn_at)
		return fail(err, NOT_APPLICABLE, "validation v-%lld was withdrawn before",
			    (long long)validation_id);
	TRY(validation_withdraw(&turn, &validation, 0, reason, err));
	/* Nor do the values count by which others could confirm it still. */
	TRY(asking_void(&turn, validation.authorization_id, "the result was withdrawn", err));
	/* Whatever waits for a choice about it has no gate on its authorization. */
	TRY(store_schedule_decide_applicant(turn.store, validation.applicant_id, turn.now, err));
	TRY(view_validation(engine, validation_id, &reply, err));
	TRY(receipt_keep(&turn, receipt, reply, err));
	return turn_commit(&turn, err);
}
