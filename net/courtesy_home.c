/* The files of manners: see courtesy_home.h. */
#include "net/courtesy_home.h"

#include "base/memory.h"

#include <stdlib.h>

enum { OWNER_ONLY = 0600 };

static char *path_of(const struct courtesy_home *home, const char *name)
{
	return memory_printf("%s/%s", home->folder, name);
}

json_t *courtesy_home_read(const struct courtesy_home *home, const char *name, size_t limit)
{
	const struct environment *environment = home->environment;
	CLEANUP(buffer_release) struct buffer text = {.maximum = limit};
	json_t *object = NULL;
	if (!environment)
		return NULL;
	CLEANUP(memory_freep) char *path = path_of(home, name);
	if (environment->file_check(environment->self, path, OWNER_ONLY, NULL) != OK ||
	    environment->file_read(environment->self, path, &text, NULL) != OK ||
	    json_read(buffer_slice(&text), &object, NULL) != OK)
		return NULL;
	return object;
}

bool courtesy_home_write(const struct courtesy_home *home, const char *name, const json_t *object,
			 size_t limit)
{
	const struct environment *environment = home->environment;
	CLEANUP(buffer_release) struct buffer text = {.maximum = limit};
	if (!environment)
		return false;
	json_write(object, &text);
	CLEANUP(memory_freep) char *path = path_of(home, name);
	return !text.overflowed &&
	       environment->folder_make(environment->self, home->folder, NULL) == OK &&
	       environment->file_write(environment->self, path, buffer_slice(&text), OWNER_ONLY,
				       NULL) == OK;
}

enum courtesy_lock courtesy_home_lock(const struct courtesy_home *home, int *ret_lock)
{
	const struct environment *environment = home->environment;
	enum lock_outcome outcome;
	if (!environment || environment->folder_make(environment->self, home->folder, NULL) != OK)
		return COURTESY_LOCK_NONE;
	CLEANUP(memory_freep) char *path = path_of(home, "lock");
	if (environment->file_lock(environment->self, path, &outcome, ret_lock, NULL) != OK)
		return COURTESY_LOCK_NONE;
	return outcome == LOCK_TAKEN ? COURTESY_LOCK_TAKEN : COURTESY_LOCK_BUSY;
}

void courtesy_home_unlock(const struct courtesy_home *home, int lock)
{
	home->environment->file_unlock(home->environment->self, lock);
}
