/*
 * An HTTP server, in one of three ways:
 *   certificate and CA of clients   TLS 1.2 or later, a client certificate of that CA is
 *                                   required before a request is read: for programs that
 *                                   know each other
 *   certificate                     TLS 1.2 or later, for anybody
 *   neither                         no TLS, for a proxy on the same machine
 * Requests are answered when the handler's owner has the answer; everything has
 * a limit.
 */
#ifndef ISSUER_NET_HTTP_SERVER_H
#define ISSUER_NET_HTTP_SERVER_H

#include "net/loop.h"

#include "base/arena.h"
#include "base/endpoint.h"

/* One request that waits for its answer; ends with http_exchange_answer or the server. */
struct http_exchange;

/* To a HEAD the answer of a GET is given; its body is not sent. */
enum http_method { HTTP_METHOD_GET, HTTP_METHOD_HEAD, HTTP_METHOD_POST, HTTP_METHOD_OTHER };

/* Borrowed until the handler returns. */
struct http_request {
	enum http_method method;
	const char *path;  /* without query */
	const char *query; /* without "?"; NULL: none */
	struct slice body;
	const char *client;  /* the subject of the client's certificate, for logs; "": none */
	struct address peer; /* who is connected: the client, or a proxy */
};

typedef void http_handler(void *context, struct http_exchange *exchange,
			  const struct http_request *request);

struct http_server_params {
	struct endpoint listen; /* port 0: one that the kernel chooses */
	/* PEM files. */
	const char *certificate_file; /* with its chain; NULL: no TLS */
	const char *key_file;
	const char *client_ca_file; /* NULL: clients need no certificate */
	size_t body_limit;          /* a longer request is refused with 413 */
	size_t header_limit;
	int handshake_ms;          /* a connection that is not TLS by then is closed */
	int idle_s;                /* a connection on which nothing moves is closed, and one that
				      has not brought a whole request by then */
	unsigned connections;      /* at once; more wait in the kernel's queue */
	unsigned connections_each; /* of one address (of one /64 of IPv6); more are closed. 0: as
				      many as there may be at all */
	http_handler *handler;
	void *context;
};

struct http_server;

/* Listens; answers are given inside the loop's wait(). INPUT naming the file that cannot be used;
 * CONNECT_FAILED when the address cannot be listened on. The params' strings are not kept. */
STATUS http_server_new(struct loop *loop, const struct http_server_params *params,
		       struct http_server **ret, struct error *err);
/* Closes all connections; exchanges that wait must not be answered any more. NULL is allowed. */
void http_server_free(struct http_server *server);
void http_server_freep(struct http_server **server);
/* The port listened on. */
uint16_t http_server_port(const struct http_server *server);
/* Accepts nobody any more, and waits at most until_ms (monotonic) until what was answered is sent.
 */
void http_server_drain(struct http_server *server, int64_t until_ms);

/* What the request says in a header, in the arena; several lines become one list, with ", " between
 * (RFC 9110 section 5.3). NULL: there is none. */
const char *http_exchange_header(const struct http_exchange *exchange, const char *name,
				 struct arena *arena);

struct http_field {
	const char *name, *value; /* without control characters */
};

struct http_answer {
	int status;
	const char *content_type;
	struct slice body;
	const struct http_field *fields; /* headers besides */
	size_t field_count;
};

/* Ends the exchange; all is copied. When the client has gone, nothing happens. */
void http_exchange_send(struct http_exchange *exchange, const struct http_answer *answer);
/* The same without other headers. */
void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type,
			  struct slice body);

#endif
