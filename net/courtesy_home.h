/*
 * Where manners outlive a run: a folder of the home with two small files that
 * only its owner may read, and the lock of those who change them. Without a
 * folder everything is kept in memory, as it is when a file cannot be read or
 * written: what is damaged, too long or somebody else's is not there. Blocks for
 * the disk.
 */
#ifndef ISSUER_NET_COURTESY_HOME_H
#define ISSUER_NET_COURTESY_HOME_H

#include "base/environment.h"
#include "base/json.h"

struct courtesy_home {
	const struct environment *environment; /* NULL: no folder; borrowed */
	char *folder;                          /* need not be there yet */
};

enum courtesy_lock { COURTESY_LOCK_TAKEN, COURTESY_LOCK_BUSY, COURTESY_LOCK_NONE };

/* The object in a file of the folder, which is yours; NULL when there is none that can be used. */
json_t *courtesy_home_read(const struct courtesy_home *home, const char *name, size_t limit);
/* Writes what is not longer than limit; whether it did. */
bool courtesy_home_write(const struct courtesy_home *home, const char *name, const json_t *object,
			 size_t limit);

/* NONE without a folder that can be written. */
enum courtesy_lock courtesy_home_lock(const struct courtesy_home *home, int *ret_lock);
void courtesy_home_unlock(const struct courtesy_home *home, int lock);

#endif
