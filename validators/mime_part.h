/*
 * A mail of others taken apart (RFC 5322, RFC 2045, RFC 2046): header fields and
 * body parts, read leniently and within limits. Pure; everything points into the
 * message or the arena.
 */
#ifndef ISSUER_VALIDATORS_MIME_PART_H
#define ISSUER_VALIDATORS_MIME_PART_H

#include "base/arena.h"
#include "base/bytes.h"

#include <stdbool.h>

enum { MIME_MESSAGE_MAX = 1 << 20, MIME_FIELD_MAX = 2000, MIME_PARTS_MAX = 32, MIME_DEPTH_MAX = 4 };

/* A message or part: header fields, and what follows the empty line. */
struct mime_part {
	struct slice head;
	struct slice body;
};

/* What starts with an empty line has no head; what has no empty line is all head. */
struct mime_part mime_part_of(struct slice bytes);
/* The first field of that name, unfolded, cut to MIME_FIELD_MAX octets, controls as spaces; NULL
 * when there is none. */
const char *mime_field(struct slice head, const char *name, struct arena *arena);
/* Whether the Content-Type is "type/subtype"; without the field it is text/plain. */
bool mime_is_type(struct slice head, const char *type);
/* Whether the Content-Type is of that kind: "multipart". */
bool mime_is_kind(struct slice head, const char *kind);
/* A parameter of a field's value, without quotes; NULL when there is none. */
const char *mime_parameter(const char *value, const char *name, struct arena *arena);
/* The body decoded as its Content-Transfer-Encoding says, at most the buffer's maximum. */
void mime_decode(const struct mime_part *part, struct buffer *out);
/* The next part of a multipart's body: *rest starts as the body, and moves on; false at the end. */
bool mime_next(struct slice *rest, const char *boundary, struct mime_part *ret);

/* The part itself, or the parts inside it that are no multipart, in their order: at most
 * MIME_PARTS_MAX of them, MIME_DEPTH_MAX deep. Returns how many. */
size_t mime_leaves(struct slice message, struct arena *arena, struct mime_part ret[MIME_PARTS_MAX]);

/* The next line without its end (LF or CR LF); false when there is none. */
bool mime_line(struct slice *rest, struct slice *ret);

#endif
