/*
 * HTTP by libevent's evhttp, TLS by OpenSSL: see http_server.h.
 *
 *   accepted ──> born ──TLS──> idle ──request──> exchange ──answer──> idle …
 *                  │ no TLS or no request in time, no certificate,    └ client gone:
 *                  └ too many of one address: closed                    answer dropped
 *
 * evhttp owns connections; each is counted from when evhttp asks for its stream
 * to evhttp's close callback, and while there are as many as allowed the listener
 * does not accept.
 */
#include "net/http_server.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128, SUBJECT_TEXT = 256, DRAIN_STEP_MS = 5 };

/* The handler says which it serves; to others that evhttp knows of it can so answer with 405. */
enum {
	EVERY_METHOD = EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
		       EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
		       EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH
};

struct http_exchange {
	LIST_ENTRY(http_exchange) link;
	struct http_server *server;
	struct connection *connection; /* NULL: it was closed */
	struct evhttp_request *request;
};

LIST_HEAD(exchanges, http_exchange);

/* What a connection has until its timer fires. */
enum connection_stage {
	CONNECTION_BORN,    /* no time: evhttp has not yet made it its own */
	CONNECTION_SHAKES,  /* the time for the handshake */
	CONNECTION_BEGINS,  /* the time for a whole request */
	CONNECTION_ANSWERS, /* as long as the answer takes: the timer is off */
};

struct connection {
	LIST_ENTRY(connection) link;
	struct http_server *server;
	enum connection_stage stage;
	struct bufferevent *stream; /* evhttp's */
	SSL *tls;                   /* the stream's; NULL: none */
	struct address peer;        /* ADDRESS_NONE until it is born */
	struct event *timer;
};

LIST_HEAD(connections, connection);

struct http_server {
	struct event_base *base;
	SSL_CTX *tls; /* NULL: none */
	struct evhttp *http;
	struct evconnlistener *listener; /* evhttp's */
	uint16_t port;
	struct loop *loop;
	struct timeval handshake;
	struct timeval idle;
	unsigned count; /* of connections */
	unsigned count_max;
	unsigned each_max;
	struct connections connections;
	struct exchanges exchanges;
	http_handler *handler;
	void *context;
};

/* ---- TLS ---- */

static const char *tls_reason(void)
{
	unsigned long code = ERR_get_error();
	ERR_clear_error();
	const char *reason = NULL;
	if (ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	else if (code)
		reason = ERR_reason_error_string(code);
	return reason ? reason : "it cannot be used";
}

static enum status fail_file(struct error *err, const char *what, const char *path)
{
	return fail(err, INPUT, "could not use the %s %s: %s", what, path, tls_reason());
}

static enum status make_tls(const struct http_server_params *params, SSL_CTX **ret,
			    struct error *err)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	if (!tls)
		memory_exhausted();
	*ret = tls;
	ERR_clear_error();
	(void)SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	/* Nothing is kept between connections. */
	(void)SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	(void)SSL_CTX_set_num_tickets(tls, 0);
	(void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	if (SSL_CTX_use_certificate_chain_file(tls, params->certificate_file) != 1)
		return fail_file(err, "certificate", params->certificate_file);
	if (SSL_CTX_use_PrivateKey_file(tls, params->key_file, SSL_FILETYPE_PEM) != 1)
		return fail_file(err, "private key", params->key_file);
	if (!params->client_ca_file)
		return OK;
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (SSL_CTX_load_verify_file(tls, params->client_ca_file) != 1)
		return fail_file(err, "CA of clients", params->client_ca_file);
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(params->client_ca_file);
	if (!names)
		return fail_file(err, "CA of clients", params->client_ca_file);
	SSL_CTX_set_client_CA_list(tls, names);
	return OK;
}

/* ---- connections ---- */

static void connection_free(struct connection *connection)
{
	struct http_server *server = connection->server;
	struct http_exchange *exchange;
	LIST_FOREACH(exchange, &server->exchanges, link)
	if (exchange->connection == connection)
		exchange->connection = NULL;
	LIST_REMOVE(connection, link);
	event_free(connection->timer);
	free(connection);
	if (server->count-- == server->count_max && server->listener)
		(void)evconnlistener_enable(server->listener);
}

static void connection_closed(struct evhttp_connection *none, void *context)
{
	(void)none;
	connection_free(context);
}

/* The other side of the socket ends, which evhttp sees and closes the connection. */
static void connection_end(const struct connection *connection)
{
	(void)shutdown(bufferevent_getfd(connection->stream), SHUT_RDWR);
}

static void connection_give(struct connection *connection, enum connection_stage stage,
			    const struct timeval *time)
{
	connection->stage = stage;
	if (event_add(connection->timer, time) != 0)
		memory_exhausted();
}

enum { SITE_OCTETS = 8 };

/* Whether two addresses are one client's: whoever has an IPv6 address has its /64. */
static bool is_same_client(const struct address *a, const struct address *b)
{
	if (a->family == ADDRESS_V6 && b->family == ADDRESS_V6)
		return memcmp(a->bytes, b->bytes, SITE_OCTETS) == 0;
	return address_equal(a, b);
}

static bool is_crowded(const struct connection *connection)
{
	const struct http_server *server = connection->server;
	const struct connection *other;
	unsigned same = 0;
	LIST_FOREACH(other, &server->connections, link)
	same += is_same_client(&connection->peer, &other->peer);
	return server->each_max > 0 && same > server->each_max;
}

static struct address address_of(const struct sockaddr_storage *name)
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	struct address address = {0};
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	memcpy(&in, name, sizeof(in));
	memcpy(&in6, name, sizeof(in6));
	if (name->ss_family == AF_INET) {
		address.family = ADDRESS_V4;
		memcpy(address.bytes, &in.sin_addr, sizeof(in.sin_addr));
	} else if (name->ss_family == AF_INET6 &&
		   memcmp(&in6.sin6_addr, mapped, sizeof(mapped)) == 0) {
		address.family = ADDRESS_V4;
		memcpy(address.bytes, in6.sin6_addr.s6_addr + sizeof(mapped), 4);
	} else if (name->ss_family == AF_INET6) {
		address.family = ADDRESS_V6;
		memcpy(address.bytes, &in6.sin6_addr, sizeof(in6.sin6_addr));
	}
	return address;
}

/* evhttp has taken the stream: its callbacks are evhttp's, with the connection as context. */
static void connection_born(struct connection *connection)
{
	void *taken = NULL;
	struct sockaddr_storage name = {0};
	socklen_t length = sizeof(name);
	bufferevent_getcb(connection->stream, NULL, NULL, NULL, &taken);
	evhttp_connection_set_closecb(taken, connection_closed, connection);
	if (getpeername(bufferevent_getfd(connection->stream), (struct sockaddr *)&name, &length) ==
	    0)
		connection->peer = address_of(&name);
	connection_give(connection, CONNECTION_SHAKES, &connection->server->handshake);
	if (is_crowded(connection))
		connection_end(connection);
}

static void connection_time(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct connection *connection = context;
	switch (connection->stage) {
	case CONNECTION_BORN:
		connection_born(connection);
		return;
	case CONNECTION_SHAKES:
		if (!connection->tls || SSL_is_init_finished(connection->tls))
			connection_give(connection, CONNECTION_BEGINS, &connection->server->idle);
		else
			connection_end(connection);
		return;
	case CONNECTION_BEGINS:
		connection_end(connection);
		return;
	case CONNECTION_ANSWERS:
		return;
	}
}

static struct bufferevent *new_stream(struct http_server *server, struct connection *connection)
{
	struct bufferevent *stream;
	if (!server->tls) {
		stream = bufferevent_socket_new(server->base, -1, BEV_OPT_CLOSE_ON_FREE);
	} else {
		connection->tls = SSL_new(server->tls);
		if (!connection->tls)
			memory_exhausted();
		stream = bufferevent_openssl_socket_new(server->base, -1, connection->tls,
							BUFFEREVENT_SSL_ACCEPTING,
							BEV_OPT_CLOSE_ON_FREE);
	}
	if (!stream)
		memory_exhausted();
	if (server->tls)
		bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
	return stream;
}

/* evhttp asks for the stream of a connection that it accepts. What is to be done once it has it is
 * done before anything is read: an event made active runs before the next poll. */
static struct bufferevent *connection_accepted(struct event_base *base, void *context)
{
	struct http_server *server = context;
	struct connection *connection = memory_new(1, sizeof(*connection));
	*connection = (struct connection){.server = server, .stage = CONNECTION_BORN};
	connection->stream = new_stream(server, connection);
	connection->timer = evtimer_new(base, connection_time, connection);
	if (!connection->timer)
		memory_exhausted();
	LIST_INSERT_HEAD(&server->connections, connection, link);
	event_active(connection->timer, EV_TIMEOUT, 0);
	if (++server->count == server->count_max)
		(void)evconnlistener_disable(server->listener);
	return connection->stream;
}

/* ---- requests ---- */

static void subject_of(const struct connection *connection, char *text, size_t size)
{
	const X509 *certificate =
		connection && connection->tls ? SSL_get0_peer_certificate(connection->tls) : NULL;
	text[0] = '\0';
	if (certificate)
		(void)X509_NAME_oneline(X509_get_subject_name(certificate), text, (int)size);
}

static struct connection *connection_of(struct http_server *server, struct evhttp_request *request)
{
	const struct bufferevent *stream =
		evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
	struct connection *connection = LIST_FIRST(&server->connections);
	while (connection && connection->stream != stream)
		connection = LIST_NEXT(connection, link);
	return connection;
}

static enum http_method method_of(enum evhttp_cmd_type type)
{
	static const struct {
		enum evhttp_cmd_type type;
		enum http_method method;
	} rows[] = {
		{EVHTTP_REQ_GET, HTTP_METHOD_GET},
		{EVHTTP_REQ_HEAD, HTTP_METHOD_HEAD},
		{EVHTTP_REQ_POST, HTTP_METHOD_POST},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (rows[i].type == type)
			return rows[i].method;
	return HTTP_METHOD_OTHER;
}

static void request_came(struct evhttp_request *request, void *context)
{
	struct http_server *server = context;
	char client[SUBJECT_TEXT];
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	size_t length = evbuffer_get_length(body);
	struct http_exchange *exchange = memory_new(1, sizeof(*exchange));
	*exchange = (struct http_exchange){
		.server = server, .connection = connection_of(server, request), .request = request};
	struct connection *connection = exchange->connection;
	if (connection) {
		connection->stage = CONNECTION_ANSWERS;
		(void)event_del(connection->timer);
	}
	subject_of(connection, client, sizeof(client));
	LIST_INSERT_HEAD(&server->exchanges, exchange, link);
	struct http_request shown = {
		.method = method_of(evhttp_request_get_command(request)),
		.path = path && path[0] ? path : "/",
		.query = uri ? evhttp_uri_get_query(uri) : NULL,
		.body = slice_of(length ? evbuffer_pullup(body, -1) : NULL, length),
		.client = client,
		.peer = connection ? connection->peer : (struct address){0},
	};
	server->handler(server->context, exchange, &shown);
}

const char *http_exchange_header(const struct http_exchange *exchange, const char *name,
				 struct arena *arena)
{
	const char *all = NULL;
	const struct evkeyval *row;
	TAILQ_FOREACH(row, evhttp_request_get_input_headers(exchange->request), next)
	if (evutil_ascii_strcasecmp(row->key, name) == 0)
		all = all ? arena_printf(arena, "%s, %s", all, row->value)
			  : arena_text(arena, row->value);
	return all;
}

static void add_header(struct evhttp_request *request, const char *name, const char *value)
{
	if (evhttp_add_header(evhttp_request_get_output_headers(request), name, value) != 0)
		memory_exhausted();
}

void http_exchange_send(struct http_exchange *exchange, const struct http_answer *answer)
{
	struct evhttp_request *request = exchange->request;
	struct evbuffer *out = evbuffer_new();
	bool head = evhttp_request_get_command(request) == EVHTTP_REQ_HEAD;
	char length[sizeof("18446744073709551615")];
	if (!out || (!head && evbuffer_add(out, answer->body.data, answer->body.length) != 0))
		memory_exhausted();
	add_header(request, "Content-Type", answer->content_type);
	for (size_t i = 0; i < answer->field_count; i++)
		add_header(request, answer->fields[i].name, answer->fields[i].value);
	/* evhttp would send a body to a HEAD, and leaves its length out without one. */
	(void)snprintf(length, sizeof(length), "%zu", answer->body.length);
	if (head)
		add_header(request, "Content-Length", length);
	if (exchange->connection)
		connection_give(exchange->connection, CONNECTION_BEGINS, &exchange->server->idle);
	/* A request whose client has gone is without connection, and is only freed by this. */
	evhttp_send_reply(request, answer->status, NULL, out);
	evbuffer_free(out);
	LIST_REMOVE(exchange, link);
	free(exchange);
}

void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type,
			  struct slice body)
{
	struct http_answer answer = {.status = status, .content_type = content_type, .body = body};
	http_exchange_send(exchange, &answer);
}

/* ---- the server ---- */

static socklen_t sockaddr_of(const struct endpoint *endpoint, struct sockaddr_storage *ret)
{
	*ret = (struct sockaddr_storage){0};
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

static uint16_t port_of(evutil_socket_t socket)
{
	struct sockaddr_storage name;
	socklen_t length = sizeof(name);
	if (getsockname(socket, (struct sockaddr *)&name, &length) != 0)
		return 0;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	memcpy(&in, &name, sizeof(in));
	memcpy(&in6, &name, sizeof(in6));
	return ntohs(name.ss_family == AF_INET6 ? in6.sin6_port : in.sin_port);
}

static enum status listen_on(struct http_server *server, const struct endpoint *endpoint,
			     struct error *err)
{
	char text[ENDPOINT_TEXT];
	struct sockaddr_storage address;
	socklen_t length = sockaddr_of(endpoint, &address);
	const int on = 1;
	struct evconnlistener *listener = evconnlistener_new_bind(
		server->base, NULL, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG,
		(const struct sockaddr *)&address, (int)length);
	if (!listener)
		return fail(err, CONNECT_FAILED, "could not listen on %s: %s",
			    endpoint_text(endpoint, text), strerror(errno));
	/* Inherited by what is accepted; without it each answer waits for the client's ACK. */
	(void)setsockopt(evconnlistener_get_fd(listener), IPPROTO_TCP, TCP_NODELAY, &on,
			 sizeof(on));
	if (!evhttp_bind_listener(server->http, listener))
		memory_exhausted();
	server->listener = listener;
	server->port = port_of(evconnlistener_get_fd(listener));
	return OK;
}

enum status http_server_new(struct loop *loop, const struct http_server_params *params,
			    struct http_server **ret, struct error *err)
{
	CLEANUP(http_server_freep) struct http_server *server = memory_new(1, sizeof(*server));
	server->loop = loop;
	server->base = loop_base(loop);
	server->handler = params->handler;
	server->context = params->context;
	server->count_max = params->connections;
	server->each_max = params->connections_each;
	server->idle = (struct timeval){.tv_sec = params->idle_s};
	server->handshake = (struct timeval){.tv_sec = params->handshake_ms / 1000,
					     .tv_usec = params->handshake_ms % 1000 * 1000};
	LIST_INIT(&server->connections);
	LIST_INIT(&server->exchanges);
	if (params->certificate_file)
		TRY(make_tls(params, &server->tls, err));
	server->http = evhttp_new(server->base);
	if (!server->http)
		memory_exhausted();
	evhttp_set_max_headers_size(server->http, (ev_ssize_t)params->header_limit);
	evhttp_set_max_body_size(server->http, (ev_ssize_t)params->body_limit);
	evhttp_set_timeout(server->http, params->idle_s);
	evhttp_set_allowed_methods(server->http, EVERY_METHOD);
	evhttp_set_bevcb(server->http, connection_accepted, server);
	evhttp_set_gencb(server->http, request_came, server);
	TRY(listen_on(server, &params->listen, err));
	*ret = STEAL(server);
	return OK;
}

static bool is_sent(const struct http_server *server)
{
	const struct connection *connection;
	LIST_FOREACH(connection, &server->connections, link)
	if (evbuffer_get_length(bufferevent_get_output(connection->stream)) > 0)
		return false;
	return true;
}

void http_server_drain(struct http_server *server, int64_t until_ms)
{
	struct environment *environment = loop_environment(server->loop);
	(void)evconnlistener_disable(server->listener);
	server->listener = NULL;
	int64_t now_ms = environment->monotonic(environment->self);
	while (!is_sent(server) && now_ms < until_ms) {
		environment->wait(environment->self, now_ms + DRAIN_STEP_MS);
		now_ms = environment->monotonic(environment->self);
	}
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	struct http_exchange *exchange;
	while ((exchange = LIST_FIRST(&server->exchanges))) {
		LIST_REMOVE(exchange, link);
		/* Without a connection nobody else frees it. */
		if (!evhttp_request_get_connection(exchange->request))
			evhttp_request_free(exchange->request);
		free(exchange);
	}
	server->listener = NULL;
	if (server->http)
		evhttp_free(server->http);
	/* Those that were not born yet have no close callback. */
	while (LIST_FIRST(&server->connections))
		connection_free(LIST_FIRST(&server->connections));
	SSL_CTX_free(server->tls);
	free(server);
}

void http_server_freep(struct http_server **server)
{
	http_server_free(*server);
	*server = NULL;
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}
