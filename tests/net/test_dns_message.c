/* DNS packets read: good ones, damaged ones, and every prefix and flipped octet of one. */
#include "net/dns_message.h"

#include "net/resolver.h"
#include "tests/net/fake_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static void packet_of(const struct fake_dns *row, struct buffer *out)
{
	struct step_dns step = {.type = row->type};
	memcpy(step.name, row->name, strlen(row->name) + 1);
	struct buffer query;
	buffer_init(&query, 512);
	assert_int_equal(resolver_query(&step, 0xbeef, &query, NULL), OK);
	buffer_init(out, 4096);
	fake_answer(row, buffer_slice(&query), DNS_UDP, out);
	buffer_release(&query);
}

static STATUS read_row(const struct fake_dns *row, struct arena *arena, struct dns_message *ret,
		       struct error *err)
{
	struct buffer packet;
	packet_of(row, &packet);
	enum status status =
		dns_message_read(buffer_slice(&packet), row->name, row->type, arena, ret, err);
	buffer_release(&packet);
	return status;
}

static void test_records(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct fake_dns row = {"www.example.com",
				     DNS_TYPE_CAA,
				     FAKE_ANSWER,
				     {"WWW.Example.COM. 30 IN CNAME _x.Example.NET.",
				      "_x.example.net. 60 IN CAA 128 issue \"ca.example\"",
				      "_x.example.net. 60 IN CAA 0 issue \"\"",
				      "_x.example.net. 60 IN TYPE257 \\# 2 0000"},
				     0};
	struct dns_message message;
	assert_int_equal(read_row(&row, &arena, &message, NULL), OK);
	assert_int_equal(message.id, 0xbeef);
	assert_int_equal(message.rcode, 0);
	assert_false(message.truncated);
	assert_int_equal(message.answer_count, 4);
	assert_string_equal(message.answers[0].owner, "www.example.com");
	assert_string_equal(message.answers[0].target, "_x.example.net");
	assert_int_equal(message.answers[0].ttl, 30);
	const struct dns_record *caa = &message.answers[1];
	assert_string_equal(caa->owner, "_x.example.net");
	assert_int_equal(caa->rdata.length, 17);
	assert_memory_equal(caa->rdata.data, "\x80\x05issueca.example", 17);
	assert_int_equal(message.answers[2].rdata.length, 7);
	assert_memory_equal(message.answers[2].rdata.data, "\0\5issue", 7);
	assert_int_equal(message.answers[3].rdata.length, 2);
}

static void test_negative_ttl(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct fake_dns row = {"gone.test", DNS_TYPE_A, FAKE_NXDOMAIN, {NULL}, 0};
	struct dns_message message;
	assert_int_equal(read_row(&row, &arena, &message, NULL), OK);
	assert_int_equal(message.rcode, 3);
	assert_int_equal(message.negative_ttl, 600);
	assert_int_equal(message.answer_count, 0);
}

static void test_refused_messages(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static const struct fake_dns rows[] = {
		{"a.test", DNS_TYPE_A, FAKE_OTHER_QUESTION, {"a.test. 1 IN A 192.0.2.1"}, 0},
		{"a.test", DNS_TYPE_A, FAKE_ANSWER, {"a.test. 1 CH A 192.0.2.1"}, 0},
		{"a.test", DNS_TYPE_A, FAKE_ANSWER, {"a\\000.test. 1 IN A 192.0.2.1"}, 0},
		{"a.test", DNS_TYPE_A, FAKE_ANSWER, {"a.test. 1 IN CNAME b\\.c.test."}, 0},
		{"a.test", DNS_TYPE_A, FAKE_ANSWER, {"a.test. 1 IN CNAME *.test."}, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct dns_message message = {.id = 77};
		struct error err = NO_ERROR;
		if (read_row(&rows[i], &arena, &message, &err) != INPUT)
			fail_msg("row %zu was read", i);
		assert_int_equal(message.id, 77);
		assert_true(err.sentence[0]);
	}
	struct dns_message message;
	assert_int_equal(dns_message_read(SLICE_NONE, "a.test", 1, &arena, &message, NULL), INPUT);
}

/* The last record's rdata one octet shorter than its type has, its length told truly. */
static void test_odd_addresses(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static const struct fake_dns rows[] = {
		{"a.test", DNS_TYPE_A, FAKE_ANSWER, {"a.test. 1 IN A 192.0.2.1"}, 0},
		{"a.test", DNS_TYPE_AAAA, FAKE_ANSWER, {"a.test. 1 IN AAAA 2001:db8::1"}, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint8_t rdata = rows[i].type == DNS_TYPE_A ? 4 : 16;
		struct dns_message message;
		struct buffer packet;
		packet_of(&rows[i], &packet);
		uint8_t *length = packet.data + packet.length - rdata - 1;
		assert_int_equal(*length, rdata);
		*length = (uint8_t)(rdata - 1);
		assert_int_equal(dns_message_read(slice_of(packet.data, packet.length - 1),
						  "a.test", rows[i].type, &arena, &message, NULL),
				 INPUT);
		buffer_release(&packet);
	}
}

static void test_names_compare_without_case(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct fake_dns row = {
		"A.TEST", DNS_TYPE_A, FAKE_ANSWER, {"a.test. 1 IN A 192.0.2.1"}, 0};
	struct buffer packet;
	struct dns_message message;
	packet_of(&row, &packet);
	assert_int_equal(dns_message_read(buffer_slice(&packet), "a.test", DNS_TYPE_A, &arena,
					  &message, NULL),
			 OK);
	assert_int_equal(dns_message_read(buffer_slice(&packet), "b.test", DNS_TYPE_A, &arena,
					  &message, NULL),
			 INPUT);
	assert_int_equal(dns_message_read(buffer_slice(&packet), "a.test", DNS_TYPE_AAAA, &arena,
					  &message, NULL),
			 INPUT);
	buffer_release(&packet);
}

/* No crash, no read past the end, for whatever damage. */
static void test_damage(void **state)
{
	(void)state;
	const struct fake_dns row = {
		"a.test",
		DNS_TYPE_CAA,
		FAKE_ANSWER,
		{"a.test. 1 IN CNAME b.test.", "b.test. 1 IN CAA 0 issue \"ca.example; a=b\"",
		 "b.test. 1 IN RRSIG CAA 8 2 1 20300101000000 20200101000000 1 "
		 "test. AAAA",
		 "b.test. 1 IN TXT \"x\" \"y\""},
		0};
	struct buffer packet;
	packet_of(&row, &packet);
	size_t readable = 0;
	for (size_t cut = 0; cut <= packet.length; cut++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct dns_message message;
		readable += dns_message_read(slice_of(packet.data, cut), row.name, row.type, &arena,
					     &message, NULL) == OK;
	}
	assert_int_equal(readable, 1);
	for (size_t at = 0; at < packet.length; at++) {
		uint8_t before = packet.data[at];
		for (unsigned value = 0; value < 256; value++) {
			CLEANUP(arena_release) struct arena arena = ARENA_NONE;
			struct dns_message message;
			packet.data[at] = (uint8_t)value;
			(void)!dns_message_read(buffer_slice(&packet), row.name, row.type, &arena,
						&message, NULL);
		}
		packet.data[at] = before;
	}
	buffer_release(&packet);
}

static void test_type_text(void **state)
{
	(void)state;
	char text[16];
	assert_string_equal(dns_type_text(DNS_TYPE_CAA, text), "CAA");
	assert_string_equal(dns_type_text(DNS_TYPE_AAAA, text), "AAAA");
	assert_string_equal(dns_type_text(65280, text), "TYPE65280");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_negative_ttl),
		cmocka_unit_test(test_refused_messages),
		cmocka_unit_test(test_odd_addresses),
		cmocka_unit_test(test_names_compare_without_case),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_type_text),
	};
	return cmocka_run_group_tests_name("net.dns_message", tests, NULL, NULL);
}
