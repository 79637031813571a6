/*
 * Calls that officers make: to those who may answer for a domain, as methods that
 * ask by phone want it, and to the applicant's organisation.
 *
 *   open ──voicemail──► voicemail     the value was left: it has to come back
 *     │ ▲                  │
 *     │ └ no answer, busy, │          made again, at a time that is proposed anew
 *     │   transferred      │
 *     └──────────┬─────────┘
 *                ├──yes──────────► a validation: of the ADN, as an answer (answer.h),
 *                │                 or of the organisation
 *                ├──no───────────► a rejection; an organisation's gate is refused
 *                └──wrong number─► this number is called no more
 *
 * Each time a number is dialled is evidence (validators/call.h), also when it does
 * not count: at a time that was not agreed, with somebody who may not answer.
 * Sources: REQUIREMENTS DCV-09, HST-29 to HST-32, A14; BR 3.2.2.4.16, 3.2.2.4.17.
 */
#ifndef ISSUER_ENGINE_PEOPLE_CALL_H
#define ISSUER_ENGINE_PEOPLE_CALL_H

#include "engine/order/gate.h"
#include "engine/receipt.h"
#include "store/authorization.h"
#include "store/call.h"

/* ---- of methods that ask by phone: from asking.c ---- */

/* Inserts the call, with its journal row. */
STATUS call_open(struct turn *turn, const struct authorization *authorization, struct call *call,
		 struct error *err);
/* Nobody is to be called any more. */
STATUS calls_void(struct turn *turn, int64_t authorization_id, const char *reason,
		  struct error *err);
/* Those that stand without a time ahead are proposed for now. */
STATUS calls_remind(struct turn *turn, int64_t authorization_id, struct error *err);

/* ---- of organisations ---- */

/* The authorization for which the applicant's organisation is called, shared by all its orders of
 * the pack; made when there is none. */
STATUS call_organisation(struct turn *turn, const struct order_view *view,
			 struct authorization *ret, struct error *err);
/* The call of it that stands, or the last one; NOT_FOUND without a sentence. */
STATUS call_newest(struct store *store, int64_t authorization_id, struct arena *arena,
		   struct call *ret, struct error *err);

struct call_create_params {
	int64_t order_id;
	const char *number;   /* international, or as in the applicant's country */
	const char *source;   /* where it is published */
	const char *person;   /* whom to ask for; NULL */
	int64_t at;           /* a time to propose; 0: none */
	enum listing listing; /* what is known of a company's shares */
	/* Roles that an officer admits where no row of the pack does, "a b", with the reason; NULL.
	 */
	const char *entitled;
	const char *reason;
};
/* A call to the organisation of an order whose product wants one; one that stands is replaced.
 * Fills the receipt with the call. NOT_APPLICABLE; INPUT (the number); CALLEE_NOT_ENTITLED when
 * nothing says who may answer; ORDER_STATE. */
STATUS command_call_create(struct engine *engine, const struct call_create_params *params,
			   struct receipt *receipt, struct error *err);

/* ---- of both ---- */

/* A role as it is compared: kebab-case. USAGE naming what. */
STATUS call_check_role(const char *what, const char *role, struct error *err);
/* One line of a few hundred octets. USAGE. */
STATUS call_check_text(const char *what, const char *text, struct error *err);

enum call_time_act { CALL_PROPOSE, CALL_AGREE };
/* at 0: with CALL_AGREE the time that was proposed. CALL_NOT_SCHEDULED without any; ANSWER_CLOSED.
 */
STATUS command_call_time(struct engine *engine, int64_t call_id, enum call_time_act act, int64_t at,
			 struct receipt *receipt, struct error *err);

enum { CALLS_COMBINED_MAX = 16 };

/* Another call to the same number, answered in the same one. */
struct call_also {
	int64_t call_id;
	enum call_outcome outcome; /* CONFIRMED, REFUSED */
};

struct call_record_params {
	int64_t call_id;
	enum call_outcome outcome;
	const char *callee; /* name */
	const char *role;   /* kebab-case */
	const char *value;  /* that was read back; NULL */
	const char *note;   /* NULL */
	int64_t at;         /* when the call was made; 0: now */
	const struct call_also *also;
	size_t also_count;
};
/*
 * Keeps what came of a call as evidence, and does what follows. The receipt's reply is the call,
 * with code and sentence of what it was worth, and "also". Refused, with nothing kept: NOT_FOUND
 * (another value than the call's), WAITING_FOR_PERSON (a value that was left did not come back),
 * ANSWER_CLOSED, NOT_APPLICABLE (calls that cannot be combined), USAGE.
 */
STATUS command_call_record(struct engine *engine, const struct call_record_params *params,
			   struct receipt *receipt, struct error *err);

#endif
