/*
 * Methods over a small signed tree: what is not proven shows and permits nothing,
 * a failed CAA look-up permits only where BR 4.2.2.1 lets it, and look-ups of one
 * attempt ask for the way to their zones once.
 */
#include "tests/net/signed_tree.h"
#include "tests/validators/trial.h"

#include "base/json.h"
#include "net/dns_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct tree_zone zones[] = {
	{.apex = "."},
	{.apex = "test.", .kind = TREE_NSEC3},
	{.apex = "signed.test.",
	 .records = {"signed.test. 300 IN CAA 0 issue \"ca.example\"",
		     "www.signed.test. 300 IN A 127.0.0.1",
		     "to-itself.signed.test. 300 IN A 127.0.0.1",
		     "other.signed.test. 300 IN CAA 0 issue \"other.example\"",
		     "_issuer-validation.signed.test. 300 IN TXT \"" TRIAL_VALUE "\"",
		     "to-plain.signed.test. 300 IN CNAME www.plain.test.",
		     "to-open.signed.test. 300 IN CNAME www.open.test.",
		     "up.signed.test. 300 IN CNAME signed.test.",
		     "twice.signed.test. 300 IN CNAME to-plain.signed.test.",
		     "ring.signed.test. 300 IN CNAME ring2.signed.test.",
		     "ring2.signed.test. 300 IN CNAME ring.signed.test."}},
	{.apex = "free.test.", .records = {"www.free.test. 300 IN A 127.0.0.1"}},
	{.apex = "people.test.",
	 .records = {"whois.people.test. 300 IN A 127.0.0.1",
		     "people.test. 300 IN CAA 0 contactemail \"caa@mihon.example\"",
		     "_validation-contactphone.people.test. 300 IN TXT \"+81 3 5555 0100\""}},
	{.apex = "plain.test.",
	 .kind = TREE_UNSIGNED,
	 .records = {"plain.test. 300 IN CAA 0 issue \"other.example\"",
		     "www.plain.test. 300 IN A 127.0.0.1",
		     "_issuer-validation.plain.test. 300 IN TXT \"" TRIAL_VALUE "\""}},
	{.apex = "open.test.",
	 .kind = TREE_UNSIGNED,
	 .records = {"www.open.test. 300 IN A 127.0.0.1"}},
};

/* --- the tree as a resolver --- */

static void resolve(const void *zone, struct slice query, struct buffer *out)
{
	/* The fake world knows only of zones that do not change; the tree notes what is asked. */
	struct tree *tree = *(struct tree *const *)zone;
	CLEANUP(buffer_release) struct buffer answer = {.maximum = 1 << 16};
	ldns_pkt *packet = NULL;
	assert_int_equal(ldns_wire2pkt(&packet, query.data, query.length), LDNS_STATUS_OK);
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	struct step step = {.kind = STEP_DNS, .id = 1};
	assert_int_equal(dns_name_from_wire(ldns_rr_owner(question), step.dns.name), OK);
	step.dns.type = (uint16_t)ldns_rr_get_type(question);
	assert_true(ldns_pkt_edns_do(packet) && ldns_pkt_cd(packet));
	struct event event = tree_answer(tree, &step, &answer);
	if (event.dns.outcome != DNS_TIMED_OUT) {
		buffer_append(out, query.data, 2);
		buffer_append(out, event.dns.answer.data + 2, event.dns.answer.length - 2);
	}
	ldns_pkt_free(packet);
}

struct scene {
	struct tree *tree;
	struct trust_anchors *anchors;
	struct trial trial;
};

static void scene_begin(struct scene *scene)
{
	scene->tree = tree_new(zones, ARRAY_LENGTH(zones));
	char *line = tree_anchor(scene->tree, ".", LDNS_RR_TYPE_DS);
	assert_int_equal(trust_anchors_read("anchor", slice_text(line), &scene->anchors, NULL), OK);
	free(line);
	trial_init(&scene->trial);
	scene->trial.world.zone_answer = resolve;
	scene->trial.world.zone = &scene->tree;
}

static void scene_end(struct scene *scene)
{
	trial_release(&scene->trial);
	trust_anchors_free(scene->anchors);
	tree_free(scene->tree);
}

static struct validation_task trial_alias(const char *domain)
{
	struct validation_task task = trial_caa(domain);
	task.method = "alias";
	task.label = "BR 3.2.2.4";
	return task;
}

/* --- verdicts --- */

enum failure { REFUSES, PERMITS };

struct row {
	const char *what;
	struct validation_task (*task)(const char *domain);
	const char *domain;
	struct tree_lie lie;
	enum failure failure;
	int tries;
	enum status status;
	const char *part; /* of the sentence */
};

enum {
	CAA = DNS_TYPE_CAA,
	CNAME = DNS_TYPE_CNAME,
	TXT = DNS_TYPE_TXT,
	A = DNS_TYPE_A,
	DS = LDNS_RR_TYPE_DS
};
#define RECORD(domain) "_issuer-validation." domain

/* clang-format off */
static const struct row rows[] = {
	{"signed, ours", trial_caa, "signed.test", {0}, REFUSES, 3, OK, "permits this CA"},
	{"found by climbing", trial_caa, "www.signed.test", {0}, REFUSES, 3, OK, "www.signed.test CAA: no such record"},
	{"signed, other", trial_caa, "other.signed.test", {0}, REFUSES, 3, CAA_FORBIDDEN, "does not name this CA"},
	{"proven to have none", trial_caa, "www.free.test", {0}, REFUSES, 3, OK, "no CAA record restricts"},
	{"unsigned, other", trial_caa, "plain.test", {0}, REFUSES, 3, CAA_FORBIDDEN, "does not name this CA"},
	{"unsigned, none", trial_caa, "www.open.test", {0}, REFUSES, 3, OK, "no CAA record restricts"},
	{"an alias into an unsigned zone", trial_caa, "to-plain.signed.test", {0}, REFUSES, 3, OK, "alias of www.plain.test"},

	{"an alias of the name above", trial_caa, "up.signed.test", {0}, REFUSES, 3, OK, "permits this CA"},

	{"signatures cut out", trial_caa, "other.signed.test", {"other.signed.test", CAA, LIE_NO_SIGNATURES}, PERMITS, 3, CAA_UNKNOWN, "bogus"},
	{"other data", trial_caa, "other.signed.test", {"other.signed.test", CAA, LIE_OTHER_DATA}, PERMITS, 3, CAA_UNKNOWN, "bogus"},
	{"the record hidden", trial_caa, "other.signed.test", {"other.signed.test", CAA, LIE_NO_SUCH_NAME}, PERMITS, 3, CAA_UNKNOWN, "bogus"},
	{"a denial without proof", trial_caa, "www.free.test", {"www.free.test", CAA, LIE_NO_DENIAL}, PERMITS, 3, CAA_UNKNOWN, "bogus"},
	{"the way to an unsigned zone hidden", trial_caa, "www.open.test", {"open.test", DS, LIE_NO_DENIAL}, PERMITS, 3, CAA_UNKNOWN, "bogus"},

	{"SERVFAIL, signed", trial_caa, "signed.test", {"signed.test", CAA, LIE_SERVFAIL}, PERMITS, 3, CAA_UNKNOWN, "SERVFAIL"},
	{"SERVFAIL, unsigned", trial_caa, "open.test", {"open.test", CAA, LIE_SERVFAIL}, PERMITS, 3, OK, "SERVFAIL"},
	{"SERVFAIL, unsigned, behind an alias that is signed", trial_caa, "to-open.signed.test", {"www.open.test", CAA, LIE_SERVFAIL}, PERMITS, 3, CAA_UNKNOWN, "SERVFAIL"},
	{"SERVFAIL, unsigned, by the strict rule", trial_caa, "open.test", {"open.test", CAA, LIE_SERVFAIL}, REFUSES, 3, CAA_UNKNOWN, "SERVFAIL"},
	{"SERVFAIL, unsigned, not retried", trial_caa, "open.test", {"open.test", CAA, LIE_SERVFAIL}, PERMITS, 1, CAA_UNKNOWN, "SERVFAIL"},
	{"SERVFAIL, not proven unsigned", trial_caa, "open.test", {"test", DS, LIE_SERVFAIL}, PERMITS, 3, CAA_UNKNOWN, "SERVFAIL"},
	{"silence, unsigned", trial_caa, "open.test", {"open.test", CAA, LIE_SILENCE}, PERMITS, 3, CAA_UNKNOWN, "malformed"},
	{"SERVFAIL below a record that forbids", trial_caa, "www.plain.test", {"www.plain.test", CAA, LIE_SERVFAIL}, PERMITS, 3, CAA_FORBIDDEN, "does not name this CA"},

	{"of what it is an alias", trial_alias, "to-plain.signed.test", {0}, REFUSES, 3, OK, "to-plain.signed.test is an alias of www.plain.test"},
	{"over two steps", trial_alias, "twice.signed.test", {0}, REFUSES, 3, OK, "is an alias of www.plain.test"},
	{"no alias", trial_alias, "www.signed.test", {0}, REFUSES, 3, OK, "is no alias"},
	{"no name at all", trial_alias, "nothing.signed.test", {0}, REFUSES, 3, OK, "is no alias"},
	{"an alias without its signatures", trial_alias, "to-plain.signed.test", {"to-plain.signed.test", CNAME, LIE_NO_SIGNATURES}, REFUSES, 3, DNS_FAILED, "bogus"},
	{"an alias said not to be there", trial_alias, "to-plain.signed.test", {"to-plain.signed.test", CNAME, LIE_NO_SUCH_NAME}, REFUSES, 3, DNS_FAILED, "bogus"},
	{"aliases in a ring", trial_alias, "ring.signed.test", {0}, REFUSES, 3, RECORD_WRONG, "do not end within 8"},

	{"a signed record", trial_dns_txt, "signed.test", {0}, REFUSES, 3, OK, "with the expected value"},
	{"an unsigned record", trial_dns_txt, "plain.test", {0}, REFUSES, 3, OK, "with the expected value"},
	{"a record without its signatures", trial_dns_txt, "signed.test", {RECORD("signed.test"), TXT, LIE_NO_SIGNATURES}, PERMITS, 3, DNS_FAILED, "bogus"},
	{"a record said not to be there", trial_dns_txt, "signed.test", {RECORD("signed.test"), TXT, LIE_NO_SUCH_NAME}, REFUSES, 3, DNS_FAILED, "bogus"},
	{"an address without its signatures", trial_web_page, "www.signed.test", {"www.signed.test", A, LIE_NO_SIGNATURES}, REFUSES, 3, DNS_FAILED, "bogus"},
	{"a redirect to the same host", trial_web_page, "to-itself.signed.test", {0}, REFUSES, 3, OK, "after 1 redirect"},
	{"a signed address", trial_web_page, "www.signed.test", {0}, REFUSES, 3, OK, "with the expected value"},
};
/* clang-format on */

static const struct fake_page pages[] = {
	{"to-itself.signed.test", TRIAL_PATH, NULL, HTTP_ANSWERED, 301,
	 "Location: https://to-itself.signed.test/v\r\n", NULL, false, NULL},
	{"to-itself.signed.test", "/v", NULL, HTTP_ANSWERED, 200, NULL, TRIAL_VALUE, false, NULL},
	{"www.signed.test", TRIAL_PATH, NULL, HTTP_ANSWERED, 200, NULL, TRIAL_VALUE, false, NULL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct scene scene;
		scene_begin(&scene);
		tree_lie(scene.tree, &row->lie);
		scene.trial.world.pages = pages;
		scene.trial.world.page_count = ARRAY_LENGTH(pages);
		struct validation_task task = row->task(row->domain);
		task.anchors = scene.anchors;
		task.limits.failure_permits = row->failure == PERMITS;
		task.limits.dns_tries = row->tries;
		trial_run(&scene.trial, &task);
		const struct verdict *verdict = &scene.trial.verdict;
		if (verdict->status != row->status || !strstr(verdict->sentence, row->part))
			fail_msg("%s: %s: %s", row->what, status_code(verdict->status),
				 verdict->sentence);
		if (row->status != OK && strcmp(task.method, "web-page") == 0)
			assert_int_equal(scene.trial.world.contact_count, 0);
		scene_end(&scene);
	}
}

/* Without an anchor above it a name is neither secure nor insecure, and so not believed. */
static void test_no_anchor_above(void **state)
{
	(void)state;
	struct scene scene;
	scene_begin(&scene);
	char *line = tree_anchor(scene.tree, "signed.test.", LDNS_RR_TYPE_DNSKEY);
	struct trust_anchors *anchors = NULL;
	assert_int_equal(trust_anchors_read("anchor", slice_text(line), &anchors, NULL), OK);
	struct validation_task task = trial_caa("www.free.test");
	task.anchors = anchors;
	trial_run(&scene.trial, &task);
	assert_int_equal(scene.trial.verdict.status, CAA_UNKNOWN);
	assert_non_null(strstr(scene.trial.verdict.sentence, "no trust anchor covers"));
	trust_anchors_free(anchors);
	free(line);
	scene_end(&scene);
}

/* CAA at three levels; DNSKEY of the root, and DS and DNSKEY of two zones, once each. */
static void test_the_way_is_shared(void **state)
{
	(void)state;
	struct scene scene;
	scene_begin(&scene);
	struct validation_task task = trial_caa("www.signed.test");
	task.anchors = scene.anchors;
	trial_run(&scene.trial, &task);
	assert_int_equal(scene.trial.verdict.status, OK);
	assert_int_equal(scene.trial.world.udp_count, 3 + 1 + 2 * 2);
	scene_end(&scene);
}

static const struct fake_line registry[] = {
	{"127.0.0.1", "test", LINE_ANSWERED, "refer: whois.people.test\ndomain: TEST\n", 0},
	{"127.0.0.1", "people.test", LINE_ANSWERED,
	 "Domain Name: people.test\nRegistrant Email: robin@mihon.example\n", 0},
};

/* The server is asked twice and its address looked up once; contacts in the DNS and the addresses
 * of registries are believed as far as they are proven, like everything else. */
static void test_contacts(void **state)
{
	(void)state;
	static const struct {
		struct tree_lie lie;
		enum status status;
	} tries[] = {
		{{0}, OK},
		{{"people.test", CAA, LIE_NO_SIGNATURES}, DNS_FAILED},
		{{"_validation-contactphone.people.test", TXT, LIE_OTHER_DATA}, DNS_FAILED},
		{{"whois.people.test", A, LIE_NO_SIGNATURES}, DNS_FAILED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(tries); i++) {
		struct scene scene;
		scene_begin(&scene);
		tree_lie(scene.tree, &tries[i].lie);
		scene.trial.world.lines = registry;
		scene.trial.world.line_count = ARRAY_LENGTH(registry);
		scene.trial.world.network.registry.whois_server = "whois.people.test";
		struct validation_task task = trial_caa("people.test");
		task.method = "contacts";
		task.anchors = scene.anchors;
		trial_run(&scene.trial, &task);
		const struct verdict *verdict = &scene.trial.verdict;
		if (verdict->status != tries[i].status)
			fail_msg("%s: %s", status_code(verdict->status), verdict->sentence);
		/* The server is not asked at an address that is not proven. */
		assert_int_equal(
			scene.trial.world.contact_count,
			strcmp(tries[i].lie.name ? tries[i].lie.name : "", "whois.people.test") == 0
				? 0
				: 2);
		scene_end(&scene);
	}
}

/* A second attempt of the same run asks only what is its own. */
static void test_the_way_is_remembered(void **state)
{
	(void)state;
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	struct scene scene;
	scene_begin(&scene);
	scene.trial.memory = memory;
	struct validation_task task = trial_caa("www.signed.test");
	task.anchors = scene.anchors;
	trial_run(&scene.trial, &task);
	size_t first = scene.trial.world.udp_count;
	trial_run(&scene.trial, &task);
	assert_int_equal(scene.trial.verdict.status, OK);
	assert_int_equal(scene.trial.world.udp_count - first, 3);
	scene_end(&scene);
}

/* A false DS answer spoils the attempt that met it, and no later one. */
static void test_what_was_false_is_forgotten(void **state)
{
	(void)state;
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	static const struct tree_lie lie = {"signed.test", DS, LIE_NO_SIGNATURES}, none = {0};
	struct scene scene;
	scene_begin(&scene);
	scene.trial.memory = memory;
	struct validation_task task = trial_caa("signed.test");
	task.anchors = scene.anchors;
	tree_lie(scene.tree, &lie);
	trial_run(&scene.trial, &task);
	assert_int_equal(scene.trial.verdict.status, CAA_UNKNOWN);
	tree_lie(scene.tree, &none);
	trial_run(&scene.trial, &task);
	assert_int_equal(scene.trial.verdict.status, OK);
	scene_end(&scene);
}

/* Signatures are judged at the instant that the evidence holds, whatever the clock says later; a
 * later instant in the evidence finds them expired. */
static void test_the_instant_is_in_the_evidence(void **state)
{
	(void)state;
	struct scene scene;
	scene_begin(&scene);
	struct validation_task task = trial_caa("signed.test");
	task.anchors = scene.anchors;
	trial_run(&scene.trial, &task);
	json_t *evidence = NULL;
	assert_int_equal(json_read(buffer_slice(&scene.trial.evidence), &evidence, NULL), OK);
	json_add_instant(json_object_get(evidence, "trust"), "at",
			 TREE_NOW_S * 1000 + INT64_C(10) * 86400000);
	char *text = json_dumps(evidence, 0);
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	/* The keys of the root are not believed then, so nothing more is asked. */
	assert_int_equal(attempt_decide(slice_text(text), &arena, &record, NULL), EVIDENCE_BROKEN);
	free(text);
	json_decref(evidence);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_anchor_above),
		cmocka_unit_test(test_the_way_is_shared),
		cmocka_unit_test(test_contacts),
		cmocka_unit_test(test_the_way_is_remembered),
		cmocka_unit_test(test_what_was_false_is_forgotten),
		cmocka_unit_test(test_the_instant_is_in_the_evidence),
	};
	return cmocka_run_group_tests_name("validators.signed", tests, NULL, NULL);
}
