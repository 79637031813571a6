/* Mails of others: see mime_part.h. */
#include "validators/mime_part.h"

#include "base/error.h"
#include "base/mime.h"

#include <string.h>
#include <strings.h>

bool mime_line(struct slice *rest, struct slice *ret)
{
	if (!rest->length)
		return false;
	const uint8_t *end = memchr(rest->data, '\n', rest->length);
	size_t length = end ? (size_t)(end - rest->data) : rest->length;
	size_t taken = length + (end ? 1 : 0);
	*ret = slice_of(rest->data, length);
	if (ret->length && ret->data[ret->length - 1] == '\r')
		ret->length--;
	*rest = slice_of(rest->data + taken, rest->length - taken);
	return true;
}

struct mime_part mime_part_of(struct slice bytes)
{
	struct slice rest = bytes, line;
	while (mime_line(&rest, &line)) {
		if (line.length == 0)
			return (struct mime_part){
				slice_of(bytes.data, (size_t)(line.data - bytes.data)), rest};
	}
	return (struct mime_part){bytes, SLICE_NONE};
}

/* ---- fields ---- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The value's place in a line that starts the field; false when it is another's. */
static bool is_field(struct slice line, const char *name, struct slice *ret)
{
	size_t length = strlen(name);
	if (line.length <= length || strncasecmp((const char *)line.data, name, length) != 0)
		return false;
	while (length < line.length && is_space(line.data[length]))
		length++;
	if (length == line.length || line.data[length] != ':')
		return false;
	*ret = slice_of(line.data + length + 1, line.length - length - 1);
	return true;
}

static void add_line(struct buffer *out, struct slice line)
{
	for (size_t i = 0; i < line.length; i++) {
		uint8_t c = line.data[i];
		bool space = c < 0x20 || c == ' ' || c == 0x7f;
		if (!space)
			buffer_append_byte(out, c);
		else if (out->length && out->data[out->length - 1] != ' ')
			buffer_append_byte(out, ' ');
	}
}

const char *mime_field(struct slice head, const char *name, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out = {.maximum = MIME_FIELD_MAX};
	struct slice line, value;
	while (mime_line(&head, &line)) {
		if (!is_field(line, name, &value))
			continue;
		add_line(&out, value);
		while (head.length && is_space(head.data[0]) && mime_line(&head, &line)) {
			add_line(&out, line);
		}
		while (out.length && out.data[out.length - 1] == ' ')
			out.length--;
		return arena_bytes(arena, buffer_slice(&out));
	}
	return NULL;
}

static bool is_content_type(struct slice head, const char *wanted, bool kind)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const char *value = mime_field(head, "Content-Type", &arena);
	const char *found = value && value[0] ? value : "text/plain";
	size_t length = strlen(wanted);
	if (strncasecmp(found, wanted, length) != 0)
		return false;
	return kind ? found[length] == '/' : found[length] == '\0' || strchr("; \t", found[length]);
}

bool mime_is_type(struct slice head, const char *type)
{
	return is_content_type(head, type, false);
}

bool mime_is_kind(struct slice head, const char *kind)
{
	return is_content_type(head, kind, true);
}

/* A quoted string or a token. */
static const char *parameter_value(const char *at, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out = {.maximum = MIME_FIELD_MAX};
	if (*at == '"') {
		for (at++; *at && *at != '"'; at++) {
			at += *at == '\\' && at[1];
			buffer_append_byte(&out, (uint8_t)*at);
		}
	} else {
		buffer_append(&out, at, strcspn(at, "; \t"));
	}
	return arena_bytes(arena, buffer_slice(&out));
}

const char *mime_parameter(const char *value, const char *name, struct arena *arena)
{
	bool quoted = false;
	for (const char *at = value; *at; at++) {
		if (*at == '\\' && quoted && at[1]) {
			at++;
			continue;
		}
		quoted ^= *at == '"';
		if (*at != ';' || quoted)
			continue;
		const char *start = at + 1 + strspn(at + 1, " \t");
		size_t length = strcspn(start, "= \t;");
		const char *equals = start + length + strspn(start + length, " \t");
		if (length == strlen(name) && strncasecmp(start, name, length) == 0 &&
		    *equals == '=')
			return parameter_value(equals + 1 + strspn(equals + 1, " \t"), arena);
	}
	return NULL;
}

/* ---- parts ---- */

void mime_decode(const struct mime_part *part, struct buffer *out)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const char *encoding = mime_field(part->head, "Content-Transfer-Encoding", &arena);
	if (encoding && strncasecmp(encoding, "base64", 6) == 0)
		mime_read_base64(part->body, out);
	else if (encoding && strncasecmp(encoding, "quoted-printable", 16) == 0)
		mime_read_quoted_printable(part->body, out);
	else
		buffer_append_slice(out, part->body);
}

enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_LAST };

static enum delimiter delimiter_of(struct slice line, const char *boundary)
{
	size_t length = strlen(boundary);
	if (line.length < length + 2 || line.data[0] != '-' || line.data[1] != '-' ||
	    memcmp(line.data + 2, boundary, length) != 0)
		return DELIMITER_NONE;
	size_t at = length + 2;
	enum delimiter found = DELIMITER_NEXT;
	if (line.length >= at + 2 && line.data[at] == '-' && line.data[at + 1] == '-') {
		found = DELIMITER_LAST;
		at += 2;
	}
	while (at < line.length && is_space(line.data[at]))
		at++;
	return at == line.length ? found : DELIMITER_NONE;
}

bool mime_next(struct slice *rest, const char *boundary, struct mime_part *ret)
{
	struct slice line;
	enum delimiter found = DELIMITER_NONE;
	while (found == DELIMITER_NONE && mime_line(rest, &line))
		found = delimiter_of(line, boundary);
	if (found != DELIMITER_NEXT)
		return false;
	const uint8_t *start = rest->data;
	const uint8_t *end = rest->data + rest->length;
	/* Up to the next delimiter, which the next call finds again; a part cut off counts too. */
	for (struct slice ahead = *rest; mime_line(&ahead, &line);) {
		if (delimiter_of(line, boundary) == DELIMITER_NONE)
			continue;
		end = line.data;
		break;
	}
	struct slice bytes = slice_of(start, (size_t)(end - start));
	*rest = slice_of(end, rest->length - bytes.length);
	/* The line end before a delimiter belongs to it (RFC 2046 section 5.1.1). */
	if (bytes.length && bytes.data[bytes.length - 1] == '\n')
		bytes.length--;
	if (bytes.length && bytes.data[bytes.length - 1] == '\r')
		bytes.length--;
	*ret = mime_part_of(bytes);
	return true;
}

static size_t add_leaves(struct mime_part part, int depth, struct arena *arena,
			 struct mime_part *ret, size_t room)
{
	if (room == 0)
		return 0;
	const char *type = mime_field(part.head, "Content-Type", arena);
	const char *boundary =
		type && depth < MIME_DEPTH_MAX && mime_is_kind(part.head, "multipart")
			? mime_parameter(type, "boundary", arena)
			: NULL;
	if (!boundary || !boundary[0]) {
		ret[0] = part;
		return 1;
	}
	size_t count = 0;
	struct mime_part inner;
	while (count < room && mime_next(&part.body, boundary, &inner))
		count += add_leaves(inner, depth + 1, arena, ret + count, room - count);
	return count;
}

size_t mime_leaves(struct slice message, struct arena *arena, struct mime_part ret[MIME_PARTS_MAX])
{
	return add_leaves(mime_part_of(message), 0, arena, ret, MIME_PARTS_MAX);
}
