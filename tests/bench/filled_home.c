/* See filled_home.h. */
#include "filled_home.h"

#include "engine/home.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BUSY_MS = 5000, COUNT_MAX = 9999999 };

enum status filled_home_open(const char *path, struct filled_home *ret, struct error *err)
{
	struct filled_home home = {0};
	(void)umask(077);
	TRY(loop_new(&home.loop, err));
	struct home_params params = {
		.environment = loop_environment(home.loop),
		.home = path,
		.data_dir = ISSUER_DATA_DIR,
		.actor = "cli:bench",
		.durability = STORE_NOTHING,
		.busy_ms = BUSY_MS,
	};
	enum status status = home_open(&params, &home.engine, err);
	if (status != OK)
		filled_home_close(&home);
	else
		*ret = home;
	return status;
}

void filled_home_close(struct filled_home *home)
{
	engine_free(home->engine);
	loop_free(home->loop);
	*home = (struct filled_home){0};
}

const char *filled_home_name(int64_t number, struct arena *arena)
{
	return arena_printf(arena, "n%07" PRId64 ".many.example.com", number);
}

enum status filled_home_count(const char *text, int64_t *ret, struct error *err)
{
	char *end = NULL;
	long long count = strtoll(text, &end, 10);
	if (end == text || *end || count < 1 || count > COUNT_MAX)
		return fail(err, USAGE, "a count is 1 to %d, not \"%s\"", COUNT_MAX, text);
	*ret = count;
	return OK;
}
