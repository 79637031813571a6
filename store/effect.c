/* Effects: see effect.h. */
#include "store/effect.h"

#include "store/sql.h"

enum status store_effect_insert(struct store *store, const struct effect *effect, int64_t *ret_id,
				struct error *err)
{
	return sql_insert(store, EFFECT_INSERT, ret_id, err, "iitibii", (int64_t)effect->kind,
			  (int64_t)effect->class, effect->idempotency_key, effect->order_id,
			  effect->intent, (int64_t)effect->state, effect->created_at);
}

static void read_effect(sqlite3_stmt *row, struct arena *arena, struct effect *ret)
{
	*ret = (struct effect){
		.id = sql_integer(row, 0),
		.kind = (enum effect_kind)sql_integer(row, 1),
		.class = (enum effect_class)sql_integer(row, 2),
		.idempotency_key = sql_text(row, 3, arena),
		.order_id = sql_integer(row, 4),
		.intent = sql_blob(row, 5, arena),
		.state = (enum effect_state)sql_integer(row, 6),
		.created_at = sql_integer(row, 7),
		.done_at = sql_integer(row, 8),
		.tries = (int)sql_integer(row, 9),
		.answer = sql_text(row, 10, arena),
	};
}

enum status store_effect_get(struct store *store, int64_t id, struct arena *arena,
			     struct effect *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, EFFECT_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no effect f-%lld", (long long)id);
	TRY(status);
	read_effect(row, arena, ret);
	return OK;
}

enum status store_effect_end(struct store *store, int64_t id, enum effect_state state, int64_t at,
			     struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, EFFECT_DONE, &changes, err, "iiii", id, (int64_t)state, at,
		       (int64_t)EFFECT_STATE_INTENDED));
	if (changes != 1)
		return fail(err, STALE, "effect f-%lld is not intended any more", (long long)id);
	return OK;
}

enum status store_effect_find(struct store *store, const char *key, int64_t *ret_id,
			      struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, EFFECT_OF_KEY, &row, err, "t", key));
	*ret_id = sql_integer(row, 0);
	return OK;
}

enum status store_effect_next(struct store *store, int64_t order_id, int64_t after,
			      struct arena *arena, struct effect *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, EFFECT_OF_ORDER, &row, err, "ii", order_id, after));
	read_effect(row, arena, ret);
	return OK;
}

enum status store_effect_try(struct store *store, int64_t id, int tries, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, EFFECT_TRY, &changes, err, "iii", id, (int64_t)tries,
		       (int64_t)EFFECT_STATE_INTENDED));
	if (changes != 1)
		return fail(err, STALE, "effect f-%lld has begun another try", (long long)id);
	return OK;
}

enum status store_effect_answer(struct store *store, int64_t id, int number, const char *answer,
				struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, EFFECT_ANSWER, &changes, err, "iiti", id, (int64_t)number, answer,
		       (int64_t)EFFECT_STATE_INTENDED));
	if (changes != 1)
		return fail(err, STALE, "effect f-%lld has begun another try", (long long)id);
	return OK;
}

enum status store_effect_count(struct store *store, int64_t order_id, int64_t *ret,
			       struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, EFFECT_COUNT, &row, err, "i", order_id));
	*ret = sql_integer(row, 0);
	return OK;
}
