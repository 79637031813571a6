/*
 * Line queries against a thread of this program on 127.0.0.1: what is sent, what
 * comes back, and where each limit ends an exchange.
 */
#include "net/loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT = 4096, LINE_OCTETS = 256, WAIT_MS = 60000, SOON_MS = 200, HELD_MAX = 8 };

/* --- the server --- */

static struct {
	int listener;
	uint16_t port;
	pthread_t thread;
	char line[LINE_OCTETS]; /* the last one, with its line end */
	int held[HELD_MAX];     /* connections left open */
	size_t held_count;
} server;

static void send_all(int client, const char *octets, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(client, octets, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		octets += sent;
		length -= (size_t)sent;
	}
}

static void serve(int client)
{
	static const char many[LIMIT + 1] = {'x'};
	size_t length = 0;
	while (length < sizeof(server.line) - 1 && !memchr(server.line, '\n', length)) {
		ssize_t count =
			recv(client, server.line + length, sizeof(server.line) - 1 - length, 0);
		if (count <= 0)
			break;
		length += (size_t)count;
	}
	server.line[length] = '\0';
	if (strncmp(server.line, "hello", 5) == 0)
		send_all(client, "first\r\nsecond\r\n", 15);
	if (strncmp(server.line, "full", 4) == 0)
		send_all(client, many, LIMIT);
	if (strncmp(server.line, "more", 4) == 0)
		send_all(client, many, LIMIT + 1);
	if (strncmp(server.line, "reset", 5) == 0) {
		struct linger linger = {.l_onoff = 1, .l_linger = 0};
		send_all(client, "half", 4);
		(void)setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	}
	if (strncmp(server.line, "hold", 4) == 0 && server.held_count < HELD_MAX) {
		send_all(client, "half", 4);
		server.held[server.held_count++] = client;
		return;
	}
	(void)close(client);
}

static void *server_main(void *context)
{
	(void)context;
	int client;
	while ((client = accept(server.listener, NULL, NULL)) >= 0)
		serve(client);
	return NULL;
}

static void server_start(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server.listener, 16), 0);
	assert_int_equal(getsockname(server.listener, (struct sockaddr *)&at, &length), 0);
	server.port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&server.thread, NULL, server_main, NULL), 0);
}

static void server_stop(void)
{
	(void)shutdown(server.listener, SHUT_RDWR);
	(void)pthread_join(server.thread, NULL);
	(void)close(server.listener);
	for (size_t i = 0; i < server.held_count; i++)
		(void)close(server.held[i]);
}

/* --- the client --- */

static struct loop *loop;
static struct environment *world;
static int completions;

struct asked {
	struct line_ask ask;
	int done;
	struct line_reply reply;
	struct buffer answer;
	char detail[128];
};

static void done(void *context, const struct line_reply *reply)
{
	struct asked *asked = context;
	completions++;
	asked->done++;
	asked->reply = *reply;
	buffer_append_slice(&asked->answer, reply->answer);
	(void)snprintf(asked->detail, sizeof(asked->detail), "%s", reply->detail);
	assert_int_equal(asked->detail[0] == '\0', reply->outcome == LINE_ANSWERED);
}

static void prepare(struct asked *asked, const char *line)
{
	*asked = (struct asked){.ask = {.line = line,
					.connect_to.port = server.port,
					.connect_timeout_ms = WAIT_MS,
					.timeout_ms = WAIT_MS,
					.limit = LIMIT}};
	assert_int_equal(address_parse("127.0.0.1", &asked->ask.connect_to.address), OK);
	buffer_init(&asked->answer, 1 << 20);
}

static void ask(struct asked *asked)
{
	int before = completions;
	world->line_query(world->self, &asked->ask, done, asked);
	assert_int_equal(completions, before);
}

static void wait_for(int count)
{
	int64_t until = world->monotonic(world->self) + WAIT_MS;
	while (completions < count && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(completions, count);
}

static void query(struct asked *asked)
{
	completions = 0;
	ask(asked);
	wait_for(1);
	assert_int_equal(asked->done, 1);
}

static int setup(void **state)
{
	(void)state;
	if (loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	server_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	server_stop();
	return 0;
}

static void test_whole_exchange(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "hello example.jp/e");
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_ANSWERED);
	assert_false(asked.reply.cut);
	assert_string_equal(buffer_text(&asked.answer), "first\r\nsecond\r\n");
	assert_string_equal(server.line, "hello example.jp/e\r\n");
	assert_int_equal(asked.reply.age_ms, 0);
	buffer_release(&asked.answer);
}

static void test_empty_answer(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "nothing");
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_ANSWERED);
	assert_int_equal(asked.answer.length, 0);
	buffer_release(&asked.answer);
}

static void test_limit(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "full");
	query(&asked);
	assert_false(asked.reply.cut);
	assert_int_equal(asked.answer.length, LIMIT);
	buffer_release(&asked.answer);
	prepare(&asked, "more");
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_ANSWERED);
	assert_true(asked.reply.cut);
	assert_int_equal(asked.answer.length, LIMIT);
	buffer_release(&asked.answer);
}

static void test_broken(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "reset");
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_BROKEN);
	buffer_release(&asked.answer);
}

static void test_no_answer_in_time(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "hold");
	asked.ask.timeout_ms = SOON_MS;
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_TIMED_OUT);
	buffer_release(&asked.answer);
}

static void test_refused(void **state)
{
	(void)state;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	struct asked asked;
	/* Bound and not listening: refused, and nobody else gets the port meanwhile. */
	int closed = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(closed, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(closed, (struct sockaddr *)&at, &length), 0);
	prepare(&asked, "hello");
	asked.ask.connect_to.port = ntohs(at.sin_port);
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_CONNECT_FAILED);
	buffer_release(&asked.answer);
	(void)close(closed);
}

/* Whatever came into the line must not become a second one. */
static void test_one_line(void **state)
{
	(void)state;
	struct asked asked;
	server.line[0] = '\0';
	prepare(&asked, "hello\r\nhello");
	query(&asked);
	assert_int_equal(asked.reply.outcome, LINE_CONNECT_FAILED);
	assert_string_equal(server.line, "");
	buffer_release(&asked.answer);
}

static void renew_loop(void)
{
	loop_freep(&loop);
	assert_int_equal(loop_new(&loop, NULL), OK);
	world = loop_environment(loop);
}

/* One question at a time to one server, and so many a minute: the second of two waits. */
static void test_manners(void **state)
{
	(void)state;
	struct asked first, second;
	/* A loop that has asked nobody yet. */
	renew_loop();
	completions = 0;
	prepare(&first, "hello");
	prepare(&second, "hello");
	first.ask.manners.per_minute = second.ask.manners.per_minute = 1;
	ask(&first);
	ask(&second);
	wait_for(1);
	world->wait(world->self, world->monotonic(world->self) + SOON_MS);
	assert_int_equal(completions, 1);
	assert_int_equal(first.done, 1);
	/* Dropped with the loop, without a completion. */
	renew_loop();
	assert_int_equal(second.done, 0);
	buffer_release(&first.answer);
	buffer_release(&second.answer);
}

static bool says_second(struct slice answer)
{
	return slice_find(answer, slice_text("second")) >= 0;
}

/* What was said once is not asked again. */
static void test_remembered(void **state)
{
	(void)state;
	struct asked asked;
	for (int i = 0; i < 2; i++) {
		prepare(&asked, "hello");
		asked.ask.manners = (struct manners){
			.per_minute = 60, .reuse_ms = WAIT_MS, .reusable = says_second};
		server.line[0] = '\0';
		query(&asked);
		assert_int_equal(asked.reply.outcome, LINE_ANSWERED);
		assert_string_equal(buffer_text(&asked.answer), "first\r\nsecond\r\n");
		assert_string_equal(server.line, i == 0 ? "hello\r\n" : "");
		buffer_release(&asked.answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_exchange),
		cmocka_unit_test(test_empty_answer),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_answer_in_time),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_manners),
		cmocka_unit_test(test_remembered),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
