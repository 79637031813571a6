/*
 * Manners towards servers that many depend on (registries): one question at a
 * time a server, so many a minute (pace.h), and an answer that stays true is
 * remembered instead of asked for again (remembered.h). For one run, or for all
 * runs over one home when it is told of a folder.
 *
 *   ask → queue of its server ──┬── remembered ──────────────→ done
 *                               └── its turn ──→ the wire ──→ done
 */
#ifndef ISSUER_NET_COURTESY_H
#define ISSUER_NET_COURTESY_H

#include "net/pace.h"

#include <event2/event.h>

enum { COURTESY_SERVERS_MAX = 512 }; /* an idle one is forgotten for a new one */

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

/* From now on pace and answers are shared with other runs by files in the folder, which is made
 * when it is needed. environment is borrowed. */
void courtesy_share(struct courtesy *courtesy, const struct environment *environment,
		    const char *folder);

void courtesy_line_query(struct courtesy *courtesy, const struct line_ask *ask, line_done *done,
			 void *context);
void courtesy_http_fetch(struct courtesy *courtesy, const struct http_ask *ask, http_done *done,
			 void *context);

#endif
