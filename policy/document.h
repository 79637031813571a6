/*
 * A YAML file as a tree of text cells, shaped by column tables (policy/column.h).
 * libcyaml is seen only here, and it only ever sees strings: it would read `3x`
 * as 3 and `on: maybe` as true.
 */
#ifndef ISSUER_POLICY_DOCUMENT_H
#define ISSUER_POLICY_DOCUMENT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct group;

enum { DOCUMENT_BYTES_MAX = 1 << 20 };

/*
 * What one key of a mapping held. One cell stands for each column of the group,
 * in the order of its table; data is NULL when the key was absent.
 */
struct cell {
	void *data;     /* scalar: char *; list: char **; group and rows: struct cell * */
	uint32_t count; /* of a list or of rows */
};

/* The file's bytes, in the arena. NOT_FOUND, with err untouched, when there is no such file: only
 * the caller knows whether it must be there. status when it is too long or cannot be read. */
STATUS document_bytes(const char *path, enum status status, struct arena *arena, struct slice *ret,
		      struct error *err);

/*
 * The cells of one document, in the arena. status when it is not YAML, is empty,
 * holds an alias, an escaped NUL, a second document, a key twice, a key that the group does
 * not know, or a list where a value belongs. path is only named in the sentence.
 */
STATUS document_read(struct slice text, const char *path, const struct group *group,
		     enum status status, struct arena *arena, const struct cell **ret,
		     struct error *err);

#endif
