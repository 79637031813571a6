/* Whose request it is, behind proxies that are ours and in front of those that are not. */
#include "gateway/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void clients_behind_proxies(void **state)
{
	static const struct {
		const char *peer, *forwarded, *client;
	} rows[] = {
		{"192.0.2.1", NULL, "192.0.2.1"},
		/* A stranger says who they are: not believed. */
		{"192.0.2.1", "198.51.100.7", "192.0.2.1"},
		{"127.0.0.1", "198.51.100.7", "198.51.100.7"},
		/* What the client wrote stands before what our proxy wrote. */
		{"127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.7"},
		/* A chain of ours. */
		{"127.0.0.1", "1.2.3.4, 198.51.100.7,10.0.0.1", "198.51.100.7"},
		{"127.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2"},
		{"127.0.0.1", "2001:db8::7", "2001:db8::7"},
		{"127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"},
		{"127.0.0.1", "198.51.100.7:4711 ", "198.51.100.7"},
		/* Nothing that can be read: the proxy itself. */
		{"127.0.0.1", "198.51.100.7, unknown", "127.0.0.1"},
		{"127.0.0.1", "", "127.0.0.1"},
		{"127.0.0.1", ",", "127.0.0.1"},
		{"127.0.0.1",
		 "198.51.100.7, "
		 "11111111111111111111111111111111111111111111111111111111111111111111",
		 "127.0.0.1"},
		{"fd00::1", "198.51.100.7", "198.51.100.7"},
		{"fe00::1", "198.51.100.7", "fe00::1"},
	};
	static const struct address_prefix proxies[] = {
		{{ADDRESS_V4, {127}}, 8}, {{ADDRESS_V4, {10}}, 8}, {{ADDRESS_V6, {0xfd}}, 8}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct address peer;
		char text[ADDRESS_TEXT];
		assert_int_equal(address_parse(rows[i].peer, &peer), OK);
		struct address client =
			client_address(&peer, rows[i].forwarded, proxies, ARRAY_LENGTH(proxies));
		assert_string_equal(address_text(&client, text), rows[i].client);
		/* Without proxies nobody is believed. */
		client = client_address(&peer, rows[i].forwarded, proxies, 0);
		assert_string_equal(address_text(&client, text), rows[i].peer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(clients_behind_proxies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
