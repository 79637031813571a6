/*
 * The members of evidence, as every kind of it is read: what is missing, or is not
 * of its kind, is EVIDENCE_BROKEN with the member's name. What people said (answer.h,
 * call.h) is one object of texts and instants, written and read by tables.
 */
#ifndef ISSUER_VALIDATORS_EVIDENCE_MEMBER_H
#define ISSUER_VALIDATORS_EVIDENCE_MEMBER_H

#include "base/json.h"
#include "validators/validator.h"

STATUS member_broken(struct error *err, const char *member);

/* A text that must be there; in the arena. */
STATUS member_text(const json_t *object, const char *member, struct arena *arena, const char **ret,
		   struct error *err);
/* Base64 of at most limit bytes; in the arena. */
STATUS member_bytes(const json_t *object, const char *member, size_t limit, struct arena *arena,
		    struct slice *ret, struct error *err);

/* One member of a struct of facts: a const char *, or an int64_t instant in milliseconds. */
struct fact_member {
	const char *name;
	size_t offset;
	bool needed; /* else it may be left out: NULL, 0 */
};
struct fact_table {
	int version;
	const struct fact_member *texts;
	size_t text_count;
	const struct fact_member *instants;
	size_t instant_count;
};

/* Opens the object and writes version, texts and instants; whoever calls adds the rest. */
void facts_open(struct buffer *out, const struct fact_table *table, const void *facts);
/* Writes the verdict and closes the object. */
void facts_close(struct buffer *out, const struct verdict *verdict);

/* Reads the object, its version, texts and instants into facts, and the verdict's status. The
 * caller drops *ret_object, which has the rest. */
STATUS facts_read(struct slice evidence, const struct fact_table *table, struct arena *arena,
		  void *facts, enum status *ret_recorded, json_t **ret_object, struct error *err);

/* What facts are worth. */
__attribute__((format(printf, 3, 4))) void verdict_say(struct verdict *ret, enum status status,
						       const char *format, ...);

#endif
