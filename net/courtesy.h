/*
 * Manners towards servers that many depend on (registries): one question at a
 * time a server, so many a minute, and an answer that stays true is remembered
 * instead of asked for again. For one run; nothing survives it.
 *
 *   ask → queue of its server ──┬── remembered ──────────────→ done
 *                               └── its turn ──→ the wire ──→ done
 */
#ifndef ISSUER_NET_COURTESY_H
#define ISSUER_NET_COURTESY_H

#include "base/environment.h"

#include <event2/event.h>

enum {
	COURTESY_PER_MINUTE_MAX = 60,
	COURTESY_SERVERS_MAX = 512, /* an idle one is forgotten for a new one */
	COURTESY_ANSWERS_MAX = 64,  /* a newer one takes the place of the oldest */
	COURTESY_ANSWER_OCTETS_MAX = 1 << 20,
};

/* When questions to one server left: the last COURTESY_PER_MINUTE_MAX of them. */
struct pace {
	int64_t left_ms[COURTESY_PER_MINUTE_MAX];
	size_t count; /* in all */
};

/* How long the next question has to wait so that no more than per_minute leave in any 60 s. */
int64_t pace_wait_ms(const struct pace *pace, int per_minute, int64_t now_ms);
void pace_note(struct pace *pace, int64_t now_ms);

/* What carries questions out: the transports, or a test. */
struct courtesy_wire {
	void *self;
	void (*line_query)(void *self, const struct line_ask *ask, line_done *done, void *context);
	void (*http_fetch)(void *self, const struct http_ask *ask, http_done *done, void *context);
};

struct courtesy;

/* *delivered is counted up when a remembered answer is delivered; the wire counts its own. All are
 * borrowed until courtesy_free. */
struct courtesy *courtesy_new(struct event_base *base, uint64_t *delivered,
			      const struct courtesy_wire *wire);
/* Before the wire is freed, no completion of which may come any more. NULL is allowed. */
void courtesy_free(struct courtesy *courtesy);

void courtesy_line_query(struct courtesy *courtesy, const struct line_ask *ask, line_done *done,
			 void *context);
void courtesy_http_fetch(struct courtesy *courtesy, const struct http_ask *ask, http_done *done,
			 void *context);

#endif
