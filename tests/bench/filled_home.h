/* A home opened by a benchmark program, without the command line around it. */
#ifndef ISSUER_TESTS_BENCH_FILLED_HOME_H
#define ISSUER_TESTS_BENCH_FILLED_HOME_H

#include "engine/engine.h"
#include "net/loop.h"

struct filled_home {
	struct loop *loop;
	struct engine *engine;
};

/* Opens a home that `issuer init` made, to fill it: nothing is synced to the disk, since a fill
 * that was cut short is thrown away. */
STATUS filled_home_open(const char *path, struct filled_home *ret, struct error *err);
/* For CLEANUP. */
void filled_home_close(struct filled_home *home);

/* Names that the lab's DNS answers and nobody else's: 1 is "n0000001.many.example.com". In the
 * arena. */
const char *filled_home_name(int64_t number, struct arena *arena);
/* A positive number from the command line; USAGE otherwise. */
STATUS filled_home_count(const char *text, int64_t *ret, struct error *err);

#endif
