/* Time and chance from the kernel: see clock.h. */
#include "net/clock.h"

#include "base/civil.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec at;
	(void)clock_gettime(clock, &at);
	return at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

int64_t clock_now(void *self)
{
	(void)self;
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void *self)
{
	(void)self;
	return read_clock(CLOCK_MONOTONIC);
}

void clock_random(void *self, void *out, size_t length)
{
	(void)self;
	uint8_t *bytes = out;
	while (length) {
		ssize_t got = getrandom(bytes, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		/* A kernel without the call: nothing secret may be made here. */
		if (got < 0)
			abort();
		bytes += got;
		length -= (size_t)got;
	}
}
