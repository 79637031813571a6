/*
 * SQLite's file system over the disk that loses power. Locks and the shared
 * memory of the WAL live in plain memory and are gone when the last connection
 * is; nothing of them survives a power loss.
 *
 * It behaves as SQLite's own "unix" does where that matters to durability: the
 * folder is synced together with the first sync of a new journal or WAL, and a
 * write does not damage bytes beside it (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
 */
#ifndef ISSUER_TESTS_REPLAY_POWER_VFS_H
#define ISSUER_TESTS_REPLAY_POWER_VFS_H

#include "tests/replay/disk.h"
#include "tests/replay/fake_environment.h"

#include <sqlite3.h>

#define POWER_VFS_NAME "power"

struct power_vfs {
	sqlite3_vfs base;
	struct disk *disk;
	struct fake_environment *environment; /* its clock */
	struct chance chance;
	struct vfs_shared *shared; /* of the files that are open */
};

/* Registers it as the default, so that SQLite's own random numbers come from the seed too. */
void power_vfs_init(struct power_vfs *vfs, uint64_t seed, struct disk *disk,
		    struct fake_environment *environment);
void power_vfs_release(struct power_vfs *vfs);

#endif
