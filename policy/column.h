/*
 * The strict reading of rule files: each kind of row is one table of columns,
 * and that one table says which keys YAML may hold, how their texts become
 * values, in which range, and how the values are written for a digest.
 */
#ifndef ISSUER_POLICY_COLUMN_H
#define ISSUER_POLICY_COLUMN_H

#include "base/json.h"
#include "policy/document.h"

#include <stddef.h>

/*      kind             in the struct at offset                    in YAML */
enum column_kind {
	COLUMN_TEXT,     /* const char *                              any text */
	COLUMN_ID,       /* const char *                              kebab-case */
	COLUMN_INTEGER,  /* int                                       3 */
	COLUMN_BOOLEAN,  /* bool                                      true or false */
	COLUMN_WORD,     /* int (an enum), index into words           one of words */
	COLUMN_DATE,     /* int64_t, its first instant in the zone    2026-03-15 */
	COLUMN_PERIOD,   /* struct period                             13 months */
	COLUMN_TIMEOUT,  /* int, milliseconds                         20 s */
	COLUMN_DURATION, /* int64_t, milliseconds                     10 minutes */
	COLUMN_SIZE,     /* int, bytes                                64 KiB */
	COLUMN_TEXTS,    /* const char *[most], count at count_offset [a b, c] */
	COLUMN_IDS,      /* const char *[most], count at count_offset [a-b, c] */
	COLUMN_GROUP,    /* the group's struct                        {key: value} */
	COLUMN_ROWS,     /* struct rows                               [{key: value}] */
};

enum column_need {
	NEED_NEVER,
	NEED_ALWAYS,
	/* if group->needs says so of the row */
	NEED_WHEN_USED,
	NEED_WHEN_FETCHING,
	NEED_WHEN_VALUED,
	NEED_WHEN_CONNECTING,
};

struct column {
	const char *key;
	enum column_kind kind;
	enum column_need need;
	size_t offset;
	size_t count_offset; /* size_t, of lists */
	int64_t least;       /* of the value; of a period: of its count */
	int64_t most;
	unsigned period_units;    /* bits 1 << enum period_unit; 0: all */
	const char *const *words; /* the only texts allowed, ends with NULL; NULL: any */
	const struct group *group;
};

/* Where a column's value goes: {"key", COLUMN_TEXT, NEED_ALWAYS, AT(product, title)}. */
#define AT(type, member) .offset = offsetof(struct type, member)

/* A mapping: the keys it may hold and the struct that they fill. */
struct group {
	const char
		*what; /* names it in a refusal, before the row id: "method"; NULL: a whole file */
	const char *id_key; /* the key that names a row; NULL in a mapping that is no row */
	const struct column *columns;
	size_t column_count;
	size_t size;         /* of the struct */
	const void *initial; /* the struct's values for absent keys; NULL: zero */
	bool (*needs)(const void *row, enum column_need need);
};

struct rows {
	void *at;
	size_t count;
};

/* Where values are read from: for sentences, dates and memory. */
struct reading {
	const char *path;
	enum status status; /* of refusals */
	int zone_s;
	struct arena *arena;
};

/* Fills *ret (group->size bytes) from cells. Texts are borrowed from the cells' arena. */
STATUS group_read(const struct group *group, const struct cell *cells,
		  const struct reading *reading, void *ret, struct error *err);

/* The same values as a JSON object of texts that would read back; unset ones are left out. */
json_t *group_write(const struct group *group, const void *values, int zone_s);

/* A whole file: document_bytes (NOT_FOUND leaves err untouched), document_read, group_read. */
STATUS group_load(const struct group *group, const struct reading *reading, void *ret,
		  struct error *err);

#endif
