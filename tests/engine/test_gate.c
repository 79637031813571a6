/* The table of gates: every kind is decided by one function, and only three states let an order
 * pass. */
#include "engine/order/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const enum gate_kind kinds[] = {
#define X(name, code, wire) GATE_KIND_##name,
	GATE_KINDS(X)
#undef X
};

static const enum gate_state states[] = {
#define X(name, code, wire) GATE_##name,
	GATE_STATES(X)
#undef X
};

static void test_every_kind_has_one_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		const struct gate_kind_row *row = gate_kind_find(kinds[i]);
		assert_non_null(row);
		assert_int_equal(row->kind, kinds[i]);
		assert_non_null(row->decide);
		for (size_t k = 0; k < i; k++)
			assert_true(gate_kind_find(kinds[k])->decide != row->decide);
	}
	assert_null(gate_kind_find((enum gate_kind)0));
	assert_null(gate_kind_find((enum gate_kind)99));
}

static void test_what_is_about_a_name_stands_once_for_each(void **state)
{
	(void)state;
	static const struct {
		enum gate_kind kind;
		enum gate_scope scope;
	} expected[] = {
		{GATE_KIND_APPLICANT, GATE_FOR_ORDER},
		{GATE_KIND_REQUEST, GATE_FOR_ORDER},
		{GATE_KIND_CONTROL, GATE_FOR_NAME},
		{GATE_KIND_CAA, GATE_FOR_DOMAIN_NAME},
		{GATE_KIND_ORGANISATION_CALL, GATE_FOR_ORDER},
	};
	assert_int_equal(ARRAY_LENGTH(expected), ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		assert_int_equal(gate_kind_find(expected[i].kind)->scope, expected[i].scope);
}

/* BR 4.2.2.1: CAA is looked up "for each dNSName". */
static void test_an_address_has_no_caa_gate(void **state)
{
	(void)state;
	assert_true(gate_kind_concerns(GATE_KIND_CAA, "www.example.com"));
	assert_true(gate_kind_concerns(GATE_KIND_CAA, "*.example.com"));
	assert_false(gate_kind_concerns(GATE_KIND_CAA, "8.8.8.8"));
	assert_false(gate_kind_concerns(GATE_KIND_CAA, "2606:4700::1"));
	assert_true(gate_kind_concerns(GATE_KIND_CONTROL, "8.8.8.8"));
	assert_true(gate_kind_concerns(GATE_KIND_CONTROL, "www.example.com"));
	assert_false(gate_kind_concerns(GATE_KIND_REQUEST, "www.example.com"));
}

static bool lets_pass(enum gate_state state)
{
	return state == GATE_OPEN || state == GATE_WAIVED || state == GATE_NOT_REQUIRED;
}

static void test_only_three_states_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
		assert_int_equal(gate_passes(states[i]), lets_pass(states[i]));
	assert_false(gate_passes((enum gate_state)0));
	assert_false(gate_passes((enum gate_state)99));
}

/* Two gates of a kind, in every pair of states: the kind passes when both do. */
static void test_a_kind_passes_when_each_of_its_gates_does(void **state)
{
	(void)state;
	for (size_t a = 0; a < ARRAY_LENGTH(states); a++) {
		for (size_t b = 0; b < ARRAY_LENGTH(states); b++) {
			struct gate gates[] = {
				{.kind = GATE_KIND_CONTROL, .state = states[a]},
				{.kind = GATE_KIND_CAA, .state = GATE_OPEN},
				{.kind = GATE_KIND_CONTROL, .state = states[b]},
			};
			struct order_view view = {.gates = gates,
						  .gate_count = ARRAY_LENGTH(gates)};
			assert_int_equal(gates_pass(&view, GATE_KIND_CONTROL),
					 lets_pass(states[a]) && lets_pass(states[b]));
			assert_true(gates_pass(&view, GATE_KIND_CAA));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_has_one_row),
		cmocka_unit_test(test_what_is_about_a_name_stands_once_for_each),
		cmocka_unit_test(test_an_address_has_no_caa_gate),
		cmocka_unit_test(test_only_three_states_pass),
		cmocka_unit_test(test_a_kind_passes_when_each_of_its_gates_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
