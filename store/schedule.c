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

enum status store_schedule_launch(struct store *store, int64_t id, struct error *err)
{
	return sql_run(store, SCHEDULE_LAUNCH, err, "i", id);
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

enum status store_schedule_due(struct store *store, int64_t now, int limit, struct arena *arena,
			       struct schedule_row **ret, size_t *ret_count, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct schedule_row *rows = arena_new(arena, (size_t)limit + 1, sizeof(*rows));
	size_t count = 0;
	bool found = false;
	TRY(sql_query(store, SCHEDULE_DUE, &row, err, "ii", now, (int64_t)limit));
	TRY(sql_next(store, row, &found, err));
	while (found && count < (size_t)limit) {
		rows[count++] = read_row(row);
		TRY(sql_next(store, row, &found, err));
	}
	*ret = rows;
	*ret_count = count;
	return OK;
}

enum status store_schedule_next(struct store *store, int64_t *ret_due_at, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, SCHEDULE_NEXT, &row, err, ""));
	bool none = sqlite3_column_type(row, 0) == SQLITE_NULL;
	*ret_due_at = none ? INT64_MAX : sql_integer(row, 0);
	return OK;
}

enum status store_schedule_get(struct store *store, enum duty duty, int64_t subject_id,
			       struct schedule_row *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, SCHEDULE_GET, &row, err, "ii", (int64_t)duty, subject_id));
	*ret = read_row(row);
	return OK;
}

enum status store_schedule_overdue(struct store *store, int64_t now, int64_t *ret_count,
				   int64_t *ret_oldest_at, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, COUNT_OVERDUE, &row, err, "i", now));
	*ret_count = sql_integer(row, 0);
	*ret_oldest_at = sql_integer(row, 1);
	return OK;
}
