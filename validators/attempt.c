/*
 * One attempt on the wire: see attempt.h.
 *
 *   start ──> steps asked ──> answer ──> transcript ──> advance ──┐
 *                  ^                                              │
 *                  └──────────────── more steps ──────────────────┤
 *   abandon ──> closed                                 verdict: done, closed
 *
 * A closed attempt lives on until the last of its questions has been answered,
 * because the environment still writes to it; such answers are dropped.
 */
#include "validators/attempt.h"

#include "base/memory.h"
#include "net/resolver.h"
#include "validators/transcript.h"

#include <stdlib.h>
#include <string.h>

enum {
	HEADER_MAX = 32 << 10,
	/* What all answers of one attempt may add up to beside one of the length that its rule
	 * allows: a bound on evidence and on memory. */
	ANSWERS_MAX = 1 << 20,
	REPLY_MAX = 64 << 10, /* of one perspective */
};

struct attempt {
	struct environment *environment;
	struct network network;
	struct resolver_limits resolver_limits;
	int64_t clock_offset_ms;
	attempt_done *done;
	void *context;

	struct arena arena;
	struct validation_task task;
	const struct validator *validator; /* NULL: no such method */
	struct validation validation;
	struct buffer transcript;
	struct flight *recalled; /* answered from memory, to be taken next */
	size_t entry_count;
	size_t answer_bytes;
	size_t outstanding; /* completions that will still come */
	bool closed;        /* done came or never will */
};

/* One question under way; in the attempt's arena. */
struct flight {
	struct attempt *attempt;
	struct step step;
	int64_t asked_at; /* monotonic */
	struct http_ask ask;
	struct api_ask api;
	struct line_ask line;
	struct tls_ask tls_ask;
	struct event_dns known; /* of one answered from memory */
	struct flight *next;    /* recalled after it */
};

static void ask_steps(struct attempt *attempt);

static void free_when_idle(struct attempt *attempt)
{
	if (!attempt->closed || attempt->outstanding > 0)
		return;
	buffer_release(&attempt->transcript);
	arena_release(&attempt->arena);
	free(attempt);
}

static int64_t clock_of(const struct attempt *attempt)
{
	return attempt->environment->now(attempt->environment->self) + attempt->clock_offset_ms;
}

/* --- the end --- */

/* A forged or broken answer must not outlive the attempt that it spoilt. */
static void forget_doubtful(struct attempt *attempt)
{
	enum status status = attempt->validation.verdict.status;
	if (attempt->resolver_limits.memory && (status == DNS_FAILED || status == CAA_UNKNOWN))
		resolver_memory_forget(attempt->resolver_limits.memory);
}

static void finish(struct attempt *attempt)
{
	forget_doubtful(attempt);
	transcript_close(&attempt->transcript, &attempt->validation.verdict);
	struct attempt_result result = {
		.verdict = attempt->validation.verdict,
		.evidence_kind = attempt->validator ? attempt->validator->evidence_kind : "none",
		.evidence = buffer_slice(&attempt->transcript),
		.account_uri = attempt->task.account_uri,
	};
	attempt->closed = true;
	validation_release(&attempt->validation);
	/* Answers may still come when the memory is gone. */
	attempt->resolver_limits.memory = NULL;
	attempt->done(attempt->context, &result);
}

/* Asks for what the validator wants next, or ends the attempt. */
static void go_on(struct attempt *attempt)
{
	struct validation *validation = &attempt->validation;
	if (!validation->finished && validation->steps.count == 0 && attempt->outstanding == 0)
		validation_finish(validation, INTERNAL, "the method %s neither asks nor decides",
				  attempt->task.method);
	if (validation->finished)
		finish(attempt);
	else
		ask_steps(attempt);
}

/* --- the answers --- */

/* Replaces an answer that goes past ANSWERS_MAX by a failure, before it is recorded. */
static void bound_answer(struct attempt *attempt, struct event *event)
{
	size_t answers_max = ANSWERS_MAX + (size_t)attempt->task.limits.body_max;
	switch (event->kind) {
	case STEP_DNS:
		attempt->answer_bytes += event->dns.answer.length;
		if (attempt->answer_bytes > answers_max)
			event->dns = (struct event_dns){.outcome = DNS_MALFORMED,
							.server = event->dns.server};
		break;
	case STEP_HTTP:
		attempt->answer_bytes += event->http.headers.length + event->http.body.length +
					 event->http.certificate.length;
		if (attempt->answer_bytes > answers_max)
			event->http = (struct http_reply){
				.outcome = HTTP_BROKEN,
				.request = event->http.request,
				.detail = "the answers of one attempt are too long together"};
		break;
	case STEP_PERSPECTIVE:
		/* Few, and each of REPLY_MAX at most. */
		break;
	case STEP_LINE:
		attempt->answer_bytes += event->line.answer.length;
		if (attempt->answer_bytes > answers_max)
			event->line = (struct line_reply){
				.outcome = LINE_BROKEN,
				.detail = "the answers of one attempt are too long together"};
		break;
	case STEP_TLS:
		attempt->answer_bytes += event->tls.certificate.length;
		if (attempt->answer_bytes > ANSWERS_MAX)
			event->tls = (struct tls_reply){
				.outcome = TLS_BROKEN,
				.detail = "the answers of one attempt are too long together"};
		break;
	}
}

/* Answers that the method waited for while it showed what others are asked now are dropped. */
static bool is_awaited(const struct flight *flight)
{
	const struct attempt *attempt = flight->attempt;
	return !attempt->closed && validation_awaits(&attempt->validation, flight->step.kind);
}

/* The port really used; 0 for DNS, whose server is in the reply. */
static uint16_t connect_port_of(const struct flight *flight)
{
	switch (flight->step.kind) {
	case STEP_DNS:
		return 0;
	case STEP_HTTP:
		return flight->ask.connect_to.port;
	case STEP_TLS:
		return flight->tls_ask.connect_to.port;
	case STEP_LINE:
		return flight->line.connect_to.port;
	case STEP_PERSPECTIVE:
		return flight->api.connect_to.port;
	}
	return 0;
}

/* event.at_ms is the age of the answer. */
static void record_answer(struct flight *flight, struct event event)
{
	struct attempt *attempt = flight->attempt;
	struct environment *environment = attempt->environment;
	event.kind = flight->step.kind;
	event.id = flight->step.id;
	event.at_ms = clock_of(attempt) - event.at_ms;
	bound_answer(attempt, &event);
	struct transcript_entry entry = {
		.number = ++attempt->entry_count,
		.step = flight->step,
		.event = event,
		.took_ms = environment->monotonic(environment->self) - flight->asked_at,
		.connect_port = connect_port_of(flight),
	};
	transcript_add(&attempt->transcript, &entry);
	validation_advance(&attempt->validation, &event);
	go_on(attempt);
}

/* Takes what was answered from memory; each may lead to more. */
static void take_recalled(struct attempt *attempt)
{
	while (attempt->recalled) {
		struct flight *flight = attempt->recalled;
		attempt->recalled = flight->next;
		attempt->outstanding--;
		if (is_awaited(flight))
			record_answer(flight,
				      (struct event){.kind = STEP_DNS, .dns = flight->known});
	}
}

static void take_answer(struct flight *flight, struct event event)
{
	struct attempt *attempt = flight->attempt;
	attempt->outstanding--;
	if (is_awaited(flight))
		record_answer(flight, event);
	take_recalled(attempt);
	free_when_idle(attempt);
}

static void take_dns(void *context, const struct event_dns *result)
{
	take_answer(context, (struct event){.kind = STEP_DNS, .dns = *result});
}

static void take_http(void *context, const struct http_reply *reply)
{
	take_answer(context,
		    (struct event){.kind = STEP_HTTP, .at_ms = reply->age_ms, .http = *reply});
}

static void take_line(void *context, const struct line_reply *reply)
{
	take_answer(context,
		    (struct event){.kind = STEP_LINE, .at_ms = reply->age_ms, .line = *reply});
}

static void take_perspective(void *context, const struct api_reply *reply)
{
	take_answer(context, (struct event){.kind = STEP_PERSPECTIVE, .perspective = *reply});
}

static void take_tls(void *context, const struct tls_reply *reply)
{
	take_answer(context, (struct event){.kind = STEP_TLS, .tls = *reply});
}

/* --- the questions --- */

static void ask_http(struct attempt *attempt, struct flight *flight)
{
	const struct step_http *step = &flight->step.http;
	const struct validation_limits *limits = &attempt->task.limits;
	flight->ask = (struct http_ask){
		.scheme = step->scheme,
		.host = step->host,
		.port = step->port,
		.target = step->target,
		.connect_to = {.address = step->address,
			       .port = network_port(&attempt->network, step->port)},
		.connect_timeout_ms = limits->connect_timeout_ms,
		.timeout_ms = limits->timeout_ms,
		.body_limit = (size_t)limits->body_max,
		.header_limit = HEADER_MAX,
		.trust = step->trust,
		.ca_file = attempt->network.registry.ca_file,
		.manners = step->manners,
		.post = step->post,
	};
	attempt->environment->http_fetch(attempt->environment->self, &flight->ask, take_http,
					 flight);
}

static void ask_perspective(struct attempt *attempt, struct flight *flight)
{
	const struct step_perspective *step = &flight->step.perspective;
	const struct corroboration_plan *plan = attempt->task.corroboration;
	flight->api = (struct api_ask){
		.url = step->url,
		.connect_to = step->address,
		.body = slice_text(step->request),
		.ca_file = plan->ca_file,
		.certificate_file = plan->certificate_file,
		.key_file = plan->key_file,
		.timeout_ms = plan->quorum.timeout_ms,
		.body_limit = REPLY_MAX,
	};
	attempt->environment->api_call(attempt->environment->self, &flight->api, take_perspective,
				       flight);
}

static void ask_line(struct attempt *attempt, struct flight *flight)
{
	const struct step_line *step = &flight->step.line;
	const struct validation_limits *limits = &attempt->task.limits;
	flight->line = (struct line_ask){
		.line = step->line,
		.connect_to = {.address = step->address,
			       .port = network_port(&attempt->network, step->port)},
		.connect_timeout_ms = limits->connect_timeout_ms,
		.timeout_ms = limits->timeout_ms,
		.limit = (size_t)limits->body_max,
		.manners = step->manners,
	};
	attempt->environment->line_query(attempt->environment->self, &flight->line, take_line,
					 flight);
}

static void ask_tls(struct attempt *attempt, struct flight *flight)
{
	const struct step_tls *step = &flight->step.tls;
	const struct validation_limits *limits = &attempt->task.limits;
	flight->tls_ask = (struct tls_ask){
		.server_name = step->server_name,
		.protocol = step->protocol,
		.connect_to = {.address = step->address,
			       .port = network_port(&attempt->network, step->port)},
		.connect_timeout_ms = limits->connect_timeout_ms,
		.timeout_ms = limits->timeout_ms,
	};
	attempt->environment->tls_probe(attempt->environment->self, &flight->tls_ask, take_tls,
					flight);
}

/* Whether the answer is remembered: it is taken after the steps asked for with it. */
static bool recall(struct attempt *attempt, struct flight *flight)
{
	struct flight **last = &attempt->recalled;
	if (!resolver_recall(attempt->environment, &attempt->resolver_limits, &flight->step.dns,
			     &flight->known))
		return false;
	struct slice packet = flight->known.answer;
	flight->known.answer = slice_of(arena_bytes(&attempt->arena, packet), packet.length);
	while (*last)
		last = &(*last)->next;
	*last = flight;
	return true;
}

static void ask_dns(struct attempt *attempt, struct flight *flight)
{
	if (!recall(attempt, flight))
		resolver_ask(attempt->environment, &attempt->network, &attempt->resolver_limits,
			     &flight->step.dns, take_dns, flight);
}

static void ask_steps(struct attempt *attempt)
{
	struct environment *environment = attempt->environment;
	struct steps *steps = &attempt->validation.steps;
	size_t count = steps->count;
	steps->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct flight *flight = arena_new(&attempt->arena, 1, sizeof(*flight));
		flight->attempt = attempt;
		flight->step = steps->list[i];
		flight->asked_at = environment->monotonic(environment->self);
		attempt->outstanding++;
		switch (flight->step.kind) {
		case STEP_DNS:
			ask_dns(attempt, flight);
			break;
		case STEP_HTTP:
			ask_http(attempt, flight);
			break;
		case STEP_PERSPECTIVE:
			ask_perspective(attempt, flight);
			break;
		case STEP_LINE:
			ask_line(attempt, flight);
			break;
		case STEP_TLS:
			ask_tls(attempt, flight);
			break;
		}
	}
}

static const struct corroboration_plan *copy_plan(const struct corroboration_plan *plan,
						  struct arena *arena)
{
	if (!plan)
		return NULL;
	struct corroboration_plan *copy = arena_new(arena, 1, sizeof(*copy));
	struct perspective *remotes = arena_new(arena, plan->remote_count + 1, sizeof(*remotes));
	*copy = *plan;
	copy->primary.id = arena_text(arena, plan->primary.id);
	copy->primary.url = arena_text(arena, plan->primary.url);
	for (size_t i = 0; i < plan->remote_count; i++) {
		remotes[i] = plan->remotes[i];
		remotes[i].id = arena_text(arena, plan->remotes[i].id);
		remotes[i].url = arena_text(arena, plan->remotes[i].url);
	}
	copy->remotes = remotes;
	copy->ca_file = arena_text(arena, plan->ca_file);
	copy->certificate_file = arena_text(arena, plan->certificate_file);
	copy->key_file = arena_text(arena, plan->key_file);
	return copy;
}

static void nothing_to_run(void *context)
{
	(void)context;
}

static void go_on_unasked(void *context)
{
	struct attempt *attempt = context;
	attempt->outstanding--;
	if (!attempt->closed && attempt->validation.finished)
		finish(attempt);
	take_recalled(attempt);
	free_when_idle(attempt);
}

static const char *const *copy_texts(struct arena *arena, const char *const *texts, size_t count)
{
	const char **copies = arena_new(arena, count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++)
		copies[i] = arena_text(arena, texts[i]);
	return copies;
}

static void copy_task(struct attempt *attempt, const struct validation_task *task)
{
	struct arena *arena = &attempt->arena;
	attempt->task = *task;
	attempt->task.method = arena_text(arena, task->method);
	attempt->task.label = arena_text(arena, task->label);
	attempt->task.domain = arena_text(arena, task->domain);
	attempt->task.file_name = arena_text(arena, task->file_name);
	attempt->task.value = arena_text(arena, task->value);
	attempt->task.identifiers = copy_texts(arena, task->identifiers, task->identifier_count);
	attempt->task.caa_labels = copy_texts(arena, task->caa_labels, task->caa_label_count);
	attempt->task.account_uri = arena_text(arena, task->account_uri);
	attempt->task.corroboration = copy_plan(task->corroboration, arena);
	attempt->task.post = (struct http_post){
		.body = slice_of(arena_bytes(arena, task->post.body), task->post.body.length),
		.content_type = arena_text(arena, task->post.content_type),
		.id = arena_text(arena, task->post.id),
	};
	attempt->task.pack = arena_text(arena, task->pack);
	attempt->task.pack_digest = arena_text(arena, task->pack_digest);
}

static void copy_registry(struct attempt *attempt)
{
	struct registry_access *registry = &attempt->network.registry;
	registry->whois_server = arena_text(&attempt->arena, registry->whois_server);
	registry->rdap_bootstrap = arena_text(&attempt->arena, registry->rdap_bootstrap);
	registry->ca_file = arena_text(&attempt->arena, registry->ca_file);
}

struct attempt *attempt_start(const struct attempt_setting *setting,
			      const struct validation_task *task, attempt_done *done, void *context)
{
	struct environment *environment = setting->environment;
	struct attempt *attempt = memory_new(1, sizeof(*attempt));
	attempt->environment = environment;
	attempt->network = *setting->network;
	attempt->clock_offset_ms = setting->clock_offset_ms;
	attempt->done = done;
	attempt->context = context;
	arena_init(&attempt->arena);
	copy_task(attempt, task);
	copy_registry(attempt);
	attempt->task.anchors_at_ms = setting->signatures_at_ms
					      ? setting->signatures_at_ms
					      : environment->now(environment->self);
	attempt->task.verified =
		setting->memory ? resolver_memory_signatures(setting->memory) : NULL;
	attempt->resolver_limits =
		(struct resolver_limits){.timeout_ms = task->limits.dns_timeout_ms,
					 .tries = task->limits.dns_tries,
					 .memory = setting->memory};
	buffer_init(&attempt->transcript, TRANSCRIPT_MAX);
	transcript_open(&attempt->transcript, &attempt->task, &attempt->network, clock_of(attempt));
	attempt->validator = validator_find(attempt->task.method);
	if (attempt->validator)
		validation_begin(&attempt->validation, attempt->validator, &attempt->task,
				 &attempt->network, &attempt->arena);
	else
		validation_finish(&attempt->validation, METHOD_UNKNOWN, "there is no method \"%s\"",
				  attempt->task.method);
	if (!attempt->validation.finished)
		ask_steps(attempt);
	if (!attempt->validation.finished && !attempt->recalled)
		return attempt;
	/* Decided without a question, or the first is answered from memory: done may come from
	 * wait() only, so the worker brings it. */
	attempt->outstanding++;
	environment->work(environment->self, nothing_to_run, go_on_unasked, attempt);
	return attempt;
}

void attempt_abandon(struct attempt *attempt)
{
	attempt->closed = true;
	validation_release(&attempt->validation);
	attempt->resolver_limits.memory = NULL;
	free_when_idle(attempt);
}
