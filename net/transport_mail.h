/*
 * Mail by SMTP (RFC 5321): one message to one mailbox at one server that is
 * known by its address. The mail_send member of struct environment. Messages go in
 * the order they came; those to the same server go by one connection, which is
 * closed when it was idle for two seconds.
 */
#ifndef ISSUER_NET_TRANSPORT_MAIL_H
#define ISSUER_NET_TRANSPORT_MAIL_H

#include "base/environment.h"

#include <event2/event.h>

struct transport_mail;

/* *delivered is counted up at every completion. Both are borrowed until transport_mail_free. */
struct transport_mail *transport_mail_new(struct event_base *base, uint64_t *delivered);
/* Breaks off the dialogue that is under way, within a second, begins no other, and closes the
 * connection, within two; no completion runs. NULL is allowed, for both. */
void transport_mail_stop(struct transport_mail *mail);
void transport_mail_free(struct transport_mail *mail);

void transport_mail_send(struct transport_mail *mail, const struct mail_ask *ask, mail_done *done,
			 void *context);

#endif
