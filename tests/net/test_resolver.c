/* The resolver's retries, TCP fall-back and judgement of packets, over a faked world. */
#include "net/resolver.h"

#include "net/dns_message.h"
#include "tests/net/fake_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

struct answered {
	int times;
	struct event_dns event;
	size_t length;
};

static void note(void *context, const struct event_dns *result)
{
	struct answered *answered = context;
	answered->times++;
	answered->event = *result;
	answered->length = result->answer.length;
}

static const struct step_dns question = {.name = "example.com", .type = DNS_TYPE_A};

#define A_RECORD "example.com. 60 IN A 192.0.2.1"

struct row {
	const char *what;
	enum fake_dns_kind first, second; /* at server 1 and server 2 */
	int tries;
	enum dns_outcome outcome;
	uint16_t server_port;
	size_t udp, tcp;
};

/* clang-format off */
static const struct row rows[] = {
	{"first server answers", FAKE_ANSWER,     FAKE_ANSWER,   3, DNS_ANSWERED,    1001, 1, 0},
	{"no such name",         FAKE_NXDOMAIN,   FAKE_ANSWER,   3, DNS_ANSWERED,    1001, 1, 0},
	{"truncated",            FAKE_TRUNCATED,  FAKE_SERVFAIL, 1, DNS_ANSWERED,    1001, 1, 1},
	{"truncated over TCP",   FAKE_TRUNCATED_BOTH, FAKE_ANSWER, 1, DNS_MALFORMED, 1001, 1, 1},
	{"second server helps",  FAKE_SERVFAIL,   FAKE_ANSWER,   3, DNS_ANSWERED,    1002, 2, 0},
	{"silence, then help",   FAKE_TIMEOUT,    FAKE_ANSWER,   2, DNS_ANSWERED,    1002, 2, 0},
	{"garbage, then help",   FAKE_GARBAGE,    FAKE_ANSWER,   2, DNS_ANSWERED,    1002, 2, 0},
	{"forged id, then help", FAKE_OTHER_ID,   FAKE_ANSWER,   2, DNS_ANSWERED,    1002, 2, 0},
	{"one try only",         FAKE_SERVFAIL,   FAKE_ANSWER,   1, DNS_SERVFAIL,    1001, 1, 0},
	{"the last failure",     FAKE_SERVFAIL,   FAKE_TIMEOUT,  2, DNS_TIMED_OUT,   1002, 2, 0},
	{"in turn",              FAKE_TIMEOUT,    FAKE_REFUSED,  3, DNS_TIMED_OUT,   1001, 3, 0},
	{"refused",              FAKE_REFUSED,    FAKE_REFUSED,  2, DNS_REFUSED,     1002, 2, 0},
	{"unreachable",          FAKE_UNREACHABLE, FAKE_UNREACHABLE, 2, DNS_UNREACHABLE, 1002, 2, 0},
	{"another question",     FAKE_OTHER_QUESTION, FAKE_OTHER_QUESTION, 2, DNS_MALFORMED, 1002, 2, 0},
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		const struct fake_dns dns[] = {
			{"example.com", DNS_TYPE_A, row->first, {A_RECORD}, 1001},
			{"example.com", DNS_TYPE_A, row->second, {A_RECORD}, 1002},
		};
		struct fake_world world;
		fake_world_init(&world);
		world.dns = dns;
		world.dns_count = ARRAY_LENGTH(dns);
		world.network.server_count = 2;
		assert_int_equal(endpoint_parse("127.0.0.1:1001", 0, &world.network.servers[0]),
				 OK);
		assert_int_equal(endpoint_parse("127.0.0.2:1002", 0, &world.network.servers[1]),
				 OK);
		struct resolver_limits limits = {.timeout_ms = 1000, .tries = row->tries};
		struct answered answered = {0};
		resolver_ask(&world.environment, &world.network, &limits, &question, note,
			     &answered);
		assert_int_equal(answered.times, 0);
		fake_world_run(&world);
		if (answered.event.outcome != row->outcome || world.udp_count != row->udp ||
		    world.tcp_count != row->tcp || answered.event.server.port != row->server_port)
			fail_msg("%s: %s, %zu UDP, %zu TCP, server %u", row->what,
				 dns_outcome_text(answered.event.outcome), world.udp_count,
				 world.tcp_count, (unsigned)answered.event.server.port);
		assert_int_equal(answered.times, 1);
		assert_int_equal(answered.length > 0,
				 row->outcome != DNS_TIMED_OUT && row->outcome != DNS_UNREACHABLE);
		fake_world_release(&world);
	}
}

static void test_nothing_to_ask(void **state)
{
	(void)state;
	struct fake_world world;
	fake_world_init(&world);
	struct resolver_limits limits = {.timeout_ms = 1000, .tries = 2};
	struct answered answered = {0};
	world.network.server_count = 0;
	resolver_ask(&world.environment, &world.network, &limits, &question, note, &answered);
	assert_int_equal(answered.times, 0);
	fake_world_run(&world);
	assert_int_equal(answered.times, 1);
	assert_int_equal(answered.event.outcome, DNS_UNREACHABLE);

	struct step_dns bad = {.name = "a..b", .type = DNS_TYPE_A};
	world.network.server_count = 1;
	resolver_ask(&world.environment, &world.network, &limits, &bad, note, &answered);
	fake_world_run(&world);
	assert_int_equal(answered.times, 2);
	assert_int_equal(answered.event.outcome, DNS_MALFORMED);
	assert_int_equal(world.udp_count, 0);
	fake_world_release(&world);
}

/* One question with a memory; how it ended, and what went over the wire. */
static struct answered ask_once(struct fake_world *world, struct resolver_memory *memory,
				const struct step_dns *asked)
{
	struct resolver_limits limits = {.timeout_ms = 1000, .tries = 1, .memory = memory};
	struct answered answered = {0};
	resolver_ask(&world->environment, &world->network, &limits, asked, note, &answered);
	assert_int_equal(answered.times, 0);
	fake_world_run(world);
	assert_int_equal(answered.times, 1);
	return answered;
}

static void test_memory_of_answers(void **state)
{
	(void)state;
	enum { TYPE_DS = 43, TTL_MS = 60000 };
	static const struct fake_dns dns[] = {
		{"example.com", TYPE_DS, FAKE_ANSWER, {"example.com. 60 IN DS 1 8 2 00112233"}, 0},
		{"example.com", DNS_TYPE_A, FAKE_ANSWER, {A_RECORD}, 0},
	};
	static const struct {
		struct step_dns ask;
		size_t packets; /* for the same question twice */
	} cases[] = {
		{{"example.com", TYPE_DS, DNS_RECORDS_SIGNED}, 1},
		{{"example.com", TYPE_DS, DNS_RECORDS_PLAIN}, 2},
		{{"example.com", DNS_TYPE_A, DNS_RECORDS_SIGNED}, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(resolver_memory_freep)
		struct resolver_memory *memory = resolver_memory_new();
		struct fake_world world;
		fake_world_init(&world);
		world.dns = dns;
		world.dns_count = ARRAY_LENGTH(dns);
		struct answered first = ask_once(&world, memory, &cases[i].ask);
		struct answered second = ask_once(&world, memory, &cases[i].ask);
		assert_int_equal(world.udp_count, cases[i].packets);
		assert_int_equal(second.event.outcome, DNS_ANSWERED);
		assert_int_equal(second.length, first.length);
		assert_int_equal(second.event.server.port, 53);
		world.now_ms += TTL_MS;
		(void)ask_once(&world, memory, &cases[i].ask);
		assert_int_equal(world.udp_count, cases[i].packets + 1);
		fake_world_release(&world);
	}
}

static void test_memory_of_case(void **state)
{
	(void)state;
	struct fake_dns row = {"example.com", DNS_TYPE_A, FAKE_ANSWER, {A_RECORD}, 0};
	static const struct {
		enum fake_dns_kind first, second;
		enum case_kept kept;
		enum dns_outcome then;
	} cases[] = {
		{FAKE_ANSWER, FAKE_ANSWER, CASE_KEPT, DNS_ANSWERED},
		{FAKE_LOWER_CASE, FAKE_LOWER_CASE, CASE_CHANGED, DNS_ANSWERED},
		{FAKE_LOWER_CASE, FAKE_ANSWER, CASE_CHANGED, DNS_ANSWERED},
		/* It keeps the case, so somebody else has answered. */
		{FAKE_ANSWER, FAKE_LOWER_CASE, CASE_KEPT, DNS_MALFORMED},
		/* A forger with another id teaches nothing. */
		{FAKE_OTHER_ID, FAKE_ANSWER, CASE_KEPT, DNS_ANSWERED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(resolver_memory_freep)
		struct resolver_memory *memory = resolver_memory_new();
		struct fake_world world;
		fake_world_init(&world);
		world.dns = &row;
		world.dns_count = 1;
		row.kind = cases[i].first;
		(void)ask_once(&world, memory, &question);
		row.kind = cases[i].second;
		assert_int_equal(ask_once(&world, memory, &question).event.outcome, cases[i].then);
		assert_int_equal(resolver_memory_case(memory, &world.network.servers[0]),
				 cases[i].kept);
		fake_world_release(&world);
	}
}

static void test_query_bytes(void **state)
{
	(void)state;
	struct buffer out;
	buffer_init(&out, 512);
	assert_int_equal(resolver_query(&question, 0x1234, &out, NULL), OK);
	/* RD set, one question, one additional record: OPT with 1232 octets and no flags. */
	static const uint8_t expected[] = {
		0x12, 0x34, 0x01, 0x00, 0,    1,    0, 0,   0,   0,   0, 1, 7, 'e',
		'x',  'a',  'm',  'p',  'l',  'e',  3, 'c', 'o', 'm', 0, 0, 1, 0,
		1,    0,    0,    41,   0x04, 0xd0, 0, 0,   0,   0,   0, 0,
	};
	assert_int_equal(out.length, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	buffer_release(&out);
}

static void test_query_for_signatures(void **state)
{
	(void)state;
	static const struct step_dns root = {"", 48, DNS_RECORDS_SIGNED};
	/* RD and CD set; the root's name; OPT with DO. */
	static const uint8_t expected[] = {
		0x12, 0x34, 0x01, 0x10, 0, 1,  0,    0,    0, 0, 0,    1, 0, 0,
		48,   0,    1,    0,    0, 41, 0x04, 0xd0, 0, 0, 0x80, 0, 0, 0,
	};
	struct buffer out;
	buffer_init(&out, 512);
	assert_int_equal(resolver_query(&root, 0x1234, &out, NULL), OK);
	assert_int_equal(out.length, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	buffer_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nothing_to_ask),
		cmocka_unit_test(test_memory_of_answers),
		cmocka_unit_test(test_memory_of_case),
		cmocka_unit_test(test_query_bytes),
		cmocka_unit_test(test_query_for_signatures),
	};
	return cmocka_run_group_tests_name("net.resolver", tests, NULL, NULL);
}
