/*
 * What people do, by chance: applicants order, publish and cancel; domain owners
 * set CAA records; cron runs. They call the same functions as the command line.
 */
#include "engine/command.h"
#include "store/authorization.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"
#include "tests/replay/story.h"

#include "base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ORDERS_MAX = 16, OTHER_DRIVER_MS = 2500, TURNS_MAX = 4000 };

/* True when the machine still lives, so that the answer reached somebody. */
static bool answered(struct story *story)
{
	return !story->disk.dead;
}

/* ---- ordering ---- */

static const struct applicant_params applicants[] = {
	{"alpha", "Alpha Shops K.K.", "registered_corporation", "JP", NULL, NULL},
	{"beta", "Beta Hosting", "registered_corporation", "JP", NULL, NULL},
};

static const struct applicant_params *applicant_of(const struct create_ask *ask)
{
	for (size_t i = 0; i < ARRAY_LENGTH(applicants); i++)
		if (ask->applicant && strcmp(applicants[i].reference, ask->applicant) == 0)
			return &applicants[i];
	return NULL;
}

static void names_text(const struct create_ask *ask, char text[ORACLE_NAMES_TEXT])
{
	size_t at = 0;
	text[0] = '\0';
	for (size_t i = 0; i < ask->name_count; i++)
		at += (size_t)snprintf(text + at, ORACLE_NAMES_TEXT - at, "%s%s", i ? " " : "",
				       ask->names[i]);
}

static enum status create(struct story *story, struct engine *engine, const struct create_ask *ask,
			  int64_t *ret_id, enum order_created *ret_created, struct error *err)
{
	struct order_params params = {
		.names = ask->names,
		.name_count = ask->name_count,
		.product = ask->product,
		.applicant_data = applicant_of(ask),
		.key_type = ask->key_type,
		.method = ask->method,
		.reference = ask->reference[0] ? ask->reference : NULL,
	};
	enum status status = command_create(engine, &params, NULL, ret_id, ret_created, err);
	if (!answered(story))
		return status;
	char names[ORACLE_NAMES_TEXT];
	names_text(ask, names);
	story_tell(story, "create %s (%s, %s, %s, reference %s): %s", names,
		   ask->product ? ask->product : "local-dv", ask->method ? ask->method : "-",
		   ask->applicant ? ask->applicant : "self", ask->reference,
		   status == OK ? "answered" : err->sentence);
	if (status != OK)
		return status;
	oracle_created(&story->oracle, *ret_id, names, params.reference);
	oracle_answered(&story->oracle, engine);
	return OK;
}

/* Names that only a record can show control of. */
static const char *const wildcards[] = {"*.shop1.example.com", "*.www.shop1.example.com",
					"*.shop2.example.net", "*.example.org"};

/* Control is to be shown by people. */
static void draw_mail(struct story *story, struct create_ask *ask)
{
	static const char *const methods[] = {"whois-email", "constructed-email",
					      "dns-contact-email"};
	uint32_t roll = chance_below(&story->people, 100);
	if (roll < 75)
		ask->product = "agency-dv";
	else if (roll < 82)
		ask->product = "brokered-dv";
	else
		ask->method = methods[chance_below(&story->people, ARRAY_LENGTH(methods))];
	if (chance_percent(&story->people, 15))
		ask->names[0] = wildcards[chance_below(&story->people, ARRAY_LENGTH(wildcards))];
	if (chance_percent(&story->people, 85) || roll >= 75)
		return;
	ask->name_count = WORLD_MANY;
	memcpy(ask->names, world_many, sizeof(ask->names));
}

static struct create_ask draw_ask(struct story *story)
{
	struct create_ask ask = {.name_count = 1 + chance_below(&story->people, ASK_NAMES_FEW)};
	size_t first = chance_below(&story->people, (uint32_t)world_site_count);
	for (size_t i = 0; i < ask.name_count; i++)
		ask.names[i] = world_sites[(first + i) % world_site_count].name;
	if (story->asks && chance_percent(&story->people, 70)) {
		draw_mail(story, &ask);
	} else if (chance_percent(&story->people, 30)) {
		ask.method = "dns-txt";
		if (chance_percent(&story->people, 40))
			ask.names[0] =
				wildcards[chance_below(&story->people, ARRAY_LENGTH(wildcards))];
	} else if (chance_percent(&story->people, 15)) {
		ask.names[0] = world_addresses[chance_below(&story->people, WORLD_ADDRESSES)].name;
	}
	uint32_t who = chance_below(&story->people, ARRAY_LENGTH(applicants) + 1);
	if (who < ARRAY_LENGTH(applicants))
		ask.applicant = applicants[who].reference;
	if (chance_percent(&story->people, 20) && !ask.product)
		ask.key_type = "ec-p384";
	if (chance_percent(&story->people, 50))
		(void)snprintf(ask.reference, sizeof(ask.reference), "R-%d", ++story->references);
	return ask;
}

/* Orders, and remembers what was asked until it is answered. */
static void order(struct story *story, struct engine *engine, const struct create_ask *ask)
{
	struct error err = NO_ERROR;
	int64_t id = 0;
	enum order_created created = ORDER_IS_NEW;
	enum status status = create(story, engine, ask, &id, &created, &err);
	if (!answered(story)) {
		story->unanswered = *ask;
		story->is_unanswered = ask->reference[0] != '\0';
		return;
	}
	if (status != OK) {
		story_unexpected(story, "order create", &err);
		return;
	}
	if (created == ORDER_IS_NEW)
		tally_add(story->tally, TALLY_CREATED);
	if (ask->reference[0] && story->asked_count < ARRAY_LENGTH(story->asked))
		story->asked[story->asked_count++] = *ask;
}

static void act_create(struct story *story)
{
	struct create_ask ask = draw_ask(story);
	order(story, story->engine, &ask);
	/* cron often comes soon. */
	if (story->asks && answered(story) && chance_percent(&story->people, 50))
		people_run(story);
}

/* Whoever got no answer asks the same again: exactly one order comes of it. */
static void ask_again(struct story *story)
{
	struct create_ask ask = story->unanswered;
	story->is_unanswered = false;
	order(story, story->engine, &ask);
}

static void act_repeat(struct story *story)
{
	if (story->asked_count == 0)
		return;
	struct create_ask ask =
		story->asked[chance_below(&story->people, (uint32_t)story->asked_count)];
	struct error err = NO_ERROR;
	int64_t id = 0;
	enum order_created created = ORDER_IS_NEW;
	bool same = chance_percent(&story->people, 60);
	if (!same)
		ask.key_type = ask.key_type ? NULL : "ec-p256";
	enum status status = create(story, story->engine, &ask, &id, &created, &err);
	if (!answered(story))
		return;
	if (same && status == OK && created == ORDER_WAS_THERE)
		tally_add(story->tally, TALLY_REPEATED);
	else if (!same && status == REFERENCE_REUSED)
		tally_add(story->tally, TALLY_REFERENCE_REFUSED);
	else
		oracle_violate(&story->oracle, VIOLATION_RULE,
			       "the reference %s again, with %s content: %s", ask.reference,
			       same ? "the same" : "other",
			       status == OK ? "a new order" : err.sentence);
}

static void act_refused(struct story *story)
{
	static const struct {
		struct create_ask ask;
		enum status status;
	} rows[] = {
		{{.names = {"*.shop1.example.com"}, .name_count = 1}, WILDCARD_METHOD},
		{{.names = {"big.example.org", "BIG.example.org"}, .name_count = 2},
		 NAME_DUPLICATE},
		{{.names = {"intranet.test"}, .name_count = 1}, DOMAIN_NOT_PUBLIC},
		{{.names = {"edge.example.org"}, .name_count = 1, .key_type = "rsa-1024"},
		 KEY_TYPE},
		{{.names = {"192.0.0.9"}, .name_count = 1}, IP_NOT_GLOBAL},
		{{.names = {"93.184.216.60"}, .name_count = 1, .method = "dns-txt"}, IP_METHOD},
	};
	size_t row = chance_below(&story->people, ARRAY_LENGTH(rows));
	struct error err = NO_ERROR;
	int64_t id = 0;
	enum order_created created = ORDER_IS_NEW;
	enum status status = create(story, story->engine, &rows[row].ask, &id, &created, &err);
	if (!answered(story))
		return;
	if (status == rows[row].status)
		tally_add(story->tally, TALLY_REFUSED);
	else
		oracle_violate(&story->oracle, VIOLATION_RULE, "%s was ordered: %s, not %s",
			       rows[row].ask.names[0], status_code(status),
			       status_code(rows[row].status));
}

/* ---- choosing among what there is ---- */

struct numbers {
	int64_t list[ORDERS_MAX];
	size_t count;
};

static void take_number(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct numbers *numbers = context;
	numbers->list[numbers->count++ % ORDERS_MAX] = sqlite3_column_int64(row, 0);
}

int64_t people_choose(struct story *story, const char *sql)
{
	struct numbers numbers = {0};
	(void)oracle_ask(&story->oracle, story->engine, sql, 0, take_number, &numbers);
	size_t count = numbers.count < ORDERS_MAX ? numbers.count : ORDERS_MAX;
	return count ? numbers.list[chance_below(&story->people, (uint32_t)count)] : 0;
}

static int64_t some_pending(struct story *story)
{
	return people_choose(story, "SELECT id FROM orders WHERE state = 2");
}

/* ---- publishing ---- */

enum publish { PUBLISH_RIGHT, PUBLISH_WRONG };

struct unpublished {
	struct story *story;
	enum publish how;
};

/* Columns: domain, file name (none: a record is wanted), value. */
static void publish_row(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct unpublished *unpublished = context;
	struct story *story = unpublished->story;
	const char *domain = (const char *)sqlite3_column_text(row, 0);
	const char *file_name = (const char *)sqlite3_column_text(row, 1);
	const char *value = (const char *)sqlite3_column_text(row, 2);
	char text[256];
	bool wrong = unpublished->how == PUBLISH_WRONG;
	(void)snprintf(text, sizeof(text), "%s%s", wrong ? "the text is: " : "", value);
	if (wrong)
		tally_add(story->tally, TALLY_PUBLISHED_WRONG);
	story_tell(story, "%s publishes %s", domain, text);
	if (file_name)
		world_publish(&story->world, domain, file_name, text);
	else
		world_publish_record(&story->world, domain, text);
}

#define VALUES                                                                                     \
	"SELECT DISTINCT a.domain, a.file_name, a.value FROM gate g JOIN orders o ON"              \
	" o.id = g.order_id JOIN authorization a ON a.id = g.authorization_id WHERE g.kind = 3"    \
	" AND o.state = 2 AND g.state NOT IN (4, 6, 7) AND a.value IS NOT NULL"

static void publish(struct story *story, int64_t order_id, enum publish how)
{
	struct unpublished unpublished = {story, how};
	(void)oracle_ask(&story->oracle, story->engine, VALUES " AND o.id = ?1", order_id,
			 publish_row, &unpublished);
}

static void act_publish(struct story *story)
{
	bool wrong = chance_percent(&story->people, 25);
	int64_t id = some_pending(story);
	if (id)
		publish(story, id, wrong ? PUBLISH_WRONG : PUBLISH_RIGHT);
}

/* ---- asking for checks ---- */

/* A drive that goes on and on is ended, and then told as a failure. */
static bool driven_too_long(void *context)
{
	struct story *story = context;
	return ++story->turns > TURNS_MAX;
}

void people_run(struct story *story)
{
	struct driver_report report;
	struct error err = NO_ERROR;
	story->turns = 0;
	enum status status = command_run(story->engine, driven_too_long, story, &report, &err);
	if (!answered(story))
		return;
	story_tell(story, "run: %" PRId64 " events, %s", report.events,
		   status == OK ? "answered" : err.sentence);
	if (status != OK)
		story_unexpected(story, "run", &err);
	else if (report.faults)
		oracle_violate(&story->oracle, VIOLATION_RULE, "run put something off: %s",
			       report.fault);
	else
		oracle_answered(&story->oracle, story->engine);
}

static void act_run(struct story *story)
{
	if (chance_percent(&story->people, 10))
		story->environment.other_driver_until_ms =
			story->environment.monotonic_ms + OTHER_DRIVER_MS;
	people_run(story);
}

static void act_validate(struct story *story)
{
	bool waits = chance_percent(&story->people, 40);
	struct validate_params params = {
		.order_id = people_choose(story, "SELECT id FROM orders"),
		.wait = waits ? VALIDATE_WAIT : VALIDATE_ONCE,
		.interrupted = driven_too_long,
		.context = story,
		.timeout_ms = waits ? chance_between(&story->people, SECOND_MS, 40 * SECOND_MS) : 0,
	};
	enum exit_status judgement = EXIT_STATUS_DONE;
	struct error err = NO_ERROR;
	if (!params.order_id)
		return;
	if (chance_percent(&story->people, 50))
		publish(story, params.order_id, PUBLISH_RIGHT);
	if (chance_percent(&story->people, 10))
		story->environment.other_driver_until_ms =
			story->environment.monotonic_ms + OTHER_DRIVER_MS;
	story->turns = 0;
	enum status status = command_validate(story->engine, &params, &judgement, &err);
	if (!answered(story))
		return;
	story_tell(story, "validate o-%" PRId64 "%s: %s, exit %d", params.order_id,
		   waits ? " --wait" : "", status == OK ? "answered" : err.sentence,
		   (int)judgement);
	if (status == OK)
		oracle_answered(&story->oracle, story->engine);
	else if (status != BUSY || waits)
		story_unexpected(story, "order validate", &err);
}

/* ---- changing one's mind ---- */

void people_cancel(struct story *story, struct engine *engine, int64_t id)
{
	struct error err = NO_ERROR;
	enum status status = command_cancel(engine, id, "changed my mind", NULL, &err);
	if (!answered(story))
		return;
	story_tell(story, "cancel o-%" PRId64 ": %s", id, status == OK ? "answered" : err.sentence);
	if (status == OK) {
		tally_add(story->tally, TALLY_CANCELLED);
		oracle_cancelled(&story->oracle, id);
		oracle_answered(&story->oracle, engine);
	} else if (status != ORDER_STATE) {
		story_unexpected(story, "order cancel", &err);
	}
}

static void act_cancel(struct story *story)
{
	int64_t id = people_choose(story, "SELECT id FROM orders");
	if (id)
		people_cancel(story, story->engine, id);
}

static void act_new_key(struct story *story)
{
	struct error err = NO_ERROR;
	int64_t id = some_pending(story);
	if (!id)
		return;
	enum status status = command_csr(story->engine, id, SLICE_NONE, "ec-p256", NULL, &err);
	if (!answered(story))
		return;
	story_tell(story, "csr o-%" PRId64 " --generate: %s", id,
		   status == OK ? "answered" : err.sentence);
	if (status == OK)
		oracle_answered(&story->oracle, story->engine);
	else
		story_unexpected(story, "order csr", &err);
}

static void act_caa(struct story *story)
{
	size_t owner = chance_below(&story->people, WORLD_CAA_OWNERS);
	story->world.caa[owner] = (enum caa_records)chance_below(&story->people, CAA_RECORDS_COUNT);
	story_tell(story, "%s sets its CAA records to %d", world_caa_owners[owner],
		   (int)story->world.caa[owner]);
}

/* ---- who acts ---- */

void people_act(struct story *story)
{
	static const struct {
		uint32_t percent;
		void (*act)(struct story *story);
	} acts[] = {
		{22, act_create},  {6, act_repeat},  {3, act_refused},
		{18, act_publish}, {20, act_run},    {16, act_validate},
		{4, act_cancel},   {4, act_new_key}, {7, act_caa},
	};
	if (story->is_unanswered && chance_percent(&story->people, 70)) {
		ask_again(story);
		return;
	}
	if (story->asks && story->world.letter_count && chance_percent(&story->people, 55)) {
		if (chance_percent(&story->people, 85))
			answerers_act(story);
		else
			officers_act(story);
		return;
	}
	uint32_t at = chance_below(&story->people, 100);
	size_t i = 0;
	for (; at >= acts[i].percent; i++)
		at -= acts[i].percent;
	acts[i].act(story);
}

/* A second process, while the first waits for the network. */
void people_meanwhile(void *context)
{
	struct story *story = context;
	struct error err = NO_ERROR;
	if (story->beside || !story->environment.driving || !chance_percent(&story->people, 1))
		return;
	story->beside = true;
	CLEANUP(engine_freep) struct engine *engine = NULL;
	struct home_params params = story_home(story);
	enum status status = home_open(&params, &engine, &err);
	if (status == OK) {
		tally_add(story->tally, TALLY_BESIDE);
		story_tell(story, "meanwhile:");
		int64_t id = chance_percent(&story->people, 40) ? some_pending(story) : 0;
		struct create_ask ask = draw_ask(story);
		if (story->world.letter_count && chance_percent(&story->people, 50))
			answerers_meanwhile(story, engine);
		else if (id)
			people_cancel(story, engine, id);
		else
			order(story, engine, &ask);
	} else if (answered(story)) {
		story_unexpected(story, "a second process", &err);
	}
	story->beside = false;
}

void people_serve(struct story *story)
{
	struct unpublished unpublished = {story, PUBLISH_RIGHT};
	for (size_t i = 0; i < WORLD_CAA_OWNERS; i++)
		story->world.caa[i] = CAA_ABSENT;
	(void)oracle_ask(&story->oracle, story->engine, VALUES, 0, publish_row, &unpublished);
	if (!story->asks)
		return;
	answerers_serve(story);
	officers_serve(story);
}
