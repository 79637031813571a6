/*
 * Rejections: a person who may speak for a domain name said no. While one stands,
 * no name that it concerns is issued to that applicant, whoever else said yes.
 */
#ifndef ISSUER_STORE_REJECTION_H
#define ISSUER_STORE_REJECTION_H

#include "store/states.h"
#include "store/store.h"

struct rejection {
	int64_t id;
	int64_t applicant_id;
	const char *domain; /* the ADN asked about, or an alias of it: it and the names
			       below are held */
	int64_t authorization_id;
	int64_t evidence_id; /* the answer */
	const char *said_by; /* the mailbox, or the number called */
	int64_t created_at;
	int64_t lifted_at; /* 0: it stands */
	const char *lifted_reason;
};

STATUS store_rejection_insert(struct store *store, const struct rejection *rejection,
			      int64_t *ret_id, struct error *err);
/* The next after one, by number, that stands for the applicant; NOT_FOUND without a sentence. */
STATUS store_rejection_standing(struct store *store, int64_t applicant_id, int64_t after,
				struct arena *arena, struct rejection *ret, struct error *err);
/* One that stands, as the desk tells of it. */
struct rejection_line {
	int64_t id;
	const char *domain;
	int64_t created_at;
	int64_t order_id; /* for which the person was asked last; 0: none */
	enum order_state state;
};
/* The next by number after one, of all applicants; NOT_FOUND without a sentence. */
STATUS store_rejection_next(struct store *store, int64_t after, struct arena *arena,
			    struct rejection_line *ret, struct error *err);
/* STALE when it does not stand any more. */
STATUS store_rejection_lift(struct store *store, int64_t id, int64_t at, const char *reason,
			    struct error *err);

#endif
