/* Attempts, keys and signatures under way: see wire.h. */
#include "engine/drive/wire.h"

#include "base/memory.h"
#include "engine/drive/driver.h"
#include "engine/order/issuance.h"
#include "validators/attempt.h"

#include <stdlib.h>

/* ---- attempts ---- */

struct flight {
	LIST_ENTRY(flight) link;
	struct wire *wire;
	struct attempt *attempt;
	int64_t authorization_id;
	int64_t number;
	int64_t began_at;
};

static void flight_end(struct flight *flight)
{
	LIST_REMOVE(flight, link);
	flight->wire->attempts--;
	free(flight);
}

static void attempt_ended(void *context, const struct attempt_result *result)
{
	struct flight *flight = context;
	struct happening *happening =
		happening_add(&flight->wire->happened, ATTEMPT_ENDED, flight->authorization_id);
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

static enum status launch_attempt(struct wire *wire, const struct launch *launch, struct error *err)
{
	struct engine *engine = wire->engine;
	struct attempt_setting setting;
	struct validation_task task = launch->task;
	TRY(engine_attempts(engine, &setting, &task.anchors, err));
	struct flight *flight = memory_new(1, sizeof(*flight));
	*flight = (struct flight){
		.wire = wire,
		.authorization_id = launch->id,
		.number = launch->attempt,
		.began_at = engine_now(engine),
	};
	LIST_INSERT_HEAD(&wire->flights, flight, link);
	wire->attempts++;
	flight->attempt = attempt_start(&setting, &task, attempt_ended, flight);
	return OK;
}

/* ---- keys, on the worker ---- */

struct key_work {
	struct wire *wire;
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
	struct happening *happening =
		happening_add(&work->wire->happened, KEY_MADE, work->order_id);
	happening->key = work->key;
	happening->key_type = work->type;
	happening->failure = work->failure;
	work->wire->keys--;
	free(work);
}

static enum status launch_key(struct wire *wire, const struct launch *launch, struct error *err)
{
	enum key_type type;
	TRY(key_type_parse(launch->key_type, &type, err));
	struct key_work *work = memory_new(1, sizeof(*work));
	work->wire = wire;
	work->order_id = launch->id;
	work->type = type;
	wire->keys++;
	wire->engine->environment->work(wire->engine->environment->self, key_work_run,
					key_work_done, work);
	return OK;
}

/* ---- signatures, on the worker ---- */

struct sign_work {
	struct wire *wire;
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
	happening_append(&work->wire->happened, work->happening);
	work->wire->signatures--;
	buffer_release(&work->intent);
	free(work);
}

/* On the worker, so that turns go on meanwhile; but not behind keys, which take seconds there. */
static void launch_signature(struct wire *wire, const struct launch *launch)
{
	struct environment *environment = wire->engine->environment;
	const struct ca_local *authority = NULL;
	struct happening *happening = happening_new(EFFECT_CARRIED_OUT, launch->id);
	happening->failure.status =
		issuance_authority(wire->engine, launch->ca, &authority, &happening->failure);
	if (happening->failure.status != OK) {
		happening_append(&wire->happened, happening);
		return;
	}
	struct sign_work *work = memory_new(1, sizeof(*work));
	*work = (struct sign_work){
		.wire = wire,
		.happening = happening,
		.authority = *authority,
		.intent = {.maximum = launch->intent.length},
	};
	buffer_append_slice(&work->intent, launch->intent);
	wire->signatures++;
	if (wire->keys == 0) {
		environment->work(environment->self, sign_work_run, sign_work_done, work);
		return;
	}
	sign_work_run(work);
	sign_work_done(work);
}

/* ---- all of it ---- */

static size_t on_worker(const struct wire *wire)
{
	return wire->keys + wire->signatures;
}

size_t wire_load(const struct wire *wire)
{
	return wire->attempts + wire->posts + on_worker(wire);
}

enum status wire_launch(struct wire *wire, const struct launch *launch, struct error *err)
{
	switch (launch->kind) {
	case LAUNCH_ATTEMPT:
		return launch_attempt(wire, launch, err);
	case LAUNCH_KEY:
		return launch_key(wire, launch, err);
	case LAUNCH_EFFECT:
		launch_signature(wire, launch);
		return OK;
	case LAUNCH_POST:
		wire_launch_post(wire, launch);
		return OK;
	}
	return OK;
}

void wire_init(struct wire *wire, struct engine *engine)
{
	*wire = (struct wire){.engine = engine, .post_room = DRIVER_POSTS_LEAST};
	LIST_INIT(&wire->flights);
	LIST_INIT(&wire->letters);
	happenings_init(&wire->happened);
}

bool wire_release(struct wire *wire)
{
	struct environment *environment = wire->engine->environment;
	struct flight *flight;
	/* Work on the worker thread still points here. */
	while (on_worker(wire) > 0)
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + SECOND_MS);
	bool was_busy = wire_load(wire) > 0 || wire->happened.first;
	wire_abandon_posts(wire);
	while ((flight = LIST_FIRST(&wire->flights))) {
		attempt_abandon(flight->attempt);
		flight_end(flight);
	}
	happenings_release(&wire->happened);
	return was_busy;
}
