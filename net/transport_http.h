/*
 * One HTTP GET of one hop, by libcurl's multi_socket interface: the address is
 * given, nothing is resolved, followed, authenticated, unpacked or reused. The
 * http_fetch member of struct environment.
 */
#ifndef ISSUER_NET_TRANSPORT_HTTP_H
#define ISSUER_NET_TRANSPORT_HTTP_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_http;

/* *delivered is counted up at every completion. Both are borrowed until transport_http_free. */
struct transport_http *transport_http_new(struct event_base *base, uint64_t *delivered);
/* Drops what is on the wire; no completion runs. NULL is allowed. */
void transport_http_free(struct transport_http *http);

void transport_http_fetch(struct transport_http *http, const struct http_ask *ask, http_done *done,
			  void *context);

#endif
