/* The lists of states.h as functions: text of a code, code of a text, the moves. */
#include "store/states.h"

#include <string.h>

#define TEXT_CASE_(prefix, name, wire)                                                             \
	case prefix##name:                                                                         \
		return wire;

/* Defines function(enum) for a list of rows (name, code, wire). A code from a damaged store that is
 * in no list is shown as "unknown". */
#define TEXT_FUNCTION_(function, enumeration, list, row)                                           \
	const char *function(enum enumeration value)                                               \
	{                                                                                          \
		switch (value) {                                                                   \
			list(row)                                                                  \
		}                                                                                  \
		return "unknown";                                                                  \
	}

#define ROW_(name, code, wire, kind, restart) TEXT_CASE_(ORDER_, name, wire)
TEXT_FUNCTION_(order_state_text, order_state, ORDER_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(ORDER_EVENT_, name, wire)
TEXT_FUNCTION_(order_event_text, order_event, ORDER_EVENTS, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(ORDER_KIND_, name, wire)
TEXT_FUNCTION_(order_kind_text, order_kind, ORDER_KINDS, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(GATE_, name, wire)
TEXT_FUNCTION_(gate_state_text, gate_state, GATE_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(GATE_KIND_, name, wire)
TEXT_FUNCTION_(gate_kind_text, gate_kind, GATE_KINDS, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(TURN_, name, wire)
TEXT_FUNCTION_(turn_of_text, turn_of, TURNS, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(AUTHORIZATION_, name, wire)
TEXT_FUNCTION_(authorization_state_text, authorization_state, AUTHORIZATION_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(MESSAGE_, name, wire)
TEXT_FUNCTION_(message_state_text, message_state, MESSAGE_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(CALL_, name, wire)
TEXT_FUNCTION_(call_state_text, call_state, CALL_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(CALL_OUTCOME_, name, wire)
TEXT_FUNCTION_(call_outcome_text, call_outcome, CALL_OUTCOMES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(EFFECT_, name, wire)
TEXT_FUNCTION_(effect_class_text, effect_class, EFFECT_CLASSES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(EFFECT_KIND_, name, wire)
TEXT_FUNCTION_(effect_kind_text, effect_kind, EFFECT_KINDS, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(EFFECT_STATE_, name, wire)
TEXT_FUNCTION_(effect_state_text, effect_state, EFFECT_STATES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(DUTY_, name, wire)
TEXT_FUNCTION_(duty_text, duty, DUTIES, ROW_)
#undef ROW_
#define ROW_(name, code, wire) TEXT_CASE_(ENTRY_, name, wire)
TEXT_FUNCTION_(entry_kind_text, entry_kind, ENTRY_KINDS, ROW_)
#undef ROW_

enum order_state_kind order_state_kind(enum order_state state)
{
	switch (state) {
#define X(name, code, wire, kind, restart)                                                         \
	case ORDER_##name:                                                                         \
		return STATE_##kind;
		ORDER_STATES(X)
#undef X
	}
	return STATE_TERMINAL;
}

const char *order_state_restart(enum order_state state)
{
	switch (state) {
#define X(name, code, wire, kind, restart)                                                         \
	case ORDER_##name:                                                                         \
		return restart;
		ORDER_STATES(X)
#undef X
	}
	return "";
}

enum status order_state_parse(const char *text, enum order_state *ret)
{
	static const enum order_state all[] = {
#define X(name, code, wire, kind, restart) ORDER_##name,
		ORDER_STATES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(order_state_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

enum status gate_kind_parse(const char *text, enum gate_kind *ret)
{
	static const enum gate_kind all[] = {
#define X(name, code, wire) GATE_KIND_##name,
		GATE_KINDS(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(gate_kind_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

enum status gate_state_parse(const char *text, enum gate_state *ret)
{
	static const enum gate_state all[] = {
#define X(name, code, wire) GATE_##name,
		GATE_STATES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(gate_state_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

enum status message_state_parse(const char *text, enum message_state *ret)
{
	static const enum message_state all[] = {
#define X(name, code, wire) MESSAGE_##name,
		MESSAGE_STATES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(message_state_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

enum status call_state_parse(const char *text, enum call_state *ret)
{
	static const enum call_state all[] = {
#define X(name, code, wire) CALL_##name,
		CALL_STATES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(call_state_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

enum status call_outcome_parse(const char *text, enum call_outcome *ret)
{
	static const enum call_outcome all[] = {
#define X(name, code, wire) CALL_OUTCOME_##name,
		CALL_OUTCOMES(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (strcmp(call_outcome_text(all[i]), text) == 0) {
			*ret = all[i];
			return OK;
		}
	}
	return NOT_FOUND;
}

const struct order_move order_moves[] = {
#define X(from_state, by, to_state) {ORDER_##from_state, ORDER_EVENT_##by, ORDER_##to_state},
	ORDER_MOVES(X)
#undef X
};
const size_t order_move_count = ARRAY_LENGTH(order_moves);

enum status order_move(enum order_state from, enum order_event event, enum order_state *ret,
		       struct error *err)
{
	for (size_t i = 0; i < order_move_count; i++) {
		if (order_moves[i].from == from && order_moves[i].event == event) {
			*ret = order_moves[i].to;
			return OK;
		}
	}
	return fail(err, ORDER_STATE, "an order that is %s cannot be moved by \"%s\"",
		    order_state_text(from), order_event_text(event));
}

static const struct call_move {
	enum call_state from;
	enum call_outcome outcome;
	enum call_state to;
} call_moves[] = {
#define X(from_state, by, to_state) {CALL_##from_state, CALL_OUTCOME_##by, CALL_##to_state},
	CALL_MOVES(X)
#undef X
};

enum status call_move(enum call_state from, enum call_outcome outcome, enum call_state *ret,
		      struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(call_moves); i++) {
		if (call_moves[i].from == from && call_moves[i].outcome == outcome) {
			*ret = call_moves[i].to;
			return OK;
		}
	}
	return fail(err, ANSWER_CLOSED, "a call that stands at \"%s\" is ended",
		    call_state_text(from));
}
