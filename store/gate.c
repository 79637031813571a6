/* Gate rows: see gate.h. */
#include "store/gate.h"

#include "store/sql.h"

#include <string.h>

enum { STATES_MAX = 32 };

enum status store_gate_insert(struct store *store, const struct gate *gate, struct error *err)
{
	return sql_run(store, GATE_INSERT, err, "iitiiiztttzziz", gate->order_id,
		       (int64_t)gate->kind, gate->name, (int64_t)gate->position,
		       (int64_t)gate->state, (int64_t)gate->turn, gate->until_at, gate->code,
		       gate->sentence, gate->action, gate->authorization_id, gate->validation_id,
		       gate->decided_at, gate->lapses_at);
}

enum status store_gate_update(struct store *store, const struct gate *gate, struct error *err)
{
	return sql_run(store, GATE_UPDATE, err, "iitiiztttzziz", gate->order_id,
		       (int64_t)gate->kind, gate->name, (int64_t)gate->state, (int64_t)gate->turn,
		       gate->until_at, gate->code, gate->sentence, gate->action,
		       gate->authorization_id, gate->validation_id, gate->decided_at,
		       gate->lapses_at);
}

static void read_gate(sqlite3_stmt *row, struct arena *arena, struct gate *ret)
{
	*ret = (struct gate){
		.order_id = sql_integer(row, 0),
		.kind = (enum gate_kind)sql_integer(row, 1),
		.name = sql_text(row, 2, arena),
		.position = (int)sql_integer(row, 3),
		.state = (enum gate_state)sql_integer(row, 4),
		.turn = (enum turn_of)sql_integer(row, 5),
		.until_at = sql_integer(row, 6),
		.code = sql_text(row, 7, arena),
		.sentence = sql_text(row, 8, arena),
		.action = sql_text(row, 9, arena),
		.authorization_id = sql_integer(row, 10),
		.validation_id = sql_integer(row, 11),
		.decided_at = sql_integer(row, 12),
		.lapses_at = sql_integer(row, 13),
	};
}

enum status store_gates_of_order(struct store *store, int64_t order_id, struct arena *arena,
				 struct gate **ret, size_t *ret_count, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	size_t count = 0, room = 8;
	struct gate *gates = arena_new(arena, room, sizeof(*gates));
	bool found = false;
	TRY(sql_query(store, GATES_OF_ORDER, &row, err, "i", order_id));
	TRY(sql_next(store, row, &found, err));
	while (found) {
		if (count == room) {
			struct gate *more = arena_new(arena, room * 2, sizeof(*gates));
			memcpy(more, gates, room * sizeof(*gates));
			gates = more;
			room *= 2;
		}
		read_gate(row, arena, &gates[count++]);
		TRY(sql_next(store, row, &found, err));
	}
	*ret = gates;
	*ret_count = count;
	return OK;
}

enum status store_gate_awaited(struct store *store, int64_t authorization_id, bool *ret,
			       struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, GATE_AWAITED, &row, err, "i", authorization_id);
	if (status != OK && status != NOT_FOUND)
		return status;
	*ret = status == OK;
	return OK;
}

enum status store_gates_waiting(struct store *store, int limit, struct arena *arena,
				struct gate **ret, size_t *ret_count, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct gate *gates = arena_new(arena, (size_t)limit, sizeof(*gates));
	size_t count = 0;
	bool found = false;
	TRY(sql_query(store, GATES_WAITING, &row, err, "i", (int64_t)limit));
	TRY(sql_next(store, row, &found, err));
	while (found && count < (size_t)limit) {
		gates[count++] = (struct gate){
			.order_id = sql_integer(row, 0),
			.kind = (enum gate_kind)sql_integer(row, 1),
			.name = sql_text(row, 2, arena),
			.state = (enum gate_state)sql_integer(row, 3),
			.turn = (enum turn_of)sql_integer(row, 4),
			.until_at = sql_integer(row, 5),
			.code = sql_text(row, 6, arena),
			.action = sql_text(row, 7, arena),
		};
		TRY(sql_next(store, row, &found, err));
	}
	*ret = gates;
	*ret_count = count;
	return OK;
}

enum status store_count_by_state(struct store *store, struct arena *arena, struct state_count **ret,
				 size_t *ret_count, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct state_count *counts = arena_new(arena, STATES_MAX, sizeof(*counts));
	size_t count = 0;
	bool found = false;
	TRY(sql_query(store, COUNT_BY_STATE, &row, err, ""));
	TRY(sql_next(store, row, &found, err));
	while (found && count < STATES_MAX) {
		counts[count++] = (struct state_count){
			.state = (enum order_state)sql_integer(row, 0),
			.count = sql_integer(row, 1),
		};
		TRY(sql_next(store, row, &found, err));
	}
	*ret = counts;
	*ret_count = count;
	return OK;
}

enum status store_gates_awaiting(struct store *store, int64_t authorization_id, int limit,
				 struct arena *arena, struct awaiting_name **ret, size_t *ret_count,
				 struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct awaiting_name *names = arena_new(arena, (size_t)limit, sizeof(*names));
	size_t count = 0;
	bool found = false;
	TRY(sql_query(store, GATES_AWAITING, &row, err, "ii", authorization_id, (int64_t)limit));
	TRY(sql_next(store, row, &found, err));
	while (found && count < (size_t)limit) {
		names[count++] = (struct awaiting_name){
			.order_id = sql_integer(row, 0),
			.name = sql_text(row, 1, arena),
			.display = sql_text(row, 2, arena),
			.wildcard = sql_integer(row, 3) != 0,
		};
		TRY(sql_next(store, row, &found, err));
	}
	*ret = names;
	*ret_count = count;
	return OK;
}
