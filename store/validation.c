/* Validations: see validation.h. */
#include "store/validation.h"

#include "store/sql.h"

enum status store_validation_insert(struct store *store, const struct validation_record *validation,
				    int64_t *ret_id, struct error *err)
{
	return sql_insert(store, VALIDATION_INSERT, ret_id, err, "iittttiiittiiitt",
			  (int64_t)validation->subject, validation->applicant_id,
			  validation->domain, validation->method, validation->label, validation->ca,
			  validation->authorization_id, validation->attempt,
			  validation->evidence_id, validation->pack, validation->pack_digest,
			  validation->began_at, validation->validated_at, validation->ttl_s,
			  validation->value_hash, validation->target);
}

static void read_validation(sqlite3_stmt *row, struct arena *arena, struct validation_record *ret)
{
	*ret = (struct validation_record){
		.id = sql_integer(row, 0),
		.subject = (enum validation_subject)sql_integer(row, 1),
		.applicant_id = sql_integer(row, 2),
		.domain = sql_text(row, 3, arena),
		.method = sql_text(row, 4, arena),
		.label = sql_text(row, 5, arena),
		.ca = sql_text(row, 6, arena),
		.authorization_id = sql_integer(row, 7),
		.attempt = sql_integer(row, 8),
		.evidence_id = sql_integer(row, 9),
		.pack = sql_text(row, 10, arena),
		.pack_digest = sql_text(row, 11, arena),
		.began_at = sql_integer(row, 12),
		.validated_at = sql_integer(row, 13),
		.ttl_s = sql_integer(row, 14),
		.value_hash = sql_text(row, 15, arena),
		.withdrawn_at = sql_integer(row, 16),
		.target = sql_text(row, 17, arena),
	};
}

enum status store_validation_get(struct store *store, int64_t id, struct arena *arena,
				 struct validation_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, VALIDATION_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no validation v-%lld", (long long)id);
	TRY(status);
	read_validation(row, arena, ret);
	return OK;
}

enum status store_validation_newest(struct store *store, const struct validation_record *key,
				    struct arena *arena, struct validation_record *ret,
				    struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, VALIDATION_NEWEST, &row, err, "itttt", key->applicant_id, key->domain,
		    key->method, key->ca, key->pack));
	read_validation(row, arena, ret);
	return OK;
}

enum status store_validation_newest_of(struct store *store, int64_t authorization_id,
				       const char *pack, struct arena *arena,
				       struct validation_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, VALIDATION_NEWEST_OF, &row, err, "it", authorization_id, pack));
	read_validation(row, arena, ret);
	return OK;
}

enum status store_validation_why(struct store *store, int64_t id, struct arena *arena,
				 const char **ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, VALIDATION_WHY, &row, err, "i", id));
	*ret = sql_text(row, 0, arena);
	return OK;
}

enum status store_validation_certificate(struct store *store,
					 const struct validation_record *validation, int64_t after,
					 int64_t *ret_id, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, VALIDATION_CERTIFICATE, &row, err, "iii", validation->authorization_id,
		    validation->id, after));
	*ret_id = sql_integer(row, 0);
	return OK;
}

enum status store_validation_withdraw(struct store *store, int64_t id, int64_t at,
				      const char *reason, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, VALIDATION_WITHDRAW, &changes, err, "iit", id, at, reason));
	return changes == 1
		       ? OK
		       : fail(err, STALE, "validation v-%lld was withdrawn before", (long long)id);
}

enum status store_validation_next(struct store *store, int64_t after, struct arena *arena,
				  struct validation_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, VALIDATION_NEXT, &row, err, "i", after));
	read_validation(row, arena, ret);
	return OK;
}
