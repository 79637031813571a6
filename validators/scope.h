/*
 * Which Authorization Domain Names (ADN) may stand for a name that was ordered:
 * BR 3.2.2.4, steps 1 to 5 (mandatory since 2026-11-15), by the columns of the
 * method's row. What is shown, stored and reused is the ADN; another name that
 * comes to the same ADN by these steps may use it. Pure.
 *
 *   *.a.example.co.jp ── "*." removed ──> a.example.co.jp ── prune ──> example.co.jp
 */
#ifndef ISSUER_VALIDATORS_SCOPE_H
#define ISSUER_VALIDATORS_SCOPE_H

#include "csr/names.h"
#include "policy/pack.h"

/* All are tails of the name ordered, and borrow from it. */
struct scope {
	const char *nearest;  /* the name without "*." */
	const char *farthest; /* with prune the base domain; else the nearest */
	const char *chosen;   /* the one of these that a new authorization is opened for */
};

/* The scope of name (lower-case A-labels, perhaps "*."; or an address, which stands for itself).
 * WILDCARD_METHOD, IP_METHOD when the method cannot show control of a wildcard name, of an address.
 * Step 3.1, the CNAME look-up, is engine/order/alias.h: this is called with its
 * result then. */
STATUS scope_of(const char *name, const struct method_rule *rule, const struct name_policy *names,
		struct scope *ret, struct error *err);
/* The ADN one label nearer to the farthest; NULL after that. From nearest on, this names them all.
 */
const char *scope_above(const struct scope *scope, const char *domain);

#endif
