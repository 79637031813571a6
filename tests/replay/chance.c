/* One generator, many streams: see chance.h. */
/* RAND_set_rand_method is deprecated, and the only way to make OpenSSL repeat itself. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tests/replay/chance.h"

#include "csr/key.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

/* splitmix64, which the authors of xoshiro name for seeding it. */
static uint64_t mixed(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void chance_init(struct chance *chance, uint64_t seed, const char *stream)
{
	uint64_t state = seed;
	for (const char *c = stream; *c; c++)
		state = (mixed(&state) ^ (uint64_t)(unsigned char)*c) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < 4; i++)
		chance->state[i] = mixed(&state);
}

static uint64_t rotated(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

uint64_t chance_next(struct chance *chance)
{
	uint64_t *s = chance->state;
	uint64_t result = rotated(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotated(s[3], 45);
	return result;
}

uint32_t chance_below(struct chance *chance, uint32_t bound)
{
	return (uint32_t)(((chance_next(chance) >> 32) * bound) >> 32);
}

int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
	uint64_t span = (uint64_t)(most - least) + 1;
	return least + (int64_t)(chance_next(chance) % span);
}

bool chance_percent(struct chance *chance, uint32_t percent)
{
	return chance_below(chance, 100) < percent;
}

void chance_bytes(struct chance *chance, void *out, size_t length)
{
	uint8_t *bytes = out;
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(chance_next(chance) >> 56);
}

/* ---- OpenSSL ---- */

/* OpenSSL's method has no context, so the stream of the present seed stands here. */
static struct chance *openssl_stream;

static int openssl_bytes(unsigned char *out, int length)
{
	chance_bytes(openssl_stream, out, (size_t)length);
	return 1;
}

static int openssl_status(void)
{
	return 1;
}

static const RAND_METHOD openssl_method = {
	.bytes = openssl_bytes,
	.pseudorand = openssl_bytes,
	.status = openssl_status,
};

static void warm_up(void)
{
	struct key *key = NULL;
	struct error err = NO_ERROR;
	CLEANUP(buffer_release) struct buffer signature = {.maximum = 1024};
	if (key_generate(KEY_EC_P256, &key, &err) != OK ||
	    key_sign(key, slice_text("warm"), &signature, &err) != OK) {
		fprintf(stderr, "replay: %s\n", err.sentence);
		exit(1);
	}
	key_free(key);
}

void chance_rule_openssl(struct chance *chance)
{
	bool first = !openssl_stream;
	openssl_stream = chance;
	if (!first)
		return;
	struct chance own;
	chance_init(&own, 0, "warm up");
	openssl_stream = &own;
	if (RAND_set_rand_method(&openssl_method) != 1) {
		fprintf(stderr, "replay: OpenSSL keeps its own random method\n");
		exit(1);
	}
	warm_up();
	openssl_stream = chance;
}
