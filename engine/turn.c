/* One transaction, one link: see turn.h. */
#include "engine/turn.h"

#include "base/memory.h"

#include <stdlib.h>

enum status turn_begin(struct turn *turn, struct engine *engine, const char *actor,
		       struct error *err)
{
	const struct policy *policy = NULL;
	const struct configuration *configuration = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	TRY(engine_policy(engine, &policy, err));
	TRY(store_begin(engine->store, err));
	*turn = (struct turn){
		.engine = engine,
		.store = engine->store,
		.now = engine_now(engine),
		.actor = actor,
	};
	arena_init(&turn->arena);
	journal_draft_init(&turn->journal);
	return OK;
}

enum status turn_commit(struct turn *turn, struct error *err)
{
	enum status status = OK;
	if (turn->journal.count)
		status = store_journal_append(turn->store, &turn->journal, turn->now, err);
	if (status == OK)
		status = store_commit(turn->store, err);
	if (status != OK) {
		store_rollback(turn->store);
		turn->launch_count = 0;
	}
	return status;
}

void turn_release(struct turn *turn)
{
	if (!turn->engine)
		return;
	store_rollback(turn->store);
	journal_draft_release(&turn->journal);
	arena_release(&turn->arena);
	free(turn->launches);
	*turn = (struct turn){0};
}

enum status turn_mark(struct turn *turn, struct turn_mark *ret, struct error *err)
{
	TRY(store_savepoint(turn->store, err));
	*ret = (struct turn_mark){journal_draft_mark(&turn->journal), turn->launch_count};
	return OK;
}

enum status turn_keep(struct turn *turn, struct error *err)
{
	return store_release(turn->store, err);
}

void turn_undo(struct turn *turn, const struct turn_mark *mark)
{
	store_undo(turn->store);
	journal_draft_rewind(&turn->journal, mark->journal);
	turn->launch_count = mark->launch_count;
}

void turn_record(struct turn *turn, struct journal_entry entry)
{
	if (!entry.actor)
		entry.actor = turn->actor;
	journal_draft_add(&turn->journal, &entry);
}

enum status turn_record_object(struct turn *turn, struct journal_entry entry, struct error *err)
{
	struct digest digest;
	char text[DIGEST_TEXT];
	enum status status =
		store_object_digest(turn->store, entry.kind, entry.subject_id, &digest, err);
	if (status == NOT_FOUND)
		return fail(err, INTERNAL, "%s %lld is not there right after it was made",
			    entry_kind_text(entry.kind), (long long)entry.subject_id);
	TRY(status);
	entry.to = digest_text(digest, text);
	turn_record(turn, entry);
	return OK;
}

struct launch *turn_launch(struct turn *turn, enum launch_kind kind, int64_t id)
{
	if (turn->launch_count == turn->launch_room) {
		turn->launch_room = turn->launch_room ? turn->launch_room * 2 : 16;
		turn->launches =
			memory_resize(turn->launches, turn->launch_room, sizeof(*turn->launches));
	}
	struct launch *launch = &turn->launches[turn->launch_count++];
	*launch = (struct launch){.kind = kind, .id = id};
	return launch;
}
