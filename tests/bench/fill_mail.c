/*
 * bench_fill_mail HOME COUNT: writes the intents of mails that are all due at once,
 * of an order that is in the home: reports of refusals, as engine/iodef.c writes
 * them. Writes to standard output how many octets such a message has.
 */
#include "engine/iodef_text.h"
#include "engine/drive/post.h"
#include "filled_home.h"

#include <inttypes.h>
#include <stdio.h>

enum { INTENTS_A_TURN = 1000, ORDER_ID = 1 };

static const char from[] = "ca@issuer.example", to[] = "owner@example.com";

static enum status add(struct turn *turn, int64_t number, size_t *ret_octets, struct error *err)
{
	CLEANUP(buffer_release) struct buffer body = {.maximum = IODEF_TEXT_MAX};
	const char *identifier = "ca.issuer.example";
	int64_t id = 0;
	struct iodef_facts facts = {
		.id = engine_random_text(turn->engine, &turn->arena),
		.name = filled_home_name(number, &turn->arena),
		.found = "example.com",
		.why = "example.com CAA 0 issue \"other.example\" names another CA",
		.issuer = "issuer",
		.identifiers = &identifier,
		.identifier_count = 1,
		.contact = from,
		.at = turn->now,
	};
	iodef_mail(&facts, from, to, &body);
	struct post_params params = {
		.kind = EFFECT_KIND_REPORT_MAIL,
		.key = arena_printf(&turn->arena, "iodef:o-%d:%s:mailto:%s", ORDER_ID, facts.name,
				    to),
		.order_id = ORDER_ID,
		.intent = {.to = to, .from = from, .id = facts.id, .body = buffer_slice(&body)},
	};
	*ret_octets = body.length;
	return post_intend(turn, &params, &id, err);
}

static enum status fill(struct engine *engine, int64_t count, size_t *ret_octets, struct error *err)
{
	for (int64_t number = 0; number < count;) {
		CLEANUP(turn_release) struct turn turn = {0};
		TRY(turn_begin(&turn, engine, "engine", err));
		for (int i = 0; i < INTENTS_A_TURN && number < count; i++)
			TRY(add(&turn, ++number, ret_octets, err));
		TRY(turn_commit(&turn, err));
	}
	return OK;
}

static enum status run(char **arguments, struct error *err)
{
	CLEANUP(filled_home_close) struct filled_home home = {0};
	int64_t count = 0;
	size_t octets = 0;
	TRY(filled_home_count(arguments[2], &count, err));
	TRY(filled_home_open(arguments[1], &home, err));
	TRY(fill(home.engine, count, &octets, err));
	printf("%zu\n", octets);
	return OK;
}

int main(int argc, char **argv)
{
	struct error error = NO_ERROR;
	if (argc != 3) {
		fprintf(stderr, "usage: bench_fill_mail HOME COUNT\n");
		return EXIT_STATUS_USAGE;
	}
	enum status status = run(argv, &error);
	if (status != OK)
		fprintf(stderr, "bench_fill_mail: %s\n", error.sentence);
	return status_exit(status);
}
