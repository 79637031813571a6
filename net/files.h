/*
 * Files of the home: written whole or not at all, read whole, removed durably,
 * locked by the kernel. The file_* members of struct environment; each blocks
 * for the disk. self is not used.
 */
#ifndef ISSUER_NET_FILES_H
#define ISSUER_NET_FILES_H

#include "base/environment.h"

STATUS files_write(void *self, const char *path, struct slice bytes, unsigned mode,
		   struct error *err);
STATUS files_read(void *self, const char *path, struct buffer *out, struct error *err);
STATUS files_remove(void *self, const char *path, struct error *err);
STATUS folder_make(void *self, const char *path, struct error *err);
STATUS folder_list(void *self, const char *path, size_t most, struct buffer *out,
		   struct error *err);
STATUS files_move(void *self, const char *from, const char *to, struct error *err);
STATUS files_check(void *self, const char *path, unsigned mode, struct error *err);
STATUS files_lock(void *self, const char *path, enum lock_outcome *ret_outcome, int *ret_lock,
		  struct error *err);
void files_unlock(void *self, int lock);

#endif
