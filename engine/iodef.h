/*
 * Reports to the owner of a domain of an issuance that its CAA records prevented
 * (RFC 8659 section 4.4, BR 4.2.2.1): one effect for each order, name and iodef
 * URL, whose intent is what will be sent, to the byte.
 *
 *   refused ──► intended ──► a try on the wire ──┬─► done: taken over
 *                  ▲  │                          ├─► void: refused, or tried too often
 *                  │  └─ off, or tried too often │
 *                  └────────── later ◄───────────┘
 *
 * A try is counted in the transaction before it, so after a crash there is one
 * without an answer: the journal names it, and the same bytes go again, with the
 * same Message-ID (mail: at-least-once) or Idempotency-Key (https).
 */
#ifndef ISSUER_ENGINE_IODEF_H
#define ISSUER_ENGINE_IODEF_H

#include "engine/turn.h"
#include "store/authorization.h"
#include "store/effect.h"
#include "validators/iodef.h"

/* Whom the records want told. Owned. */
struct iodef_wanted {
	struct arena arena;
	struct iodef_url urls[IODEF_URLS_MAX];
	size_t count;
};

/* Outside of a transaction: reads them from the evidence of a refusal, as far as the configuration
 * has reports sent; usually none. */
STATUS iodef_want(struct engine *engine, const struct verdict *verdict, struct slice evidence,
		  struct iodef_wanted *ret, struct error *err);
void iodef_wanted_release(struct iodef_wanted *wanted);

/* In the turn that records the refusal: writes the intents that are not there yet. */
STATUS iodef_intend(struct turn *turn, const struct authorization *authorization,
		    const struct verdict *verdict, const struct iodef_wanted *wanted,
		    struct error *err);
/* The duty: begins the next try, or gives up. */
STATUS iodef_resume(struct turn *turn, int64_t effect_id, struct error *err);

enum iodef_end {
	IODEF_TAKEN,   /* it arrived */
	IODEF_REFUSED, /* and always will be */
	IODEF_LATER,   /* not now */
	IODEF_MAYBE,   /* sent, and the reply was lost */
};

struct iodef_outcome {
	int64_t effect_id;
	int64_t number; /* of the try */
	enum iodef_end end;
	char answer[640]; /* the other side's words, or what went wrong */
};
/* STALE when the try is not the last any more. */
STATUS iodef_finish(struct turn *turn, const struct iodef_outcome *outcome, struct error *err);

/* An intent: what is sent, and where. The slices point into the bytes. */
struct iodef_intent {
	const char *to;   /* mailbox or URL */
	const char *from; /* mailbox; https: "" */
	const char *id;   /* of the report */
	struct slice body;
};
STATUS iodef_intent_read(struct slice bytes, struct arena *arena, struct iodef_intent *ret,
			 struct error *err);

/* The parts of the key of a report's effect: "iodef:o-12:www.example.com:mailto:…". False when it
 * is another's. */
bool iodef_key_read(const struct effect *effect, struct arena *arena, const char **ret_name,
		    const char **ret_url);

#endif
