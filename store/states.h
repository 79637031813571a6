/*
 * Every state, kind and duty that is stored: its frozen database code, its wire
 * name, and what it means. The enums, the texts and the tests are made from
 * these lists; the picture in the manual too (`issuer workflow --dot`).
 *
 * A code is never reused. A new row goes to the end of its list.
 */
#ifndef ISSUER_STORE_STATES_H
#define ISSUER_STORE_STATES_H

#include "base/error.h"

#include <stddef.h>

/* clang-format off */

/* Order states (DESIGN.md, Words). kind: STABLE moves on in the same turn, WAITING waits for gates or
 * an effect, TERMINAL is an end. restart: what a restart does with an order found in it.
 *   name        db  wire         kind      restart */
#define ORDER_STATES(X) \
	X(DRAFT,     1,  "draft",     STABLE,   "stays: a draft moves only by a command") \
	X(PENDING,   2,  "pending",   WAITING,  "stays; due checks are started again with the same values") \
	X(READY,     3,  "ready",     STABLE,   "every gate is decided again") \
	X(ISSUING,   4,  "issuing",   WAITING,  "every gate is decided again; then the stored intent is signed, to the same bytes, or voided") \
	X(ISSUED,    5,  "issued",    STABLE,   "moves on to installation") \
	X(INSTALLED, 6,  "installed", STABLE,   "moves on to completed") \
	X(COMPLETED, 7,  "completed", TERMINAL, "stays") \
	X(REJECTED,  8,  "rejected",  TERMINAL, "stays") \
	X(CANCELLED, 9,  "cancelled", TERMINAL, "stays") \
	X(FAILED,    10, "failed",    TERMINAL, "stays")

/* What moves an order. */
#define ORDER_EVENTS(X) \
	X(ACCEPTED,   1, "accepted") \
	X(ALL_OPEN,   2, "all-gates-open") \
	X(GATE_SHUT,  3, "gate-shut") \
	X(INTENDED,   4, "intent-written") \
	X(DELIVERED,  5, "certificate-stored") \
	X(DEPLOYED,   6, "installed") \
	X(FINISHED,   7, "finished") \
	X(REFUSED_BY, 8, "refused") \
	X(CALLED_OFF, 9, "cancelled") \
	X(GIVEN_UP,  10, "given-up")

/* The only moves there are. */
#define ORDER_MOVES(X) \
	X(DRAFT,     ACCEPTED,   PENDING) \
	X(PENDING,   ALL_OPEN,   READY) \
	X(READY,     GATE_SHUT,  PENDING) \
	X(READY,     INTENDED,   ISSUING) \
	X(ISSUING,   GATE_SHUT,  PENDING) \
	X(ISSUING,   DELIVERED,  ISSUED) \
	X(ISSUED,    DEPLOYED,   INSTALLED) \
	X(INSTALLED, FINISHED,   COMPLETED) \
	X(DRAFT,     REFUSED_BY, REJECTED) \
	X(PENDING,   REFUSED_BY, REJECTED) \
	X(DRAFT,     CALLED_OFF, CANCELLED) \
	X(PENDING,   CALLED_OFF, CANCELLED) \
	X(PENDING,   GIVEN_UP,   FAILED)

#define ORDER_KINDS(X) \
	X(NEW, 1, "new")

/* Gate states (DESIGN.md, Words). */
#define GATE_STATES(X) \
	X(BLOCKED,      1, "blocked")      /* a gate named in "after" is not open */ \
	X(WORKING,      2, "working")      /* us */ \
	X(WAITING,      3, "waiting")      /* somebody else, until */ \
	X(OPEN,         4, "open") \
	X(REFUSED,      5, "refused")      /* with a code */ \
	X(WAIVED,       6, "waived")       /* by an actor, with a reason */ \
	X(NOT_REQUIRED, 7, "not-required")

#define GATE_KINDS(X) \
	X(APPLICANT, 1, "applicant") \
	X(REQUEST,   2, "request") \
	X(CONTROL,   3, "control") \
	X(CAA,       4, "caa") \
	X(ORGANISATION_CALL, 5, "organisation-call")

/* Whose turn it is. */
#define TURNS(X) \
	X(NOBODY,       1, "nobody") \
	X(US,           2, "us") \
	X(APPLICANT,    3, "applicant") \
	X(AGENT,        4, "agent") \
	X(OPERATOR,     5, "operator") \
	X(DOMAIN_OWNER, 6, "domain-owner") \
	X(CLOCK,        7, "clock")

#define AUTHORIZATION_STATES(X) \
	X(PENDING,  1, "pending")   /* the next attempt waits for its time */ \
	X(WORKING,  2, "working")   /* an attempt is on the wire */ \
	X(VALID,    3, "valid")     /* the last attempt made a validation */ \
	X(INVALID,  4, "invalid")   /* the last attempt was refused by a rule, or nobody can be asked */ \
	X(ASKED,    5, "asked")     /* people were asked: their answers are awaited */

/* A message that asks a person, by what came of it. Whether its value still counts is decided when
 * it is used. */
#define MESSAGE_STATES(X) \
	X(OPEN,   1, "open")    /* no answer yet */ \
	X(YES,    2, "yes") \
	X(NO,     3, "no")      /* the person refuses: a rejection */ \
	X(NOT_ME, 4, "not-me")  /* the address is not that of a contact */ \
	X(VOID,   5, "void")    /* the method, address or scope was switched: its value counts no more */

/* A number to be called, by what came of it. */
#define CALL_STATES(X) \
	X(OPEN,         1, "open")         /* to be made, or made again */ \
	X(VOICEMAIL,    2, "voicemail")    /* the value was left: it has to come back */ \
	X(YES,          3, "yes") \
	X(NO,           4, "no")           /* the person refuses */ \
	X(WRONG_NUMBER, 5, "wrong-number") /* not that of whom it was to reach */ \
	X(VOID,         6, "void")         /* nobody is to be called any more */

/* What came of dialling once. */
#define CALL_OUTCOMES(X) \
	X(CONFIRMED,    1, "confirmed") \
	X(REFUSED,      2, "refused") \
	X(WRONG_NUMBER, 3, "wrong-number") \
	X(NO_ANSWER,    4, "no-answer") \
	X(BUSY,         5, "busy") \
	X(VOICEMAIL,    6, "voicemail-left") \
	X(TRANSFERRED,  7, "transferred") /* passed on to another number */

/* The only moves there are: dialling changes a call that stands, and no other. Once the value was
 * left it has to come back, whatever is heard later. */
#define CALL_MOVES(X) \
	X(OPEN,      CONFIRMED,    YES) \
	X(OPEN,      REFUSED,      NO) \
	X(OPEN,      WRONG_NUMBER, WRONG_NUMBER) \
	X(OPEN,      NO_ANSWER,    OPEN) \
	X(OPEN,      BUSY,         OPEN) \
	X(OPEN,      VOICEMAIL,    VOICEMAIL) \
	X(OPEN,      TRANSFERRED,  OPEN) \
	X(VOICEMAIL, CONFIRMED,    YES) \
	X(VOICEMAIL, REFUSED,      NO) \
	X(VOICEMAIL, WRONG_NUMBER, WRONG_NUMBER) \
	X(VOICEMAIL, NO_ANSWER,    VOICEMAIL) \
	X(VOICEMAIL, BUSY,         VOICEMAIL) \
	X(VOICEMAIL, VOICEMAIL,    VOICEMAIL) \
	X(VOICEMAIL, TRANSFERRED,  VOICEMAIL)

#define VALIDATION_SUBJECTS(X) \
	X(NAME,         1, "name") \
	X(ORGANISATION, 2, "organisation")

/* How an effect stands a crash between doing it and recording it (DESIGN.md, principle 2). */
#define EFFECT_CLASSES(X) \
	X(ADOPTABLE,     1, "adoptable") \
	X(IDEMPOTENT,    2, "idempotent") \
	X(AT_LEAST_ONCE, 3, "at-least-once")

#define EFFECT_KINDS(X) \
	X(SIGN,        1, "sign") \
	X(REPORT_MAIL, 2, "report-mail")  /* an iodef report, by mail */ \
	X(REPORT_POST, 3, "report-https") /* the same, by https */ \
	X(MAIL,        4, "mail")         /* a mail that asks or tells a person */

#define EFFECT_STATES(X) \
	X(INTENDED, 1, "intended") \
	X(DONE,     2, "done") \
	X(VOID,     3, "void")      /* given up: a gate was shut before, or it cannot be done */

/* Future duties: rows of the schedule. The subject is the number of an order, authorization, effect. */
#define DUTIES(X) \
	X(ORDER_DECIDE,  1, "order-decide")   /* decide the gates, move on */ \
	X(ORDER_GIVE_UP, 2, "order-give-up")  /* end an order that nobody served */ \
	X(KEY_MAKE,      3, "key-make")       /* make key and request */ \
	X(ATTEMPT,       4, "attempt")        /* one attempt of an authorization */ \
	X(EFFECT,        5, "effect")         /* carry an intended signature out */ \
	X(POST,          6, "post")           /* send an intended message */ \
	X(REMINDER,      7, "reminder")       /* send what asked to those who have not answered, again */ \
	X(ANSWER_DUE,    8, "answer-due")     /* nobody answered in time: the method has failed */

/* Rows of the journal. Those of records carry in "to" the digest of what never changes of the record
 * (object.h). */
#define ENTRY_KINDS(X) \
	X(ACT,           1, "act")           /* a command by an actor */ \
	X(ORDER_STATE,   2, "order-state") \
	X(GATE_STATE,    3, "gate-state") \
	X(AUTHORIZATION, 4, "authorization") /* attempt begun or ended */ \
	X(EVIDENCE,      5, "evidence") \
	X(VALIDATION,    6, "validation") \
	X(EFFECT,        7, "effect")        /* intended; with "from": done or void */ \
	X(CERTIFICATE,   8, "certificate") \
	X(FAULT,         9, "fault")         /* an event that failed and was undone */ \
	X(ORDER,         10, "order")        /* placed */ \
	X(REQUEST,       11, "request") \
	X(AUTHORITY,     12, "authority") \
	X(MESSAGE,       13, "message")       /* written to one person */ \
	X(ANSWER,        14, "answer")        /* what came of a message: from, to */ \
	X(REJECTION,     15, "rejection")     /* a person said no */ \
	X(CALL,          16, "call")          /* a number to be called */ \
	X(CALL_STATE,    17, "call-state")    /* what came of a call: from, to */

/* clang-format on */

#define ORDER_STATE_ENUM_(name, code, wire, kind, restart) ORDER_##name = code,
enum order_state { ORDER_STATES(ORDER_STATE_ENUM_) };

#define ORDER_EVENT_ENUM_(name, code, wire) ORDER_EVENT_##name = code,
enum order_event { ORDER_EVENTS(ORDER_EVENT_ENUM_) };
#define ORDER_KIND_ENUM_(name, code, wire) ORDER_KIND_##name = code,
enum order_kind { ORDER_KINDS(ORDER_KIND_ENUM_) };
#define GATE_STATE_ENUM_(name, code, wire) GATE_##name = code,
enum gate_state { GATE_STATES(GATE_STATE_ENUM_) };
#define GATE_KIND_ENUM_(name, code, wire) GATE_KIND_##name = code,
enum gate_kind { GATE_KINDS(GATE_KIND_ENUM_) };
#define TURN_ENUM_(name, code, wire) TURN_##name = code,
enum turn_of { TURNS(TURN_ENUM_) };
#define AUTHORIZATION_STATE_ENUM_(name, code, wire) AUTHORIZATION_##name = code,
enum authorization_state { AUTHORIZATION_STATES(AUTHORIZATION_STATE_ENUM_) };
#define VALIDATION_SUBJECT_ENUM_(name, code, wire) VALIDATION_OF_##name = code,
enum validation_subject { VALIDATION_SUBJECTS(VALIDATION_SUBJECT_ENUM_) };
#define MESSAGE_STATE_ENUM_(name, code, wire) MESSAGE_##name = code,
enum message_state { MESSAGE_STATES(MESSAGE_STATE_ENUM_) };
#define CALL_STATE_ENUM_(name, code, wire) CALL_##name = code,
enum call_state { CALL_STATES(CALL_STATE_ENUM_) };
#define CALL_OUTCOME_ENUM_(name, code, wire) CALL_OUTCOME_##name = code,
enum call_outcome { CALL_OUTCOMES(CALL_OUTCOME_ENUM_) };
#define EFFECT_CLASS_ENUM_(name, code, wire) EFFECT_##name = code,
enum effect_class { EFFECT_CLASSES(EFFECT_CLASS_ENUM_) };
#define EFFECT_KIND_ENUM_(name, code, wire) EFFECT_KIND_##name = code,
enum effect_kind { EFFECT_KINDS(EFFECT_KIND_ENUM_) };
#define EFFECT_STATE_ENUM_(name, code, wire) EFFECT_STATE_##name = code,
enum effect_state { EFFECT_STATES(EFFECT_STATE_ENUM_) };
#define DUTY_ENUM_(name, code, wire) DUTY_##name = code,
enum duty { DUTIES(DUTY_ENUM_) };
#define ENTRY_KIND_ENUM_(name, code, wire) ENTRY_##name = code,
enum entry_kind { ENTRY_KINDS(ENTRY_KIND_ENUM_) };

enum order_state_kind { STATE_STABLE, STATE_WAITING, STATE_TERMINAL };

/* Wire names; static storage. */
const char *order_state_text(enum order_state state);
enum order_state_kind order_state_kind(enum order_state state);
const char *order_state_restart(enum order_state state);
const char *order_event_text(enum order_event event);
const char *order_kind_text(enum order_kind kind);
const char *gate_state_text(enum gate_state state);
const char *gate_kind_text(enum gate_kind kind);
const char *turn_of_text(enum turn_of turn);
const char *authorization_state_text(enum authorization_state state);
const char *message_state_text(enum message_state state);
const char *call_state_text(enum call_state state);
const char *call_outcome_text(enum call_outcome outcome);
const char *effect_class_text(enum effect_class class);
const char *effect_kind_text(enum effect_kind kind);
const char *effect_state_text(enum effect_state state);
const char *duty_text(enum duty duty);
const char *entry_kind_text(enum entry_kind kind);

/* NOT_FOUND when there is no such wire name. */
STATUS order_state_parse(const char *text, enum order_state *ret);
STATUS gate_kind_parse(const char *text, enum gate_kind *ret);
STATUS gate_state_parse(const char *text, enum gate_state *ret);
STATUS message_state_parse(const char *text, enum message_state *ret);
STATUS call_state_parse(const char *text, enum call_state *ret);
STATUS call_outcome_parse(const char *text, enum call_outcome *ret);

/* The state that the outcome leads to; ANSWER_CLOSED when the call is ended. */
STATUS call_move(enum call_state from, enum call_outcome outcome, enum call_state *ret,
		 struct error *err);

/* One move of the table. */
struct order_move {
	enum order_state from;
	enum order_event event;
	enum order_state to;
};
extern const struct order_move order_moves[];
extern const size_t order_move_count;
/* The state that event leads to; ORDER_STATE when the table has no such move. */
STATUS order_move(enum order_state from, enum order_event event, enum order_state *ret,
		  struct error *err);

#endif
