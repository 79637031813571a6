/* Tenants and applicants: see party.h. */
#include "store/party.h"

#include "store/sql.h"

enum status store_tenant_insert(struct store *store, const char *name, int64_t at, int64_t *ret_id,
				struct error *err)
{
	return sql_insert(store, TENANT_INSERT, ret_id, err, "ti", name, at);
}

enum status store_tenant_by_name(struct store *store, const char *name, int64_t *ret_id,
				 struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, TENANT_BY_NAME, &row, err, "t", name);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no tenant \"%s\"", name);
	TRY(status);
	*ret_id = sql_integer(row, 0);
	return OK;
}

enum status store_applicant_insert(struct store *store, const struct applicant *applicant,
				   int64_t *ret_id, struct error *err)
{
	return sql_insert(store, APPLICANT_INSERT, ret_id, err, "ittttitt", applicant->tenant_id,
			  applicant->reference, applicant->name, applicant->type,
			  applicant->country, applicant->created_at, applicant->account_uri,
			  applicant->account_thumbprint);
}

static void read_applicant(sqlite3_stmt *row, struct arena *arena, struct applicant *ret)
{
	*ret = (struct applicant){
		.id = sql_integer(row, 0),
		.tenant_id = sql_integer(row, 1),
		.reference = sql_text(row, 2, arena),
		.name = sql_text(row, 3, arena),
		.type = sql_text(row, 4, arena),
		.country = sql_text(row, 5, arena),
		.created_at = sql_integer(row, 6),
		.account_uri = sql_text(row, 7, arena),
		.account_thumbprint = sql_text(row, 8, arena),
	};
}

enum status store_applicant_account(struct store *store, const struct applicant *applicant,
				    struct error *err)
{
	return sql_run(store, APPLICANT_ACCOUNT, err, "itt", applicant->id, applicant->account_uri,
		       applicant->account_thumbprint);
}

enum status store_applicant_get(struct store *store, int64_t id, struct arena *arena,
				struct applicant *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, APPLICANT_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no applicant a-%lld", (long long)id);
	TRY(status);
	read_applicant(row, arena, ret);
	return OK;
}

enum status store_applicant_by_reference(struct store *store, int64_t tenant_id,
					 const char *reference, struct arena *arena,
					 struct applicant *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status =
		sql_one(store, APPLICANT_BY_REFERENCE, &row, err, "it", tenant_id, reference);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no applicant with the reference \"%s\"",
			    reference);
	TRY(status);
	read_applicant(row, arena, ret);
	return OK;
}
