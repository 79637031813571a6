/*
 * What officers decide about how control of names is shown, each in one turn:
 * another way, a method given up, a no that is lifted, an earlier result that is
 * used or withdrawn (REQUIREMENTS DCV-07, DCV-12; A8). receipt (in and out) may be
 * NULL; with a known request id nothing is done and it holds the earlier reply.
 */
#ifndef ISSUER_ENGINE_PEOPLE_VALIDATION_COMMAND_H
#define ISSUER_ENGINE_PEOPLE_VALIDATION_COMMAND_H

#include "engine/receipt.h"

struct give_up_params {
	int64_t order_id;
	const char *name;   /* A-labels; NULL: all names */
	const char *method; /* only where it is the way now; NULL: whichever is */
	const char *reason;
};
/* The methods that ask people have failed for the names, at once: fallbacks are free, and an answer
 * that comes later still counts. NOT_APPLICABLE when nobody is being asked for them. */
STATUS command_give_up(struct engine *engine, const struct give_up_params *params,
		       struct receipt *receipt, struct error *err);

/* Lifts every no that holds the name: NOT_APPLICABLE when none does. */
STATUS command_release(struct engine *engine, int64_t order_id, const char *name,
		       const char *reason, struct receipt *receipt, struct error *err);

enum reuse_answer { REUSE_IT, REUSE_NOT };
/* Reuse mode "ask": NOT_APPLICABLE when the name does not wait for this choice. reason may be NULL.
 */
STATUS command_reuse(struct engine *engine, int64_t order_id, const char *name,
		     enum reuse_answer answer, const char *reason, struct receipt *receipt,
		     struct error *err);

/* The result counts no more for anything; the reply names the certificates issued on it, which stay
 * as they are. STALE when it was withdrawn before. */
STATUS command_withdraw(struct engine *engine, int64_t validation_id, const char *reason,
			struct receipt *receipt, struct error *err);

#endif
