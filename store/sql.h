/*
 * Private to store/: cached statements from the one table (statements.h), run
 * with a string of parameter types, so that a record function is one call.
 *
 *   i int64_t   t const char * (NULL: null)   b struct slice (data NULL: null)
 *   z int64_t, null when 0
 */
#ifndef ISSUER_STORE_SQL_H
#define ISSUER_STORE_SQL_H

#include "store/store.h"
#include "store/statements.h"

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *path;
	char *vfs; /* NULL: the system's */
	sqlite3_stmt *prepared[STATEMENT_COUNT];
	bool in_transaction;
};

/* Runs a statement that returns no rows. */
STATUS sql_run(struct store *store, enum statement statement, struct error *err, const char *types,
	       ...);
/* Runs it and tells how many rows changed. */
STATUS sql_change(struct store *store, enum statement statement, int *ret_changes,
		  struct error *err, const char *types, ...);
/* An INSERT: the new row's id. */
STATUS sql_insert(struct store *store, enum statement statement, int64_t *ret_id, struct error *err,
		  const char *types, ...);

/* Starts a query; every row is taken with sql_next until it says no; sql_end in every case. One
 * statement is never open twice at a time. */
STATUS sql_query(struct store *store, enum statement statement, sqlite3_stmt **ret,
		 struct error *err, const char *types, ...);
STATUS sql_next(struct store *store, sqlite3_stmt *row, bool *ret_row, struct error *err);
/* Ends a query; for CLEANUP. */
void sql_end(sqlite3_stmt **row);
/* A query of one row: OK standing on it, NOT_FOUND (without a sentence) when there is none. The
 * caller ends it in both cases. */
STATUS sql_one(struct store *store, enum statement statement, sqlite3_stmt **ret, struct error *err,
	       const char *types, ...);

int64_t sql_integer(sqlite3_stmt *row, int column);
/* NULL for null; in the arena. */
char *sql_text(sqlite3_stmt *row, int column, struct arena *arena);
struct slice sql_blob(sqlite3_stmt *row, int column, struct arena *arena);

/* The status for an SQLite result code, with the sentence. */
enum status sql_fail(struct store *store, int code, const char *doing, struct error *err);
STATUS sql_script(struct store *store, const char *script, struct error *err);

/* migrations.c: brings the schema from its version to store_version(); see store_params.backup. */
STATUS migrations_run(struct store *store, const char *backup, struct error *err);

#endif
