/*
 * The driver: whoever performs effects. One at a time for each home, by a lock
 * that the kernel frees when the process dies. It keeps nothing in memory
 * between turns but what is on the wire, so kill -9 and run again is safe at any
 * instant.
 *
 *   due rows, completions ──► turn (one transaction) ──► launches ──► the wire
 *          ▲                                                             │
 *          └──────────────────────── completions ◄───────────────────────┘
 */
#ifndef ISSUER_ENGINE_DRIVE_DRIVER_H
#define ISSUER_ENGINE_DRIVE_DRIVER_H

#include "engine/engine.h"

struct driver;

/* BUSY when another process drives this home; KEK_MISSING. Lands what a dead driver left on the
 * wire. */
STATUS driver_take(struct engine *engine, struct driver **ret, struct error *err);
/* Abandons what is on the wire (it is due again) and frees the lock. */
void driver_release(struct driver *driver);
void driver_releasep(struct driver **driver);

/* When to stop driving. */
struct driver_goal {
	/* Asked after each commit; true ends the drive. NULL: until nothing is due or on the wire.
	 */
	bool (*reached)(void *context);
	/* Asked after each commit and wait; true ends the drive with INTERRUPTED. NULL: never. */
	bool (*interrupted)(void *context);
	/* Told of each event that failed and was undone, after the commit. NULL: not. */
	void (*faulted)(void *context, const char *sentence);
	/* Called after each wait, outside of any transaction: it may have turns of its own. NULL:
	 * not. */
	void (*meanwhile)(void *context);
	void *context;
	int64_t look_ms;  /* with nothing left the drive goes on, and looks so often whether others
			     made something due. 0: it ends */
	int64_t until_ms; /* monotonic; INT64_MAX: no deadline. Past it the drive ends with
			     TIMED_OUT */
};

/* What a drive did. */
struct driver_report {
	int64_t events;  /* due rows and completions handled */
	bool elsewhere;  /* another process drives this home: nothing was done */
	int64_t faults;  /* events that failed, were undone, and are due again later */
	char fault[640]; /* the last of them in words */
};

/* Drives everything due. OK when the goal is reached or nothing is left to do now. */
STATUS driver_run(struct driver *driver, const struct driver_goal *goal,
		  struct driver_report *ret_report, struct error *err);

/* At most as many attempts, keys and posts are on the wire at a time; posts begin with the least,
 * and only as long as each is through in a moment there are more. */
enum {
	DRIVER_ATTEMPTS_MAX = 256,
	DRIVER_KEYS_MAX = 64,
	DRIVER_POSTS_LEAST = 4,
	DRIVER_POSTS_MAX = 64,
	DRIVER_EVENTS_MAX = 256,
	DRIVER_TURN_MS = 50
};

#endif
