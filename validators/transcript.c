/*
 * Transcripts written and read: see transcript.h. Each kind of answer has its
 * writer and its reader one below the other, so that a member added to one is
 * missed at once in the other.
 */
#include "validators/transcript.h"

#include "base/json.h"
#include "base/json_text.h"
#include "validators/transcript_perspective.h"
#include "validators/evidence_member.h"

#include <stdio.h>
#include <string.h>

/* The members of "limits", written and read by one table. */
struct limit_member {
	const char *name;
	size_t offset;
	bool later; /* 0 in evidence from before there was such a limit */
};

/* clang-format off */
static const struct limit_member limit_members[] = {
	{"redirects_max",      offsetof(struct validation_limits, redirects_max),      false},
	{"body_max",           offsetof(struct validation_limits, body_max),           false},
	{"connect_timeout_ms", offsetof(struct validation_limits, connect_timeout_ms), false},
	{"timeout_ms",         offsetof(struct validation_limits, timeout_ms),         false},
	{"dns_timeout_ms",     offsetof(struct validation_limits, dns_timeout_ms),     false},
	{"dns_tries",          offsetof(struct validation_limits, dns_tries),          false},
	{"failure_permits",    offsetof(struct validation_limits, failure_permits),    true},
};
_Static_assert(sizeof(limit_members) / sizeof(limit_members[0]) ==
	       sizeof(struct validation_limits) / sizeof(int), "one member a limit");
/* clang-format on */

static STATUS read_text_into(const json_t *object, const char *member, char *ret, size_t size,
			     struct error *err)
{
	const char *text = json_get_text(object, member);
	if (!text || strlen(text) >= size)
		return member_broken(err, member);
	memcpy(ret, text, strlen(text) + 1);
	return OK;
}

static STATUS read_number(const json_t *object, const char *member, int64_t most, int64_t *ret,
			  struct error *err)
{
	int64_t number = json_get_integer(object, member, -1);
	if (number < 0 || number > most)
		return member_broken(err, member);
	*ret = number;
	return OK;
}

static STATUS read_instant(const json_t *object, const char *member, int64_t *ret,
			   struct error *err)
{
	int64_t at_ms = json_get_instant(object, member);
	if (at_ms == 0)
		return member_broken(err, member);
	*ret = at_ms;
	return OK;
}

/* --- the task --- */

static void write_prefixes(struct buffer *out, const struct network *network)
{
	json_text_open(out, "allowed_prefixes", '[');
	for (size_t i = 0; i < network->allowed_count; i++) {
		char address[ADDRESS_TEXT], text[ADDRESS_TEXT + 4];
		(void)snprintf(text, sizeof(text), "%s/%d",
			       address_text(&network->allowed[i].address, address),
			       network->allowed[i].bits & 0xff);
		json_text_string(out, NULL, text);
	}
	json_text_close(out, ']');
}

static STATUS read_prefixes(const json_t *list, struct network *ret, struct error *err)
{
	if (!json_is_array(list) || json_array_size(list) > NETWORK_PREFIXES_MAX)
		return member_broken(err, "allowed_prefixes");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text || address_prefix_parse(text, &ret->allowed[i]) != OK)
			return member_broken(err, "allowed_prefixes");
		ret->allowed_count = i + 1;
	}
	return OK;
}

/* Only for the methods that ask registries. */
static void write_registry(struct buffer *out, const struct validation_task *task,
			   const struct network *network)
{
	const struct validator *validator = validator_find(task->method);
	if (!validator || !validator->asks_registries)
		return;
	json_text_string(out, "whois_server", network->registry.whois_server);
	json_text_string(out, "rdap_bootstrap", network->registry.rdap_bootstrap);
}

static void read_registry(const json_t *object, struct arena *arena, struct network *ret)
{
	ret->registry.whois_server = arena_text(arena, json_get_text(object, "whois_server"));
	ret->registry.rdap_bootstrap = arena_text(arena, json_get_text(object, "rdap_bootstrap"));
}

static void write_limits(struct buffer *out, const struct validation_limits *limits)
{
	json_text_open(out, "limits", '{');
	for (size_t i = 0; i < ARRAY_LENGTH(limit_members); i++) {
		int value;
		memcpy(&value, (const char *)limits + limit_members[i].offset, sizeof(value));
		json_text_integer(out, limit_members[i].name, value);
	}
	json_text_close(out, '}');
}

static STATUS read_limits(const json_t *object, struct validation_limits *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(limit_members); i++) {
		int64_t number = 0;
		if (!limit_members[i].later || json_object_get(object, limit_members[i].name))
			TRY(read_number(object, limit_members[i].name, INT32_MAX, &number, err));
		int value = (int)number;
		memcpy((char *)ret + limit_members[i].offset, &value, sizeof(value));
	}
	return OK;
}

static void write_texts(struct buffer *out, const char *member, const char *const *texts,
			size_t count)
{
	json_text_open(out, member, '[');
	for (size_t i = 0; i < count; i++)
		json_text_string(out, NULL, texts[i]);
	json_text_close(out, ']');
}

static STATUS read_texts(const json_t *object, const char *member, struct arena *arena,
			 const char *const **ret, size_t *ret_count, struct error *err)
{
	const json_t *list = json_object_get(object, member);
	if (!json_is_array(list) || json_array_size(list) > VALIDATION_IDENTIFIERS_MAX)
		return member_broken(err, member);
	const char **texts = arena_new(arena, json_array_size(list) + 1, sizeof(char *));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			return member_broken(err, member);
		texts[i] = arena_text(arena, text);
	}
	*ret = texts;
	*ret_count = json_array_size(list);
	return OK;
}

static void write_trust(struct buffer *out, const struct validation_task *task)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	json_text_open(out, "trust", '{');
	json_text_string(out, "anchors", trust_anchors_text(task->anchors, &arena));
	json_text_instant(out, "at", task->anchors_at_ms);
	json_text_close(out, '}');
}

/* Absent: the resolver was believed. */
static STATUS read_trust(const json_t *object, struct arena *arena, struct transcript *ret,
			 struct error *err)
{
	if (!object)
		return OK;
	TRY(member_text(object, "anchors", arena, &ret->anchors, err));
	return read_instant(object, "at", &ret->task.anchors_at_ms, err);
}

void transcript_open(struct buffer *transcript, const struct validation_task *task,
		     const struct network *network, int64_t began_ms)
{
	json_text_open(transcript, NULL, '{');
	json_text_integer(transcript, "version", TRANSCRIPT_VERSION);
	json_text_string(transcript, "method", task->method);
	json_text_string(transcript, "label", task->label);
	json_text_string(transcript, "pack", task->pack);
	json_text_string(transcript, "pack_digest", task->pack_digest);
	json_text_instant(transcript, "began", began_ms);

	json_text_open(transcript, "task", '{');
	json_text_string(transcript, "domain", task->domain);
	json_text_boolean(transcript, "wildcard", task->wildcard);
	json_text_string(transcript, "file_name", task->file_name);
	json_text_string(transcript, "value", task->value);
	json_text_string(transcript, "account_uri", task->account_uri);
	write_texts(transcript, "identifiers", task->identifiers, task->identifier_count);
	if (task->caa_label_count > 0)
		write_texts(transcript, "caa_labels", task->caa_labels, task->caa_label_count);
	write_limits(transcript, &task->limits);
	transcript_plan_write(transcript, task->corroboration);
	write_prefixes(transcript, network);
	write_registry(transcript, task, network);
	json_text_close(transcript, '}');

	if (task->anchors)
		write_trust(transcript, task);

	json_text_open(transcript, "steps", '[');
}

static STATUS read_task(const json_t *object, struct arena *arena, struct transcript *ret,
			struct error *err)
{
	struct validation_task *task = &ret->task;
	const json_t *shown = json_object_get(object, "task");
	if (json_get_integer(object, "version", 0) != TRANSCRIPT_VERSION)
		return member_broken(err, "version");
	TRY(member_text(object, "method", arena, &task->method, err));
	TRY(member_text(object, "label", arena, &task->label, err));
	TRY(member_text(object, "pack", arena, &task->pack, err));
	TRY(member_text(object, "pack_digest", arena, &task->pack_digest, err));
	TRY(read_instant(object, "began", &ret->began_ms, err));
	TRY(member_text(shown, "domain", arena, &task->domain, err));
	if (!json_is_boolean(json_object_get(shown, "wildcard")))
		return member_broken(err, "wildcard");
	task->wildcard = json_is_true(json_object_get(shown, "wildcard"));
	task->file_name = arena_text(arena, json_get_text(shown, "file_name"));
	task->value = arena_text(arena, json_get_text(shown, "value"));
	task->account_uri = arena_text(arena, json_get_text(shown, "account_uri"));
	TRY(read_texts(shown, "identifiers", arena, &task->identifiers, &task->identifier_count,
		       err));
	if (json_object_get(shown, "caa_labels"))
		TRY(read_texts(shown, "caa_labels", arena, &task->caa_labels,
			       &task->caa_label_count, err));
	TRY(read_limits(json_object_get(shown, "limits"), &task->limits, err));
	TRY(transcript_plan_read(json_object_get(shown, "corroboration"), arena,
				 &task->corroboration, err));
	read_registry(shown, arena, &ret->network);
	TRY(read_prefixes(json_object_get(shown, "allowed_prefixes"), &ret->network, err));
	return read_trust(json_object_get(object, "trust"), arena, ret, err);
}

/* --- dns --- */

static const char signed_records[] = "signed";

static void write_dns(struct buffer *out, const struct step_dns *ask, const struct event_dns *reply)
{
	char server[ENDPOINT_TEXT];
	json_text_open(out, "dns", '{');
	json_text_string(out, "name", ask->name);
	json_text_integer(out, "type", ask->type);
	/* Absent: plain, as in all evidence from before there were signatures. */
	if (ask->records == DNS_RECORDS_SIGNED)
		json_text_string(out, "records", signed_records);
	json_text_string(out, "outcome", dns_outcome_text(reply->outcome));
	json_text_bytes(out, "answer", reply->answer);
	json_text_integer(out, "tries", reply->tries);
	if (reply->server.address.family != ADDRESS_NONE)
		json_text_string(out, "server", endpoint_text(&reply->server, server));
	json_text_close(out, '}');
}

static STATUS read_dns(const json_t *object, struct arena *arena, struct step_dns *ask,
		       struct event_dns *reply, struct error *err)
{
	int64_t type = 0;
	TRY(read_text_into(object, "name", ask->name, sizeof(ask->name), err));
	TRY(read_number(object, "type", UINT16_MAX, &type, err));
	ask->type = (uint16_t)type;
	const char *records = json_get_text(object, "records");
	if (records && strcmp(records, signed_records) != 0)
		return member_broken(err, "records");
	ask->records = records ? DNS_RECORDS_SIGNED : DNS_RECORDS_PLAIN;
	const char *outcome = json_get_text(object, "outcome");
	if (!outcome || dns_outcome_parse(outcome, &reply->outcome) != OK)
		return member_broken(err, "outcome");
	/* Absent in evidence from before it counted. */
	reply->tries = (int)json_get_integer(object, "tries", 0);
	const char *server = json_get_text(object, "server");
	if (server && endpoint_parse(server, 0, &reply->server) != OK)
		return member_broken(err, "server");
	return member_bytes(object, "answer", TRANSCRIPT_MAX, arena, &reply->answer, err);
}

/* --- http --- */

static const char verified_server[] = "verified";

static void write_http(struct buffer *out, const struct step_http *ask,
		       const struct http_reply *reply, uint16_t connect_port)
{
	char address[ADDRESS_TEXT];
	json_text_open(out, "http", '{');
	json_text_string(out, "scheme", ask->scheme == HTTP_TLS ? "https" : "http");
	json_text_string(out, "host", ask->host);
	json_text_integer(out, "port", ask->port);
	json_text_string(out, "target", ask->target);
	/* Absent: no certificate need be trusted. */
	if (ask->trust == HTTP_VERIFIED_SERVER)
		json_text_string(out, "trust", verified_server);
	json_text_string(out, "address", address_text(&ask->address, address));
	json_text_integer(out, "connect_port", connect_port);
	json_text_string(out, "outcome", http_outcome_text(reply->outcome));
	json_text_integer(out, "status", reply->status);
	json_text_bytes(out, "request", reply->request);
	json_text_bytes(out, "headers", reply->headers);
	json_text_bytes(out, "body", reply->body);
	json_text_boolean(out, "body_cut", reply->body_cut);
	json_text_bytes(out, "certificate", reply->certificate);
	json_text_string(out, "detail", reply->detail);
	json_text_close(out, '}');
}

static STATUS read_http_ask(const json_t *object, struct arena *arena,
			    struct transcript_entry *entry, struct error *err)
{
	struct step_http *ask = &entry->step.http;
	const char *scheme = json_get_text(object, "scheme");
	if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return member_broken(err, "scheme");
	ask->scheme = strcmp(scheme, "https") == 0 ? HTTP_TLS : HTTP_PLAIN;
	const char *trust = json_get_text(object, "trust");
	if (trust && strcmp(trust, verified_server) != 0)
		return member_broken(err, "trust");
	ask->trust = trust ? HTTP_VERIFIED_SERVER : HTTP_ANY_SERVER;
	int64_t port = 0, connect_port = 0;
	TRY(read_text_into(object, "host", ask->host, sizeof(ask->host), err));
	TRY(read_number(object, "port", UINT16_MAX, &port, err));
	TRY(read_number(object, "connect_port", UINT16_MAX, &connect_port, err));
	ask->port = (uint16_t)port;
	entry->connect_port = (uint16_t)connect_port;
	const char *address = json_get_text(object, "address");
	if (!address || address_parse(address, &ask->address) != OK)
		return member_broken(err, "address");
	return member_text(object, "target", arena, &ask->target, err);
}

static STATUS read_http_reply(const json_t *object, struct arena *arena, struct http_reply *reply,
			      struct error *err)
{
	const char *outcome = json_get_text(object, "outcome");
	if (!outcome || http_outcome_parse(outcome, &reply->outcome) != OK)
		return member_broken(err, "outcome");
	int64_t status = 0;
	TRY(read_number(object, "status", 999, &status, err));
	reply->status = (int)status;
	if (!json_is_boolean(json_object_get(object, "body_cut")))
		return member_broken(err, "body_cut");
	reply->body_cut = json_is_true(json_object_get(object, "body_cut"));
	TRY(member_bytes(object, "request", TRANSCRIPT_MAX, arena, &reply->request, err));
	TRY(member_bytes(object, "headers", TRANSCRIPT_MAX, arena, &reply->headers, err));
	TRY(member_bytes(object, "body", TRANSCRIPT_MAX, arena, &reply->body, err));
	TRY(member_bytes(object, "certificate", TRANSCRIPT_MAX, arena, &reply->certificate, err));
	return member_text(object, "detail", arena, &reply->detail, err);
}

/* --- whois --- */

static void write_line(struct buffer *out, const struct step_line *ask,
		       const struct line_reply *reply, uint16_t connect_port)
{
	char address[ADDRESS_TEXT];
	json_text_open(out, "whois", '{');
	json_text_string(out, "host", ask->host);
	json_text_integer(out, "port", ask->port);
	json_text_string(out, "line", ask->line);
	json_text_string(out, "address", address_text(&ask->address, address));
	json_text_integer(out, "connect_port", connect_port);
	json_text_string(out, "outcome", line_outcome_text(reply->outcome));
	json_text_bytes(out, "answer", reply->answer);
	json_text_boolean(out, "cut", reply->cut);
	json_text_string(out, "detail", reply->detail);
	json_text_close(out, '}');
}

static STATUS read_line_ask(const json_t *object, struct arena *arena,
			    struct transcript_entry *entry, struct error *err)
{
	struct step_line *ask = &entry->step.line;
	int64_t port = 0, connect_port = 0;
	TRY(read_text_into(object, "host", ask->host, sizeof(ask->host), err));
	TRY(read_number(object, "port", UINT16_MAX, &port, err));
	TRY(read_number(object, "connect_port", UINT16_MAX, &connect_port, err));
	ask->port = (uint16_t)port;
	entry->connect_port = (uint16_t)connect_port;
	const char *address = json_get_text(object, "address");
	if (!address || address_parse(address, &ask->address) != OK)
		return member_broken(err, "address");
	return member_text(object, "line", arena, &ask->line, err);
}

static STATUS read_line_reply(const json_t *object, struct arena *arena, struct line_reply *reply,
			      struct error *err)
{
	const char *outcome = json_get_text(object, "outcome");
	if (!outcome || line_outcome_parse(outcome, &reply->outcome) != OK)
		return member_broken(err, "outcome");
	if (!json_is_boolean(json_object_get(object, "cut")))
		return member_broken(err, "cut");
	reply->cut = json_is_true(json_object_get(object, "cut"));
	TRY(member_bytes(object, "answer", TRANSCRIPT_MAX, arena, &reply->answer, err));
	return member_text(object, "detail", arena, &reply->detail, err);
}

/* --- tls --- */

static void write_tls(struct buffer *out, const struct step_tls *ask, const struct tls_reply *reply,
		      uint16_t connect_port)
{
	char address[ADDRESS_TEXT];
	json_text_open(out, "tls", '{');
	json_text_string(out, "server_name", ask->server_name);
	json_text_string(out, "offered", ask->protocol);
	json_text_integer(out, "port", ask->port);
	json_text_string(out, "address", address_text(&ask->address, address));
	json_text_integer(out, "connect_port", connect_port);
	json_text_string(out, "outcome", tls_outcome_text(reply->outcome));
	json_text_bytes(out, "protocol", reply->protocol);
	json_text_bytes(out, "certificate", reply->certificate);
	json_text_string(out, "detail", reply->detail);
	json_text_close(out, '}');
}

static STATUS read_tls_ask(const json_t *object, struct arena *arena,
			   struct transcript_entry *entry, struct error *err)
{
	struct step_tls *ask = &entry->step.tls;
	int64_t port = 0, connect_port = 0;
	TRY(read_text_into(object, "server_name", ask->server_name, sizeof(ask->server_name), err));
	TRY(member_text(object, "offered", arena, &ask->protocol, err));
	TRY(read_number(object, "port", UINT16_MAX, &port, err));
	TRY(read_number(object, "connect_port", UINT16_MAX, &connect_port, err));
	ask->port = (uint16_t)port;
	entry->connect_port = (uint16_t)connect_port;
	const char *address = json_get_text(object, "address");
	if (!address || address_parse(address, &ask->address) != OK)
		return member_broken(err, "address");
	return OK;
}

static STATUS read_tls_reply(const json_t *object, struct arena *arena, struct tls_reply *reply,
			     struct error *err)
{
	const char *outcome = json_get_text(object, "outcome");
	if (!outcome || tls_outcome_parse(outcome, &reply->outcome) != OK)
		return member_broken(err, "outcome");
	TRY(member_bytes(object, "protocol", TRANSCRIPT_MAX, arena, &reply->protocol, err));
	TRY(member_bytes(object, "certificate", TRANSCRIPT_MAX, arena, &reply->certificate, err));
	return member_text(object, "detail", arena, &reply->detail, err);
}

/* --- entries --- */

void transcript_add(struct buffer *transcript, const struct transcript_entry *entry)
{
	const struct step *step = &entry->step;
	json_text_open(transcript, NULL, '{');
	json_text_integer(transcript, "n", (int64_t)entry->number);
	json_text_integer(transcript, "id", step->id);
	json_text_instant(transcript, "at", entry->event.at_ms);
	json_text_integer(transcript, "took_ms", entry->took_ms);
	switch (step->kind) {
	case STEP_DNS:
		write_dns(transcript, &step->dns, &entry->event.dns);
		break;
	case STEP_HTTP:
		write_http(transcript, &step->http, &entry->event.http, entry->connect_port);
		break;
	case STEP_PERSPECTIVE:
		transcript_answer_write(transcript, &step->perspective, &entry->event.perspective);
		break;
	case STEP_LINE:
		write_line(transcript, &step->line, &entry->event.line, entry->connect_port);
		break;
	case STEP_TLS:
		write_tls(transcript, &step->tls, &entry->event.tls, entry->connect_port);
		break;
	}
	json_text_close(transcript, '}');
}

static STATUS read_entry(const json_t *object, struct arena *arena, struct transcript_entry *entry,
			 struct error *err)
{
	int64_t number = 0, id = 0;
	TRY(read_number(object, "n", INT32_MAX, &number, err));
	TRY(read_number(object, "id", INT32_MAX, &id, err));
	TRY(read_number(object, "took_ms", INT64_MAX, &entry->took_ms, err));
	TRY(read_instant(object, "at", &entry->event.at_ms, err));
	const json_t *dns = json_object_get(object, "dns");
	const json_t *http = json_object_get(object, "http");
	const json_t *line = json_object_get(object, "whois");
	const json_t *tls = json_object_get(object, "tls");
	const json_t *perspective = json_object_get(object, "perspective");
	if (!!dns + !!http + !!tls + !!line + !!perspective != 1)
		return member_broken(err, "dns");
	entry->number = (size_t)number;
	entry->step.id = entry->event.id = (uint32_t)id;
	entry->step.kind = entry->event.kind = dns    ? STEP_DNS
					       : http ? STEP_HTTP
					       : tls  ? STEP_TLS
					       : line ? STEP_LINE
						      : STEP_PERSPECTIVE;
	if (dns)
		return read_dns(dns, arena, &entry->step.dns, &entry->event.dns, err);
	if (line) {
		TRY(read_line_ask(line, arena, entry, err));
		return read_line_reply(line, arena, &entry->event.line, err);
	}
	if (tls) {
		TRY(read_tls_ask(tls, arena, entry, err));
		return read_tls_reply(tls, arena, &entry->event.tls, err);
	}
	if (perspective)
		return transcript_answer_read(perspective, arena, &entry->step.perspective,
					      &entry->event.perspective, err);
	TRY(read_http_ask(http, arena, entry, err));
	return read_http_reply(http, arena, &entry->event.http, err);
}

static STATUS read_entries(const json_t *list, struct arena *arena, struct transcript *ret,
			   struct error *err)
{
	if (!json_is_array(list))
		return member_broken(err, "steps");
	ret->count = json_array_size(list);
	ret->entries = arena_new(arena, ret->count + 1, sizeof(*ret->entries));
	for (size_t i = 0; i < ret->count; i++)
		if (read_entry(json_array_get(list, i), arena, &ret->entries[i], err) != OK)
			return fail_prefix(err, "step %zu", i + 1);
	return OK;
}

/* --- the verdict --- */

void transcript_close(struct buffer *transcript, const struct verdict *verdict)
{
	json_text_close(transcript, ']');
	json_text_open(transcript, "verdict", '{');
	json_text_string(transcript, "code", status_code(verdict->status));
	json_text_string(transcript, "sentence", verdict->sentence);
	json_text_string(transcript, "hint", verdict->hint);
	json_text_integer(transcript, "ttl_s", verdict->ttl_s);
	json_text_string(transcript, "decided_by", verdict->decided_by);
	if (verdict->quorum[0])
		json_text_string(transcript, "quorum", verdict->quorum);
	json_text_close(transcript, '}');
	json_text_close(transcript, '}');
}

static STATUS read_verdict(const json_t *object, struct verdict *ret, struct error *err)
{
	const char *code = json_get_text(object, "code");
	if (!code || status_from_code(code) == STATUS_COUNT)
		return member_broken(err, "code");
	int64_t ttl_s = 0;
	ret->status = status_from_code(code);
	TRY(read_text_into(object, "sentence", ret->sentence, sizeof(ret->sentence), err));
	TRY(read_text_into(object, "hint", ret->hint, sizeof(ret->hint), err));
	TRY(read_text_into(object, "decided_by", ret->decided_by, sizeof(ret->decided_by), err));
	if (json_get_text(object, "quorum"))
		TRY(read_text_into(object, "quorum", ret->quorum, sizeof(ret->quorum), err));
	TRY(read_number(object, "ttl_s", UINT32_MAX, &ttl_s, err));
	ret->ttl_s = (uint32_t)ttl_s;
	return OK;
}

enum status transcript_read(struct slice evidence, struct arena *arena, struct transcript *ret,
			    struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct error why = NO_ERROR;
	if (json_read(evidence, &object, &why) != OK)
		return fail(err, EVIDENCE_BROKEN, "the evidence is not JSON: %s", why.sentence);
	struct transcript transcript = {0};
	TRY(read_task(object, arena, &transcript, err));
	TRY(read_entries(json_object_get(object, "steps"), arena, &transcript, err));
	TRY(read_verdict(json_object_get(object, "verdict"), &transcript.recorded, err));
	*ret = transcript;
	return OK;
}
