/*
 * JSON written straight into text, without a tree: for records that are written
 * thousands of times an hour (evidence). json.h reads it back.
 *
 * Each call appends one member to what is open, or, with name NULL, one element;
 * commas come by themselves. Names are written as they are.
 */
#ifndef ISSUER_BASE_JSON_TEXT_H
#define ISSUER_BASE_JSON_TEXT_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* Opens an object or array ('{' or '['); closes it ('}' or ']'). */
void json_text_open(struct buffer *out, const char *name, char bracket);
void json_text_close(struct buffer *out, char bracket);

/* Left out when NULL. Text that is not UTF-8 has its bytes past ASCII replaced by '?'. */
void json_text_string(struct buffer *out, const char *name, const char *text);
void json_text_integer(struct buffer *out, const char *name, int64_t value);
void json_text_boolean(struct buffer *out, const char *name, bool value);
void json_text_null(struct buffer *out, const char *name);
/* An instant as RFC 3339; left out when at_ms is 0. */
void json_text_instant(struct buffer *out, const char *name, int64_t at_ms);
/* Bytes as base64. */
void json_text_bytes(struct buffer *out, const char *name, struct slice bytes);

#endif
