/*
 * Gate rows: what was last decided about one thing that must be true. A row only
 * caches the decision; engine/order/gate.c decides.
 */
#ifndef ISSUER_STORE_GATE_H
#define ISSUER_STORE_GATE_H

#include "store/states.h"
#include "store/store.h"

struct gate {
	int64_t order_id;
	enum gate_kind kind;
	const char *name; /* what it is about ("www.example.com"), "" for the whole order */
	int position;     /* in the order they are shown and decided */
	enum gate_state state;
	enum turn_of turn;
	int64_t until_at;         /* by when, or when it is looked at next; 0: not said */
	const char *code;         /* a problem code; NULL when open */
	const char *sentence;     /* what was seen; NULL likewise */
	const char *action;       /* the exact next thing to do; NULL when open */
	int64_t authorization_id; /* 0: none */
	int64_t validation_id;    /* 0: none */
	int64_t decided_at;
	int64_t lapses_at; /* an open gate counts until; 0: does not lapse by time */
};

STATUS store_gate_insert(struct store *store, const struct gate *gate, struct error *err);
STATUS store_gate_update(struct store *store, const struct gate *gate, struct error *err);
/* In position order, in the arena. */
STATUS store_gates_of_order(struct store *store, int64_t order_id, struct arena *arena,
			    struct gate **ret, size_t *ret_count, struct error *err);
/* Whether a pending order has a gate on the authorization. */
STATUS store_gate_awaited(struct store *store, int64_t authorization_id, bool *ret,
			  struct error *err);
/* Gates of pending orders that wait for somebody or are refused, oldest order first. */
STATUS store_gates_waiting(struct store *store, int limit, struct arena *arena, struct gate **ret,
			   size_t *ret_count, struct error *err);

/* Orders in each state, and duties that are past their time. */
struct state_count {
	enum order_state state;
	int64_t count;
};
STATUS store_count_by_state(struct store *store, struct arena *arena, struct state_count **ret,
			    size_t *ret_count, struct error *err);

/* A name of a pending order whose control gate waits for an authorization. */
struct awaiting_name {
	int64_t order_id;
	const char *name;    /* A-labels, with "*." */
	const char *display; /* U-labels */
	bool wildcard;
};
/* At most limit of them, by order. */
STATUS store_gates_awaiting(struct store *store, int64_t authorization_id, int limit,
			    struct arena *arena, struct awaiting_name **ret, size_t *ret_count,
			    struct error *err);

#endif
