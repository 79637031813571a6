/*
 * Heap memory. Running out of it ends the program with exit status 5 and a
 * sentence: every effect is written before it is done, so dying is safe and
 * "run again" is the recovery procedure. Nothing here returns NULL.
 */
#ifndef ISSUER_BASE_MEMORY_H
#define ISSUER_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory of count * size bytes; the caller frees it with free(). */
void *memory_new(size_t count, size_t size);
/* Grows or shrinks; new bytes are not zeroed. */
void *memory_resize(void *memory, size_t count, size_t size);
/* A copy of text, NULL for NULL. */
char *memory_text(const char *text);
/* printf into new memory. */
__attribute__((format(printf, 1, 2))) char *memory_printf(const char *format, ...);
/* Ends the program with a sentence on standard error and exit status 5. */
__attribute__((noreturn)) void memory_exhausted(void);

/* For CLEANUP on a char * or any other heap pointer. */
void memory_freep(void *pointer_to_pointer);

#endif
