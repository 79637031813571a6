/* Slices and bounded buffers: see bytes.h. */
#include "base/bytes.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice slice_of(const void *data, size_t length)
{
	return (struct slice){data, length};
}

struct slice slice_text(const char *text)
{
	return (struct slice){(const uint8_t *)text, text ? strlen(text) : 0};
}

int slice_equal(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

ptrdiff_t slice_find(struct slice haystack, struct slice needle)
{
	if (needle.length == 0)
		return 0;
	if (haystack.length == 0)
		return -1;
	const uint8_t *at = memmem(haystack.data, haystack.length, needle.data, needle.length);
	return at ? at - haystack.data : -1;
}

void buffer_init(struct buffer *buffer, size_t maximum)
{
	*buffer = (struct buffer){.maximum = maximum};
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){.maximum = buffer->maximum};
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->overflowed = 0;
	if (buffer->data)
		buffer->data[0] = 0;
}

static void buffer_reserve(struct buffer *buffer, size_t wanted)
{
	if (wanted < buffer->capacity)
		return;
	size_t capacity = buffer->capacity ? buffer->capacity : 64;
	while (capacity <= wanted)
		capacity *= 2;
	buffer->data = memory_resize(buffer->data, capacity, 1);
	buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	if (buffer->overflowed)
		return;
	size_t room = buffer->maximum - buffer->length;
	if (length > room) {
		length = room;
		buffer->overflowed = 1;
	}
	buffer_reserve(buffer, buffer->length + length + 1);
	if (length)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = 0;
}

void buffer_append_slice(struct buffer *buffer, struct slice slice)
{
	buffer_append(buffer, slice.data, slice.length);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
	buffer_append(buffer, &byte, 1);
}

void buffer_append_u32(struct buffer *buffer, uint32_t value)
{
	uint8_t bytes[4];
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
	buffer_append(buffer, bytes, sizeof(bytes));
}

void buffer_append_u64(struct buffer *buffer, uint64_t value)
{
	buffer_append_u32(buffer, (uint32_t)(value >> 32));
	buffer_append_u32(buffer, (uint32_t)value);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = NULL;
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		memory_exhausted();
	buffer_append(buffer, text, (size_t)length);
	free(text);
}

struct slice buffer_slice(const struct buffer *buffer)
{
	return (struct slice){buffer->data, buffer->length};
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data ? (const char *)buffer->data : "";
}

uint8_t *buffer_steal(struct buffer *buffer, size_t *ret_length)
{
	if (!buffer->data)
		buffer_reserve(buffer, 1);
	buffer->data[buffer->length] = 0;
	uint8_t *data = buffer->data;
	if (ret_length)
		*ret_length = buffer->length;
	*buffer = (struct buffer){.maximum = buffer->maximum};
	return data;
}
