/* Messages: see message.h. */
#include "store/message.h"

#include "store/sql.h"

#include <string.h>

enum status store_message_insert(struct store *store, const struct message *message,
				 int64_t *ret_id, struct error *err)
{
	return sql_insert(store, MESSAGE_INSERT, ret_id, err, "iiitttibtiii",
			  message->authorization_id, message->attempt, message->order_id,
			  message->recipient, message->roles, message->source, message->contacts_id,
			  slice_of(message->value_hash.bytes, DIGEST_BYTES), message->mail_id,
			  message->until_at, message->created_at, (int64_t)MESSAGE_OPEN);
}

static enum status read_message(sqlite3_stmt *row, struct arena *arena, struct message *ret,
				struct error *err)
{
	struct digest value_hash;
	if (sqlite3_column_bytes(row, 8) != DIGEST_BYTES)
		return fail(err, STORE_DAMAGED, "the value of message m-%lld has no hash",
			    (long long)sql_integer(row, 0));
	memcpy(value_hash.bytes, sqlite3_column_blob(row, 8), DIGEST_BYTES);
	*ret = (struct message){
		.id = sql_integer(row, 0),
		.authorization_id = sql_integer(row, 1),
		.attempt = sql_integer(row, 2),
		.order_id = sql_integer(row, 3),
		.recipient = sql_text(row, 4, arena),
		.roles = sql_text(row, 5, arena),
		.source = sql_text(row, 6, arena),
		.contacts_id = sql_integer(row, 7),
		.value_hash = value_hash,
		.mail_id = sql_text(row, 9, arena),
		.until_at = sql_integer(row, 10),
		.created_at = sql_integer(row, 11),
		.state = (enum message_state)sql_integer(row, 12),
		.state_at = sql_integer(row, 13),
		.evidence_id = sql_integer(row, 14),
		.bounced_at = sql_integer(row, 15),
		.bounce = sql_text(row, 16, arena),
	};
	return OK;
}

enum status store_message_get(struct store *store, int64_t id, struct arena *arena,
			      struct message *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, MESSAGE_GET, &row, err, "i", id);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "there is no message m-%lld", (long long)id);
	TRY(status);
	return read_message(row, arena, ret, err);
}

enum status store_message_of_value(struct store *store, struct digest value_hash,
				   struct arena *arena, struct message *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, MESSAGE_OF_VALUE, &row, err, "b",
		    slice_of(value_hash.bytes, DIGEST_BYTES)));
	return read_message(row, arena, ret, err);
}

enum status store_message_of_mail(struct store *store, const char *mail_id, struct arena *arena,
				  struct message *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, MESSAGE_OF_MAIL, &row, err, "t", mail_id));
	return read_message(row, arena, ret, err);
}

enum status store_message_next(struct store *store, int64_t after, struct arena *arena,
			       struct message *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, MESSAGE_NEXT, &row, err, "i", after));
	return read_message(row, arena, ret, err);
}

enum status store_message_of_order(struct store *store, int64_t order_id, int64_t after,
				   struct arena *arena, struct message *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, MESSAGE_OF_ORDER, &row, err, "ii", order_id, after));
	return read_message(row, arena, ret, err);
}

enum status store_message_of_authorization(struct store *store, int64_t authorization_id,
					   int64_t after, struct arena *arena, struct message *ret,
					   struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, MESSAGE_OF_AUTHORIZATION, &row, err, "ii", authorization_id, after));
	return read_message(row, arena, ret, err);
}

enum status store_message_move(struct store *store, int64_t id, enum message_state from,
			       enum message_state to, int64_t evidence_id, int64_t at,
			       struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, MESSAGE_MOVE, &changes, err, "iiiiz", id, (int64_t)from, (int64_t)to,
		       at, evidence_id));
	if (changes == 1)
		return OK;
	return fail(err, STALE, "message m-%lld is not %s any more", (long long)id,
		    message_state_text(from));
}

enum status store_message_bounce(struct store *store, int64_t id, int64_t at, const char *words,
				 bool *ret_first, struct error *err)
{
	int changes = 0;
	TRY(sql_change(store, MESSAGE_BOUNCE, &changes, err, "iit", id, at, words));
	*ret_first = changes == 1;
	return OK;
}
