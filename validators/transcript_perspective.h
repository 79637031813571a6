/*
 * The parts of a transcript that are about other network perspectives: who was to
 * be asked by which rule, and each question with its answer. Used by transcript.c.
 */
#ifndef ISSUER_VALIDATORS_TRANSCRIPT_PERSPECTIVE_H
#define ISSUER_VALIDATORS_TRANSCRIPT_PERSPECTIVE_H

#include "base/json.h"
#include "validators/validator.h"

/* The member "corroboration" of a task; nothing when plan is NULL. */
void transcript_plan_write(struct buffer *out, const struct corroboration_plan *plan);
/* object NULL, as in all evidence from before there were perspectives, gives NULL. Everything in
 * the arena. EVIDENCE_BROKEN naming the member. */
STATUS transcript_plan_read(const json_t *object, struct arena *arena,
			    const struct corroboration_plan **ret, struct error *err);

/* The member "perspective" of a step. */
void transcript_answer_write(struct buffer *out, const struct step_perspective *ask,
			     const struct api_reply *reply);
STATUS transcript_answer_read(const json_t *object, struct arena *arena,
			      struct step_perspective *ask, struct api_reply *reply,
			      struct error *err);

#endif
