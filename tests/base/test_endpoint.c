/* Addresses and ports as text. */
#include "base/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_endpoints(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1:53"},
		{"192.0.2.1:5353", "192.0.2.1:5353"},
		{"192.0.2.1:65535", "192.0.2.1:65535"},
		{"2001:db8::1", "[2001:db8::1]:53"},
		{"[2001:db8::1]", "[2001:db8::1]:53"},
		{"[2001:DB8:0::1]:5353", "[2001:db8::1]:5353"},
		/* All of it is the address, however much the end looks like a port. */
		{"2001:db8::1:5353", "[2001:db8::1:5353]:53"},
		{"::ffff:192.0.2.1", "[::ffff:192.0.2.1]:53"},
		{"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
		 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct endpoint endpoint;
		char text[ENDPOINT_TEXT];
		if (endpoint_parse(cases[i].text, 53, &endpoint) != OK)
			fail_msg("\"%s\" was refused", cases[i].text);
		assert_string_equal(endpoint_text(&endpoint, text), cases[i].shown);
	}
}

static void test_endpoints_that_are_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"example.com",
		"example.com:53",
		"192.0.2.1:",
		"192.0.2.1:0",
		"192.0.2.1:65536",
		"192.0.2.1:99999999999999999999",
		"192.0.2.1:5x",
		"192.0.2.1:+5",
		"192.0.2.1: 5",
		"192.0.2.1:-1",
		"192.0.2:53",
		"192.0.2.256",
		"192.0.2.01",
		"0xc0.0.2.1",
		"3221225985",
		":53",
		"[]:53",
		"[192.0.2.1]:53",
		"[2001:db8::1",
		"[2001:db8::1]x",
		"[2001:db8::1]:",
		"2001:db8::1]:53",
		"[fe80::1%eth0]:53",
		"fe80::1%eth0",
		" 192.0.2.1",
		"192.0.2.1 ",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct endpoint endpoint = {.port = 4242};
		if (endpoint_parse(texts[i], 53, &endpoint) != INPUT)
			fail_msg("\"%s\" was accepted", texts[i]);
		assert_int_equal(endpoint.port, 4242);
	}
}

static void test_addresses(void **state)
{
	(void)state;
	struct address v4, mapped, other;
	char text[ADDRESS_TEXT];
	assert_int_equal(address_parse("192.0.2.1", &v4), OK);
	assert_int_equal(v4.family, ADDRESS_V4);
	assert_string_equal(address_text(&v4, text), "192.0.2.1");
	assert_int_equal(address_parse("::ffff:192.0.2.1", &mapped), OK);
	assert_int_equal(mapped.family, ADDRESS_V6);
	assert_false(address_equal(&v4, &mapped));
	other = v4;
	/* Only the first four bytes are an IPv4 address. */
	other.bytes[15] = 1;
	assert_true(address_equal(&v4, &other));
	other.bytes[3] = 2;
	assert_false(address_equal(&v4, &other));
	assert_int_equal(address_parse("[::1]", &other), INPUT);
	assert_int_equal(address_parse("1.2.3.4:5", &other), INPUT);
	assert_int_equal(other.bytes[3], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_endpoints_that_are_refused),
		cmocka_unit_test(test_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
