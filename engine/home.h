/*
 * A home: one folder with issuer.yaml, issuer.db, kek, evidence/, registries/
 * (net/courtesy.h), and what the operator puts into rules/ and catalogue/. Made
 * once, opened by every command.
 */
#ifndef ISSUER_ENGINE_HOME_H
#define ISSUER_ENGINE_HOME_H

#include "engine/engine.h"

enum home_kind { HOME_ORDINARY, HOME_REHEARSAL };

struct home_params {
	struct environment *environment;
	const char *home;
	const char *data_dir;
	const char *actor;
	const char *vfs; /* NULL: the system's */
	enum store_durability durability;
	int busy_ms;
};

/* Makes a home, or finishes one that a crash left half made: folders, key encryption key,
 * configuration, database, tenant and applicant "self", and the local CA by the configuration.
 * HOME_EXISTS when it is there already. */
STATUS home_create(const struct home_params *params, enum home_kind kind, struct engine **ret,
		   struct error *err);
/* Opens: HOME_MISSING, PERMISSIONS (0700, keys 0600) with the fix, and the store's statuses. A home
 * of an older version is brought to this one, after a backup (backup/issuer.db.v1); BUSY while
 * another process drives it. */
STATUS home_open(const struct home_params *params, struct engine **ret, struct error *err);

/* Sets the clock of a rehearsal home so that it is now_ms now; it runs on from there.
 * NOT_APPLICABLE for other homes, USAGE when it would go back. */
STATUS home_set_clock(struct engine *engine, int64_t now_ms, struct error *err);

#endif
