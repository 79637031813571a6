/*
 * One attempt on the wire: runs a validator's steps through net/ and writes both
 * sides into a transcript, which is the evidence. attempt_decide runs the same
 * validator over a transcript instead of the network: that is how evidence is
 * re-checked offline, for every method alike.
 *
 * Evidence is one JSON object: {version, method, label, task {…}, pack, pack_digest, began,
 * steps: [{n, id, at, took_ms, dns|http|whois: {ask…, reply…}}], verdict {code, sentence, …}};
 * bytes are base64. The members of each part are tables in transcript.c.
 */
#ifndef ISSUER_VALIDATORS_ATTEMPT_H
#define ISSUER_VALIDATORS_ATTEMPT_H

#include "base/environment.h"
#include "net/resolver_memory.h"
#include "validators/validator.h"

struct attempt;

struct attempt_result {
	struct verdict verdict;
	const char *evidence_kind; /* static */
	struct slice evidence;     /* borrowed for the call */
	const char *account_uri;   /* of the task; borrowed likewise; NULL: none */
};

/* What attempts run in; all of it must outlive them. */
struct attempt_setting {
	struct environment *environment;
	const struct network *network;  /* copied */
	struct resolver_memory *memory; /* NULL: nothing is remembered from one to the next */
	/* The engine's clock minus that of the environment (a rehearsal's), added to every time
	 * recorded but the instant at which signatures must be valid. */
	int64_t clock_offset_ms;
	int64_t signatures_at_ms; /* that instant; 0: now */
};

typedef void attempt_done(void *context, const struct attempt_result *result);

/* Starts; done comes later from environment->wait, exactly once. The task is copied, but for its
 * trust anchors, which must outlive the attempt. */
struct attempt *attempt_start(const struct attempt_setting *setting,
			      const struct validation_task *task, attempt_done *done,
			      void *context);
/* Forgets an attempt whose done has not come; done never comes. */
void attempt_abandon(struct attempt *attempt);

/* What the evidence says about itself; strings live in the arena. */
struct attempt_record {
	struct validation_task task;         /* anchors is NULL */
	const struct validation *validation; /* as it ended; in the arena */
	struct verdict recorded;             /* the verdict written at the time */
	struct verdict decided;              /* the verdict that the same steps give now */
	int64_t began_ms;
	size_t step_count;
};

/* Decides again from the bytes alone. EVIDENCE_BROKEN when they cannot be read, when the validator
 * asks for a step that the transcript does not hold, or when it holds steps never asked for. The
 * two verdicts may differ: the caller compares. The address policy during replay is the registry's
 * plus the allowed prefixes that the evidence records. */
STATUS attempt_decide(struct slice evidence, struct arena *arena, struct attempt_record *ret,
		      struct error *err);

#endif
