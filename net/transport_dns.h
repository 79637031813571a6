/*
 * DNS packets to one server and back, by c-ares: one question, one packet, one
 * completion. The dns_exchange member of struct environment.
 */
#ifndef ISSUER_NET_TRANSPORT_DNS_H
#define ISSUER_NET_TRANSPORT_DNS_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_dns;

/* *delivered is counted up at every completion. Both are borrowed until transport_dns_free. */
struct transport_dns *transport_dns_new(struct event_base *base, uint64_t *delivered);
/* Drops what is on the wire; no completion runs. NULL is allowed. */
void transport_dns_free(struct transport_dns *dns);

void transport_dns_exchange(struct transport_dns *dns, const struct dns_ask *ask, dns_done *done,
			    void *context);

#endif
