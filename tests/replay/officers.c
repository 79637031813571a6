/*
 * Staff: gives a method up, chooses another one, lifts what a domain contact's no
 * holds, withdraws results, sends a mail again, and reads reports of mail that was
 * not delivered.
 */
#include "engine/people/mail_command.h"
#include "engine/people/validation_command.h"
#include "engine/order/way_change.h"
#include "store/message.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"

#include "base/json.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what came of an act ---- */

/* Refusals that are right: nothing to be done any more, or not yet. */
static bool is_refusal(enum status status)
{
	static const enum status refusals[] = {NOT_APPLICABLE, ORDER_STATE, WILDCARD_METHOD,
					       DCV_ORDER,      DCV_ADDRESS, STALE,
					       ANSWER_CLOSED,  BUSY,        MAIL_UNDELIVERABLE};
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
		if (refusals[i] == status)
			return true;
	return false;
}

/* True when the act was done. */
static bool done(struct story *story, const char *act, const char *what, enum status status,
		 const struct error *err, enum tally_kind kind)
{
	if (story->disk.dead)
		return false;
	story_tell(story, "the officer %s %s: %s", act, what,
		   status == OK ? "answered" : err->sentence);
	if (status == OK) {
		oracle_answered(&story->oracle, story->engine);
		tally_add(story->tally, kind);
	} else if (!is_refusal(status)) {
		story_unexpected(story, act, err);
	}
	return status == OK;
}

/* ---- which ---- */

#define SHUT                                                                                       \
	" FROM gate g JOIN orders o ON o.id = g.order_id LEFT JOIN authorization a"                \
	" ON a.id = g.authorization_id WHERE g.kind = 3 AND o.state = 2"                           \
	" AND g.state NOT IN (4, 6, 7)"

struct name_of_order {
	char name[128];
	int64_t position;
};

static void take_name(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct name_of_order *name = context;
	if (name->position-- == 0)
		(void)snprintf(name->name, sizeof(name->name), "%s",
			       (const char *)sqlite3_column_text(row, 0));
}

/* A name of the order whose control is not shown, the officer's first; "": none. */
static const char *unshown_name(struct story *story, int64_t order_id, uint32_t among,
				struct name_of_order *ret)
{
	*ret = (struct name_of_order){.position = chance_below(&story->people, among)};
	(void)oracle_ask(&story->oracle, story->engine,
			 "SELECT g.name" SHUT " AND o.id = ?1 ORDER BY g.turn <> 5, g.position",
			 order_id, take_name, ret);
	return ret->name;
}

/* ---- acts ---- */

static void act_give_up(struct story *story)
{
	struct error err = NO_ERROR;
	struct name_of_order name;
	struct give_up_params params = {
		.order_id = people_choose(story, "SELECT DISTINCT o.id" SHUT
						 " AND a.method LIKE '%-email'"),
		.reason = "nobody reads their mail",
	};
	if (!params.order_id)
		return;
	if (chance_percent(&story->people, 50) && unshown_name(story, params.order_id, 1, &name)[0])
		params.name = name.name;
	enum status status = command_give_up(story->engine, &params, NULL, &err);
	(void)done(story, "gives up", params.name ? params.name : "all names", status, &err,
		   TALLY_DECLARED_FAILED);
}

static enum status switch_to(struct story *story, int64_t order_id, const char *name,
			     const char *method, struct error *err)
{
	struct way_change change = {.order_id = order_id,
				    .name = name,
				    .method = method,
				    .reason = "the officer chose it"};
	return command_switch(story->engine, &change, NULL, err);
}

/* Whom alone to ask: one of the five of the name's base domain, or a stranger. */
static void draw_addresses(struct story *story, const char *name, char out[MAILBOX_MAX])
{
	bool stranger = chance_percent(&story->people, 20);
	size_t length = strlen(name);
	for (size_t i = 0; i < WORLD_BASES; i++) {
		size_t tail = strlen(world_bases[i]);
		if (length >= tail && strcmp(name + length - tail, world_bases[i]) == 0)
			(void)snprintf(out, MAILBOX_MAX, "%s@%s",
				       stranger ? "somebody" : "hostmaster", world_bases[i]);
	}
}

static void act_switch(struct story *story)
{
	static const char *const methods[] = {"web-page", "constructed-email", "whois-email"};
	static const char *const scopes[] = {"base", "name"};
	struct error err = NO_ERROR;
	struct name_of_order name;
	char addresses[MAILBOX_MAX] = "";
	struct way_change change = {
		.order_id = people_choose(story, "SELECT DISTINCT o.id" SHUT
						 " AND o.product = 'agency-dv'"),
		.reason = "the officer chose it",
	};
	if (!change.order_id || !unshown_name(story, change.order_id, 3, &name)[0])
		return;
	change.name = name.name;
	if (chance_percent(&story->people, 80))
		change.method = methods[chance_below(&story->people, ARRAY_LENGTH(methods))];
	if (chance_percent(&story->people, 25))
		change.scope = scopes[chance_below(&story->people, ARRAY_LENGTH(scopes))];
	if (change.method && strcmp(change.method, "constructed-email") == 0 &&
	    chance_percent(&story->people, 60)) {
		draw_addresses(story, name.name, addresses);
		change.addresses = addresses;
		change.scope = NULL;
	}
	enum status status = command_switch(story->engine, &change, NULL, &err);
	if (done(story, "switches", name.name, status, &err,
		 change.addresses ? TALLY_ADDRESSES_CHOSEN : TALLY_CHOSEN))
		return;
	if (!story->disk.dead && status == DCV_ORDER)
		tally_add(story->tally, TALLY_SWITCH_REFUSED);
}

/* One order that a no holds; false: there is none. */
static bool release_one(struct story *story)
{
	struct error err = NO_ERROR;
	struct name_of_order name = {.position = 0};
	int64_t id =
		people_choose(story, "SELECT DISTINCT o.id" SHUT " AND g.code = 'answer-rejected'");
	if (!id)
		return false;
	(void)oracle_ask(&story->oracle, story->engine,
			 "SELECT g.name" SHUT " AND o.id = ?1 AND g.code = 'answer-rejected'", id,
			 take_name, &name);
	enum status status =
		command_release(story->engine, id, name.name, "it was a mistake", NULL, &err);
	return done(story, "releases", name.name, status, &err, TALLY_LIFTED);
}

static void act_release(struct story *story)
{
	(void)release_one(story);
}

static void act_withdraw(struct story *story)
{
	struct error err = NO_ERROR;
	int64_t id = people_choose(story, "SELECT id FROM validation WHERE withdrawn_at IS NULL AND"
					  " method NOT IN ('caa', 'alias')");
	if (!id)
		return;
	enum status status = command_withdraw(story->engine, id, "it was forged", NULL, &err);
	(void)done(story, "withdraws", "a result", status, &err, TALLY_WITHDRAWN);
}

static void act_resend(struct story *story)
{
	struct error err = NO_ERROR;
	int64_t id = people_choose(story, "SELECT id FROM message WHERE state = 1");
	if (!id)
		return;
	enum status status = command_resend(story->engine, id, "they lost it", NULL, &err);
	(void)done(story, "sends again", "a mail", status, &err, TALLY_SENT_AGAIN);
}

/* RFC 3464, as servers write it. */
static char *report_of(const struct letter *letter, const char *address)
{
	return memory_printf(
		"From: MAILER-DAEMON@mx.example\r\nTo: ca@ca.example\r\nSubject: failure\r\n"
		"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;"
		" boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
		"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
		"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; %s\r\n"
		"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n"
		"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\nTo: %s\r\n"
		"\r\n--b--\r\n",
		address, letter->id, letter->to);
}

/* A report of one of the mails; one that names another address is nobody's, and changes nothing. */
static void act_bounce(struct story *story)
{
	struct error err = NO_ERROR;
	json_t *reply = NULL;
	size_t count = story->world.letter_count;
	if (count == 0)
		return;
	const struct letter *letter =
		&story->world.letters[chance_below(&story->people, (uint32_t)count)];
	bool forged = chance_percent(&story->people, 30);
	CLEANUP(memory_freep)
	char *mail = report_of(letter, forged ? "other@else.example" : letter->to);
	int64_t changes = sqlite3_total_changes64(story->engine->store->db);
	enum status status = command_bounce(story->engine, slice_text(mail), &reply, &err);
	const char *outcome = status == OK ? json_get_text(reply, "outcome") : "";
	bool ours = strcmp(outcome, "bounced") == 0 || strcmp(outcome, "known") == 0;
	if (done(story, forged ? "reads a forged report about" : "reads a report about", letter->to,
		 status, &err, forged ? TALLY_BOUNCE_FORGED : TALLY_BOUNCED) &&
	    (ours == forged ||
	     (forged && sqlite3_total_changes64(story->engine->store->db) != changes)))
		oracle_violate(&story->oracle, VIOLATION_RULE,
			       "a report about %s%s was taken for \"%s\"", letter->to,
			       forged ? ", forged," : "", outcome);
	json_decref(reply);
}

void officers_act(struct story *story)
{
	static const struct {
		uint32_t percent;
		void (*act)(struct story *story);
	} acts[] = {
		{22, act_give_up}, {30, act_switch}, {14, act_release},
		{8, act_withdraw}, {12, act_resend}, {14, act_bounce},
	};
	uint32_t at = chance_below(&story->people, 100);
	size_t i = 0;
	for (; at >= acts[i].percent; i++)
		at -= acts[i].percent;
	acts[i].act(story);
}

/* ---- at the end ---- */

/* The officer's turn: what needs no person, or nothing is left and the order ends. */
static void serve_order(struct story *story, int64_t order_id)
{
	static const char *const without_people[] = {"web-page", "dns-txt"};
	struct name_of_order name;
	struct error err = NO_ERROR;
	enum status status = NOT_FOUND;
	(void)unshown_name(story, order_id, 1, &name);
	for (size_t i = 0; i < ARRAY_LENGTH(without_people) && status != OK && !story->disk.dead;
	     i++)
		status = switch_to(story, order_id, name.name, without_people[i], &err);
	if (done(story, "leaves people alone about", name.name, status, &err, TALLY_CHOSEN) ||
	    story->disk.dead)
		return;
	people_cancel(story, story->engine, order_id);
}

void officers_serve(struct story *story)
{
	while (!story->disk.dead && release_one(story))
		;
	for (int64_t id; !story->disk.dead &&
			 (id = people_choose(story, "SELECT id FROM orders WHERE state = 2 AND"
						    " product = 'brokered-dv'")) != 0;)
		people_cancel(story, story->engine, id);
	/* One name of each order in a round. */
	for (int64_t id = 0;
	     !story->disk.dead &&
	     (id = oracle_number(&story->oracle, story->engine,
				 "SELECT DISTINCT o.id FROM gate g JOIN orders o ON"
				 " o.id = g.order_id WHERE o.id > ?1 AND o.state = 2"
				 " AND g.kind = 3 AND g.turn = 5 AND g.state IN (3, 5)"
				 " AND g.code <> 'answer-rejected'"
				 " ORDER BY o.id LIMIT 1",
				 id, 0)) != 0;)
		serve_order(story, id);
}
