/*
 * The CAA check as people want it shown: the climb, and what each record of the
 * RRset that decided says to this CA.
 */
#ifndef ISSUER_VALIDATORS_CAA_H
#define ISSUER_VALIDATORS_CAA_H

#include "validators/caa_record.h"
#include "validators/validator.h"

/* One record of the relevant RRset. */
struct caa_opinion {
	struct caa_record record; /* tag NULL: the record is malformed */
	const char *effect;       /* "names this CA", "does not name this CA" … */
};

/* The relevant RRset judged: pure, of the task and the records (RFC 8659 section 4, RFC 8657). Sets
 * the verdict; the opinions live in the arena. */
void caa_judge(struct validation *validation, const struct lookup *lookup,
	       const struct caa_opinion **ret, size_t *ret_count);

/* What a finished check of method "caa" saw. */
struct caa_view {
	const struct lookup *climb; /* the name, its parent …, as far as they were judged */
	size_t climb_count;
	const struct caa_opinion *opinions; /* of the records of the last */
	size_t opinion_count;
};

void caa_view(const struct validation *validation, struct caa_view *ret);

#endif
