/*
 * A look-up as a pure machine: asks (name, type), follows aliases, bounded, and
 * ends with the records or the reason. Used inside validators: lookup_begin adds
 * steps, lookup_advance takes the event with its step's id and either adds
 * another step or ends.
 *
 * With trust anchors an answer counts when it is signed by a chain from one of
 * them, or proven to lie outside signed zones (net/dnssec.h); anything else is
 * a failure (BR 4.2.2.2). Without any, the resolver is believed.
 */
#ifndef ISSUER_NET_LOOKUP_H
#define ISSUER_NET_LOOKUP_H

#include "net/dnssec.h"

enum { LOOKUP_CNAMES_MAX = DNSSEC_ALIASES_MAX };

/* How far the answers of one conversation are believed. */
struct lookup_trust {
	const struct trust_anchors *anchors; /* borrowed; NULL: the resolver is believed */
	int64_t at_ms;                       /* the instant at which signatures must be valid */
	struct dnssec_shared shared;         /* zeroed at first */
};

enum lookup_outcome {
	LOOKUP_ASKING, /* waits for the event with id step_id */
	LOOKUP_FOUND,
	LOOKUP_NO_DATA, /* the name is there, the type is not */
	LOOKUP_NXDOMAIN,
	/* dns tells how: SERVFAIL, time-out …; also a CNAME loop (DNS_MALFORMED). DNS_ANSWERED: the
	 * answer is not believed, security tells why */
	LOOKUP_FAILED,
};

struct lookup {
	enum lookup_outcome outcome;
	enum dns_outcome dns; /* when LOOKUP_FAILED */
	const char
		*extended;  /* what the resolver said beyond the rcode (RFC 8914); NULL: nothing */
	int tries;          /* when LOOKUP_FAILED: packets sent for the question that failed */
	const char *reason; /* for the security; NULL without trust anchors */
	enum security security;   /* of the answer; INDETERMINATE without trust anchors */
	enum security zone;       /* after lookup_begin_zone; ASKING until then */
	struct dnssec *validated; /* in the arena; NULL without trust anchors */
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

/* The trust must live as long as the look-up. */
void lookup_begin(struct lookup *lookup, const char *name, uint16_t type,
		  struct lookup_trust *trust, struct steps *steps);
/* true when the event belonged to this look-up; it may belong to others of the conversation too. */
bool lookup_advance(struct lookup *lookup, const struct event *event, struct steps *steps);
/* Whether the zone of a look-up that failed may be asked for: there are trust anchors, and the
 * zone was not asked for. */
bool lookup_may_begin_zone(const struct lookup *lookup);
/* Goes on to the security of the zone in which canonical lies: LOOKUP_ASKING until zone is set,
 * then LOOKUP_FAILED as before. */
void lookup_begin_zone(struct lookup *lookup, struct steps *steps);
/* What may be done about a look-up that failed: an imperative without full stop; into arena. */
const char *lookup_advice(const struct lookup *lookup, struct arena *arena);
/* One lower-case sentence part such as "example.com AAAA: no answer in time"; into arena. */
const char *lookup_text(const struct lookup *lookup, struct arena *arena);

#endif
