/* Calls: how they begin and when they are made; see call.h. What comes of them is call_record.c. */
#include "engine/people/call.h"

#include "base/utf8.h"
#include "engine/people/call_view.h"
#include "store/party.h"
#include "store/schedule.h"
#include "validators/call.h"
#include "validators/telephone.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_OCTETS_MAX = 300, ROLE_OCTETS_MAX = 40 };

/* ---- begin, end ---- */

enum status call_open(struct turn *turn, const struct authorization *authorization,
		      struct call *call, struct error *err)
{
	TRY(store_call_insert(turn->store, call, &call->id, err));
	return turn_record_object(turn,
				  (struct journal_entry){
					  .kind = ENTRY_CALL,
					  .order_id = call->order_id,
					  .subject_id = call->id,
					  .name = authorization->domain,
					  .code = authorization->method,
					  .reason = call->roles,
				  },
				  err);
}

static bool stands(const struct call *call)
{
	return call->state == CALL_OPEN || call->state == CALL_VOICEMAIL;
}

enum status calls_void(struct turn *turn, int64_t authorization_id, const char *reason,
		       struct error *err)
{
	struct call call = {.id = 0};
	for (;;) {
		enum status status = store_call_of_authorization(turn->store, authorization_id,
								 call.id, &turn->arena, &call, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		if (!stands(&call))
			continue;
		TRY(store_call_move(turn->store, call.id, call.state, CALL_VOID, 0, turn->now,
				    err));
		turn_record(turn, (struct journal_entry){
					  .kind = ENTRY_CALL_STATE,
					  .order_id = call.order_id,
					  .subject_id = call.id,
					  .from = call_state_text(call.state),
					  .to = call_state_text(CALL_VOID),
					  .reason = reason,
				  });
	}
}

enum status calls_remind(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct call call = {.id = 0};
	for (;;) {
		enum status status = store_call_of_authorization(turn->store, authorization_id,
								 call.id, &turn->arena, &call, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		if (!stands(&call) || call.agreed_at > turn->now || call.proposed_at > turn->now)
			continue;
		TRY(store_call_times(turn->store, &call, turn->now, 0, err));
		turn_record(turn, (struct journal_entry){
					  .kind = ENTRY_ACT,
					  .order_id = call.order_id,
					  .subject_id = call.id,
					  .name = "reminder",
					  .reason = "the call is to be made now",
				  });
	}
}

/* ---- organisations ---- */

enum status call_organisation(struct turn *turn, const struct order_view *view,
			      struct authorization *ret, struct error *err)
{
	struct authorization authorization = {
		.applicant_id = view->order.applicant_id,
		.domain = "",
		.method = METHOD_ORGANISATION_CALL,
		.ca = "",
		.order_id = 0,
		.pack = view->pack->id,
	};
	enum status status =
		store_authorization_find(turn->store, &authorization, &turn->arena, ret, err);
	if (status != NOT_FOUND)
		return status;
	authorization.network_id = engine_random_text(turn->engine, &turn->arena);
	authorization.state = AUTHORIZATION_PENDING;
	authorization.created_at = turn->now;
	TRY(store_authorization_insert(turn->store, &authorization, &authorization.id, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .order_id = view->order.id,
				  .subject_id = authorization.id,
				  .to = authorization_state_text(authorization.state),
				  .code = authorization.method,
			  });
	return store_authorization_get(turn->store, authorization.id, &turn->arena, ret, err);
}

enum status call_newest(struct store *store, int64_t authorization_id, struct arena *arena,
			struct call *ret, struct error *err)
{
	struct call call = {.id = 0};
	bool found = false;
	for (;;) {
		enum status status = store_call_of_authorization(store, authorization_id, call.id,
								 arena, &call, err);
		if (status == NOT_FOUND)
			return found ? OK : NOT_FOUND;
		TRY(status);
		*ret = call;
		found = true;
	}
}

enum status call_check_role(const char *what, const char *role, struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t length = strlen(role);
	if (length == 0 || length > ROLE_OCTETS_MAX || strspn(role, allowed) != length ||
	    role[0] == '-')
		return fail(err, USAGE,
			    "%s is a word of at most %d small letters, digits and hyphens, not "
			    "\"%.60s\"",
			    what, ROLE_OCTETS_MAX, role);
	return OK;
}

enum status call_check_text(const char *what, const char *text, struct error *err)
{
	struct slice rest = slice_text(text ? text : "");
	if (rest.length > TEXT_OCTETS_MAX)
		return fail(err, USAGE, "%s has more than %d octets", what, TEXT_OCTETS_MAX);
	while (rest.length > 0) {
		uint32_t point;
		size_t length = utf8_read(rest, &point);
		if (length == 0 || !utf8_is_plain(point))
			return fail(err, USAGE, "%s is not one line of plain text", what);
		rest = slice_of(rest.data + length, rest.length - length);
	}
	return OK;
}

/* Whether the order waits for such a call. */
static enum status check_wanted(const struct order_view *view, struct error *err)
{
	const struct gate *gate = NULL;
	for (size_t i = 0; i < view->gate_count; i++)
		if (view->gates[i].kind == GATE_KIND_ORGANISATION_CALL)
			gate = &view->gates[i];
	if (!gate)
		return fail(err, NOT_APPLICABLE, "product %s wants no call to the organisation",
			    view->product->id);
	if (view->order.state != ORDER_PENDING)
		return fail(err, ORDER_STATE, "the order is %s",
			    order_state_text(view->order.state));
	if (gate_passes(gate->state))
		return fail(err, NOT_APPLICABLE, "the gate is %s: nobody has to be called",
			    gate_state_text(gate->state));
	return OK;
}

static const char *roles_text(const struct callee_rule *rule, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < rule->role_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? " " : "", rule->roles[i]);
	return text;
}

/* Who may answer: by the pack, or where it says nothing by an officer (REQUIREMENTS A14). */
static enum status find_entitled(struct turn *turn, const struct order_view *view,
				 const struct applicant *applicant,
				 const struct call_create_params *params, struct call *call,
				 struct error *err)
{
	const struct callee_rule *rule =
		pack_callees(view->pack, applicant->type, params->listing, turn->now);
	if (rule && params->entitled)
		return fail(err, NOT_APPLICABLE,
			    "the pack says who may answer for this applicant: %s (%s)",
			    roles_text(rule, &turn->arena), rule->citation);
	if (rule) {
		call->entitled = roles_text(rule, &turn->arena);
		call->rule = rule->id;
		return OK;
	}
	if (params->entitled && params->reason) {
		call->entitled = params->entitled;
		call->rule = arena_printf(&turn->arena, "officer: %s", params->reason);
		return OK;
	}
	(void)fail(err, CALLEE_NOT_ENTITLED,
		   "no rule says who may answer for an applicant of type %s", applicant->type);
	return fail_hint(err, CALLEE_NOT_ENTITLED,
			 "decide who may: --entitled ROLE --reason TEXT, or --unlisted for a "
			 "company whose shares are not listed");
}

/* After a no another call needs a reason: nobody is called until they say yes. */
static enum status check_refused(const struct authorization *authorization,
				 const struct call_create_params *params, struct error *err)
{
	if (authorization->state != AUTHORIZATION_INVALID || params->reason)
		return OK;
	(void)fail(err, ANSWER_REJECTED, "the organisation said no on the telephone");
	return fail_hint(err, ANSWER_REJECTED, "say why it is called again: --reason TEXT");
}

/* Asked anew: an attempt of its own, as validations are told apart by it. */
static enum status begin_asking(struct turn *turn, struct authorization *authorization,
				int64_t order_id, struct error *err)
{
	const char *from = authorization_state_text(authorization->state);
	TRY(store_authorization_begin(turn->store, authorization->id, authorization->attempt,
				      turn->now, err));
	authorization->attempt++;
	authorization->state = AUTHORIZATION_ASKED;
	authorization->code = status_code(WAITING_FOR_PERSON);
	authorization->sentence = "the organisation is to be called";
	authorization->hint = NULL;
	TRY(store_authorization_end(turn->store, authorization, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .order_id = order_id,
				  .subject_id = authorization->id,
				  .from = from,
				  .to = authorization_state_text(authorization->state),
				  .code = authorization->code,
			  });
	return OK;
}

static enum status create(struct turn *turn, const struct call_create_params *params, int64_t *ret,
			  struct error *err)
{
	struct order_view view;
	struct applicant applicant;
	struct authorization authorization;
	struct telephone telephone;
	TRY(order_view_load(turn, params->order_id, &view, err));
	TRY(check_wanted(&view, err));
	TRY(store_applicant_get(turn->store, view.order.applicant_id, &turn->arena, &applicant,
				err));
	TRY(telephone_parse_national(params->number, applicant.country, &telephone, err));
	struct call call = {
		.order_id = view.order.id,
		.number = arena_text(&turn->arena, telephone.number),
		.written = strcmp(params->number, telephone.number) ? params->number : NULL,
		.roles = "organisation",
		.source = params->source,
		.person = params->person,
		.proposed_at = params->at,
		.created_at = turn->now,
	};
	TRY(find_entitled(turn, &view, &applicant, params, &call, err));
	TRY(call_organisation(turn, &view, &authorization, err));
	TRY(check_refused(&authorization, params, err));
	TRY(calls_void(turn, authorization.id, "another call takes its place", err));
	TRY(begin_asking(turn, &authorization, view.order.id, err));
	call.authorization_id = authorization.id;
	call.attempt = authorization.attempt;
	TRY(call_open(turn, &authorization, &call, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = view.order.id,
				  .subject_id = call.id,
				  .name = "call create",
				  .reason = params->reason,
			  });
	*ret = call.id;
	return store_schedule_decide(turn->store, authorization.id, turn->now, err);
}

static enum status check_create(const struct call_create_params *params, struct error *err)
{
	TRY(call_check_text("--number", params->number, err));
	TRY(call_check_text("--source", params->source, err));
	TRY(call_check_text("--person", params->person, err));
	TRY(call_check_text("--entitled", params->entitled, err));
	TRY(call_check_text("--reason", params->reason, err));
	for (const char *rest = params->entitled; rest && *rest;) {
		char role[ROLE_OCTETS_MAX + 2];
		size_t length = strcspn(rest, " ");
		(void)snprintf(role, sizeof(role), "%.*s", (int)length, rest);
		TRY(call_check_role("--entitled", role, err));
		rest += length + (rest[length] == ' ');
	}
	if (!params->number[0] || !params->source[0])
		return fail(err, USAGE, "a call needs its number and who published it");
	return OK;
}

enum status command_call_create(struct engine *engine, const struct call_create_params *params,
				struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	json_t *reply = NULL;
	int64_t id = 0;
	TRY(check_create(params, err));
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (receipt->replayed)
		return OK;
	TRY(create(&turn, params, &id, err));
	TRY(view_call(engine, id, &reply, err));
	TRY(receipt_keep(&turn, receipt, reply, err));
	return turn_commit(&turn, err);
}

/* ---- times ---- */

static enum status set_time(struct turn *turn, int64_t call_id, enum call_time_act act, int64_t at,
			    struct error *err)
{
	struct call call;
	char text[INSTANT_TEXT];
	TRY(store_call_get(turn->store, call_id, &turn->arena, &call, err));
	if (!stands(&call))
		return fail(err, ANSWER_CLOSED, "call t-%lld stands at \"%s\"", (long long)call.id,
			    call_state_text(call.state));
	at = at ? at : call.proposed_at;
	if (at == 0) {
		(void)fail(err, CALL_NOT_SCHEDULED, "no time was proposed for call t-%lld",
			   (long long)call.id);
		return fail_hint(err, CALL_NOT_SCHEDULED, "give one: --at TIME");
	}
	/* An agreement after the call would agree to nothing. */
	if (at + MINUTE_MS < turn->now)
		return fail(err, CALL_NOT_SCHEDULED, "%s is past", instant_text(at, text));
	TRY(store_call_times(turn->store, &call, act == CALL_AGREE ? call.proposed_at : at,
			     act == CALL_AGREE ? at : 0, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = call.order_id,
				  .subject_id = call.id,
				  .name = act == CALL_AGREE ? "call agree" : "call propose",
				  .reason = instant_text(at, text),
			  });
	return store_schedule_decide(turn->store, call.authorization_id, turn->now, err);
}

enum status command_call_time(struct engine *engine, int64_t call_id, enum call_time_act act,
			      int64_t at, struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	json_t *reply = NULL;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (receipt->replayed)
		return OK;
	TRY(set_time(&turn, call_id, act, at, err));
	TRY(view_call(engine, call_id, &reply, err));
	TRY(receipt_keep(&turn, receipt, reply, err));
	return turn_commit(&turn, err);
}
