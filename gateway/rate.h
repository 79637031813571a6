/*
 * How often a client may ask: a bucket of tokens for each address (for each /64 of
 * IPv6: whoever has one address of it has all), and one for all of them. Memory is
 * bounded: where too many clients come, the one that was quiet longest is forgotten,
 * and the bucket of all still holds.
 */
#ifndef ISSUER_GATEWAY_RATE_H
#define ISSUER_GATEWAY_RATE_H

#include "base/endpoint.h"

#include <stddef.h>

struct rate_rule {
	int burst;      /* at once */
	int per_minute; /* at length */
};

struct rate_params {
	struct rate_rule each;
	struct rate_rule all;
	size_t clients; /* remembered; a multiple of RATE_WAYS */
	uint64_t seed;  /* random, so that nobody can choose who is forgotten */
};

enum { RATE_WAYS = 8 };

struct rate;

struct rate *rate_new(const struct rate_params *params);
void rate_free(struct rate *rate);
void rate_freep(struct rate **rate);

/* Takes one: 0, or after how many seconds (at least 1) it may be tried again, and nothing was
 * taken. now_ms is monotonic. */
int rate_take(struct rate *rate, const struct address *client, int64_t now_ms);

#endif
