/*
 * A look-up as a pure machine: asks (name, type), follows CNAMEs that the answer
 * does not resolve itself, bounded, and ends with the records or the reason.
 * Used inside validators: lookup_begin adds a step, lookup_advance takes the
 * event with that step's id and either adds another step or ends.
 */
#ifndef ISSUER_NET_LOOKUP_H
#define ISSUER_NET_LOOKUP_H

#include "net/dns_message.h"
#include "net/step.h"

enum { LOOKUP_CNAMES_MAX = 8 };

enum lookup_outcome {
	LOOKUP_ASKING, /* waits for the event with id step_id */
	LOOKUP_FOUND,
	LOOKUP_NO_DATA, /* the name is there, the type is not */
	LOOKUP_NXDOMAIN,
	LOOKUP_FAILED, /* dns tells how: SERVFAIL, time-out …; also a CNAME loop (DNS_MALFORMED) */
};

struct lookup {
	enum lookup_outcome outcome;
	enum dns_outcome dns; /* when LOOKUP_FAILED */
	const char
		*extended; /* what the resolver said beyond the rcode (RFC 8914); NULL: nothing */
	uint32_t step_id;
	uint16_t type;
	int cnames;
	char name[NAME_TEXT];              /* first asked */
	char canonical[NAME_TEXT];         /* after CNAMEs */
	const struct dns_record **records; /* of the type at canonical; in the arena */
	size_t record_count;
	uint32_t ttl; /* the smallest of the chain and records; the negative TTL when nothing found
		       */
};

void lookup_begin(struct lookup *lookup, const char *name, uint16_t type, struct steps *steps);
/* true when the event belonged to this lookup. */
bool lookup_advance(struct lookup *lookup, const struct event *event, struct steps *steps);
/* One lower-case sentence part such as "example.com AAAA: no answer in time"; into arena. */
const char *lookup_text(const struct lookup *lookup, struct arena *arena);

#endif
