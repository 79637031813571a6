/*
 * The HTTPS side of a network perspective: POST /dcv and POST /caa take one
 * message of the Open MPIC API each, GET /healthz says that it is there.
 */
#ifndef ISSUER_GATEWAY_PERSPECTIVE_SERVER_H
#define ISSUER_GATEWAY_PERSPECTIVE_SERVER_H

#include "engine/perspective.h"
#include "net/loop.h"

struct perspective_server;

struct perspective_server_params {
	struct loop *loop;
	const struct perspective_service *service; /* borrowed */
	struct endpoint listen;
	const char *certificate_file; /* PEM files */
	const char *key_file;
	const char *client_ca_file;
	void (*log)(void *context, const char *line); /* one a request */
	void *context;
};

/* Listens. Statuses of http_server_new. */
STATUS perspective_server_new(const struct perspective_server_params *params,
			      struct perspective_server **ret, struct error *err);
uint16_t perspective_server_port(const struct perspective_server *server);
/* Waits at most until_ms (monotonic) for the checks under way; whether none is left. */
bool perspective_server_drain(struct perspective_server *server, int64_t until_ms);
/* Stops; answers to checks under way are dropped. */
void perspective_server_free(struct perspective_server *server);
void perspective_server_freep(struct perspective_server **server);

#endif
