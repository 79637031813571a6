/*
 * struct environment without a machine below it: clocks that people move, files
 * on the disk that loses power, and a network that is the world. Completions wait
 * in one queue, ordered by the simulated time at which they are due.
 */
#ifndef ISSUER_TESTS_REPLAY_FAKE_ENVIRONMENT_H
#define ISSUER_TESTS_REPLAY_FAKE_ENVIRONMENT_H

#include "base/environment.h"
#include "tests/replay/disk.h"
#include "tests/replay/world.h"

struct completion;

struct fake_environment {
	struct environment table; /* what the engine gets */
	struct disk *disk;
	struct world *world;
	struct tally *tally;
	struct chance chance; /* clocks and worker */
	struct chance random; /* what the engine draws */
	int64_t monotonic_ms;
	int64_t wall_ms;        /* the wall clock when monotonic_ms is 0 */
	uint32_t stall_percent; /* how often the machine is busy with something else */
	struct completion *queue;
	uint64_t completions; /* numbers them: the same instant, the same order */

	int64_t other_driver_until_ms; /* monotonic: another process drives until then */
	bool driving;                  /* the lock is held by this one */

	/* Something that happens while the engine waits; NULL: nothing. */
	void (*meanwhile)(void *context);
	void *context;
};

void fake_environment_init(struct fake_environment *environment, uint64_t seed, struct disk *disk,
			   struct world *world, struct tally *tally);
/* Time passes and nothing is delivered. */
void fake_environment_pass(struct fake_environment *environment, int64_t ms);
/* The wall clock is set; the monotonic one is not. */
void fake_environment_jump(struct fake_environment *environment, int64_t ms);
int64_t fake_environment_now(const struct fake_environment *environment);
/* The process ends: locks are freed, and everything asked is answered with failure, so that whoever
 * asked can free what it holds. */
void fake_environment_end(struct fake_environment *environment);

#endif
