/* Evidence rows: see evidence.h. */
#include "store/evidence.h"

#include "store/sql.h"

#include <string.h>

static enum status read_evidence(sqlite3_stmt *row, struct arena *arena, struct evidence *ret,
				 struct error *err)
{
	struct evidence evidence = {
		.id = sql_integer(row, 0),
		.kind = sql_text(row, 2, arena),
		.size = sql_integer(row, 3),
		.bytes = sql_blob(row, 4, arena),
		.created_at = sql_integer(row, 5),
	};
	if (sqlite3_column_bytes(row, 1) != DIGEST_BYTES)
		return fail(err, STORE_DAMAGED, "evidence e-%lld has no hash",
			    (long long)evidence.id);
	memcpy(evidence.hash.bytes, sqlite3_column_blob(row, 1), DIGEST_BYTES);
	*ret = evidence;
	return OK;
}

enum status store_evidence_put(struct store *store, const struct evidence *evidence,
			       int64_t *ret_id, struct error *err)
{
	struct slice hash = slice_of(evidence->hash.bytes, DIGEST_BYTES);
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, EVIDENCE_BY_HASH, &row, err, "b", hash);
	if (status == OK)
		*ret_id = sql_integer(row, 0);
	if (status != NOT_FOUND)
		return status;
	return sql_insert(store, EVIDENCE_INSERT, ret_id, err, "btibi", hash, evidence->kind,
			  evidence->size, evidence->bytes, evidence->created_at);
}

enum status store_evidence_get(struct store *store, int64_t id, struct arena *arena,
			       struct evidence *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, EVIDENCE_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no evidence e-%lld", (long long)id);
	TRY(status);
	return read_evidence(row, arena, ret, err);
}

enum status store_evidence_of_hash(struct store *store, struct digest hash, struct arena *arena,
				   struct evidence *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, EVIDENCE_BY_HASH, &row, err, "b", slice_of(hash.bytes, DIGEST_BYTES)));
	return read_evidence(row, arena, ret, err);
}

enum status store_evidence_next(struct store *store, int64_t after, struct arena *arena,
				struct evidence *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, EVIDENCE_NEXT, &row, err, "i", after));
	return read_evidence(row, arena, ret, err);
}
