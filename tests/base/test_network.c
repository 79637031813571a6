/* Address prefixes and the port map. */
#include "base/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_membership(void **state)
{
	(void)state;
	static const struct {
		const char *prefix;
		const char *address;
		int inside;
	} cases[] = {
		{"192.0.2.0/24", "192.0.2.0", 1},
		{"192.0.2.0/24", "192.0.2.255", 1},
		{"192.0.2.0/24", "192.0.3.0", 0},
		{"192.0.2.0/24", "192.0.1.255", 0},
		{"192.0.2.128/25", "192.0.2.127", 0},
		{"192.0.2.128/25", "192.0.2.128", 1},
		{"10.64.0.0/10", "10.127.255.255", 1},
		{"10.64.0.0/10", "10.128.0.0", 0},
		{"192.0.2.1/32", "192.0.2.1", 1},
		{"192.0.2.1/32", "192.0.2.0", 0},
		{"0.0.0.0/0", "255.255.255.255", 1},
		{"0.0.0.0/0", "::", 0},
		{"::/0", "192.0.2.1", 0},
		{"::/0", "2001:db8::1", 1},
		{"2001:db8::/33", "2001:db8:7fff::", 1},
		{"2001:db8::/33", "2001:db8:8000::", 0},
		{"::1/128", "::1", 1},
		{"::1/128", "::", 0},
		{"::ffff:0:0/96", "::ffff:192.0.2.1", 1},
		{"::ffff:0:0/96", "192.0.2.1", 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct address_prefix prefix;
		struct address address;
		assert_int_equal(address_prefix_parse(cases[i].prefix, &prefix), OK);
		assert_int_equal(address_parse(cases[i].address, &address), OK);
		if (address_in_prefix(&address, &prefix) != cases[i].inside)
			fail_msg("%s in %s", cases[i].address, cases[i].prefix);
	}
}

static void test_prefixes_that_are_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"192.0.2.0",
		"192.0.2.0/",
		"192.0.2.0/33",
		"192.0.2.0/-1",
		"192.0.2.1/24",
		"192.0.2.0/24 ",
		"192.0.2.0/ 24",
		"192.0.2.0/+24",
		"192.0.2.0/2x",
		"192.0.2/24",
		"/24",
		"::/129",
		"2001:db8::1/64",
		"[::]/0",
		"128.0.0.0/0",
		"192.0.2.0/24/24",
		"192.0.2.0/99999999999999999999",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct address_prefix prefix = {.bits = 42};
		if (address_prefix_parse(texts[i], &prefix) != INPUT)
			fail_msg("\"%s\" was accepted", texts[i]);
		assert_int_equal(prefix.bits, 42);
	}
}

static void test_port_map(void **state)
{
	(void)state;
	const struct network network = {.ports = {{80, 8080}, {443, 8443}}, .port_count = 2};
	assert_int_equal(network_port(&network, 80), 8080);
	assert_int_equal(network_port(&network, 443), 8443);
	assert_int_equal(network_port(&network, 8080), 8080);
	assert_int_equal(network_port(&network, 53), 53);
	/* Rows past the count are not there. */
	const struct network none = {.ports = {{80, 8080}}, .port_count = 0};
	assert_int_equal(network_port(&none, 80), 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_membership),
		cmocka_unit_test(test_prefixes_that_are_refused),
		cmocka_unit_test(test_port_map),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
