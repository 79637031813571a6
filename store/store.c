/*
 * The connection, its transactions and its statement cache: see store.h, sql.h.
 */
#include "store/sql.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const statement_texts[] = {
#define X(name, text) [name] = (text),
	STATEMENTS(X)
#undef X
};
_Static_assert(ARRAY_LENGTH(statement_texts) == STATEMENT_COUNT, "every statement has a text");

/* ---- opening ---- */

static const char *durability_pragma(enum store_durability durability)
{
	switch (durability) {
	case STORE_POWER_LOSS:
		/* FULL, and the name of a rollback journal is gone for good when its transaction
		 * is: the one of the switch to WAL, come back after a power loss, would undo
		 * everything written since. */
		return "PRAGMA synchronous = EXTRA;";
	case STORE_CRASH:
		return "PRAGMA synchronous = NORMAL;";
	case STORE_NOTHING:
		return "PRAGMA synchronous = OFF;";
	}
	return "";
}

static enum status configure(struct store *store, const struct store_params *params,
			     struct error *err)
{
	sqlite3_busy_timeout(store->db, params->busy_ms);
	(void)sqlite3_extended_result_codes(store->db, 1);
	TRY(sql_script(store,
		       "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;"
		       "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
		       err));
	TRY(sql_script(store, durability_pragma(params->durability), err));
	return sql_script(store, "PRAGMA journal_mode = WAL;", err);
}

enum status store_open(const struct store_params *params, struct store **ret, struct error *err)
{
	CLEANUP(store_closep) struct store *store = memory_new(1, sizeof(*store));
	store->path = memory_text(params->path);
	store->vfs = params->vfs ? memory_text(params->vfs) : NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    (params->create == STORE_CREATE ? SQLITE_OPEN_CREATE : 0);
	int code = sqlite3_open_v2(params->path, &store->db, flags, params->vfs);
	if (code != SQLITE_OK)
		return sql_fail(store, code, "open", err);
	TRY(configure(store, params, err));
	TRY(migrations_run(store, params->backup, err));
	*ret = STEAL(store);
	return OK;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(store->prepared[i]);
	(void)sqlite3_close(store->db);
	free(store->path);
	free(store->vfs);
	free(store);
}

void store_closep(struct store **store)
{
	store_close(*store);
	*store = NULL;
}

/* ---- errors ---- */

struct code_row {
	int code; /* a primary result code, or an extended one */
	enum status status;
	const char *words;
	const char *hint;
};

static const struct code_row code_rows[] = {
	{SQLITE_BUSY, STORE_LOCKED, "is locked by another program",
	 "run the command again when the other one has ended"},
	{SQLITE_LOCKED, STORE_LOCKED, "is locked by another statement", "run the command again"},
	{SQLITE_FULL, STORE_FULL, "has no room: the disk is full",
	 "free some space and run the command again; nothing was lost"},
	/* Opening makes the -shm file, also for readers. */
	{SQLITE_IOERR_SHMSIZE, STORE_FULL, "has no room: the disk is full",
	 "free some space and run the command again; nothing was lost"},
	{SQLITE_CORRUPT, STORE_DAMAGED, "is damaged",
	 "keep a copy of the home and restore the database from a backup"},
	{SQLITE_NOTADB, STORE_DAMAGED, "is not a database",
	 "keep a copy of the home and restore the database from a backup"},
	{SQLITE_READONLY, PERMISSIONS, "cannot be written",
	 "check the owner and the permissions of the home"},
	{SQLITE_CANTOPEN, PERMISSIONS, "cannot be opened",
	 "check that the home exists and who owns it"},
	{SQLITE_PERM, PERMISSIONS, "may not be used", "check the owner and the permissions"},
	{SQLITE_AUTH, PERMISSIONS, "may not be used", "check the owner and the permissions"},
	{SQLITE_NOMEM, STORE_FAILED, "could not be used: out of memory", "run the command again"},
};

enum status sql_fail(struct store *store, int code, const char *doing, struct error *err)
{
	const char *message = store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code);
	for (size_t i = 0; i < ARRAY_LENGTH(code_rows); i++) {
		const struct code_row *row = &code_rows[i];
		if (code != row->code && (code & 0xff) != row->code)
			continue;
		(void)fail(err, row->status, "the store %s %s (%s: %s)", store->path, row->words,
			   doing, message);
		return fail_hint(err, row->status, "%s", row->hint);
	}
	return fail(err, STORE_FAILED, "the store %s failed (%s: %s, code %d)", store->path, doing,
		    message, code);
}

/* ---- statements ---- */

enum status sql_script(struct store *store, const char *script, struct error *err)
{
	int code = sqlite3_exec(store->db, script, NULL, NULL, NULL);
	return code == SQLITE_OK ? OK : sql_fail(store, code, "script", err);
}

static enum status prepare(struct store *store, enum statement statement, sqlite3_stmt **ret,
			   struct error *err)
{
	sqlite3_stmt **cached = &store->prepared[statement];
	if (!*cached) {
		int code = sqlite3_prepare_v3(store->db, statement_texts[statement], -1,
					      SQLITE_PREPARE_PERSISTENT, cached, NULL);
		if (code != SQLITE_OK)
			return sql_fail(store, code, "prepare", err);
	}
	*ret = *cached;
	return OK;
}

/* Every bound value outlives its statement's run: SQLITE_STATIC. */
static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	int code = SQLITE_OK;
	for (int i = 0; types[i] && code == SQLITE_OK; i++) {
		int position = i + 1;
		int64_t number;
		struct slice bytes;
		switch (types[i]) {
		case 'i':
			code = sqlite3_bind_int64(statement, position, va_arg(args, int64_t));
			break;
		case 'z':
			number = va_arg(args, int64_t);
			code = number ? sqlite3_bind_int64(statement, position, number)
				      : sqlite3_bind_null(statement, position);
			break;
		case 't':
			code = sqlite3_bind_text(statement, position, va_arg(args, const char *),
						 -1, SQLITE_STATIC);
			break;
		case 'b':
			bytes = va_arg(args, struct slice);
			code = bytes.data ? sqlite3_bind_blob64(statement, position, bytes.data,
								bytes.length, SQLITE_STATIC)
					  : sqlite3_bind_null(statement, position);
			break;
		}
	}
	return code;
}

static enum status open_with(struct store *store, enum statement id, sqlite3_stmt **ret,
			     struct error *err, const char *types, va_list args)
{
	sqlite3_stmt *statement = NULL;
	TRY(prepare(store, id, &statement, err));
	if (sqlite3_stmt_busy(statement))
		return fail(err, INTERNAL, "the statement \"%.80s\" is open already",
			    statement_texts[id]);
	if ((int)strlen(types) != sqlite3_bind_parameter_count(statement))
		return fail(err, INTERNAL, "the statement \"%.80s\" is given %zu values",
			    statement_texts[id], strlen(types));
	int code = bind(statement, types, args);
	if (code != SQLITE_OK)
		return sql_fail(store, code, "bind", err);
	*ret = statement;
	return OK;
}

static enum status run_with(struct store *store, enum statement id, struct error *err,
			    const char *types, va_list args)
{
	sqlite3_stmt *statement = NULL;
	TRY(open_with(store, id, &statement, err, types, args));
	int code = sqlite3_step(statement);
	enum status status =
		code == SQLITE_DONE || code == SQLITE_ROW ? OK : sql_fail(store, code, "run", err);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return status;
}

enum status sql_run(struct store *store, enum statement statement, struct error *err,
		    const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum status status = run_with(store, statement, err, types, args);
	va_end(args);
	return status;
}

enum status sql_change(struct store *store, enum statement statement, int *ret_changes,
		       struct error *err, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum status status = run_with(store, statement, err, types, args);
	va_end(args);
	if (status == OK)
		*ret_changes = sqlite3_changes(store->db);
	return status;
}

enum status sql_insert(struct store *store, enum statement statement, int64_t *ret_id,
		       struct error *err, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum status status = run_with(store, statement, err, types, args);
	va_end(args);
	if (status == OK)
		*ret_id = sqlite3_last_insert_rowid(store->db);
	return status;
}

enum status sql_query(struct store *store, enum statement statement, sqlite3_stmt **ret,
		      struct error *err, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum status status = open_with(store, statement, ret, err, types, args);
	va_end(args);
	return status;
}

enum status sql_next(struct store *store, sqlite3_stmt *row, bool *ret_row, struct error *err)
{
	int code = sqlite3_step(row);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sql_fail(store, code, "read", err);
	*ret_row = code == SQLITE_ROW;
	return OK;
}

enum status sql_one(struct store *store, enum statement statement, sqlite3_stmt **ret,
		    struct error *err, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum status status = open_with(store, statement, ret, err, types, args);
	va_end(args);
	TRY(status);
	bool found = false;
	TRY(sql_next(store, *ret, &found, err));
	return found ? OK : NOT_FOUND;
}

void sql_end(sqlite3_stmt **row)
{
	if (!*row)
		return;
	(void)sqlite3_reset(*row);
	(void)sqlite3_clear_bindings(*row);
	*row = NULL;
}

int64_t sql_integer(sqlite3_stmt *row, int column)
{
	return sqlite3_column_int64(row, column);
}

char *sql_text(sqlite3_stmt *row, int column, struct arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(row, column);
	return arena_text(arena, text);
}

struct slice sql_blob(sqlite3_stmt *row, int column, struct arena *arena)
{
	const void *bytes = sqlite3_column_blob(row, column);
	size_t length = (size_t)sqlite3_column_bytes(row, column);
	if (!bytes)
		return SLICE_NONE;
	return slice_of(arena_bytes(arena, slice_of(bytes, length)), length);
}

/* ---- transactions ---- */

enum status store_begin(struct store *store, struct error *err)
{
	TRY(sql_run(store, BEGIN_IMMEDIATE, err, ""));
	store->in_transaction = true;
	return OK;
}

enum status store_commit(struct store *store, struct error *err)
{
	TRY(sql_run(store, COMMIT, err, ""));
	store->in_transaction = false;
	return OK;
}

void store_rollback(struct store *store)
{
	if (store->in_transaction && !sqlite3_get_autocommit(store->db)) {
		/* A failing ROLLBACK leaves nothing to do: the transaction was undone already. */
		struct error ignored;
		if (sql_run(store, ROLLBACK, &ignored, "") != OK)
			(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	}
	store->in_transaction = false;
}

enum status store_savepoint(struct store *store, struct error *err)
{
	return sql_run(store, SAVEPOINT_EVENT, err, "");
}

enum status store_release(struct store *store, struct error *err)
{
	return sql_run(store, RELEASE_EVENT, err, "");
}

void store_undo(struct store *store)
{
	struct error ignored;
	if (sql_run(store, UNDO_EVENT, &ignored, "") == OK)
		(void)!sql_run(store, RELEASE_EVENT, &ignored, "");
}

enum status store_snapshot_begin(struct store *store, struct store_snapshot *ret, struct error *err)
{
	*ret = (struct store_snapshot){NULL};
	if (store->in_transaction)
		return OK;
	TRY(sql_run(store, BEGIN_READ, err, ""));
	store->in_transaction = true;
	ret->store = store;
	return OK;
}

void store_snapshot_end(struct store_snapshot *snapshot)
{
	if (snapshot->store)
		store_rollback(snapshot->store);
	snapshot->store = NULL;
}

/* The first finding of a PRAGMA that returns no row, or one row "ok", when all is well. */
static enum status check_with(struct store *store, enum statement statement, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, statement, &row, err, "");
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	const char *text = (const char *)sqlite3_column_text(row, 0);
	if (text && strcmp(text, "ok") == 0)
		return OK;
	return fail(err, STORE_DAMAGED, "the store %s is damaged: %s", store->path,
		    text ? text : "no words");
}

enum status store_check(struct store *store, struct error *err)
{
	TRY(check_with(store, QUICK_CHECK, err));
	return check_with(store, FOREIGN_KEY_CHECK, err);
}

/* ---- named values and packs ---- */

enum status store_meta_get(struct store *store, const char *name, struct arena *arena, char **ret,
			   struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	enum status status = sql_one(store, META_GET, &row, err, "t", name);
	if (status != OK && status != NOT_FOUND)
		return status;
	*ret = status == OK ? sql_text(row, 0, arena) : NULL;
	return OK;
}

enum status store_meta_set(struct store *store, const char *name, const char *value,
			   struct error *err)
{
	return sql_run(store, META_SET, err, "tt", name, value);
}

enum status store_pack_keep(struct store *store, const char *digest, const char *id,
			    struct slice text, struct error *err)
{
	return sql_run(store, PACK_KEEP, err, "ttb", digest, id, text);
}
