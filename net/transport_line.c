/*
 * Line queries over TCP: see transport_line.h. RFC 3912 section 2: the client
 * sends one line that ends in CR LF, the server answers, and "the closed TCP
 * connection is the indication to the client that the response has been
 * received".
 *
 *   query → queued ──(start)──→ connecting ──→ sending ──→ reading ──(end)──→ done
 *                                    └─────────┴──────────────┴── time, error ──┘
 */
#include "net/transport_line.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ON_WIRE_MAX = 128, LINE_OCTETS_MAX = 1024, READ_OCTETS = 4096 };

enum phase { PHASE_CONNECTING, PHASE_SENDING, PHASE_READING };

struct query {
	TAILQ_ENTRY(query) link; /* in queued, then in wire */
	struct transport_line *line;
	const struct line_ask *ask;
	line_done *done;
	void *context;
	enum phase phase;
	int descriptor;      /* -1: none */
	struct event *ready; /* of the descriptor; NULL: none */
	struct event *timer; /* of this phase */
	int64_t deadline_ms; /* monotonic */
	struct buffer out;
	size_t sent;
	struct buffer answer;
	int failure; /* an errno that was met before wait() could deliver it */
};

TAILQ_HEAD(queries, query);

struct transport_line {
	struct event_base *base;
	uint64_t *delivered;
	struct queries queued;
	struct queries wire;
	unsigned on_wire;
};

static void start_queued(struct transport_line *line);

static void query_free(struct query *query)
{
	if (query->ready)
		event_free(query->ready);
	if (query->timer)
		event_free(query->timer);
	if (query->descriptor >= 0)
		(void)close(query->descriptor);
	buffer_release(&query->out);
	buffer_release(&query->answer);
	free(query);
}

static void finish(struct query *query, enum line_outcome outcome, int error)
{
	struct transport_line *line = query->line;
	struct line_reply reply = {
		.outcome = outcome,
		.answer = buffer_slice(&query->answer),
		.cut = query->answer.overflowed != 0,
		.detail = outcome == LINE_ANSWERED ? "" : strerror(error),
	};
	TAILQ_REMOVE(&line->wire, query, link);
	line->on_wire--;
	++*line->delivered;
	query->done(query->context, &reply);
	query_free(query);
	start_queued(line);
}

static void finish_failed(struct query *query, int error)
{
	finish(query, query->phase == PHASE_CONNECTING ? LINE_CONNECT_FAILED : LINE_BROKEN, error);
}

static void set_timer(struct query *query, int64_t until_ms)
{
	int64_t left_ms = until_ms - clock_monotonic(NULL);
	if (left_ms < 0)
		left_ms = 0;
	struct timeval left = {.tv_sec = left_ms / SECOND_MS,
			       .tv_usec = left_ms % SECOND_MS * 1000};
	if (event_add(query->timer, &left) != 0)
		memory_exhausted();
}

static void socket_ready(evutil_socket_t descriptor, short what, void *context);

static void watch(struct query *query, short what)
{
	if (query->ready)
		event_free(query->ready);
	query->ready = event_new(query->line->base, query->descriptor, (short)(what | EV_PERSIST),
				 socket_ready, query);
	if (!query->ready || event_add(query->ready, NULL) != 0)
		memory_exhausted();
}

static void timer_fired(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct query *query = context;
	if (query->failure)
		finish_failed(query, query->failure);
	else
		finish(query, LINE_TIMED_OUT, ETIMEDOUT);
}

/* --- on the wire --- */

static void go_on_reading(struct query *query)
{
	char octets[READ_OCTETS];
	ssize_t count = recv(query->descriptor, octets, sizeof(octets), 0);
	if (count > 0)
		buffer_append(&query->answer, octets, (size_t)count);
	if (count == 0 || query->answer.overflowed)
		finish(query, LINE_ANSWERED, 0);
	else if (count < 0 && errno != EAGAIN && errno != EINTR)
		finish_failed(query, errno);
}

static void go_on_sending(struct query *query)
{
	ssize_t count = send(query->descriptor, query->out.data + query->sent,
			     query->out.length - query->sent, MSG_NOSIGNAL);
	if (count < 0 && errno != EAGAIN && errno != EINTR) {
		finish_failed(query, errno);
		return;
	}
	query->sent += count > 0 ? (size_t)count : 0;
	if (query->sent < query->out.length)
		return;
	query->phase = PHASE_READING;
	watch(query, EV_READ);
}

static void connected(struct query *query)
{
	int error = 0;
	socklen_t length = sizeof(error);
	if (getsockopt(query->descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
		error = errno;
	if (error) {
		finish_failed(query, error);
		return;
	}
	query->phase = PHASE_SENDING;
	set_timer(query, query->deadline_ms);
	go_on_sending(query);
}

static void socket_ready(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor;
	(void)what;
	struct query *query = context;
	switch (query->phase) {
	case PHASE_CONNECTING:
		connected(query);
		break;
	case PHASE_SENDING:
		go_on_sending(query);
		break;
	case PHASE_READING:
		go_on_reading(query);
		break;
	}
}

/* --- the start --- */

static socklen_t socket_address(const struct endpoint *endpoint, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (endpoint->address.family == ADDRESS_V6) {
		struct sockaddr_in6 in = {.sin6_family = AF_INET6,
					  .sin6_port = htons(endpoint->port)};
		memcpy(&in.sin6_addr, endpoint->address.bytes, sizeof(in.sin6_addr));
		memcpy(ret, &in, sizeof(in));
		return sizeof(in);
	}
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
	memcpy(&in.sin_addr, endpoint->address.bytes, sizeof(in.sin_addr));
	memcpy(ret, &in, sizeof(in));
	return sizeof(in);
}

/* 0 when the connection is made or on its way, else an errno. */
static int query_connect(struct query *query)
{
	struct sockaddr_storage to;
	socklen_t length = socket_address(&query->ask->connect_to, &to);
	if (strpbrk(query->ask->line, "\r\n") || query->out.overflowed)
		return EINVAL;
	query->descriptor =
		socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (query->descriptor < 0)
		return errno;
	if (connect(query->descriptor, (const struct sockaddr *)&to, length) != 0 &&
	    errno != EINPROGRESS)
		return errno;
	watch(query, EV_WRITE);
	return 0;
}

static void query_start(struct query *query)
{
	struct transport_line *line = query->line;
	int64_t now_ms = clock_monotonic(NULL);
	int64_t connect_by_ms = now_ms + query->ask->connect_timeout_ms;
	TAILQ_INSERT_TAIL(&line->wire, query, link);
	line->on_wire++;
	query->deadline_ms = now_ms + query->ask->timeout_ms;
	query->timer = evtimer_new(line->base, timer_fired, query);
	if (!query->timer)
		memory_exhausted();
	query->failure = query_connect(query);
	if (query->failure)
		event_active(query->timer, EV_TIMEOUT, 0);
	else
		set_timer(query,
			  connect_by_ms < query->deadline_ms ? connect_by_ms : query->deadline_ms);
}

static void start_queued(struct transport_line *line)
{
	struct query *query;
	while (line->on_wire < ON_WIRE_MAX && (query = TAILQ_FIRST(&line->queued))) {
		TAILQ_REMOVE(&line->queued, query, link);
		query_start(query);
	}
}

void transport_line_query(struct transport_line *line, const struct line_ask *ask, line_done *done,
			  void *context)
{
	struct query *query = memory_new(1, sizeof(*query));
	query->line = line;
	query->ask = ask;
	query->done = done;
	query->context = context;
	query->descriptor = -1;
	buffer_init(&query->answer, ask->limit);
	buffer_init(&query->out, LINE_OCTETS_MAX);
	buffer_printf(&query->out, "%s\r\n", ask->line);
	TAILQ_INSERT_TAIL(&line->queued, query, link);
	start_queued(line);
}

struct transport_line *transport_line_new(struct event_base *base, uint64_t *delivered)
{
	struct transport_line *line = memory_new(1, sizeof(*line));
	line->base = base;
	line->delivered = delivered;
	TAILQ_INIT(&line->queued);
	TAILQ_INIT(&line->wire);
	return line;
}

static void queries_free(struct queries *queries)
{
	struct query *query;
	while ((query = TAILQ_FIRST(queries))) {
		TAILQ_REMOVE(queries, query, link);
		query_free(query);
	}
}

void transport_line_free(struct transport_line *line)
{
	if (!line)
		return;
	queries_free(&line->queued);
	queries_free(&line->wire);
	free(line);
}
