/*
 * Control of a name by a TXT record: BR 3.2.2.4.7 "DNS Change". The record stands
 * at one label below the Authorization Domain Name, which may delegate that label
 * elsewhere by CNAME; what the aliases lead to changes nothing about the name
 * whose control is shown.
 *
 *   _issuer-validation.<ADN> ── TXT, aliases followed ──> one record equals the value
 */
#include "validators/validator.h"

#include <string.h>

/* BR 3.2.2.4.7: the value is "in a DNS CNAME, TXT or CAA record returned in a query for either:
 * 1. the ADN; or 2. the ADN prefixed with a Domain Label that begins with an underscore
 * character." Without the underscore it would be a host name like any other, which a site may give
 * to its users. */
#define RECORD_LABEL "_issuer-validation."

enum { NAME_OCTETS_MAX = 253, SHOWN_RECORDS = 3, SHOWN_TEXT = 60 };

struct dns_txt {
	struct lookup lookup;
};

static struct dns_txt *state_of(struct validation *validation)
{
	return validation->state;
}

static const char *record_name(const struct validation_task *task, struct arena *arena)
{
	return arena_printf(arena, RECORD_LABEL "%s", task->domain);
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	const char *record = record_name(task, arena);
	*ret = (struct publication){
		.record = record,
		.type = "TXT",
		.content = task->value,
		.action = arena_printf(arena, "publish the TXT record %s with the text %s", record,
				       task->value),
		.unseen = "the record was not looked at yet",
	};
}

static void hint_publish(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	validation_hint(validation, "publish this record in the DNS: %s. TXT \"%s\"",
			record_name(task, validation->arena), task->value);
}

static void begin(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	const char *name = record_name(task, validation->arena);
	if (!task->value || !task->value[0]) {
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
	memcpy(validation->verdict.decided_by, name, strlen(name) + 1);
	validation_lookup(validation, &state_of(validation)->lookup, name, DNS_TYPE_TXT);
}

/* --- what came back --- */

/* The <character-string>s of a TXT record (RFC 1035 section 3.3.14) as one text; false when the
 * last is cut short. */
static bool join_strings(struct slice rdata, struct arena *arena, struct slice *ret)
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

static bool holds_value(struct validation *validation, const struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->record_count; i++) {
		struct slice text;
		if (join_strings(lookup->records[i]->rdata, validation->arena, &text) &&
		    slice_equal(text, slice_text(validation->task->value)))
			return true;
	}
	return false;
}

/* '"one", "two" and 3 more' */
static const char *shown_records(struct validation *validation, const struct lookup *lookup)
{
	struct arena *arena = validation->arena;
	const char *shown = "";
	for (size_t i = 0; i < lookup->record_count && i < SHOWN_RECORDS; i++) {
		struct slice text;
		if (!join_strings(lookup->records[i]->rdata, arena, &text))
			text = lookup->records[i]->rdata;
		shown = arena_printf(arena, "%s%s\"%s\"", shown, i > 0 ? ", " : "",
				     validation_shown(validation, text, SHOWN_TEXT));
	}
	if (lookup->record_count > SHOWN_RECORDS)
		shown = arena_printf(arena, "%s and %zu more", shown,
				     lookup->record_count - SHOWN_RECORDS);
	return shown;
}

static void compare(struct validation *validation, const struct lookup *lookup)
{
	const char *seen = lookup_text(lookup, validation->arena);
	if (holds_value(validation, lookup)) {
		validation_finish(validation, OK, "%s, with the expected value", seen);
		return;
	}
	validation_finish(validation, RECORD_WRONG, "%s, not with the expected value: %s", seen,
			  shown_records(validation, lookup));
	hint_publish(validation);
}

static void advance(struct validation *validation, const struct event *event)
{
	struct lookup *lookup = &state_of(validation)->lookup;
	if (!lookup_advance(lookup, event, &validation->steps))
		return;
	memcpy(validation->verdict.decided_by, lookup->canonical, sizeof(lookup->canonical));
	switch (lookup->outcome) {
	case LOOKUP_ASKING:
		return;
	case LOOKUP_FOUND:
		compare(validation, lookup);
		return;
	case LOOKUP_NO_DATA:
	case LOOKUP_NXDOMAIN:
		validation_finish(validation, RECORD_MISSING, "%s",
				  lookup_text(lookup, validation->arena));
		hint_publish(validation);
		return;
	case LOOKUP_FAILED:
		validation_finish(validation, DNS_FAILED, "could not look up the record: %s",
				  lookup_text(lookup, validation->arena));
		validation_hint(validation, "check that the name servers of %s answer",
				lookup->canonical);
		return;
	}
}

const struct validator validator_dns_txt = {
	.method = "dns-txt",
	.evidence_kind = "dns",
	.state_size = sizeof(struct dns_txt),
	.place = PUBLISH_RECORD,
	.value = VALUE_RANDOM,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};
