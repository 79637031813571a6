/*
 * Where a host is reached: its addresses, looked up, judged by the address
 * policy, IPv6 first and IPv4 once after it. An address in place of a name is
 * its own only candidate, and no DNS is asked. Shared by every method that
 * connects to a host. Pure.
 */
#ifndef ISSUER_VALIDATORS_DESTINATION_H
#define ISSUER_VALIDATORS_DESTINATION_H

#include "validators/validator.h"

enum { DESTINATION_FAMILIES = 2 };

struct destination {
	char host[NAME_TEXT];
	struct lookup lookups[DESTINATION_FAMILIES];     /* IPv6, IPv4; unused for an address */
	struct address candidates[DESTINATION_FAMILIES]; /* permitted, in the order of trying */
	size_t candidate_count;
	size_t tried;
	bool settled;           /* the candidates are known */
	struct address refused; /* an address that the policy refused, and why */
	const char *refused_why;
};

/* literal: ADDRESS_NONE when host is a name. Asks for the addresses of a name; false when there is
 * nothing to wait for. */
bool destination_begin(struct destination *destination, struct validation *validation,
		       const char *host, const struct address *literal);
/* Takes an answer of the DNS; true, once, when none is waited for any more. */
bool destination_advance(struct destination *destination, struct validation *validation,
			 const struct event *event);
/* The next candidate; false when none is left. */
bool destination_next(struct destination *destination, struct address *ret);
/* Whether one is left. */
bool destination_has_more(const struct destination *destination);
/* The candidate that destination_next gave last, as text in the conversation's arena. */
const char *destination_shown(const struct destination *destination, struct validation *validation);
/* Ends the conversation when there was no candidate at all: ADDRESS_REFUSED, DNS_FAILED or
 * NAME_NOT_IN_DNS. what leads there, as the sentence calls it: a URL. */
void destination_finish(const struct destination *destination, struct validation *validation,
			const char *what);

#endif
