/*
 * HTTPS by libevent's evhttp on OpenSSL: see http_server.h.
 *
 *   accepted ──TLS──> idle ──request──> exchange ──answer──> idle …
 *       │ no TLS in time, no certificate: closed     └ client gone: answer dropped
 *
 * evhttp owns connections; each is counted from its TLS object's birth to its
 * death, and while there are as many as allowed the listener does not accept.
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

enum { BACKLOG = 128, SUBJECT_TEXT = 256 };

struct http_exchange {
	LIST_ENTRY(http_exchange) link;
	struct http_server *server;
	struct evhttp_request *request;
};

LIST_HEAD(exchanges, http_exchange);

/* Lives as long as the TLS object of its connection. */
struct connection {
	struct http_server *server;
	SSL *tls;
	struct bufferevent *stream;
	struct event *handshake; /* fires when the handshake takes too long */
};

struct http_server {
	struct event_base *base;
	SSL_CTX *tls;
	struct evhttp *http;
	struct evconnlistener *listener; /* evhttp's */
	uint16_t port;
	struct timeval handshake;
	unsigned connections;
	unsigned connections_max;
	bool closed; /* freed, but for this struct: libevent ends connections in a later round */
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
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (SSL_CTX_use_certificate_chain_file(tls, params->certificate_file) != 1)
		return fail_file(err, "certificate", params->certificate_file);
	if (SSL_CTX_use_PrivateKey_file(tls, params->key_file, SSL_FILETYPE_PEM) != 1)
		return fail_file(err, "private key", params->key_file);
	if (SSL_CTX_load_verify_file(tls, params->client_ca_file) != 1)
		return fail_file(err, "CA of clients", params->client_ca_file);
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(params->client_ca_file);
	if (!names)
		return fail_file(err, "CA of clients", params->client_ca_file);
	SSL_CTX_set_client_CA_list(tls, names);
	return OK;
}

/* ---- connections ---- */

static int connection_index = -1;

/* OpenSSL calls it when a TLS object dies, that is, when its connection is closed. */
static void connection_ended(void *parent, void *data, CRYPTO_EX_DATA *all, int index,
			     long argument, void *pointer)
{
	(void)parent;
	(void)all;
	(void)index;
	(void)argument;
	(void)pointer;
	struct connection *connection = data;
	if (!connection)
		return;
	struct http_server *server = connection->server;
	if (server->connections-- == server->connections_max && server->listener)
		(void)evconnlistener_enable(server->listener);
	event_free(connection->handshake);
	free(connection);
	if (server->closed && server->connections == 0)
		free(server);
}

static void handshake_late(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	const struct connection *connection = context;
	/* The other side of the socket ends, which evhttp sees and closes the connection. */
	if (!SSL_is_init_finished(connection->tls))
		(void)shutdown(bufferevent_getfd(connection->stream), SHUT_RDWR);
}

/* evhttp asks for the stream of a connection that it accepts. */
static struct bufferevent *connection_accepted(struct event_base *base, void *context)
{
	struct http_server *server = context;
	SSL *tls = SSL_new(server->tls);
	struct connection *connection = memory_new(1, sizeof(*connection));
	if (!tls)
		memory_exhausted();
	*connection = (struct connection){.server = server, .tls = tls};
	connection->handshake = evtimer_new(base, handshake_late, connection);
	if (!connection->handshake || SSL_set_ex_data(tls, connection_index, connection) != 1 ||
	    event_add(connection->handshake, &server->handshake) != 0)
		memory_exhausted();
	if (++server->connections == server->connections_max)
		(void)evconnlistener_disable(server->listener);
	connection->stream = bufferevent_openssl_socket_new(
		base, -1, tls, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (!connection->stream)
		memory_exhausted();
	bufferevent_openssl_set_allow_dirty_shutdown(connection->stream, 1);
	return connection->stream;
}

/* ---- requests ---- */

static void subject_of(struct evhttp_request *request, char *text, size_t size)
{
	struct bufferevent *stream =
		evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
	const X509 *certificate = SSL_get0_peer_certificate(bufferevent_openssl_get_ssl(stream));
	text[0] = '\0';
	if (certificate)
		(void)X509_NAME_oneline(X509_get_subject_name(certificate), text, (int)size);
}

static void request_came(struct evhttp_request *request, void *context)
{
	struct http_server *server = context;
	char client[SUBJECT_TEXT];
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	size_t length = evbuffer_get_length(body);
	subject_of(request, client, sizeof(client));
	struct http_exchange *exchange = memory_new(1, sizeof(*exchange));
	*exchange = (struct http_exchange){.server = server, .request = request};
	LIST_INSERT_HEAD(&server->exchanges, exchange, link);
	struct http_request shown = {
		.method = evhttp_request_get_command(request) == EVHTTP_REQ_POST ? HTTP_METHOD_POST
										 : HTTP_METHOD_GET,
		.path = path && path[0] ? path : "/",
		.body = slice_of(length ? evbuffer_pullup(body, -1) : NULL, length),
		.client = client,
	};
	server->handler(server->context, exchange, &shown);
}

void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type,
			  struct slice body)
{
	struct evhttp_request *request = exchange->request;
	struct evbuffer *out = evbuffer_new();
	if (!out || evbuffer_add(out, body.data, body.length) != 0 ||
	    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			      content_type) != 0)
		memory_exhausted();
	/* A request whose client has gone is without connection, and is only freed by this. */
	evhttp_send_reply(request, status, NULL, out);
	evbuffer_free(out);
	LIST_REMOVE(exchange, link);
	free(exchange);
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
	server->base = loop_base(loop);
	server->handler = params->handler;
	server->context = params->context;
	server->connections_max = params->connections;
	server->handshake = (struct timeval){.tv_sec = params->handshake_ms / 1000,
					     .tv_usec = params->handshake_ms % 1000 * 1000};
	LIST_INIT(&server->exchanges);
	if (connection_index < 0)
		connection_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, connection_ended);
	TRY(make_tls(params, &server->tls, err));
	server->http = evhttp_new(server->base);
	if (!server->http)
		memory_exhausted();
	evhttp_set_max_headers_size(server->http, (ev_ssize_t)params->header_limit);
	evhttp_set_max_body_size(server->http, (ev_ssize_t)params->body_limit);
	evhttp_set_timeout(server->http, params->idle_s);
	evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
	evhttp_set_bevcb(server->http, connection_accepted, server);
	evhttp_set_gencb(server->http, request_came, server);
	TRY(listen_on(server, &params->listen, err));
	*ret = STEAL(server);
	return OK;
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
	SSL_CTX_free(server->tls);
	server->closed = true;
	if (server->connections == 0)
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
