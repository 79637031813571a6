/* Rejections: see rejection.h. */
#include "store/rejection.h"

#include "store/sql.h"

enum status store_rejection_insert(struct store *store, const struct rejection *rejection,
				   int64_t *ret_id, struct error *err)
{
	return sql_insert(store, REJECTION_INSERT, ret_id, err, "itiiti", rejection->applicant_id,
			  rejection->domain, rejection->authorization_id, rejection->evidence_id,
			  rejection->said_by, rejection->created_at);
}

enum status store_rejection_standing(struct store *store, int64_t applicant_id, int64_t after,
				     struct arena *arena, struct rejection *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, REJECTION_STANDING, &row, err, "ii", applicant_id, after));
	*ret = (struct rejection){
		.id = sql_integer(row, 0),
		.applicant_id = sql_integer(row, 1),
		.domain = sql_text(row, 2, arena),
		.authorization_id = sql_integer(row, 3),
		.evidence_id = sql_integer(row, 4),
		.said_by = sql_text(row, 5, arena),
		.created_at = sql_integer(row, 6),
		.lifted_at = sql_integer(row, 7),
		.lifted_reason = sql_text(row, 8, arena),
	};
	return OK;
}

enum status store_rejection_next(struct store *store, int64_t after, struct arena *arena,
				 struct rejection_line *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, REJECTION_NEXT, &row, err, "i", after));
	*ret = (struct rejection_line){
		.id = sql_integer(row, 0),
		.domain = sql_text(row, 1, arena),
		.created_at = sql_integer(row, 2),
		.order_id = sql_integer(row, 3),
		.state = (enum order_state)sql_integer(row, 4),
	};
	return OK;
}

enum status store_rejection_lift(struct store *store, int64_t id, int64_t at, const char *reason,
				 struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, REJECTION_LIFT, &changes, err, "iit", id, at, reason));
	return changes == 1 ? OK
			    : fail(err, STALE, "rejection r-%lld does not stand any more",
				   (long long)id);
}
