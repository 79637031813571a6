/*
 * The tables of states.h: every move that is listed is made, every other is
 * refused; nothing leads out of an end, every state is reached; wire names are
 * in one form and lead back to their codes.
 */
#include "store/states.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static const enum order_state states[] = {
#define X(name, code, wire, kind, restart) ORDER_##name,
	ORDER_STATES(X)
#undef X
};

static const enum order_event events[] = {
#define X(name, code, wire) ORDER_EVENT_##name,
	ORDER_EVENTS(X)
#undef X
};

/* The row of the table; NULL when there is none. */
static const struct order_move *find(enum order_state from, enum order_event event)
{
	const struct order_move *found = NULL;
	for (size_t i = 0; i < order_move_count; i++) {
		if (order_moves[i].from != from || order_moves[i].event != event)
			continue;
		assert_null(found); /* one event leads one way */
		found = &order_moves[i];
	}
	return found;
}

static void test_only_the_moves_of_the_table_are_made(void **state)
{
	(void)state;
	size_t made = 0;
	for (size_t s = 0; s < ARRAY_LENGTH(states); s++) {
		for (size_t e = 0; e < ARRAY_LENGTH(events); e++) {
			struct error err = NO_ERROR;
			enum order_state to = 0;
			const struct order_move *row = find(states[s], events[e]);
			enum status status = order_move(states[s], events[e], &to, &err);
			assert_int_equal(status, row ? OK : ORDER_STATE);
			assert_int_equal(to, row ? row->to : 0);
			if (!row)
				assert_non_null(strstr(err.sentence, order_state_text(states[s])));
			made += row ? 1 : 0;
		}
	}
	assert_int_equal(made, order_move_count);
}

static void test_ends_are_ends_and_nothing_else_is(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_LENGTH(states); s++) {
		bool leads_on = false;
		for (size_t i = 0; i < order_move_count; i++)
			leads_on = leads_on || order_moves[i].from == states[s];
		assert_int_equal(leads_on, order_state_kind(states[s]) != STATE_TERMINAL);
	}
}

static void test_every_state_is_reached_from_draft(void **state)
{
	(void)state;
	bool reached[32] = {[ORDER_DRAFT] = true};
	for (size_t round = 0; round < ARRAY_LENGTH(states); round++)
		for (size_t i = 0; i < order_move_count; i++)
			reached[order_moves[i].to] =
				reached[order_moves[i].to] || reached[order_moves[i].from];
	for (size_t s = 0; s < ARRAY_LENGTH(states); s++)
		assert_true(reached[states[s]]);
}

/* An intent that was written is carried out: nothing calls an order off after it. */
static void test_a_submitted_order_cannot_be_called_off(void **state)
{
	(void)state;
	static const enum order_event calls[] = {ORDER_EVENT_CALLED_OFF, ORDER_EVENT_REFUSED_BY,
						 ORDER_EVENT_GIVEN_UP};
	static const enum order_state submitted[] = {ORDER_ISSUING, ORDER_ISSUED, ORDER_INSTALLED};
	for (size_t s = 0; s < ARRAY_LENGTH(submitted); s++)
		for (size_t e = 0; e < ARRAY_LENGTH(calls); e++)
			assert_null(find(submitted[s], calls[e]));
}

static void test_every_state_says_what_a_restart_does(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_LENGTH(states); s++)
		assert_true(strlen(order_state_restart(states[s])) > 0);
}

/* One list of states.h: the codes and the wire names that it gives them. */
struct row {
	int code;
	const char *wire;
};

#define ROW(name, code, wire) {code, wire},
#define STATE_ROW(name, code, wire, kind, restart) {code, wire},
#define LIST(rows, text)                                                                           \
	{                                                                                          \
#rows, rows, ARRAY_LENGTH(rows), text                                              \
	}
#define TEXT(function, type)                                                                       \
	static const char *text_##function(int code)                                               \
	{                                                                                          \
		return function((enum type)code);                                                  \
	}

static const struct row order_states[] = {ORDER_STATES(STATE_ROW)};
static const struct row order_events[] = {ORDER_EVENTS(ROW)};
static const struct row order_kinds[] = {ORDER_KINDS(ROW)};
static const struct row gate_states[] = {GATE_STATES(ROW)};
static const struct row gate_kinds[] = {GATE_KINDS(ROW)};
static const struct row turns[] = {TURNS(ROW)};
static const struct row authorization_states[] = {AUTHORIZATION_STATES(ROW)};
static const struct row call_states[] = {CALL_STATES(ROW)};
static const struct row call_outcomes[] = {CALL_OUTCOMES(ROW)};
static const struct row effect_classes[] = {EFFECT_CLASSES(ROW)};
static const struct row effect_kinds[] = {EFFECT_KINDS(ROW)};
static const struct row effect_states[] = {EFFECT_STATES(ROW)};
static const struct row duties[] = {DUTIES(ROW)};
static const struct row entry_kinds[] = {ENTRY_KINDS(ROW)};

TEXT(order_state_text, order_state)
TEXT(order_event_text, order_event)
TEXT(order_kind_text, order_kind)
TEXT(gate_state_text, gate_state)
TEXT(gate_kind_text, gate_kind)
TEXT(turn_of_text, turn_of)
TEXT(authorization_state_text, authorization_state)
TEXT(call_state_text, call_state)
TEXT(call_outcome_text, call_outcome)
TEXT(effect_class_text, effect_class)
TEXT(effect_kind_text, effect_kind)
TEXT(effect_state_text, effect_state)
TEXT(duty_text, duty)
TEXT(entry_kind_text, entry_kind)

static const struct {
	const char *name;
	const struct row *rows;
	size_t count;
	const char *(*text)(int code);
} lists[] = {
	LIST(order_states, text_order_state_text),
	LIST(order_events, text_order_event_text),
	LIST(order_kinds, text_order_kind_text),
	LIST(gate_states, text_gate_state_text),
	LIST(gate_kinds, text_gate_kind_text),
	LIST(turns, text_turn_of_text),
	LIST(authorization_states, text_authorization_state_text),
	LIST(call_states, text_call_state_text),
	LIST(call_outcomes, text_call_outcome_text),
	LIST(effect_classes, text_effect_class_text),
	LIST(effect_kinds, text_effect_kind_text),
	LIST(effect_states, text_effect_state_text),
	LIST(duties, text_duty_text),
	LIST(entry_kinds, text_entry_kind_text),
};

static void test_codes_and_wire_names_are_one_to_one(void **state)
{
	(void)state;
	for (size_t l = 0; l < ARRAY_LENGTH(lists); l++) {
		const struct row *rows = lists[l].rows;
		for (size_t i = 0; i < lists[l].count; i++) {
			/* 0 is "none" in columns and parameters. */
			assert_true(rows[i].code > 0);
			assert_string_equal(lists[l].text(rows[i].code), rows[i].wire);
			assert_int_equal(strspn(rows[i].wire, "abcdefghijklmnopqrstuvwxyz-"),
					 strlen(rows[i].wire));
			for (size_t k = 0; k < i; k++) {
				assert_int_not_equal(rows[i].code, rows[k].code);
				assert_string_not_equal(rows[i].wire, rows[k].wire);
			}
		}
	}
}

static void test_wire_names_lead_back(void **state)
{
	(void)state;
	enum order_state order = 0;
	enum gate_kind kind = 0;
	enum gate_state gate = 0;
	enum call_state call = 0;
	enum call_outcome outcome = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(order_states); i++) {
		assert_int_equal(order_state_parse(order_states[i].wire, &order), OK);
		assert_int_equal(order, order_states[i].code);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(gate_kinds); i++) {
		assert_int_equal(gate_kind_parse(gate_kinds[i].wire, &kind), OK);
		assert_int_equal(kind, gate_kinds[i].code);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(gate_states); i++) {
		assert_int_equal(gate_state_parse(gate_states[i].wire, &gate), OK);
		assert_int_equal(gate, gate_states[i].code);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(call_states); i++) {
		assert_int_equal(call_state_parse(call_states[i].wire, &call), OK);
		assert_int_equal(call, call_states[i].code);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(call_outcomes); i++) {
		assert_int_equal(call_outcome_parse(call_outcomes[i].wire, &outcome), OK);
		assert_int_equal(outcome, call_outcomes[i].code);
	}
	static const char *const unknown[] = {"", "Pending", "pending ", "unknown", "open-ended"};
	for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++) {
		assert_int_equal(order_state_parse(unknown[i], &order), NOT_FOUND);
		assert_int_equal(gate_kind_parse(unknown[i], &kind), NOT_FOUND);
		assert_int_equal(gate_state_parse(unknown[i], &gate), NOT_FOUND);
		assert_int_equal(call_state_parse(unknown[i], &call), NOT_FOUND);
		assert_int_equal(call_outcome_parse(unknown[i], &outcome), NOT_FOUND);
	}
}

/* A call that stands takes every outcome, one that is ended none; only a word of the person, or
 * that the number is another's, ends one; a value that was left is never forgotten. */
static void test_calls_move_by_their_outcomes(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_LENGTH(call_states); s++) {
		enum call_state from = (enum call_state)call_states[s].code;
		bool stands = from == CALL_OPEN || from == CALL_VOICEMAIL;
		for (size_t o = 0; o < ARRAY_LENGTH(call_outcomes); o++) {
			enum call_outcome outcome = (enum call_outcome)call_outcomes[o].code;
			bool ends = outcome == CALL_OUTCOME_CONFIRMED ||
				    outcome == CALL_OUTCOME_REFUSED ||
				    outcome == CALL_OUTCOME_WRONG_NUMBER;
			struct error err = NO_ERROR;
			enum call_state to = 0;
			assert_int_equal(call_move(from, outcome, &to, &err),
					 stands ? OK : ANSWER_CLOSED);
			if (!stands)
				assert_int_equal(to, 0);
			else if (ends)
				assert_string_equal(call_state_text(to),
						    outcome == CALL_OUTCOME_CONFIRMED ? "yes"
						    : outcome == CALL_OUTCOME_REFUSED
							    ? "no"
							    : "wrong-number");
			else
				assert_int_equal(to, outcome == CALL_OUTCOME_VOICEMAIL
							     ? CALL_VOICEMAIL
							     : from);
		}
	}
}

/* Homes hold these numbers: a change of one is a mistake, a new state goes to the end. */
static void test_stored_codes_are_frozen(void **state)
{
	(void)state;
	static const char *const order_wire[] = {"draft",     "pending",   "ready",     "issuing",
						 "issued",    "installed", "completed", "rejected",
						 "cancelled", "failed"};
	static const char *const gate_wire[] = {"blocked", "working", "waiting",     "open",
						"refused", "waived",  "not-required"};
	static const char *const call_wire[] = {"open", "voicemail",    "yes",
						"no",   "wrong-number", "void"};
	static const char *const outcome_wire[] = {"confirmed",  "refused", "wrong-number",
						   "no-answer",  "busy",    "voicemail-left",
						   "transferred"};
	for (size_t i = 0; i < ARRAY_LENGTH(call_wire); i++)
		assert_string_equal(call_state_text((enum call_state)(i + 1)), call_wire[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(outcome_wire); i++)
		assert_string_equal(call_outcome_text((enum call_outcome)(i + 1)), outcome_wire[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(order_wire); i++)
		assert_string_equal(order_state_text((enum order_state)(i + 1)), order_wire[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(gate_wire); i++)
		assert_string_equal(gate_state_text((enum gate_state)(i + 1)), gate_wire[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_moves_of_the_table_are_made),
		cmocka_unit_test(test_ends_are_ends_and_nothing_else_is),
		cmocka_unit_test(test_every_state_is_reached_from_draft),
		cmocka_unit_test(test_a_submitted_order_cannot_be_called_off),
		cmocka_unit_test(test_every_state_says_what_a_restart_does),
		cmocka_unit_test(test_codes_and_wire_names_are_one_to_one),
		cmocka_unit_test(test_wire_names_lead_back),
		cmocka_unit_test(test_calls_move_by_their_outcomes),
		cmocka_unit_test(test_stored_codes_are_frozen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
