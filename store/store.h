/*
 * The store: one SQLite database in WAL mode with synchronous=EXTRA. Whoever
 * writes opens one transaction (BEGIN IMMEDIATE), does everything in it, and
 * only after commit lets replies and effects go. Record files (order.h,
 * gate.h …) hold the statements; nothing outside of store/ sees SQL.
 *
 * Statuses: STORE_LOCKED (another writer past the busy time), STORE_FULL,
 * STORE_DAMAGED, STORE_FAILED, PERMISSIONS; NOT_FOUND and STALE from records.
 */
#ifndef ISSUER_STORE_STORE_H
#define ISSUER_STORE_STORE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

/* What a commit must survive. The program always uses STORE_POWER_LOSS; the others exist for the
 * tests that show the difference. */
enum store_durability { STORE_POWER_LOSS, STORE_CRASH, STORE_NOTHING };

enum store_create { STORE_MUST_EXIST, STORE_CREATE };

struct store_params {
	const char *path;
	const char *vfs; /* NULL: the system's */
	enum store_create create;
	enum store_durability durability;
	int busy_ms; /* how long to wait for another writer */
	/* A store of an older version is migrated, after a backup at this path with ".v" and its
	 * version behind it; the caller holds the driver lock. NULL: it is refused (HOME_OLDER). */
	const char *backup;
};

/* The version of the schema that this program writes (PRAGMA user_version). */
int store_version(void);

/* Opens and checks the version: HOME_MISSING, HOME_NEWER, HOME_OLDER (naming both), STORE_DAMAGED.
 * Each migration is one transaction with its version; one that was interrupted never was. */
STATUS store_open(const struct store_params *params, struct store **ret, struct error *err);
void store_close(struct store *store);
void store_closep(struct store **store);

STATUS store_begin(struct store *store, struct error *err);
STATUS store_commit(struct store *store, struct error *err);
/* Safe when no transaction is open. */
void store_rollback(struct store *store);
/* One event inside a transaction: a failing one is undone alone. */
STATUS store_savepoint(struct store *store, struct error *err);
STATUS store_release(struct store *store, struct error *err);
void store_undo(struct store *store);

/* A read transaction, so that several questions are of the same instant. */
struct store_snapshot {
	struct store *store; /* NULL: nothing to end */
};
/* Inside an open transaction there is one already: *ret then has nothing to end. */
STATUS store_snapshot_begin(struct store *store, struct store_snapshot *ret, struct error *err);
/* For CLEANUP; safe on a zeroed snapshot. */
void store_snapshot_end(struct store_snapshot *snapshot);
/* PRAGMA quick_check and foreign_key_check: STORE_DAMAGED with the first finding. */
STATUS store_check(struct store *store, struct error *err);

/* Named values of the home: clock offset, salt, identity. NULL when absent. */
STATUS store_meta_get(struct store *store, const char *name, struct arena *arena, char **ret,
		      struct error *err);
STATUS store_meta_set(struct store *store, const char *name, const char *value, struct error *err);

/* A rule pack that decided something, by digest (hexadecimal); kept once, for ever. */
STATUS store_pack_keep(struct store *store, const char *digest, const char *id, struct slice text,
		       struct error *err);

#endif
