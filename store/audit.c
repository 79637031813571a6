/* The journal held against the records: see audit.h. */
#include "store/audit.h"

#include "base/encode.h"
#include "store/object.h"
#include "store/sql.h"

#include <string.h>

enum status store_audit_begin(struct store *store, struct error *err)
{
	return sql_script(store,
			  "DROP TABLE IF EXISTS temp.audit_order;"
			  "DROP TABLE IF EXISTS temp.audit_gate;"
			  "DROP TABLE IF EXISTS temp.audit_object;"
			  "DROP TABLE IF EXISTS temp.audit_message;"
			  "DROP TABLE IF EXISTS temp.audit_call;"
			  "CREATE TEMP TABLE audit_message (id INTEGER PRIMARY KEY, state INTEGER);"
			  "CREATE TEMP TABLE audit_call (id INTEGER PRIMARY KEY, state INTEGER);"
			  "CREATE TEMP TABLE audit_order (id INTEGER PRIMARY KEY, state INTEGER);"
			  "CREATE TEMP TABLE audit_gate (order_id INTEGER, kind INTEGER, name TEXT,"
			  " state INTEGER, PRIMARY KEY (order_id, kind, name)) WITHOUT ROWID;"
			  "CREATE TEMP TABLE audit_object (kind INTEGER, id INTEGER, digest BLOB,"
			  " PRIMARY KEY (kind, id)) WITHOUT ROWID;",
			  err);
}

static enum status add_order_state(struct store *store, const struct journal_entry *entry,
				   struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum order_state from = ORDER_DRAFT, to = ORDER_DRAFT;
	if (order_state_parse(entry->from, &from) != OK || order_state_parse(entry->to, &to) != OK)
		return fail(err, JOURNAL_BROKEN, "order o-%lld moves from \"%s\" to \"%s\"",
			    (long long)entry->order_id, entry->from, entry->to);
	enum status status = sql_one(store, AUDIT_ORDER_GET, &row, err, "i", entry->order_id);
	if (status != OK && status != NOT_FOUND)
		return status;
	int64_t known = status == OK ? sql_integer(row, 0) : (int64_t)ORDER_DRAFT;
	sql_end(&row);
	if (known != (int64_t)from)
		return fail(err, JOURNAL_BROKEN,
			    "order o-%lld moves from %s, but the journal left it in another state",
			    (long long)entry->order_id, entry->from);
	return sql_run(store, AUDIT_ORDER_SET, err, "ii", entry->order_id, (int64_t)to);
}

static enum status add_gate_state(struct store *store, const struct journal_entry *entry,
				  struct error *err)
{
	enum gate_state to;
	if (gate_state_parse(entry->to, &to) != OK)
		return fail(err, JOURNAL_BROKEN, "a gate of order o-%lld becomes \"%s\"",
			    (long long)entry->order_id, entry->to);
	return sql_run(store, AUDIT_GATE_SET, err, "iiti", entry->order_id, entry->subject_id,
		       entry->name, (int64_t)to);
}

static enum status add_message_state(struct store *store, const struct journal_entry *entry,
				     struct error *err)
{
	enum message_state to;
	if (message_state_parse(entry->to, &to) != OK)
		return fail(err, JOURNAL_BROKEN, "message m-%lld becomes \"%s\"",
			    (long long)entry->subject_id, entry->to);
	return sql_run(store, AUDIT_MESSAGE_SET, err, "ii", entry->subject_id, (int64_t)to);
}

static enum status add_call_state(struct store *store, const struct journal_entry *entry,
				  struct error *err)
{
	enum call_state to;
	if (call_state_parse(entry->to, &to) != OK)
		return fail(err, JOURNAL_BROKEN, "call t-%lld becomes \"%s\"",
			    (long long)entry->subject_id, entry->to);
	return sql_run(store, AUDIT_CALL_SET, err, "ii", entry->subject_id, (int64_t)to);
}

static enum status add_object(struct store *store, const struct journal_entry *entry,
			      struct error *err)
{
	struct digest digest;
	if (decode_hex(entry->to, digest.bytes, DIGEST_BYTES) != OK)
		return fail(err, JOURNAL_BROKEN, "a %s in the journal has no digest",
			    entry_kind_text(entry->kind));
	return sql_run(store, AUDIT_OBJECT_SET, err, "iib", (int64_t)entry->kind, entry->subject_id,
		       slice_of(digest.bytes, DIGEST_BYTES));
}

enum status store_audit_add(struct store *store, const struct journal_entry *entry,
			    struct error *err)
{
	switch (entry->kind) {
	case ENTRY_ORDER_STATE:
		return add_order_state(store, entry, err);
	case ENTRY_GATE_STATE:
		return add_gate_state(store, entry, err);
	case ENTRY_ANSWER:
		return add_message_state(store, entry, err);
	case ENTRY_CALL_STATE:
		return add_call_state(store, entry, err);
	case ENTRY_ORDER:
	case ENTRY_REQUEST:
	case ENTRY_AUTHORITY:
	case ENTRY_EVIDENCE:
	case ENTRY_VALIDATION:
	case ENTRY_EFFECT:
	case ENTRY_CERTIFICATE:
	case ENTRY_MESSAGE:
	case ENTRY_REJECTION:
	case ENTRY_CALL:
		return add_object(store, entry, err);
	case ENTRY_ACT:
	case ENTRY_AUTHORIZATION:
	case ENTRY_FAULT:
		return OK;
	}
	return fail(err, JOURNAL_BROKEN, "a journal entry has the unknown kind %d",
		    (int)entry->kind);
}

/* A state that differs: the question's answer is the sentence. */
static enum status compare_states(struct store *store, enum statement question, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, question, &row, err, "");
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	return fail(err, JOURNAL_BROKEN, "%s", (const char *)sqlite3_column_text(row, 0));
}

struct noted {
	enum entry_kind kind;
	int64_t id;
	struct digest digest;
};

static enum status next_noted(struct store *store, struct noted *noted, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, AUDIT_OBJECT_NEXT, &row, err, "ii", (int64_t)noted->kind, noted->id));
	noted->kind = (enum entry_kind)sql_integer(row, 0);
	noted->id = sql_integer(row, 1);
	memcpy(noted->digest.bytes, sqlite3_column_blob(row, 2), DIGEST_BYTES);
	return OK;
}

/* Every record that the journal names is there, as it was made. */
static enum status compare_objects(struct store *store, struct error *err)
{
	struct noted noted = {.kind = 0};
	for (;;) {
		struct digest now;
		enum status status = next_noted(store, &noted, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		status = store_object_digest(store, noted.kind, noted.id, &now, err);
		if (status == NOT_FOUND)
			return fail(err, JOURNAL_BROKEN, "%s %lld is gone",
				    entry_kind_text(noted.kind), (long long)noted.id);
		TRY(status);
		if (!digest_equal(now, noted.digest))
			return fail(err, JOURNAL_BROKEN,
				    "%s %lld is not as the journal says that it was made",
				    entry_kind_text(noted.kind), (long long)noted.id);
	}
}

/* No record is there that the journal does not name. */
static enum status compare_counts(struct store *store, struct error *err)
{
	enum entry_kind kind;
	for (size_t i = 0; store_object_kind(i, &kind); i++) {
		CLEANUP(sql_end) sqlite3_stmt *row = NULL;
		int64_t there = 0;
		TRY(sql_one(store, AUDIT_OBJECT_COUNT, &row, err, "i", (int64_t)kind));
		TRY(store_object_count(store, kind, &there, err));
		if (there != sql_integer(row, 0))
			return fail(err, JOURNAL_BROKEN,
				    "there are %lld records of kind %s, but the journal names %lld",
				    (long long)there, entry_kind_text(kind),
				    (long long)sql_integer(row, 0));
	}
	return OK;
}

/* A rule pack that decided something still has the text that its digest names. */
static enum status compare_packs(struct store *store, struct error *err)
{
	char after[DIGEST_TEXT] = "";
	for (;;) {
		CLEANUP(sql_end) sqlite3_stmt *row = NULL;
		char text[DIGEST_TEXT];
		enum status status = sql_one(store, PACK_NEXT, &row, err, "t", after);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		struct slice rows =
			slice_of(sqlite3_column_text(row, 1), (size_t)sqlite3_column_bytes(row, 1));
		const char *name = (const char *)sqlite3_column_text(row, 0);
		if (strcmp(digest_text(digest_of(rows), text), name) != 0)
			return fail(err, JOURNAL_BROKEN, "the kept rule pack %.16s was changed",
				    name);
		memcpy(after, text, sizeof(after));
	}
}

enum status store_audit_compare(struct store *store, struct error *err)
{
	TRY(compare_states(store, AUDIT_ORDER_DIFFERS, err));
	TRY(compare_states(store, AUDIT_GATE_DIFFERS, err));
	TRY(compare_states(store, AUDIT_MESSAGE_DIFFERS, err));
	TRY(compare_states(store, AUDIT_CALL_DIFFERS, err));
	TRY(compare_objects(store, err));
	TRY(compare_counts(store, err));
	return compare_packs(store, err);
}
