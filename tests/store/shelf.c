/* A store in a temporary folder: see shelf.h. */
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void shelf_ok(struct shelf *shelf, enum status status)
{
	if (status != OK)
		fail_msg("%s: %s", status_code(status), shelf->error.sentence);
}

enum status shelf_open(struct shelf *shelf, enum store_create create, struct store **ret)
{
	struct store_params params = {
		.path = shelf->path,
		.create = create,
		.durability = STORE_NOTHING,
	};
	return store_open(&params, ret, &shelf->error);
}

int shelf_setup(void **state)
{
	struct shelf *shelf = test_calloc(1, sizeof(*shelf));
	const char *place = getenv("TMPDIR");
	(void)snprintf(shelf->folder, sizeof(shelf->folder), "%s/issuer-shelf-XXXXXX",
		       place ? place : "/tmp");
	if (!mkdtemp(shelf->folder))
		return -1;
	(void)snprintf(shelf->path, sizeof(shelf->path), "%s/issuer.db", shelf->folder);
	shelf_ok(shelf, shelf_open(shelf, STORE_CREATE, &shelf->store));
	*state = shelf;
	return 0;
}

int shelf_teardown(void **state)
{
	struct shelf *shelf = *state;
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	store_close(shelf->store);
	arena_release(&shelf->arena);
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		char path[sizeof(shelf->path) + 8];
		(void)snprintf(path, sizeof(path), "%s%s", shelf->path, suffixes[i]);
		(void)unlink(path);
	}
	int result = rmdir(shelf->folder);
	test_free(shelf);
	return result;
}
