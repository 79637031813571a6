/* The schedule: see schedule.h. */
#include "store/schedule.h"

#include "store/sql.h"

enum status store_schedule_put(struct store *store, enum duty duty, int64_t subject_id,
			       int64_t due_at, struct error *err)
{
	return sql_run(store, SCHEDULE_PUT, err, "iii", due_at, (int64_t)duty, subject_id);
}

enum status store_schedule_sooner(struct store *store, enum duty duty, int64_t subject_id,
				  int64_t due_at, struct error *err)
{
	return sql_run(store, SCHEDULE_SOONER, err, "iii", due_at, (int64_t)duty, subject_id);
}

enum status store_schedule_on_wire(struct store *store, enum duty duty, int64_t subject_id,
				   int64_t due_at, struct error *err)
{
	return sql_run(store, SCHEDULE_ON_WIRE, err, "iii", due_at, (int64_t)duty, subject_id);
}

enum status store_schedule_drop(struct store *store, enum duty duty, int64_t subject_id,
				struct error *err)
{
	return sql_run(store, SCHEDULE_DROP, err, "ii", (int64_t)duty, subject_id);
}

enum status store_schedule_landed(struct store *store, struct error *err)
{
	return sql_run(store, SCHEDULE_LANDED, err, "");
}

static struct schedule_row read_row(sqlite3_stmt *row)
{
	return (struct schedule_row){
		.id = sql_integer(row, 0),
		.due_at = sql_integer(row, 1),
		.duty = (enum duty)sql_integer(row, 2),
		.subject_id = sql_integer(row, 3),
	};
}

enum status store_schedule_decide(struct store *store, int64_t authorization_id, int64_t at,
				  struct error *err)
{
	return sql_run(store, SCHEDULE_DECIDE, err, "iii", authorization_id, at,
		       (int64_t)DUTY_ORDER_DECIDE);
}

enum status store_schedule_decide_applicant(struct store *store, int64_t applicant_id, int64_t at,
					    struct error *err)
{
	return sql_run(store, SCHEDULE_DECIDE_APPLICANT, err, "iii", applicant_id, at,
		       (int64_t)DUTY_ORDER_DECIDE);
}

enum status store_schedule_due(struct store *store, enum duty duty, int64_t now, int limit,
			       struct arena *arena, struct schedule_row **ret, size_t *ret_count,
			       struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct schedule_row *rows = arena_new(arena, (size_t)limit + 1, sizeof(*rows));
	size_t count = 0;
	bool found = false;
	TRY(sql_query(store, SCHEDULE_DUE, &row, err, "iii", (int64_t)duty, now, (int64_t)limit));
	TRY(sql_next(store, row, &found, err));
	while (found && count < (size_t)limit) {
		rows[count++] = read_row(row);
		TRY(sql_next(store, row, &found, err));
	}
	*ret = rows;
	*ret_count = count;
	return OK;
}

/* Each duty is one range of the index (duty, due_at): nothing else is read. */
static const enum duty all_duties[] = {
#define X(name, code, wire) DUTY_##name,
	DUTIES(X)
#undef X
};

enum status store_schedule_of(struct store *store, enum duty duty, int64_t subject_id,
			      int64_t *ret_due_at, bool *ret_on_wire, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, SCHEDULE_OF, &row, err, "ii", (int64_t)duty, subject_id));
	*ret_due_at = sqlite3_column_int64(row, 0);
	*ret_on_wire = sqlite3_column_int64(row, 1) != 0;
	return OK;
}

enum status store_schedule_next(struct store *store, enum duty duty, int64_t *ret_due_at,
				struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, SCHEDULE_NEXT, &row, err, "i", (int64_t)duty));
	bool none = sqlite3_column_type(row, 0) == SQLITE_NULL;
	*ret_due_at = none ? INT64_MAX : sql_integer(row, 0);
	return OK;
}

enum status store_schedule_overdue(struct store *store, int64_t now, int64_t *ret_count,
				   int64_t *ret_oldest_at, struct error *err)
{
	int64_t count = 0, oldest = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(all_duties); i++) {
		CLEANUP(sql_end) sqlite3_stmt *row = NULL;
		TRY(sql_one(store, COUNT_OVERDUE, &row, err, "ii", (int64_t)all_duties[i], now));
		int64_t at = sql_integer(row, 1);
		count += sql_integer(row, 0);
		if (at && (!oldest || at < oldest))
			oldest = at;
	}
	*ret_count = count;
	*ret_oldest_at = oldest;
	return OK;
}
