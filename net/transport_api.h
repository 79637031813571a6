/*
 * One POST of JSON to a service that the configuration names, by libcurl over
 * mutually authenticated TLS: the api_call member of struct environment.
 */
#ifndef ISSUER_NET_TRANSPORT_API_H
#define ISSUER_NET_TRANSPORT_API_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_api;

/* *delivered is counted up at every completion. Both are borrowed until transport_api_free. */
struct transport_api *transport_api_new(struct event_base *base, uint64_t *delivered);
/* Drops what is on the wire; no completion runs. NULL is allowed. */
void transport_api_free(struct transport_api *api);

void transport_api_call(struct transport_api *api, const struct api_ask *ask, api_done *done,
			void *context);

#endif
