/*
 * DNS packets against a small server on 127.0.0.1, a thread of this program,
 * that answers by the first label of the question:
 *
 *   q…       the question back, 16 octets of answer
 *   big…     1,000 octets of answer
 *   cut…     truncated
 *   refused… REFUSED
 *   silent…  nothing
 *   forged…  first an answer to another question, then an answer with another id
 *   old…     FORMERR without OPT, as long as the query has one
 *   hold…    nothing until HELD of them came, then all answers at once
 */
#include "net/loop.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { QUERY_MAX = 128, PACKET_MAX = 4096, HEADER = 12, OPT_OCTETS = 11, HELD = 2000 };

struct held {
	struct sockaddr_in from;
	uint8_t query[QUERY_MAX];
	size_t length;
};

static struct {
	pthread_t thread;
	int udp;
	int tcp;
	int stop[2];
	uint16_t port;
	int udp_questions;
	int tcp_questions;
	size_t held_count;
	struct held held[HELD];
} server;

/* The server. */

static int label_is(const uint8_t *query, const char *label)
{
	return memcmp(query + HEADER + 1, label, strlen(label)) == 0;
}

static size_t question_length(const uint8_t *query)
{
	size_t at = HEADER;
	while (query[at])
		at += query[at] + 1U;
	return at + 5 - HEADER;
}

/* Header and question with an answer section of one TXT-like record of extra octets. */
static size_t build_answer(const uint8_t *query, int rcode, size_t extra, uint8_t *out)
{
	size_t length = HEADER + question_length(query);
	memcpy(out, query, length);
	out[2] = 0x81;
	out[3] = (uint8_t)(0x80 | rcode);
	memset(out + 6, 0, 6);
	if (rcode == 1)
		return length;
	if (extra) {
		static const uint8_t fixed[] = {0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60};
		out[7] = 1;
		memcpy(out + length, fixed, sizeof(fixed));
		length += sizeof(fixed);
		out[length++] = (uint8_t)(extra >> 8);
		out[length++] = (uint8_t)extra;
		memset(out + length, 'x', extra);
		length += extra;
	}
	static const uint8_t opt[OPT_OCTETS] = {0, 0, 41, 4, 208};
	out[11] = 1;
	memcpy(out + length, opt, sizeof(opt));
	return length + sizeof(opt);
}

static size_t answer_to(const uint8_t *query, uint8_t *out)
{
	if (label_is(query, "old") && query[11])
		return build_answer(query, 1, 0, out);
	if (label_is(query, "refused"))
		return build_answer(query, 5, 0, out);
	size_t length = build_answer(query, 0, label_is(query, "big") ? 1000 : 16, out);
	if (label_is(query, "cut"))
		out[2] |= 0x02;
	return length;
}

static void send_to(const struct sockaddr_in *to, const uint8_t *packet, size_t length)
{
	(void)sendto(server.udp, packet, length, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void hold(const struct sockaddr_in *from, const uint8_t *query, size_t length)
{
	struct held *held = &server.held[server.held_count++];
	held->from = *from;
	held->length = length;
	memcpy(held->query, query, length);
	if (server.held_count < HELD)
		return;
	uint8_t answer[PACKET_MAX];
	for (size_t i = 0; i < HELD; i++)
		send_to(&server.held[i].from, answer, answer_to(server.held[i].query, answer));
	server.held_count = 0;
}

static void serve_udp(void)
{
	struct sockaddr_in from;
	socklen_t from_length = sizeof(from);
	uint8_t query[QUERY_MAX], answer[PACKET_MAX];
	ssize_t got = recvfrom(server.udp, query, sizeof(query), 0, (struct sockaddr *)&from,
			       &from_length);
	if (got < HEADER + 5)
		return;
	server.udp_questions++;
	if (label_is(query, "silent"))
		return;
	if (label_is(query, "hold")) {
		hold(&from, query, (size_t)got);
		return;
	}
	size_t length = answer_to(query, answer);
	if (label_is(query, "forged")) {
		answer[HEADER + 1] ^= 1;
		send_to(&from, answer, length);
		answer[HEADER + 1] ^= 1;
		answer[0] ^= 1;
	}
	send_to(&from, answer, length);
}

static void serve_tcp(void)
{
	int client = accept(server.tcp, NULL, NULL);
	uint8_t query[QUERY_MAX + 2], answer[PACKET_MAX + 2];
	ssize_t got = recv(client, query, sizeof(query), 0);
	if (got > HEADER + 7) {
		server.tcp_questions++;
		size_t length = answer_to(query + 2, answer + 2);
		answer[0] = (uint8_t)(length >> 8);
		answer[1] = (uint8_t)length;
		(void)send(client, answer, length + 2, MSG_NOSIGNAL);
	}
	(void)close(client);
}

static void *server_main(void *context)
{
	(void)context;
	for (;;) {
		struct pollfd polled[] = {{.fd = server.udp, .events = POLLIN},
					  {.fd = server.tcp, .events = POLLIN},
					  {.fd = server.stop[0], .events = POLLIN}};
		(void)poll(polled, 3, -1);
		if (polled[2].revents)
			return NULL;
		if (polled[0].revents)
			serve_udp();
		if (polled[1].revents)
			serve_tcp();
	}
}

/* A bound socket on 127.0.0.1; *port 0 becomes the port that the kernel chose. */
static int bound(int type, uint16_t *port)
{
	int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t length = sizeof(address);
	if (bind(descriptor, (struct sockaddr *)&address, length) != 0 ||
	    getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
		(void)close(descriptor);
		return -1;
	}
	*port = ntohs(address.sin_port);
	return descriptor;
}

/* The tests. */

static struct loop *loop;
static struct environment *world;

static int setup(void **state)
{
	(void)state;
	memset(&server, 0, sizeof(server));
	/* One port free for both: taken from the kernel until the other half fits. */
	do {
		server.port = 0;
		server.tcp = bound(SOCK_STREAM, &server.port);
		server.udp = bound(SOCK_DGRAM, &server.port);
		if (server.udp < 0)
			(void)close(server.tcp);
	} while (server.udp < 0);
	if (listen(server.tcp, 64) != 0 || pipe(server.stop) != 0 ||
	    pthread_create(&server.thread, NULL, server_main, NULL) != 0 ||
	    loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	return 0;
}

static void server_stop(void)
{
	assert_int_equal(write(server.stop[1], "!", 1), 1);
	assert_int_equal(pthread_join(server.thread, NULL), 0);
	(void)close(server.stop[0]);
	(void)close(server.stop[1]);
	(void)close(server.udp);
	(void)close(server.tcp);
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	server_stop();
	return 0;
}

struct asked {
	struct dns_ask ask;
	uint8_t query[QUERY_MAX];
	int done;
	enum dns_exchange_outcome outcome;
	uint8_t answer[PACKET_MAX];
	size_t length;
	struct asked *then; /* asked from the completion */
};

static int completions;

static void done(void *context, const struct dns_reply *reply)
{
	struct asked *asked = context;
	completions++;
	asked->done++;
	asked->outcome = reply->outcome;
	asked->length = reply->answer.length;
	assert_true(reply->answer.length <= PACKET_MAX);
	if (reply->answer.length)
		memcpy(asked->answer, reply->answer.data, reply->answer.length);
	if (asked->then)
		world->dns_exchange(world->self, &asked->then->ask, done, asked->then);
}

/* A question for NAME.test TXT with EDNS, as the resolver builds it. */
static void prepare(struct asked *asked, const char *name, uint16_t id)
{
	memset(asked, 0, sizeof(*asked));
	uint8_t *out = asked->query;
	size_t length = strlen(name);
	out[0] = (uint8_t)(id >> 8);
	out[1] = (uint8_t)id;
	out[2] = 1;
	out[5] = 1;
	out[11] = 1;
	out[HEADER] = (uint8_t)length;
	memcpy(out + HEADER + 1, name, length);
	static const uint8_t rest[] = {4, 't', 'e', 's', 't', 0, 0, 16, 0, 1, 0, 0, 41, 4, 208};
	memcpy(out + HEADER + 1 + length, rest, sizeof(rest));
	asked->ask.query = slice_of(out, HEADER + 1 + length + 10 + OPT_OCTETS);
	asked->ask.server.port = server.port;
	asked->ask.timeout_ms = 20000;
	assert_int_equal(address_parse("127.0.0.1", &asked->ask.server.address), OK);
}

static void ask(struct asked *asked)
{
	int before = completions;
	world->dns_exchange(world->self, &asked->ask, done, asked);
	assert_int_equal(completions, before);
}

static void wait_for(int count)
{
	int64_t until = world->monotonic(world->self) + 60000;
	while (completions < count && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(completions, count);
}

static void exchange(struct asked *asked)
{
	completions = 0;
	ask(asked);
	wait_for(1);
	assert_int_equal(asked->done, 1);
}

static void assert_answers_own_question(const struct asked *asked)
{
	assert_int_equal(asked->outcome, DNS_EXCHANGE_ANSWERED);
	assert_true(asked->length > HEADER);
	assert_memory_equal(asked->answer, asked->query, 2);
	assert_memory_equal(asked->answer + HEADER, asked->query + HEADER,
			    question_length(asked->query));
}

static void test_udp_answer(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "q", 0x1234);
	exchange(&asked);
	assert_answers_own_question(&asked);
	assert_int_equal(server.udp_questions, 1);
}

static void test_answer_above_512_octets_is_whole(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "big", 1);
	exchange(&asked);
	assert_answers_own_question(&asked);
	assert_true(asked.length > 1000);
}

static void test_refused_is_an_answer(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "refused", 1);
	exchange(&asked);
	assert_answers_own_question(&asked);
	assert_int_equal(asked.answer[3] & 15, 5);
	assert_int_equal(server.udp_questions, 1);
}

static void test_truncated_is_an_answer_and_not_asked_again(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "cut", 1);
	exchange(&asked);
	assert_answers_own_question(&asked);
	assert_true(asked.answer[2] & 0x02);
	loop_freep(&loop);
	assert_int_equal(server.udp_questions, 1);
	assert_int_equal(server.tcp_questions, 0);
}

static void test_tcp_answers(void **state)
{
	(void)state;
	enum { COUNT = 100 };
	static struct asked asked[COUNT];
	completions = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		prepare(&asked[i], i % 2 ? "big" : "cut", (uint16_t)i);
		asked[i].ask.transport = DNS_TCP;
		ask(&asked[i]);
	}
	wait_for(COUNT);
	for (size_t i = 0; i < COUNT; i++)
		assert_answers_own_question(&asked[i]);
	assert_int_equal(server.udp_questions, 0);
	assert_int_equal(server.tcp_questions, COUNT);
}

static void test_silence_times_out_without_a_retry(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "silent", 1);
	asked.ask.timeout_ms = 60;
	int64_t begin = world->monotonic(world->self);
	exchange(&asked);
	assert_int_equal(asked.outcome, DNS_EXCHANGE_TIMED_OUT);
	assert_int_equal(asked.length, 0);
	assert_true(world->monotonic(world->self) - begin >= 50);
	assert_int_equal(server.udp_questions, 1);
}

static void test_forged_answers_are_not_taken(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "forged", 0x4321);
	asked.ask.timeout_ms = 60;
	exchange(&asked);
	assert_int_equal(asked.outcome, DNS_EXCHANGE_TIMED_OUT);
}

static void test_closed_port_is_unreachable(void **state)
{
	(void)state;
	static const struct {
		int type;
		enum dns_transport transport;
	} cases[] = {{SOCK_DGRAM, DNS_UDP}, {SOCK_STREAM, DNS_TCP}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct asked asked;
		uint16_t port = 0;
		int descriptor = bound(cases[i].type, &port);
		prepare(&asked, "q", 1);
		asked.ask.server.port = port;
		asked.ask.transport = cases[i].transport;
		(void)close(descriptor);
		exchange(&asked);
		assert_int_equal(asked.outcome, DNS_EXCHANGE_UNREACHABLE);
	}
}

static void test_no_route_is_told_from_wait(void **state)
{
	(void)state;
	struct asked asked, again;
	prepare(&again, "q", 2);
	prepare(&asked, "q", 1);
	/* RFC 1122 section 3.2.1.3: the broadcast address; connect() refuses it at once. */
	assert_int_equal(address_parse("255.255.255.255", &asked.ask.server.address), OK);
	asked.then = &again;
	completions = 0;
	ask(&asked);
	wait_for(2);
	assert_int_equal(asked.outcome, DNS_EXCHANGE_UNREACHABLE);
	assert_answers_own_question(&again);
}

static void test_too_short_a_packet_is_unreachable(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "q", 1);
	asked.ask.query.length = 5;
	exchange(&asked);
	assert_int_equal(asked.outcome, DNS_EXCHANGE_UNREACHABLE);
}

static void test_server_without_edns_spoils_nothing(void **state)
{
	(void)state;
	struct asked asked;
	prepare(&asked, "old", 1);
	exchange(&asked);
	assert_answers_own_question(&asked);
	assert_int_equal(asked.answer[3] & 15, 0);
	/* A channel that has given EDNS up would cut this at 512 octets. */
	prepare(&asked, "big", 2);
	exchange(&asked);
	assert_true(asked.length > 1000);
}

static void test_two_thousand_in_flight(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"q", "hold"};
	static struct asked asked[HELD];
	for (size_t round = 0; round < ARRAY_LENGTH(prefixes); round++) {
		completions = 0;
		for (unsigned i = 0; i < HELD; i++) {
			char name[16];
			(void)snprintf(name, sizeof(name), "%s%u", prefixes[round], i);
			prepare(&asked[i], name, (uint16_t)(i * 7));
			ask(&asked[i]);
		}
		wait_for(HELD);
		for (size_t i = 0; i < HELD; i++) {
			assert_int_equal(asked[i].done, 1);
			assert_answers_own_question(&asked[i]);
		}
	}
}

static void test_different_timeouts_side_by_side(void **state)
{
	(void)state;
	struct asked slow, fast;
	prepare(&slow, "silent", 1);
	prepare(&fast, "silent", 2);
	slow.ask.timeout_ms = 400;
	fast.ask.timeout_ms = 40;
	completions = 0;
	ask(&slow);
	ask(&fast);
	wait_for(1);
	assert_int_equal(fast.done, 1);
	assert_int_equal(slow.done, 0);
	wait_for(2);
	assert_int_equal(slow.outcome, DNS_EXCHANGE_TIMED_OUT);
}

static void test_more_keys_than_channels(void **state)
{
	(void)state;
	enum { KEYS = 150 };
	static struct asked asked[KEYS];
	completions = 0;
	for (unsigned i = 0; i < KEYS; i++) {
		prepare(&asked[i], "q", (uint16_t)i);
		asked[i].ask.timeout_ms += (int)i;
		ask(&asked[i]);
	}
	wait_for(KEYS);
	for (size_t i = 0; i < KEYS; i++)
		assert_answers_own_question(&asked[i]);
}

static void test_free_drops_what_is_on_the_wire(void **state)
{
	(void)state;
	struct asked udp, tcp, queued;
	prepare(&udp, "silent", 1);
	prepare(&tcp, "q", 2);
	tcp.ask.transport = DNS_TCP;
	prepare(&queued, "q", 3);
	completions = 0;
	ask(&udp);
	ask(&tcp);
	world->wait(world->self, 0);
	int before = completions;
	ask(&queued);
	loop_freep(&loop);
	assert_int_equal(completions, before);
	assert_int_equal(udp.done + queued.done, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_udp_answer),
		TEST(test_answer_above_512_octets_is_whole),
		TEST(test_refused_is_an_answer),
		TEST(test_truncated_is_an_answer_and_not_asked_again),
		TEST(test_tcp_answers),
		TEST(test_silence_times_out_without_a_retry),
		TEST(test_forged_answers_are_not_taken),
		TEST(test_closed_port_is_unreachable),
		TEST(test_no_route_is_told_from_wait),
		TEST(test_too_short_a_packet_is_unreachable),
		TEST(test_server_without_edns_spoils_nothing),
		TEST(test_two_thousand_in_flight),
		TEST(test_different_timeouts_side_by_side),
		TEST(test_more_keys_than_channels),
		TEST(test_free_drops_what_is_on_the_wire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
