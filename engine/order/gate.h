/*
 * Gates: what must be true before a certificate may exist. One row in the table
 * of gate.c for each kind: whether it stands once or for every name, and the
 * function that decides it. The store only caches the last decision.
 */
#ifndef ISSUER_ENGINE_ORDER_GATE_H
#define ISSUER_ENGINE_ORDER_GATE_H

#include "engine/turn.h"
#include "store/gate.h"
#include "store/order.h"

/* An order with all that deciding needs; in the turn's arena. */
struct order_view {
	struct order order;
	struct order_name *names;
	size_t name_count;
	struct gate *gates;
	size_t gate_count;
	const struct policy *policy;
	const struct product *product;
	const struct pack *pack;
	const struct ca_row *ca;
};

STATUS order_view_load(struct turn *turn, int64_t order_id, struct order_view *ret,
		       struct error *err);

/* Whether a gate in this state lets the order pass. */
bool gate_passes(enum gate_state state);
/* Whether all gates of the kind pass. */
bool gates_pass(const struct order_view *view, enum gate_kind kind);

enum gate_scope { GATE_FOR_ORDER, GATE_FOR_NAME, GATE_FOR_DOMAIN_NAME };

/*
 * Decides one gate at turn->now, and sees to it that somebody is at work on it. Fills state, turn,
 * until_at, code, sentence, action, authorization_id, validation_id, lapses_at of *gate, which
 * holds the last decision when called.
 */
struct gate_kind_row {
	enum gate_kind kind;
	enum gate_scope scope;
	enum status (*decide)(struct turn *turn, const struct order_view *view, struct gate *gate,
			      struct error *err);
};
/* NULL when this version knows no such kind. */
const struct gate_kind_row *gate_kind_find(enum gate_kind kind);
/* Whether the name has a gate of the kind: an address has none that is for domain names. */
bool gate_kind_concerns(enum gate_kind kind, const char *name);

/* Makes the gate rows of a new order, all blocked: as the product row lists them. */
STATUS gates_make(struct turn *turn, struct order_view *view, struct error *err);
/* The first gate that does not pass; NULL when all do. */
const struct gate *gates_first_shut(const struct order_view *view);
/* Decides every gate until nothing more opens, caches and journals what changed. */
STATUS gates_decide(struct turn *turn, struct order_view *view, struct error *err);

/*
 * The story of an order: decides its gates and moves it as far as it goes. When the last gate
 * opens, ready → issuing decides them all again at that instant and writes the intent to sign.
 */
STATUS order_advance(struct turn *turn, int64_t order_id, struct error *err);

/* Gates of their own files. */
STATUS gate_applicant_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
			     struct error *err);
STATUS gate_request_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
			   struct error *err);
STATUS gate_control_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
			   struct error *err);
STATUS gate_caa_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
		       struct error *err);
STATUS gate_organisation_call_decide(struct turn *turn, const struct order_view *view,
				     struct gate *gate, struct error *err);

#endif
