/* Manners towards registries: see courtesy.h. */
#include "net/courtesy.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/clock.h"
#include "net/remembered.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

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

struct courtesy {
	struct event_base *base;
	uint64_t *delivered;
	struct courtesy_wire wire;
	struct servers servers;
	unsigned server_count;
	struct courtesy_home home;
	struct remembered answers;
	struct errands remembered; /* to be answered from answers */
	struct event *remember;    /* delivers them */
};

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
	struct courtesy *courtesy = server->courtesy;
	remembered_add_line(&courtesy->answers, &courtesy->home, errand->key, errand->manners,
			    reply);
	/* Whoever is answered may ask again; the server is not idle until that is done. */
	errand_answer(errand, reply, NULL);
	server->asking = NULL;
	server_go(server);
}

static void http_came(void *context, const struct http_reply *reply)
{
	struct errand *errand = context;
	struct server *server = errand->server;
	struct courtesy *courtesy = server->courtesy;
	remembered_add_page(&courtesy->answers, &courtesy->home, errand->key, errand->manners,
			    reply);
	/* Whoever is answered may ask again; the server is not idle until that is done. */
	errand_answer(errand, NULL, reply);
	server->asking = NULL;
	server_go(server);
}

static void errand_ask(struct errand *errand)
{
	const struct courtesy_wire *wire = &errand->courtesy->wire;
	errand->server->asking = errand;
	if (errand->line)
		wire->line_query(wire->self, errand->line, line_came, errand);
	else
		wire->http_fetch(wire->self, errand->http, http_came, errand);
}

static const struct kept *answer_to(const struct errand *errand)
{
	struct courtesy *courtesy = errand->courtesy;
	return remembered_find(&courtesy->answers, &courtesy->home, errand->key, errand->manners);
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
		const struct kept *kept = answer_to(errand);
		/* It grew too old since it was chosen. */
		if (!kept) {
			STAILQ_INSERT_TAIL(&errand->server->queue, errand, link);
			server_go(errand->server);
			continue;
		}
		struct line_reply line = kept->line;
		struct http_reply http = kept->http;
		line.age_ms = http.age_ms = remembered_age(kept);
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
		if (answer_to(errand)) {
			STAILQ_REMOVE_HEAD(&server->queue, link);
			STAILQ_INSERT_TAIL(&courtesy->remembered, errand, link);
			event_active(courtesy->remember, EV_TIMEOUT, 0);
			continue;
		}
		wait_ms = pace_take(&server->pace, &courtesy->home, &server->endpoint,
				    errand->manners->per_minute);
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
	       (count == 0 || server->pace.left_ms[(count - 1) % PACE_PER_MINUTE_MAX] + MINUTE_MS <
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
	remembered_init(&courtesy->answers);
	STAILQ_INIT(&courtesy->remembered);
	return courtesy;
}

void courtesy_share(struct courtesy *courtesy, const struct environment *environment,
		    const char *folder)
{
	free(courtesy->home.folder);
	courtesy->home.environment = environment;
	courtesy->home.folder = memory_text(folder);
	courtesy->answers.loaded = false;
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
	remembered_release(&courtesy->answers);
	free(courtesy->home.folder);
	event_free(courtesy->remember);
	free(courtesy);
}
