/*
 * Multi-Perspective Issuance Corroboration (BR 3.2.2.9) as arithmetic: may this
 * set of network perspectives be asked, and do its answers make the quorum? Pure
 * functions of a dated row and the answers.
 */
#ifndef ISSUER_POLICY_QUORUM_H
#define ISSUER_POLICY_QUORUM_H

#include "base/perspective.h"

enum quorum_missed { MISSED_REFUSE, MISSED_PROCEED };

/* The numbers of a row; recorded in the evidence, so that it re-decides alone. */
struct quorum {
	int remotes;           /* fewest remote perspectives */
	int failures;          /* of fewer than many perspectives, how many may not corroborate */
	int many;              /* from this many on … */
	int failures_many;     /* … so many may not corroborate */
	int contradictions;    /* how many may see something else than the primary */
	int regions;           /* of the corroborating ones, fewest RIR regions */
	int distance_km;       /* between any two perspectives, and from the primary */
	int resolver_km;       /* between any two resolvers used */
	int resolver_regional; /* 1: a resolver is in the region of its perspective */
	int missed;            /* enum quorum_missed: what follows when there is no quorum */
	int timeout_ms;        /* for one perspective's answer */
};

/* PERSPECTIVES_MISSING naming the perspective, the rule and the value seen. */
STATUS quorum_check(const struct quorum *quorum, const struct perspective *primary,
		    const struct perspective *remotes, size_t count, struct error *err);

enum corroboration {
	CORROBORATES,
	CONTRADICTS, /* sees something else */
	CANNOT_TELL, /* was asked, and could not see */
	UNREACHED,   /* did not answer, or not usefully */
};

enum quorum_outcome {
	QUORUM_MET,
	QUORUM_CONTRADICTED, /* more contradict than may */
	QUORUM_MISSED,       /* too few corroborate, whatever the missing ones would say */
	QUORUM_UNREACHED,    /* too few corroborate; those that could not tell might change it */
};

struct quorum_tally {
	enum quorum_outcome outcome;
	size_t corroborating;
	size_t contradicting;
	size_t needed;  /* of all that were asked */
	size_t regions; /* of the corroborating ones */
};

struct quorum_tally quorum_count(const struct quorum *quorum, const struct perspective *remotes,
				 const enum corroboration *answers, size_t count);

#endif
