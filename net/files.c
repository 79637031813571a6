/*
 * Files that survive a power cut: see files.h.
 *
 *   PATH.tmp written ── fsync ── renamed to PATH ── directory fsync
 *
 * Until the rename the old file stands untouched; after the directory's fsync
 * the new one stands for good. A temporary file that a killed process left
 * behind is removed by the next write of the same path.
 */
#include "net/files.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything else is FILE_FAILED. */
static const struct {
	int number;
	enum status status;
} statuses[] = {
	{ENOENT, NOT_FOUND},   {ENOSPC, STORE_FULL}, {EDQUOT, STORE_FULL},
	{EACCES, PERMISSIONS}, {EPERM, PERMISSIONS}, {EROFS, PERMISSIONS},
};

/* "could not VERB PATH: the system's words"; errno is the reason. */
static enum status file_error(struct error *err, const char *verb, const char *path)
{
	int number = errno;
	enum status status = FILE_FAILED;
	for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
		if (statuses[i].number == number)
			status = statuses[i].status;
	return fail(err, status, "could not %s %s: %s", verb, path, strerror(number));
}

/* For writing, where a missing directory is not "nothing by that name". */
static enum status write_error(struct error *err, const char *verb, const char *path)
{
	enum status status = file_error(err, verb, path);
	if (status != NOT_FOUND)
		return status;
	if (err)
		err->status = FILE_FAILED;
	return FILE_FAILED;
}

static void close_descriptor(const int *descriptor)
{
	if (*descriptor >= 0)
		(void)close(*descriptor);
}

/* close() that leaves errno alone, so that the first reason is the one told. */
static void close_quietly(int descriptor)
{
	int number = errno;
	(void)close(descriptor);
	errno = number;
}

static int write_all(int descriptor, struct slice bytes)
{
	while (bytes.length) {
		ssize_t written = write(descriptor, bytes.data, bytes.length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		bytes = slice_of(bytes.data + written, bytes.length - (size_t)written);
	}
	return 0;
}

/* What root makes in another user's home belongs to that user, who must be able to go on. */
static int give_to_owner(int descriptor, const char *path)
{
	struct stat facts;
	if (geteuid() != 0)
		return 0;
	CLEANUP(memory_freep) char *copy = memory_text(path);
	if (stat(dirname(copy), &facts) != 0)
		return -1;
	return facts.st_uid == 0 ? 0 : fchown(descriptor, facts.st_uid, facts.st_gid);
}

/* A file of its own with these bytes, on the disk; -1 with errno otherwise. */
static int write_new(const char *path, struct slice bytes, mode_t mode)
{
	/* What a killed process left; O_EXCL below never lets two writers share one file. */
	(void)unlink(path);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return -1;
	/* fchmod, for the umask does not apply to it. */
	if (write_all(descriptor, bytes) != 0 || fchmod(descriptor, mode) != 0 ||
	    give_to_owner(descriptor, path) != 0 || fsync(descriptor) != 0) {
		close_quietly(descriptor);
		return -1;
	}
	return close(descriptor);
}

/* Makes a rename or removal inside the directory of path last. */
static int sync_directory(const char *path)
{
	CLEANUP(memory_freep) char *copy = memory_text(path);
	int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -1;
	int result = fsync(directory);
	close_quietly(directory);
	return result;
}

enum status files_write(void *self, const char *path, struct slice bytes, unsigned mode,
			struct error *err)
{
	(void)self;
	CLEANUP(memory_freep) char *temporary = memory_printf("%s.tmp", path);
	if (write_new(temporary, bytes, (mode_t)mode) != 0 || rename(temporary, path) != 0) {
		enum status status = write_error(err, "write", path);
		(void)unlink(temporary);
		return status;
	}
	if (sync_directory(path) != 0)
		return write_error(err, "write the directory of", path);
	return OK;
}

/* Puts the buffer back as it was before a read that failed. */
static void forget_from(struct buffer *out, size_t length)
{
	if (out->data) {
		out->length = length;
		out->data[length] = 0;
	}
	out->overflowed = 0;
}

enum status files_read(void *self, const char *path, struct buffer *out, struct error *err)
{
	(void)self;
	CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return file_error(err, "read", path);
	size_t before = out->length;
	uint8_t chunk[16384];
	ssize_t got;
	while ((got = read(descriptor, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			enum status status = file_error(err, "read", path);
			forget_from(out, before);
			return status;
		}
		buffer_append(out, chunk, (size_t)got);
		if (out->overflowed) {
			forget_from(out, before);
			return fail(err, FILE_FAILED, "cannot read %s: it is longer than %zu bytes",
				    path, out->maximum - before);
		}
	}
	return OK;
}

enum status files_remove(void *self, const char *path, struct error *err)
{
	(void)self;
	if (unlink(path) != 0)
		return file_error(err, "remove", path);
	if (sync_directory(path) != 0)
		return write_error(err, "write the directory of", path);
	return OK;
}

enum status files_lock(void *self, const char *path, enum lock_outcome *ret_outcome, int *ret_lock,
		       struct error *err)
{
	(void)self;
	/* O_CLOEXEC: a child that inherits the descriptor would keep the lock after our death. */
	int descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return write_error(err, "open the lock", path);
	if (give_to_owner(descriptor, path) != 0) {
		close_quietly(descriptor);
		return write_error(err, "hand over the lock", path);
	}
	if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
		*ret_lock = descriptor;
		*ret_outcome = LOCK_TAKEN;
		return OK;
	}
	close_quietly(descriptor);
	if (errno != EWOULDBLOCK)
		return write_error(err, "lock", path);
	*ret_outcome = LOCK_HELD_BY_ANOTHER;
	return OK;
}

void files_unlock(void *self, int lock)
{
	(void)self;
	(void)close(lock);
}

/* Makes path itself; its parent is there. */
static int make_one(const char *path)
{
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? 0 : -1;
	return sync_directory(path);
}

enum status folder_make(void *self, const char *path, struct error *err)
{
	(void)self;
	CLEANUP(memory_freep) char *part = memory_text(path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (make_one(part) != 0)
			return write_error(err, "make the folder", part);
		*slash = '/';
	}
	if (make_one(part) != 0)
		return write_error(err, "make the folder", part);
	return OK;
}

static int is_listed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By octets: alphasort would ask the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

enum status folder_list(void *self, const char *path, size_t most, struct buffer *out,
			struct error *err)
{
	(void)self;
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_listed, by_name);
	if (count < 0)
		return file_error(err, "read the folder", path);
	size_t taken = 0;
	for (int i = 0; i < count; i++) {
		CLEANUP(memory_freep) char *file = memory_printf("%s/%s", path, entries[i]->d_name);
		struct stat facts;
		/* Not by a link: it could lead anywhere. */
		if (taken < most && lstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) {
			buffer_append(out, entries[i]->d_name, strlen(entries[i]->d_name) + 1);
			taken++;
		}
		free(entries[i]);
	}
	free(entries);
	return OK;
}

enum status files_move(void *self, const char *from, const char *to, struct error *err)
{
	(void)self;
	if (rename(from, to) != 0)
		return file_error(err, "move", from);
	if (sync_directory(to) != 0)
		return write_error(err, "write the directory of", to);
	return OK;
}

enum status files_check(void *self, const char *path, unsigned mode, struct error *err)
{
	(void)self;
	struct stat facts;
	if (stat(path, &facts) != 0)
		return file_error(err, "look at", path);
	/* Root may look after another user's home. */
	if (facts.st_uid != geteuid() && geteuid() != 0) {
		(void)fail(err, PERMISSIONS, "%s belongs to the user %u, not to %u", path,
			   (unsigned)facts.st_uid, (unsigned)geteuid());
		return fail_hint(err, PERMISSIONS,
				 "run the command as the owner, or: chown -R %u %s",
				 (unsigned)geteuid(), path);
	}
	unsigned bits = (unsigned)facts.st_mode & 0777U;
	if (bits & ~mode) {
		(void)fail(err, PERMISSIONS, "%s has mode %04o: others may use it", path, bits);
		return fail_hint(err, PERMISSIONS, "chmod %04o %s", mode, path);
	}
	return OK;
}
