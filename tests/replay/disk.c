/* What waits, what survives: see disk.h. */
#include "tests/replay/disk.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A piece of a write, or (length 0) a truncation to offset. */
struct disk_write {
	struct disk_write *next;
	size_t offset;
	size_t length;
	uint8_t data[DISK_SECTOR];
};

struct disk_entry {
	struct disk_entry *next;
	char *path;
	struct disk_node *node;
};

/* A change of names: both halves of a rename happen, or none. */
struct disk_change {
	struct disk_change *next;
	char *path; /* gets node; NULL: nothing does */
	struct disk_node *node;
	char *gone; /* loses its node; NULL: nothing does */
};

/* What one power loss does, on the whole. */
enum loss { LOSS_OF_ALL, LOSS_OF_NOTHING, LOSS_BY_CHANCE };

void disk_init(struct disk *disk, uint64_t seed, struct tally *tally)
{
	*disk = (struct disk){.tally = tally};
	chance_init(&disk->chance, seed, "disk");
}

/* Counts an operation; false when the machine is dead already. */
static bool begin(struct disk *disk)
{
	if (disk->dead)
		return false;
	disk->operations++;
	disk->dead = disk->operations == disk->dies_at;
	return true;
}

/* ---- names ---- */

static void entry_remove(struct disk_entry **list, const char *path)
{
	for (struct disk_entry **at = list; *at; at = &(*at)->next) {
		struct disk_entry *entry = *at;
		if (strcmp(entry->path, path) != 0)
			continue;
		*at = entry->next;
		free(entry->path);
		free(entry);
		return;
	}
}

static void entry_set(struct disk_entry **list, const char *path, struct disk_node *node)
{
	entry_remove(list, path);
	struct disk_entry *entry = memory_new(1, sizeof(*entry));
	*entry = (struct disk_entry){.next = *list, .path = memory_text(path), .node = node};
	*list = entry;
}

static void entries_free(struct disk_entry **list)
{
	while (*list)
		entry_remove(list, (*list)->path);
}

static void change_apply(const struct disk_change *change, struct disk_entry **list)
{
	if (change->gone)
		entry_remove(list, change->gone);
	if (change->path)
		entry_set(list, change->path, change->node);
}

static void change_free(struct disk_change *change)
{
	free(change->path);
	free(change->gone);
	free(change);
}

static void change_names(struct disk *disk, const char *path, struct disk_node *node,
			 const char *gone)
{
	struct disk_change *change = memory_new(1, sizeof(*change));
	*change = (struct disk_change){
		.path = memory_text(path), .node = node, .gone = memory_text(gone)};
	change_apply(change, &disk->live);
	struct disk_change **last = &disk->changes;
	while (*last)
		last = &(*last)->next;
	*last = change;
}

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) : 0;
}

static bool same_folder(const char *a, const char *b)
{
	size_t length = folder_length(a);
	return length == folder_length(b) && memcmp(a, b, length) == 0;
}

struct disk_node *disk_find(const struct disk *disk, const char *path)
{
	for (const struct disk_entry *entry = disk->live; entry; entry = entry->next)
		if (strcmp(entry->path, path) == 0)
			return entry->node;
	return NULL;
}

bool disk_create(struct disk *disk, const char *path, enum disk_kind kind, unsigned mode,
		 struct disk_node **ret)
{
	if (!begin(disk))
		return false;
	struct disk_node *node = memory_new(1, sizeof(*node));
	*node = (struct disk_node){.next = disk->nodes, .kind = kind, .mode = mode};
	node->last = &node->waiting;
	disk->nodes = node;
	change_names(disk, path, node, NULL);
	if (ret)
		*ret = node;
	return !disk->dead;
}

bool disk_rename(struct disk *disk, const char *from, const char *to)
{
	if (!begin(disk))
		return false;
	change_names(disk, to, disk_find(disk, from), from);
	return !disk->dead;
}

bool disk_remove(struct disk *disk, const char *path)
{
	if (!begin(disk))
		return false;
	change_names(disk, NULL, NULL, path);
	return !disk->dead;
}

bool disk_sync_names(struct disk *disk, const char *path)
{
	if (!begin(disk) || disk->dead)
		return false;
	for (struct disk_change **at = &disk->changes; *at;) {
		struct disk_change *change = *at;
		if (!same_folder(change->path ? change->path : change->gone, path)) {
			at = &change->next;
			continue;
		}
		change_apply(change, &disk->durable);
		*at = change->next;
		change_free(change);
	}
	return true;
}

/* ---- bytes ---- */

static void bytes_resize(struct disk_bytes *bytes, size_t size)
{
	if (size > bytes->room) {
		bytes->room = size + size / 2;
		bytes->data = memory_resize(bytes->data, bytes->room, 1);
	}
	if (size > bytes->size)
		memset(bytes->data + bytes->size, 0, size - bytes->size);
	bytes->size = size;
}

static void bytes_put(struct disk_bytes *bytes, size_t offset, const void *data, size_t length)
{
	if (length == 0)
		return;
	if (offset + length > bytes->size)
		bytes_resize(bytes, offset + length);
	memcpy(bytes->data + offset, data, length);
}

static void write_apply(const struct disk_write *write, struct disk_bytes *bytes)
{
	if (write->length)
		bytes_put(bytes, write->offset, write->data, write->length);
	else
		bytes_resize(bytes, write->offset);
}

static void wait_for_sync(struct disk_node *node, size_t offset, const void *data, size_t length)
{
	struct disk_write *write = memory_new(1, sizeof(*write));
	write->offset = offset;
	write->length = length;
	if (length)
		memcpy(write->data, data, length);
	*node->last = write;
	node->last = &write->next;
}

static struct disk_write *take_waiting(struct disk_node *node)
{
	struct disk_write *first = node->waiting;
	node->waiting = NULL;
	node->last = &node->waiting;
	return first;
}

void disk_walk(const struct disk *disk, disk_taker *take, void *context)
{
	for (const struct disk_entry *entry = disk->live; entry; entry = entry->next)
		if (entry->node->kind == DISK_FILE)
			take(entry->path, slice_of(entry->node->live.data, entry->node->live.size),
			     context);
}

size_t disk_read(const struct disk_node *node, size_t offset, void *out, size_t length)
{
	if (offset >= node->live.size)
		return 0;
	size_t there = node->live.size - offset;
	size_t taken = length < there ? length : there;
	memcpy(out, node->live.data + offset, taken);
	return taken;
}

bool disk_write(struct disk *disk, struct disk_node *node, size_t offset, const void *data,
		size_t length)
{
	if (!begin(disk))
		return false;
	const uint8_t *bytes = data;
	bytes_put(&node->live, offset, data, length);
	while (length > 0) {
		size_t left = DISK_SECTOR - offset % DISK_SECTOR;
		size_t piece = length < left ? length : left;
		wait_for_sync(node, offset, bytes, piece);
		offset += piece;
		bytes += piece;
		length -= piece;
	}
	return !disk->dead;
}

bool disk_truncate(struct disk *disk, struct disk_node *node, size_t size)
{
	if (!begin(disk))
		return false;
	bytes_resize(&node->live, size);
	wait_for_sync(node, size, NULL, 0);
	return !disk->dead;
}

bool disk_sync(struct disk *disk, struct disk_node *node)
{
	if (!begin(disk) || disk->dead)
		return false;
	for (struct disk_write *write = take_waiting(node), *next; write; write = next) {
		next = write->next;
		write_apply(write, &node->durable);
		free(write);
	}
	return true;
}

/* ---- power loss ---- */

static bool survives(struct disk *disk, enum loss loss)
{
	switch (loss) {
	case LOSS_OF_ALL:
		return false;
	case LOSS_OF_NOTHING:
		return true;
	case LOSS_BY_CHANCE:
		return chance_percent(&disk->chance, 50);
	}
	return false;
}

/* Some of the new bytes, at the front or at the end of the piece, over what was there. */
static void tear(struct disk *disk, struct disk_write *write)
{
	size_t cut = chance_below(&disk->chance, (uint32_t)write->length);
	if (chance_percent(&disk->chance, 50)) {
		write->length = cut + 1;
		return;
	}
	write->offset += cut;
	write->length -= cut;
	memmove(write->data, write->data + cut, write->length);
}

/* A file system may show old bytes of the disk where a file grew and nothing was written. */
static void fill_gap(struct disk *disk, struct disk_node *node, size_t offset)
{
	size_t size = node->durable.size;
	if (offset <= size)
		return;
	bytes_resize(&node->durable, offset);
	if (chance_percent(&disk->chance, 50))
		chance_bytes(&disk->chance, node->durable.data + size, offset - size);
}

static void lose_write(struct disk *disk, struct disk_node *node, struct disk_write *write,
		       enum loss loss)
{
	if (!survives(disk, loss)) {
		tally_add(disk->tally, TALLY_SECTOR_DROPPED);
		return;
	}
	bool torn =
		loss == LOSS_BY_CHANCE && write->length > 1 && chance_percent(&disk->chance, 30);
	tally_add(disk->tally, torn ? TALLY_SECTOR_TORN : TALLY_SECTOR_KEPT);
	if (torn)
		tear(disk, write);
	if (write->length)
		fill_gap(disk, node, write->offset);
	write_apply(write, &node->durable);
}

static void lose_writes(struct disk *disk, struct disk_node *node, enum loss loss)
{
	for (struct disk_write *write = take_waiting(node), *next; write; write = next) {
		next = write->next;
		lose_write(disk, node, write, loss);
		free(write);
	}
	bytes_resize(&node->live, 0);
	bytes_put(&node->live, 0, node->durable.data, node->durable.size);
}

static void lose_names(struct disk *disk, enum loss loss)
{
	while (disk->changes) {
		struct disk_change *change = disk->changes;
		bool kept = survives(disk, loss);
		tally_add(disk->tally, kept ? TALLY_NAME_KEPT : TALLY_NAME_DROPPED);
		if (kept)
			change_apply(change, &disk->durable);
		disk->changes = change->next;
		change_free(change);
	}
	entries_free(&disk->live);
	for (const struct disk_entry *entry = disk->durable; entry; entry = entry->next)
		entry_set(&disk->live, entry->path, entry->node);
}

void disk_power_loss(struct disk *disk)
{
	static const enum loss losses[] = {LOSS_OF_ALL, LOSS_OF_NOTHING, LOSS_BY_CHANCE,
					   LOSS_BY_CHANCE, LOSS_BY_CHANCE};
	enum loss loss = losses[chance_below(&disk->chance, ARRAY_LENGTH(losses))];
	for (struct disk_node *node = disk->nodes; node; node = node->next)
		lose_writes(disk, node, loss);
	lose_names(disk, loss);
	disk->dead = false;
	disk->dies_at = 0;
}

void disk_release(struct disk *disk)
{
	while (disk->changes) {
		struct disk_change *change = disk->changes;
		disk->changes = change->next;
		change_free(change);
	}
	entries_free(&disk->live);
	entries_free(&disk->durable);
	while (disk->nodes) {
		struct disk_node *node = disk->nodes;
		disk->nodes = node->next;
		for (struct disk_write *write = take_waiting(node), *next; write; write = next) {
			next = write->next;
			free(write);
		}
		free(node->live.data);
		free(node->durable.data);
		free(node);
	}
}
