/*
 * The schedule: every future duty is a row with a due time. The driver works
 * only on what is due, so its cost follows the work, not the size of the store.
 * A row that is being worked on outside a transaction is "on the wire"; a driver
 * that starts (it holds the lock, so nobody else works) lands what a dead one left.
 */
#ifndef ISSUER_STORE_SCHEDULE_H
#define ISSUER_STORE_SCHEDULE_H

#include "store/states.h"
#include "store/store.h"

struct schedule_row {
	int64_t id;
	int64_t due_at;
	enum duty duty;
	int64_t subject_id;
};

/* One row for each (duty, subject): this replaces an earlier time, and takes it off the wire. */
STATUS store_schedule_put(struct store *store, enum duty duty, int64_t subject_id, int64_t due_at,
			  struct error *err);
/* The same, but keeps an earlier time, and a row on the wire stays there. */
STATUS store_schedule_sooner(struct store *store, enum duty duty, int64_t subject_id,
			     int64_t due_at, struct error *err);
/* A duty whose work begins right after this transaction. */
STATUS store_schedule_on_wire(struct store *store, enum duty duty, int64_t subject_id,
			      int64_t due_at, struct error *err);
STATUS store_schedule_drop(struct store *store, enum duty duty, int64_t subject_id,
			   struct error *err);
STATUS store_schedule_landed(struct store *store, struct error *err);
/* Every pending order with a gate on the authorization is to be decided again, at at. */
STATUS store_schedule_decide(struct store *store, int64_t authorization_id, int64_t at,
			     struct error *err);
/* The same for every pending order of an applicant. */
STATUS store_schedule_decide_applicant(struct store *store, int64_t applicant_id, int64_t at,
				       struct error *err);
/* Rows of the duty due at now and not on the wire, the oldest first, at most limit. */
STATUS store_schedule_due(struct store *store, enum duty duty, int64_t now, int limit,
			  struct arena *arena, struct schedule_row **ret, size_t *ret_count,
			  struct error *err);
/* When the duty for a subject is due, and whether it is on the wire; NOT_FOUND without a sentence.
 */
STATUS store_schedule_of(struct store *store, enum duty duty, int64_t subject_id,
			 int64_t *ret_due_at, bool *ret_on_wire, struct error *err);
/* The earliest due time of a row of the duty that is not on the wire; INT64_MAX when there is none.
 */
STATUS store_schedule_next(struct store *store, enum duty duty, int64_t *ret_due_at,
			   struct error *err);
/* Duties past due at now, and the oldest of them. */
STATUS store_schedule_overdue(struct store *store, int64_t now, int64_t *ret_count,
			      int64_t *ret_oldest_at, struct error *err);

#endif
