/*
 * All chance of a replay, from one seed. Each part of the world draws from its
 * own stream, so that one draw more here does not shift what happens elsewhere.
 */
#ifndef ISSUER_TESTS_REPLAY_CHANCE_H
#define ISSUER_TESTS_REPLAY_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* xoshiro256** by Blackman and Vigna. */
struct chance {
	uint64_t state[4];
};

void chance_init(struct chance *chance, uint64_t seed, const char *stream);
uint64_t chance_next(struct chance *chance);
/* 0 to bound - 1. */
uint32_t chance_below(struct chance *chance, uint32_t bound);
/* Both ends included. */
int64_t chance_between(struct chance *chance, int64_t least, int64_t most);
bool chance_percent(struct chance *chance, uint32_t percent);
void chance_bytes(struct chance *chance, void *out, size_t length);

/* OpenSSL's keys, nonces and signatures come from this stream from now on. The first call of a
 * process makes a key, so that OpenSSL's own first-time draws belong to no seed. */
void chance_rule_openssl(struct chance *chance);

#endif
