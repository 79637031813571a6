/*
 * A look-up that is believed only as far as it is signed: a pure machine over
 * steps, like net/lookup.h. It asks for (name, type), follows aliases, asks for
 * the DS and DNSKEY records that lead from a trust anchor to each zone met, and
 * ends with the answer and its security (RFC 4033 section 5, RFC 4035 section 5,
 * RFC 5155, RFC 6840).
 *
 * It has no clock: the instant to validate at is a parameter. All it knows of
 * the world came as events, so the same events give the same end again.
 */
#ifndef ISSUER_NET_DNSSEC_H
#define ISSUER_NET_DNSSEC_H

#include "net/dns_message.h"
#include "net/step.h"
#include "net/trust_anchor.h"

/* An alias chain of eight names in eight signed zones takes about as many questions. */
enum { DNSSEC_QUESTIONS_MAX = 64, DNSSEC_ALIASES_MAX = 8 };
/* Of one conversation, besides the limits of each look-up: a name of many labels in a hostile zone
 * must not keep the loop busy (CVE-2023-50387, CVE-2023-50868). */
enum { DNSSEC_SHARED_SIGNATURES_MAX = 4096, DNSSEC_SHARED_ROUNDS_MAX = 200000 };

/* In the order in which one part of an answer spoils the whole. */
enum security {
	SECURITY_ASKING,        /* waits for the event with id step_id */
	SECURITY_SECURE,        /* signed, by a chain from a trust anchor */
	SECURITY_INSECURE,      /* proven to be outside signed zones */
	SECURITY_INDETERMINATE, /* no trust anchor covers it, or the chain could not be asked for */
	SECURITY_BOGUS,         /* it should be signed, and is not or falsely */
};

enum { DNSSEC_REASON = 640 };

/* What the look-ups of one conversation share: the answers that led them from the trust anchors to
 * their zones, and what was decided on the way. Zeroed at first; released when no look-up goes on
 * any more, while the arena lives. */
struct dnssec_shared {
	struct dnssec_question *questions;
	struct dnssec_cut *cuts;           /* names decided between anchors and answers */
	struct signature_memory *verified; /* borrowed; NULL: none is remembered */
	unsigned signatures;               /* verified so far, by all of them */
	unsigned rounds;                   /* of NSEC3 hashes so far, likewise */
};

void dnssec_shared_release(struct dnssec_shared *shared);

struct dnssec_params {
	const char *name; /* lower-case, no trailing dot; "" is the root */
	uint16_t type;
	const struct trust_anchors *anchors; /* borrowed until the end; NULL: none */
	int64_t at_ms;                       /* the instant at which signatures must be valid */
	/* Shared only by look-ups with the same anchors and instant; NULL: with none. */
	struct dnssec_shared *shared;
};

/* What has been found along the aliases. */
struct dnssec_found {
	char name[NAME_TEXT]; /* after aliases */
	int aliases;
	enum security security;     /* of the worst part */
	char reason[DNSSEC_REASON]; /* for it */
	const struct dns_record *
		*records; /* aliases in order, then those asked for; in the arena */
	size_t record_count;
	uint32_t ttl; /* the smallest, within the life of signatures; without records that of the
		       * denial */
};

struct dnssec {
	enum security security;
	uint32_t step_id;

	/* The end. */
	enum dns_outcome dns; /* how the last question ended; not ANSWERED: the look-up failed */
	int rcode;            /* RFC 6895 section 2.3, of the last answer; -1: no packet came */
	struct dnssec_found found;
	char reason[DNSSEC_REASON]; /* one lower-case sentence */

	/* On the way. */
	struct dnssec_params params;
	struct dnssec_shared *shared;
	struct dnssec_shared own; /* without others; what is parsed is dropped at each activation */
	size_t question_count;    /* asked by this look-up */
	int tries;                /* packets sent for the last question that failed */
	bool zone_only;           /* only the security of the zone is sought */
	unsigned signatures;      /* verified so far */
	unsigned rounds;          /* of NSEC3 hashes so far */
};

void dnssec_begin(struct dnssec *dnssec, const struct dnssec_params *params, struct steps *steps);
/* true when the event belonged to this look-up; it may belong to others of the conversation too. */
bool dnssec_advance(struct dnssec *dnssec, const struct event *event, struct steps *steps);
/* Goes on, after a look-up that failed, to the security of the zone that found.name lies in: ends
 * SECURE when it is signed. What was found before stands, but for security and reason. */
void dnssec_begin_zone(struct dnssec *dnssec, struct steps *steps);

/* "secure", "insecure", "indeterminate", "bogus". */
const char *security_text(enum security security);
/* "NOERROR", "NXDOMAIN", "RCODE11"; "" for -1. Into text[16]; returns text. */
const char *dns_rcode_text(int rcode, char *text);

#endif
