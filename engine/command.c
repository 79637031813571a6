/* Commands in turns, and driving until they are answered: see command.h. */
#include "engine/command.h"

#include "engine/order/authorization.h"
#include "engine/order/issuance.h"
#include "engine/order/order_state.h"
#include "store/certificate.h"
#include "store/schedule.h"

#include <string.h>

enum { WATCH_MS = 200 };

/* ---- one turn each ---- */

static bool replayed(const struct receipt *receipt)
{
	return receipt && receipt->replayed;
}

enum status command_create(struct engine *engine, const struct order_params *params,
			   struct receipt *receipt, int64_t *ret_id,
			   enum order_created *ret_created, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	int64_t id = 0;
	enum order_created created = ORDER_WAS_THERE;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (!replayed(receipt)) {
		TRY(order_create(&turn, params, &id, &created, err));
		TRY(receipt_keep_order(&turn, receipt, id, err));
	}
	TRY(turn_commit(&turn, err));
	*ret_id = id;
	*ret_created = created;
	return OK;
}

enum status command_csr(struct engine *engine, int64_t order_id, struct slice csr,
			const char *key_type, struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (replayed(receipt))
		return OK;
	if (csr.data)
		TRY(order_set_csr(&turn, order_id, csr, err));
	else
		TRY(order_generate(&turn, order_id, key_type, err));
	TRY(receipt_keep_order(&turn, receipt, order_id, err));
	return turn_commit(&turn, err);
}

enum status command_cancel(struct engine *engine, int64_t order_id, const char *reason,
			   struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order order;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (replayed(receipt))
		return OK;
	TRY(store_order_get(turn.store, order_id, &turn.arena, &order, err));
	TRY(order_transition(&turn, &order, ORDER_EVENT_CALLED_OFF, NULL, reason, err));
	TRY(receipt_keep_order(&turn, receipt, order_id, err));
	return turn_commit(&turn, err);
}

enum status command_take_key(struct engine *engine, int64_t certificate_id, struct secret **ret,
			     struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	CLEANUP(key_freep) struct key *key = NULL;
	CLEANUP(secret_freep) struct secret *pem = NULL;
	struct certificate certificate;
	struct order order;
	struct request_record request;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(store_certificate_get(turn.store, certificate_id, &turn.arena, &certificate, err));
	TRY(store_order_get(turn.store, certificate.order_id, &turn.arena, &order, err));
	TRY(store_request_get(turn.store, order.request_id, &turn.arena, &request, err));
	if (!request.key_id)
		return fail(
			err, KEY_MISSING,
			"the key of certificate c-%lld was made by the customer and is not here",
			(long long)certificate_id);
	TRY(engine_key_load(engine, request.key_id, &key, err));
	TRY(key_to_pem(key, &pem, err));
	turn_record(&turn, (struct journal_entry){
				   .kind = ENTRY_ACT,
				   .order_id = order.id,
				   .subject_id = certificate_id,
				   .name = "certificate download --with-key",
			   });
	TRY(turn_commit(&turn, err));
	*ret = STEAL(pem);
	return OK;
}

/* ---- validate ---- */

static bool judged(const struct gate *gate, const char *name)
{
	bool kind = gate->kind == GATE_KIND_CONTROL || gate->kind == GATE_KIND_CAA;
	return kind && (!name || strcmp(gate->name, name) == 0);
}

/* What validate waits for: the attempt after the one that was last when it began. */
struct awaited {
	int64_t authorization_id;
	int64_t attempt;
};

struct validation_watch {
	struct engine *engine;
	const struct validate_params *params;
	struct arena arena; /* of awaited */
	struct awaited *awaited;
	size_t awaited_count;
	enum exit_status judgement;
	enum status failure; /* reading the store failed: watching ends */
	struct error error;
};

static void watch_release(struct validation_watch *watch)
{
	arena_release(&watch->arena);
}

/* Makes the checks due that are not open, and notes which attempts to wait for. */
static enum status make_due(struct validation_watch *watch, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	bool named = false;
	const char *name = watch->params->name;
	TRY(turn_begin(&turn, watch->engine, watch->engine->actor, err));
	TRY(order_view_load(&turn, watch->params->order_id, &view, err));
	for (size_t i = 0; i < view.name_count; i++)
		named = named || (name && strcmp(view.names[i].name, name) == 0);
	if (name && !named)
		return fail(err, NOT_FOUND, "order o-%lld has no name %s", (long long)view.order.id,
			    name);
	watch->awaited = arena_new(&watch->arena, view.gate_count, sizeof(*watch->awaited));
	if (view.order.state == ORDER_PENDING) {
		TRY(gates_decide(&turn, &view, err));
		/* Should that have opened the last gate, the driver moves the order on. */
		TRY(store_schedule_put(turn.store, DUTY_ORDER_DECIDE, view.order.id, turn.now,
				       err));
		turn_record(&turn, (struct journal_entry){
					   .kind = ENTRY_ACT,
					   .order_id = view.order.id,
					   .name = "order validate",
					   .reason = name,
				   });
	}
	for (size_t i = 0; i < view.gate_count; i++) {
		const struct gate *gate = &view.gates[i];
		struct authorization authorization;
		if (view.order.state != ORDER_PENDING || !judged(gate, name) ||
		    gate_passes(gate->state) || !gate->authorization_id)
			continue;
		TRY(store_authorization_get(turn.store, gate->authorization_id, &turn.arena,
					    &authorization, err));
		if (!authorization_may_try(&authorization))
			continue;
		TRY(authorization_try_now(&turn, &authorization, err));
		bool on_wire = authorization.state == AUTHORIZATION_WORKING;
		watch->awaited[watch->awaited_count++] = (struct awaited){
			authorization.id, authorization.attempt - (on_wire ? 1 : 0)};
	}
	return turn_commit(&turn, err);
}

static enum exit_status judge_gate(const struct gate *gate)
{
	switch (gate->state) {
	case GATE_OPEN:
	case GATE_WAIVED:
	case GATE_NOT_REQUIRED:
		return EXIT_STATUS_DONE;
	case GATE_REFUSED:
		return EXIT_STATUS_REFUSED;
	case GATE_WAITING:
	case GATE_BLOCKED:
		return EXIT_STATUS_PERSON;
	case GATE_WORKING:
		return EXIT_STATUS_LATER;
	}
	return EXIT_STATUS_LATER;
}

/* The worst of the judged gates: refused, then a person, then later. */
static enum exit_status judge(const struct order *order, const struct gate *gates, size_t count,
			      const char *name)
{
	static const enum exit_status worst[] = {EXIT_STATUS_REFUSED, EXIT_STATUS_PERSON,
						 EXIT_STATUS_LATER};
	bool ended_badly = order->state == ORDER_REJECTED || order->state == ORDER_CANCELLED ||
			   order->state == ORDER_FAILED;
	if (ended_badly)
		return EXIT_STATUS_REFUSED;
	if (order->state > ORDER_PENDING)
		return EXIT_STATUS_DONE;
	for (size_t w = 0; w < ARRAY_LENGTH(worst); w++)
		for (size_t i = 0; i < count; i++)
			if (judged(&gates[i], name) && judge_gate(&gates[i]) == worst[w])
				return worst[w];
	return EXIT_STATUS_DONE;
}

/* Whether the engine itself still moves the order: a key to make, an intent to sign. */
static bool moving(const struct order *order, const struct gate *gates, size_t count)
{
	bool all_open = true;
	if (order->state == ORDER_READY || order->state == ORDER_ISSUING)
		return true;
	for (size_t i = 0; i < count; i++)
		all_open = all_open && gate_passes(gates[i].state);
	if (order->state == ORDER_PENDING && all_open)
		return true;
	for (size_t i = 0; i < count; i++)
		if (order->state == ORDER_PENDING && gates[i].kind == GATE_KIND_REQUEST &&
		    gates[i].state == GATE_WORKING)
			return true;
	return false;
}

static enum status attempts_ended(struct validation_watch *watch, struct arena *arena, bool *ret,
				  struct error *err)
{
	*ret = true;
	for (size_t i = 0; i < watch->awaited_count && *ret; i++) {
		struct authorization authorization;
		const struct awaited *awaited = &watch->awaited[i];
		TRY(store_authorization_get(watch->engine->store, awaited->authorization_id, arena,
					    &authorization, err));
		*ret = authorization.attempt > awaited->attempt &&
		       authorization.state != AUTHORIZATION_WORKING;
	}
	return OK;
}

/* Looks at the order; true when there is nothing more to wait for. */
static enum status look(struct validation_watch *watch, bool *ret_settled, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct order order;
	struct gate *gates = NULL;
	size_t count = 0;
	bool ended = false;
	struct store *store = watch->engine->store;
	CLEANUP(store_snapshot_end) struct store_snapshot snapshot = {0};
	TRY(store_snapshot_begin(store, &snapshot, err));
	TRY(store_order_get(store, watch->params->order_id, &arena, &order, err));
	TRY(store_gates_of_order(store, order.id, &arena, &gates, &count, err));
	TRY(attempts_ended(watch, &arena, &ended, err));
	watch->judgement = judge(&order, gates, count, watch->params->name);
	if (watch->judgement == EXIT_STATUS_DONE)
		*ret_settled = !moving(&order, gates, count);
	else if (watch->params->wait == VALIDATE_WAIT)
		*ret_settled = ended && watch->judgement == EXIT_STATUS_REFUSED;
	else
		*ret_settled = ended;
	return OK;
}

static bool watch_reached(void *context)
{
	struct validation_watch *watch = context;
	bool settled = false;
	watch->failure = look(watch, &settled, &watch->error);
	if (watch->params->progress)
		watch->params->progress(watch->params->context);
	return settled || watch->failure != OK;
}

static bool watch_interrupted(void *context)
{
	const struct validation_watch *watch = context;
	return watch->params->interrupted && watch->params->interrupted(watch->params->context);
}

/* Drives once, until the goal or until nothing is due. */
static enum status drive_once(struct validation_watch *watch, int64_t until_ms, struct error *err)
{
	CLEANUP(driver_releasep) struct driver *driver = NULL;
	struct driver_report report;
	struct driver_goal goal = {
		.reached = watch_reached,
		.interrupted = watch_interrupted,
		.context = watch,
		.until_ms = until_ms,
	};
	TRY(driver_take(watch->engine, &driver, err));
	TRY(driver_run(driver, &goal, &report, err));
	if (watch->failure != OK && err)
		*err = watch->error;
	return watch->failure;
}

static enum status wait_timeout(const struct validation_watch *watch, int64_t *ret_ms,
				struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	const struct engine_rule *rule = NULL;
	*ret_ms = watch->params->timeout_ms;
	if (*ret_ms)
		return OK;
	TRY(turn_begin(&turn, watch->engine, watch->engine->actor, err));
	TRY(order_view_load(&turn, watch->params->order_id, &view, err));
	TRY(pack_engine(view.pack, turn.now, &rule, err));
	*ret_ms = rule->wait_timeout_ms;
	return OK;
}

/* Drives when due, and watches the store between attempts or while somebody else drives. */
static enum status wait_for_gates(struct validation_watch *watch, struct error *err)
{
	struct environment *environment = watch->engine->environment;
	int64_t timeout_ms = 0;
	bool settled = false;
	TRY(wait_timeout(watch, &timeout_ms, err));
	int64_t until_ms = environment->monotonic(environment->self) + timeout_ms;
	while (!settled) {
		enum status status = drive_once(watch, until_ms, err);
		if (status != OK && status != BUSY)
			return status;
		TRY(look(watch, &settled, err));
		if (settled)
			break;
		if (watch_interrupted(watch))
			return fail(err, INTERRUPTED, "interrupted; run the command again");
		int64_t now_ms = environment->monotonic(environment->self);
		if (now_ms >= until_ms)
			return fail(err, TIMED_OUT, "the gates were not open after %lld s",
				    (long long)(timeout_ms / SECOND_MS));
		environment->wait(environment->self, now_ms + WATCH_MS);
		if (status == BUSY && watch->params->progress)
			watch->params->progress(watch->params->context);
	}
	return OK;
}

enum status command_validate(struct engine *engine, const struct validate_params *params,
			     enum exit_status *ret_judgement, struct error *err)
{
	CLEANUP(watch_release)
	struct validation_watch watch = {.engine = engine, .params = params};
	bool settled = false;
	TRY(make_due(&watch, err));
	if (params->wait == VALIDATE_WAIT) {
		enum status status = wait_for_gates(&watch, err);
		/* What stands open or shut at the time-out is the answer. */
		if (status != TIMED_OUT)
			TRY(status);
	} else {
		TRY(drive_once(&watch, INT64_MAX, err));
	}
	TRY(look(&watch, &settled, err));
	*ret_judgement = watch.judgement;
	return OK;
}

/* ---- run ---- */

enum status command_run(struct engine *engine, bool (*interrupted)(void *context), void *context,
			struct driver_report *ret_report, struct error *err)
{
	CLEANUP(driver_releasep) struct driver *driver = NULL;
	struct driver_goal goal = {
		.interrupted = interrupted,
		.context = context,
		.until_ms = INT64_MAX,
	};
	*ret_report = (struct driver_report){0};
	enum status status = driver_take(engine, &driver, err);
	if (status == BUSY) {
		ret_report->elsewhere = true;
		return OK;
	}
	TRY(status);
	return driver_run(driver, &goal, ret_report, err);
}
