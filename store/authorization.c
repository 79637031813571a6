/* Authorizations: see authorization.h. */
#include "store/authorization.h"

#include "store/sql.h"

enum status store_authorization_insert(struct store *store,
				       const struct authorization *authorization, int64_t *ret_id,
				       struct error *err)
{
	return sql_insert(
		store, AUTHORIZATION_INSERT, ret_id, err, "titttitittzi", authorization->network_id,
		authorization->applicant_id, authorization->domain, authorization->method,
		authorization->ca, authorization->order_id, authorization->pack,
		(int64_t)authorization->state, authorization->file_name, authorization->value,
		authorization->value_until_at, authorization->created_at);
}

static void read_authorization(sqlite3_stmt *row, struct arena *arena, struct authorization *ret)
{
	*ret = (struct authorization){
		.id = sql_integer(row, 0),
		.network_id = sql_text(row, 1, arena),
		.applicant_id = sql_integer(row, 2),
		.domain = sql_text(row, 3, arena),
		.method = sql_text(row, 4, arena),
		.ca = sql_text(row, 5, arena),
		.order_id = sql_integer(row, 6),
		.pack = sql_text(row, 7, arena),
		.state = (enum authorization_state)sql_integer(row, 8),
		.file_name = sql_text(row, 9, arena),
		.value = sql_text(row, 10, arena),
		.value_until_at = sql_integer(row, 11),
		.attempt = sql_integer(row, 12),
		.failures = sql_integer(row, 13),
		.not_before_at = sql_integer(row, 14),
		.code = sql_text(row, 15, arena),
		.sentence = sql_text(row, 16, arena),
		.hint = sql_text(row, 17, arena),
		.evidence_id = sql_integer(row, 18),
		.validation_id = sql_integer(row, 19),
		.created_at = sql_integer(row, 20),
		.changed_at = sql_integer(row, 21),
		.addresses = sql_text(row, 22, arena),
	};
}

enum status store_authorization_get(struct store *store, int64_t id, struct arena *arena,
				    struct authorization *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, AUTHORIZATION_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no authorization z-%lld", (long long)id);
	TRY(status);
	read_authorization(row, arena, ret);
	return OK;
}

enum status store_authorization_find(struct store *store, const struct authorization *key,
				     struct arena *arena, struct authorization *ret,
				     struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, AUTHORIZATION_FIND, &row, err, "itttit", key->applicant_id, key->domain,
		    key->method, key->ca, key->order_id, key->pack));
	read_authorization(row, arena, ret);
	return OK;
}

static enum status one_change(int changes, int64_t id, struct error *err)
{
	if (changes == 1)
		return OK;
	return fail(err, STALE, "authorization z-%lld has begun another attempt", (long long)id);
}

enum status store_authorization_begin(struct store *store, int64_t id, int64_t attempt, int64_t at,
				      struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, AUTHORIZATION_BEGIN, &changes, err, "iiii", id, attempt,
		       (int64_t)AUTHORIZATION_WORKING, at));
	return one_change(changes, id, err);
}

enum status store_authorization_end(struct store *store, const struct authorization *authorization,
				    int64_t at, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, AUTHORIZATION_END, &changes, err, "iiiiitttzzi", authorization->id,
		       authorization->attempt, (int64_t)authorization->state,
		       authorization->failures, authorization->not_before_at, authorization->code,
		       authorization->sentence, authorization->hint, authorization->evidence_id,
		       authorization->validation_id, at));
	return one_change(changes, authorization->id, err);
}

enum status store_authorization_renew(struct store *store,
				      const struct authorization *authorization, int64_t at,
				      struct error *err)
{
	return sql_run(store, AUTHORIZATION_RENEW, err, "ittziit", authorization->id,
		       authorization->file_name, authorization->value,
		       authorization->value_until_at, (int64_t)AUTHORIZATION_PENDING, at,
		       authorization->pack);
}

enum status store_authorization_addresses(struct store *store, int64_t id, const char *addresses,
					  int64_t at, struct error *err)
{
	return sql_run(store, AUTHORIZATION_ADDRESS, err, "iti", id, addresses, at);
}

enum status store_authorization_again(struct store *store, int64_t id, int64_t at,
				      struct error *err)
{
	return sql_run(store, AUTHORIZATION_AGAIN, err, "iii", id, (int64_t)AUTHORIZATION_PENDING,
		       at);
}
