/*
 * The pieces that requests and certificates share, written in DER: object
 * identifiers, names, and single extensions. Each line of the certificate
 * profile (RULES 1.9) is one of these calls.
 */
#ifndef ISSUER_CSR_PROFILE_H
#define ISSUER_CSR_PROFILE_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>

/* Attribute and extension types by the last octets of their OID (2.5.4.x and 2.5.29.x). */
enum attribute_type { ATTRIBUTE_CN = 3, ATTRIBUTE_C = 6, ATTRIBUTE_O = 10 };
enum extension_type {
	EXTENSION_SUBJECT_KEY_IDENTIFIER = 14,
	EXTENSION_KEY_USAGE = 15,
	EXTENSION_SUBJECT_ALT_NAME = 17,
	EXTENSION_BASIC_CONSTRAINTS = 19,
	EXTENSION_CRL_DISTRIBUTION_POINTS = 31,
	EXTENSION_CERTIFICATE_POLICIES = 32,
	EXTENSION_AUTHORITY_KEY_IDENTIFIER = 35,
	EXTENSION_EXTENDED_KEY_USAGE = 37,
};

enum criticality { NOT_CRITICAL, CRITICAL };

/* Marks of an extension that is being written. */
struct extension_mark {
	size_t extension;
	size_t value;
};

/* An RDN with one attribute: PrintableString for C, UTF8String otherwise. Nothing for NULL. */
void profile_put_attribute(struct buffer *out, enum attribute_type type, const char *text);

/* Opens the OCTET STRING of an extension of 2.5.29; what is written next is its value. */
struct extension_mark profile_open_extension(struct buffer *out, enum extension_type type,
					     enum criticality criticality);
void profile_close_extension(struct buffer *out, struct extension_mark mark);
/* subjectAltName as a whole extension: iPAddress for addresses, dNSName for other names. */
void profile_put_names(struct buffer *out, enum criticality criticality, const char *const *names,
		       size_t count);

#endif
