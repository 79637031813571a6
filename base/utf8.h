/*
 * UTF-8 of foreign texts (RFC 3629): read strictly, and made fit to be shown
 * beside words of ours on one line.
 */
#ifndef ISSUER_BASE_UTF8_H
#define ISSUER_BASE_UTF8_H

#include "base/bytes.h"

#include <stdbool.h>

/* The length of the well-formed sequence that the text starts with, and its code point; 0 when
 * there is none. Overlong forms and surrogates are not well-formed. */
size_t utf8_read(struct slice text, uint32_t *ret);
void utf8_append(struct buffer *out, uint32_t point);
/* Whether a code point only adds a visible character to its line: no control, no line or paragraph
 * separator, nothing that reorders or hides what stands around it. */
bool utf8_is_plain(uint32_t point);
/* Appends the text with U+FFFD for whatever is not plain UTF-8, cut after most characters, then
 * with an ellipsis. */
void utf8_append_shown(struct buffer *out, const char *text, size_t most);

#endif
