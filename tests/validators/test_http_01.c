/*
 * http-01: what differs from the web page method (place, key authorization,
 * addresses), the corpora over it, and where it must never go.
 */
#include "tests/csr/corpus.h"
#include "tests/validators/boulder.h"
#include "validators/validator.h"

#include "net/dns_message.h"

#include <ldns/ldns.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE "www.example.com"
#define V4 "198.41.0.4"
#define V6 "2001:500:2::c"
#define PAGE .target = TRIAL_CHALLENGE_PATH, .outcome = HTTP_ANSWERED, .status = 200
#define RIGHT PAGE, .body = TRIAL_KEY_AUTHORIZATION
#define MOVED(where)                                                                               \
	.target = TRIAL_CHALLENGE_PATH, .outcome = HTTP_ANSWERED, .status = 302,                   \
	.headers = "Location: " where "\r\n"

enum { ROWS_MAX = 4, LOCATION_MAX = 1024 };

static const struct fake_dns site_dns[] = {
	{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A " V4}, 0},
	{"l.example.com", DNS_TYPE_A, FAKE_ANSWER, {"l.example.com. 60 IN A 10.0.0.1"}, 0},
	{"l.example.com", DNS_TYPE_AAAA, FAKE_ANSWER, {"l.example.com. 60 IN AAAA fd00::1"}, 0},
};

struct row {
	const char *what;
	const char *domain;
	enum status status;
	const char *part;    /* of the sentence or the hint */
	const char *contact; /* the first, whole; NULL: there must be none */
	size_t contact_count;
	size_t packets; /* asked of the DNS */
	struct fake_page pages[ROWS_MAX];
};

/* clang-format off */
static const struct row rows[] = {
	{"the key authorization", SITE, OK, "http://" SITE TRIAL_CHALLENGE_PATH " at " V4 " answered 200 with the expected value",
	 "http " SITE ":80 @" V4 ":80", 1, 2, {{.host = SITE, RIGHT}}},
	{"trailing white space", SITE, OK, NULL, "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, PAGE, .body = TRIAL_KEY_AUTHORIZATION "\r\n \n"}}},
	{"the token alone", SITE, PAGE_WRONG, "answer with exactly this text: " TRIAL_KEY_AUTHORIZATION, "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, PAGE, .body = TRIAL_TOKEN}}},
	{"of another account", SITE, PAGE_WRONG, "not with the expected value", "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, PAGE, .body = TRIAL_TOKEN ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}},
	{"under the other folder", SITE, CONNECT_FAILED, NULL, "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, .target = TRIAL_PATH, .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_KEY_AUTHORIZATION}}},
	{"the right page with 404", SITE, PAGE_MISSING, "answered 404", "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, .target = TRIAL_CHALLENGE_PATH, .outcome = HTTP_ANSWERED, .status = 404, .body = TRIAL_KEY_AUTHORIZATION}}},
	{"the token in a redirect", SITE, OK, "after 1 redirect", "http " SITE ":80 @" V4 ":80", 2, 4,
	 {{.host = SITE, MOVED("https://" SITE "/x/" TRIAL_TOKEN)}, {.host = SITE, .target = "/x/" TRIAL_TOKEN, .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_KEY_AUTHORIZATION}}},
	{"the key authorization in a redirect", SITE, REDIRECT_REFUSED, "would hold the value", "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, MOVED("/echo?" TRIAL_KEY_AUTHORIZATION)}}},
	{"the key authorization in a redirect, its dot encoded", SITE, REDIRECT_REFUSED, "would hold the value", "http " SITE ":80 @" V4 ":80", 1, 2,
	 {{.host = SITE, MOVED("/echo?" TRIAL_TOKEN "%2e9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI")}}},

	{"an IPv4 address", V4, OK, "http://" V4 TRIAL_CHALLENGE_PATH " at " V4, "http " V4 ":80 @" V4 ":80", 1, 0, {{.host = V4, RIGHT}}},
	{"an IPv6 address", V6, OK, "http://[" V6 "]" TRIAL_CHALLENGE_PATH " at " V6, "http " V6 ":80 @[" V6 "]:80", 1, 0, {{.host = V6, RIGHT}}},
	{"an IPv6 address as people write it", "2001:0500:0002::000C", OK, "http://[" V6 "]/", "http " V6 ":80 @[" V6 "]:80", 1, 0, {{.host = V6, RIGHT}}},
	{"a silent address", V6, TIMED_OUT, "http://[" V6 "]", "http " V6 ":80 @[" V6 "]:80", 1, 0, {{.host = V6, .target = TRIAL_CHALLENGE_PATH, .outcome = HTTP_TIMED_OUT}}},
	{"a redirect from an address to a name", V4, OK, "after 1 redirect", "http " V4 ":80 @" V4 ":80", 2, 2,
	 {{.host = V4, MOVED("http://" SITE "/v")}, {.host = SITE, .target = "/v", .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_KEY_AUTHORIZATION}}},
	{"a private address", "10.0.0.1", ADDRESS_REFUSED, "10.0.0.1, which is never contacted", NULL, 0, 0, {{.host = "10.0.0.1", RIGHT}}},
	{"a mapped address", "::ffff:10.0.0.1", ADDRESS_REFUSED, NULL, NULL, 0, 0, {{0}}},
	{"the documentation's address", "2001:db8::1", ADDRESS_REFUSED, NULL, NULL, 0, 0, {{0}}},
	{"a name with private addresses", "l.example.com", ADDRESS_REFUSED, "never contacted", NULL, 0, 2, {{.host = "l.example.com", RIGHT}}},
	{"no such name", "gone.example.com", NAME_NOT_IN_DNS, "publish an A or AAAA record", NULL, 0, 2, {{0}}},
};
/* clang-format on */

static void check_row(const struct row *row)
{
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = site_dns;
	trial.world.dns_count = ARRAY_LENGTH(site_dns);
	trial.world.pages = row->pages;
	while (trial.world.page_count < ROWS_MAX && row->pages[trial.world.page_count].host)
		trial.world.page_count++;
	struct validation_task task = trial_http_01(row->domain);
	trial_run(&trial, &task);
	const struct verdict *verdict = &trial.verdict;
	if (verdict->status != row->status ||
	    (row->part && !strstr(verdict->sentence, row->part) &&
	     !strstr(verdict->hint, row->part)) ||
	    trial.world.contact_count != row->contact_count ||
	    trial.world.udp_count != row->packets)
		fail_msg("%s: %s, %zu contacts, %zu packets: %s; %s", row->what,
			 status_code(verdict->status), trial.world.contact_count,
			 trial.world.udp_count, verdict->sentence, verdict->hint);
	if (row->contact)
		assert_string_equal(trial.world.contacts[0], row->contact);
	assert_string_equal(trial.evidence_kind, "http");
	trial_release(&trial);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		check_row(&rows[i]);
}

/* Only we can have made a task without a token and its key authorization: nothing is asked. */
static void test_unusable_tasks(void **state)
{
	(void)state;
	static const struct {
		const char *token, *value;
	} cases[] = {
		{NULL, TRIAL_KEY_AUTHORIZATION},
		{TRIAL_TOKEN, NULL},
		{"", "." TRIAL_KEY_AUTHORIZATION},
		{TRIAL_TOKEN, TRIAL_TOKEN},
		{TRIAL_TOKEN, TRIAL_TOKEN "."},
		{TRIAL_TOKEN, TRIAL_KEY_AUTHORIZATION "x"},
		{TRIAL_TOKEN, TRIAL_TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqT="},
		{"Another8q5ONbJQxbmR7SCT", TRIAL_KEY_AUTHORIZATION},
		/* 126 bits at most */
		{"LoqXcYV8q5ONbJQxbmR7S",
		 "LoqXcYV8q5ONbJQxbmR7S.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"},
		{"../../LoqXcYV8q5ONbJQxbmR7S",
		 "../../LoqXcYV8q5ONbJQxbmR7S.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct trial trial;
		trial_init(&trial);
		struct validation_task task = trial_http_01(SITE);
		task.file_name = cases[i].token;
		task.value = cases[i].value;
		trial_run(&trial, &task);
		assert_int_equal(trial.verdict.status, INTERNAL);
		assert_int_equal(trial.world.udp_count + trial.world.contact_count, 0);
		trial_release(&trial);
	}
}

static void test_limits(void **state)
{
	(void)state;
	static const struct fake_page same = {.host = SITE, RIGHT};
	static const struct fake_page round = {.host = SITE, MOVED(TRIAL_CHALLENGE_PATH)};
	int length = (int)strlen(TRIAL_KEY_AUTHORIZATION);
	for (int more = -1; more <= 0; more++) {
		struct trial trial;
		trial_init(&trial);
		trial.world.dns = site_dns;
		trial.world.dns_count = 1;
		trial.world.pages = &same;
		trial.world.page_count = 1;
		struct validation_task task = trial_http_01(SITE);
		task.limits.body_max = length + more;
		trial_run(&trial, &task);
		assert_int_equal(trial.verdict.status, more < 0 ? PAGE_TOO_LONG : OK);
		trial.world.pages = &round;
		task.limits.redirects_max = 3;
		trial_run(&trial, &task);
		assert_int_equal(trial.verdict.status, REDIRECT_REFUSED);
		assert_int_equal(trial.world.contact_count, 4);
		trial_release(&trial);
	}
}

/* The packet that answers a question of the validator's; in out. */
static struct event answer_to(const struct step *step, struct buffer *out)
{
	char record[2 * NAME_TEXT];
	bool v6 = step->dns.type == DNS_TYPE_AAAA;
	snprintf(record, sizeof(record), "%s. 60 IN %s %s", step->dns.name, v6 ? "AAAA" : "A",
		 v6 ? V6 : V4);
	struct fake_dns row = {.name = step->dns.name, .kind = FAKE_ANSWER, .records = {record}};
	ldns_pkt *query = ldns_pkt_query_new(ldns_dname_new_frm_str(step->dns.name),
					     (ldns_rr_type)step->dns.type, LDNS_RR_CLASS_IN, 0);
	uint8_t *wire = NULL;
	size_t length = 0;
	assert_int_equal(ldns_pkt2wire(&wire, query, &length), LDNS_STATUS_OK);
	buffer_clear(out);
	fake_answer(&row, slice_of(wire, length), DNS_UDP, out);
	free(wire);
	ldns_pkt_free(query);
	return (struct event){.kind = STEP_DNS,
			      .id = step->id,
			      .dns = {.outcome = DNS_ANSWERED, .answer = buffer_slice(out)}};
}

/* Of the packets of a validated look-up some may come when the addresses are known: they lead to no
 * second fetch. */
static void test_late_answer(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct validator *validator = validator_find("http-01");
	struct validation_task task = trial_http_01(SITE);
	struct network network = {.server_count = 0};
	struct validation validation;
	struct buffer packet;
	buffer_init(&packet, 4096);
	validation_begin(&validation, validator, &task, &network, &arena);
	assert_int_equal(validation.steps.count, 2);
	for (size_t i = 0; i < 2; i++) {
		struct event event = answer_to(&validation.steps.list[i], &packet);
		validator->advance(&validation, &event);
	}
	assert_int_equal(validation.steps.count, 3);
	assert_int_equal(validation.steps.list[2].kind, STEP_HTTP);
	struct event late = {.kind = STEP_DNS, .id = 77, .dns = {.outcome = DNS_TIMED_OUT}};
	for (int i = 0; i < 3; i++)
		validator->advance(&validation, &late);
	assert_int_equal(validation.steps.count, 3);
	assert_false(validation.finished);
	buffer_release(&packet);
}

static void test_publication(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	static const struct {
		const char *domain, *url;
	} cases[] = {
		{SITE, "http://" SITE TRIAL_CHALLENGE_PATH},
		{V4, "http://" V4 TRIAL_CHALLENGE_PATH},
		{V6, "http://[" V6 "]" TRIAL_CHALLENGE_PATH},
	};
	const struct validator *validator = validator_find("http-01");
	assert_int_equal(validator->place, PUBLISH_FILE);
	assert_int_equal(validator->value, VALUE_KEY_AUTHORIZATION);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct publication publication;
		struct validation_task task = trial_http_01(cases[i].domain);
		validator->publish(&task, &arena, &publication);
		assert_string_equal(publication.url, cases[i].url);
		assert_string_equal(publication.file_name, TRIAL_TOKEN);
		assert_string_equal(publication.content, TRIAL_KEY_AUTHORIZATION);
		assert_non_null(strstr(publication.action, TRIAL_KEY_AUTHORIZATION));
		assert_non_null(strstr(publication.action, cases[i].url));
	}
}

static void test_boulder(void **state)
{
	(void)state;
	boulder_test(trial_http_01, TRIAL_CHALLENGE_PATH, " (http-01)");
}

/* --- where it must never go --- */

/* The worst that a name can do: whatever is asked, the answer is an address inside. */
static void answer_inside(const void *zone, struct slice query, struct buffer *out)
{
	(void)zone;
	ldns_pkt *asked = NULL;
	if (ldns_wire2pkt(&asked, query.data, query.length) != LDNS_STATUS_OK)
		return;
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(asked), 0);
	char *name = ldns_rdf2str(ldns_rr_owner(question));
	bool v6 = ldns_rr_get_type(question) == LDNS_RR_TYPE_AAAA;
	char record[2 * NAME_TEXT];
	snprintf(record, sizeof(record), "%s 60 IN %s %s", name, v6 ? "AAAA" : "A",
		 v6 ? "::ffff:169.254.169.254" : "169.254.169.254");
	struct fake_dns row = {.name = name, .kind = FAKE_ANSWER, .records = {record}};
	fake_answer(&row, query, DNS_UDP, out);
	free(name);
	ldns_pkt_free(asked);
}

/* Connections made because of a redirect to the target, to others than the site itself. */
static size_t connections_to(const char *target)
{
	char headers[LOCATION_MAX];
	snprintf(headers, sizeof(headers), "Location: %s\r\n", target);
	struct fake_page page = {.host = SITE,
				 .target = TRIAL_CHALLENGE_PATH,
				 .outcome = HTTP_ANSWERED,
				 .status = 302,
				 .headers = headers};
	struct trial trial;
	trial_init(&trial);
	trial.world.network.allowed_count = 0;
	trial.world.dns = site_dns;
	trial.world.dns_count = 1;
	trial.world.zone_answer = answer_inside;
	trial.world.pages = &page;
	trial.world.page_count = 1;
	struct validation_task task = trial_http_01(SITE);
	trial_run(&trial, &task);
	size_t count = 0;
	for (size_t i = 0; i < trial.world.contact_count; i++)
		count += strstr(trial.world.contacts[i], "@" V4 ":") == NULL;
	if (count > 0 || trial.verdict.status == OK)
		printf("%s: %s\n", target, trial.verdict.sentence);
	trial_release(&trial);
	return count;
}

static void test_ssrf(void **state)
{
	(void)state;
	static const char *const lists[] = {"must_not_connect_redirect_targets",
					    "must_refuse_scheme",
					    "must_refuse_after_resolution",
					    "must_normalise_or_refuse",
					    "cloud_metadata",
					    "crlf_in_location_or_header"};
	if (!corpus_available("ssrf-url"))
		return;
	json_t *payloads = corpus_json("ssrf-url/payloads.json");
	size_t targets = 0, connections = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		const json_t *list = json_object_get(payloads, lists[i]);
		for (size_t k = 0; k < json_array_size(list); k++, targets++) {
			const json_t *one = json_array_get(list, k);
			char target[LOCATION_MAX];
			const char *name = json_get_text(one, "name");
			snprintf(target, sizeof(target), "%s%.*s%s", name ? "http://" : "",
				 name ? (int)strcspn(name, " ") : 0, name ? name : "",
				 name ? "/" : json_string_value(one));
			connections += connections_to(target);
		}
	}
	printf("corpus ssrf-url: %zu targets, %zu connections\n", targets, connections);
	assert_int_equal(targets, 74);
	assert_int_equal(connections, 0);
	json_decref(payloads);
	/* The harness sees a connection when there is one. */
	assert_int_equal(connections_to("http://192.33.4.12/"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),        cmocka_unit_test(test_unusable_tasks),
		cmocka_unit_test(test_limits),      cmocka_unit_test(test_late_answer),
		cmocka_unit_test(test_publication), cmocka_unit_test(test_boulder),
		cmocka_unit_test(test_ssrf),
	};
	return cmocka_run_group_tests_name("validators.http_01", tests, NULL, NULL);
}
