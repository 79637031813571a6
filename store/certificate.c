/* Keys, requests, authorities, certificates: see certificate.h. */
#include "store/certificate.h"

#include "store/sql.h"

#include <string.h>

enum status store_key_insert(struct store *store, const struct key_record *key, int64_t *ret_id,
			     struct error *err)
{
	return sql_insert(store, KEY_INSERT, ret_id, err, "tttbi", key->owner, key->type,
			  key->kek_id, key->sealed, key->created_at);
}

enum status store_key_get(struct store *store, int64_t id, struct arena *arena,
			  struct key_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, KEY_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no key k-%lld", (long long)id);
	TRY(status);
	*ret = (struct key_record){
		.id = sql_integer(row, 0),
		.owner = sql_text(row, 1, arena),
		.type = sql_text(row, 2, arena),
		.kek_id = sql_text(row, 3, arena),
		.sealed = sql_blob(row, 4, arena),
		.created_at = sql_integer(row, 5),
	};
	return OK;
}

enum status store_kek_id(struct store *store, struct arena *arena, char **ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, KEY_KEK_ID, &row, err, "");
	if (status != OK && status != NOT_FOUND)
		return status;
	*ret = status == OK ? sql_text(row, 0, arena) : NULL;
	return OK;
}

enum status store_request_insert(struct store *store, const struct request_record *request,
				 int64_t *ret_id, struct error *err)
{
	return sql_insert(store, REQUEST_INSERT, ret_id, err, "iztbbti", request->order_id,
			  request->key_id, request->creator, request->der, request->spki,
			  request->key_type, request->created_at);
}

enum status store_request_get(struct store *store, int64_t id, struct arena *arena,
			      struct request_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, REQUEST_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no request r-%lld", (long long)id);
	TRY(status);
	*ret = (struct request_record){
		.id = sql_integer(row, 0),
		.order_id = sql_integer(row, 1),
		.key_id = sql_integer(row, 2),
		.creator = sql_text(row, 3, arena),
		.der = sql_blob(row, 4, arena),
		.spki = sql_blob(row, 5, arena),
		.key_type = sql_text(row, 6, arena),
		.created_at = sql_integer(row, 7),
	};
	return OK;
}

enum status store_authority_insert(struct store *store, const struct authority *authority,
				   int64_t at, int64_t *ret_id, struct error *err)
{
	return sql_insert(store, AUTHORITY_INSERT, ret_id, err, "ttbii", authority->ca,
			  authority->role, authority->der, authority->key_id, at);
}

enum status store_authority_get(struct store *store, const char *ca, const char *role,
				struct arena *arena, struct authority *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, AUTHORITY_GET, &row, err, "tt", ca, role);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "the home has no %s certificate of the CA \"%s\"", role,
			    ca);
	TRY(status);
	*ret = (struct authority){
		.id = sql_integer(row, 0),
		.ca = sql_text(row, 1, arena),
		.role = sql_text(row, 2, arena),
		.der = sql_blob(row, 3, arena),
		.key_id = sql_integer(row, 4),
	};
	return OK;
}

enum status store_certificate_insert(struct store *store, const struct certificate *certificate,
				     int64_t *ret_id, struct error *err)
{
	return sql_insert(store, CERTIFICATE_INSERT, ret_id, err, "iittbiibii",
			  certificate->order_id, certificate->contract_id, certificate->ca,
			  certificate->serial,
			  slice_of(certificate->fingerprint.bytes, DIGEST_BYTES),
			  certificate->not_before_at, certificate->not_after_at, certificate->der,
			  certificate->effect_id, certificate->issued_at);
}

static void read_certificate(sqlite3_stmt *row, struct arena *arena, struct certificate *ret)
{
	*ret = (struct certificate){
		.id = sql_integer(row, 0),
		.order_id = sql_integer(row, 1),
		.contract_id = sql_integer(row, 2),
		.ca = sql_text(row, 3, arena),
		.serial = sql_text(row, 4, arena),
		.not_before_at = sql_integer(row, 6),
		.not_after_at = sql_integer(row, 7),
		.der = sql_blob(row, 8, arena),
		.effect_id = sql_integer(row, 9),
		.issued_at = sql_integer(row, 10),
	};
	if (sqlite3_column_bytes(row, 5) == DIGEST_BYTES)
		memcpy(ret->fingerprint.bytes, sqlite3_column_blob(row, 5), DIGEST_BYTES);
}

enum status store_certificate_get(struct store *store, int64_t id, struct arena *arena,
				  struct certificate *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, CERTIFICATE_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no certificate c-%lld", (long long)id);
	TRY(status);
	read_certificate(row, arena, ret);
	return OK;
}

enum status store_certificate_next(struct store *store, int64_t after, struct arena *arena,
				   struct certificate *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, CERTIFICATE_NEXT, &row, err, "i", after));
	read_certificate(row, arena, ret);
	return OK;
}
