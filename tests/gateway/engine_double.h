/* Doubles of what the answer page asks of the engine: what they are asked is noted, and what they
 * say is set by the test. */
#ifndef ISSUER_TESTS_GATEWAY_ENGINE_DOUBLE_H
#define ISSUER_TESTS_GATEWAY_ENGINE_DOUBLE_H

#include "engine/people/answer.h"

/* The two values that somebody was asked with. */
#define VALUE "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

struct engine_saw {
	enum message_state state;
	bool expired, may_narrow;
	enum status fails; /* of both; OK: they do not */
	const char *applicant;
	int asked, answered;
	enum answer_said said;
	enum answer_scope scope;
	char client[64], agent[64], language[8], page[4096];
};
extern struct engine_saw engine_saw;

#endif
