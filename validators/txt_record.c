/* A TXT RRset at one name: see txt_record.h. */
#include "validators/txt_record.h"

#include <string.h>

enum { NAME_OCTETS_MAX = 253, SHOWN_RECORDS = 3, SHOWN_TEXT = 60 };

void txt_record_publish(const char *name, const char *content, struct arena *arena,
			struct publication *ret)
{
	*ret = (struct publication){
		.record = name,
		.type = "TXT",
		.content = content,
		.action = arena_printf(arena, "publish the TXT record %s with the text %s", name,
				       content),
		.unseen = "the record was not looked at yet",
	};
}

static void hint_publish(struct validation *validation, const struct txt_record *record)
{
	validation_hint(validation, "publish this record in the DNS: %s. TXT \"%s\"", record->name,
			record->content);
}

void txt_record_begin(struct validation *validation, struct txt_record *record, const char *name,
		      const char *content)
{
	const struct validation_task *task = validation->task;
	if (!content || !content[0]) {
		validation_finish(validation, INTERNAL, "there is no value to look for at %s",
				  task->domain);
		return;
	}
	if (strlen(name) > NAME_OCTETS_MAX) {
		validation_finish(validation, NAME_INVALID,
				  "the record name %s would be longer than %d octets", name,
				  NAME_OCTETS_MAX);
		validation_hint(validation,
				"show control of %s by another method, or of a name above it",
				task->domain);
		return;
	}
	record->name = name;
	record->content = content;
	memcpy(validation->verdict.decided_by, name, strlen(name) + 1);
	validation_lookup(validation, &record->lookup, name, DNS_TYPE_TXT);
}

bool txt_record_advance(struct validation *validation, struct txt_record *record,
			const struct event *event)
{
	struct lookup *lookup = &record->lookup;
	if (!lookup_advance(lookup, event, &validation->steps))
		return false;
	memcpy(validation->verdict.decided_by, lookup->canonical, sizeof(lookup->canonical));
	switch (lookup->outcome) {
	case LOOKUP_ASKING:
		return false;
	case LOOKUP_FOUND:
		return true;
	case LOOKUP_NO_DATA:
	case LOOKUP_NXDOMAIN:
		validation_finish(validation, RECORD_MISSING, "%s",
				  lookup_text(lookup, validation->arena));
		hint_publish(validation, record);
		return false;
	case LOOKUP_FAILED:
		validation_finish(validation, DNS_FAILED, "could not look up the record: %s",
				  lookup_text(lookup, validation->arena));
		validation_hint(validation, "%s", lookup_advice(lookup, validation->arena));
		return false;
	}
	return false;
}

bool txt_join(struct slice rdata, struct arena *arena, struct slice *ret)
{
	char *text = arena_new(arena, rdata.length + 1, 1);
	size_t length = 0;
	for (size_t at = 0; at < rdata.length; at += 1U + rdata.data[at]) {
		size_t string = rdata.data[at];
		if (string > rdata.length - at - 1)
			return false;
		memcpy(text + length, rdata.data + at + 1, string);
		length += string;
	}
	*ret = slice_of(text, length);
	return true;
}

bool txt_record_text(struct validation *validation, const struct txt_record *record, size_t index,
		     struct slice *ret)
{
	return txt_join(record->lookup.records[index]->rdata, validation->arena, ret);
}

/* '"one", "two" and 3 more' */
static const char *shown_records(struct validation *validation, const struct txt_record *record)
{
	struct arena *arena = validation->arena;
	const struct lookup *lookup = &record->lookup;
	const char *shown = "";
	for (size_t i = 0; i < lookup->record_count && i < SHOWN_RECORDS; i++) {
		struct slice text;
		if (!txt_record_text(validation, record, i, &text))
			text = lookup->records[i]->rdata;
		shown = arena_printf(arena, "%s%s\"%s\"", shown, i > 0 ? ", " : "",
				     validation_shown(validation, text, SHOWN_TEXT));
	}
	if (lookup->record_count > SHOWN_RECORDS)
		shown = arena_printf(arena, "%s and %zu more", shown,
				     lookup->record_count - SHOWN_RECORDS);
	return shown;
}

void txt_record_wrong(struct validation *validation, const struct txt_record *record,
		      const char *reason)
{
	validation_finish(validation, RECORD_WRONG, "%s, %s",
			  lookup_text(&record->lookup, validation->arena), reason);
	hint_publish(validation, record);
}

void txt_record_compare(struct validation *validation, const struct txt_record *record)
{
	for (size_t i = 0; i < record->lookup.record_count; i++) {
		struct slice text;
		if (!txt_record_text(validation, record, i, &text) ||
		    !slice_equal(text, slice_text(record->content)))
			continue;
		validation_finish(validation, OK, "%s, with the expected value",
				  lookup_text(&record->lookup, validation->arena));
		return;
	}
	txt_record_wrong(validation, record,
			 arena_printf(validation->arena, "not with the expected value: %s",
				      shown_records(validation, record)));
}
