/*
 * The environment of the real program: see loop.h. This file owns the libevent
 * loop and wait(); DNS packets, HTTP, the worker, files and the clock are one file
 * each, what needs starting is started at first use.
 *
 * Completions are delivered by event callbacks only, and events run only inside
 * wait(): so nothing ever completes inside the call that asked for it.
 */
#include "net/loop.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/clock.h"
#include "net/courtesy.h"
#include "net/files.h"
#include "net/transport_api.h"
#include "net/transport_dns.h"
#include "net/transport_http.h"
#include "net/transport_line.h"
#include "net/transport_mail.h"
#include "net/transport_tls.h"
#include "net/worker.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const int caught_signals[] = {SIGINT, SIGTERM};

struct loop {
	struct environment environment;
	struct event_base *base;
	struct event *deadline; /* of the wait() in progress */
	struct event *signals[ARRAY_LENGTH(caught_signals)];
	bool interrupted;
	bool break_wait;    /* a signal or loop_wake came during this wait() */
	uint64_t delivered; /* completions so far */
	struct transport_dns *dns;
	struct transport_http *http;
	struct transport_api *api;
	struct transport_line *line;
	struct courtesy *courtesy;
	struct transport_tls *tls;
	struct transport_mail *mail;
	struct worker *worker;
};

static void loop_dns_exchange(void *self, const struct dns_ask *ask, dns_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->dns)
		loop->dns = transport_dns_new(loop->base, &loop->delivered);
	transport_dns_exchange(loop->dns, ask, done, context);
}

static void wire_http_fetch(void *self, const struct http_ask *ask, http_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->http)
		loop->http = transport_http_new(loop->base, &loop->delivered);
	transport_http_fetch(loop->http, ask, done, context);
}

static void loop_api_call(void *self, const struct api_ask *ask, api_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->api)
		loop->api = transport_api_new(loop->base, &loop->delivered);
	transport_api_call(loop->api, ask, done, context);
}

static void wire_line_query(void *self, const struct line_ask *ask, line_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->line)
		loop->line = transport_line_new(loop->base, &loop->delivered);
	transport_line_query(loop->line, ask, done, context);
}

static struct courtesy *loop_courtesy(struct loop *loop)
{
	struct courtesy_wire wire = {loop, wire_line_query, wire_http_fetch};
	if (!loop->courtesy)
		loop->courtesy = courtesy_new(loop->base, &loop->delivered, &wire);
	return loop->courtesy;
}

static void loop_http_fetch(void *self, const struct http_ask *ask, http_done *done, void *context)
{
	if (ask->manners.per_minute > 0)
		courtesy_http_fetch(loop_courtesy(self), ask, done, context);
	else
		wire_http_fetch(self, ask, done, context);
}

static void loop_line_query(void *self, const struct line_ask *ask, line_done *done, void *context)
{
	courtesy_line_query(loop_courtesy(self), ask, done, context);
}

static void loop_tls_probe(void *self, const struct tls_ask *ask, tls_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->tls)
		loop->tls = transport_tls_new(loop->base, &loop->delivered);
	transport_tls_probe(loop->tls, ask, done, context);
}

static void loop_mail_send(void *self, const struct mail_ask *ask, mail_done *done, void *context)
{
	struct loop *loop = self;
	if (!loop->mail)
		loop->mail = transport_mail_new(loop->base, &loop->delivered);
	transport_mail_send(loop->mail, ask, done, context);
}

static void loop_work(void *self, void (*run)(void *context), void (*done)(void *context),
		      void *context)
{
	struct loop *loop = self;
	if (!loop->worker)
		loop->worker = worker_new(loop->base, &loop->delivered);
	worker_do(loop->worker, run, done, context);
}

/* One round of the loop, at most until the deadline. */
static void loop_turn(struct loop *loop, int64_t left_ms)
{
	if (left_ms <= 0) {
		(void)event_base_loop(loop->base, EVLOOP_NONBLOCK);
		return;
	}
	struct timeval left = {.tv_sec = left_ms / SECOND_MS,
			       .tv_usec = left_ms % SECOND_MS * 1000};
	if (event_add(loop->deadline, &left) != 0)
		memory_exhausted();
	(void)event_base_loop(loop->base, EVLOOP_ONCE);
	(void)event_del(loop->deadline);
}

static void loop_wait(void *self, int64_t until_ms)
{
	struct loop *loop = self;
	uint64_t before = loop->delivered;
	int64_t left_ms;
	loop->break_wait = false;
	do {
		left_ms = until_ms - clock_monotonic(NULL);
		loop_turn(loop, left_ms);
	} while (left_ms > 0 && loop->delivered == before && !loop->break_wait);
}

static const struct environment real_environment = {
	.now = clock_now,
	.monotonic = clock_monotonic,
	.random = clock_random,
	.dns_exchange = loop_dns_exchange,
	.http_fetch = loop_http_fetch,
	.api_call = loop_api_call,
	.line_query = loop_line_query,
	.tls_probe = loop_tls_probe,
	.mail_send = loop_mail_send,
	.work = loop_work,
	.wait = loop_wait,
	.file_write = files_write,
	.file_read = files_read,
	.file_remove = files_remove,
	.folder_make = folder_make,
	.folder_list = folder_list,
	.file_move = files_move,
	.file_check = files_check,
	.file_lock = files_lock,
	.file_unlock = files_unlock,
};

/* The event is there to end event_base_loop; loop_wait looks at the clock itself. */
static void deadline_reached(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	(void)context;
}

enum status loop_new(struct loop **ret, struct error *err)
{
	struct event_base *base = event_base_new();
	if (!base)
		return fail(err, FILE_FAILED, "could not start the event loop: %s",
			    strerror(errno));
	struct loop *loop = memory_new(1, sizeof(*loop));
	loop->base = base;
	loop->environment = real_environment;
	loop->environment.self = loop;
	loop->deadline = evtimer_new(base, deadline_reached, loop);
	if (!loop->deadline)
		memory_exhausted();
	/* OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that hangs up must not kill us. */
	(void)signal(SIGPIPE, SIG_IGN);
	*ret = loop;
	return OK;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	worker_free(loop->worker);
	courtesy_free(loop->courtesy);
	transport_mail_free(loop->mail);
	transport_tls_free(loop->tls);
	transport_http_free(loop->http);
	transport_api_free(loop->api);
	transport_line_free(loop->line);
	transport_dns_free(loop->dns);
	for (size_t i = 0; i < ARRAY_LENGTH(loop->signals); i++)
		if (loop->signals[i])
			event_free(loop->signals[i]);
	event_free(loop->deadline);
	event_base_free(loop->base);
	free(loop);
}

void loop_stop(struct loop *loop)
{
	if (!loop)
		return;
	worker_stop(loop->worker);
	transport_mail_stop(loop->mail);
}

void loop_freep(struct loop **loop)
{
	loop_free(*loop);
	*loop = NULL;
}

struct environment *loop_environment(struct loop *loop)
{
	return &loop->environment;
}

void loop_share_manners(struct loop *loop, const char *folder)
{
	courtesy_share(loop_courtesy(loop), &loop->environment, folder);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

static void signal_came(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	struct loop *loop = context;
	loop->interrupted = true;
	loop->break_wait = true;
}

void loop_catch_signals(struct loop *loop)
{
	for (size_t i = 0; i < ARRAY_LENGTH(caught_signals); i++) {
		if (loop->signals[i])
			continue;
		loop->signals[i] = evsignal_new(loop->base, caught_signals[i], signal_came, loop);
		if (!loop->signals[i] || event_add(loop->signals[i], NULL) != 0)
			memory_exhausted();
	}
}

void loop_wake(struct loop *loop)
{
	loop->break_wait = true;
}

bool loop_interrupted(const struct loop *loop)
{
	return loop->interrupted;
}
