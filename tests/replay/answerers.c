/*
 * People who were asked by mail, and what stands between them and their mailboxes.
 * They answer late, twice, otherwise than before, with a wrong value, or not at
 * all; a scanner opens every link first and must change nothing by it.
 */
#include "store/authorization.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RECENT = 6, ANSWER_OPERATIONS = 60 };

/* One of the letters: mostly a recent one. */
static const struct letter *some_letter(struct story *story)
{
	size_t count = story->world.letter_count;
	size_t among = count < RECENT || chance_percent(&story->people, 35) ? count : RECENT;
	if (count == 0)
		return NULL;
	return &story->world.letters[count - 1 - chance_below(&story->people, (uint32_t)among)];
}

/* ---- answering ---- */

/* What is about to be said, and what is known before. */
struct saying {
	const struct letter *letter;
	char value[2 * LETTER_VALUE_MAX]; /* as it is typed */
	enum answer_said said;
	enum answer_scope scope;
	bool by_operator;
	bool wrong_value;
	enum message_state state;
	bool expired;
	bool withdrawn;   /* the order has ended without a certificate, and no other waits */
	bool from_future; /* the clock went back since */
	bool method_failed;
	bool names_domain; /* as one of others that wait: no yes for the names alone */
	char domain[128];
};

/* Read out over the telephone: capitals, in groups of four. */
static void spell(const char *value, char out[2 * LETTER_VALUE_MAX])
{
	size_t at = 0;
	for (size_t i = 0; value[i]; i++) {
		if (i > 0 && i % 4 == 0)
			out[at++] = i % 8 ? ' ' : '-';
		out[at++] = (char)toupper((unsigned char)value[i]);
	}
	out[at] = '\0';
}

static void draw_value(struct story *story, struct saying *saying)
{
	(void)snprintf(saying->value, sizeof(saying->value), "%s", saying->letter->value);
	if (chance_percent(&story->people, 8)) {
		size_t at = chance_below(&story->people, (uint32_t)strlen(saying->value));
		saying->value[at] = saying->value[at] == 'a' ? 'b' : 'a';
		saying->wrong_value = strcmp(saying->value, saying->letter->value) != 0;
	} else if (saying->by_operator) {
		spell(saying->letter->value, saying->value);
	}
}

static void draw_saying(struct story *story, struct saying *saying)
{
	uint32_t roll = chance_below(&story->people, 100);
	saying->said = roll < 76 ? ANSWER_YES : roll < 88 ? ANSWER_NO : ANSWER_NOT_ME;
	saying->scope = roll < 20 ? ANSWER_FOR_NAMES : ANSWER_FOR_DOMAIN;
	saying->by_operator = chance_percent(&story->people, 20);
	draw_value(story, saying);
}

/* What the store holds of the letter's question. */
static bool look_up(struct story *story, struct engine *engine, struct saying *saying)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct message message;
	struct authorization authorization;
	struct error err = NO_ERROR;
	if (store_message_of_value(engine->store, digest_of(slice_text(saying->letter->value)),
				   &arena, &message, &err) != OK ||
	    store_authorization_get(engine->store, message.authorization_id, &arena, &authorization,
				    &err) != OK) {
		if (!story->disk.dead)
			oracle_violate(&story->oracle, VIOLATION_LOST,
				       "a mail to %s asks what nobody asks", saying->letter->to);
		return false;
	}
	saying->state = message.state;
	saying->expired = message.until_at < engine_now(engine);
	saying->from_future = engine_now(engine) < message.created_at;
	saying->withdrawn = oracle_number(
		&story->oracle, story->engine,
		"SELECT o.state IN (8, 9, 10) AND NOT EXISTS (SELECT 1 FROM gate g JOIN orders w ON"
		" w.id = g.order_id WHERE g.authorization_id = m.authorization_id AND g.kind = 3"
		" AND w.state = 2) FROM message m JOIN orders o ON o.id = m.order_id WHERE m.id = "
		"?1",
		message.id, 0);
	saying->names_domain = oracle_number(
		&story->oracle, story->engine,
		"WITH waiting AS (SELECT replace(g.name, '*.', '') AS name FROM gate g JOIN orders "
		"w"
		" ON w.id = g.order_id JOIN message m ON m.authorization_id = g.authorization_id"
		" WHERE m.id = ?1 AND g.kind = 3 AND w.state = 2), listed AS (SELECT name FROM "
		"waiting"
		" UNION SELECT replace(n.name, '*.', '') FROM order_name n JOIN message m ON"
		" m.order_id = n.order_id WHERE m.id = ?1 AND NOT EXISTS (SELECT 1 FROM waiting))"
		" SELECT 1 FROM message m JOIN authorization a ON a.id = m.authorization_id WHERE "
		"m.id ="
		" ?1 AND EXISTS (SELECT 1 FROM listed WHERE name = a.domain) AND EXISTS (SELECT 1 "
		"FROM"
		" listed WHERE substr(name, -length(a.domain) - 1) = '.' || a.domain)",
		message.id, 0);
	(void)snprintf(saying->domain, sizeof(saying->domain), "%s", authorization.domain);
	saying->method_failed = authorization.state == AUTHORIZATION_INVALID;
	return true;
}

static enum status expected(const struct saying *saying)
{
	if (saying->wrong_value)
		return NOT_FOUND;
	if (saying->state != MESSAGE_OPEN || saying->withdrawn || saying->expired)
		return ANSWER_CLOSED;
	if (saying->from_future)
		return STALE;
	bool narrow = saying->said == ANSWER_YES && saying->scope == ANSWER_FOR_NAMES;
	return narrow && saying->names_domain ? NOT_APPLICABLE : OK;
}

static void count_refused(struct story *story, const struct saying *saying)
{
	const struct kept_answer *before = oracle_said(&story->oracle, saying->letter->value);
	enum tally_kind kind = TALLY_SAID_TOO_LATE;
	if (saying->wrong_value)
		kind = TALLY_SAID_WRONG_VALUE;
	else if (saying->state == MESSAGE_VOID)
		kind = TALLY_SAID_TO_VOID;
	else if (saying->state != MESSAGE_OPEN && before)
		kind = before->said == saying->said ? TALLY_SAID_TWICE : TALLY_SAID_OTHERWISE;
	else if (saying->state != MESSAGE_OPEN)
		return; /* it was kept, and no reply had come */
	else if (saying->withdrawn)
		kind = TALLY_SAID_WITHDRAWN;
	else if (saying->from_future)
		kind = TALLY_SAID_EARLY;
	else if (!saying->expired)
		kind = TALLY_SAID_TOO_NARROW;
	tally_add(story->tally, kind);
}

static void count_taken(struct story *story, const struct saying *saying,
			const struct answered *answered)
{
	static const enum tally_kind kinds[] = {[ANSWER_YES] = TALLY_SAID_YES,
						[ANSWER_NO] = TALLY_SAID_NO,
						[ANSWER_NOT_ME] = TALLY_SAID_NOT_ME};
	bool narrow = saying->said == ANSWER_YES && saying->scope == ANSWER_FOR_NAMES;
	tally_add(story->tally, narrow ? TALLY_SAID_YES_NAMES : kinds[saying->said]);
	if (saying->method_failed)
		tally_add(story->tally, TALLY_SAID_LATE);
	if (saying->by_operator)
		tally_add(story->tally, TALLY_SAID_BY_OPERATOR);
	if (story->beside)
		tally_add(story->tally, TALLY_SAID_BESIDE);
	if (saying->said == ANSWER_YES && answered->by_agent)
		tally_add(story->tally, TALLY_SAID_BY_AGENT);
}

static void say(struct story *story, struct engine *engine, struct saying *saying)
{
	struct answered answered;
	struct error err = NO_ERROR;
	const char *value = saying->letter->value;
	struct answer_params params = {
		.value = saying->value,
		.said = saying->said,
		.scope = saying->scope,
		.channel = saying->by_operator ? "operator" : "page",
		.client = saying->by_operator ? NULL : "203.0.113.7",
		.page = saying->by_operator ? SLICE_NONE : slice_text("Do you agree?"),
		.actor = saying->by_operator ? "cli:officer" : NULL,
		.note = saying->by_operator ? "read out over the telephone" : NULL,
	};
	if (story->params.dies_at == 0 && story->deaths_left > 0 &&
	    chance_percent(&story->people, 8))
		story->disk.dies_at = story->disk.operations +
				      chance_between(&story->people, 1, ANSWER_OPERATIONS);
	if (!saying->wrong_value)
		oracle_says(&story->oracle, value, saying->said, saying->scope);
	enum status status = command_answer(engine, &params, &answered, &err);
	story_tell(story, "%s says %s to %s%s%s%s: %s", saying->letter->to,
		   answer_said_text(saying->said), saying->domain,
		   saying->scope == ANSWER_FOR_NAMES ? " for the names" : "",
		   saying->by_operator ? " to the operator" : "",
		   saying->wrong_value ? " with a wrong value" : "",
		   status == OK ? "answered" : err.sentence);
	if (story->disk.dead) {
		tally_add(story->tally, TALLY_DIED_ANSWERING);
		return;
	}
	if (status != expected(saying)) {
		story_unexpected(story, "an answer", &err);
		return;
	}
	if (status != OK) {
		count_refused(story, saying);
		if (!saying->wrong_value)
			oracle_unsaid(&story->oracle, value);
		return;
	}
	count_taken(story, saying, &answered);
	oracle_acknowledged(&story->oracle, value);
	oracle_answered(&story->oracle, engine);
}

static void answer(struct story *story, struct engine *engine)
{
	struct saying saying = {.letter = some_letter(story)};
	if (!saying.letter)
		return;
	draw_saying(story, &saying);
	if (look_up(story, engine, &saying))
		say(story, engine, &saying);
}

static void act_answer(struct story *story)
{
	answer(story, story->engine);
}

void answerers_meanwhile(struct story *story, struct engine *engine)
{
	answer(story, engine);
}

/* ---- the scanner ---- */

static void compare_question(struct story *story, const struct letter *letter,
			     const struct question *question)
{
	if (strcmp(question->recipient, letter->to) != 0 ||
	    !letter_names(letter, question->domain_display))
		oracle_violate(&story->oracle, VIOLATION_RULE,
			       "the link sent to %s asks %s about %s", letter->to,
			       question->recipient, question->domain_display);
}

/* Opens a link, as a mail scanner does: whatever it sees, nothing has changed. */
static void scan(struct story *story, const struct letter *letter)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct question question;
	struct digest before, after;
	int64_t seq_before = 0, seq_after = 0;
	struct error err = NO_ERROR;
	struct store *store = story->engine->store;
	int64_t changes = sqlite3_total_changes64(store->db);
	if (store_journal_head(store, &seq_before, &before, &err) != OK)
		return;
	enum status status =
		question_of_value(story->engine, letter->value, &arena, &question, &err);
	if (story->disk.dead)
		return;
	if (status != OK) {
		story_unexpected(story, "a link opened", &err);
		return;
	}
	compare_question(story, letter, &question);
	if (store_journal_head(store, &seq_after, &after, &err) != OK || seq_before != seq_after ||
	    !digest_equal(before, after) || sqlite3_total_changes64(store->db) != changes)
		oracle_violate(&story->oracle, VIOLATION_RULE,
			       "opening the link sent to %s changed "
			       "something",
			       letter->to);
	tally_add(story->tally, TALLY_SCANNED);
}

static void act_scan(struct story *story)
{
	story_tell(story, "a scanner opens every link");
	for (size_t i = 0; i < story->world.letter_count; i++)
		scan(story, &story->world.letters[i]);
}

/* ---- contacts ---- */

static void act_publish_contacts(struct story *story)
{
	size_t base = chance_below(&story->people, WORLD_BASES);
	enum world_set set = (enum world_set)chance_below(&story->people, WORLD_SETS);
	world_register(&story->world, base, set);
	tally_add(story->tally, TALLY_CONTACTS_CHANGED);
	story_tell(story, "the registry names other contacts of %s: set %d", world_bases[base],
		   (int)set);
}

void answerers_act(struct story *story)
{
	uint32_t roll = chance_below(&story->people, 100);
	if (roll < 78)
		act_answer(story);
	else if (roll < 90)
		act_scan(story);
	else
		act_publish_contacts(story);
}

void answerers_serve(struct story *story)
{
	for (size_t i = 0; i < story->world.letter_count && !story->disk.dead; i++) {
		struct saying saying = {.letter = &story->world.letters[i]};
		(void)snprintf(saying.value, sizeof(saying.value), "%s", saying.letter->value);
		if (look_up(story, story->engine, &saying) && expected(&saying) == OK)
			say(story, story->engine, &saying);
	}
}
