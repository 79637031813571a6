/* Calls as evidence: see call.h. */
#include "validators/call.h"

#include "base/civil.h"
#include "base/json_text.h"
#include "validators/evidence_member.h"

#include <stdlib.h>
#include <string.h>

enum { CALL_VERSION = 1 };

/* The members, written and read by these tables. */
/* clang-format off */
#define TEXT(name, needed) {#name, offsetof(struct call_facts, name), (needed)}
static const struct fact_member text_members[] = {
	TEXT(call, true), TEXT(method, true), TEXT(label, true), TEXT(domain, true),
	TEXT(order, true), TEXT(pack, true), TEXT(pack_digest, true), TEXT(contacts, false),
	TEXT(number, true), TEXT(written, false), TEXT(roles, true), TEXT(source, true),
	TEXT(person, false), TEXT(applicant, true), TEXT(applicant_type, true),
	TEXT(country, false), TEXT(entitled, false), TEXT(rule, false), TEXT(value, false),
	TEXT(caller, true), TEXT(time, true), TEXT(outcome, true), TEXT(callee, false),
	TEXT(callee_role, false), TEXT(with, false), TEXT(note, false), TEXT(actor, true),
};
static const struct fact_member instant_members[] = {
	{"asked",    offsetof(struct call_facts, asked_ms),    true},
	{"agreed",   offsetof(struct call_facts, agreed_ms),   false},
	{"until",    offsetof(struct call_facts, until_ms),    false},
	{"at",       offsetof(struct call_facts, at_ms),       true},
	{"recorded", offsetof(struct call_facts, recorded_ms), true},
};
/* clang-format on */
static const struct fact_table table = {
	.version = CALL_VERSION,
	.texts = text_members,
	.text_count = ARRAY_LENGTH(text_members),
	.instants = instant_members,
	.instant_count = ARRAY_LENGTH(instant_members),
};

void call_write(const struct call_facts *facts, const struct verdict *verdict, struct buffer *out)
{
	facts_open(out, &table, facts);
	json_text_integer(out, "tolerance_ms", facts->tolerance_ms);
	facts_close(out, verdict);
}

/* ---- read ---- */

enum status call_read(struct slice evidence, struct arena *arena, struct call_record *ret,
		      struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct call_record record = {.recorded = OK};
	TRY(facts_read(evidence, &table, arena, &record.facts, &record.recorded, &object, err));
	record.facts.tolerance_ms = json_get_integer(object, "tolerance_ms", -1);
	if (record.facts.tolerance_ms < 0)
		return member_broken(err, "tolerance_ms");
	*ret = record;
	return OK;
}

/* ---- decide ---- */

bool call_role_listed(const char *list, const char *role)
{
	size_t length = strlen(role);
	while (list && *list) {
		size_t word = strcspn(list, " ");
		if (word == length && memcmp(list, role, length) == 0)
			return true;
		list += word + (list[word] == ' ');
	}
	return false;
}

static bool is_organisation(const struct call_facts *facts)
{
	return strcmp(facts->method, METHOD_ORGANISATION_CALL) == 0;
}

static bool names_number(const struct attempt_record *contacts, const char *number)
{
	const struct recipients *recipients = recipients_of(contacts);
	for (size_t i = 0; recipients && i < recipients->count; i++)
		if (strcmp(recipients->rows[i].address, number) == 0)
			return true;
	return false;
}

static bool is(const struct call_facts *facts, const char *outcome)
{
	return strcmp(facts->outcome, outcome) == 0;
}

/* Whether somebody spoke for the callee's side. */
static bool is_said(const struct call_facts *facts)
{
	return is(facts, "confirmed") || is(facts, "refused");
}

/* Why the call cannot rest on what it names; NULL when it can. */
static const char *contradiction(const struct call_facts *facts,
				 const struct attempt_record *contacts)
{
	if (is_organisation(facts) != !contacts || is_organisation(facts) != !facts->domain[0])
		return "it is neither of a domain nor of an organisation";
	if (contacts && (strcmp(contacts->task.method, facts->method) != 0 ||
			 strcmp(contacts->task.domain, facts->domain) != 0))
		return "the contacts it rests on are those of another domain or method";
	if (contacts && (contacts->decided.status != WAITING_FOR_PERSON ||
			 !names_number(contacts, facts->number)))
		return "the contacts it rests on do not name the number";
	if (contacts && contacts->began_ms > facts->asked_ms)
		return "its times are out of order";
	if (facts->asked_ms > facts->at_ms || facts->at_ms > facts->recorded_ms)
		return "its times are out of order";
	if (is_said(facts) && (!facts->callee || !facts->callee[0] || !facts->callee_role))
		return "it does not say who took the call";
	return NULL;
}

/* REQUIREMENTS HST-32: 電話連絡日時は事前に…確認; a call before that, or at another time. By whole
 * seconds, as they are written: what was decided once is decided the same from the record. */
static bool is_scheduled(const struct call_facts *facts)
{
	int64_t off_s = facts->at_ms / SECOND_MS - facts->agreed_ms / SECOND_MS;
	return strcmp(facts->time, "agreed") != 0 ||
	       (facts->agreed_ms != 0 && llabs(off_s) * SECOND_MS <= facts->tolerance_ms);
}

static void decide_time(const struct call_facts *facts, struct verdict *ret)
{
	char text[INSTANT_TEXT];
	if (facts->agreed_ms == 0)
		verdict_say(ret, CALL_NOT_SCHEDULED,
			    "the number was called before a time was agreed");
	else
		verdict_say(
			ret, CALL_NOT_SCHEDULED,
			"the call was not made at the time agreed, %s, give or take %lld minutes",
			instant_text(facts->agreed_ms, text),
			(long long)(facts->tolerance_ms / MINUTE_MS));
}

/* Whom the call was to reach, for a sentence. */
static const char *whom(const struct call_facts *facts)
{
	return is_organisation(facts) ? facts->applicant : facts->domain;
}

static void decide_said(const struct call_facts *facts, struct verdict *ret)
{
	/* REQUIREMENTS HST-31: 誰でも構わないという訳ではございません。 */
	if (is_organisation(facts) && !call_role_listed(facts->entitled, facts->callee_role))
		verdict_say(ret, CALLEE_NOT_ENTITLED,
			    "somebody in the role \"%.40s\" took the call to %.200s; entitled is: "
			    "%.200s",
			    facts->callee_role, whom(facts),
			    facts->entitled ? facts->entitled : "nobody yet");
	else if (is(facts, "refused"))
		verdict_say(ret, ANSWER_REJECTED,
			    "a person for %.200s (%.40s) said no on the telephone", whom(facts),
			    facts->callee_role);
	else
		verdict_say(ret, OK, "a person for %.200s (%.40s) said yes on the telephone",
			    whom(facts), facts->callee_role);
}

static void decide_unsaid(const struct call_facts *facts, struct verdict *ret)
{
	if (is(facts, "wrong-number"))
		verdict_say(ret, DCV_ADDRESS, "the number for %.200s (%.40s) is a wrong number",
			    whom(facts), facts->roles);
	else if (is(facts, "no-answer") || is(facts, "busy"))
		verdict_say(ret, WAITING_FOR_PERSON,
			    "nobody took the call to the number for %.200s", whom(facts));
	else if (is(facts, "voicemail-left") && is_organisation(facts))
		verdict_say(ret, WAITING_FOR_PERSON, "the call to %.200s reached voicemail",
			    whom(facts));
	/* BR 3.2.2.4.16: "In the event of reaching voicemail, the CA may leave the Random Value and
	 * the ADN(s) being validated. The Random Value MUST be returned to the CA to approve the
	 * request." */
	else if (is(facts, "voicemail-left"))
		verdict_say(
			ret, WAITING_FOR_PERSON,
			"the random value for %.200s was left on voicemail; it has to be returned",
			whom(facts));
	/* BR 3.2.2.4.16: "The CA MUST NOT knowingly be transferred or request to be transferred as
	 * this phone number has been specifically listed for the purposes of Domain Validation." */
	else if (is(facts, "transferred"))
		verdict_say(
			ret, WAITING_FOR_PERSON,
			"the call to the number for %.200s was passed on to another, which shows "
			"nothing",
			whom(facts));
	else
		verdict_say(ret, EVIDENCE_BROKEN, "\"%.40s\" is no outcome of a call",
			    facts->outcome);
}

void call_decide(const struct call_facts *facts, const struct attempt_record *contacts,
		 struct verdict *ret)
{
	const char *why = contradiction(facts, contacts);
	if (why)
		verdict_say(ret, EVIDENCE_BROKEN,
			    "the call to the number for %.200s cannot count: %s", whom(facts), why);
	else if (!is(facts, "wrong-number") && !is_scheduled(facts))
		decide_time(facts, ret);
	else if (is_said(facts))
		decide_said(facts, ret);
	else
		decide_unsaid(facts, ret);
}
