/* Turns of the loop: see driver.h. */
#include "engine/driver.h"

#include "base/memory.h"
#include "engine/authorization.h"
#include "engine/duty.h"
#include "engine/iodef_send.h"
#include "engine/issuance.h"
#include "validators/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FAULT_AGAIN_MS = 10 * 60 * 1000,
	LAND_MS = 5 * 60 * 1000,
	GATHER_MS = 3,
	EVIDENCE_COPY_MAX = EVIDENCE_BYTES_MAX
};

/* Something that happened outside of a transaction and waits for the next turn. */
enum happening_kind { ATTEMPT_ENDED, KEY_MADE, EFFECT_CARRIED_OUT, REPORT_TRIED };

struct happening {
	struct happening *next;
	enum happening_kind kind;
	int64_t id;                     /* authorization, order or effect */
	struct attempt_outcome outcome; /* ATTEMPT_ENDED */
	const char *evidence_kind;
	struct buffer bytes; /* evidence as it came; certificate */
	bool evidence_ready; /* outcome.evidence is prepared */
	struct key *key;     /* KEY_MADE */
	enum key_type key_type;
	struct error failure;        /* status OK, or why there is no key or certificate */
	struct iodef_outcome report; /* REPORT_TRIED */
};

struct flight; /* an attempt on the wire */

/* A try of a report on the wire; sending NULL: none. */
struct post {
	struct driver *driver;
	struct iodef_sending *sending;
	int64_t effect_id;
};

struct driver {
	struct engine *engine;
	int lock;
	struct flight *flights;
	size_t attempts;   /* on the wire */
	size_t keys;       /* being made, on the worker */
	size_t signatures; /* likewise */
	struct post posts[DRIVER_REPORTS_MAX];
	size_t reports;          /* of them on the wire */
	struct happening *first; /* oldest happening */
	struct happening **last;
	size_t waiting;
};

struct flight {
	struct flight *next;
	struct flight **link; /* what points at this */
	struct driver *driver;
	struct attempt *attempt;
	int64_t authorization_id;
	int64_t number;
	int64_t began_at;
};

/* ---- happenings ---- */

static struct happening *happening_new(enum happening_kind kind, int64_t id)
{
	struct happening *happening = memory_new(1, sizeof(*happening));
	happening->kind = kind;
	happening->id = id;
	buffer_init(&happening->bytes, EVIDENCE_COPY_MAX);
	return happening;
}

static void happening_append(struct driver *driver, struct happening *happening)
{
	*driver->last = happening;
	driver->last = &happening->next;
	driver->waiting++;
}

static struct happening *happening_add(struct driver *driver, enum happening_kind kind, int64_t id)
{
	struct happening *happening = happening_new(kind, id);
	happening_append(driver, happening);
	return happening;
}

static struct happening *happening_pop(struct driver *driver)
{
	struct happening *happening = driver->first;
	driver->first = happening->next;
	if (!driver->first)
		driver->last = &driver->first;
	driver->waiting--;
	return happening;
}

static void happening_free(struct happening *happening)
{
	if (happening->evidence_ready)
		evidence_bytes_release(&happening->outcome.evidence);
	iodef_wanted_release(&happening->outcome.wanted);
	free(happening->outcome.account_uri);
	buffer_release(&happening->bytes);
	key_free(happening->key);
	free(happening);
}

/* ---- the lock ---- */

enum status driver_take(struct engine *engine, struct driver **ret, struct error *err)
{
	struct environment *environment = engine->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	enum lock_outcome outcome;
	int lock = -1;
	TRY(environment->file_lock(environment->self, engine_path(engine, "driver.lock", &arena),
				   &outcome, &lock, err));
	if (outcome == LOCK_HELD_BY_ANOTHER)
		return fail(err, BUSY, "another process drives this home");
	struct driver *driver = memory_new(1, sizeof(*driver));
	driver->engine = engine;
	driver->lock = lock;
	driver->last = &driver->first;
	/* Told before work begins: keys made or signatures wanted later would only fail. */
	const struct seal_kek *kek = NULL;
	enum status status = engine_kek(engine, &kek, err);
	if (status == OK)
		status = store_schedule_landed(engine->store, err);
	if (status != OK) {
		driver_release(driver);
		return status;
	}
	*ret = driver;
	return OK;
}

static size_t on_worker(const struct driver *driver)
{
	return driver->keys + driver->signatures;
}

static size_t on_wire(const struct driver *driver)
{
	return driver->attempts + driver->reports + on_worker(driver);
}

static void flight_end(struct flight *flight)
{
	*flight->link = flight->next;
	if (flight->next)
		flight->next->link = flight->link;
	flight->driver->attempts--;
	free(flight);
}

void driver_release(struct driver *driver)
{
	if (!driver)
		return;
	struct environment *environment = driver->engine->environment;
	/* Work on the worker thread still points here: it is short, and waited for. */
	while (on_worker(driver) > 0)
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + SECOND_MS);
	bool landed = driver->attempts > 0 || driver->waiting > 0 || driver->reports > 0;
	for (size_t i = 0; i < DRIVER_REPORTS_MAX; i++)
		if (driver->posts[i].sending)
			iodef_send_abandon(driver->posts[i].sending);
	while (driver->flights) {
		attempt_abandon(driver->flights->attempt);
		flight_end(driver->flights);
	}
	while (driver->first)
		happening_free(happening_pop(driver));
	/* A failure here only delays the rows until the next driver lands them. */
	if (landed && store_schedule_landed(driver->engine->store, NULL) != OK)
		landed = false;
	environment->file_unlock(environment->self, driver->lock);
	free(driver);
}

void driver_releasep(struct driver **driver)
{
	driver_release(*driver);
	*driver = NULL;
}

/* ---- launches: work that begins after a commit ---- */

static void attempt_ended(void *context, const struct attempt_result *result)
{
	struct flight *flight = context;
	struct happening *happening =
		happening_add(flight->driver, ATTEMPT_ENDED, flight->authorization_id);
	happening->outcome = (struct attempt_outcome){
		.authorization_id = flight->authorization_id,
		.attempt = flight->number,
		.began_at = flight->began_at,
		.verdict = result->verdict,
		.account_uri = result->account_uri ? memory_text(result->account_uri) : NULL,
	};
	happening->evidence_kind = result->evidence_kind;
	buffer_append_slice(&happening->bytes, result->evidence);
	flight_end(flight);
}

static enum status launch_attempt(struct driver *driver, const struct launch *launch,
				  struct error *err)
{
	struct engine *engine = driver->engine;
	struct attempt_setting setting;
	struct validation_task task = launch->task;
	TRY(engine_attempts(engine, &setting, &task.anchors, err));
	struct flight *flight = memory_new(1, sizeof(*flight));
	*flight = (struct flight){
		.next = driver->flights,
		.link = &driver->flights,
		.driver = driver,
		.authorization_id = launch->id,
		.number = launch->attempt,
		.began_at = engine_now(engine),
	};
	if (flight->next)
		flight->next->link = &flight->next;
	driver->flights = flight;
	driver->attempts++;
	flight->attempt = attempt_start(&setting, &task, attempt_ended, flight);
	return OK;
}

/* Key generation on the worker. */
struct key_work {
	struct driver *driver;
	int64_t order_id;
	enum key_type type;
	struct key *key;
	struct error failure;
};

static void key_work_run(void *context)
{
	struct key_work *work = context;
	work->failure.status = key_generate(work->type, &work->key, &work->failure);
}

static void key_work_done(void *context)
{
	struct key_work *work = context;
	struct happening *happening = happening_add(work->driver, KEY_MADE, work->order_id);
	happening->key = work->key;
	happening->key_type = work->type;
	happening->failure = work->failure;
	work->driver->keys--;
	free(work);
}

static enum status launch_key(struct driver *driver, const struct launch *launch, struct error *err)
{
	enum key_type type;
	TRY(key_type_parse(launch->key_type, &type, err));
	struct key_work *work = memory_new(1, sizeof(*work));
	work->driver = driver;
	work->order_id = launch->id;
	work->type = type;
	driver->keys++;
	driver->engine->environment->work(driver->engine->environment->self, key_work_run,
					  key_work_done, work);
	return OK;
}

/* A signature on the worker. */
struct sign_work {
	struct driver *driver;
	struct happening *happening; /* not yet among the driver's */
	struct ca_local authority;   /* borrowed from the engine, which outlives the driver */
	struct buffer intent;
};

static void sign_work_run(void *context)
{
	struct sign_work *work = context;
	struct happening *happening = work->happening;
	happening->failure.status = ca_local_issue(&work->authority, buffer_slice(&work->intent),
						   &happening->bytes, &happening->failure);
}

static void sign_work_done(void *context)
{
	struct sign_work *work = context;
	happening_append(work->driver, work->happening);
	work->driver->signatures--;
	buffer_release(&work->intent);
	free(work);
}

/* On the worker, so that turns go on meanwhile; but not behind keys, which take seconds there. */
static void launch_effect(struct driver *driver, const struct launch *launch)
{
	struct environment *environment = driver->engine->environment;
	const struct ca_local *authority = NULL;
	struct happening *happening = happening_new(EFFECT_CARRIED_OUT, launch->id);
	happening->failure.status =
		issuance_authority(driver->engine, launch->ca, &authority, &happening->failure);
	if (happening->failure.status != OK) {
		happening_append(driver, happening);
		return;
	}
	struct sign_work *work = memory_new(1, sizeof(*work));
	*work = (struct sign_work){
		.driver = driver,
		.happening = happening,
		.authority = *authority,
		.intent = {.maximum = launch->intent.length},
	};
	buffer_append_slice(&work->intent, launch->intent);
	driver->signatures++;
	if (driver->keys == 0) {
		environment->work(environment->self, sign_work_run, sign_work_done, work);
		return;
	}
	sign_work_run(work);
	sign_work_done(work);
}

/* A try of a report. One that cannot begin, for a password that cannot be read, waits as if it had
 * been made. */
static struct happening *report_happening(struct driver *driver,
					  const struct iodef_outcome *outcome)
{
	struct happening *happening = happening_add(driver, REPORT_TRIED, outcome->effect_id);
	happening->report = *outcome;
	return happening;
}

static void report_came(void *context, const struct iodef_outcome *outcome)
{
	struct post *post = context;
	struct driver *driver = post->driver;
	post->sending = NULL;
	driver->reports--;
	(void)report_happening(driver, outcome);
}

static void launch_report(struct driver *driver, const struct launch *launch)
{
	struct error why = NO_ERROR;
	struct post *post = driver->posts;
	while (post->sending)
		post++;
	post->driver = driver;
	if (iodef_send(driver->engine, launch, report_came, post, &post->sending, &why) == OK) {
		driver->reports++;
		return;
	}
	struct iodef_outcome outcome = {
		.effect_id = launch->id, .number = launch->attempt, .end = IODEF_LATER};
	(void)snprintf(outcome.answer, sizeof(outcome.answer), "%s", why.sentence);
	(void)report_happening(driver, &outcome);
}

static enum status launch_all(struct driver *driver, const struct turn *turn, struct error *err)
{
	for (size_t i = 0; i < turn->launch_count; i++) {
		const struct launch *launch = &turn->launches[i];
		switch (launch->kind) {
		case LAUNCH_ATTEMPT:
			TRY(launch_attempt(driver, launch, err));
			break;
		case LAUNCH_KEY:
			TRY(launch_key(driver, launch, err));
			break;
		case LAUNCH_EFFECT:
			launch_effect(driver, launch);
			break;
		case LAUNCH_REPORT:
			launch_report(driver, launch);
			break;
		}
	}
	return OK;
}

/* ---- one event in a turn ---- */

/* Failures of the home and not of the one event: driving ends with them. */
static const enum status fatal[] = {STORE_LOCKED, STORE_FULL,  STORE_DAMAGED, STORE_FAILED,
				    FILE_FAILED,  PERMISSIONS, KEK_MISSING};

static bool is_fatal(enum status status)
{
	for (size_t i = 0; i < ARRAY_LENGTH(fatal); i++)
		if (fatal[i] == status)
			return true;
	return false;
}

static const enum duty happening_duty[] = {
	[ATTEMPT_ENDED] = DUTY_ATTEMPT,
	[KEY_MADE] = DUTY_KEY_MAKE,
	[EFFECT_CARRIED_OUT] = DUTY_EFFECT,
	[REPORT_TRIED] = DUTY_REPORT,
};

static enum status handle_happening(struct turn *turn, struct happening *happening,
				    struct error *err)
{
	if (happening->failure.status != OK) {
		*err = happening->failure;
		return happening->failure.status;
	}
	switch (happening->kind) {
	case ATTEMPT_ENDED:
		return authorization_finish(turn, &happening->outcome, err);
	case KEY_MADE:
		return key_make_finish(turn, happening->id, key_type_text(happening->key_type),
				       happening->key, err);
	case EFFECT_CARRIED_OUT:
		return issuance_store(turn, happening->id, buffer_slice(&happening->bytes), err);
	case REPORT_TRIED:
		return iodef_finish(turn, &happening->report, err);
	}
	return OK;
}

/* One event, in its own savepoint: from the schedule or from outside. */
struct one_event {
	struct happening *happening; /* or */
	const struct schedule_row *row;
};

/* An event that failed is undone, journalled, and due again later. */
static enum status put_off(struct turn *turn, const struct one_event *event,
			   const struct error *why, struct driver_report *report, struct error *err)
{
	enum duty duty = event->row ? event->row->duty : happening_duty[event->happening->kind];
	int64_t subject = event->row ? event->row->subject_id : event->happening->id;
	bool of_order = duty == DUTY_ORDER_DECIDE || duty == DUTY_KEY_MAKE;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_FAULT,
				  .order_id = of_order ? subject : 0,
				  .subject_id = subject,
				  .name = duty_text(duty),
				  .code = status_code(why->status),
				  .reason = why->sentence,
			  });
	report->faults++;
	(void)snprintf(report->fault, sizeof(report->fault), "%s", why->sentence);
	return store_schedule_put(turn->store, duty, subject, turn->now + FAULT_AGAIN_MS, err);
}

static enum status handle(struct turn *turn, const struct one_event *event,
			  struct driver_report *report, struct error *err)
{
	struct turn_mark mark;
	struct error why = NO_ERROR;
	TRY(turn_mark(turn, &mark, err));
	enum status status = event->row ? duty_perform(turn, event->row, &why)
					: handle_happening(turn, event->happening, &why);
	report->events++;
	if (status == OK)
		return turn_keep(turn, err);
	turn_undo(turn, &mark);
	/* A late answer to an old attempt, or work that was done already. */
	if (status == STALE)
		return OK;
	if (is_fatal(status)) {
		*err = why;
		return status;
	}
	return put_off(turn, event, &why, report, err);
}

/* ---- a turn ---- */

/* Large evidence becomes a file before the transaction that names it. */
static enum status prepare_evidence(struct driver *driver, struct error *err)
{
	for (struct happening *h = driver->first; h; h = h->next) {
		if (h->kind != ATTEMPT_ENDED || h->evidence_ready)
			continue;
		TRY(iodef_want(driver->engine, &h->outcome.verdict, buffer_slice(&h->bytes),
			       &h->outcome.wanted, err));
		TRY(evidence_prepare(driver->engine, h->evidence_kind, buffer_slice(&h->bytes),
				     &h->outcome.evidence, err));
		h->evidence_ready = true;
		buffer_release(&h->bytes);
	}
	return OK;
}

static int64_t monotonic(const struct driver *driver)
{
	struct environment *environment = driver->engine->environment;
	return environment->monotonic(environment->self);
}

/* In this order: what is decided and signed never waits behind what is only looked at. */
static const enum duty duty_order[] = {DUTY_EFFECT,   DUTY_ORDER_DECIDE, DUTY_ORDER_GIVE_UP,
				       DUTY_KEY_MAKE, DUTY_ATTEMPT,      DUTY_REPORT};
#define X(name, code, wire) +1
_Static_assert(ARRAY_LENGTH(duty_order) == 0 DUTIES(X), "every duty has its turn");
#undef X

/* How many more of a duty may begin now. */
static int room_for(const struct driver *driver, enum duty duty, size_t launching)
{
	size_t limit = DRIVER_EVENTS_MAX, out = driver->waiting;
	if (duty == DUTY_KEY_MAKE) {
		limit = DRIVER_KEYS_MAX;
		out = driver->keys;
	} else if (duty == DUTY_ATTEMPT) {
		limit = DRIVER_ATTEMPTS_MAX;
		out = driver->attempts + driver->signatures + launching;
	} else if (duty == DUTY_REPORT) {
		limit = DRIVER_REPORTS_MAX;
		out = driver->reports;
	}
	return out < limit ? (int)(limit - out) : 0;
}

static enum status handle_due(struct driver *driver, struct turn *turn, int64_t ends_ms,
			      struct driver_report *report, struct error *err)
{
	for (size_t d = 0; d < ARRAY_LENGTH(duty_order); d++) {
		struct schedule_row *rows = NULL;
		size_t count = 0;
		int room = room_for(driver, duty_order[d], turn->launch_count);
		if (room == 0)
			continue;
		TRY(store_schedule_due(turn->store, duty_order[d], turn->now, room, &turn->arena,
				       &rows, &count, err));
		for (size_t i = 0; i < count && monotonic(driver) < ends_ms; i++) {
			struct one_event event = {.row = &rows[i]};
			TRY(handle(turn, &event, report, err));
		}
	}
	return OK;
}

/* BEGIN_NOTHING only records what happened. */
enum turn_scope { BEGIN_DUE, BEGIN_NOTHING };

static enum status take_turn(struct driver *driver, enum turn_scope scope,
			     struct driver_report *report, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	int64_t ends_ms = monotonic(driver) + DRIVER_TURN_MS;
	TRY(prepare_evidence(driver, err));
	TRY(turn_begin(&turn, driver->engine, "engine", err));
	turn.drives = true;
	/* Happenings are freed only once they are committed. */
	struct happening *done = NULL;
	int taken = 0;
	enum status status = OK;
	while (status == OK && driver->first && taken < DRIVER_EVENTS_MAX &&
	       (taken == 0 || monotonic(driver) < ends_ms)) {
		struct happening *happening = happening_pop(driver);
		happening->next = done;
		done = happening;
		taken++;
		struct one_event event = {.happening = happening};
		status = handle(&turn, &event, report, err);
	}
	if (status == OK && scope == BEGIN_DUE)
		status = handle_due(driver, &turn, ends_ms, report, err);
	if (status == OK)
		status = turn_commit(&turn, err);
	while (done) {
		struct happening *next = done->next;
		happening_free(done);
		done = next;
	}
	TRY(status);
	return launch_all(driver, &turn, err);
}

/* ---- the loop ---- */

static bool asked(bool (*question)(void *), void *context)
{
	return question && question(context);
}

/* Waits for completions, and a moment longer for more of them: one transaction for many. */
static void gather(struct driver *driver, int64_t until_ms)
{
	struct environment *environment = driver->engine->environment;
	environment->wait(environment->self, until_ms);
	int64_t stop = monotonic(driver) + GATHER_MS;
	while (on_wire(driver) > 0 && driver->waiting < DRIVER_EVENTS_MAX &&
	       monotonic(driver) < stop)
		environment->wait(environment->self, stop);
}

/* When the next row that could begin is due; rows of a duty without room wait for a completion. */
static enum status next_due(const struct driver *driver, int64_t *ret_at, struct error *err)
{
	int64_t next = INT64_MAX;
	for (size_t d = 0; d < ARRAY_LENGTH(duty_order); d++) {
		int64_t at = INT64_MAX;
		if (room_for(driver, duty_order[d], 0) == 0)
			continue;
		TRY(store_schedule_next(driver->engine->store, duty_order[d], &at, err));
		next = at < next ? at : next;
	}
	*ret_at = next;
	return OK;
}

/* When there is nothing to do: idle, to stop; or waits for what comes next. */
static enum status wait_for_more(struct driver *driver, const struct driver_goal *goal,
				 bool *ret_idle, struct error *err)
{
	int64_t due_at = INT64_MAX, wait_ms = HOUR_MS;
	int64_t now_ms = monotonic(driver);
	*ret_idle = false;
	TRY(next_due(driver, &due_at, err));
	if (due_at != INT64_MAX)
		wait_ms = due_at - engine_now(driver->engine);
	if (driver->waiting > 0 || wait_ms <= 0) {
		/* Another writer gets its chance between two turns (DESIGN.md, principle 6). */
		gather(driver, now_ms + 1);
		return OK;
	}
	if (on_wire(driver) == 0) {
		*ret_idle = true;
		return OK;
	}
	int64_t until = now_ms + (wait_ms < HOUR_MS ? wait_ms : HOUR_MS);
	gather(driver, until < goal->until_ms ? until : goal->until_ms);
	return OK;
}

/* A report that is on its way is waited for, so that it goes once: each has a deadline of its own.
 */
static enum status land_reports(struct driver *driver, struct driver_report *report,
				struct error *err)
{
	struct environment *environment = driver->engine->environment;
	int64_t stop = monotonic(driver) + LAND_MS;
	while (driver->reports > 0 && monotonic(driver) < stop)
		environment->wait(environment->self, monotonic(driver) + SECOND_MS);
	while (driver->first)
		TRY(take_turn(driver, BEGIN_NOTHING, report, err));
	return OK;
}

static bool may_land(enum status status)
{
	return status == OK || status == INTERRUPTED || status == TIMED_OUT;
}

enum status driver_run(struct driver *driver, const struct driver_goal *goal,
		       struct driver_report *ret_report, struct error *err)
{
	struct driver_report report = {0};
	enum status status = OK;
	for (bool idle = false; status == OK && !idle;) {
		status = take_turn(driver, BEGIN_DUE, &report, err);
		if (status != OK || asked(goal->reached, goal->context))
			break;
		status = wait_for_more(driver, goal, &idle, err);
		if (status == OK && !idle && asked(goal->interrupted, goal->context))
			status = fail(err, INTERRUPTED, "interrupted; run the command again");
		if (status == OK && !idle && monotonic(driver) >= goal->until_ms)
			status = fail(err, TIMED_OUT, "the time for this drive is over");
	}
	struct error why = NO_ERROR;
	if (may_land(status) && land_reports(driver, &report, &why) != OK) {
		status = why.status;
		*err = why;
	}
	*ret_report = report;
	return status;
}
