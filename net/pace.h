/*
 * How often one server is asked: the instants at which questions left, in memory
 * and, for all runs over one home together, in its file (courtesy_home.h).
 */
#ifndef ISSUER_NET_PACE_H
#define ISSUER_NET_PACE_H

#include "net/courtesy_home.h"

enum {
	PACE_PER_MINUTE_MAX = 60,
	PACE_SERVERS_MAX = 512,
	PACE_FILE_MAX = 1 << 20,
	PACE_BUSY_MS = 20,         /* another run is at the file; ask again then */
	PACE_BUSY_TRIES_MAX = 250, /* one that never ends is not waited for */
};

/* When questions to one server left (monotonic): the last PACE_PER_MINUTE_MAX of them. */
struct pace {
	int64_t left_ms[PACE_PER_MINUTE_MAX];
	size_t count;        /* in all */
	unsigned busy_tries; /* turns that were put off for another run */
};

/* How long the next question has to wait so that no more than per_minute leave in any 60 s. */
int64_t pace_wait_ms(const struct pace *pace, int per_minute, int64_t now_ms);
void pace_note(struct pace *pace, int64_t now_ms);

/* 0: the next question to the server may leave now, which is noted. Else how long to wait before
 * this is asked again. */
int64_t pace_take(struct pace *pace, const struct courtesy_home *home,
		  const struct endpoint *server, int per_minute);

#endif
