/*
 * One question to one server that is known by its name: a line (WHOIS) or a page
 * over verified TLS (RDAP). Looks up its addresses, asks at the first that may be
 * contacted, and at one of the other family when nothing answers there. A pure
 * machine inside a validator, as net/lookup.h is.
 */
#ifndef ISSUER_VALIDATORS_EXCHANGE_H
#define ISSUER_VALIDATORS_EXCHANGE_H

#include "net/url.h"
#include "validators/destination.h"

enum { WHOIS_PORT = 43 };

enum exchange_outcome { EXCHANGE_ASKING, EXCHANGE_ANSWERED, EXCHANGE_FAILED };

struct exchange {
	enum exchange_outcome outcome;
	/* EXCHANGE_FAILED: DNS_FAILED, ADDRESS_REFUSED, TIMED_OUT, CONNECT_FAILED or
	 * ANSWER_UNUSABLE (it was cut), and one sentence. */
	enum status status;
	const char *said;
	/* EXCHANGE_ANSWERED: borrowed for the activation. */
	struct slice answer;
	struct slice headers; /* of a page */
	int http_status;      /* of a page */
	int64_t at_ms;        /* when the answer came */

	/* The machine's own. */
	struct step step; /* what is asked, without its address */
	struct destination destination;
	uint32_t step_id;
};

/* host: a host name or an address literal; it and line outlive the conversation. */
void exchange_line(struct validation *validation, struct exchange *exchange, const char *host,
		   const char *line, const struct manners *manners);
/* An https URL; the server must show a certificate for its host. */
void exchange_page(struct validation *validation, struct exchange *exchange, const struct url *url,
		   const struct manners *manners);
/* false when the event cannot be of this exchange; others of the conversation may wait for the
 * same.
 */
bool exchange_advance(struct validation *validation, struct exchange *exchange,
		      const struct event *event);

#endif
