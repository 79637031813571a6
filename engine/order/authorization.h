/*
 * Authorizations at work: made when a gate needs one, tried when due, ended by a
 * validation or by the next attempt's time.
 *
 *   ensure ──► pending ──begin──► working ──finish──► valid
 *                 ▲                          │
 *                 └────── back-off ──────────┼──────► invalid (refused by a rule)
 *                                            └──────► asked: people's answers (asking.h)
 */
#ifndef ISSUER_ENGINE_ORDER_AUTHORIZATION_H
#define ISSUER_ENGINE_ORDER_AUTHORIZATION_H

#include "engine/people/asking.h"
#include "engine/evidence.h"
#include "engine/iodef.h"
#include "engine/turn.h"
#include "store/authorization.h"
#include "store/order.h"
#include "store/party.h"
#include "store/validation.h"

/* What an authorization is asked for. Borrowed. */
struct authorization_need {
	const struct order *order;
	const struct product *product;
	const struct pack *pack;
	const char *domain; /* the ADN; for caa the name ordered; "*." by validator.below_apart */
	const char *method; /* "caa" for a CAA check */
	const char *ca;     /* caa, and by validator.needs_identifiers: the CA row's id; else "" */
};

/* Finds or makes the authorization; one whose value is past its life gets a new value. A new one's
 * first attempt is due at once. So does one for another key than the applicant's account has now.
 * ACCOUNT_MISSING with what to set, and nothing made, when the method needs an account that the
 * applicant does not have; NOT_APPLICABLE when it needs an issuer domain name of the CA. */
STATUS authorization_ensure(struct turn *turn, const struct authorization_need *need,
			    struct authorization *ret, struct error *err);
/* Whether an authorization serves one order alone: a random value is unique to each certificate
 * request of a public product (BR 3.2.2.4.18), and results that are never reused are not shared. */
bool authorization_is_alone(const struct product *product, const struct pack *pack, int64_t now);
/* A result that lapsed: the next attempt is due now, or a minute after the last one. */
STATUS authorization_refresh(struct turn *turn, const struct authorization *authorization,
			     struct error *err);
/* Whether an officer's "now" begins an attempt: never another asking of people. */
bool authorization_may_try(const struct authorization *authorization);
/* Due now, when that may be and no attempt is on the wire. */
STATUS authorization_try_now(struct turn *turn, const struct authorization *authorization,
			     struct error *err);

/* The duty: begins the next attempt and adds its launch. */
STATUS authorization_begin(struct turn *turn, int64_t id, struct error *err);

/* How an attempt ended on the wire. Owned. */
struct attempt_outcome {
	int64_t authorization_id;
	int64_t attempt;
	int64_t began_at;
	struct verdict verdict;
	struct evidence_bytes evidence;
	char *account_uri;          /* for which account it was asked; NULL: none */
	struct iodef_wanted wanted; /* caa: whom a refusal is reported to */
	struct asking_list people;  /* methods that ask: whom */
};
/* Keeps the evidence, makes the validation or sets the back-off, and makes the orders that wait
 * for it due to be decided. STALE (a late answer to an old attempt) is dropped by the caller. */
STATUS authorization_finish(struct turn *turn, const struct attempt_outcome *outcome,
			    struct error *err);

/* ---- answers of people (answer.h) ---- */

/* A pack that decides something is kept for ever, by its digest. */
STATUS authorization_keep_pack(struct turn *turn, const struct pack *pack, const char *digest,
			       struct error *err);
/* Inserts a validation, with its journal row. */
STATUS authorization_keep(struct turn *turn, const struct validation_record *validation,
			  const char *sentence, int64_t *ret_id, struct error *err);
/* Finds or makes the authorization of the row's members that make it unique, and counts one attempt
 * of it: an answer to another one that confirms its domain. Fills id and attempt. */
STATUS authorization_answered(struct turn *turn, struct authorization *row, struct error *err);
/* An asking that a yes has ended: valid, with row->validation_id (0: the yes was for names alone).
 */
STATUS authorization_ends_asking(struct turn *turn, struct authorization *row, const char *sentence,
				 struct error *err);

/* What the applicant has to publish, in the words of the method; in the arena. ca: the row that the
 * authorization names; NULL when it names none. */
struct publication authorization_publication(const struct authorization *authorization,
					     const struct applicant *applicant,
					     const struct ca_row *ca, struct arena *arena);
/* Whether a validation of CAA, or by a method that names the account, was made for the account that
 * the applicant has now; true for all others. */
bool authorization_for_account(const struct validation_record *validation,
			       const struct applicant *applicant);
/* Its domain without "*.". */
const char *authorization_adn(const char *domain);

#endif
