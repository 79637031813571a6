/*
 * Results at use: until when a validation counts under a pack, and its withdrawal.
 * Nothing is ever marked expired: what counts is computed from the rules and the
 * instant (REQUIREMENTS DCV-12, A10, A11; BR 4.2.1).
 */
#ifndef ISSUER_ENGINE_PEOPLE_VALIDATION_H
#define ISSUER_ENGINE_PEOPLE_VALIDATION_H

#include "engine/turn.h"
#include "policy/pack.h"
#include "store/validation.h"

/* The last instant at which the result counts for the pack's products, from now on: through every
 * later row of the rules that still lets it count. METHOD_RETIRED and the like with the citation
 * when the method's own dates refuse it now; POLICY_ROW when the pack says nothing of reuse. It may
 * lie in the past: it counts no more. */
STATUS validation_counts_until(const struct pack *pack, const struct validation_record *validation,
			       int64_t now, int64_t *ret_at, struct error *err);

/* It counts no more, with its journal row; orders that were decided by it are due to be decided
 * again. order_id: for which it was done; 0: none. STALE when it was withdrawn before. */
STATUS validation_withdraw(struct turn *turn, const struct validation_record *validation,
			   int64_t order_id, const char *reason, struct error *err);

/* The row of the reuse table that binds it: "control", "organisation-call". */
const char *validation_reuse_id(const struct validation_record *validation);

#endif
