/* Blocks in a list, bump allocation within the newest: see arena.h. */
#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK_BYTES = 4000 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *arena)
{
	*arena = ARENA_NONE;
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	arena->blocks = NULL;
}

void arena_clear(struct arena *arena)
{
	if (!arena->blocks)
		return;
	struct arena rest = {arena->blocks->next};
	arena_release(&rest);
	arena->blocks->next = NULL;
	memset(arena->blocks->data, 0, arena->blocks->used);
	arena->blocks->used = 0;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total) || total > SIZE_MAX / 2)
		memory_exhausted();
	size_t align = alignof(max_align_t);
	total = (total + align - 1) / align * align;
	struct arena_block *block = arena->blocks;
	if (!block || block->size - block->used < total) {
		size_t bytes = total > ARENA_BLOCK_BYTES ? total : ARENA_BLOCK_BYTES;
		block = memory_new(1, sizeof(*block) + bytes);
		block->size = bytes;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	void *memory = block->data + block->used;
	block->used += total;
	return memory;
}

char *arena_bytes(struct arena *arena, struct slice bytes)
{
	char *copy = arena_new(arena, bytes.length + 1, 1);
	if (bytes.length)
		memcpy(copy, bytes.data, bytes.length);
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return text ? arena_bytes(arena, slice_text(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		memory_exhausted();
	char *text = arena_new(arena, (size_t)length + 1, 1);
	(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
