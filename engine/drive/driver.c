/* Turns of the loop: see driver.h. */
#include "engine/drive/driver.h"

#include "base/memory.h"
#include "engine/drive/duty.h"
#include "engine/order/issuance.h"
#include "engine/drive/wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { FAULT_AGAIN_MS = 10 * 60 * 1000, LAND_MS = 5 * 60 * 1000, GATHER_MS = 3 };

struct driver {
	struct engine *engine;
	int lock;
	struct wire wire;
};

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
	wire_init(&driver->wire, engine);
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

void driver_release(struct driver *driver)
{
	if (!driver)
		return;
	struct environment *environment = driver->engine->environment;
	/* A failure here only delays the rows until the next driver lands them. */
	if (wire_release(&driver->wire))
		(void)!store_schedule_landed(driver->engine->store, NULL);
	environment->file_unlock(environment->self, driver->lock);
	free(driver);
}

void driver_releasep(struct driver **driver)
{
	driver_release(*driver);
	*driver = NULL;
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
	[POST_TRIED] = DUTY_POST,
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
	case POST_TRIED:
		return post_finish(turn, &happening->post, err);
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
	for (struct happening *h = driver->wire.happened.first; h; h = h->next) {
		if (h->kind != ATTEMPT_ENDED || h->evidence_ready)
			continue;
		TRY(iodef_want(driver->engine, &h->outcome.verdict, buffer_slice(&h->bytes),
			       &h->outcome.wanted, err));
		TRY(asking_want(&h->outcome.verdict, buffer_slice(&h->bytes), &h->outcome.people));
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
				       DUTY_KEY_MAKE, DUTY_ATTEMPT,      DUTY_POST,
				       DUTY_REMINDER, DUTY_ANSWER_DUE};
#define X(name, code, wire) +1
_Static_assert(ARRAY_LENGTH(duty_order) == 0 DUTIES(X), "every duty has its turn");
#undef X

/* How many more of a duty may begin now. */
static int room_for(const struct driver *driver, enum duty duty, size_t launching)
{
	size_t limit = DRIVER_EVENTS_MAX, out = driver->wire.happened.count;
	if (duty == DUTY_KEY_MAKE) {
		limit = DRIVER_KEYS_MAX;
		out = driver->wire.keys;
	} else if (duty == DUTY_ATTEMPT) {
		limit = DRIVER_ATTEMPTS_MAX;
		out = driver->wire.attempts + driver->wire.signatures + launching;
	} else if (duty == DUTY_POST) {
		limit = driver->wire.post_room;
		out = driver->wire.posts;
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
	while (status == OK && driver->wire.happened.first && taken < DRIVER_EVENTS_MAX &&
	       (taken == 0 || monotonic(driver) < ends_ms)) {
		struct happening *happening = happening_pop(&driver->wire.happened);
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
	for (size_t i = 0; i < turn.launch_count; i++)
		TRY(wire_launch(&driver->wire, &turn.launches[i], err));
	return OK;
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
	while (wire_load(&driver->wire) > 0 && driver->wire.happened.count < DRIVER_EVENTS_MAX &&
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
	if (driver->wire.happened.count > 0 || wait_ms <= 0) {
		/* Another writer gets its chance between two turns (DESIGN.md, principle 6). */
		gather(driver, now_ms + 1);
		return OK;
	}
	if (wire_load(&driver->wire) == 0 && goal->look_ms == 0) {
		*ret_idle = true;
		return OK;
	}
	int64_t longest_ms = goal->look_ms ? goal->look_ms : HOUR_MS;
	int64_t until = now_ms + (wait_ms < longest_ms ? wait_ms : longest_ms);
	gather(driver, until < goal->until_ms ? until : goal->until_ms);
	return OK;
}

/* A post that is on its way is waited for, so that it goes once: each has a deadline of its own.
 */
static enum status land_posts(struct driver *driver, struct driver_report *report,
			      struct error *err)
{
	struct environment *environment = driver->engine->environment;
	int64_t stop = monotonic(driver) + LAND_MS;
	while (driver->wire.posts > 0 && monotonic(driver) < stop)
		environment->wait(environment->self, monotonic(driver) + SECOND_MS);
	while (driver->wire.happened.first)
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
		int64_t faults = report.faults;
		status = take_turn(driver, BEGIN_DUE, &report, err);
		if (report.faults > faults && goal->faulted)
			goal->faulted(goal->context, report.fault);
		if (status != OK || asked(goal->reached, goal->context))
			break;
		status = wait_for_more(driver, goal, &idle, err);
		if (status == OK && goal->meanwhile)
			goal->meanwhile(goal->context);
		if (status == OK && !idle && asked(goal->interrupted, goal->context))
			status = fail(err, INTERRUPTED, "interrupted; run the command again");
		if (status == OK && !idle && monotonic(driver) >= goal->until_ms)
			status = fail(err, TIMED_OUT, "the time for this drive is over");
	}
	struct error why = NO_ERROR;
	if (may_land(status) && land_posts(driver, &report, &why) != OK) {
		status = why.status;
		*err = why;
	}
	*ret_report = report;
	return status;
}
