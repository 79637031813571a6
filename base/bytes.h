/*
 * Bytes borrowed (struct slice) and bytes owned (struct buffer). Every buffer
 * is born with a maximum, so no loop can grow one without end.
 */
#ifndef ISSUER_BASE_BYTES_H
#define ISSUER_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: valid as long as their owner; not terminated. */
struct slice {
	const uint8_t *data;
	size_t length;
};

#define SLICE_NONE ((struct slice){NULL, 0})

struct slice slice_of(const void *data, size_t length);
/* The bytes of a string without its terminator. */
struct slice slice_text(const char *text);
int slice_equal(struct slice a, struct slice b);
/* Position of needle in haystack, or -1. An empty needle is found at 0. */
ptrdiff_t slice_find(struct slice haystack, struct slice needle);

/* Owned bytes, always followed by a NUL that is not counted. */
struct buffer {
	uint8_t *data;
	size_t length;
	size_t capacity;
	size_t maximum;
	int overflowed; /* set once an append did not fit; later appends are dropped */
};

void buffer_init(struct buffer *buffer, size_t maximum);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
/* Appends; bytes past the maximum are dropped and overflowed is set. */
void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_append_slice(struct buffer *buffer, struct slice slice);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);
/* Big-endian, the form of journal and evidence records. */
void buffer_append_u32(struct buffer *buffer, uint32_t value);
void buffer_append_u64(struct buffer *buffer, uint64_t value);
__attribute__((format(printf, 2, 3))) void buffer_printf(struct buffer *buffer, const char *format,
							 ...);
struct slice buffer_slice(const struct buffer *buffer);
/* The text in the buffer ("" when empty), terminated; borrowed. */
const char *buffer_text(const struct buffer *buffer);
/* Hands the bytes (terminated) over; the buffer is empty afterwards. */
uint8_t *buffer_steal(struct buffer *buffer, size_t *ret_length);

#endif
