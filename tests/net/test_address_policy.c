/* Which addresses may be contacted, with and without allowed prefixes. */
#include "net/address_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

struct row {
	const char *address;
	bool plain;   /* nothing allowed */
	bool allowed; /* 127.0.0.0/8, ::1/128, 64:ff9b::/96, fd00:1::/32 allowed */
};

/* clang-format off */
static const struct row rows[] = {
	{"198.41.0.4",             true,  true},
	{"2001:500:2::c",          true,  true},
	{"127.0.0.1",              false, true},
	{"::1",                    false, true},
	{"0.0.0.0",                false, false},
	{"::",                     false, false},
	{"10.1.2.3",               false, false},
	{"172.16.0.1",             false, false},
	{"192.168.1.1",            false, false},
	{"100.64.0.1",             false, false},
	{"169.254.169.254",        false, false},
	{"192.0.2.1",              false, false},
	{"198.18.0.1",             false, false},
	{"224.0.0.1",              false, false},
	{"255.255.255.255",        false, false},
	{"fe80::1",                false, false},
	{"fc00::1",                false, false},
	{"fd00:1::1",              false, true},
	{"ff02::1",                false, false},
	{"2001:db8::1",            false, false},
	{"3fff::1",                false, false},
	/* IPv4 inside IPv6 is judged by both */
	{"::ffff:198.41.0.4",      false, false},
	{"::ffff:127.0.0.1",       false, false},
	{"64:ff9b::198.41.0.4",    true,  true},
	{"64:ff9b::10.0.0.1",      false, false},
	{"64:ff9b::127.0.0.1",     false, true},
	{"2002:7f00:1::1",         false, false}, /* 6to4 of 127.0.0.1: 6to4 itself is not allowed */
	{"2002:a00:1::1",          false, false}, /* 6to4 of 10.0.0.1 */
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"127.0.0.0/8", "::1/128", "64:ff9b::/96",
					       "fd00:1::/32"};
	struct network none = {0}, some = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
		assert_int_equal(address_prefix_parse(prefixes[i], &some.allowed[i]), OK);
	some.allowed_count = ARRAY_LENGTH(prefixes);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct address address;
		const char *why = NULL;
		assert_int_equal(address_parse(row->address, &address), OK);
		bool plain = address_may_be_contacted(&none, &address, &why);
		if (plain != row->plain || (!plain && !why))
			fail_msg("%s: %d (%s)", row->address, plain, why ? why : "no reason");
		bool allowed = address_may_be_contacted(&some, &address, NULL);
		if (allowed != row->allowed)
			fail_msg("%s with prefixes: %d", row->address, allowed);
	}
}

/* Teredo carries two IPv4 addresses: that of the server is global here. */
static void test_teredo(void **state)
{
	(void)state;
	struct network network = {0};
	struct address address;
	/* The client 10.0.0.1 stands inverted in the last four octets (RFC 4380 section 4). */
	assert_int_equal(address_parse("2001:0:c629:4::f5ff:fffe", &address), OK);
	assert_int_equal(address_prefix_parse("2001::/32", &network.allowed[0]), OK);
	network.allowed_count = 1;
	assert_false(address_may_be_contacted(&network, &address, NULL));
	assert_int_equal(address_prefix_parse("10.0.0.0/8", &network.allowed[1]), OK);
	network.allowed_count = 2;
	assert_true(address_may_be_contacted(&network, &address, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_teredo),
	};
	return cmocka_run_group_tests_name("net.address_policy", tests, NULL, NULL);
}
