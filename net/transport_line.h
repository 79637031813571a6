/*
 * One line to a server and its whole answer over TCP: the protocol of WHOIS (RFC
 * 3912). The line_query member of struct environment, without its manners, which
 * net/courtesy.h sees to.
 */
#ifndef ISSUER_NET_TRANSPORT_LINE_H
#define ISSUER_NET_TRANSPORT_LINE_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_line;

/* *delivered is counted up at every completion. Both are borrowed until transport_line_free. */
struct transport_line *transport_line_new(struct event_base *base, uint64_t *delivered);
/* Drops what is on the wire; no completion runs. NULL is allowed. */
void transport_line_free(struct transport_line *line);

void transport_line_query(struct transport_line *line, const struct line_ask *ask, line_done *done,
			  void *context);

#endif
