/*
 * What the others of one asking have agreed to, where the pack wants all to say
 * yes (REQUIREMENTS A6): no more is confirmed than the narrowest of them said.
 */
#ifndef ISSUER_ENGINE_PEOPLE_AGREEMENT_H
#define ISSUER_ENGINE_PEOPLE_AGREEMENT_H

#include "engine/turn.h"
#include "store/message.h"

/* One yes that counts. */
struct agreed {
	int64_t evidence_id;
	struct digest value_hash;
	const char *const *names; /* confirmed alone; NULL: the whole ADN */
	size_t name_count;
	const char *sentence;
};

struct agreement {
	struct agreed basis; /* the narrowest; evidence_id 0: nobody else said yes */
	size_t yes_count;    /* messages that were answered with yes, whatever it was worth */
};

/* Outside of a transaction: those of the asking of the message, but itself. In the arena. */
STATUS agreement_load(struct engine *engine, const struct message *message, struct arena *arena,
		      struct agreement *ret, struct error *err);

/* In the turn, after the message was answered: whether somebody is still to be waited for, and
 * whether what was loaded is all: STALE when somebody said yes meanwhile. */
STATUS agreement_check(struct turn *turn, const struct message *message,
		       const struct agreement *agreement, bool *ret_waits, struct error *err);

/* Makes one the basis when it is narrower; only names that both confirm stay. */
void agreement_join(struct agreement *agreement, const struct agreed *one, struct arena *arena);

#endif
