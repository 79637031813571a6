/*
 * What must hold of people who are asked: only those are who were published, each
 * once for an asking; only what they said counts, and all of it; a no holds; and
 * nobody but they can learn the values.
 */
#include "engine/evidence.h"
#include "store/authorization.h"
#include "store/evidence.h"
#include "store/message.h"
#include "store/party.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"
#include "validators/recipient.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The default of issuer.yaml's ca: organization. */
#define OWN_ORGANIZATION "issuer"

enum { EVIDENCE_MAX = 4 * 1024 * 1024, SAME_DRIVE_MS = 10 * 1000 };

bool oracle_asks(const char *method)
{
	return strcmp(method, "whois-email") == 0 || strcmp(method, "constructed-email") == 0 ||
	       strcmp(method, "dns-contact-email") == 0;
}

const char *oracle_without_wildcard(const char *name)
{
	return strncmp(name, "*.", 2) == 0 ? name + 2 : name;
}

bool oracle_is_within(const char *name, const char *above)
{
	size_t length = strlen(name), tail = strlen(above);
	return length >= tail && strcmp(name + length - tail, above) == 0 &&
	       (length == tail || name[length - tail - 1] == '.');
}

/* ---- what people say ---- */

static struct kept_answer *find_answer(const struct oracle *oracle, const char *value,
				       bool acknowledged)
{
	for (size_t i = oracle->answer_count; i > 0; i--) {
		struct kept_answer *answer = &oracle->answers[i - 1];
		if (strcmp(answer->value, value) == 0 && (answer->acknowledged || !acknowledged))
			return answer;
	}
	return NULL;
}

void oracle_says(struct oracle *oracle, const char *value, enum answer_said said,
		 enum answer_scope scope)
{
	oracle->answers =
		memory_resize(oracle->answers, oracle->answer_count + 1, sizeof(*oracle->answers));
	struct kept_answer *answer = &oracle->answers[oracle->answer_count++];
	*answer = (struct kept_answer){.said = said, .scope = scope};
	(void)snprintf(answer->value, sizeof(answer->value), "%s", value);
}

void oracle_acknowledged(struct oracle *oracle, const char *value)
{
	if (find_answer(oracle, value, true))
		oracle_violate(oracle, VIOLATION_RULE, "the value %s was answered twice", value);
	find_answer(oracle, value, false)->acknowledged = true;
}

void oracle_unsaid(struct oracle *oracle, const char *value)
{
	struct kept_answer *last = &oracle->answers[oracle->answer_count - 1];
	if (strcmp(last->value, value) == 0 && !last->acknowledged)
		oracle->answer_count--;
}

const struct kept_answer *oracle_said(const struct oracle *oracle, const char *value)
{
	return find_answer(oracle, value, true);
}

bool oracle_question_open(const struct oracle *oracle)
{
	for (size_t i = 0; i < oracle->world->letter_count; i++)
		if (!find_answer(oracle, oracle->world->letters[i].value, true))
			return true;
	return false;
}

static const enum message_state states_of[] = {
	[ANSWER_YES] = MESSAGE_YES, [ANSWER_NO] = MESSAGE_NO, [ANSWER_NOT_ME] = MESSAGE_NOT_ME};

/* Any of the times that the person was about to say so, if no reply came to one of them. */
static bool may_have_said(const struct oracle *oracle, const char *value, enum message_state state,
			  enum answer_scope *ret_scope)
{
	const struct kept_answer *known = find_answer(oracle, value, true);
	for (size_t i = 0; i < oracle->answer_count; i++) {
		const struct kept_answer *answer = &oracle->answers[i];
		if (strcmp(answer->value, value) != 0 || states_of[answer->said] != state ||
		    (known && known != answer))
			continue;
		*ret_scope = answer->scope;
		return true;
	}
	return false;
}

static void check_answer(struct oracle *oracle, struct engine *engine, const struct letter *letter)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct message message;
	struct error err = NO_ERROR;
	enum answer_scope scope = ANSWER_FOR_DOMAIN;
	const struct kept_answer *known = find_answer(oracle, letter->value, true);
	if (store_message_of_value(engine->store, digest_of(slice_text(letter->value)), &arena,
				   &message, &err) != OK) {
		oracle_violate(oracle, VIOLATION_LOST, "%s was asked, and the question is gone",
			       letter->to);
		return;
	}
	if (known && message.state != states_of[known->said])
		oracle_violate(oracle, VIOLATION_LOST,
			       "%s said %s about m-%" PRId64 ", which was acknowledged, and it "
			       "stands at \"%s\"",
			       letter->to, answer_said_text(known->said), message.id,
			       message_state_text(message.state));
	if (message.state == MESSAGE_OPEN || message.state == MESSAGE_VOID)
		return;
	if (!may_have_said(oracle, letter->value, message.state, &scope))
		oracle_violate(oracle, VIOLATION_RULE,
			       "m-%" PRId64 " stands at \"%s\", which %s never said", message.id,
			       message_state_text(message.state), letter->to);
}

static void check_nothing(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	oracle_violate(oracle, VIOLATION_RULE, "%lld: %s", (long long)sqlite3_column_int64(row, 0),
		       (const char *)context);
}

/* Questions that no store answers with a row. */
static struct {
	const char *sql;
	char words[96];
} never[] = {
	{"SELECT m.id FROM message m JOIN effect e ON e.kind = 4 AND substr(e.idempotency_key, 1,"
	 " length('mail:m-' || m.id || ':')) = 'mail:m-' || m.id || ':' GROUP BY m.id"
	 " HAVING count(DISTINCT e.intent) > 1",
	 "the message is two different mails"},
	{"SELECT m.id FROM message m WHERE NOT EXISTS (SELECT 1 FROM effect WHERE idempotency_key ="
	 " 'mail:m-' || m.id || ':1')",
	 "the message is no mail"},
	{"SELECT m.id FROM message m JOIN orders o ON o.id = m.order_id WHERE o.product ="
	 " 'brokered-dv'",
	 "somebody is asked for a brokered order"},
	{"SELECT id FROM message WHERE state IN (2, 3, 4) AND evidence_id IS NULL",
	 "the message was answered without evidence"},
	{"SELECT m.id FROM message m WHERE state = 3 AND (SELECT count(*) FROM rejection WHERE"
	 " evidence_id = m.evidence_id) <> 1",
	 "the message's no is not one rejection"},
	{"SELECT r.id FROM rejection r WHERE NOT EXISTS (SELECT 1 FROM message WHERE state = 3 AND"
	 " evidence_id = r.evidence_id AND recipient = r.said_by)",
	 "the rejection is nobody's no"},
	{"SELECT max(v.id) FROM validation v JOIN evidence e ON e.id = v.evidence_id WHERE e.kind ="
	 " 'answer' GROUP BY v.evidence_id, v.domain, v.applicant_id HAVING count(*) > 1",
	 "the validation is the second of one answer"},
};

void oracle_check_answers(struct oracle *oracle, struct engine *engine)
{
	for (size_t i = 0; i < oracle->world->letter_count; i++)
		check_answer(oracle, engine, &oracle->world->letters[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(never); i++)
		(void)oracle_ask(oracle, engine, never[i].sql, 0, check_nothing, never[i].words);
}

/* ---- whom the engine writes to ---- */

/* What the evidence says whom to ask; NULL with a violation when it does not say. */
static const struct recipients *recipients_for(struct oracle *oracle, struct engine *engine,
					       const struct message *message, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_MAX};
	struct attempt_record *record = arena_new(arena, 1, sizeof(*record));
	struct evidence row;
	struct error err = NO_ERROR;
	const struct recipients *recipients = NULL;
	if (store_evidence_get(engine->store, message->contacts_id, arena, &row, &err) == OK &&
	    evidence_load(engine, &row, &bytes, &err) == OK) {
		struct slice kept =
			slice_of(arena_bytes(arena, buffer_slice(&bytes)), bytes.length);
		if (attempt_decide(kept, arena, record, &err) == OK)
			recipients = recipients_of(record);
	}
	if (!recipients)
		oracle_violate(oracle, VIOLATION_RULE,
			       "m-%" PRId64 " rests on evidence that names nobody: %s", message->id,
			       err.sentence);
	return recipients;
}

static int64_t count_asked(struct oracle *oracle, struct engine *engine, int64_t message_id)
{
	return oracle_number(oracle, engine,
			     "SELECT count(*) FROM message m JOIN message o ON o.authorization_id ="
			     " m.authorization_id AND o.attempt = m.attempt WHERE m.id = ?1",
			     message_id, 0);
}

static void check_message(struct oracle *oracle, struct engine *engine,
			  const struct message *message, struct arena *arena)
{
	struct authorization authorization;
	struct error err = NO_ERROR;
	if (store_authorization_get(engine->store, message->authorization_id, arena, &authorization,
				    &err) != OK) {
		oracle_violate(oracle, VIOLATION_DAMAGED, "m-%" PRId64 ": %s", message->id,
			       err.sentence);
		return;
	}
	const char *adn = oracle_without_wildcard(authorization.domain);
	if (!world_may_be_asked(oracle->world, message->recipient, adn))
		oracle_violate(oracle, VIOLATION_RULE,
			       "m-%" PRId64 " asks %s about %s, and nobody published it",
			       message->id, message->recipient, adn);
	const struct recipients *recipients = recipients_for(oracle, engine, message, arena);
	if (!recipients)
		return;
	int64_t asked = count_asked(oracle, engine, message->id);
	/* An officer's choice of addresses is for one asking: it is known while that one stands. */
	bool stands = authorization.state == AUTHORIZATION_ASKED &&
		      authorization.attempt == message->attempt;
	if (stands && !authorization.addresses && asked != (int64_t)recipients_askable(recipients))
		oracle_violate(oracle, VIOLATION_RULE,
			       "%" PRId64 " of %zu were asked with m-%" PRId64, asked,
			       recipients_askable(recipients), message->id);
	bool named = false;
	for (size_t i = 0; i < recipients->count; i++)
		named = named || (strcmp(recipients->rows[i].address, message->recipient) == 0 &&
				  recipients->rows[i].receivable != RECEIVABLE_NO);
	if (!named)
		oracle_violate(oracle, VIOLATION_RULE,
			       "m-%" PRId64 " asks %s, whom its evidence does not name",
			       message->id, message->recipient);
}

static void check_letter(struct oracle *oracle, struct engine *engine, const struct letter *letter,
			 struct arena *arena)
{
	struct message message;
	struct authorization authorization;
	struct applicant applicant;
	struct error err = NO_ERROR;
	bool there = store_message_of_value(engine->store, digest_of(slice_text(letter->value)),
					    arena, &message, &err) == OK &&
		     store_authorization_get(engine->store, message.authorization_id, arena,
					     &authorization, &err) == OK &&
		     store_applicant_get(engine->store, authorization.applicant_id, arena,
					 &applicant, &err) == OK;
	if (!there) {
		oracle_violate(oracle, VIOLATION_LOST, "a mail to %s asks what nobody asks",
			       letter->to);
		return;
	}
	if (strcmp(message.recipient, letter->to) != 0)
		oracle_violate(oracle, VIOLATION_RULE, "m-%" PRId64 " is for %s and went to %s",
			       message.id, message.recipient, letter->to);
	if (!letter_names(letter, oracle_without_wildcard(authorization.domain)))
		oracle_violate(oracle, VIOLATION_RULE, "the mail of m-%" PRId64 " does not name %s",
			       message.id, authorization.domain);
	/* Of the home's own applicant, the organization by which it is known. */
	const char *asker = strcmp(applicant.type, "self") == 0 ? OWN_ORGANIZATION : applicant.name;
	if (!strstr(letter->text, asker))
		oracle_violate(oracle, VIOLATION_RULE, "the mail of m-%" PRId64 " does not name %s",
			       message.id, asker);
}

void oracle_check_asking(struct oracle *oracle, struct engine *engine)
{
	struct message message;
	struct error err = NO_ERROR;
	for (;;) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		if (store_message_next(engine->store, oracle->last_message, &arena, &message,
				       &err) != OK)
			break;
		check_message(oracle, engine, &message, &arena);
		oracle->last_message = message.id;
	}
	for (; oracle->last_letter < oracle->world->letter_count; oracle->last_letter++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		check_letter(oracle, engine, &oracle->world->letters[oracle->last_letter], &arena);
	}
}

/* ---- a yes, and what it is for ---- */

static const struct letter *letter_of_hash(const struct oracle *oracle, const char *value_hash)
{
	char text[DIGEST_TEXT];
	for (size_t i = 0; value_hash && i < oracle->world->letter_count; i++) {
		const struct letter *letter = &oracle->world->letters[i];
		if (strcmp(digest_text(digest_of(slice_text(letter->value)), text), value_hash) ==
		    0)
			return letter;
	}
	return NULL;
}

static const char *judge_quorum(struct oracle *oracle, struct engine *engine,
				const struct message *message)
{
	if (oracle->rules->quorum == THE_REGISTRANT && strstr(message->source, "whois") &&
	    !strstr(message->roles, "registrant"))
		return "rests on a yes of somebody who is not the registrant";
	if (oracle->rules->quorum == ALL_OF_THEM &&
	    oracle_number(oracle, engine,
			  "SELECT count(*) FROM message m JOIN message o ON o.authorization_id ="
			  " m.authorization_id AND o.attempt = m.attempt WHERE m.id = ?1 AND"
			  " o.state = 1 AND o.bounced_at IS NULL",
			  message->id, 0))
		return "was made although not everybody has answered";
	return NULL;
}

/* Whether the mail is also about names below the domain: its own alone is the domain. */
static bool names_another(struct oracle *oracle, struct engine *engine,
			  const struct message *message)
{
	return oracle_number(
		       oracle, engine,
		       "SELECT count(*) FROM message m JOIN authorization a ON a.id ="
		       " m.authorization_id JOIN order_name n ON n.order_id = m.order_id WHERE"
		       " m.id = ?1 AND n.name <> '*.' || a.domain AND"
		       " substr(n.name, -length(a.domain) - 1) = '.' || a.domain",
		       message->id, 0) > 0;
}

const char *oracle_judge_answer(struct oracle *oracle, struct engine *engine,
				const struct validation_record *validation)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct letter *letter = letter_of_hash(oracle, validation->value_hash);
	struct message message;
	struct authorization asked;
	struct error err = NO_ERROR;
	enum answer_scope scope = ANSWER_FOR_DOMAIN;
	if (!letter)
		return "rests on a value that no mail brought to anybody";
	if (!may_have_said(oracle, letter->value, MESSAGE_YES, &scope))
		return "rests on a yes that nobody said";
	if (store_message_of_value(engine->store, digest_of(slice_text(letter->value)), &arena,
				   &message, &err) != OK ||
	    store_authorization_get(engine->store, message.authorization_id, &arena, &asked,
				    &err) != OK)
		return "rests on a question that is gone";
	const char *adn = oracle_without_wildcard(asked.domain);
	if (asked.applicant_id != validation->applicant_id)
		return "rests on a question about another applicant";
	if (strcmp(asked.method, validation->method) != 0)
		return "rests on a question of another method";
	if (!oracle_is_within(validation->domain, adn))
		return "is for another domain than the one asked about";
	if (scope == ANSWER_FOR_DOMAIN && strcmp(validation->domain, adn) != 0)
		return "is narrower than the yes";
	if (scope == ANSWER_FOR_NAMES && strcmp(validation->domain, adn) == 0 &&
	    names_another(oracle, engine, &message))
		return "is wider than the yes";
	if (!oracle->rules->agent_counts && world_is_agent(letter->to))
		return "rests on a yes of the agent";
	return judge_quorum(oracle, engine, &message);
}

/* ---- a no ---- */

struct held {
	const struct certificate *certificate;
	const char *name; /* of the order: one after the other */
	bool lifted;
};

/* Columns: number, created, lifted, name. */
static void check_rejection(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	struct held *held = context;
	int64_t id = sqlite3_column_int64(row, 0);
	int64_t created_at = sqlite3_column_int64(row, 1);
	int64_t issued_at = held->certificate->issued_at;
	if (sqlite3_column_type(row, 2) != SQLITE_NULL) {
		held->lifted = true;
		return;
	}
	/* One said while the certificate was on its way stops the next. */
	if (id > oracle->last_rejection && created_at + SAME_DRIVE_MS >= issued_at)
		return;
	oracle_violate(oracle, VIOLATION_RULE,
		       "certificate c-%" PRId64 " holds %s, to which somebody said no (r-%" PRId64
		       ")",
		       held->certificate->id, (const char *)sqlite3_column_text(row, 3), id);
}

void oracle_check_rejections(struct oracle *oracle, struct engine *engine,
			     const struct certificate *certificate)
{
	struct held held = {.certificate = certificate};
	(void)oracle_ask(oracle, engine,
			 "SELECT r.id, r.created_at, r.lifted_at, n.name FROM rejection r"
			 " JOIN orders o ON o.applicant_id = r.applicant_id"
			 " JOIN order_name n ON n.order_id = o.id WHERE o.id = ?1 AND"
			 " (replace(n.name, '*.', '') = r.domain OR"
			 " substr(n.name, -length(r.domain) - 1) = '.' || r.domain)",
			 certificate->order_id, check_rejection, &held);
	if (held.lifted)
		tally_add(oracle->tally, TALLY_AFTER_NO);
}
