/* Calls: see call.h. */
#include "store/call.h"

#include "store/sql.h"

#include <string.h>

enum status store_call_insert(struct store *store, const struct call *call, int64_t *ret_id,
			      struct error *err)
{
	struct slice hash =
		call->value ? slice_of(call->value_hash.bytes, DIGEST_BYTES) : SLICE_NONE;
	return sql_insert(store, CALL_INSERT, ret_id, err, "iiitttttztbzttizi",
			  call->authorization_id, call->attempt, call->order_id, call->number,
			  call->written, call->roles, call->source, call->person, call->contacts_id,
			  call->value, hash, call->until_at, call->entitled, call->rule,
			  call->created_at, call->proposed_at, (int64_t)CALL_OPEN);
}

static enum status read_call(sqlite3_stmt *row, struct arena *arena, struct call *ret,
			     struct error *err)
{
	struct digest value_hash = {{0}};
	struct slice hash = sql_blob(row, 11, arena);
	if (hash.data && hash.length != DIGEST_BYTES)
		return fail(err, STORE_DAMAGED, "the value of call t-%lld has no hash",
			    (long long)sql_integer(row, 0));
	if (hash.data)
		memcpy(value_hash.bytes, hash.data, DIGEST_BYTES);
	*ret = (struct call){
		.id = sql_integer(row, 0),
		.authorization_id = sql_integer(row, 1),
		.attempt = sql_integer(row, 2),
		.order_id = sql_integer(row, 3),
		.number = sql_text(row, 4, arena),
		.written = sql_text(row, 5, arena),
		.roles = sql_text(row, 6, arena),
		.source = sql_text(row, 7, arena),
		.person = sql_text(row, 8, arena),
		.contacts_id = sql_integer(row, 9),
		.value = sql_text(row, 10, arena),
		.value_hash = value_hash,
		.until_at = sql_integer(row, 12),
		.entitled = sql_text(row, 13, arena),
		.rule = sql_text(row, 14, arena),
		.created_at = sql_integer(row, 15),
		.state = (enum call_state)sql_integer(row, 16),
		.state_at = sql_integer(row, 17),
		.tries = sql_integer(row, 18),
		.outcome = (enum call_outcome)sql_integer(row, 19),
		.proposed_at = sql_integer(row, 20),
		.agreed_at = sql_integer(row, 21),
		.called_at = sql_integer(row, 22),
		.callee = sql_text(row, 23, arena),
		.callee_role = sql_text(row, 24, arena),
		.officer = sql_text(row, 25, arena),
		.code = sql_text(row, 26, arena),
		.evidence_id = sql_integer(row, 27),
	};
	return OK;
}

enum status store_call_get(struct store *store, int64_t id, struct arena *arena, struct call *ret,
			   struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, CALL_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no call t-%lld", (long long)id);
	TRY(status);
	return read_call(row, arena, ret, err);
}

enum status store_call_of_value(struct store *store, struct digest value_hash, struct arena *arena,
				struct call *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, CALL_OF_VALUE, &row, err, "b",
		    slice_of(value_hash.bytes, DIGEST_BYTES)));
	return read_call(row, arena, ret, err);
}

enum status store_call_standing(struct store *store, int64_t after, struct arena *arena,
				struct call *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, CALL_STANDING, &row, err, "i", after));
	return read_call(row, arena, ret, err);
}

enum status store_call_of_authorization(struct store *store, int64_t authorization_id,
					int64_t after, struct arena *arena, struct call *ret,
					struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, CALL_OF_AUTHORIZATION, &row, err, "ii", authorization_id, after));
	return read_call(row, arena, ret, err);
}

enum status store_call_move(struct store *store, int64_t id, enum call_state from,
			    enum call_state to, int64_t evidence_id, int64_t at, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, CALL_MOVE, &changes, err, "iiiiz", id, (int64_t)from, (int64_t)to, at,
		       evidence_id));
	if (changes == 1)
		return OK;
	return fail(err, STALE, "call t-%lld is not %s any more", (long long)id,
		    call_state_text(from));
}

enum status store_call_times(struct store *store, const struct call *call, int64_t proposed_at,
			     int64_t agreed_at, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, CALL_TIMES, &changes, err, "iizz", call->id, call->tries, proposed_at,
		       agreed_at));
	return changes == 1 ? OK
			    : fail(err, STALE, "call t-%lld was dialled or ended meanwhile",
				   (long long)call->id);
}

enum status store_call_dialled(struct store *store, const struct call *call, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, CALL_DIALLED, &changes, err, "iiiittttzzz", call->id, call->tries,
		       (int64_t)call->outcome, call->called_at, call->callee, call->callee_role,
		       call->officer, call->code, call->evidence_id, call->proposed_at,
		       call->agreed_at));
	return changes == 1 ? OK
			    : fail(err, STALE, "call t-%lld was dialled or ended meanwhile",
				   (long long)call->id);
}
