/*
 * A turn: one transaction with its journal link and the work to start once it
 * is committed. Commands and the driver alike change the store only in a turn.
 *
 *   turn_begin  BEGIN IMMEDIATE, fixes the instant "now"
 *   …           each event between turn_mark and turn_keep (or turn_undo)
 *   turn_commit writes the link, COMMIT; only then may replies and effects go
 *
 * No file, network or child-process wait happens inside.
 */
#ifndef ISSUER_ENGINE_TURN_H
#define ISSUER_ENGINE_TURN_H

#include "engine/engine.h"
#include "store/journal.h"
#include "store/object.h"
#include "validators/validator.h"

/* Work to start after the commit; the strings live in the turn's arena. */
enum launch_kind { LAUNCH_ATTEMPT, LAUNCH_KEY, LAUNCH_EFFECT, LAUNCH_POST };

struct post_rule;

struct launch {
	enum launch_kind kind;
	int64_t id;                   /* authorization, order or effect */
	int64_t attempt;              /* LAUNCH_ATTEMPT, LAUNCH_POST: its number */
	struct validation_task task;  /* LAUNCH_ATTEMPT */
	const char *key_type;         /* LAUNCH_KEY */
	struct slice intent;          /* LAUNCH_EFFECT, LAUNCH_POST */
	enum effect_kind effect;      /* LAUNCH_POST */
	const struct post_rule *post; /* LAUNCH_POST */
	const struct ca_row *ca;      /* LAUNCH_EFFECT: who signs */
};

struct turn {
	struct engine *engine;
	struct store *store;
	int64_t now;       /* engine_now at turn_begin */
	bool drives;       /* a driver's: what it launches is carried out right after the commit */
	const char *actor; /* of journal rows */
	struct arena arena;
	struct journal_draft journal;
	struct launch *launches;
	size_t launch_count;
	size_t launch_room;
};

/* Loads configuration and rules (files are not read inside), then begins; the turn must be ended by
 * turn_commit or turn_abandon, and then released. */
STATUS turn_begin(struct turn *turn, struct engine *engine, const char *actor, struct error *err);
/* Commits when something was journalled, otherwise just ends. On failure everything is undone. */
STATUS turn_commit(struct turn *turn, struct error *err);
/* Undoes whatever is open, and frees. Safe after turn_commit, and on a zeroed turn: for CLEANUP. */
void turn_release(struct turn *turn);

/* One event inside a turn. */
struct turn_mark {
	struct journal_mark journal;
	size_t launch_count;
};
STATUS turn_mark(struct turn *turn, struct turn_mark *ret, struct error *err);
STATUS turn_keep(struct turn *turn, struct error *err);
void turn_undo(struct turn *turn, const struct turn_mark *mark);

/* Writes a journal row; the actor is the turn's when the entry has none. */
void turn_record(struct turn *turn, struct journal_entry entry);
/* Writes the journal row of a new record: its digest becomes the entry's "to". */
STATUS turn_record_object(struct turn *turn, struct journal_entry entry, struct error *err);
/* A zeroed launch of the kind. Only in a driver's turn: elsewhere work is made due. */
struct launch *turn_launch(struct turn *turn, enum launch_kind kind, int64_t id);

#endif
