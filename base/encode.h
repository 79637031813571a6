/* Hexadecimal and base64 as text; the decoders are strict. */
#ifndef ISSUER_BASE_ENCODE_H
#define ISSUER_BASE_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

/* Lower-case hexadecimal of length bytes into text[2 * length + 1]. */
void encode_hex(const void *data, size_t length, char *text);
/* Exactly length bytes; refuses anything but 2 * length hexadecimal digits. */
STATUS decode_hex(const char *text, void *ret_data, size_t length);

/* RFC 4648 section 4, padded, appended to the buffer. */
void encode_base64(struct slice bytes, struct buffer *out);
/* RFC 4648 section 5 without padding, appended to the buffer. */
void encode_base64url(struct slice bytes, struct buffer *out);
/* Strict: canonical padding, no white space, no stray bits. INPUT otherwise. */
STATUS decode_base64(struct slice text, struct buffer *out);
/* The same of RFC 4648 section 5, which must be without padding. */
STATUS decode_base64url(struct slice text, struct buffer *out);
/* RFC 4648 section 6 in lower case and without padding, appended to the buffer. */
void encode_base32(struct slice bytes, struct buffer *out);

#endif
