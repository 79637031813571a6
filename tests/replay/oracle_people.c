/*
 * What must hold of people who are asked: only those are who were published, each
 * once for an asking; only what they said counts, and all of it; a no holds; and
 * nobody but they can learn the values.
 */
#include "engine/evidence.h"
#include "engine/view.h"
#include "store/authorization.h"
#include "store/evidence.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/party.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"
#include "validators/recipient.h"

#include "base/json.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVIDENCE_MAX = 4 * 1024 * 1024, SAME_DRIVE_MS = 10 * 1000 };

bool oracle_asks(const char *method)
{
	return strcmp(method, "whois-email") == 0 || strcmp(method, "constructed-email") == 0 ||
	       strcmp(method, "dns-contact-email") == 0;
}

static const char *without_wildcard(const char *name)
{
	return strncmp(name, "*.", 2) == 0 ? name + 2 : name;
}

static bool is_within(const char *name, const char *above)
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
	const char *adn = without_wildcard(authorization.domain);
	if (!world_may_be_asked(oracle->world, message->recipient, adn))
		oracle_violate(oracle, VIOLATION_RULE,
			       "m-%" PRId64 " asks %s about %s, and nobody published it",
			       message->id, message->recipient, adn);
	const struct recipients *recipients = recipients_for(oracle, engine, message, arena);
	if (!recipients)
		return;
	int64_t asked = count_asked(oracle, engine, message->id);
	if (!authorization.addresses && asked != (int64_t)recipients_askable(recipients))
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
	if (!letter_names(letter, without_wildcard(authorization.domain)))
		oracle_violate(oracle, VIOLATION_RULE, "the mail of m-%" PRId64 " does not name %s",
			       message.id, authorization.domain);
	if (!strstr(letter->text, applicant.name))
		oracle_violate(oracle, VIOLATION_RULE, "the mail of m-%" PRId64 " does not name %s",
			       message.id, applicant.name);
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
	const char *adn = without_wildcard(asked.domain);
	if (asked.applicant_id != validation->applicant_id)
		return "rests on a question about another applicant";
	if (strcmp(asked.method, validation->method) != 0)
		return "rests on a question of another method";
	if (!is_within(validation->domain, adn))
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

/* ---- the journal, read once ---- */

enum { NUMBERS_MAX = 4096 };

struct reading {
	struct oracle *oracle;
	struct engine *engine;
	int64_t at;
	bool answered[NUMBERS_MAX]; /* messages that left "open" */
	bool reminded[NUMBERS_MAX]; /* messages */
	bool failed[NUMBERS_MAX];   /* authorizations whose method failed */
};

static int64_t number_of(const struct reading *reading, const char *sql, int64_t bound)
{
	return oracle_number(reading->oracle, reading->engine, sql, bound, 0);
}

static void read_answer(struct reading *reading, const struct journal_entry *entry)
{
	if (reading->answered[entry->subject_id])
		oracle_violate(reading->oracle, VIOLATION_RULE, "m-%" PRId64 " moved twice: to %s",
			       entry->subject_id, entry->to);
	reading->answered[entry->subject_id] = true;
}

static void read_reminder(struct reading *reading, const struct journal_entry *entry)
{
	int64_t id = entry->subject_id;
	int64_t asked_at = number_of(reading, "SELECT created_at FROM message WHERE id = ?1", id);
	if (reading->reminded[id])
		oracle_violate(reading->oracle, VIOLATION_RULE, "m-%" PRId64 " was reminded twice",
			       id);
	if (reading->answered[id])
		oracle_violate(reading->oracle, VIOLATION_RULE,
			       "m-%" PRId64 " was reminded after its answer", id);
	if (reading->at < asked_at + reading->oracle->rules->reminder_ms)
		oracle_violate(reading->oracle, VIOLATION_RULE, "m-%" PRId64 " was reminded early",
			       id);
	reading->reminded[id] = true;
	tally_add(reading->oracle->tally, TALLY_REMINDED);
}

/* A method of asking has failed: when, and why. */
static void read_failure(struct reading *reading, const struct journal_entry *entry)
{
	enum tally_kind kind = TALLY_NOBODY_TO_ASK;
	int64_t last_at = number_of(
		reading, "SELECT max(created_at) FROM message WHERE authorization_id = ?1",
		entry->subject_id);
	if (strcmp(entry->code, "mail-undeliverable") == 0)
		kind = TALLY_UNDELIVERABLE;
	else if (strcmp(entry->code, "answer-timed-out") == 0)
		kind = TALLY_NOBODY_SAID_YES;
	else if (strcmp(entry->code, "method-unavailable") == 0)
		kind = strstr(entry->reason, "nobody who was asked") ? TALLY_NO_CONTACTS_LEFT
								     : TALLY_NOBODY_TO_ASK;
	else if (strcmp(entry->code, "given-up") != 0)
		return;
	if (kind == TALLY_NOBODY_SAID_YES && last_at && last_at <= reading->at &&
	    reading->at < last_at + reading->oracle->rules->timeout_ms)
		oracle_violate(reading->oracle, VIOLATION_RULE,
			       "z-%" PRId64 " has failed before people's time was over",
			       entry->subject_id);
	if (strcmp(entry->code, "given-up") != 0)
		tally_add(reading->oracle->tally, kind);
}

/* The method that must have failed: the one that is left, or (by an officer) the order's own. */
struct left_method {
	struct reading *reading;
	const char *name;
	const char *method; /* NULL: the order's */
	bool failed;
};

/* Columns: authorization, its domain, its method, whether that is the order's. */
static void take_left_method(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct left_method *left = context;
	int64_t id = sqlite3_column_int64(row, 0);
	const char *domain = without_wildcard((const char *)sqlite3_column_text(row, 1));
	const char *method = (const char *)sqlite3_column_text(row, 2);
	bool it =
		left->method ? strcmp(left->method, method) == 0 : sqlite3_column_int(row, 3) != 0;
	if (it && id < NUMBERS_MAX && is_within(left->name, domain) && left->reading->failed[id])
		left->failed = true;
}

/* Another method than the order's own, of a product that has an order of methods. */
static bool is_fallback(struct reading *reading, const struct journal_entry *entry)
{
	return strcmp(entry->to, "whois-email") != 0 &&
	       number_of(reading, "SELECT product = 'agency-dv' FROM orders WHERE id = ?1",
			 entry->order_id);
}

/* A name goes over to another method: REQUIREMENTS DCV-07. */
static void read_switch(struct reading *reading, const struct journal_entry *entry)
{
	struct oracle *oracle = reading->oracle;
	bool by_engine = strstr(entry->reason, " failed (") != NULL;
	struct left_method left = {reading, without_wildcard(entry->name),
				   by_engine ? entry->from : NULL, false};
	bool earlier_result = strstr(entry->reason, "an earlier result") != NULL;
	(void)oracle_ask(oracle, reading->engine,
			 "SELECT a.id, a.domain, a.method, a.method = o.method FROM authorization a"
			 " JOIN orders o ON o.applicant_id = a.applicant_id WHERE o.id = ?1",
			 entry->order_id, take_left_method, &left);
	if (by_engine)
		tally_add(oracle->tally, TALLY_FELL_BACK);
	if (!left.failed && !earlier_result && (by_engine || !oracle->rules->free_order) &&
	    is_fallback(reading, entry))
		oracle_violate(oracle, VIOLATION_RULE,
			       "o-%" PRId64
			       " %s went over to %s, and its first method had not failed",
			       entry->order_id, entry->name, entry->to);
}

static void read_authorization(struct reading *reading, const struct journal_entry *entry)
{
	reading->failed[entry->subject_id] = strcmp(entry->to, "invalid") == 0;
	if (reading->failed[entry->subject_id])
		read_failure(reading, entry);
}

static bool is_method(const char *text)
{
	return text && (oracle_asks(text) || strcmp(text, "web-page") == 0 ||
			strcmp(text, "whois-phone") == 0);
}

static void read_entry(struct reading *reading, const struct journal_entry *entry)
{
	if (entry->subject_id >= NUMBERS_MAX)
		return;
	if (entry->kind == ENTRY_ANSWER)
		read_answer(reading, entry);
	else if (entry->kind == ENTRY_AUTHORIZATION && entry->to)
		read_authorization(reading, entry);
	else if (entry->kind == ENTRY_ACT && entry->name && strcmp(entry->name, "reminder") == 0)
		read_reminder(reading, entry);
	else if (entry->kind == ENTRY_ACT && is_method(entry->from) && is_method(entry->to))
		read_switch(reading, entry);
}

static void read_journal(struct reading *reading)
{
	struct error err = NO_ERROR;
	int64_t seq = 0;
	for (;;) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct journal_link link;
		struct journal_body body;
		if (store_journal_read(reading->engine->store, 0, seq, &arena, &link, &err) != OK)
			return;
		if (journal_body_read(link.body, &arena, &body, &err) != OK) {
			oracle_violate(reading->oracle, VIOLATION_DAMAGED, "%s", err.sentence);
			return;
		}
		seq = link.seq;
		reading->at = link.at;
		for (size_t i = 0; i < body.count; i++)
			read_entry(reading, &body.entries[i]);
	}
}

/* Columns: order, authorizations that its names ever waited for by the product's first method. */
static void check_many(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)context;
	int64_t sets = sqlite3_column_int64(row, 1);
	if (sets > 1)
		oracle_violate(oracle, VIOLATION_RULE,
			       "the twenty names of o-%lld are asked about with %lld sets of mails",
			       (long long)sqlite3_column_int64(row, 0), (long long)sets);
	else if (sets == 1)
		tally_add(oracle->tally, TALLY_MANY_NAMES);
}

static void count_brokered(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)context;
	oracle->tally->counts[TALLY_BROKERED] += sqlite3_column_int64(row, 0);
}

void oracle_check_people(struct oracle *oracle, struct engine *engine)
{
	/* Too large for the stack. */
	CLEANUP(memory_freep) struct reading *reading = memory_new(1, sizeof(*reading));
	*reading = (struct reading){.oracle = oracle, .engine = engine};
	read_journal(reading);
	(void)oracle_ask(oracle, engine,
			 "SELECT m.order_id, count(DISTINCT m.authorization_id) FROM message m"
			 " JOIN authorization a ON a.id = m.authorization_id WHERE"
			 " a.method = 'whois-email' AND (SELECT count(*) FROM order_name n WHERE"
			 " n.order_id = m.order_id) = 20 GROUP BY m.order_id",
			 0, check_many, NULL);
	(void)oracle_ask(oracle, engine,
			 "SELECT count(*) FROM orders WHERE product = 'brokered-dv'", 0,
			 count_brokered, NULL);
}

/* ---- values ---- */

struct search {
	struct oracle *oracle;
	const char *where; /* a table's or file's name */
	size_t length;     /* of every value */
};

static bool is_of_value(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

static void look_at(const struct search *search, const uint8_t *run)
{
	for (size_t i = 0; i < search->oracle->world->letter_count; i++)
		if (memcmp(run, search->oracle->world->letters[i].value, search->length) == 0)
			oracle_violate(search->oracle, VIOLATION_RULE,
				       "the value of a mail to %s stands in %s",
				       search->oracle->world->letters[i].to, search->where);
}

static void seek(const struct search *search, struct slice bytes)
{
	size_t run = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		run = is_of_value(bytes.data[i]) ? run + 1 : 0;
		if (run >= search->length)
			look_at(search, bytes.data + i + 1 - search->length);
	}
}

static void seek_row(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	const struct search *search = context;
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		int type = sqlite3_column_type(row, i);
		if (strcmp(search->where, "effect") == 0 &&
		    strcmp(sqlite3_column_name(row, i), "intent") == 0)
			continue;
		if (type == SQLITE_TEXT || type == SQLITE_BLOB)
			seek(search, slice_of(sqlite3_column_blob(row, i),
					      (size_t)sqlite3_column_bytes(row, i)));
	}
}

/* A statement of its own: there are as many as tables. */
static void seek_table(struct search *search, struct engine *engine)
{
	CLEANUP(memory_freep) char *sql = memory_printf("SELECT * FROM \"%s\"", search->where);
	sqlite3_stmt *row = NULL;
	if (sqlite3_prepare_v2(engine->store->db, sql, -1, &row, NULL) != SQLITE_OK)
		oracle_violate(search->oracle, VIOLATION_DAMAGED, "the table %s cannot be read",
			       search->where);
	while (row && sqlite3_step(row) == SQLITE_ROW)
		seek_row(search->oracle, row, search);
	(void)sqlite3_finalize(row);
}

struct tables {
	struct search *search;
	struct engine *engine;
	int64_t count;
};

static void take_table(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct tables *tables = context;
	tables->search->where = (const char *)sqlite3_column_text(row, 0);
	seek_table(tables->search, tables->engine);
	tables->count++;
}

static void seek_file(const char *path, struct slice bytes, void *context)
{
	struct search *search = context;
	search->where = path;
	if (!strstr(path, "/issuer.db"))
		seek(search, bytes);
}

static void seek_view(struct search *search, enum status status, json_t *view)
{
	char *text = status == OK ? json_dumps(view, JSON_ENCODE_ANY) : NULL;
	if (text)
		seek(search, slice_text(text));
	else
		oracle_violate(search->oracle, VIOLATION_RULE, "%s cannot be shown", search->where);
	free(text);
	json_decref(view);
}

static void seek_views(struct search *search, struct engine *engine)
{
	static const struct {
		const char *words;
		enum status (*view)(struct engine *engine, int64_t order_id, json_t **ret,
				    struct error *err);
	} views[] = {{"order show", view_order},
		     {"order explain", view_explain},
		     {"order history", view_history}};
	int64_t last = oracle_number(search->oracle, engine, "SELECT max(id) FROM orders", 0, 0);
	for (int64_t id = 1; id <= last; id++)
		for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
			json_t *view = NULL;
			search->where = views[i].words;
			enum status status = views[i].view(engine, id, &view, NULL);
			seek_view(search, status, view);
		}
	json_t *view = NULL;
	search->where = "status";
	enum status status = view_status(engine, &view, NULL);
	seek_view(search, status, view);
}

void oracle_seek_values(struct oracle *oracle, struct engine *engine)
{
	if (oracle->world->letter_count == 0 || oracle->violation != VIOLATION_NONE)
		return;
	struct search search = {.oracle = oracle,
				.length = strlen(oracle->world->letters[0].value)};
	struct tables tables = {&search, engine, 0};
	(void)oracle_ask(oracle, engine, "SELECT name FROM sqlite_master WHERE type = 'table'", 0,
			 take_table, &tables);
	disk_walk(oracle->disk, seek_file, &search);
	seek_views(&search, engine);
	oracle->tally->counts[TALLY_VALUES_SOUGHT] += (int64_t)oracle->world->letter_count;
}
