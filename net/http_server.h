/*
 * An HTTPS server for programs that know each other: TLS 1.2 or later, a client
 * certificate of the configured CA is required before a request is read.
 * Requests are answered when the handler's owner has the answer; everything has
 * a limit.
 */
#ifndef ISSUER_NET_HTTP_SERVER_H
#define ISSUER_NET_HTTP_SERVER_H

#include "net/loop.h"

#include "base/bytes.h"
#include "base/endpoint.h"

/* One request that waits for its answer; ends with http_exchange_answer or the server. */
struct http_exchange;

enum http_method { HTTP_METHOD_GET, HTTP_METHOD_POST };

/* Borrowed until the handler returns. */
struct http_request {
	enum http_method method;
	const char *path; /* without query */
	struct slice body;
	const char *client; /* the subject of the client's certificate, for logs */
};

typedef void http_handler(void *context, struct http_exchange *exchange,
			  const struct http_request *request);

struct http_server_params {
	struct endpoint listen; /* port 0: one that the kernel chooses */
	/* PEM files. */
	const char *certificate_file; /* with its chain */
	const char *key_file;
	const char *client_ca_file;
	size_t body_limit; /* a longer request is refused with 413 */
	size_t header_limit;
	int handshake_ms;     /* a connection that is not TLS by then is closed */
	int idle_s;           /* a connection on which nothing moves is closed */
	unsigned connections; /* at once; more wait in the kernel's queue */
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

/* Ends the exchange; the body is copied. When the client has gone, nothing happens. */
void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type,
			  struct slice body);

#endif
