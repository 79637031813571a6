/*
 * Calls as JSON, and the words that an officer reads. A random value is in the
 * script alone.
 */
#ifndef ISSUER_ENGINE_PEOPLE_CALL_VIEW_H
#define ISSUER_ENGINE_PEOPLE_CALL_VIEW_H

#include "base/json.h"
#include "engine/engine.h"

/* {call, state, waits_for, due_at, number, written, source, roles, person, for {order, domain or
 * applicant, names}, proposed_at, agreed_at, until, tries, outcome, code, called_at, callee,
 * callee_role, officer, entitled, rule, evidence, value_sha256 …}. waits_for of one that stands:
 * "agreement" (of a time), "time" (that it comes), "call", "value" (that it comes back). */
STATUS view_call(struct engine *engine, int64_t call_id, json_t **ret, struct error *err);

enum calls_shown { CALLS_STANDING, CALLS_DUE };
/* {calls: […], next}: those that stand and that somebody waits for, after a number. */
STATUS view_calls(struct engine *engine, enum calls_shown shown, int64_t after, int limit,
		  json_t **ret, struct error *err);

/* {call, language, script}. ANSWER_CLOSED when the call does not stand. */
STATUS view_call_script(struct engine *engine, int64_t call_id, enum message_language language,
			json_t **ret, struct error *err);

#endif
