/*
 * bench_fill_waiting HOME COUNT: adds open orders of which nothing is due for a
 * day. Each waits for its request and its page, as orders do between two runs.
 *
 * The records are those that order_create (engine/order/order_create.c) and a turn of
 * the driver leave behind, journal rows included, so `issuer audit verify`
 * passes; writing them straight makes a million in about a minute.
 */
#include "base/civil.h"
#include "engine/turn.h"
#include "filled_home.h"
#include "store/authorization.h"
#include "store/gate.h"
#include "store/order.h"
#include "store/party.h"
#include "store/schedule.h"

#include <inttypes.h>
#include <stdio.h>

enum { ORDERS_A_TURN = 2000, GIVE_UP_DAYS = 90 };

/* What all orders share. */
struct shared {
	int64_t tenant_id;
	int64_t applicant_id;
};

static const char product[] = "local-dv";
static const char pack[] = "agency";
static const char web_page[] = "web-page";

static enum status find_shared(struct store *store, struct shared *ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct applicant self;
	TRY(store_tenant_by_name(store, "self", &ret->tenant_id, err));
	TRY(store_applicant_by_reference(store, ret->tenant_id, "self", &arena, &self, err));
	ret->applicant_id = self.id;
	return OK;
}

/* ---- one order ---- */

static enum status add_order(struct turn *turn, const struct shared *shared, const char *name,
			     struct order *order, struct error *err)
{
	struct contract contract = {
		.tenant_id = shared->tenant_id,
		.applicant_id = shared->applicant_id,
		.product = product,
		.common_name = name,
		.paid_from_at = turn->now,
		.csr_creator = "customer",
		.licence_count = 1,
		.created_at = turn->now,
	};
	TRY(store_contract_insert(turn->store, &contract, "{}", &contract.id, err));
	*order = (struct order){
		.network_id = engine_random_text(turn->engine, &turn->arena),
		.contract_id = contract.id,
		.tenant_id = shared->tenant_id,
		.applicant_id = shared->applicant_id,
		.kind = ORDER_KIND_NEW,
		.product = product,
		.state = ORDER_PENDING,
		.method = web_page,
		.created_at = turn->now,
		.give_up_at = turn->now + GIVE_UP_DAYS * DAY_MS,
	};
	TRY(store_order_insert(turn->store, order, &order->id, err));
	struct order_name first = {.name = name, .display = name};
	TRY(store_order_name_insert(turn->store, order->id, &first, err));
	turn_record(turn, (struct journal_entry){.kind = ENTRY_ACT,
						 .order_id = order->id,
						 .subject_id = contract.id,
						 .name = "order create",
						 .to = order_state_text(ORDER_DRAFT),
						 .reason = product});
	TRY(turn_record_object(turn,
			       (struct journal_entry){.kind = ENTRY_ORDER,
						      .order_id = order->id,
						      .subject_id = order->id,
						      .name = "order create",
						      .reason = product},
			       err));
	turn_record(turn, (struct journal_entry){.kind = ENTRY_ORDER_STATE,
						 .order_id = order->id,
						 .subject_id = order->id,
						 .name = order_event_text(ORDER_EVENT_ACCEPTED),
						 .from = order_state_text(ORDER_DRAFT),
						 .to = order_state_text(ORDER_PENDING)});
	return store_schedule_put(turn->store, DUTY_ORDER_GIVE_UP, order->id, order->give_up_at,
				  err);
}

/* An authorization whose next attempt is tomorrow. */
static enum status add_authorization(struct turn *turn, const struct order *order, const char *name,
				     struct authorization *authorization, struct error *err)
{
	authorization->network_id = engine_random_text(turn->engine, &turn->arena);
	authorization->applicant_id = order->applicant_id;
	authorization->domain = name;
	authorization->pack = pack;
	authorization->state = AUTHORIZATION_PENDING;
	authorization->created_at = turn->now;
	authorization->not_before_at = turn->now + DAY_MS;
	TRY(store_authorization_insert(turn->store, authorization, &authorization->id, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .order_id = order->id,
				  .subject_id = authorization->id,
				  .name = name,
				  .to = authorization_state_text(AUTHORIZATION_PENDING),
				  .code = authorization->method,
			  });
	return store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id,
				  authorization->not_before_at, err);
}

static enum status add_gate(struct turn *turn, const struct gate *gate, struct error *err)
{
	TRY(store_gate_insert(turn->store, gate, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_GATE_STATE,
				  .order_id = gate->order_id,
				  .subject_id = (int64_t)gate->kind,
				  .name = gate->name,
				  .to = gate_state_text(gate->state),
				  .code = gate->code,
				  .reason = gate->sentence,
			  });
	return OK;
}

static enum status add_gates(struct turn *turn, const struct order *order, const char *name,
			     const struct authorization *control, const struct authorization *caa,
			     struct error *err)
{
	const struct gate gates[] = {
		{
			.kind = GATE_KIND_APPLICANT,
			.name = "",
			.state = GATE_OPEN,
			.turn = TURN_NOBODY,
		},
		{
			.kind = GATE_KIND_REQUEST,
			.name = "",
			.state = GATE_WAITING,
			.turn = TURN_AGENT,
			.until_at = order->give_up_at,
			.code = status_code(KEY_MISSING),
			.sentence = "no certification request was given",
			.action =
				arena_printf(&turn->arena,
					     "issuer order csr %" PRId64 " --file FILE", order->id),
		},
		{
			.kind = GATE_KIND_CONTROL,
			.name = name,
			.state = GATE_WAITING,
			.turn = TURN_APPLICANT,
			.until_at = control->value_until_at,
			.code = status_code(WAITING_FOR_PERSON),
			.sentence = "the page was not looked at yet",
			.action = arena_printf(
				&turn->arena,
				"publish the text %s at http://%s/.well-known/pki-validation/%s",
				control->value, name, control->file_name),
			.authorization_id = control->id,
		},
		{
			.kind = GATE_KIND_CAA,
			.name = name,
			.state = GATE_WORKING,
			.turn = TURN_US,
			.until_at = caa->not_before_at,
			.code = status_code(CAA_UNKNOWN),
			.sentence = "CAA was not looked up yet",
			.action = "nothing: the next run looks CAA up",
			.authorization_id = caa->id,
		},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(gates); i++) {
		struct gate gate = gates[i];
		gate.order_id = order->id;
		gate.position = (int)i;
		gate.decided_at = turn->now;
		TRY(add_gate(turn, &gate, err));
	}
	return OK;
}

static enum status add(struct turn *turn, const struct shared *shared, int64_t number,
		       struct error *err)
{
	const char *name = filled_home_name(number, &turn->arena);
	struct order order;
	TRY(add_order(turn, shared, name, &order, err));
	struct authorization control = {
		.method = web_page,
		.ca = "",
		.file_name = arena_printf(&turn->arena, "%s.txt",
					  engine_random_text(turn->engine, &turn->arena)),
		.value = engine_random_text(turn->engine, &turn->arena),
		.value_until_at = turn->now + 30 * DAY_MS,
	};
	struct authorization caa = {.method = "caa", .ca = "local"};
	TRY(add_authorization(turn, &order, name, &control, err));
	TRY(add_authorization(turn, &order, name, &caa, err));
	return add_gates(turn, &order, name, &control, &caa, err);
}

/* ---- all of them ---- */

static enum status fill(struct engine *engine, int64_t count, struct error *err)
{
	struct shared shared;
	TRY(find_shared(engine->store, &shared, err));
	for (int64_t number = 1; number <= count;) {
		CLEANUP(turn_release) struct turn turn = {0};
		TRY(turn_begin(&turn, engine, engine->actor, err));
		for (int i = 0; i < ORDERS_A_TURN && number <= count; i++)
			TRY(add(&turn, &shared, number++, err));
		TRY(turn_commit(&turn, err));
	}
	return OK;
}

static enum status run(char **arguments, struct error *err)
{
	CLEANUP(filled_home_close) struct filled_home home = {0};
	int64_t count = 0;
	TRY(filled_home_count(arguments[2], &count, err));
	TRY(filled_home_open(arguments[1], &home, err));
	return fill(home.engine, count, err);
}

int main(int argc, char **argv)
{
	struct error error = NO_ERROR;
	if (argc != 3) {
		fprintf(stderr, "usage: bench_fill_waiting HOME COUNT\n");
		return EXIT_STATUS_USAGE;
	}
	enum status status = run(argv, &error);
	if (status != OK)
		fprintf(stderr, "bench_fill_waiting: %s\n", error.sentence);
	return status_exit(status);
}
