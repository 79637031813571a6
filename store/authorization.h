/*
 * Authorizations: per (applicant, domain, method, pack), shared by every gate that
 * they satisfy. Only attempt boundaries are durable here: the value to be shown,
 * the number of the attempt, when the next one may start, and how the last ended.
 *
 * A CAA check is an authorization by the domain owner too: method "caa", one for
 * each CA row (ca), without a value.
 */
#ifndef ISSUER_STORE_AUTHORIZATION_H
#define ISSUER_STORE_AUTHORIZATION_H

#include "store/states.h"
#include "store/store.h"

struct authorization {
	int64_t id;
	const char *network_id;
	int64_t applicant_id;
	const char *domain; /* ADN; for caa the name ordered, with "*." */
	const char *method;
	const char *ca;   /* caa: the CA row; else "" */
	int64_t order_id; /* the order that the value serves alone; 0: shared (DESIGN.md, Words) */
	const char *pack;
	enum authorization_state state;
	const char *file_name; /* web-page; NULL for methods without */
	const char *value;
	int64_t value_until_at; /* 0: no value */
	int64_t attempt;        /* number of attempts begun */
	int64_t failures;       /* attempts that failed since the value was made: the back-off */
	int64_t not_before_at;  /* the next attempt */
	const char *code;       /* how the last attempt ended; NULL: none ended, or it passed */
	const char *sentence;
	const char *hint;
	int64_t evidence_id;   /* of the last attempt; 0: none */
	int64_t validation_id; /* the newest; 0: none */
	int64_t created_at;
	int64_t changed_at;
	const char *addresses; /* whom alone to ask, one a line; NULL: all whom the method names */
};

STATUS store_authorization_insert(struct store *store, const struct authorization *authorization,
				  int64_t *ret_id, struct error *err);
STATUS store_authorization_get(struct store *store, int64_t id, struct arena *arena,
			       struct authorization *ret, struct error *err);
/* By the six members that make it unique (applicant, domain, method, ca, order, pack); NOT_FOUND
 * without a sentence. */
STATUS store_authorization_find(struct store *store, const struct authorization *key,
				struct arena *arena, struct authorization *ret, struct error *err);
/* Begins attempt number attempt + 1: STALE when attempt is not the last. */
STATUS store_authorization_begin(struct store *store, int64_t id, int64_t attempt, int64_t at,
				 struct error *err);
/* Writes how attempt ended: state, failures, not_before_at, code, sentence, hint, evidence_id,
 * validation_id of the row. STALE when another attempt has begun since. */
STATUS store_authorization_end(struct store *store, const struct authorization *authorization,
			       int64_t at, struct error *err);
/* A new value (file_name, value, value_until_at, pack), due at once. */
STATUS store_authorization_renew(struct store *store, const struct authorization *authorization,
				 int64_t at, struct error *err);
STATUS store_authorization_addresses(struct store *store, int64_t id, const char *addresses,
				     int64_t at, struct error *err);
/* Due at once, whatever the back-off says. */
STATUS store_authorization_again(struct store *store, int64_t id, int64_t at, struct error *err);

#endif
