/* Manners towards registries: see courtesy.h. */
#include "net/courtesy.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { PER_MINUTE_WHEN_NOT_SAID = COURTESY_PER_MINUTE_MAX, PARTS = 4 };

/* One ask: of a line when line is not NULL, else of a page. */
struct errand {
	STAILQ_ENTRY(errand) link; /* in the queue of its server, then in remembered */
	struct courtesy *courtesy;
	struct server *server;
	const struct line_ask *line;
	const struct http_ask *http;
	line_done *line_done;
	http_done *http_done;
	void *context;
	char *key; /* what tells one question from another */
	const struct manners *manners;
};

STAILQ_HEAD(errands, errand);

struct server {
	TAILQ_ENTRY(server) link;
	struct courtesy *courtesy;
	struct endpoint endpoint;
	struct pace pace;
	struct errands queue;
	struct errand *asking; /* the one on the wire */
	struct event *timer;   /* the turn of the next one */
};

TAILQ_HEAD(servers, server);

/* A reply and its bytes. */
struct kept {
	TAILQ_ENTRY(kept) link;
	char *key;
	int64_t at_ms;        /* of the wall clock, which runs on while the machine sleeps */
	int64_t monotonic_ms; /* and of the one that is not set back */
	struct line_reply line;
	struct http_reply http;
	struct buffer parts[PARTS];
};

TAILQ_HEAD(keeps, kept);

struct courtesy {
	struct event_base *base;
	uint64_t *delivered;
	struct courtesy_wire wire;
	struct servers servers;
	unsigned server_count;
	struct keeps answers; /* oldest first */
	unsigned answer_count;
	struct errands remembered; /* to be answered from answers */
	struct event *remember;    /* delivers them */
};

/* --- how often --- */

int64_t pace_wait_ms(const struct pace *pace, int per_minute, int64_t now_ms)
{
	size_t allowed = per_minute < 1 || per_minute > COURTESY_PER_MINUTE_MAX
				 ? PER_MINUTE_WHEN_NOT_SAID
				 : (size_t)per_minute;
	if (pace->count < allowed)
		return 0;
	int64_t first_ms = pace->left_ms[(pace->count - allowed) % COURTESY_PER_MINUTE_MAX];
	int64_t wait_ms = first_ms + MINUTE_MS - now_ms;
	return wait_ms > 0 ? wait_ms : 0;
}

void pace_note(struct pace *pace, int64_t now_ms)
{
	pace->left_ms[pace->count++ % COURTESY_PER_MINUTE_MAX] = now_ms;
}

/* --- what is remembered --- */

static void kept_free(struct courtesy *courtesy, struct kept *kept)
{
	TAILQ_REMOVE(&courtesy->answers, kept, link);
	courtesy->answer_count--;
	for (size_t i = 0; i < PARTS; i++)
		buffer_release(&kept->parts[i]);
	free(kept->key);
	free(kept);
}

static int64_t kept_age(const struct kept *kept)
{
	int64_t wall_ms = clock_now(NULL) - kept->at_ms;
	int64_t monotonic_ms = clock_monotonic(NULL) - kept->monotonic_ms;
	return wall_ms > monotonic_ms ? wall_ms : monotonic_ms;
}

static struct kept *kept_find(struct courtesy *courtesy, const struct errand *errand)
{
	struct kept *kept;
	TAILQ_FOREACH(kept, &courtesy->answers, link)
	{
		if (strcmp(kept->key, errand->key) == 0)
			return kept_age(kept) <= errand->manners->reuse_ms ? kept : NULL;
	}
	return NULL;
}

static struct slice keep_part(struct kept *kept, size_t part, struct slice bytes)
{
	buffer_init(&kept->parts[part], COURTESY_ANSWER_OCTETS_MAX);
	buffer_append_slice(&kept->parts[part], bytes);
	return buffer_slice(&kept->parts[part]);
}

/* Takes the place of an older answer to the same question. */
static struct kept *kept_new(struct courtesy *courtesy, const struct errand *errand)
{
	struct kept *old, *next;
	for (old = TAILQ_FIRST(&courtesy->answers); old; old = next) {
		next = TAILQ_NEXT(old, link);
		if (strcmp(old->key, errand->key) == 0)
			kept_free(courtesy, old);
	}
	if (courtesy->answer_count == COURTESY_ANSWERS_MAX)
		kept_free(courtesy, TAILQ_FIRST(&courtesy->answers));
	struct kept *kept = memory_new(1, sizeof(*kept));
	kept->key = memory_text(errand->key);
	kept->at_ms = clock_now(NULL);
	kept->monotonic_ms = clock_monotonic(NULL);
	TAILQ_INSERT_TAIL(&courtesy->answers, kept, link);
	courtesy->answer_count++;
	return kept;
}

static bool worth_keeping(const struct errand *errand, struct slice answer)
{
	const struct manners *manners = errand->manners;
	return manners->reuse_ms > 0 && answer.length <= COURTESY_ANSWER_OCTETS_MAX &&
	       (!manners->reusable || manners->reusable(answer));
}

static void keep_line(struct errand *errand, const struct line_reply *reply)
{
	if (reply->outcome != LINE_ANSWERED || reply->cut || !worth_keeping(errand, reply->answer))
		return;
	struct kept *kept = kept_new(errand->courtesy, errand);
	kept->line = *reply;
	kept->line.detail = "";
	kept->line.answer = keep_part(kept, 0, reply->answer);
}

static void keep_http(struct errand *errand, const struct http_reply *reply)
{
	if (reply->outcome != HTTP_ANSWERED || reply->status != 200 || reply->body_cut ||
	    !worth_keeping(errand, reply->body))
		return;
	struct kept *kept = kept_new(errand->courtesy, errand);
	kept->http = *reply;
	kept->http.detail = "";
	kept->http.request = keep_part(kept, 0, reply->request);
	kept->http.headers = keep_part(kept, 1, reply->headers);
	kept->http.body = keep_part(kept, 2, reply->body);
	kept->http.certificate = keep_part(kept, 3, reply->certificate);
}

/* --- turns --- */

static void server_go(struct server *server);

static void errand_free(struct errand *errand)
{
	free(errand->key);
	free(errand);
}

static void errand_answer(struct errand *errand, const struct line_reply *line,
			  const struct http_reply *http)
{
	if (errand->line)
		errand->line_done(errand->context, line);
	else
		errand->http_done(errand->context, http);
	errand_free(errand);
}

static void line_came(void *context, const struct line_reply *reply)
{
	struct errand *errand = context;
	struct server *server = errand->server;
	keep_line(errand, reply);
	/* Whoever is answered may ask again; the server is not idle until that is done. */
	errand_answer(errand, reply, NULL);
	server->asking = NULL;
	server_go(server);
}

static void http_came(void *context, const struct http_reply *reply)
{
	struct errand *errand = context;
	struct server *server = errand->server;
	keep_http(errand, reply);
	/* Whoever is answered may ask again; the server is not idle until that is done. */
	errand_answer(errand, NULL, reply);
	server->asking = NULL;
	server_go(server);
}

static void errand_ask(struct errand *errand)
{
	const struct courtesy_wire *wire = &errand->courtesy->wire;
	errand->server->asking = errand;
	pace_note(&errand->server->pace, clock_monotonic(NULL));
	if (errand->line)
		wire->line_query(wire->self, errand->line, line_came, errand);
	else
		wire->http_fetch(wire->self, errand->http, http_came, errand);
}

static void deliver_remembered(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct courtesy *courtesy = context;
	struct errands batch = STAILQ_HEAD_INITIALIZER(batch);
	struct errand *errand;
	STAILQ_CONCAT(&batch, &courtesy->remembered);
	while ((errand = STAILQ_FIRST(&batch))) {
		STAILQ_REMOVE_HEAD(&batch, link);
		const struct kept *kept = kept_find(courtesy, errand);
		/* It grew too old since it was chosen. */
		if (!kept) {
			STAILQ_INSERT_TAIL(&errand->server->queue, errand, link);
			server_go(errand->server);
			continue;
		}
		struct line_reply line = kept->line;
		struct http_reply http = kept->http;
		line.age_ms = http.age_ms = kept_age(kept);
		++*courtesy->delivered;
		errand_answer(errand, &line, &http);
	}
}

/* The next question of the server, if it may be asked now. */
static void server_go(struct server *server)
{
	struct courtesy *courtesy = server->courtesy;
	struct errand *errand;
	while (!server->asking && (errand = STAILQ_FIRST(&server->queue))) {
		int64_t wait_ms = 0;
		if (kept_find(courtesy, errand)) {
			STAILQ_REMOVE_HEAD(&server->queue, link);
			STAILQ_INSERT_TAIL(&courtesy->remembered, errand, link);
			event_active(courtesy->remember, EV_TIMEOUT, 0);
			continue;
		}
		wait_ms = pace_wait_ms(&server->pace, errand->manners->per_minute,
				       clock_monotonic(NULL));
		if (wait_ms > 0) {
			struct timeval left = {.tv_sec = wait_ms / SECOND_MS,
					       .tv_usec = wait_ms % SECOND_MS * 1000};
			if (event_add(server->timer, &left) != 0)
				memory_exhausted();
			return;
		}
		STAILQ_REMOVE_HEAD(&server->queue, link);
		errand_ask(errand);
	}
}

static void turn_came(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	server_go(context);
}

/* --- servers --- */

static void server_free(struct courtesy *courtesy, struct server *server)
{
	struct errand *errand;
	while ((errand = STAILQ_FIRST(&server->queue))) {
		STAILQ_REMOVE_HEAD(&server->queue, link);
		errand_free(errand);
	}
	if (server->asking)
		errand_free(server->asking);
	TAILQ_REMOVE(&courtesy->servers, server, link);
	courtesy->server_count--;
	event_free(server->timer);
	free(server);
}

static bool server_idle(const struct server *server)
{
	size_t count = server->pace.count;
	return !server->asking && STAILQ_EMPTY(&server->queue) &&
	       (count == 0 ||
		server->pace.left_ms[(count - 1) % COURTESY_PER_MINUTE_MAX] + MINUTE_MS <
			clock_monotonic(NULL));
}

static void forget_idle(struct courtesy *courtesy)
{
	struct server *server, *next;
	for (server = TAILQ_FIRST(&courtesy->servers);
	     server && courtesy->server_count >= COURTESY_SERVERS_MAX; server = next) {
		next = TAILQ_NEXT(server, link);
		if (server_idle(server))
			server_free(courtesy, server);
	}
}

static struct server *server_of(struct courtesy *courtesy, const struct endpoint *endpoint)
{
	struct server *server;
	TAILQ_FOREACH(server, &courtesy->servers, link)
	{
		if (server->endpoint.port == endpoint->port &&
		    address_equal(&server->endpoint.address, &endpoint->address))
			return server;
	}
	forget_idle(courtesy);
	server = memory_new(1, sizeof(*server));
	server->courtesy = courtesy;
	server->endpoint = *endpoint;
	server->timer = evtimer_new(courtesy->base, turn_came, server);
	if (!server->timer)
		memory_exhausted();
	STAILQ_INIT(&server->queue);
	TAILQ_INSERT_TAIL(&courtesy->servers, server, link);
	courtesy->server_count++;
	return server;
}

static void errand_queue(struct courtesy *courtesy, struct errand *errand,
			 const struct endpoint *endpoint)
{
	errand->courtesy = courtesy;
	errand->server = server_of(courtesy, endpoint);
	STAILQ_INSERT_TAIL(&errand->server->queue, errand, link);
	server_go(errand->server);
}

void courtesy_line_query(struct courtesy *courtesy, const struct line_ask *ask, line_done *done,
			 void *context)
{
	struct errand *errand = memory_new(1, sizeof(*errand));
	char to[ENDPOINT_TEXT];
	errand->line = ask;
	errand->line_done = done;
	errand->context = context;
	errand->manners = &ask->manners;
	errand->key = memory_printf("%s %s", endpoint_text(&ask->connect_to, to), ask->line);
	errand_queue(courtesy, errand, &ask->connect_to);
}

void courtesy_http_fetch(struct courtesy *courtesy, const struct http_ask *ask, http_done *done,
			 void *context)
{
	struct errand *errand = memory_new(1, sizeof(*errand));
	char to[ENDPOINT_TEXT];
	errand->http = ask;
	errand->http_done = done;
	errand->context = context;
	errand->manners = &ask->manners;
	errand->key = memory_printf("%s %s://%s:%u%s", endpoint_text(&ask->connect_to, to),
				    ask->trust == HTTP_VERIFIED_SERVER ? "verified" : "any",
				    ask->host, (unsigned)ask->port, ask->target);
	errand_queue(courtesy, errand, &ask->connect_to);
}

struct courtesy *courtesy_new(struct event_base *base, uint64_t *delivered,
			      const struct courtesy_wire *wire)
{
	struct courtesy *courtesy = memory_new(1, sizeof(*courtesy));
	courtesy->base = base;
	courtesy->delivered = delivered;
	courtesy->wire = *wire;
	courtesy->remember = evtimer_new(base, deliver_remembered, courtesy);
	if (!courtesy->remember)
		memory_exhausted();
	TAILQ_INIT(&courtesy->servers);
	TAILQ_INIT(&courtesy->answers);
	STAILQ_INIT(&courtesy->remembered);
	return courtesy;
}

void courtesy_free(struct courtesy *courtesy)
{
	if (!courtesy)
		return;
	struct errand *errand;
	while ((errand = STAILQ_FIRST(&courtesy->remembered))) {
		STAILQ_REMOVE_HEAD(&courtesy->remembered, link);
		errand_free(errand);
	}
	while (!TAILQ_EMPTY(&courtesy->servers))
		server_free(courtesy, TAILQ_FIRST(&courtesy->servers));
	while (!TAILQ_EMPTY(&courtesy->answers))
		kept_free(courtesy, TAILQ_FIRST(&courtesy->answers));
	event_free(courtesy->remember);
	free(courtesy);
}
