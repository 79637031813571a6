/*
 * The whole journal, by what it says of people: each question moves once, reminders
 * go once and in time, methods fail in their time, and names go over to another
 * method only when the one before has failed.
 */
#include "store/journal.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

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
	const char *domain = oracle_without_wildcard((const char *)sqlite3_column_text(row, 1));
	const char *method = (const char *)sqlite3_column_text(row, 2);
	bool it =
		left->method ? strcmp(left->method, method) == 0 : sqlite3_column_int(row, 3) != 0;
	if (it && id < NUMBERS_MAX && oracle_is_within(left->name, domain) &&
	    left->reading->failed[id])
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
	struct left_method left = {reading, oracle_without_wildcard(entry->name),
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
