/*
 * One TLS handshake and the end of it: the tls_probe member of struct
 * environment. Says what the server chose by ALPN and which certificate it has;
 * verifies nothing and sends no data.
 */
#ifndef ISSUER_NET_TRANSPORT_TLS_H
#define ISSUER_NET_TRANSPORT_TLS_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_tls;

/* *delivered is counted up at every completion. Both are borrowed until transport_tls_free. */
struct transport_tls *transport_tls_new(struct event_base *base, uint64_t *delivered);
/* Drops what is on the wire; no completion runs. NULL is allowed. */
void transport_tls_free(struct transport_tls *tls);

void transport_tls_probe(struct transport_tls *tls, const struct tls_ask *ask, tls_done *done,
			 void *context);

#endif
