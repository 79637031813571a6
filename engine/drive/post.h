/*
 * Posts: effects that go over the wire to somebody and are tried again. The intent
 * is what will be sent, to the byte, and where.
 *
 *   intended ──► a try on the wire ──┬─► done: taken over
 *     ▲  │                           ├─► void: refused, or tried too often
 *     │  └─ a rule says so, or tried │
 *     │     too often ─► void        │
 *     └────────── later ◄────────────┘
 *
 * A try is counted in the transaction before it, so after a crash there is one
 * without an answer: the journal names it, and the same bytes go again, with the
 * same Message-ID (mail: at-least-once) or Idempotency-Key (https).
 *
 * What differs by kind of effect is a row of the table in post.c.
 */
#ifndef ISSUER_ENGINE_DRIVE_POST_H
#define ISSUER_ENGINE_DRIVE_POST_H

#include "engine/turn.h"
#include "store/effect.h"

enum { POST_BODY_MAX = 256 * 1024, POST_INTENT_MAX = 2 * POST_BODY_MAX };

/* ---- an intent ---- */

/* Its slices and texts point into the bytes it was read from, or the arena. */
struct post_intent {
	const char *to;   /* mailbox or URL */
	const char *from; /* mailbox; https: "" */
	const char *id;   /* of the message */
	struct slice body;
};
/* Overflows the buffer when the body is too long. */
void post_intent_write(const struct post_intent *intent, struct buffer *out);
STATUS post_intent_read(struct slice bytes, struct arena *arena, struct post_intent *ret,
			struct error *err);

struct post_params {
	enum effect_kind kind;
	const char *key; /* of the effect: one duty, one intent */
	int64_t order_id;
	struct post_intent intent;
};
/* Writes an intent whose key is not there yet, and makes its first try due. */
STATUS post_intend(struct turn *turn, const struct post_params *params, int64_t *ret_id,
		   struct error *err);

/* ---- tries ---- */

/* The duty: begins the next try, or gives up. */
STATUS post_resume(struct turn *turn, int64_t effect_id, struct error *err);

/* How a try ended. */
enum post_end {
	POST_TAKEN,   /* it arrived */
	POST_REFUSED, /* and always will be */
	POST_LATER,   /* not now; it did not arrive */
	POST_MAYBE,   /* sent, and the reply was lost */
};

struct post_outcome {
	int64_t effect_id;
	int64_t number; /* of the try */
	enum post_end end;
	char answer[640]; /* the other side's words, or what went wrong */
};
/* STALE when the try is not the last any more. */
STATUS post_finish(struct turn *turn, const struct post_outcome *outcome, struct error *err);

/* ---- kinds ---- */

/* By what a kind goes. */
enum post_way { POST_BY_MAIL, POST_BY_HTTPS };

/* What the rules in force say of an effect. The texts outlive the turn or are its arena's. */
struct post_rule {
	int tries;
	struct retry_rule retry;
	const char *why_void; /* it is not sent any more; NULL: it is */
	/* POST_BY_HTTPS alone: */
	const struct pack *pack; /* how the DNS is asked */
	const char *method;      /* what the attempt is called, */
	const char *label;       /* and its norm */
	const char *content_type;
	const char *ca_file; /* seen from the home */
	int timeout_ms;      /* a try, whole */
};

struct post_kind {
	enum effect_kind kind;
	enum post_way way;
	/* To persons: a server's words may hold their addresses, which the journal never does
	 * (DESIGN.md, Words). The effect has them whole. */
	bool personal;
	/* ret comes zeroed. Asked when a try is due, and when one ended that may be followed by
	 * another. */
	enum status (*rule)(struct turn *turn, const struct effect *effect, struct post_rule *ret,
			    struct error *err);
	/* A try has failed and another follows, or one that was put off has come through; NULL:
	 * nothing to do. */
	enum status (*delayed)(struct turn *turn, const struct effect *effect, struct error *err);
	/* The effect has just become done or void, in this turn; end is of its last try as far as
	 * it is known here: of a post given up between two tries it is POST_MAYBE when the last was
	 * cut off and POST_LATER otherwise. effect is as it was before. NULL: nothing more to do.
	 */
	enum status (*ended)(struct turn *turn, const struct effect *effect,
			     enum effect_state state, enum post_end end, const char *answer,
			     struct error *err);
};
/* STORE_DAMAGED for a kind of effect that is no post. */
STATUS post_kind_find(enum effect_kind kind, const struct post_kind **ret, struct error *err);

#endif
