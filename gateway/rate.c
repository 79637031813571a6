/*
 * Buckets of tokens: see rate.h. Tokens are counted in 1/60000 so that every
 * millisecond adds per_minute of them, exactly.
 */
#include "gateway/rate.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_PARTS = 60000, SECOND_PARTS_MS = 1000, SITE_OCTETS = 8 };

struct bucket {
	struct address client; /* an IPv6 address without its second half; ADDRESS_NONE: free */
	int64_t parts;
	int64_t at_ms; /* when parts was right */
};

struct rate {
	struct rate_rule each_rule, all_rule;
	struct bucket all;
	uint64_t seed;
	size_t sets;
	struct bucket *buckets; /* sets of RATE_WAYS */
};

struct rate *rate_new(const struct rate_params *params)
{
	struct rate *rate = memory_new(1, sizeof(*rate));
	*rate = (struct rate){
		.each_rule = params->each,
		.all_rule = params->all,
		.all = {.parts = (int64_t)params->all.burst * TOKEN_PARTS},
		.seed = params->seed,
		.sets = params->clients / RATE_WAYS,
		.buckets = memory_new(params->clients, sizeof(struct bucket)),
	};
	return rate;
}

void rate_free(struct rate *rate)
{
	if (!rate)
		return;
	free(rate->buckets);
	free(rate);
}

void rate_freep(struct rate **rate)
{
	rate_free(*rate);
	*rate = NULL;
}

static struct address client_of(const struct address *address)
{
	struct address client = *address;
	if (client.family == ADDRESS_V6)
		memset(client.bytes + SITE_OCTETS, 0, sizeof(client.bytes) - SITE_OCTETS);
	return client;
}

/* FNV-1a from a secret start, with a last mixing (that of SplitMix64): who would choose addresses
 * of one set does not know where they fall. */
static size_t set_of(const struct rate *rate, const struct address *client)
{
	uint64_t hash = rate->seed ^ (uint64_t)client->family;
	for (int i = 0; i < address_octets(client->family); i++)
		hash = (hash ^ client->bytes[i]) * UINT64_C(0x100000001b3);
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)((hash ^ hash >> 31) % rate->sets);
}

/* That of the client, or a full one in the place of who was quiet longest. */
static struct bucket *bucket_of(struct rate *rate, const struct address *client, int64_t now_ms)
{
	struct bucket *ways = &rate->buckets[set_of(rate, client) * RATE_WAYS];
	struct bucket *oldest = ways;
	for (size_t i = 0; i < RATE_WAYS; i++) {
		if (address_equal(&ways[i].client, client))
			return &ways[i];
		if (ways[i].client.family == ADDRESS_NONE ||
		    (oldest->client.family != ADDRESS_NONE && ways[i].at_ms < oldest->at_ms))
			oldest = &ways[i];
	}
	*oldest = (struct bucket){
		.client = *client,
		.parts = (int64_t)rate->each_rule.burst * TOKEN_PARTS,
		.at_ms = now_ms,
	};
	return oldest;
}

static void fill(struct bucket *bucket, const struct rate_rule *rule, int64_t now_ms)
{
	int64_t most = (int64_t)rule->burst * TOKEN_PARTS;
	int64_t gone_ms = now_ms - bucket->at_ms;
	if (gone_ms > most / rule->per_minute)
		bucket->parts = most;
	else
		bucket->parts += gone_ms * rule->per_minute;
	if (bucket->parts > most)
		bucket->parts = most;
	bucket->at_ms = now_ms;
}

static int wait_s(const struct bucket *bucket, const struct rate_rule *rule)
{
	int64_t lacks = TOKEN_PARTS - bucket->parts;
	int64_t second = (int64_t)rule->per_minute * SECOND_PARTS_MS;
	return (int)((lacks + second - 1) / second);
}

int rate_take(struct rate *rate, const struct address *client, int64_t now_ms)
{
	struct address whose = client_of(client);
	struct bucket *own = bucket_of(rate, &whose, now_ms);
	fill(own, &rate->each_rule, now_ms);
	fill(&rate->all, &rate->all_rule, now_ms);
	/* A client past its own limit takes nothing from the others. */
	if (own->parts < TOKEN_PARTS)
		return wait_s(own, &rate->each_rule);
	if (rate->all.parts < TOKEN_PARTS)
		return wait_s(&rate->all, &rate->all_rule);
	own->parts -= TOKEN_PARTS;
	rate->all.parts -= TOKEN_PARTS;
	return 0;
}
