/* How often a client may ask: bursts, refilling, networks, many clients. */
#include "gateway/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BURST = 5, PER_MINUTE = 60, ALL = 50 };

static struct rate *rate;

static int setup(void **state)
{
	(void)state;
	struct rate_params params = {
		.each = {BURST, PER_MINUTE},
		.all = {ALL, 10 * PER_MINUTE},
		.clients = 4 * RATE_WAYS,
		.seed = 7,
	};
	rate = rate_new(&params);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rate_freep(&rate);
	return 0;
}

static struct address client(const char *text)
{
	struct address address = {0};
	if (address_parse(text, &address) != OK)
		fail_msg("%s", text);
	return address;
}

static int take(const char *text, int64_t now_ms)
{
	struct address address = client(text);
	return rate_take(rate, &address, now_ms);
}

static void a_burst_and_its_refilling(void **state)
{
	(void)state;
	for (int i = 0; i < BURST; i++)
		assert_int_equal(take("192.0.2.1", 1000), 0);
	assert_int_equal(take("192.0.2.1", 1000), 1);
	/* One a second, and nothing is taken by asking too early. */
	assert_int_equal(take("192.0.2.1", 1999), 1);
	assert_int_equal(take("192.0.2.1", 2000), 0);
	assert_int_equal(take("192.0.2.1", 2000), 1);
	/* Somebody else has their own. */
	assert_int_equal(take("192.0.2.2", 2000), 0);
	/* After however long, a burst and no more. */
	for (int i = 0; i < BURST; i++)
		assert_int_equal(take("192.0.2.1", INT64_C(1) << 50), 0);
	assert_int_equal(take("192.0.2.1", INT64_C(1) << 50), 1);
}

static void a_network_of_ipv6_is_one_client(void **state)
{
	(void)state;
	assert_int_equal(take("2001:db8::1", 0), 0);
	for (int i = 1; i < BURST; i++)
		assert_int_equal(take("2001:db8::ffff:0:0:2", 0), 0);
	assert_int_equal(take("2001:db8:0:0:9::", 0), 1);
	assert_int_equal(take("2001:db8:0:1::1", 0), 0);
}

static void all_of_them_together(void **state)
{
	int served = 0;
	(void)state;
	for (int i = 0; i < 4 * ALL; i++) {
		struct address address = {ADDRESS_V4, {198, 51, 100, (uint8_t)i}};
		served += rate_take(rate, &address, 0) == 0;
	}
	assert_int_equal(served, ALL);
	/* Who is past their own limit takes nothing of the others'. */
	for (int i = 0; i < BURST; i++)
		assert_int_equal(take("192.0.2.1", 10000), 0);
	for (int i = 0; i < 10 * ALL; i++)
		assert_int_equal(take("192.0.2.1", 10000), 1);
	assert_int_equal(take("192.0.2.2", 10000), 0);
}

/* Memory is bounded: of many clients those who were quiet longest are forgotten, never the one who
 * keeps asking. */
static void more_clients_than_are_remembered(void **state)
{
	int64_t now_ms = 0;
	(void)state;
	for (int i = 0; i < BURST; i++)
		assert_int_equal(take("192.0.2.1", now_ms), 0);
	for (int i = 0; i < 800; i++) {
		struct address other = {ADDRESS_V4, {203, 0, (uint8_t)(i >> 8), (uint8_t)i}};
		now_ms++;
		(void)rate_take(rate, &other, now_ms);
		assert_int_equal(take("192.0.2.1", now_ms), 1);
	}
	/* The first of the others are new again. */
	struct address first = {ADDRESS_V4, {203, 0, 0, 0}};
	for (int i = 0; i < BURST; i++)
		assert_int_equal(rate_take(rate, &first, 100000), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_burst_and_its_refilling),
		TEST(a_network_of_ipv6_is_one_client),
		TEST(all_of_them_together),
		TEST(more_clients_than_are_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
