/*
 * The HTTP server for anybody: without TLS, and with TLS but without certificates
 * of clients. What the handler is told, what the client gets, and which limits
 * hold a stranger.
 */
#include "net/http_server.h"

#include "net/clock.h"
#include "tests/net/authority.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { CONNECTIONS = 6, EACH = 3, HANDSHAKE_MS = 200, IDLE_S = 1, LONG_MS = 10000 };

static struct loop *loop;
static struct environment *world;
static struct http_server *server;

/* What the handler saw last. */
static struct {
	int requests;
	enum http_method method;
	char path[64], query[64], language[64], forwarded[128];
	struct address peer;
	bool has_query, has_cookie;
} seen;

static const char body[] = "<p>an answer</p>";

static void handle(void *context, struct http_exchange *exchange,
		   const struct http_request *request)
{
	static const struct http_field fields[] = {{"X-One", "1"}, {"Set-Cookie", "a=b"}};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	(void)context;
	seen.requests++;
	seen.method = request->method;
	seen.peer = request->peer;
	seen.has_query = request->query;
	(void)snprintf(seen.path, sizeof(seen.path), "%s", request->path);
	(void)snprintf(seen.query, sizeof(seen.query), "%s", request->query ? request->query : "");
	const char *language = http_exchange_header(exchange, "accept-language", &arena);
	const char *forwarded = http_exchange_header(exchange, "X-Forwarded-For", &arena);
	seen.has_cookie = http_exchange_header(exchange, "Cookie", &arena);
	(void)snprintf(seen.language, sizeof(seen.language), "%s", language ? language : "");
	(void)snprintf(seen.forwarded, sizeof(seen.forwarded), "%s", forwarded ? forwarded : "");
	struct http_answer answer = {
		.status = 410,
		.content_type = "text/html; charset=utf-8",
		.body = slice_text(body),
		.fields = fields,
		.field_count = ARRAY_LENGTH(fields),
	};
	http_exchange_send(exchange, &answer);
	loop_wake(loop);
}

static void serve(const char *certificate, const char *key, unsigned each)
{
	struct http_server_params params = {
		.listen = {.address = {ADDRESS_V4, {127, 0, 0, 1}}},
		.certificate_file = certificate,
		.key_file = key,
		.body_limit = 1000,
		.header_limit = 2000,
		.handshake_ms = HANDSHAKE_MS,
		.idle_s = IDLE_S,
		.connections = CONNECTIONS,
		.connections_each = each,
		.handler = handle,
	};
	struct error err = NO_ERROR;
	if (http_server_new(loop, &params, &server, &err) != OK)
		fail_msg("%s", err.sentence);
}

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	(void)authority_make();
	if (loop_new(&loop, NULL) != OK)
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

static int64_t now_ms(void)
{
	return clock_monotonic(NULL);
}

static void turn(void)
{
	world->wait(world->self, now_ms() + 10);
}

static int connect_from(const char *from)
{
	struct sockaddr_in own = {.sin_family = AF_INET}, to = own;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	to.sin_port = htons(http_server_port(server));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(inet_pton(AF_INET, from, &own.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static bool is_closed(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&poll_fd, 1, 0) > 0 && recv(fd, &byte, 1, MSG_PEEK) <= 0;
}

/* What the server says until it says no more; the connection stays. */
static const char *ask(int fd, const char *request)
{
	static char answer[4096];
	size_t length = 0;
	int64_t until_ms = now_ms() + LONG_MS;
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while (now_ms() < until_ms) {
		turn();
		ssize_t more = recv(fd, answer + length, sizeof(answer) - 1 - length, MSG_DONTWAIT);
		if (more == 0 || (more < 0 && length > 0))
			break;
		length += more > 0 ? (size_t)more : 0;
	}
	answer[length] = '\0';
	return answer;
}

static const char *ask_once(const char *request)
{
	int fd = connect_from("127.0.0.9");
	const char *answer = ask(fd, request);
	close(fd);
	turn();
	return answer;
}

static void what_a_request_says(void **state)
{
	(void)state;
	serve(NULL, NULL, 0);
	const char *answer = ask_once("GET /answer/a%2Fb?lang=ja HTTP/1.1\r\nHost: a\r\n"
				      "Accept-Language: ja, en;q=0.5\r\n"
				      "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n"
				      "\r\n");
	assert_int_equal(seen.method, HTTP_METHOD_GET);
	assert_string_equal(seen.path, "/answer/a%2Fb");
	assert_string_equal(seen.query, "lang=ja");
	assert_string_equal(seen.language, "ja, en;q=0.5");
	assert_string_equal(seen.forwarded, "192.0.2.1, 192.0.2.2");
	assert_false(seen.has_cookie);
	struct address from = {ADDRESS_V4, {127, 0, 0, 9}};
	assert_true(address_equal(&seen.peer, &from));
	assert_memory_equal(answer, "HTTP/1.1 410 ", 13);
	assert_non_null(strstr(answer, "\r\nX-One: 1\r\n"));
	assert_non_null(strstr(answer, "\r\nSet-Cookie: a=b\r\n"));
	assert_non_null(strstr(answer, "\r\nContent-Length: 16\r\n"));
	assert_non_null(strstr(answer, "\r\n\r\n<p>an answer</p>"));
	(void)ask_once("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_false(seen.has_query);
}

/* The length of what a GET would bring, and nothing of it. */
static void a_head_has_no_body(void **state)
{
	(void)state;
	serve(NULL, NULL, 0);
	int fd = connect_from("127.0.0.1");
	const char *answer = ask(fd, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(seen.method, HTTP_METHOD_HEAD);
	assert_non_null(strstr(answer, "\r\nContent-Length: 16\r\n"));
	assert_null(strstr(answer, "<p>"));
	/* The connection goes on with the next request. */
	answer = ask(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_memory_equal(answer, "HTTP/1.1 410 ", 13);
	assert_int_equal(seen.requests, 2);
	close(fd);
}

static void other_methods_reach_the_handler(void **state)
{
	static const char *const methods[] = {"PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"};
	(void)state;
	serve(NULL, NULL, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
		char request[80];
		(void)snprintf(request, sizeof(request), "%s / HTTP/1.1\r\nHost: a\r\n\r\n",
			       methods[i]);
		seen.method = HTTP_METHOD_GET;
		(void)ask_once(request);
		assert_int_equal(seen.method, HTTP_METHOD_OTHER);
	}
	assert_memory_equal(ask_once("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 501 ", 13);
	(void)ask_once("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_string_equal(seen.path, "/");
}

/* ---- limits ---- */

static void wait_closed(int fd)
{
	int64_t until_ms = now_ms() + LONG_MS;
	while (!is_closed(fd) && now_ms() < until_ms)
		turn();
	assert_true(is_closed(fd));
	close(fd);
}

/* A client that always sends a little more, so that it is never idle. */
static void a_request_that_never_ends(void **state)
{
	static const char start[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
	(void)state;
	serve(NULL, NULL, 0);
	int fd = connect_from("127.0.0.1");
	int64_t began_ms = now_ms();
	assert_int_equal(send(fd, start, sizeof(start) - 1, 0), sizeof(start) - 1);
	while (!is_closed(fd) && now_ms() < began_ms + LONG_MS) {
		(void)send(fd, "x", 1, MSG_NOSIGNAL);
		turn();
	}
	assert_in_range(now_ms() - began_ms, IDLE_S * 1000, IDLE_S * 1000 + HANDSHAKE_MS + 3000);
	assert_int_equal(seen.requests, 0);
	close(fd);
}

/* The same behind a request that was answered. */
static void a_second_request_that_never_ends(void **state)
{
	(void)state;
	serve(NULL, NULL, 0);
	int fd = connect_from("127.0.0.1");
	(void)ask(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	int64_t began_ms = now_ms();
	while (!is_closed(fd) && now_ms() < began_ms + LONG_MS) {
		(void)send(fd, "G", 1, MSG_NOSIGNAL);
		turn();
	}
	assert_true(now_ms() - began_ms < LONG_MS);
	close(fd);
}

static void one_client_does_not_fill_the_server(void **state)
{
	int fds[EACH];
	(void)state;
	serve(NULL, NULL, EACH);
	for (size_t i = 0; i < EACH; i++) {
		fds[i] = connect_from("127.0.0.1");
		turn();
	}
	for (size_t i = 0; i < EACH; i++)
		assert_false(is_closed(fds[i]));
	wait_closed(connect_from("127.0.0.1"));
	/* Somebody else comes in; and so does the first, when one of theirs has ended. */
	assert_memory_equal(ask_once("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 410 ", 13);
	close(fds[0]);
	turn();
	turn();
	fds[0] = connect_from("127.0.0.1");
	assert_memory_equal(ask(fds[0], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 410 ", 13);
	for (size_t i = 0; i < EACH; i++)
		close(fds[i]);
}

/* All places are taken; who comes next waits until one is left. */
static void more_connections_than_allowed(void **state)
{
	int fds[CONNECTIONS];
	(void)state;
	serve(NULL, NULL, 0);
	for (size_t i = 0; i < CONNECTIONS; i++)
		fds[i] = connect_from("127.0.0.1");
	turn();
	turn();
	int next = connect_from("127.0.0.1");
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	assert_int_equal(send(next, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	turn();
	turn();
	assert_int_equal(seen.requests, 0);
	close(fds[0]);
	for (int64_t until_ms = now_ms() + LONG_MS; seen.requests == 0 && now_ms() < until_ms;)
		turn();
	assert_int_equal(seen.requests, 1);
	close(next);
	for (size_t i = 1; i < CONNECTIONS; i++)
		close(fds[i]);
}

/* An answer that is not sent yet when the server ends is still sent. */
static void what_was_answered_is_sent(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	char answer[1024];
	(void)state;
	serve(NULL, NULL, 0);
	int fd = connect_from("127.0.0.1");
	assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	/* The handler wakes the loop, before evhttp has written. */
	for (int64_t until_ms = now_ms() + LONG_MS; seen.requests == 0 && now_ms() < until_ms;)
		world->wait(world->self, now_ms() + LONG_MS);
	http_server_drain(server, now_ms() + LONG_MS);
	http_server_freep(&server);
	ssize_t length = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	assert_true(length > 13);
	assert_memory_equal(answer, "HTTP/1.1 410 ", 13);
	close(fd);
}

/* Freed in the round in which a connection came: libevent has no close callback of it yet. */
static void a_server_that_ends_at_once(void **state)
{
	(void)state;
	serve(NULL, NULL, 0);
	int fd = connect_from("127.0.0.1");
	http_server_freep(&server);
	serve(authority_file("server.pem"), authority_file("server.key"), 0);
	int other = connect_from("127.0.0.1");
	turn();
	http_server_freep(&server);
	assert_true(is_closed(other));
	close(fd);
	close(other);
}

/* ---- TLS ---- */

static bool came;
static int came_status;

static void done(void *context, const struct api_reply *reply)
{
	(void)context;
	came = true;
	came_status = reply->outcome == HTTP_ANSWERED ? reply->status : -1;
}

static void tls_for_anybody(void **state)
{
	char url[80];
	(void)state;
	serve(authority_file("server.pem"), authority_file("server.key"), 0);
	(void)snprintf(url, sizeof(url), "https://perspective.example:%u/a?b=c",
		       http_server_port(server));
	struct api_ask call = {
		.url = url,
		.connect_to = {{ADDRESS_V4, {127, 0, 0, 1}}, http_server_port(server)},
		.body = slice_text("{}"),
		.ca_file = authority_file("ca.pem"),
		.timeout_ms = LONG_MS,
		.body_limit = 1000,
	};
	came = false;
	world->api_call(world->self, &call, done, NULL);
	for (int64_t until_ms = now_ms() + LONG_MS; !came && now_ms() < until_ms;)
		turn();
	assert_int_equal(came_status, 410);
	assert_int_equal(seen.method, HTTP_METHOD_POST);
	assert_string_equal(seen.query, "b=c");
	assert_int_equal(seen.peer.bytes[0], 127);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_a_request_says),
		TEST(a_head_has_no_body),
		TEST(other_methods_reach_the_handler),
		TEST(a_request_that_never_ends),
		TEST(a_second_request_that_never_ends),
		TEST(one_client_does_not_fill_the_server),
		TEST(more_connections_than_allowed),
		TEST(what_was_answered_is_sent),
		TEST(a_server_that_ends_at_once),
		TEST(tls_for_anybody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
