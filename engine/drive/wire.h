/*
 * What the driver has under way between turns: attempts, keys, signatures, posts.
 * Each begins with a launch of a committed turn and ends as a happening. All that a
 * driver keeps in memory is here.
 */
#ifndef ISSUER_ENGINE_DRIVE_WIRE_H
#define ISSUER_ENGINE_DRIVE_WIRE_H

#include "engine/drive/happening.h"

#include <sys/queue.h>

struct flight; /* an attempt on the wire */
struct letter; /* a try of a post on the wire */

struct wire {
	struct engine *engine; /* borrowed */
	struct happenings happened;
	LIST_HEAD(, flight) flights;
	LIST_HEAD(, letter) letters;
	size_t attempts;   /* on the wire */
	size_t posts;      /* likewise */
	size_t post_room;  /* how many posts may be */
	size_t keys;       /* being made, on the worker */
	size_t signatures; /* likewise */
};

void wire_init(struct wire *wire, struct engine *engine);
/* Abandons what is on the wire, and waits for the worker, whose work is short. True when something
 * was under way, or had happened. */
bool wire_release(struct wire *wire);

/* How much is under way. */
size_t wire_load(const struct wire *wire);
/* Begins what a turn launched, after its commit. */
STATUS wire_launch(struct wire *wire, const struct launch *launch, struct error *err);

/* Of wire.c, in wire_post.c: a try that cannot begin, for a password that cannot be read, ends as
 * if it had been made. */
void wire_launch_post(struct wire *wire, const struct launch *launch);
void wire_abandon_posts(struct wire *wire);

#endif
