/*
 * Replies of a perspective, written from an attempt and read by the controller:
 * see perspective_message.h. The details are what the specification wants to be
 * told; the decision rests on check_passed alone.
 */
#include "base/civil.h"
#include "base/json.h"
#include "base/json_text.h"
#include "net/dns_message.h"
#include "net/url.h"
#include "validators/perspective_message.h"
#include "validators/transcript.h"

#include <string.h>

/* "The first 100 bytes of the page returned at the final URL." */
enum { PAGE_SHOWN = 100, AD_BIT = 0x20, RCODE_BITS = 0x0f, DNS_HEADER = 12 };

#define NANOSECONDS_A_MS INT64_C(1000000)

/* --- details --- */

static const char *url_of(const struct step_http *step, struct arena *arena)
{
	struct url url = {.scheme = step->scheme, .port = step->port, .target = step->target};
	memcpy(url.host, step->host, sizeof(url.host));
	return url_text(&url, arena);
}

static const struct transcript_entry *last_of(const struct transcript *transcript,
					      enum step_kind kind)
{
	for (size_t i = transcript->count; i > 0; i--)
		if (transcript->entries[i - 1].step.kind == kind)
			return &transcript->entries[i - 1];
	return NULL;
}

static void write_response(struct buffer *out, const struct transcript_entry *entry,
			   struct arena *arena)
{
	json_text_integer(out, "response_status_code", entry->event.http.status);
	json_text_string(out, "response_url", url_of(&entry->step.http, arena));
}

static void write_http(struct buffer *out, const struct transcript *transcript, struct arena *arena)
{
	char address[ADDRESS_TEXT];
	const struct transcript_entry *last = last_of(transcript, STEP_HTTP);
	json_text_open(out, "response_history", '[');
	for (size_t i = 0; i < transcript->count; i++) {
		const struct transcript_entry *entry = &transcript->entries[i];
		if (entry->step.kind != STEP_HTTP || entry == last)
			continue;
		json_text_open(out, NULL, '{');
		write_response(out, entry, arena);
		json_text_close(out, '}');
	}
	json_text_close(out, ']');
	if (!last)
		return;
	struct slice page = last->event.http.body;
	page.length = page.length < PAGE_SHOWN ? page.length : PAGE_SHOWN;
	write_response(out, last, arena);
	json_text_string(out, "response_page", arena_bytes(arena, page));
	json_text_string(out, "resolved_ip", address_text(&last->step.http.address, address));
}

static void write_records(struct buffer *out, const struct transcript_entry *entry,
			  struct arena *arena)
{
	struct dns_message message;
	const struct step_dns *ask = &entry->step.dns;
	json_text_open(out, "records_seen", '[');
	if (entry->event.dns.answer.length > 0 &&
	    dns_message_read(entry->event.dns.answer, ask->name, ask->type, arena, &message,
			     NULL) == OK)
		for (size_t i = 0; i < message.answer_count; i++)
			if (message.answers[i].type == ask->type)
				json_text_string(out, NULL,
						 dns_record_text(&message.answers[i], arena));
	json_text_close(out, ']');
}

static void write_dns(struct buffer *out, const struct transcript *transcript,
		      const struct verdict *verdict, struct arena *arena)
{
	const struct transcript_entry *last = last_of(transcript, STEP_DNS);
	json_text_string(out, "found_at", verdict->decided_by);
	if (!last)
		return;
	struct slice answer = last->event.dns.answer;
	write_records(out, last, arena);
	if (answer.length < DNS_HEADER)
		return;
	json_text_integer(out, "response_code", answer.data[3] & RCODE_BITS);
	json_text_boolean(out, "ad_flag", answer.data[3] & AD_BIT);
}

/* The answer that holds what decided: that of the climb's level. */
static const struct transcript_entry *decisive(const struct transcript *transcript,
					       const char *name)
{
	for (size_t i = 0; i < transcript->count; i++)
		if (transcript->entries[i].step.kind == STEP_DNS &&
		    strcmp(transcript->entries[i].step.dns.name, name) == 0)
			return &transcript->entries[i];
	return last_of(transcript, STEP_DNS);
}

static void write_caa(struct buffer *out, const struct transcript *transcript,
		      const struct verdict *verdict, struct arena *arena)
{
	const struct transcript_entry *entry = decisive(transcript, verdict->decided_by);
	bool present = verdict->decided_by[0] != '\0';
	json_text_boolean(out, "caa_record_present", present);
	if (present)
		json_text_string(out, "found_at", verdict->decided_by);
	else
		json_text_null(out, "found_at");
	if (entry)
		write_records(out, entry, arena);
}

static void write_details(struct buffer *out, const struct validation_task *task,
			  const struct verdict *verdict, struct slice evidence)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct transcript transcript;
	json_text_open(out, "details", '{');
	if (transcript_read(evidence, &arena, &transcript, NULL) == OK) {
		if (check_type_of(task) == CHECK_CAA)
			write_caa(out, &transcript, verdict, &arena);
		else if (last_of(&transcript, STEP_HTTP))
			write_http(out, &transcript, &arena);
		else
			write_dns(out, &transcript, verdict, &arena);
	}
	json_text_close(out, '}');
}

/* --- the reply --- */

void perspective_reply_write(const struct validation_task *task, const struct verdict *verdict,
			     struct slice evidence, int64_t at_ms, struct buffer *out)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	enum check_type type = check_type_of(task);
	json_text_open(out, NULL, '{');
	json_text_string(out, "check_type", check_type_text(type));
	json_text_boolean(out, "check_passed", verdict->status == OK);
	json_text_integer(out, "timestamp_ns", at_ms * NANOSECONDS_A_MS);
	json_text_open(out, "errors", '[');
	if (verdict->status != OK) {
		const char *method = perspective_method(task->method);
		json_text_open(out, NULL, '{');
		json_text_string(out, "error_type",
				 arena_printf(&arena, "%s:%s",
					      type == CHECK_CAA ? "caa" : "validation",
					      method ? method : "check"));
		json_text_string(out, "error_message", verdict->sentence);
		json_text_string(out, "code", status_code(verdict->status));
		json_text_close(out, '}');
	}
	json_text_close(out, ']');
	write_details(out, task, verdict, evidence);
	json_text_close(out, '}');
}

static STATUS refuse(struct error *err, const char *member)
{
	return fail(err, INPUT, "the member \"%s\" of the reply is missing or wrong", member);
}

enum status perspective_reply_read(enum check_type type, struct slice body, struct arena *arena,
				   struct perspective_reply *ret, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct perspective_reply reply = {.code = STATUS_COUNT, .sentence = ""};
	TRY(json_read(body, &object, err));
	const char *check = json_get_text(object, "check_type");
	if (!check || strcmp(check, check_type_text(type)) != 0)
		return refuse(err, "check_type");
	const json_t *passed = json_object_get(object, "check_passed");
	if (!json_is_boolean(passed))
		return refuse(err, "check_passed");
	reply.passed = json_is_true(passed);
	const json_t *first = json_array_get(json_object_get(object, "errors"), 0);
	const char *sentence = json_get_text(first, "error_message");
	const char *code = json_get_text(first, "code");
	if (sentence)
		reply.sentence = arena_text(arena, sentence);
	if (code)
		reply.code = status_from_code(code);
	*ret = reply;
	return OK;
}
