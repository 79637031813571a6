/*
 * bench_fill_due HOME COUNT WEB LIST: places orders whose checks are all due at
 * once and will all pass. Keys and requests are made here, so that no benchmark
 * pays for them; each order is placed as `issuer order create --csr` does it; its
 * page is written below WEB, and a line "NAME TARGET VALUE" to LIST, from which
 * bench_bare fetches the same pages.
 */
#include "csr/request.h"
#include "engine/order/authorization.h"
#include "engine/command.h"
#include "filled_home.h"

#include <inttypes.h>
#include <stdio.h>

enum { REQUEST_MAX = 4096 };

#define VALIDATION_FOLDER "/.well-known/pki-validation"

struct filling {
	struct engine *engine;
	const char *web;
	FILE *list;
};

static enum status place(struct filling *filling, const char *name, int64_t *ret_id,
			 struct error *err)
{
	CLEANUP(key_freep) struct key *key = NULL;
	CLEANUP(buffer_release) struct buffer csr = {.maximum = REQUEST_MAX};
	enum order_created created;
	TRY(key_generate(KEY_EC_P256, &key, err));
	TRY(request_make(key, &name, 1, &csr, err));
	struct order_params params = {
		.names = &name,
		.name_count = 1,
		.csr = buffer_slice(&csr),
	};
	return command_create(filling->engine, &params, NULL, ret_id, &created, err);
}

/* The order's authorization by page, through its control gate. */
static enum status find_control(struct filling *filling, int64_t order_id, struct arena *arena,
				struct authorization *ret, struct error *err)
{
	struct gate *gates = NULL;
	size_t count = 0;
	struct store *store = filling->engine->store;
	TRY(store_gates_of_order(store, order_id, arena, &gates, &count, err));
	for (size_t i = 0; i < count; i++)
		if (gates[i].kind == GATE_KIND_CONTROL)
			return store_authorization_get(store, gates[i].authorization_id, arena, ret,
						       err);
	return fail(err, INTERNAL, "order o-%" PRId64 " has no control gate", order_id);
}

static enum status publish(struct filling *filling, const struct authorization *control,
			   struct arena *arena, struct error *err)
{
	const char *path =
		arena_printf(arena, "%s" VALIDATION_FOLDER "/%s", filling->web, control->file_name);
	FILE *page = fopen(path, "w");
	if (!page)
		return fail(err, FILE_FAILED, "could not write %s", path);
	fprintf(page, "%s\n", control->value);
	fprintf(filling->list, "%s " VALIDATION_FOLDER "/%s %s\n", control->domain,
		control->file_name, control->value);
	if (fclose(page) != 0)
		return fail(err, FILE_FAILED, "could not write %s", path);
	return OK;
}

static enum status fill(struct filling *filling, int64_t count, struct error *err)
{
	for (int64_t number = 1; number <= count; number++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct authorization control;
		int64_t order_id = 0;
		TRY(place(filling, filled_home_name(number, &arena), &order_id, err));
		TRY(find_control(filling, order_id, &arena, &control, err));
		TRY(publish(filling, &control, &arena, err));
	}
	return OK;
}

static enum status run(char **arguments, struct error *err)
{
	CLEANUP(filled_home_close) struct filled_home home = {0};
	int64_t count = 0;
	TRY(filled_home_count(arguments[2], &count, err));
	TRY(filled_home_open(arguments[1], &home, err));
	struct filling filling = {
		.engine = home.engine,
		.web = arguments[3],
		.list = fopen(arguments[4], "w"),
	};
	if (!filling.list)
		return fail(err, FILE_FAILED, "could not write %s", arguments[4]);
	enum status status = fill(&filling, count, err);
	if (fclose(filling.list) != 0 && status == OK)
		status = fail(err, FILE_FAILED, "could not write %s", arguments[4]);
	return status;
}

int main(int argc, char **argv)
{
	struct error error = NO_ERROR;
	if (argc != 5) {
		fprintf(stderr, "usage: bench_fill_due HOME COUNT WEB LIST\n");
		return EXIT_STATUS_USAGE;
	}
	enum status status = run(argv, &error);
	if (status != OK)
		fprintf(stderr, "bench_fill_due: %s\n", error.sentence);
	return status_exit(status);
}
