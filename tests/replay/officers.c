/*
 * Staff: declares that a method has failed, chooses another one, and lifts what a
 * domain contact's no holds. Each act is a turn, as commands make them.
 */
#include "engine/asking.h"
#include "engine/gate.h"
#include "engine/way.h"
#include "store/party.h"
#include "store/rejection.h"
#include "store/schedule.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const methods[] = {"web-page", "constructed-email", "whois-email"};

/* ---- acts ---- */

/* True when the act was answered; refusals are told to be one of those expected. */
static bool ended(struct story *story, const char *act, enum status status, const struct error *err)
{
	if (story->disk.dead)
		return false;
	story_tell(story, "the officer %s: %s", act, status == OK ? "answered" : err->sentence);
	if (status == OK)
		oracle_answered(&story->oracle, story->engine);
	return status == OK;
}

static enum status declare_failed(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct authorization authorization;
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	return asking_fail(turn, &authorization, GIVEN_UP, "nobody reads their mail", err);
}

static enum status choose(struct turn *turn, int64_t order_id, const char *name, const char *method,
			  struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(way_may(turn, &view, name, method, err));
	TRY(way_set(turn, &view, name, method, NULL, "the officer chose it", err));
	return store_schedule_put(turn->store, DUTY_ORDER_DECIDE, order_id, turn->now, err);
}

static enum status lift(struct turn *turn, int64_t rejection_id, struct error *err)
{
	TRY(store_rejection_lift(turn->store, rejection_id, turn->now, "it was a mistake", err));
	turn_record(turn, (struct journal_entry){.kind = ENTRY_ACT,
						 .subject_id = rejection_id,
						 .name = "rejection lifted",
						 .reason = "it was a mistake"});
	for (int64_t after = 0;;) {
		struct applicant applicant;
		enum status status =
			store_applicant_get(turn->store, ++after, &turn->arena, &applicant, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		TRY(store_schedule_decide_applicant(turn->store, applicant.id, turn->now, err));
	}
}

/* ---- which ---- */

#define ASKED_NAMES                                                                                \
	" FROM gate g JOIN orders o ON o.id = g.order_id JOIN authorization a"                     \
	" ON a.id = g.authorization_id WHERE g.kind = 3 AND o.state = 2"                           \
	" AND g.state NOT IN (4, 6, 7) AND a.method LIKE '%-email'"

static void act_declare_failed(struct story *story)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct error err = NO_ERROR;
	int64_t id = people_choose(story,
				   "SELECT DISTINCT a.id" ASKED_NAMES " AND a.state IN (1, 2, 5)");
	if (!id)
		return;
	enum status status = turn_begin(&turn, story->engine, "cli:officer", &err);
	if (status == OK)
		status = declare_failed(&turn, id, &err);
	if (status == OK)
		status = turn_commit(&turn, &err);
	if (ended(story, "declares a method failed", status, &err))
		tally_add(story->tally, TALLY_DECLARED_FAILED);
	else if (!story->disk.dead)
		story_unexpected(story, "declaring a method failed", &err);
}

struct name_of_order {
	char name[128];
	int64_t position;
};

static void take_name(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct name_of_order *name = context;
	if (sqlite3_column_int64(row, 1) == name->position)
		(void)snprintf(name->name, sizeof(name->name), "%s",
			       (const char *)sqlite3_column_text(row, 0));
}

/* A name of the order whose control is not shown; "": none. */
static void unshown_name(struct story *story, int64_t order_id, int64_t position,
			 struct name_of_order *ret)
{
	*ret = (struct name_of_order){.position = position};
	(void)oracle_ask(&story->oracle, story->engine,
			 "SELECT g.name, row_number() OVER (ORDER BY g.turn <> 5, g.position) - 1"
			 " FROM gate g WHERE g.order_id = ?1 AND g.kind = 3"
			 " AND g.state NOT IN (4, 6, 7)",
			 order_id, take_name, ret);
}

static enum status switch_to(struct story *story, int64_t order_id, const char *name,
			     const char *method, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	TRY(turn_begin(&turn, story->engine, "cli:officer", err));
	TRY(choose(&turn, order_id, name, method, err));
	return turn_commit(&turn, err);
}

static void act_switch(struct story *story)
{
	struct error err = NO_ERROR;
	struct name_of_order name;
	const char *method = methods[chance_below(&story->people, ARRAY_LENGTH(methods))];
	int64_t id = people_choose(story, "SELECT DISTINCT o.id" ASKED_NAMES
					  " AND o.product = 'agency-dv'");
	if (!id)
		return;
	unshown_name(story, id, chance_below(&story->people, ASK_NAMES_FEW), &name);
	if (!name.name[0])
		return;
	enum status status = switch_to(story, id, name.name, method, &err);
	if (ended(story, "chooses another method", status, &err))
		tally_add(story->tally, TALLY_CHOSEN);
	else if (!story->disk.dead && status == DCV_ORDER)
		tally_add(story->tally, TALLY_SWITCH_REFUSED);
	else if (!story->disk.dead && status != WILDCARD_METHOD)
		story_unexpected(story, "choosing a method", &err);
}

static bool lift_one(struct story *story)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct error err = NO_ERROR;
	int64_t id = people_choose(story, "SELECT id FROM rejection WHERE lifted_at IS NULL");
	if (!id)
		return false;
	enum status status = turn_begin(&turn, story->engine, "cli:officer", &err);
	if (status == OK)
		status = lift(&turn, id, &err);
	if (status == OK)
		status = turn_commit(&turn, &err);
	if (ended(story, "lifts a rejection", status, &err)) {
		tally_add(story->tally, TALLY_LIFTED);
		return true;
	}
	if (!story->disk.dead)
		story_unexpected(story, "lifting a rejection", &err);
	return false;
}

static void act_lift(struct story *story)
{
	(void)lift_one(story);
}

void officers_act(struct story *story)
{
	uint32_t roll = chance_below(&story->people, 100);
	if (roll < 40)
		act_declare_failed(story);
	else if (roll < 80)
		act_switch(story);
	else
		act_lift(story);
}

/* ---- at the end ---- */

/* The officer's turn: what needs no person, or nothing is left and the order ends. */
static void serve_order(struct story *story, int64_t order_id)
{
	static const char *const without_people[] = {"web-page", "dns-txt"};
	struct name_of_order name;
	struct error err = NO_ERROR;
	enum status status = NOT_FOUND;
	unshown_name(story, order_id, 0, &name);
	for (size_t i = 0; i < ARRAY_LENGTH(without_people) && status != OK && !story->disk.dead;
	     i++)
		status = switch_to(story, order_id, name.name, without_people[i], &err);
	if (ended(story, "leaves people alone", status, &err) || story->disk.dead)
		return;
	people_cancel(story, story->engine, order_id);
}

void officers_serve(struct story *story)
{
	while (!story->disk.dead && lift_one(story))
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
				 " ORDER BY o.id LIMIT 1",
				 id, 0)) != 0;)
		serve_order(story, id);
}
