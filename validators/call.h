/*
 * One call as evidence: which number, who published it, who was to be reached, who
 * took it and as what, at which time and which was agreed, and what came of it.
 *
 * What decides again offline: of a call about a domain that the number is one that
 * the evidence of its contacts names, and the time; of a call to an organisation
 * the time, and that the callee's role is among those that the rule (or an
 * officer, with a reason) admits. That the number is the organisation's rests on
 * the officer's word for its source, and what was said on the officer's record.
 * Pure.
 *
 * One JSON object: {version, call, method, label, domain, order, pack, pack_digest,
 * contacts, number, written, roles, source, applicant, applicant_type, country,
 * entitled, rule, value (SHA-256), caller, time, tolerance_ms, asked, agreed, until,
 * at, recorded, outcome, callee, callee_role, with, note, actor, verdict {code,
 * sentence}}.
 */
#ifndef ISSUER_VALIDATORS_CALL_H
#define ISSUER_VALIDATORS_CALL_H

#include "validators/recipient.h"

#define CALL_EVIDENCE_KIND "call"
/* What validations of organisations are called. */
#define METHOD_ORGANISATION_CALL "organisation-call"

enum { CALL_BYTES_MAX = 60 * 1024 };

/* NULL, or 0, where it does not apply. */
struct call_facts {
	const char *call; /* "t-12" */
	const char *method;
	const char *label;
	const char *domain; /* the ADN asked about; "" for an organisation */
	const char *order;  /* "o-12" */
	const char *pack;
	const char *pack_digest;
	const char *contacts; /* SHA-256, hexadecimal, of the evidence that names the number */
	const char *number, *written, *roles, *source, *person;
	const char *applicant, *applicant_type, *country;
	const char *entitled; /* organisation: roles of those who may answer, "a b" */
	const char *rule;     /* which says so */
	const char *value;    /* SHA-256 of the random value */
	const char *caller;   /* "us", "ca" */
	const char *time;     /* "any", "agreed" */
	int64_t tolerance_ms;
	int64_t asked_ms, agreed_ms, until_ms, at_ms, recorded_ms;
	const char *outcome; /* "confirmed", "no-answer" … */
	const char *callee, *callee_role;
	const char *with; /* the call that this was combined with */
	const char *note, *actor;
};

struct call_record {
	struct call_facts facts;
	enum status recorded;
};

void call_write(const struct call_facts *facts, const struct verdict *verdict, struct buffer *out);
/* EVIDENCE_BROKEN, naming the member. Everything lives in the arena. */
STATUS call_read(struct slice evidence, struct arena *arena, struct call_record *ret,
		 struct error *err);

/*
 * What the call is worth; contacts NULL for an organisation. OK: the person said yes, and may;
 * ANSWER_REJECTED: the person said no; CALL_NOT_SCHEDULED, CALLEE_NOT_ENTITLED: it does not count;
 * DCV_ADDRESS: a wrong number; WAITING_FOR_PERSON: it has to be made again, or the value to come
 * back. EVIDENCE_BROKEN (in the verdict) when the facts contradict the contacts, or each other.
 */
void call_decide(const struct call_facts *facts, const struct attempt_record *contacts,
		 struct verdict *ret);

/* Whether the word is one of the list, which are apart by a space. */
bool call_role_listed(const char *list, const char *role);

#endif
