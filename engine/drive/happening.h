/*
 * What happened outside of a transaction (an attempt ended, a key is made, …) and
 * waits for the next turn, the oldest first.
 */
#ifndef ISSUER_ENGINE_DRIVE_HAPPENING_H
#define ISSUER_ENGINE_DRIVE_HAPPENING_H

#include "csr/key.h"
#include "engine/order/authorization.h"
#include "engine/drive/post.h"

enum happening_kind { ATTEMPT_ENDED, KEY_MADE, EFFECT_CARRIED_OUT, POST_TRIED };

struct happening {
	struct happening *next;
	enum happening_kind kind;
	int64_t id;                     /* authorization, order or effect */
	struct attempt_outcome outcome; /* ATTEMPT_ENDED */
	const char *evidence_kind;
	struct buffer bytes; /* evidence as it came; certificate */
	bool evidence_ready; /* outcome.evidence is prepared */
	struct key *key;     /* KEY_MADE */
	enum key_type key_type;
	struct error failure;     /* status OK, or why there is no key or certificate */
	struct post_outcome post; /* POST_TRIED */
};

struct happenings {
	struct happening *first; /* oldest */
	struct happening **last;
	size_t count;
};

void happenings_init(struct happenings *happenings);
void happenings_release(struct happenings *happenings);

/* One that is not yet among them. */
struct happening *happening_new(enum happening_kind kind, int64_t id);
/* Takes it over. */
void happening_append(struct happenings *happenings, struct happening *happening);
/* Both at once; to be filled in by the caller. */
struct happening *happening_add(struct happenings *happenings, enum happening_kind kind,
				int64_t id);
/* The oldest, handed over; there must be one. */
struct happening *happening_pop(struct happenings *happenings);
void happening_free(struct happening *happening);

#endif
