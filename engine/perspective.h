/*
 * A network perspective at work for a controller elsewhere (BR 3.2.2.9): one
 * message of the Open MPIC API in, the same validators from here, one message
 * out. Nothing is stored, and nothing of one check is kept for the next.
 */
#ifndef ISSUER_ENGINE_PERSPECTIVE_H
#define ISSUER_ENGINE_PERSPECTIVE_H

#include "policy/pack.h"
#include "validators/attempt.h"

struct perspective_service {
	struct attempt_setting setting;      /* without a memory */
	const struct trust_anchors *anchors; /* NULL: its resolver is believed */
	const struct pack *pack;             /* its rows in force give each check its limits */
};

/* The answer; borrowed for the call. */
struct perspective_answer {
	struct slice body;    /* JSON */
	const char *domain;   /* what was checked */
	const char *method;   /* ours */
	const char *code;     /* of the outcome: "ok", "page-wrong" */
	const char *sentence; /* what was seen */
};

typedef void perspective_done(void *context, const struct perspective_answer *answer);

/* Begins the check ("dcv" or "caa") that a request's body asks for; done comes later, from
 * environment->wait, exactly once. NOT_FOUND: there is no such check. INPUT: the request is wrong.
 * METHOD_UNKNOWN, METHOD_RETIRED, METHOD_NOT_YET, POLICY_ROW: the pack does not have it. */
STATUS perspective_check(const struct perspective_service *service, const char *check,
			 struct slice body, perspective_done *done, void *context,
			 struct error *err);

/* The body of a refusal, in the form of the API's errors; appended. */
void perspective_refusal(const struct error *why, struct buffer *out);

#endif
