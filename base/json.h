/*
 * JSON by jansson, which is used as it is; this header is the only door to it,
 * with strict reading (no duplicate members, no trailing bytes) and compact,
 * sorted writing (so equal objects are equal bytes).
 */
#ifndef ISSUER_BASE_JSON_H
#define ISSUER_BASE_JSON_H

#include "base/bytes.h"
#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

/* Reads one object. INPUT with the position when it is not strict JSON. */
STATUS json_read(struct slice text, json_t **ret, struct error *err);
/* Appends compact text with sorted members. */
void json_write_sorted(const json_t *value, struct buffer *out);
/* Appends compact text, members in the order they were added. */
void json_write(const json_t *value, struct buffer *out);
/* For CLEANUP. */
void json_releasep(json_t **value);

/* Members that are left out when the value is absent (NULL). */
void json_add_text(json_t *object, const char *name, const char *text);
void json_add_integer(json_t *object, const char *name, int64_t value);
/* An instant as RFC 3339; left out when at_ms is 0. */
void json_add_instant(json_t *object, const char *name, int64_t at_ms);
/* Bytes as base64. */
void json_add_bytes(json_t *object, const char *name, struct slice bytes);
/* Adds and owns value. */
void json_add(json_t *object, const char *name, json_t *value);

/* Borrowed; NULL when the member is absent or not a string. */
const char *json_get_text(const json_t *object, const char *name);
/* fallback when absent or not an integer. */
int64_t json_get_integer(const json_t *object, const char *name, int64_t fallback);
/* 0 when absent or not an instant. */
int64_t json_get_instant(const json_t *object, const char *name);
/* Appends the decoded bytes; INPUT when absent or not base64. */
STATUS json_get_bytes(const json_t *object, const char *name, struct buffer *out);

#endif
