/*
 * Calls: one for each number to be called about one thing (an authorization's
 * attempt): who answers for a domain, or for the applicant's organisation. A row
 * is one task of an officer until something came of it, however often the number
 * is dialled; each time is evidence of its own, of which the row names the last.
 */
#ifndef ISSUER_STORE_CALL_H
#define ISSUER_STORE_CALL_H

#include "base/digest.h"
#include "store/states.h"
#include "store/store.h"

struct call {
	int64_t id;
	int64_t authorization_id;
	int64_t attempt;
	int64_t order_id;    /* for which it was made; others may wait for it too */
	const char *number;  /* E.164 */
	const char *written; /* as its source prints it; NULL: the same */
	const char *roles;   /* why there: "registrant", "dns-caa", "organisation" */
	const char *source;  /* who published the number: "whois whois.jprs.jp" */
	const char *person;  /* whom to ask for; NULL */
	int64_t contacts_id; /* evidence that names the number; 0: an officer gave it */
	/* Read out, or left on voicemail; NULL for organisations. Shown by the script alone. */
	const char *value;
	struct digest value_hash;
	int64_t until_at;     /* the last instant at which the value counts; 0: no value */
	const char *entitled; /* organisations: roles of those who may answer, "a b"; NULL */
	const char *rule;     /* by which row of the pack, or "officer: <why>"; NULL */
	int64_t created_at;

	enum call_state state;
	int64_t state_at;
	int64_t tries;             /* how often it was dialled */
	enum call_outcome outcome; /* of the last time; 0: never dialled */
	int64_t proposed_at;       /* 0: no time was proposed */
	int64_t agreed_at;         /* 0: none is agreed */
	int64_t called_at;         /* the last time; 0: never */
	const char *callee;        /* of the last time */
	const char *callee_role;
	const char *officer;
	const char *code; /* of the last time; NULL */
	int64_t evidence_id;
};

STATUS store_call_insert(struct store *store, const struct call *call, int64_t *ret_id,
			 struct error *err);
STATUS store_call_get(struct store *store, int64_t id, struct arena *arena, struct call *ret,
		      struct error *err);
/* NOT_FOUND without a sentence. */
STATUS store_call_of_value(struct store *store, struct digest value_hash, struct arena *arena,
			   struct call *ret, struct error *err);
/* The next by number after one: of those that an officer has still to do with (state OPEN or
 * VOICEMAIL), or of an authorization; NOT_FOUND without a sentence at the end. */
STATUS store_call_standing(struct store *store, int64_t after, struct arena *arena,
			   struct call *ret, struct error *err);
STATUS store_call_of_authorization(struct store *store, int64_t authorization_id, int64_t after,
				   struct arena *arena, struct call *ret, struct error *err);
/* STALE when the call is not in state from. evidence_id 0: none. */
STATUS store_call_move(struct store *store, int64_t id, enum call_state from, enum call_state to,
		       int64_t evidence_id, int64_t at, struct error *err);
/* 0: none. STALE when the call has been dialled since, or is not in a standing state. */
STATUS store_call_times(struct store *store, const struct call *call, int64_t proposed_at,
			int64_t agreed_at, struct error *err);
/* Writes what came of dialling: outcome, called_at, callee, callee_role, officer, code,
 * evidence_id, proposed_at, agreed_at of the row, and one try more. STALE when it has been dialled
 * since. */
STATUS store_call_dialled(struct store *store, const struct call *call, struct error *err);

#endif
