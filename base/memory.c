/* Heap memory that never fails: see memory.h. */
#include "base/memory.h"

#include "base/status.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void memory_exhausted(void)
{
	static const char words[] = "issuer: out of memory (internal); run the command again\n";
	(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	_exit(EXIT_STATUS_BROKEN);
}

void *memory_new(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *memory, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		memory_exhausted();
	void *moved = realloc(memory, total ? total : 1);
	if (!moved)
		memory_exhausted();
	return moved;
}

char *memory_text(const char *text)
{
	if (!text)
		return NULL;
	char *copy = strdup(text);
	if (!copy)
		memory_exhausted();
	return copy;
}

char *memory_printf(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		memory_exhausted();
	return text;
}

void memory_freep(void *pointer_to_pointer)
{
	void **pointer = pointer_to_pointer;
	free(*pointer);
	*pointer = NULL;
}
