/*
 * A backup by SQLite's online backup (see backup.h). It reads through a
 * connection of its own, so that a transaction of the store's connection may
 * hold other writers off meanwhile: the copy is what was committed before it.
 */
#include "store/backup.h"

#include "store/sql.h"

#include "base/memory.h"

#include <stdlib.h>

static void close_database(sqlite3 **database)
{
	(void)sqlite3_close(*database);
}

static enum status fail_backup(const char *path, sqlite3 *database, int code, struct error *err)
{
	enum status status = (code & 0xff) == SQLITE_FULL ? STORE_FULL : STORE_FAILED;
	(void)fail(err, status, "could not write the backup %s (%s)", path,
		   database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
	return fail_hint(err, status, "nothing was changed; %s, and run the command again",
			 status == STORE_FULL ? "free some space"
					      : "see that the folder can be written");
}

/* What an attempt before this one left, whole or not. */
static enum status remove_old(const struct store *store, const char *path, struct error *err)
{
	static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
	sqlite3_vfs *vfs = sqlite3_vfs_find(store->vfs);
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		CLEANUP(memory_freep) char *name = memory_printf("%s%s", path, suffixes[i]);
		int code = vfs->xDelete(vfs, name, 1);
		if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT)
			return fail_backup(path, NULL, code, err);
	}
	return OK;
}

static int copy(sqlite3 *from, sqlite3 *to)
{
	/* SQLite waits for the copy to be on the disk when it commits it. */
	int code = sqlite3_exec(to, "PRAGMA synchronous = EXTRA;", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return code;
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return sqlite3_errcode(to);
	(void)sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

/* SQLITE_CORRUPT unless SQLite finds the copy sound. */
static int check(sqlite3 *database)
{
	sqlite3_stmt *row = NULL;
	int code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &row, NULL);
	if (code == SQLITE_OK) {
		bool sound = sqlite3_step(row) == SQLITE_ROW &&
			     sqlite3_stricmp((const char *)sqlite3_column_text(row, 0), "ok") == 0;
		code = sound ? SQLITE_OK : SQLITE_CORRUPT;
	}
	(void)sqlite3_finalize(row);
	return code;
}

enum status store_backup(struct store *store, const char *path, struct error *err)
{
	CLEANUP(close_database) sqlite3 *from = NULL;
	CLEANUP(close_database) sqlite3 *to = NULL;
	TRY(remove_old(store, path, err));
	int code = sqlite3_open_v2(store->path, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				   store->vfs);
	if (code != SQLITE_OK)
		return fail_backup(path, from, code, err);
	code = sqlite3_open_v2(path, &to,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			       store->vfs);
	if (code == SQLITE_OK)
		code = copy(from, to);
	if (code == SQLITE_OK)
		code = check(to);
	return code == SQLITE_OK ? OK : fail_backup(path, to, code, err);
}
