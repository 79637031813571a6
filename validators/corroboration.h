/*
 * Multi-Perspective Issuance Corroboration (BR 3.2.2.9), for every method alike:
 * what the method shows from here is asked of other network perspectives, and the
 * answers are counted. No method knows of it; validator.c puts it behind them.
 *
 *   method ── not shown ──> its verdict
 *      └ shown ──> all perspectives asked side by side ── all answered ──> quorum
 *
 * Nothing of an attempt is carried over to the next one: each asks all of them anew.
 */
#ifndef ISSUER_VALIDATORS_CORROBORATION_H
#define ISSUER_VALIDATORS_CORROBORATION_H

#include "validators/validator.h"

/* Before anything is asked: whether the set can make the quorum at all. false: finished. */
bool corroboration_may_begin(struct validation *validation);
/* The method has shown what was to be shown: asks the perspectives. */
void corroboration_begin(struct validation *validation);
void corroboration_advance(struct validation *validation, const struct event *event);

#endif
