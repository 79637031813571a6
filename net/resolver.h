/*
 * One question carried to the configured resolvers: packets by ldns, a random
 * id and random case, EDNS with a 1232-octet buffer, retries over the servers in
 * turn, TCP when truncated, shared answers remembered for the run. It judges only whether a usable
 * answer came, not what it says.
 */
#ifndef ISSUER_NET_RESOLVER_H
#define ISSUER_NET_RESOLVER_H

#include "base/environment.h"
#include "base/network.h"
#include "net/resolver_memory.h"
#include "net/step.h"

struct resolver_limits {
	int timeout_ms; /* for one packet */
	int tries;      /* packets over all servers, TCP repeats of truncated answers not counted */
	/* Of this run; NULL: nothing is remembered, and names are asked as they are written, since
	 * mixed case protects only where it is known which servers keep it. */
	struct resolver_memory *memory;
};

typedef void resolver_done(void *context, const struct event_dns *result);

/* Asks; done comes from environment->wait. An error RCODE from one server is tried at the next one
 * (and again) until tries are used up; the last outcome is told. The network and limits must
 * live until done. */
void resolver_ask(struct environment *environment, const struct network *network,
		  const struct resolver_limits *limits, const struct step_dns *question,
		  resolver_done *done, void *context);

/* An answer remembered for the question that still lives; its packet is borrowed until the next
 * answer comes. false: none, it must be asked. */
bool resolver_recall(struct environment *environment, const struct resolver_limits *limits,
		     const struct step_dns *question, struct event_dns *ret);

/* A query packet for the question: RD set, EDNS 1232; DO and CD set when signatures are wanted.
 * Appended to out. */
STATUS resolver_query(const struct step_dns *question, uint16_t id, struct buffer *out,
		      struct error *err);

#endif
