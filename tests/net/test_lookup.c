/* Look-ups: alias chains, their ends and their bounds. The test answers the steps itself. */
#include "net/lookup.h"

#include "net/resolver.h"
#include "tests/net/fake_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct fake_dns rows[] = {
	{"plain.test",
	 DNS_TYPE_A,
	 FAKE_ANSWER,
	 {"plain.test. 60 IN A 192.0.2.1", "plain.test. 90 IN A 192.0.2.2",
	  "plain.test. 5 IN TXT \"not asked\""},
	 0},
	{"case.test", DNS_TYPE_A, FAKE_ANSWER, {"CaSe.TEST. 60 IN A 192.0.2.1"}, 0},
	{"gone.test", DNS_TYPE_A, FAKE_NXDOMAIN, {NULL}, 0},
	{"alias.test",
	 DNS_TYPE_A,
	 FAKE_ANSWER,
	 {"alias.test. 300 IN CNAME middle.test.", "middle.test. 20 IN CNAME end.test.",
	  "end.test. 60 IN A 192.0.2.3"},
	 0},
	{"outside.test", DNS_TYPE_A, FAKE_ANSWER, {"outside.test. 300 IN CNAME plain.test."}, 0},
	{"empty-end.test", DNS_TYPE_A, FAKE_ANSWER, {"empty-end.test. 10 IN CNAME no.test."}, 0},
	{"gone-end.test", DNS_TYPE_A, FAKE_NXDOMAIN, {"gone-end.test. 10 IN CNAME gone.test."}, 0},
	{"failing-end.test", DNS_TYPE_A, FAKE_ANSWER, {"failing-end.test. 10 IN CNAME f.test."}, 0},
	{"f.test", DNS_TYPE_A, FAKE_SERVFAIL, {NULL}, 0},
	{"loop.test",
	 DNS_TYPE_A,
	 FAKE_ANSWER,
	 {"loop.test. 10 IN CNAME pool.test.", "pool.test. 10 IN CNAME loop.test."},
	 0},
	{"self.test", DNS_TYPE_A, FAKE_ANSWER, {"self.test. 10 IN CNAME self.test."}, 0},
	{"ping.test", DNS_TYPE_A, FAKE_ANSWER, {"ping.test. 10 IN CNAME pong.test."}, 0},
	{"pong.test", DNS_TYPE_A, FAKE_ANSWER, {"pong.test. 10 IN CNAME ping.test."}, 0},
	{"two.test",
	 DNS_TYPE_A,
	 FAKE_ANSWER,
	 {"two.test. 10 IN CNAME a.test.", "two.test. 10 IN CNAME b.test."},
	 0},
	{"contradiction.test",
	 DNS_TYPE_A,
	 FAKE_NXDOMAIN,
	 {"contradiction.test. 10 IN A 192.0.2.1"},
	 0},
	{"dname.test",
	 DNS_TYPE_A,
	 FAKE_ANSWER,
	 {"test. 10 IN DNAME other.", "dname.test. 0 IN CNAME dname.other.",
	  "dname.other. 60 IN A 192.0.2.9"},
	 0},
	{"odd.test", DNS_TYPE_A, FAKE_ANSWER, {"odd.test. 10 IN CNAME a\\032b.test."}, 0},
	{"elsewhere.test", DNS_TYPE_A, FAKE_ANSWER, {"other.test. 10 IN A 192.0.2.66"}, 0},
};

struct expected {
	const char *name;
	enum lookup_outcome outcome;
	enum dns_outcome dns;
	size_t records;
	uint32_t ttl;
	const char *canonical;
	size_t questions;
	const char *text;
};

/* clang-format off */
static const struct expected expectations[] = {
	{"plain.test", LOOKUP_FOUND, 0, 2, 60, "plain.test", 1, "plain.test A: 2 records"},
	{"case.test", LOOKUP_FOUND, 0, 1, 60, "case.test", 1, "case.test A: 1 record"},
	{"gone.test", LOOKUP_NXDOMAIN, 0, 0, 600, "gone.test", 1, "gone.test A: the name does not exist"},
	{"nothing.test", LOOKUP_NO_DATA, 0, 0, 600, "nothing.test", 1, "nothing.test A: no such record"},
	{"alias.test", LOOKUP_FOUND, 0, 1, 20, "end.test", 1, "alias.test (alias of end.test) A: 1 record"},
	{"outside.test", LOOKUP_FOUND, 0, 2, 60, "plain.test", 2, "outside.test (alias of plain.test) A: 2 records"},
	{"empty-end.test", LOOKUP_NO_DATA, 0, 0, 10, "no.test", 2, "empty-end.test (alias of no.test) A: no such record"},
	{"gone-end.test", LOOKUP_NXDOMAIN, 0, 0, 10, "gone.test", 1, "gone-end.test (alias of gone.test) A: the name does not exist"},
	{"failing-end.test", LOOKUP_FAILED, DNS_SERVFAIL, 0, 0, "f.test", 2, "failing-end.test (alias of f.test) A: the resolver answered SERVFAIL"},
	{"loop.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, 1, NULL},
	{"self.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, 1, NULL},
	{"ping.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, LOOKUP_CNAMES_MAX + 1, NULL},
	{"two.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, 1, NULL},
	{"contradiction.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, 1, NULL},
	{"dname.test", LOOKUP_FOUND, 0, 1, 0, "dname.other", 1, NULL},
	{"odd.test", LOOKUP_FAILED, DNS_MALFORMED, 0, 0, NULL, 1, NULL},
	{"elsewhere.test", LOOKUP_NO_DATA, 0, 0, 0, "elsewhere.test", 1, NULL},
};
/* clang-format on */

/* Answers the step from the rows. */
static struct event answer(const struct step *step, struct buffer *packet)
{
	struct fake_dns nothing = {.kind = FAKE_ANSWER};
	const struct fake_dns *row = &nothing;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (strcmp(rows[i].name, step->dns.name) == 0 && rows[i].type == step->dns.type)
			row = &rows[i];
	struct buffer query;
	buffer_init(&query, 512);
	assert_int_equal(resolver_query(&step->dns, 7, &query, NULL), OK);
	buffer_clear(packet);
	fake_answer(row, buffer_slice(&query), DNS_UDP, packet);
	buffer_release(&query);
	struct event event = {.kind = STEP_DNS, .id = step->id};
	event.dns.outcome = row->kind == FAKE_SERVFAIL ? DNS_SERVFAIL : DNS_ANSWERED;
	event.dns.answer = buffer_slice(packet);
	return event;
}

static void check(const struct expected *expected)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct steps steps = {.arena = &arena};
	struct buffer packet;
	struct lookup_trust trust = {0};
	struct lookup lookup;
	size_t questions = 0;
	buffer_init(&packet, 4096);
	lookup_begin(&lookup, expected->name, DNS_TYPE_A, &trust, &steps);
	while (lookup.outcome == LOOKUP_ASKING) {
		assert_int_equal(steps.count, 1);
		struct step step = steps.list[0];
		steps.count = 0;
		questions++;
		struct event event = answer(&step, &packet);
		struct event foreign = event;
		foreign.id += 100;
		assert_false(lookup_advance(&lookup, &foreign, &steps));
		assert_true(lookup_advance(&lookup, &event, &steps));
	}
	if (lookup.outcome != expected->outcome || lookup.dns != expected->dns ||
	    lookup.record_count != expected->records || questions != expected->questions ||
	    lookup.ttl != expected->ttl)
		fail_msg("%s: outcome %d, dns %d, %zu records, %zu questions, TTL %u",
			 expected->name, (int)lookup.outcome, (int)lookup.dns, lookup.record_count,
			 questions, (unsigned)lookup.ttl);
	if (expected->canonical)
		assert_string_equal(lookup.canonical, expected->canonical);
	if (expected->text)
		assert_string_equal(lookup_text(&lookup, &arena), expected->text);
	buffer_release(&packet);
}

static void test_lookups(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(expectations); i++)
		check(&expectations[i]);
}

static void test_garbage(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct steps steps = {.arena = &arena};
	struct lookup_trust trust = {0};
	struct lookup lookup;
	lookup_begin(&lookup, "plain.test", DNS_TYPE_A, &trust, &steps);
	struct event event = {.kind = STEP_DNS, .id = 1};
	event.dns.answer = slice_text("nonsense nonsense");
	assert_true(lookup_advance(&lookup, &event, &steps));
	assert_int_equal(lookup.outcome, LOOKUP_FAILED);
	assert_int_equal(lookup.dns, DNS_MALFORMED);
	assert_false(lookup_advance(&lookup, &event, &steps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_garbage),
	};
	return cmocka_run_group_tests_name("net.lookup", tests, NULL, NULL);
}
