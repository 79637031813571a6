/*
 * Memory that is freed all at once: one arena for one activation of one order,
 * one command, one loaded file. Nothing taken from an arena is freed alone.
 */
#ifndef ISSUER_BASE_ARENA_H
#define ISSUER_BASE_ARENA_H

#include "base/bytes.h"

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
};

#define ARENA_NONE ((struct arena){NULL})

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);
/* Frees all but one block. */
void arena_clear(struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_new(struct arena *arena, size_t count, size_t size);
/* Copies; NULL for NULL. */
char *arena_text(struct arena *arena, const char *text);
/* A terminated copy of bytes. */
char *arena_bytes(struct arena *arena, struct slice bytes);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format,
							 ...);

#endif
