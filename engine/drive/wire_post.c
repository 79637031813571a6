/* Posts under way: see wire.h. */
#include "base/civil.h"
#include "base/memory.h"
#include "engine/drive/driver.h"
#include "engine/drive/post_send.h"
#include "engine/drive/wire.h"

#include <stdio.h>
#include <stdlib.h>

struct letter {
	LIST_ENTRY(letter) link;
	struct wire *wire;
	struct post_sending *sending;
	int64_t began_ms; /* monotonic */
};

static int64_t monotonic(const struct wire *wire)
{
	struct environment *environment = wire->engine->environment;
	return environment->monotonic(environment->self);
}

/* As many as are through within a second: a slow server gets no long queue, which the end of a
 * drive would have to wait for. */
static void adapt(struct wire *wire, int64_t took_ms)
{
	size_t room = took_ms < SECOND_MS ? 2 * wire->post_room : wire->post_room / 2;
	if (room < DRIVER_POSTS_LEAST)
		room = DRIVER_POSTS_LEAST;
	wire->post_room = room > DRIVER_POSTS_MAX ? DRIVER_POSTS_MAX : room;
}

static void letter_end(struct letter *letter)
{
	LIST_REMOVE(letter, link);
	letter->wire->posts--;
	free(letter);
}

static void note(struct wire *wire, const struct post_outcome *outcome)
{
	happening_add(&wire->happened, POST_TRIED, outcome->effect_id)->post = *outcome;
}

static void letter_came(void *context, const struct post_outcome *outcome)
{
	struct letter *letter = context;
	adapt(letter->wire, monotonic(letter->wire) - letter->began_ms);
	note(letter->wire, outcome);
	letter_end(letter);
}

void wire_launch_post(struct wire *wire, const struct launch *launch)
{
	struct error why = NO_ERROR;
	struct letter *letter = memory_new(1, sizeof(*letter));
	letter->wire = wire;
	letter->began_ms = monotonic(wire);
	LIST_INSERT_HEAD(&wire->letters, letter, link);
	wire->posts++;
	if (post_send(wire->engine, launch, letter_came, letter, &letter->sending, &why) == OK)
		return;
	letter_end(letter);
	struct post_outcome outcome = {
		.effect_id = launch->id, .number = launch->attempt, .end = POST_LATER};
	(void)snprintf(outcome.answer, sizeof(outcome.answer), "%s", why.sentence);
	note(wire, &outcome);
}

void wire_abandon_posts(struct wire *wire)
{
	struct letter *letter;
	while ((letter = LIST_FIRST(&wire->letters))) {
		post_send_abandon(letter->sending);
		letter_end(letter);
	}
}
