/*
 * The encodings of Internet mail: dates and encoded words of headers (RFC 5322,
 * RFC 2047), and bodies as base64 or quoted-printable (RFC 2045). What is written
 * has lines of at most 76 characters that end with CR LF. What is read comes from
 * others, so reading is lenient: what does not belong is passed over.
 */
#ifndef ISSUER_BASE_MIME_H
#define ISSUER_BASE_MIME_H

#include "base/bytes.h"

enum { MIME_LINE = 76 };

/* RFC 5322 section 3.3, in UTC: "Fri, 27 Nov 2026 06:55:55 +0000". */
void mime_append_date(struct buffer *out, int64_t at);
/* Whole lines, also the last. */
void mime_append_base64(struct buffer *out, struct slice bytes);
/* Text whose lines end with CR LF; so does what is appended. */
void mime_append_quoted_printable(struct buffer *out, struct slice text);
/* A part's body with the header that says how it is encoded: whichever is the shorter. */
void mime_append_text_part(struct buffer *out, struct slice text);
/* UTF-8 as encoded words, folded: column is where the first begins in its line. */
void mime_append_words(struct buffer *out, struct slice text, size_t column);
/* A phrase beside an address: as it is when it is atoms and spaces alone, else encoded words. */
void mime_append_phrase(struct buffer *out, struct slice text, size_t column);

/* A header without structure: as it is when it is printable ASCII that fits its line. */
void mime_append_unstructured(struct buffer *out, struct slice text, size_t column);

/* Encoded words of UTF-8 in base64, as mime_append_words writes them, in a header's value; what is
 * none stays as it is. */
void mime_read_words(struct slice text, struct buffer *out);
void mime_read_base64(struct slice text, struct buffer *out);
void mime_read_quoted_printable(struct slice text, struct buffer *out);

#endif
