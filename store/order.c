/* Contracts, orders, names, references: see order.h. */
#include "store/order.h"

#include "store/sql.h"

#include <string.h>

/* ---- contracts ---- */

enum status store_contract_insert(struct store *store, const struct contract *contract,
				  const char *data_json, int64_t *ret_id, struct error *err)
{
	int64_t id;
	TRY(sql_insert(store, CONTRACT_INSERT, &id, err, "iittiztii", contract->tenant_id,
		       contract->applicant_id, contract->product, contract->common_name,
		       contract->paid_from_at, contract->paid_until_at, contract->csr_creator,
		       (int64_t)contract->licence_count, contract->created_at));
	TRY(sql_run(store, CONTRACT_VERSION_INSERT, err, "iiti", id, INT64_C(1), data_json,
		    contract->created_at));
	*ret_id = id;
	return OK;
}

/* ---- orders ---- */

enum status store_order_insert(struct store *store, const struct order *order, int64_t *ret_id,
			       struct error *err)
{
	return sql_insert(store, ORDER_INSERT, ret_id, err, "tiiiitittizi", order->network_id,
			  order->contract_id, order->tenant_id, order->applicant_id,
			  (int64_t)order->kind, order->product, (int64_t)order->state,
			  order->method, order->key_type, order->created_at, order->give_up_at,
			  (int64_t)order->alias);
}

enum status store_order_get(struct store *store, int64_t id, struct arena *arena, struct order *ret,
			    struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, ORDER_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no order o-%lld", (long long)id);
	TRY(status);
	*ret = (struct order){
		.id = sql_integer(row, 0),
		.network_id = sql_text(row, 1, arena),
		.contract_id = sql_integer(row, 2),
		.tenant_id = sql_integer(row, 3),
		.applicant_id = sql_integer(row, 4),
		.kind = (enum order_kind)sql_integer(row, 5),
		.product = sql_text(row, 6, arena),
		.state = (enum order_state)sql_integer(row, 7),
		.code = sql_text(row, 8, arena),
		.reason = sql_text(row, 9, arena),
		.method = sql_text(row, 10, arena),
		.key_type = sql_text(row, 11, arena),
		.created_at = sql_integer(row, 12),
		.state_at = sql_integer(row, 13),
		.give_up_at = sql_integer(row, 14),
		.request_id = sql_integer(row, 15),
		.certificate_id = sql_integer(row, 16),
		.alias = (int)sql_integer(row, 17),
	};
	return OK;
}

enum status store_order_move(struct store *store, int64_t id, enum order_state from,
			     enum order_state to, const char *code, const char *reason, int64_t at,
			     struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, ORDER_MOVE, &changes, err, "iiitti", id, (int64_t)from, (int64_t)to,
		       code, reason, at));
	if (changes != 1)
		return fail(err, STALE, "order o-%lld is not %s any more", (long long)id,
			    order_state_text(from));
	return OK;
}

enum status store_order_set_request(struct store *store, int64_t id, int64_t request_id,
				    const char *key_type, struct error *err)
{
	return sql_run(store, ORDER_SET_REQUEST, err, "iit", id, request_id, key_type);
}

enum status store_order_set_key_type(struct store *store, int64_t id, const char *key_type,
				     struct error *err)
{
	return sql_run(store, ORDER_SET_KEY_TYPE, err, "it", id, key_type);
}

enum status store_order_set_certificate(struct store *store, int64_t id, int64_t certificate_id,
					struct error *err)
{
	return sql_run(store, ORDER_SET_CERTIFICATE, err, "ii", id, certificate_id);
}

/* ---- names ---- */

enum status store_order_name_insert(struct store *store, int64_t order_id,
				    const struct order_name *name, struct error *err)
{
	return sql_run(store, ORDER_NAME_INSERT, err, "iitti", order_id, (int64_t)name->position,
		       name->name, name->display, (int64_t)name->wildcard);
}

enum { NAMES_FIRST = 4 };

enum status store_order_names(struct store *store, int64_t order_id, struct arena *arena,
			      struct order_name **ret, size_t *ret_count, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	size_t count = 0, room = NAMES_FIRST;
	struct order_name *names = arena_new(arena, room, sizeof(*names));
	bool found = false;
	TRY(sql_query(store, ORDER_NAMES, &row, err, "i", order_id));
	TRY(sql_next(store, row, &found, err));
	while (found) {
		if (count == room) {
			struct order_name *more = arena_new(arena, room * 2, sizeof(*names));
			memcpy(more, names, room * sizeof(*names));
			names = more;
			room *= 2;
		}
		names[count++] = (struct order_name){
			.position = (int)sql_integer(row, 0),
			.name = sql_text(row, 1, arena),
			.display = sql_text(row, 2, arena),
			.wildcard = sql_integer(row, 3) != 0,
			.method = sql_text(row, 4, arena),
			.domain = sql_text(row, 5, arena),
			.reuse = sql_integer(row, 6),
		};
		TRY(sql_next(store, row, &found, err));
	}
	*ret = names;
	*ret_count = count;
	return OK;
}

enum status store_order_name_way(struct store *store, int64_t order_id,
				 const struct order_name *name, struct error *err)
{
	return sql_run(store, ORDER_NAME_WAY, err, "ittt", order_id, name->name, name->method,
		       name->domain);
}

enum status store_order_name_reuse(struct store *store, int64_t order_id,
				   const struct order_name *name, struct error *err)
{
	return sql_run(store, ORDER_NAME_REUSE, err, "iti", order_id, name->name, name->reuse);
}

/* ---- lists ---- */

enum status store_order_list(struct store *store, int64_t after, enum order_state state, int limit,
			     struct arena *arena, struct order_line **ret, size_t *ret_count,
			     struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	size_t count = 0;
	struct order_line *lines = arena_new(arena, (size_t)limit, sizeof(*lines));
	bool found = false;
	if (state)
		TRY(sql_query(store, ORDER_LIST_STATE, &row, err, "iii", after, (int64_t)limit,
			      (int64_t)state));
	else
		TRY(sql_query(store, ORDER_LIST, &row, err, "ii", after, (int64_t)limit));
	TRY(sql_next(store, row, &found, err));
	while (found && count < (size_t)limit) {
		lines[count++] = (struct order_line){
			.id = sql_integer(row, 0),
			.product = sql_text(row, 1, arena),
			.state = (enum order_state)sql_integer(row, 2),
			.code = sql_text(row, 3, arena),
			.reason = sql_text(row, 4, arena),
			.created_at = sql_integer(row, 5),
			.state_at = sql_integer(row, 6),
			.name = sql_text(row, 7, arena),
			.name_count = sql_integer(row, 8),
			.reference = sql_text(row, 9, arena),
		};
		TRY(sql_next(store, row, &found, err));
	}
	*ret = lines;
	*ret_count = count;
	return OK;
}

/* ---- references and request ids ---- */

static enum status read_digest(sqlite3_stmt *row, int column, struct digest *ret, struct error *err)
{
	if (sqlite3_column_bytes(row, column) != DIGEST_BYTES)
		return fail(err, STORE_DAMAGED, "a stored digest does not have %d octets",
			    DIGEST_BYTES);
	memcpy(ret->bytes, sqlite3_column_blob(row, column), DIGEST_BYTES);
	return OK;
}

enum status store_reference_insert(struct store *store, int64_t tenant_id, const char *reference,
				   struct digest content, int64_t order_id, struct error *err)
{
	return sql_run(store, REFERENCE_INSERT, err, "itbi", tenant_id, reference,
		       slice_of(content.bytes, DIGEST_BYTES), order_id);
}

enum status store_reference_get(struct store *store, int64_t tenant_id, const char *reference,
				struct digest *ret_content, int64_t *ret_order_id,
				struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, REFERENCE_GET, &row, err, "it", tenant_id, reference));
	TRY(read_digest(row, 1, ret_content, err));
	*ret_order_id = sql_integer(row, 0);
	return OK;
}

enum status store_order_reference(struct store *store, int64_t order_id, struct arena *arena,
				  const char **ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, REFERENCE_OF_ORDER, &row, err, "i", order_id);
	if (status != OK && status != NOT_FOUND)
		return status;
	*ret = status == OK ? sql_text(row, 0, arena) : NULL;
	return OK;
}

enum status store_command_insert(struct store *store, int64_t tenant_id, const char *request_id,
				 const struct command_record *record, int64_t at, struct error *err)
{
	return sql_run(store, COMMAND_INSERT, err, "itbtii", tenant_id, request_id,
		       slice_of(record->digest.bytes, DIGEST_BYTES), record->output,
		       (int64_t)record->exit, at);
}

enum status store_command_get(struct store *store, int64_t tenant_id, const char *request_id,
			      struct arena *arena, struct command_record *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	struct digest digest;
	TRY(sql_one(store, COMMAND_GET, &row, err, "it", tenant_id, request_id));
	TRY(read_digest(row, 0, &digest, err));
	*ret = (struct command_record){
		.digest = digest,
		.output = sql_text(row, 1, arena),
		.exit = (int)sql_integer(row, 2),
	};
	return OK;
}
