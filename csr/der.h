/*
 * DER (ITU-T X.690) written and taken apart. What is written here is read back
 * by OpenSSL in the lints, so one side checks the other. An element that holds
 * others is opened, filled and closed; its length is put in when it is closed.
 */
#ifndef ISSUER_CSR_DER_H
#define ISSUER_CSR_DER_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* Context-specific tags: [0] of a primitive and of a constructed element. */
enum { DER_CONTEXT = 0x80, DER_CONTEXT_CONSTRUCTED = 0xa0 };

/* Starts an element; returns the mark for der_close. */
size_t der_open(struct buffer *out, unsigned tag);
void der_close(struct buffer *out, size_t mark);
/* A whole primitive element. */
void der_put(struct buffer *out, unsigned tag, struct slice content);
/* A non-negative INTEGER of big-endian octets. */
void der_put_unsigned(struct buffer *out, struct slice octets);
/* BIT STRING without unused bits. */
void der_put_bits(struct buffer *out, struct slice octets);
/* OBJECT IDENTIFIER of dotted numbers; INPUT when it is none. */
STATUS der_put_oid(struct buffer *out, const char *dotted, struct error *err);
/* Time of RFC 5280 section 4.1.2.5: UTCTime through 2049, then GeneralizedTime. */
void der_put_time(struct buffer *out, int64_t at_ms);

/* Takes the next element from *rest when it has the tag. ret_content and ret_whole (with tag and
 * length) may be NULL. false leaves everything untouched: other tag, or not DER. */
bool der_take(struct slice *rest, unsigned tag, struct slice *ret_content, struct slice *ret_whole);
/* Whether the next element has the tag. */
bool der_next_is(struct slice rest, unsigned tag);

#endif
