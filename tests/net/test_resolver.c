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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nothing_to_ask),
		cmocka_unit_test(test_query_bytes),
	};
	return cmocka_run_group_tests_name("net.resolver", tests, NULL, NULL);
}
