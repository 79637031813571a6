/*
 * One CAA record (RFC 8659 section 4.1) and the value of its issue and issuewild
 * properties (section 4.2), read strictly. Pure.
 */
#ifndef ISSUER_VALIDATORS_CAA_RECORD_H
#define ISSUER_VALIDATORS_CAA_RECORD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct caa_record {
	uint8_t flags;
	const char
		*tag; /* lower-case; RFC 8659 section 4.1: "Matching of tags is case insensitive" */
	struct slice value; /* may be empty */
};

/* INPUT when the rdata is cut short or the tag is not one or more letters and digits. The record
 * borrows from rdata and the arena. */
STATUS caa_record_read(struct slice rdata, struct arena *arena, struct caa_record *ret,
		       struct error *err);

/* Whether a property of that tag must be understood before issuing (flags 128, and 1, which early
 * zone files used for the same). */
bool caa_record_critical(const struct caa_record *record);

struct caa_parameter {
	const char *tag; /* lower-case */
	const char *value;
};

struct caa_issue {
	const char *issuer; /* lower-case domain name; "" names nobody */
	const struct caa_parameter *parameters;
	size_t parameter_count;
};

/* The issue-value of RFC 8659 section 4.2; INPUT when it does not follow the ABNF. */
STATUS caa_issue_read(struct slice value, struct arena *arena, struct caa_issue *ret,
		      struct error *err);

#endif
