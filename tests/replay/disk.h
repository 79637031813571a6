/*
 * A disk that loses power. What programs see (live) and what survives (durable)
 * are kept apart: a write waits, in pieces of at most a 512-byte sector, until
 * the file is synced; a name made, moved or removed waits until its folder is
 * synced. A power loss decides by chance about each thing that waits.
 *
 *   write ──► waiting ──sync──► durable
 *                │
 *                └─power loss─► dropped, kept, or torn (some bytes new, some old)
 *
 * Every change is one operation. The machine dies within the operation whose
 * number is dies_at: from then on nothing has an effect, and every call fails.
 */
#ifndef ISSUER_TESTS_REPLAY_DISK_H
#define ISSUER_TESTS_REPLAY_DISK_H

#include "base/bytes.h"
#include "tests/replay/chance.h"
#include "tests/replay/tally.h"

enum { DISK_SECTOR = 512 };

enum disk_kind { DISK_FILE, DISK_FOLDER };

struct disk_bytes {
	uint8_t *data;
	size_t size;
	size_t room;
};

struct disk_node;
struct disk_entry;
struct disk_change;

struct disk {
	struct chance chance;
	struct tally *tally;
	struct disk_node *nodes;     /* all that ever were */
	struct disk_entry *live;     /* names as programs see them */
	struct disk_entry *durable;  /* names that survive */
	struct disk_change *changes; /* of names, oldest first, not synced */
	int64_t operations;
	int64_t dies_at; /* 0: never */
	bool dead;
};

struct disk_node {
	struct disk_node *next;
	enum disk_kind kind;
	unsigned mode;
	struct disk_bytes live;
	struct disk_bytes durable;
	struct disk_write *waiting; /* oldest first */
	struct disk_write **last;
};

void disk_init(struct disk *disk, uint64_t seed, struct tally *tally);
void disk_release(struct disk *disk);

/* NULL when there is none. Nodes live as long as the disk. */
struct disk_node *disk_find(const struct disk *disk, const char *path);
/* Bytes read, fewer at the end of the file. */
size_t disk_read(const struct disk_node *node, size_t offset, void *out, size_t length);

/* Every file that programs see, with its bytes. */
typedef void disk_taker(const char *path, struct slice bytes, void *context);
void disk_walk(const struct disk *disk, disk_taker *take, void *context);

/* Each is one operation; false when the machine is dead or died within it. */
bool disk_create(struct disk *disk, const char *path, enum disk_kind kind, unsigned mode,
		 struct disk_node **ret);
bool disk_write(struct disk *disk, struct disk_node *node, size_t offset, const void *data,
		size_t length);
bool disk_truncate(struct disk *disk, struct disk_node *node, size_t size);
bool disk_sync(struct disk *disk, struct disk_node *node);
/* All names in the folder that path lies in. */
bool disk_sync_names(struct disk *disk, const char *path);
bool disk_rename(struct disk *disk, const char *from, const char *to);
bool disk_remove(struct disk *disk, const char *path);

/* The power is gone: decides about all that waits, and starts the machine again. */
void disk_power_loss(struct disk *disk);

#endif
