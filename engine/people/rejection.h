/*
 * A no of a domain contact holds the name and the names below it, whoever else
 * said yes, until an officer lifts it (REQUIREMENTS DCV-06).
 */
#ifndef ISSUER_ENGINE_PEOPLE_REJECTION_H
#define ISSUER_ENGINE_PEOPLE_REJECTION_H

#include "engine/turn.h"
#include "store/rejection.h"

/* The next by number after one that holds the name (without "*.") of the applicant; NOT_FOUND
 * without a sentence when none does. */
STATUS rejection_of_name(struct turn *turn, int64_t applicant_id, const char *name, int64_t after,
			 struct rejection *ret, struct error *err);

/* Lifts it, with its journal row. STALE when it does not stand any more. */
STATUS rejection_lift(struct turn *turn, const struct rejection *rejection, int64_t order_id,
		      const char *reason, struct error *err);

#endif
