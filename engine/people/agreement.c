/* What the others of one asking have agreed to: see agreement.h. */
#include "engine/people/agreement.h"

#include "engine/evidence.h"
#include "engine/people/posed.h"
#include "store/evidence.h"
#include "validators/answer.h"

#include <string.h>

static bool confirms(const struct agreed *one, const char *name)
{
	for (size_t i = 0; i < one->name_count; i++)
		if (strcmp(one->names[i], name) == 0)
			return true;
	return !one->names;
}

void agreement_join(struct agreement *agreement, const struct agreed *one, struct arena *arena)
{
	struct agreed *basis = &agreement->basis;
	/* A yes to names is narrower than one to the ADN, whose names it is evidence for. */
	if (!basis->evidence_id || (one->names && !basis->names)) {
		*basis = *one;
		return;
	}
	if (!one->names || !basis->names)
		return;
	const char **both = arena_new(arena, basis->name_count + 1, sizeof(*both));
	size_t count = 0;
	for (size_t i = 0; i < basis->name_count; i++)
		if (confirms(one, basis->names[i]))
			both[count++] = basis->names[i];
	basis->names = both;
	basis->name_count = count;
}

/* What the answer to one message is worth to the agreement. */
static enum status load_yes(struct engine *engine, const struct message *message,
			    struct arena *arena, struct agreement *agreement, struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	struct answer_record record;
	struct evidence row;
	TRY(store_evidence_get(engine->store, message->evidence_id, arena, &row, err));
	TRY(evidence_load(engine, &row, &bytes, err));
	struct slice kept = slice_of(arena_bytes(arena, buffer_slice(&bytes)), bytes.length);
	TRY(answer_read(kept, arena, &record, err));
	/* That of an agent confirms nothing. */
	if (record.recorded != OK)
		return OK;
	struct agreed one = {
		.evidence_id = message->evidence_id,
		.value_hash = message->value_hash,
		.names = record.facts.name_count ? record.facts.names : NULL,
		.name_count = record.facts.name_count,
		.sentence = arena_printf(arena, "all contacts of %s said yes", record.facts.domain),
	};
	agreement_join(agreement, &one, arena);
	return OK;
}

/* The next message of the same asking; NOT_FOUND without a sentence. */
static enum status next_of_asking(struct store *store, const struct message *message, int64_t after,
				  struct arena *arena, struct message *ret, struct error *err)
{
	struct message next = {.id = after};
	do
		TRY(posed_next(store, message->authorization_id, next.id, arena, &next, err));
	while (next.attempt != message->attempt);
	*ret = next;
	return OK;
}

enum status agreement_load(struct engine *engine, const struct message *message,
			   struct arena *arena, struct agreement *ret, struct error *err)
{
	struct agreement agreement = {.yes_count = 0};
	for (int64_t after = 0;;) {
		struct message other;
		enum status status =
			next_of_asking(engine->store, message, after, arena, &other, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		after = other.id;
		if (other.id == message->id || other.state != MESSAGE_YES)
			continue;
		agreement.yes_count++;
		TRY(load_yes(engine, &other, arena, &agreement, err));
	}
	*ret = agreement;
	return OK;
}

enum status agreement_check(struct turn *turn, const struct message *message,
			    const struct agreement *agreement, bool *ret_waits, struct error *err)
{
	size_t yes_count = 0;
	*ret_waits = false;
	for (int64_t after = 0;;) {
		struct message other;
		enum status status =
			next_of_asking(turn->store, message, after, &turn->arena, &other, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		after = other.id;
		if (other.id == message->id)
			continue;
		yes_count += other.state == MESSAGE_YES;
		*ret_waits = *ret_waits || (other.state == MESSAGE_OPEN && !other.bounced_at);
	}
	return yes_count == agreement->yes_count
		       ? OK
		       : fail(err, STALE, "somebody else asked said yes at the same time");
}
