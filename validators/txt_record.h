/*
 * A TXT RRset at one name, as the methods that look at one share it: asked for
 * with aliases followed, told when it is not there, its records as texts.
 *
 *   begin ──> name TXT ──aliases──> records? ──no──> record-missing, dns-failed
 *                                      └──yes──> judged by the method
 */
#ifndef ISSUER_VALIDATORS_TXT_RECORD_H
#define ISSUER_VALIDATORS_TXT_RECORD_H

#include "validators/validator.h"

struct txt_record {
	struct lookup lookup;
	const char *name;
	const char *content; /* what people have to publish there */
};

/* What is to be published, in words. */
void txt_record_publish(const char *name, const char *content, struct arena *arena,
			struct publication *ret);

/* Asks for the records. The verdict is NAME_INVALID when the name is longer than names can be, and
 * INTERNAL without content. */
void txt_record_begin(struct validation *validation, struct txt_record *record, const char *name,
		      const char *content);
/* Takes an answer; true when there are records to judge. */
bool txt_record_advance(struct validation *validation, struct txt_record *record,
			const struct event *event);

/* The <character-string>s of a TXT record (RFC 1035 section 3.3.14) as one text in the arena; false
 * when the last is cut short. */
bool txt_join(struct slice rdata, struct arena *arena, struct slice *ret);
/* The text of record number index, its strings joined (RFC 1035 section 3.3.14); false when the
 * last is cut short. In the conversation's arena. */
bool txt_record_text(struct validation *validation, const struct txt_record *record, size_t index,
		     struct slice *ret);
/* The verdict: OK when a record is the content, octet by octet; else RECORD_WRONG. */
void txt_record_compare(struct validation *validation, const struct txt_record *record);
/* The verdict RECORD_WRONG: what was seen, then the reason, and what to publish. */
void txt_record_wrong(struct validation *validation, const struct txt_record *record,
		      const char *reason);

#endif
