/* The journal held against the records: see audit.h. */
#include "store/audit.h"

#include "base/encode.h"
#include "store/sql.h"

enum status store_audit_begin(struct store *store, struct error *err)
{
	return sql_script(store,
			  "DROP TABLE IF EXISTS temp.audit_order;"
			  "DROP TABLE IF EXISTS temp.audit_gate;"
			  "DROP TABLE IF EXISTS temp.audit_object;"
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
	case ENTRY_EVIDENCE:
	case ENTRY_CERTIFICATE:
		return add_object(store, entry, err);
	case ENTRY_ACT:
	case ENTRY_AUTHORIZATION:
	case ENTRY_VALIDATION:
	case ENTRY_EFFECT:
	case ENTRY_FAULT:
		return OK;
	}
	return fail(err, JOURNAL_BROKEN, "a journal entry has the unknown kind %d",
		    (int)entry->kind);
}

enum status store_audit_compare(struct store *store, struct error *err)
{
	static const enum statement questions[] = {AUDIT_ORDER_DIFFERS, AUDIT_GATE_DIFFERS,
						   AUDIT_CERTIFICATE_DIFFERS,
						   AUDIT_EVIDENCE_DIFFERS};
	for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
		CLEANUP(sql_end) sqlite3_stmt *row = NULL;
		enum status status = sql_one(store, questions[i], &row, err, "");
		if (status == NOT_FOUND)
			continue;
		TRY(status);
		return fail(err, JOURNAL_BROKEN, "%s", (const char *)sqlite3_column_text(row, 0));
	}
	return OK;
}
