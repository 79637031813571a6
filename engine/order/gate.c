/*
 * The gates of an order, and how it moves when they open: see gate.h.
 *
 *   pending ──all open──► ready ──decided again──► issuing
 *      ▲                    │
 *      └──── one shut ──────┘
 */
#include "engine/order/gate.h"

#include "engine/order/issuance.h"
#include "engine/order/order_state.h"
#include "store/schedule.h"

#include <string.h>

static const struct gate_kind_row kind_rows[] = {
	{GATE_KIND_APPLICANT, GATE_FOR_ORDER, gate_applicant_decide},
	{GATE_KIND_REQUEST, GATE_FOR_ORDER, gate_request_decide},
	{GATE_KIND_CONTROL, GATE_FOR_NAME, gate_control_decide},
	/* BR 4.2.2.1: "for each dNSName in the subjectAltName extension", so not for an iPAddress.
	 */
	{GATE_KIND_CAA, GATE_FOR_DOMAIN_NAME, gate_caa_decide},
	{GATE_KIND_ORGANISATION_CALL, GATE_FOR_ORDER, gate_organisation_call_decide},
};
#define X(name, code, wire) +1
_Static_assert(ARRAY_LENGTH(kind_rows) == 0 GATE_KINDS(X), "every gate kind is decided");
#undef X

const struct gate_kind_row *gate_kind_find(enum gate_kind kind)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kind_rows); i++)
		if (kind_rows[i].kind == kind)
			return &kind_rows[i];
	return NULL;
}

bool gate_kind_concerns(enum gate_kind kind, const char *name)
{
	const struct gate_kind_row *row = gate_kind_find(kind);
	if (!row)
		return false;
	switch (row->scope) {
	case GATE_FOR_ORDER:
		return false;
	case GATE_FOR_NAME:
		return true;
	case GATE_FOR_DOMAIN_NAME:
		return !name_is_address(name);
	}
	return false;
}

bool gate_passes(enum gate_state state)
{
	switch (state) {
	case GATE_OPEN:
	case GATE_WAIVED:
	case GATE_NOT_REQUIRED:
		return true;
	case GATE_BLOCKED:
	case GATE_WORKING:
	case GATE_WAITING:
	case GATE_REFUSED:
		return false;
	}
	return false;
}

bool gates_pass(const struct order_view *view, enum gate_kind kind)
{
	for (size_t i = 0; i < view->gate_count; i++)
		if (view->gates[i].kind == kind && !gate_passes(view->gates[i].state))
			return false;
	return true;
}

/* ---- an order with its gates ---- */

enum status order_view_load(struct turn *turn, int64_t order_id, struct order_view *ret,
			    struct error *err)
{
	struct order_view view = {0};
	TRY(store_order_get(turn->store, order_id, &turn->arena, &view.order, err));
	TRY(store_order_names(turn->store, order_id, &turn->arena, &view.names, &view.name_count,
			      err));
	TRY(store_gates_of_order(turn->store, order_id, &turn->arena, &view.gates, &view.gate_count,
				 err));
	TRY(engine_policy(turn->engine, &view.policy, err));
	TRY(policy_product(view.policy, view.order.product, &view.product, err));
	TRY(policy_pack(view.policy, view.product->pack, &view.pack, err));
	TRY(policy_ca(view.policy, view.product->ca, &view.ca, err));
	*ret = view;
	return OK;
}

static enum status make_one(struct turn *turn, struct order_view *view, enum gate_kind kind,
			    const char *name, struct error *err)
{
	struct gate *gate = &view->gates[view->gate_count];
	*gate = (struct gate){
		.order_id = view->order.id,
		.kind = kind,
		.name = name,
		.position = (int)view->gate_count,
		.state = GATE_BLOCKED,
		.turn = TURN_US,
		.decided_at = turn->now,
	};
	view->gate_count++;
	TRY(store_gate_insert(turn->store, gate, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_GATE_STATE,
				  .order_id = view->order.id,
				  .subject_id = (int64_t)kind,
				  .name = name,
				  .to = gate_state_text(gate->state),
			  });
	return OK;
}

enum status gates_make(struct turn *turn, struct order_view *view, struct error *err)
{
	size_t room = view->product->gate_count * (view->name_count + 1);
	view->gates = arena_new(&turn->arena, room, sizeof(*view->gates));
	view->gate_count = 0;
	for (size_t i = 0; i < view->product->gate_count; i++) {
		enum gate_kind kind;
		const char *wire = view->product->gates[i].kind;
		if (gate_kind_parse(wire, &kind) != OK)
			return fail(err, POLICY_ROW, "product %s has a gate \"%s\" that is unknown",
				    view->product->id, wire);
		if (gate_kind_find(kind)->scope == GATE_FOR_ORDER) {
			TRY(make_one(turn, view, kind, "", err));
			continue;
		}
		for (size_t n = 0; n < view->name_count; n++)
			if (gate_kind_concerns(kind, view->names[n].name))
				TRY(make_one(turn, view, kind, view->names[n].name, err));
	}
	return OK;
}

/* ---- deciding ---- */

/* The first kind named in "after" that does not pass; NULL when the gate may be decided. */
static const char *blocked_by(const struct order_view *view, enum gate_kind kind)
{
	for (size_t i = 0; i < view->product->gate_count; i++) {
		const struct product_gate *row = &view->product->gates[i];
		if (strcmp(row->kind, gate_kind_text(kind)) != 0)
			continue;
		for (size_t k = 0; k < row->after_count; k++) {
			enum gate_kind after;
			if (gate_kind_parse(row->after[k], &after) == OK &&
			    !gates_pass(view, after))
				return row->after[k];
		}
	}
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_decision(const struct gate *a, const struct gate *b)
{
	return a->state == b->state && a->turn == b->turn && a->until_at == b->until_at &&
	       a->authorization_id == b->authorization_id && a->validation_id == b->validation_id &&
	       a->lapses_at == b->lapses_at && same_text(a->code, b->code) &&
	       same_text(a->sentence, b->sentence) && same_text(a->action, b->action);
}

static enum status keep_decision(struct turn *turn, const struct gate *before, struct gate *gate,
				 struct error *err)
{
	if (same_decision(before, gate))
		return OK;
	gate->decided_at = turn->now;
	TRY(store_gate_update(turn->store, gate, err));
	if (before->state == gate->state && same_text(before->code, gate->code) &&
	    before->validation_id == gate->validation_id)
		return OK;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_GATE_STATE,
				  .order_id = gate->order_id,
				  .subject_id = (int64_t)gate->kind,
				  .name = gate->name,
				  .from = gate_state_text(before->state),
				  .to = gate_state_text(gate->state),
				  .code = gate->code,
				  .reason = gate->sentence,
			  });
	return OK;
}

static enum status decide_one(struct turn *turn, const struct order_view *view, struct gate *gate,
			      struct error *err)
{
	struct gate before = *gate;
	const char *after = blocked_by(view, gate->kind);
	const struct gate_kind_row *row = gate_kind_find(gate->kind);
	if (!row)
		return fail(err, STORE_DAMAGED, "order o-%lld has a gate of unknown kind %d",
			    (long long)view->order.id, (int)gate->kind);
	/* An officer's waiver is a decision that stays. */
	if (gate->state == GATE_WAIVED || gate->state == GATE_NOT_REQUIRED)
		return OK;
	gate->code = gate->sentence = gate->action = NULL;
	gate->until_at = gate->lapses_at = gate->validation_id = 0;
	if (after) {
		gate->state = GATE_BLOCKED;
		gate->turn = TURN_NOBODY;
		gate->until_at = view->order.give_up_at;
		gate->action =
			arena_printf(&turn->arena, "nothing yet: gate %s comes first", after);
	} else {
		TRY(row->decide(turn, view, gate, err));
	}
	return keep_decision(turn, &before, gate, err);
}

/* Whether another gate that opened may change what was decided of this one. */
static bool depends_on_others(const struct gate *gate)
{
	return gate->state == GATE_BLOCKED ||
	       (gate->kind == GATE_KIND_CAA && gate->state == GATE_WORKING);
}

enum status gates_decide(struct turn *turn, struct order_view *view, struct error *err)
{
	bool again = true;
	/* Each further pass opens at least one more gate, so there are no more passes than gates.
	 */
	for (size_t pass = 0; again && pass <= view->gate_count; pass++) {
		again = false;
		for (size_t i = 0; i < view->gate_count; i++) {
			struct gate *gate = &view->gates[i];
			if (pass > 0 && !depends_on_others(gate))
				continue;
			bool passed = gate_passes(gate->state);
			TRY(decide_one(turn, view, gate, err));
			again = again || (!passed && gate_passes(gate->state));
		}
	}
	return OK;
}

/* ---- the order moves ---- */

const struct gate *gates_first_shut(const struct order_view *view)
{
	for (size_t i = 0; i < view->gate_count; i++)
		if (!gate_passes(view->gates[i].state))
			return &view->gates[i];
	return NULL;
}

/* A refusal that no attempt will lift is decided again at the pack's interval (DESIGN.md, Settled).
 */
static enum status decide_again_later(struct turn *turn, const struct order_view *view,
				      struct error *err)
{
	const struct engine_rule *rule = NULL;
	bool refused = false;
	for (size_t i = 0; i < view->gate_count; i++)
		refused = refused || (view->gates[i].state == GATE_REFUSED &&
				      !view->gates[i].authorization_id);
	if (!refused)
		return OK;
	TRY(pack_engine(view->pack, turn->now, &rule, err));
	return store_schedule_put(turn->store, DUTY_ORDER_DECIDE, view->order.id,
				  turn->now + rule->refused_again_ms, err);
}

enum status order_advance(struct turn *turn, int64_t order_id, struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(store_schedule_drop(turn->store, DUTY_ORDER_DECIDE, order_id, err));
	if (view.order.state == ORDER_PENDING) {
		TRY(gates_decide(turn, &view, err));
		if (gates_first_shut(&view))
			return decide_again_later(turn, &view, err);
		TRY(order_transition(turn, &view.order, ORDER_EVENT_ALL_OPEN, NULL, NULL, err));
	}
	if (view.order.state != ORDER_READY)
		return OK;
	TRY(gates_decide(turn, &view, err));
	const struct gate *shut = gates_first_shut(&view);
	if (shut)
		return order_transition(turn, &view.order, ORDER_EVENT_GATE_SHUT, shut->code,
					shut->sentence, err);
	return issuance_intend(turn, &view, err);
}
