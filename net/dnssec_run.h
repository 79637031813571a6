/*
 * One activation of a validated look-up. What has been answered so far is kept
 * as packets. Whoever needs an answer that is not there yet asks for it, gets
 * SECURITY_ASKING and gives up; when it has come everything is decided anew, with
 * the zone cuts decided before remembered. So the code that decides reads as if
 * all answers were at hand.
 */
#ifndef ISSUER_NET_DNSSEC_RUN_H
#define ISSUER_NET_DNSSEC_RUN_H

#include "net/denial.h"
#include "net/dnssec.h"
#include "net/signature.h"

struct dnssec_question {
	struct dnssec_question *next; /* asked before it */
	struct step_dns ask;
	uint32_t step_id;
	bool answered; /* the rest is set then */
	enum dns_outcome outcome;
	int tries;
	struct slice packet;        /* in the arena */
	bool readable;              /* the packet is a DNS message that answers the question */
	struct dns_message message; /* then */
	ldns_pkt *parsed;           /* at need; NULL: not yet */
};

struct dnssec_run {
	struct dnssec *dnssec;
	struct steps *steps;
	struct error why; /* the reason for the last security that was not SECURE */
};

void dnssec_run_release(struct dnssec_run *run);

/* Sets the reason and returns security. */
__attribute__((format(printf, 3, 4))) enum security
dnssec_because(struct dnssec_run *run, enum security security, const char *format, ...);

/* The answered question (name, type), whichever look-up asked it; NULL, and in *ret why not:
 * ASKING, or how it failed. */
const struct dnssec_question *dnssec_ask(struct dnssec_run *run, const ldns_rdf *name,
					 ldns_rr_type type, enum security *ret);
/* Takes the answer to the question that the look-up waits for, unless another has taken it. */
void dnssec_answer(struct dnssec *dnssec, const struct event *event, struct arena *arena);
/* The rcode of whatever answered (name, type); -1 when no packet did. */
int dnssec_rcode(const struct dnssec_run *run, const char *name, uint16_t type);
/* The packet of an answered question; borrowed from the run. */
const ldns_pkt *dnssec_packet(struct dnssec_run *run, const struct dnssec_question *question);

/* A signed zone. */
struct dnssec_zone {
	ldns_rdf apex;               /* a view into the name that was asked about */
	const ldns_rr_list *dnskeys; /* an answer section that holds them */
};

/* A signature that is good. */
struct dnssec_signed {
	const ldns_rr *signature;
	bool from_wildcard; /* the RRset was made from a wildcard, */
	ldns_rdf closest;   /* which lies below this ancestor of its owner */
};

/* Whether one of the zone's keys signed the RRset: SECURE or BOGUS. */
enum security dnssec_check(struct dnssec_run *run, const struct dnssec_zone *zone,
			   const struct rrset *rrset, struct dnssec_signed *ret);

/* What the signed records in the authority section of a packet prove in the zone. */
struct denial dnssec_denial(struct dnssec_run *run, const struct dnssec_zone *zone,
			    const ldns_pkt *packet, const struct denial_subject *subject);

#endif
