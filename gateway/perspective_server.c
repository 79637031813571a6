/* The HTTPS side of a perspective: see perspective_server.h. */
#include "gateway/perspective_server.h"

#include "base/arena.h"
#include "base/memory.h"
#include "net/http_server.h"

#include <stdlib.h>
#include <string.h>

/* Requests are small; an unauthenticated peer costs little, and not for long. */
enum {
	BODY_MAX = 64 << 10,
	HEADER_MAX = 8 << 10,
	HANDSHAKE_MS = 10 * 1000,
	IDLE_S = 120,
	CONNECTIONS_MAX = 256,
	LINE_MAX_OCTETS = 1024,
	REFUSAL_MAX = 4096,
	DRAIN_STEP_MS = 100,
};

enum { STATUS_OK = 200, STATUS_BAD_REQUEST = 400, STATUS_NOT_FOUND = 404, STATUS_METHOD = 405 };

#define JSON_TYPE "application/json"

struct perspective_server {
	struct loop *loop;
	const struct perspective_service *service;
	struct http_server *http;
	void (*log)(void *context, const char *line);
	void *context;
	size_t running;
	bool freed; /* lives on until the last check has ended */
};

/* One check under way. */
struct run {
	struct perspective_server *server;
	struct http_exchange *exchange;
	char *client;
	int64_t began_at; /* monotonic */
};

static int64_t monotonic(const struct perspective_server *server)
{
	struct environment *environment = server->service->setting.environment;
	return environment->monotonic(environment->self);
}

/* What comes from outside stays on its line. */
static void log_line(struct perspective_server *server, const char *line)
{
	char clean[LINE_MAX_OCTETS];
	size_t length = 0;
	for (; line[length] && length < sizeof(clean) - 1; length++)
		clean[length] = line[length] >= ' ' && line[length] < 0x7f ? line[length] : '?';
	clean[length] = '\0';
	server->log(server->context, clean);
}

/* ---- checks ---- */

static void run_ended(void *context, const struct perspective_answer *answer)
{
	struct run *run = context;
	struct perspective_server *server = run->server;
	server->running--;
	if (!server->freed) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		http_exchange_answer(run->exchange, STATUS_OK, JSON_TYPE, answer->body);
		log_line(server, arena_printf(&arena, "%s %s: %s in %lld ms, for %s: %s",
					      answer->method, answer->domain, answer->code,
					      (long long)(monotonic(server) - run->began_at),
					      run->client, answer->sentence));
	} else if (server->running == 0) {
		free(server);
	}
	free(run->client);
	free(run);
}

static void refuse(struct perspective_server *server, struct http_exchange *exchange,
		   const struct http_request *request, int status, const struct error *why)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer body;
	buffer_init(&body, REFUSAL_MAX);
	perspective_refusal(why, &body);
	log_line(server, arena_printf(&arena, "%s: refused with %d, for %s: %s", request->path,
				      status, request->client, why->sentence));
	http_exchange_answer(exchange, status, JSON_TYPE, buffer_slice(&body));
}

static void check(struct perspective_server *server, struct http_exchange *exchange,
		  const struct http_request *request)
{
	struct error why = NO_ERROR;
	struct run *run = memory_new(1, sizeof(*run));
	*run = (struct run){
		.server = server,
		.exchange = exchange,
		.client = memory_text(request->client),
		.began_at = monotonic(server),
	};
	server->running++;
	if (perspective_check(server->service, request->path + 1, request->body, run_ended, run,
			      &why) == OK)
		return;
	server->running--;
	free(run->client);
	free(run);
	refuse(server, exchange, request, STATUS_BAD_REQUEST, &why);
}

/* ---- paths ---- */

static void healthz(struct perspective_server *server, struct http_exchange *exchange,
		    const struct http_request *request)
{
	(void)server;
	(void)request;
	http_exchange_answer(exchange, STATUS_OK, JSON_TYPE, slice_text("{\"status\":\"OK\"}"));
}

static const struct path_row {
	const char *path;
	enum http_method method;
	void (*answer)(struct perspective_server *server, struct http_exchange *exchange,
		       const struct http_request *request);
} path_rows[] = {
	{"/dcv", HTTP_METHOD_POST, check},
	{"/caa", HTTP_METHOD_POST, check},
	{"/healthz", HTTP_METHOD_GET, healthz},
};

static void request_came(void *context, struct http_exchange *exchange,
			 const struct http_request *request)
{
	struct perspective_server *server = context;
	struct error why = NO_ERROR;
	for (size_t i = 0; i < ARRAY_LENGTH(path_rows); i++) {
		const struct path_row *row = &path_rows[i];
		if (strcmp(row->path, request->path) != 0)
			continue;
		if (row->method == request->method) {
			row->answer(server, exchange, request);
			return;
		}
		(void)fail(&why, NOT_APPLICABLE, "%s is not asked with this method", row->path);
		refuse(server, exchange, request, STATUS_METHOD, &why);
		return;
	}
	(void)fail(&why, NOT_FOUND, "there is no %.80s here", request->path);
	refuse(server, exchange, request, STATUS_NOT_FOUND, &why);
}

/* ---- the server ---- */

enum status perspective_server_new(const struct perspective_server_params *params,
				   struct perspective_server **ret, struct error *err)
{
	CLEANUP(perspective_server_freep)
	struct perspective_server *server = memory_new(1, sizeof(*server));
	server->loop = params->loop;
	server->service = params->service;
	server->log = params->log;
	server->context = params->context;
	struct http_server_params http = {
		.listen = params->listen,
		.certificate_file = params->certificate_file,
		.key_file = params->key_file,
		.client_ca_file = params->client_ca_file,
		.body_limit = BODY_MAX,
		.header_limit = HEADER_MAX,
		.handshake_ms = HANDSHAKE_MS,
		.idle_s = IDLE_S,
		.connections = CONNECTIONS_MAX,
		.handler = request_came,
		.context = server,
	};
	TRY(http_server_new(params->loop, &http, &server->http, err));
	*ret = STEAL(server);
	return OK;
}

uint16_t perspective_server_port(const struct perspective_server *server)
{
	return http_server_port(server->http);
}

bool perspective_server_drain(struct perspective_server *server, int64_t until_ms)
{
	struct environment *environment = loop_environment(server->loop);
	while (server->running > 0 && monotonic(server) < until_ms)
		environment->wait(environment->self, monotonic(server) + DRAIN_STEP_MS);
	return server->running == 0;
}

void perspective_server_free(struct perspective_server *server)
{
	if (!server)
		return;
	http_server_free(server->http);
	server->freed = true;
	if (server->running == 0)
		free(server);
}

void perspective_server_freep(struct perspective_server **server)
{
	perspective_server_free(*server);
	*server = NULL;
}
