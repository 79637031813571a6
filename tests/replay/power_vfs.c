/* SQLite over the disk: see power_vfs.h. */
#include "tests/replay/power_vfs.h"

#include "base/civil.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR_SIZE = 4096 /* as SQLite's own */, PATH_MAX_BYTES = 512 };

/* What the open handles of one file share: locks and the shared memory of a WAL. */
struct vfs_shared {
	struct vfs_shared *next;
	struct disk_node *node;
	int handles;
	int readers;               /* with at least a SHARED lock */
	struct vfs_file *reserved; /* who holds RESERVED or more */
	bool pending;              /* no new readers */
	uint8_t *regions[SQLITE_SHM_NLOCK * 8];
	int region_count;
	struct {
		int shared;
		struct vfs_file *exclusive;
	} shm[SQLITE_SHM_NLOCK];
};

struct vfs_file {
	sqlite3_file base;
	struct power_vfs *vfs;
	struct vfs_shared *shared;
	struct disk_node *node;
	char *path;
	int lock;
	bool names_unsynced; /* made by this open, and a journal: its name is synced with it */
	uint8_t shm_shared[SQLITE_SHM_NLOCK];
};

static struct vfs_file *of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

/* ---- bytes ---- */

static int vfs_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
	struct vfs_file *file = of(base);
	if (file->vfs->disk->dead)
		return SQLITE_IOERR_READ;
	size_t wanted = (size_t)amount;
	size_t taken = disk_read(file->node, (size_t)offset, out, wanted);
	if (taken == wanted)
		return SQLITE_OK;
	memset((uint8_t *)out + taken, 0, wanted - taken);
	return SQLITE_IOERR_SHORT_READ;
}

static int vfs_write(sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
	struct vfs_file *file = of(base);
	bool done = disk_write(file->vfs->disk, file->node, (size_t)offset, data, (size_t)amount);
	return done ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct vfs_file *file = of(base);
	bool done = disk_truncate(file->vfs->disk, file->node, (size_t)size);
	return done ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int vfs_sync(sqlite3_file *base, int flags)
{
	(void)flags;
	struct vfs_file *file = of(base);
	if (!disk_sync(file->vfs->disk, file->node))
		return SQLITE_IOERR_FSYNC;
	if (!file->names_unsynced)
		return SQLITE_OK;
	if (!disk_sync_names(file->vfs->disk, file->path))
		return SQLITE_IOERR_DIR_FSYNC;
	file->names_unsynced = false;
	return SQLITE_OK;
}

static int vfs_file_size(sqlite3_file *base, sqlite3_int64 *size)
{
	struct vfs_file *file = of(base);
	if (file->vfs->disk->dead)
		return SQLITE_IOERR_FSTAT;
	*size = (sqlite3_int64)file->node->live.size;
	return SQLITE_OK;
}

/* ---- locks of the database file ---- */

static int vfs_lock(sqlite3_file *base, int level)
{
	struct vfs_file *file = of(base);
	struct vfs_shared *shared = file->shared;
	if (level <= file->lock)
		return SQLITE_OK;
	bool other = shared->reserved && shared->reserved != file;
	if (file->lock == SQLITE_LOCK_NONE) {
		if (shared->pending)
			return SQLITE_BUSY;
		shared->readers++;
		file->lock = SQLITE_LOCK_SHARED;
	}
	if (level == SQLITE_LOCK_SHARED)
		return SQLITE_OK;
	if (other)
		return SQLITE_BUSY;
	shared->reserved = file;
	if (level == SQLITE_LOCK_EXCLUSIVE) {
		shared->pending = true;
		if (shared->readers > 1) {
			file->lock = SQLITE_LOCK_PENDING;
			return SQLITE_BUSY;
		}
	}
	file->lock = level;
	return SQLITE_OK;
}

static int vfs_unlock(sqlite3_file *base, int level)
{
	struct vfs_file *file = of(base);
	struct vfs_shared *shared = file->shared;
	if (level >= file->lock)
		return SQLITE_OK;
	if (shared->reserved == file) {
		shared->reserved = NULL;
		shared->pending = false;
	}
	if (level == SQLITE_LOCK_NONE)
		shared->readers--;
	file->lock = level;
	return SQLITE_OK;
}

static int vfs_check_reserved(sqlite3_file *base, int *result)
{
	*result = of(base)->shared->reserved != NULL;
	return SQLITE_OK;
}

/* ---- shared memory of the WAL ---- */

static int vfs_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
	struct vfs_shared *shared = of(base)->shared;
	*ret = NULL;
	if (region >= (int)ARRAY_LENGTH(shared->regions))
		return SQLITE_IOERR_SHMMAP;
	if (!shared->regions[region] && !extend)
		return SQLITE_OK;
	if (!shared->regions[region])
		shared->regions[region] = memory_new(1, (size_t)size);
	*ret = shared->regions[region];
	return SQLITE_OK;
}

static bool shm_free_for(const struct vfs_shared *shared, const struct vfs_file *file, int slot,
			 int flags)
{
	const struct vfs_file *holder = shared->shm[slot].exclusive;
	if (holder && holder != file)
		return false;
	int own = file->shm_shared[slot];
	return !(flags & SQLITE_SHM_EXCLUSIVE) || shared->shm[slot].shared == own;
}

static void shm_set(struct vfs_shared *shared, struct vfs_file *file, int slot, int flags)
{
	bool lock = flags & SQLITE_SHM_LOCK;
	if (flags & SQLITE_SHM_EXCLUSIVE) {
		shared->shm[slot].exclusive = lock ? file : NULL;
	} else if (lock != (bool)file->shm_shared[slot]) {
		shared->shm[slot].shared += lock ? 1 : -1;
		file->shm_shared[slot] = lock;
	}
}

static int vfs_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
	struct vfs_file *file = of(base);
	for (int slot = offset; slot < offset + count && (flags & SQLITE_SHM_LOCK); slot++)
		if (!shm_free_for(file->shared, file, slot, flags))
			return SQLITE_BUSY;
	for (int slot = offset; slot < offset + count; slot++)
		shm_set(file->shared, file, slot, flags);
	return SQLITE_OK;
}

static void vfs_shm_barrier(sqlite3_file *base)
{
	(void)base;
}

/* The memory itself stays until the last handle is closed: a file that is read back as empty would
 * be the same to SQLite, which recovers it from the WAL. */
static int vfs_shm_unmap(sqlite3_file *base, int remove)
{
	(void)remove;
	struct vfs_file *file = of(base);
	for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++) {
		if (file->shared->shm[slot].exclusive == file)
			file->shared->shm[slot].exclusive = NULL;
		file->shared->shm[slot].shared -= file->shm_shared[slot];
		file->shm_shared[slot] = 0;
	}
	return SQLITE_OK;
}

static struct vfs_shared *shared_open(struct power_vfs *vfs, struct disk_node *node)
{
	struct vfs_shared *shared = vfs->shared;
	while (shared && shared->node != node)
		shared = shared->next;
	if (!shared) {
		shared = memory_new(1, sizeof(*shared));
		shared->node = node;
		shared->next = vfs->shared;
		vfs->shared = shared;
	}
	shared->handles++;
	return shared;
}

static void shared_close(struct power_vfs *vfs, struct vfs_shared *shared)
{
	if (--shared->handles > 0)
		return;
	struct vfs_shared **at = &vfs->shared;
	while (*at != shared)
		at = &(*at)->next;
	*at = shared->next;
	for (size_t i = 0; i < ARRAY_LENGTH(shared->regions); i++)
		free(shared->regions[i]);
	free(shared);
}

/* ---- the rest of a file ---- */

static int vfs_close(sqlite3_file *base)
{
	struct vfs_file *file = of(base);
	(void)vfs_unlock(base, SQLITE_LOCK_NONE);
	(void)vfs_shm_unmap(base, 0);
	shared_close(file->vfs, file->shared);
	free(file->path);
	return SQLITE_OK;
}

static int vfs_file_control(sqlite3_file *base, int operation, void *argument)
{
	(void)base;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int vfs_sector_size(sqlite3_file *base)
{
	(void)base;
	return SECTOR_SIZE;
}

static int vfs_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = vfs_close,
	.xRead = vfs_read,
	.xWrite = vfs_write,
	.xTruncate = vfs_truncate,
	.xSync = vfs_sync,
	.xFileSize = vfs_file_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_reserved,
	.xFileControl = vfs_file_control,
	.xSectorSize = vfs_sector_size,
	.xDeviceCharacteristics = vfs_characteristics,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

/* ---- the file system ---- */

static struct power_vfs *vfs_of(sqlite3_vfs *base)
{
	return base->pAppData;
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags,
		    int *ret_flags)
{
	enum { JOURNALS = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL };
	struct power_vfs *vfs = vfs_of(base);
	struct vfs_file *file = of(opened);
	file->base.pMethods = NULL;
	/* Temporary files: the store keeps them in memory. */
	if (vfs->disk->dead || !path)
		return SQLITE_CANTOPEN;
	struct disk_node *node = disk_find(vfs->disk, path);
	bool made = !node;
	if (made && !(flags & SQLITE_OPEN_CREATE))
		return SQLITE_CANTOPEN;
	if (made && !disk_create(vfs->disk, path, DISK_FILE, 0600, &node))
		return SQLITE_CANTOPEN;
	*file = (struct vfs_file){
		.base.pMethods = &methods,
		.vfs = vfs,
		.node = node,
		.shared = shared_open(vfs, node),
		.path = memory_text(path),
		.names_unsynced = made && (flags & JOURNALS),
	};
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_names)
{
	struct disk *disk = vfs_of(base)->disk;
	if (disk->dead)
		return SQLITE_IOERR_DELETE;
	if (!disk_find(disk, path))
		return SQLITE_IOERR_DELETE_NOENT;
	if (!disk_remove(disk, path))
		return SQLITE_IOERR_DELETE;
	return !sync_names || disk_sync_names(disk, path) ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

/* As in SQLite's own, an empty file does not exist. */
static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result)
{
	const struct disk *disk = vfs_of(base)->disk;
	if (disk->dead)
		return SQLITE_IOERR_ACCESS;
	const struct disk_node *node = disk_find(disk, path);
	*result = node && (flags != SQLITE_ACCESS_EXISTS || node->live.size > 0);
	return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *base, const char *path, int length, char *out)
{
	(void)base;
	return snprintf(out, (size_t)length, "%s", path) < length ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *base, int length, char *out)
{
	chance_bytes(&vfs_of(base)->chance, out, (size_t)length);
	return length;
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
	fake_environment_pass(vfs_of(base)->environment, microseconds / 1000 + 1);
	return microseconds;
}

static int vfs_current_time_64(sqlite3_vfs *base, sqlite3_int64 *now)
{
	/* Julian days in milliseconds; 1970 begins at day 2440587.5. */
	*now = fake_environment_now(vfs_of(base)->environment) + INT64_C(24405875) * DAY_MS / 10;
	return SQLITE_OK;
}

static int vfs_current_time(sqlite3_vfs *base, double *now)
{
	sqlite3_int64 milliseconds = 0;
	(void)vfs_current_time_64(base, &milliseconds);
	*now = (double)milliseconds / (double)DAY_MS;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *base, int length, char *out)
{
	(void)base;
	(void)length;
	(void)out;
	return 0;
}

void power_vfs_init(struct power_vfs *vfs, uint64_t seed, struct disk *disk,
		    struct fake_environment *environment)
{
	*vfs = (struct power_vfs){
		.base =
			{
				.iVersion = 2,
				.szOsFile = sizeof(struct vfs_file),
				.mxPathname = PATH_MAX_BYTES,
				.zName = POWER_VFS_NAME,
				.pAppData = vfs,
				.xOpen = vfs_open,
				.xDelete = vfs_delete,
				.xAccess = vfs_access,
				.xFullPathname = vfs_full_pathname,
				.xRandomness = vfs_randomness,
				.xSleep = vfs_sleep,
				.xCurrentTime = vfs_current_time,
				.xGetLastError = vfs_last_error,
				.xCurrentTimeInt64 = vfs_current_time_64,
			},
		.disk = disk,
		.environment = environment,
	};
	chance_init(&vfs->chance, seed, "sqlite");
	(void)sqlite3_vfs_register(&vfs->base, 1);
	/* SQLite asks its default file system once for the seed of its own numbers: ask anew. */
	sqlite3_randomness(0, NULL);
}

void power_vfs_release(struct power_vfs *vfs)
{
	(void)sqlite3_vfs_unregister(&vfs->base);
	sqlite3_randomness(0, NULL);
}
