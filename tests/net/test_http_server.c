/*
 * The HTTPS server and the calls of services, against each other over 127.0.0.1:
 * who is let in, who is believed, and where each limit ends something.
 */
#include "net/http_server.h"

#include "base/memory.h"
#include "net/clock.h"
#include "tests/net/authority.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	BODY_LIMIT = 2000,
	HEADER_LIMIT = 4096,
	HANDSHAKE_MS = 300,
	CONNECTIONS = 4,
	LONG_MS = 10000
};

static struct loop *loop;
static struct environment *world;
static struct http_server *server;

/* What the handler was asked last, and what it does. */
static struct {
	int requests;
	enum http_method method;
	char path[64];
	char client[64];
	size_t body_length;
	size_t answer_length; /* of the answers given */
	bool hold;            /* keep the exchange instead of answering */
	struct http_exchange *held;
} seen;

static void answer(struct http_exchange *exchange)
{
	char *body = memory_new(1, seen.answer_length + 1);
	memset(body, 'a', seen.answer_length);
	http_exchange_answer(exchange, 200, "application/json", slice_of(body, seen.answer_length));
	free(body);
}

static void handle(void *context, struct http_exchange *exchange,
		   const struct http_request *request)
{
	(void)context;
	seen.requests++;
	seen.method = request->method;
	(void)snprintf(seen.path, sizeof(seen.path), "%s", request->path);
	(void)snprintf(seen.client, sizeof(seen.client), "%s", request->client);
	seen.body_length = request->body.length;
	if (seen.hold)
		seen.held = exchange;
	else
		answer(exchange);
}

static struct http_server_params params_of(void)
{
	return (struct http_server_params){
		.listen = {.address = {ADDRESS_V4, {127, 0, 0, 1}}},
		.certificate_file = authority_file("server.pem"),
		.key_file = authority_file("server.key"),
		.client_ca_file = authority_file("ca.pem"),
		.body_limit = BODY_LIMIT,
		.header_limit = HEADER_LIMIT,
		.handshake_ms = HANDSHAKE_MS,
		.idle_s = 30,
		.connections = CONNECTIONS,
		.handler = handle,
	};
}

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	seen.answer_length = 7;
	(void)authority_make();
	struct http_server_params params = params_of();
	if (loop_new(&loop, NULL) != OK || http_server_new(loop, &params, &server, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	http_server_freep(&server);
	loop_freep(&loop);
	authority_remove();
	return 0;
}

/* One call and a copy of its reply. */
struct called {
	struct api_ask ask;
	char url[128];
	bool done;
	struct api_reply reply;
	struct buffer body;
	size_t certificate_length;
	char detail[256];
};

static void done(void *context, const struct api_reply *reply)
{
	struct called *called = context;
	called->done = true;
	called->reply = *reply;
	called->certificate_length = reply->certificate.length;
	buffer_init(&called->body, 1 << 20);
	buffer_append_slice(&called->body, reply->body);
	(void)snprintf(called->detail, sizeof(called->detail), "%s", reply->detail);
}

static void begin(struct called *called, const char *host, const char *body)
{
	uint16_t port = http_server_port(server);
	*called = (struct called){0};
	(void)snprintf(called->url, sizeof(called->url), "https://%s:%u/dcv?x=1", host, port);
	called->ask = (struct api_ask){
		.url = called->url,
		.connect_to = {{ADDRESS_V4, {127, 0, 0, 1}}, port},
		.body = slice_text(body),
		.ca_file = authority_file("ca.pem"),
		.certificate_file = authority_file("client.pem"),
		.key_file = authority_file("client.key"),
		.timeout_ms = LONG_MS,
		.body_limit = 1 << 16,
	};
}

static void run_until(const bool *flag)
{
	int64_t until_ms = clock_monotonic(NULL) + LONG_MS;
	while (!*flag && clock_monotonic(NULL) < until_ms)
		world->wait(world->self, clock_monotonic(NULL) + 20);
	assert_true(*flag);
}

static void finish(struct called *called)
{
	world->api_call(world->self, &called->ask, done, called);
	assert_false(called->done);
	run_until(&called->done);
}

static void release(struct called *called)
{
	buffer_release(&called->body);
}

static void a_question_and_its_answer(void **state)
{
	struct called called;
	(void)state;
	begin(&called, "perspective.example", "{\"a\":1}");
	finish(&called);
	assert_int_equal(called.reply.outcome, HTTP_ANSWERED);
	assert_int_equal(called.reply.status, 200);
	assert_string_equal(buffer_text(&called.body), "aaaaaaa");
	assert_true(called.certificate_length > 100);
	assert_int_equal(seen.method, HTTP_METHOD_POST);
	assert_string_equal(seen.path, "/dcv");
	assert_string_equal(seen.client, "/CN=client");
	assert_int_equal(seen.body_length, 7);
	release(&called);
}

static void refused(struct called *called, enum http_outcome outcome)
{
	finish(called);
	if (called->reply.outcome != outcome)
		fail_msg("outcome %d: %s", called->reply.outcome, called->detail);
	assert_true(called->detail[0]);
	assert_int_equal(called->body.length, 0);
	release(called);
}

/* Refusals of ours: the server is not the one that the URL and the CA file mean. */
static void servers_that_are_not_believed(void **state)
{
	struct called called;
	(void)state;
	begin(&called, "other.example", "{}");
	refused(&called, HTTP_TLS_FAILED);
	begin(&called, "perspective.example", "{}");
	called.ask.ca_file = authority_file("other-ca.pem");
	refused(&called, HTTP_TLS_FAILED);
	begin(&called, "perspective.example", "{}");
	called.ask.ca_file = authority_file("nothing.pem");
	refused(&called, HTTP_TLS_FAILED);
	begin(&called, "perspective.example", "{}");
	called.ask.certificate_file = authority_file("nothing.pem");
	refused(&called, HTTP_TLS_FAILED);
	assert_int_equal(seen.requests, 0);
}

/* With TLS 1.3 the client hears of it after its handshake, so as a broken connection. */
static void clients_that_are_not_let_in(void **state)
{
	static const char *const certificates[][2] = {{"stranger.pem", "stranger.key"},
						      {NULL, NULL}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(certificates); i++) {
		struct called called;
		begin(&called, "perspective.example", "{}");
		called.ask.certificate_file =
			certificates[i][0] ? authority_file(certificates[i][0]) : NULL;
		called.ask.key_file =
			certificates[i][1] ? authority_file(certificates[i][1]) : NULL;
		refused(&called, HTTP_BROKEN);
	}
	assert_int_equal(seen.requests, 0);
}

static void nobody_listens(void **state)
{
	struct called called;
	(void)state;
	begin(&called, "perspective.example", "{}");
	called.ask.connect_to.address.bytes[3] = 2;
	refused(&called, HTTP_CONNECT_FAILED);
}

static void requests_that_are_too_long(void **state)
{
	struct called called;
	char body[BODY_LIMIT + 2];
	(void)state;
	memset(body, 'b', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	begin(&called, "perspective.example", body);
	called.ask.body.length = BODY_LIMIT;
	finish(&called);
	assert_int_equal(called.reply.status, 200);
	assert_int_equal(seen.body_length, BODY_LIMIT);
	release(&called);
	begin(&called, "perspective.example", body);
	finish(&called);
	assert_int_equal(called.reply.status, 413);
	assert_int_equal(seen.requests, 1);
	release(&called);
	/* The request line counts as header. */
	char *url = memory_printf("https://perspective.example:%u/%0*d", http_server_port(server),
				  HEADER_LIMIT, 0);
	begin(&called, "perspective.example", "{}");
	called.ask.url = url;
	finish(&called);
	assert_int_not_equal(called.reply.status, 200);
	assert_int_equal(seen.requests, 1);
	release(&called);
	free(url);
}

static void answers_that_are_too_long(void **state)
{
	struct called called;
	(void)state;
	seen.answer_length = 5000;
	begin(&called, "perspective.example", "{}");
	called.ask.body_limit = 5000;
	finish(&called);
	assert_int_equal(called.body.length, 5000);
	release(&called);
	begin(&called, "perspective.example", "{}");
	called.ask.body_limit = 4999;
	refused(&called, HTTP_BROKEN);
}

static void run_until_held(void)
{
	int64_t until_ms = clock_monotonic(NULL) + LONG_MS;
	while (!seen.held && clock_monotonic(NULL) < until_ms)
		world->wait(world->self, clock_monotonic(NULL) + 20);
	assert_non_null(seen.held);
}

static void an_answer_that_comes_later(void **state)
{
	struct called called;
	(void)state;
	seen.hold = true;
	begin(&called, "perspective.example", "{}");
	world->api_call(world->self, &called.ask, done, &called);
	run_until_held();
	assert_false(called.done);
	answer(seen.held);
	run_until(&called.done);
	assert_int_equal(called.reply.status, 200);
	release(&called);
}

/* The client gives up; its answer is dropped, and the server lives. */
static void a_client_that_does_not_wait(void **state)
{
	struct called called;
	(void)state;
	seen.hold = true;
	begin(&called, "perspective.example", "{}");
	called.ask.timeout_ms = 400;
	refused(&called, HTTP_TIMED_OUT);
	assert_non_null(seen.held);
	/* Until the server has seen that the client is gone, or not yet: both must do. */
	for (int i = 0; i < 3; i++)
		world->wait(world->self, clock_monotonic(NULL) + 20);
	answer(seen.held);
	seen.hold = false;
	begin(&called, "perspective.example", "{}");
	finish(&called);
	assert_int_equal(called.reply.status, 200);
	release(&called);
}

/* The server ends while an exchange waits, its client there or gone. */
static void a_server_that_ends_early(void **state)
{
	struct called called;
	(void)state;
	seen.hold = true;
	begin(&called, "perspective.example", "{}");
	called.ask.timeout_ms = 400;
	refused(&called, HTTP_TIMED_OUT);
	for (int i = 0; i < 3; i++)
		world->wait(world->self, clock_monotonic(NULL) + 20);
	seen.held = NULL;
	begin(&called, "perspective.example", "{}");
	world->api_call(world->self, &called.ask, done, &called);
	run_until_held();
	http_server_freep(&server);
	run_until(&called.done);
	assert_int_not_equal(called.reply.outcome, HTTP_ANSWERED);
	release(&called);
}

/* --- connections without TLS --- */

static int connect_plain(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(http_server_port(server))};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static bool is_closed(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&poll_fd, 1, 0) > 0 && recv(fd, &byte, 1, 0) <= 0;
}

static void wait_closed(int fd)
{
	int64_t until_ms = clock_monotonic(NULL) + LONG_MS;
	while (!is_closed(fd) && clock_monotonic(NULL) < until_ms)
		world->wait(world->self, clock_monotonic(NULL) + 20);
	assert_true(clock_monotonic(NULL) < until_ms);
	close(fd);
}

static void a_handshake_that_never_comes(void **state)
{
	(void)state;
	int64_t began_ms = clock_monotonic(NULL);
	wait_closed(connect_plain());
	assert_in_range(clock_monotonic(NULL) - began_ms, HANDSHAKE_MS - 50, LONG_MS / 2);
}

static void plain_http_is_not_spoken(void **state)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
	(void)state;
	int fd = connect_plain();
	assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	int64_t until_ms = clock_monotonic(NULL) + LONG_MS;
	char answered[64];
	ssize_t length = 0;
	while (length <= 0 && clock_monotonic(NULL) < until_ms) {
		world->wait(world->self, clock_monotonic(NULL) + 20);
		length = recv(fd, answered, sizeof(answered), MSG_DONTWAIT);
		if (length == 0)
			break;
	}
	/* A TLS alert, or nothing; never "HTTP/1.1". */
	assert_true(length <= 0 || answered[0] != 'H');
	assert_int_equal(seen.requests, 0);
	close(fd);
}

/* As many as allowed hold the server; who comes next is served once one of them has ended. */
static void more_connections_than_allowed(void **state)
{
	int fds[CONNECTIONS];
	struct called called;
	(void)state;
	for (size_t i = 0; i < CONNECTIONS; i++)
		fds[i] = connect_plain();
	world->wait(world->self, clock_monotonic(NULL) + 50);
	int64_t began_ms = clock_monotonic(NULL);
	begin(&called, "perspective.example", "{}");
	finish(&called);
	assert_int_equal(called.reply.status, 200);
	/* Not before the handshakes of the others were given up. */
	assert_true(clock_monotonic(NULL) - began_ms > HANDSHAKE_MS / 2);
	for (size_t i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
	release(&called);
}

static void servers_that_cannot_start(void **state)
{
	struct error err = NO_ERROR;
	struct http_server *other = NULL;
	struct http_server_params params = params_of();
	(void)state;
	params.listen.port = http_server_port(server);
	assert_int_equal(http_server_new(loop, &params, &other, &err), CONNECT_FAILED);
	assert_non_null(strstr(err.sentence, "could not listen on 127.0.0.1:"));
	params = params_of();
	params.certificate_file = authority_file("nothing.pem");
	assert_int_equal(http_server_new(loop, &params, &other, &err), INPUT);
	assert_non_null(strstr(err.sentence, "nothing.pem"));
	params = params_of();
	params.key_file = authority_file("client.key");
	assert_int_equal(http_server_new(loop, &params, &other, &err), INPUT);
	assert_non_null(strstr(err.sentence, "client.key"));
	params = params_of();
	params.client_ca_file = authority_file("server.key");
	assert_int_equal(http_server_new(loop, &params, &other, &err), INPUT);
	assert_non_null(strstr(err.sentence, "CA of clients"));
	assert_null(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_question_and_its_answer),   TEST(servers_that_are_not_believed),
		TEST(clients_that_are_not_let_in), TEST(nobody_listens),
		TEST(requests_that_are_too_long),  TEST(answers_that_are_too_long),
		TEST(an_answer_that_comes_later),  TEST(a_client_that_does_not_wait),
		TEST(a_server_that_ends_early),    TEST(a_handshake_that_never_comes),
		TEST(plain_http_is_not_spoken),    TEST(more_connections_than_allowed),
		TEST(servers_that_cannot_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
