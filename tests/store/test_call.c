/*
 * Records of calls: what is inserted is read back, dialling and times are
 * compare-and-set, an ended call is dialled no more, and the digest in the journal
 * is of what never changes.
 */
#include "store/authorization.h"
#include "store/call.h"
#include "store/evidence.h"
#include "store/object.h"
#include "store/order.h"
#include "store/party.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* An order with an authorization, each number 1, and a call for it. */
static struct call place(struct shelf *shelf)
{
	int64_t tenant = 0;
	struct applicant applicant = {.reference = "acme", .name = "Acme", .type = "individual"};
	struct contract contract = {
		.product = "p", .common_name = "a.example", .csr_creator = "provider"};
	struct order order = {.network_id = "00",
			      .kind = ORDER_KIND_NEW,
			      .product = "p",
			      .state = ORDER_DRAFT,
			      .method = "whois-phone"};
	struct authorization authorization = {.network_id = "01",
					      .domain = "a.example",
					      .method = "whois-phone",
					      .ca = "",
					      .pack = "agency",
					      .state = AUTHORIZATION_PENDING};
	struct store *store = shelf->store;
	struct error *err = &shelf->error;
	shelf_ok(shelf, store_tenant_insert(store, "self", 1, &tenant, err));
	applicant.tenant_id = contract.tenant_id = order.tenant_id = tenant;
	shelf_ok(shelf, store_applicant_insert(store, &applicant, &applicant.id, err));
	contract.applicant_id = order.applicant_id = authorization.applicant_id = applicant.id;
	shelf_ok(shelf, store_contract_insert(store, &contract, "{}", &contract.id, err));
	order.contract_id = contract.id;
	shelf_ok(shelf, store_order_insert(store, &order, &order.id, err));
	shelf_ok(shelf, store_authorization_insert(store, &authorization, &authorization.id, err));
	struct call call = {
		.authorization_id = authorization.id,
		.attempt = 3,
		.order_id = order.id,
		.number = "+81355550142",
		.written = "03-5555-0142",
		.roles = "registrant",
		.source = "whois whois.example",
		.person = "Robin",
		.value = "abcd",
		.value_hash = digest_of(slice_text("abcd")),
		.until_at = 9000,
		.created_at = 1000,
		.proposed_at = 2000,
	};
	shelf_ok(shelf, store_call_insert(store, &call, &call.id, err));
	return call;
}

static struct call get(struct shelf *shelf, int64_t id)
{
	struct call call;
	shelf_ok(shelf, store_call_get(shelf->store, id, &shelf->arena, &call, &shelf->error));
	return call;
}

static void test_a_call_is_read_as_it_was_written(void **state)
{
	struct shelf *shelf = *state;
	struct call written = place(shelf), read = get(shelf, written.id), found;
	assert_int_equal(read.attempt, 3);
	assert_string_equal(read.number, written.number);
	assert_string_equal(read.written, written.written);
	assert_string_equal(read.roles, written.roles);
	assert_string_equal(read.source, written.source);
	assert_string_equal(read.person, written.person);
	assert_string_equal(read.value, written.value);
	assert_int_equal(read.until_at, 9000);
	assert_int_equal(read.proposed_at, 2000);
	assert_int_equal(read.created_at, 1000);
	assert_int_equal(read.state, CALL_OPEN);
	assert_int_equal(read.tries, 0);
	assert_int_equal(read.outcome, 0);
	assert_null(read.entitled);
	assert_null(read.callee);
	struct store *store = shelf->store;
	shelf_ok(shelf, store_call_of_value(store, digest_of(slice_text("abcd")), &shelf->arena,
					    &found, &shelf->error));
	assert_int_equal(found.id, written.id);
	assert_int_equal(store_call_of_value(store, digest_of(slice_text("abce")), &shelf->arena,
					     &found, &shelf->error),
			 NOT_FOUND);
	assert_int_equal(store_call_get(store, 99, &shelf->arena, &found, &shelf->error),
			 NOT_FOUND);
	assert_non_null(strstr(shelf->error.sentence, "t-99"));
	/* The same number once for each asking; another value is no other call. */
	written.value_hash = digest_of(slice_text("other"));
	assert_int_not_equal(store_call_insert(store, &written, &written.id, &shelf->error), OK);
}

/* What was read before somebody else dialled is not written over it. */
static void test_dialling_is_compare_and_set(void **state)
{
	struct shelf *shelf = *state;
	struct store *store = shelf->store;
	struct error *err = &shelf->error;
	struct call call = place(shelf);
	struct call first = get(shelf, call.id), second = first;
	first.outcome = CALL_OUTCOME_BUSY;
	first.called_at = 3000;
	first.officer = "cli:a";
	first.code = "waiting-for-person";
	first.proposed_at = 4000;
	shelf_ok(shelf, store_call_dialled(store, &first, err));
	assert_int_equal(store_call_dialled(store, &second, err), STALE);
	assert_int_equal(store_call_times(store, &second, 0, 5000, err), STALE);
	struct call now = get(shelf, call.id);
	assert_int_equal(now.tries, 1);
	assert_int_equal(now.outcome, CALL_OUTCOME_BUSY);
	assert_int_equal(now.called_at, 3000);
	assert_int_equal(now.proposed_at, 4000);
	assert_int_equal(now.agreed_at, 0);
	assert_string_equal(now.officer, "cli:a");
	shelf_ok(shelf, store_call_times(store, &now, 4000, 5000, err));
	assert_int_equal(get(shelf, call.id).agreed_at, 5000);
	/* Nor is an ended call dialled, or moved twice. */
	shelf_ok(shelf, store_call_move(store, call.id, CALL_OPEN, CALL_VOID, 0, 6000, err));
	assert_int_equal(store_call_move(store, call.id, CALL_OPEN, CALL_YES, 0, 6000, err), STALE);
	now = get(shelf, call.id);
	assert_int_equal(now.state, CALL_VOID);
	assert_int_equal(now.state_at, 6000);
	assert_int_equal(store_call_dialled(store, &now, err), STALE);
	assert_int_equal(store_call_times(store, &now, 0, 0, err), STALE);
}

static void test_the_queue_holds_what_stands(void **state)
{
	struct shelf *shelf = *state;
	struct store *store = shelf->store;
	struct error *err = &shelf->error;
	struct call call = place(shelf), found;
	for (int i = 0; i < 3; i++) {
		call.attempt++;
		call.value = NULL;
		shelf_ok(shelf, store_call_insert(store, &call, &call.id, err));
	}
	shelf_ok(shelf, store_call_move(store, 2, CALL_OPEN, CALL_NO, 0, 1, err));
	shelf_ok(shelf, store_call_move(store, 3, CALL_OPEN, CALL_VOICEMAIL, 0, 1, err));
	static const int64_t standing[] = {1, 3, 4};
	int64_t after = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(standing); i++) {
		shelf_ok(shelf, store_call_standing(store, after, &shelf->arena, &found, err));
		assert_int_equal(found.id, standing[i]);
		after = found.id;
	}
	assert_int_equal(store_call_standing(store, after, &shelf->arena, &found, err), NOT_FOUND);
	shelf_ok(shelf, store_call_of_authorization(store, 1, 1, &shelf->arena, &found, err));
	assert_int_equal(found.id, 2);
}

static struct digest digest_of_call(struct shelf *shelf)
{
	struct digest digest;
	shelf_ok(shelf, store_object_digest(shelf->store, ENTRY_CALL, 1, &digest, &shelf->error));
	return digest;
}

/* Dialling changes the record and not its digest; another number does. */
static void test_the_digest_is_of_what_never_changes(void **state)
{
	struct shelf *shelf = *state;
	struct call call = place(shelf);
	struct digest before = digest_of_call(shelf);
	call.outcome = CALL_OUTCOME_VOICEMAIL;
	shelf_ok(shelf, store_call_dialled(shelf->store, &call, &shelf->error));
	shelf_ok(shelf,
		 store_call_move(shelf->store, 1, CALL_OPEN, CALL_VOICEMAIL, 0, 1, &shelf->error));
	assert_true(digest_equal(before, digest_of_call(shelf)));
	call.attempt++;
	call.number = "+81355550143";
	call.value_hash = digest_of(slice_text("other"));
	shelf_ok(shelf, store_call_insert(shelf->store, &call, &call.id, &shelf->error));
	struct digest other;
	shelf_ok(shelf,
		 store_object_digest(shelf->store, ENTRY_CALL, call.id, &other, &shelf->error));
	assert_false(digest_equal(before, other));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_setup, shelf_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_call_is_read_as_it_was_written),
		TEST(test_dialling_is_compare_and_set),
		TEST(test_the_queue_holds_what_stands),
		TEST(test_the_digest_is_of_what_never_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
