/*
 * What controller and perspective say to each other: the per-perspective messages
 * of the Open MPIC API (specification 3.x), written and read on both sides.
 *
 *   controller                                        perspective
 *   POST <url>/dcv, /caa   {domain_or_ip_target,      perspective_request_read
 *   perspective_request     dcv_check_parameters | caa_check_parameters}
 *   perspective_reply_read {check_type, check_passed, perspective_reply_write
 *                           timestamp_ns, errors, details}
 *
 * Members that are not known are ignored, known ones with a wrong value refused. Ours beyond the
 * specification: errors[].code, our problem code; key_authorization beside its hash; account_uri
 * of dns-account-01; account_uri and validation_methods of a CAA check (RFC 8657).
 */
#ifndef ISSUER_VALIDATORS_PERSPECTIVE_MESSAGE_H
#define ISSUER_VALIDATORS_PERSPECTIVE_MESSAGE_H

#include "validators/validator.h"

enum { PERSPECTIVE_MESSAGE_MAX = 64 << 10 };

enum check_type { CHECK_DCV, CHECK_CAA };

/* "dcv", "caa": check_type, and the last segment of the URL. */
const char *check_type_text(enum check_type type);
STATUS check_type_parse(const char *text, enum check_type *ret);
enum check_type check_type_of(const struct validation_task *task);

/* What the API calls one of our methods, "website-change"; NULL when it does not have it. */
const char *perspective_method(const char *method);

/* The request in the arena, or NULL when the API has no words for the task's method. */
const char *perspective_request(const struct validation_task *task, struct arena *arena);

/* Fills method and what is to be shown; label, pack and limits are the reader's own. Everything
 * in the arena. INPUT naming the member. */
STATUS perspective_request_read(enum check_type type, struct slice body, struct arena *arena,
				struct validation_task *ret, struct error *err);

/* Appends the reply; evidence is that of the attempt, which the details are taken from. */
void perspective_reply_write(const struct validation_task *task, const struct verdict *verdict,
			     struct slice evidence, int64_t at_ms, struct buffer *out);

struct perspective_reply {
	bool passed;
	enum status code;     /* why not; STATUS_COUNT when the reply does not say */
	const char *sentence; /* what was seen, as it came; "" when nothing is said */
};

/* INPUT when it is not a reply to a check of the type. Strings are in the arena. */
STATUS perspective_reply_read(enum check_type type, struct slice body, struct arena *arena,
			      struct perspective_reply *ret, struct error *err);

#endif
