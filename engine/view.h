/*
 * What people and programs are shown, as JSON; cli/ prints its text from the same
 * objects, so both tell the same facts. Members: absent = not applicable, null =
 * unknown; snake_case; fields are only added.
 */
#ifndef ISSUER_ENGINE_VIEW_H
#define ISSUER_ENGINE_VIEW_H

#include "base/json.h"
#include "engine/engine.h"
#include "store/states.h"

/* {order, state, code, reason, names […], gates […], publish […], …}: all of one order. */
STATUS view_order(struct engine *engine, int64_t order_id, json_t **ret, struct error *err);
/* {order, state, gates: [{gate, name, state, turn, until, action, code, sentence, validation,
 * reused_from, reusable_until, method, domain}]}: why it is where it is, and whose turn it is. */
STATUS view_explain(struct engine *engine, int64_t order_id, json_t **ret, struct error *err);
/* {order, entries: [{seq, at, actor, kind, name, from, to, code, reason}]}: what happened. */
STATUS view_history(struct engine *engine, int64_t order_id, json_t **ret, struct error *err);
/* {orders: […], next}: a page of orders after a number; state 0: all. */
STATUS view_orders(struct engine *engine, int64_t after, enum order_state state, int limit,
		   json_t **ret, struct error *err);
/* {certificate, order, serial, …}. */
STATUS view_certificate(struct engine *engine, int64_t certificate_id, json_t **ret,
			struct error *err);
STATUS view_certificates(struct engine *engine, int64_t after, int limit, json_t **ret,
			 struct error *err);
/* {orders: {state: count}, overdue, oldest_due, waiting: [gates that wait for somebody],
 * rejections: [a no that came after the certificate]}. */
STATUS view_status(struct engine *engine, json_t **ret, struct error *err);

/* "o-12" and the like as a new JSON string. */
json_t *view_number(const char *noun, int64_t number);

#endif
