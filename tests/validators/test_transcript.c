/*
 * Transcripts hold every packet of a validated look-up with the kind of question
 * it answers, so the look-up is decided again from them, at the instant recorded.
 */
#include "validators/transcript.h"

#include "net/dnssec.h"
#include "tests/net/signed_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct tree_zone zones[] = {
	{.apex = "."},
	{.apex = "test.", .kind = TREE_NSEC3, .records = {"www.test. IN A 192.0.2.1"}},
};

/* Looks up over the tree and writes what was asked and answered. */
static void record(struct tree *tree, struct dnssec *dnssec, const struct dnssec_params *params,
		   struct arena *arena, struct buffer *out)
{
	struct steps steps = {.arena = arena};
	struct validation_task task = {
		.method = "caa", .label = "caa", .domain = "test", .pack = "p", .pack_digest = "d"};
	struct network network = {0};
	struct verdict verdict = {.status = OK};
	struct buffer packet;
	buffer_init(&packet, 1 << 16);
	transcript_open(out, &task, &network, params->at_ms);
	dnssec_begin(dnssec, params, &steps);
	for (size_t number = 1; dnssec->security == SECURITY_ASKING; number++) {
		struct transcript_entry entry = {.number = number, .step = steps.list[0]};
		steps.count = 0;
		entry.event = tree_answer(tree, &entry.step, &packet);
		entry.event.at_ms = params->at_ms;
		transcript_add(out, &entry);
		assert_true(dnssec_advance(dnssec, &entry.event, &steps));
	}
	transcript_close(out, &verdict);
	buffer_release(&packet);
}

static void test_decided_again(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct tree *tree = tree_new(zones, ARRAY_LENGTH(zones));
	char *line = tree_anchor(tree, ".", LDNS_RR_TYPE_DS);
	struct trust_anchors *anchors = NULL;
	assert_int_equal(trust_anchors_read("anchor", slice_text(line), &anchors, NULL), OK);
	struct dnssec_params params = {.name = "www.test",
				       .type = DNS_TYPE_A,
				       .anchors = anchors,
				       .at_ms = TREE_NOW_S * 1000};
	struct dnssec first, again;
	struct buffer evidence;
	buffer_init(&evidence, TRANSCRIPT_MAX);
	record(tree, &first, &params, &arena, &evidence);
	assert_int_equal(first.security, SECURITY_SECURE);

	struct transcript transcript;
	struct steps steps = {.arena = &arena};
	assert_int_equal(transcript_read(buffer_slice(&evidence), &arena, &transcript, NULL), OK);
	assert_int_equal(transcript.count, first.question_count);
	params.at_ms = transcript.began_ms;
	dnssec_begin(&again, &params, &steps);
	for (size_t i = 0; i < transcript.count; i++) {
		const struct step_dns *asked = &transcript.entries[i].step.dns;
		assert_int_equal(steps.count, 1);
		assert_string_equal(asked->name, steps.list[0].dns.name);
		assert_int_equal(asked->records, DNS_RECORDS_SIGNED);
		steps.count = 0;
		assert_true(dnssec_advance(&again, &transcript.entries[i].event, &steps));
	}
	assert_int_equal(again.security, SECURITY_SECURE);
	assert_string_equal(again.reason, first.reason);
	assert_int_equal(again.found.ttl, first.found.ttl);

	buffer_release(&evidence);
	trust_anchors_free(anchors);
	free(line);
	tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_decided_again)};
	return cmocka_run_group_tests_name("validators.transcript", tests, NULL, NULL);
}
