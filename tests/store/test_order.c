/*
 * Records of orders: what is inserted is read back member by member, a move is
 * compare-and-set, references and request ids belong to one content for ever.
 */
#include "store/gate.h"
#include "store/order.h"
#include "store/party.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One tenant with one applicant, a contract and an order under it: each is number 1. */
static struct order place(struct shelf *shelf)
{
	int64_t tenant = 0;
	struct applicant applicant = {
		.reference = "acme", .name = "Acme K.K.", .type = "company", .country = "JP"};
	struct contract contract = {
		.product = "local-dv", .common_name = "a.example", .csr_creator = "provider"};
	struct order order = {
		.network_id = "00112233445566778899aabbccddeeff",
		.kind = ORDER_KIND_NEW,
		.product = "local-dv",
		.state = ORDER_DRAFT,
		.method = "web-page",
		.key_type = "ec-p256",
		.created_at = 1000,
		.give_up_at = 9000,
	};
	struct store *store = shelf->store;
	struct error *err = &shelf->error;
	shelf_ok(shelf, store_tenant_insert(store, "self", 1, &tenant, err));
	applicant.tenant_id = contract.tenant_id = order.tenant_id = tenant;
	shelf_ok(shelf, store_applicant_insert(store, &applicant, &applicant.id, err));
	contract.applicant_id = order.applicant_id = applicant.id;
	contract.licence_count = 1;
	shelf_ok(shelf, store_contract_insert(store, &contract, "{}", &contract.id, err));
	order.contract_id = contract.id;
	shelf_ok(shelf, store_order_insert(store, &order, &order.id, err));
	return order;
}

static struct order get(struct shelf *shelf, int64_t id)
{
	struct order order;
	shelf_ok(shelf, store_order_get(shelf->store, id, &shelf->arena, &order, &shelf->error));
	return order;
}

static void test_an_order_is_read_as_it_was_written(void **state)
{
	struct shelf *shelf = *state;
	struct order written = place(shelf), read = get(shelf, written.id);
	assert_string_equal(read.network_id, written.network_id);
	assert_int_equal(read.contract_id, written.contract_id);
	assert_int_equal(read.tenant_id, written.tenant_id);
	assert_int_equal(read.applicant_id, written.applicant_id);
	assert_int_equal(read.kind, written.kind);
	assert_string_equal(read.product, written.product);
	assert_int_equal(read.state, written.state);
	assert_null(read.code);
	assert_null(read.reason);
	assert_string_equal(read.method, written.method);
	assert_string_equal(read.key_type, written.key_type);
	assert_int_equal(read.created_at, 1000);
	assert_int_equal(read.state_at, 1000);
	assert_int_equal(read.give_up_at, 9000);
	assert_int_equal(read.request_id, 0);
	assert_int_equal(read.certificate_id, 0);
	assert_int_equal(store_order_get(shelf->store, 99, &shelf->arena, &read, &shelf->error),
			 NOT_FOUND);
	assert_non_null(strstr(shelf->error.sentence, "o-99"));
}

static void test_a_move_is_compare_and_set(void **state)
{
	struct shelf *shelf = *state;
	int64_t id = place(shelf).id;
	shelf_ok(shelf, store_order_move(shelf->store, id, ORDER_DRAFT, ORDER_PENDING, NULL, NULL,
					 2000, &shelf->error));
	assert_int_equal(store_order_move(shelf->store, id, ORDER_DRAFT, ORDER_CANCELLED, "usage",
					  "late", 3000, &shelf->error),
			 STALE);
	struct order order = get(shelf, id);
	assert_int_equal(order.state, ORDER_PENDING);
	assert_int_equal(order.state_at, 2000);
	assert_null(order.reason);
}

static void test_names_keep_their_order_and_both_forms(void **state)
{
	struct shelf *shelf = *state;
	int64_t id = place(shelf).id;
	const struct order_name written[] = {
		{0, "xn--bcher-kva.example", "bücher.example", false, NULL, NULL, REUSE_UNDECIDED},
		{1, "*.a.example", "*.a.example", true, NULL, NULL, REUSE_UNDECIDED},
	};
	struct order_name *read = NULL;
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(written); i++)
		shelf_ok(shelf,
			 store_order_name_insert(shelf->store, id, &written[i], &shelf->error));
	shelf_ok(shelf,
		 store_order_names(shelf->store, id, &shelf->arena, &read, &count, &shelf->error));
	assert_int_equal(count, ARRAY_LENGTH(written));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(read[i].name, written[i].name);
		assert_string_equal(read[i].display, written[i].display);
		assert_int_equal(read[i].wildcard, written[i].wildcard);
	}
}

static void test_ways_and_choices_are_of_one_name(void **state)
{
	struct shelf *shelf = *state;
	int64_t id = place(shelf).id;
	struct order_name names[] = {
		{0, "a.example", "a.example", false, NULL, NULL, REUSE_UNDECIDED},
		{1, "b.example", "b.example", false, "web-page", "example", 7},
	};
	struct order_name *read = NULL;
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		shelf_ok(shelf,
			 store_order_name_insert(shelf->store, id, &names[i], &shelf->error));
	shelf_ok(shelf, store_order_name_way(shelf->store, id, &names[1], &shelf->error));
	shelf_ok(shelf, store_order_name_reuse(shelf->store, id, &names[1], &shelf->error));
	shelf_ok(shelf,
		 store_order_names(shelf->store, id, &shelf->arena, &read, &count, &shelf->error));
	assert_null(read[0].method);
	assert_null(read[0].domain);
	assert_int_equal(read[0].reuse, REUSE_UNDECIDED);
	assert_string_equal(read[1].method, "web-page");
	assert_string_equal(read[1].domain, "example");
	assert_int_equal(read[1].reuse, 7);
}

static void test_a_reference_belongs_to_one_order(void **state)
{
	struct shelf *shelf = *state;
	struct order order = place(shelf);
	struct digest content = digest_of(slice_text("content")), known;
	const char *reference = NULL;
	int64_t id = 0;
	assert_int_equal(store_reference_get(shelf->store, order.tenant_id, "R-1", &known, &id,
					     &shelf->error),
			 NOT_FOUND);
	shelf_ok(shelf, store_reference_insert(shelf->store, order.tenant_id, "R-1", content,
					       order.id, &shelf->error));
	shelf_ok(shelf, store_reference_get(shelf->store, order.tenant_id, "R-1", &known, &id,
					    &shelf->error));
	assert_int_equal(id, order.id);
	assert_true(digest_equal(known, content));
	shelf_ok(shelf, store_order_reference(shelf->store, order.id, &shelf->arena, &reference,
					      &shelf->error));
	assert_string_equal(reference, "R-1");
	/* The database itself refuses a second owner. */
	assert_int_not_equal(store_reference_insert(shelf->store, order.tenant_id, "R-1", content,
						    order.id, &shelf->error),
			     OK);
}

static void test_a_command_is_kept_under_its_request_id(void **state)
{
	struct shelf *shelf = *state;
	int64_t tenant = place(shelf).tenant_id;
	struct command_record written = {
		.digest = digest_of(slice_text("arguments")), .output = "{\"a\":1}", .exit = 0};
	struct command_record read;
	assert_int_equal(store_command_get(shelf->store, tenant, "id-1", &shelf->arena, &read,
					   &shelf->error),
			 NOT_FOUND);
	shelf_ok(shelf,
		 store_command_insert(shelf->store, tenant, "id-1", &written, 5, &shelf->error));
	shelf_ok(shelf, store_command_get(shelf->store, tenant, "id-1", &shelf->arena, &read,
					  &shelf->error));
	assert_true(digest_equal(read.digest, written.digest));
	assert_string_equal(read.output, written.output);
}

static void test_a_gate_is_read_as_it_was_last_decided(void **state)
{
	struct shelf *shelf = *state;
	struct gate gate = {
		.order_id = place(shelf).id,
		.kind = GATE_KIND_CONTROL,
		.name = "a.example",
		.state = GATE_BLOCKED,
		.turn = TURN_US,
		.decided_at = 1,
	};
	struct gate *read = NULL;
	size_t count = 0;
	shelf_ok(shelf, store_gate_insert(shelf->store, &gate, &shelf->error));
	gate.state = GATE_WAITING;
	gate.turn = TURN_APPLICANT;
	gate.until_at = 77;
	gate.code = "page-missing";
	gate.sentence = "nothing is there";
	gate.action = "publish it";
	gate.authorization_id = 5;
	gate.decided_at = 66;
	shelf_ok(shelf, store_gate_update(shelf->store, &gate, &shelf->error));
	shelf_ok(shelf, store_gates_of_order(shelf->store, gate.order_id, &shelf->arena, &read,
					     &count, &shelf->error));
	assert_int_equal(count, 1);
	assert_int_equal(read->state, GATE_WAITING);
	assert_int_equal(read->turn, TURN_APPLICANT);
	assert_int_equal(read->until_at, 77);
	assert_string_equal(read->code, gate.code);
	assert_string_equal(read->sentence, gate.sentence);
	assert_string_equal(read->action, gate.action);
	assert_int_equal(read->authorization_id, 5);
	assert_int_equal(read->validation_id, 0);
	assert_int_equal(read->decided_at, 66);
}

static void test_the_list_goes_by_number_and_state(void **state)
{
	struct shelf *shelf = *state;
	struct order order = place(shelf);
	struct order_line *lines = NULL;
	size_t count = 0;
	for (int i = 0; i < 3; i++)
		shelf_ok(shelf, store_order_insert(shelf->store, &order, &order.id, &shelf->error));
	shelf_ok(shelf, store_order_move(shelf->store, 3, ORDER_DRAFT, ORDER_PENDING, NULL, NULL, 1,
					 &shelf->error));
	shelf_ok(shelf, store_order_list(shelf->store, 1, 0, 2, &shelf->arena, &lines, &count,
					 &shelf->error));
	assert_int_equal(count, 2);
	assert_int_equal(lines[0].id, 2);
	assert_int_equal(lines[1].id, 3);
	shelf_ok(shelf, store_order_list(shelf->store, 0, ORDER_PENDING, 9, &shelf->arena, &lines,
					 &count, &shelf->error));
	assert_int_equal(count, 1);
	assert_int_equal(lines[0].id, 3);
}

#define ON_A_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_SHELF(test_an_order_is_read_as_it_was_written),
		ON_A_SHELF(test_a_move_is_compare_and_set),
		ON_A_SHELF(test_names_keep_their_order_and_both_forms),
		ON_A_SHELF(test_ways_and_choices_are_of_one_name),
		ON_A_SHELF(test_a_reference_belongs_to_one_order),
		ON_A_SHELF(test_a_command_is_kept_under_its_request_id),
		ON_A_SHELF(test_a_gate_is_read_as_it_was_last_decided),
		ON_A_SHELF(test_the_list_goes_by_number_and_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
