/*
 * The web page method: each row is one world, the verdict expected, and the
 * addresses that must or must not be contacted on the way.
 */
#include "tests/validators/boulder.h"
#include "tests/validators/trial.h"

#include "net/dns_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SITE "www.example.com"
#define V4 "198.41.0.4"
#define V6 "2001:500:2::c"
#define OTHER_V4 "192.33.4.12"
#define OK_PAGE .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_VALUE
#define REDIRECT(code, where)                                                                      \
	.outcome = HTTP_ANSWERED, .status = code, .headers = "Location: " where "\r\n"
#define AT(where) .host = where, .target = TRIAL_PATH

enum { ROWS_MAX = 6 };

struct row {
	const char *what;
	enum status status;
	const char *part;      /* of the sentence or the hint */
	const char *contacted; /* an address that must have been contacted */
	const char *untouched; /* an address that must not */
	size_t contact_count;
	struct fake_dns dns[ROWS_MAX];
	struct fake_page pages[ROWS_MAX];
};

#define A(name, address)                                                                           \
	{                                                                                          \
		name, DNS_TYPE_A, FAKE_ANSWER, {name ". 60 IN A " address}, 0                      \
	}
#define AAAA(name, address)                                                                        \
	{                                                                                          \
		name, DNS_TYPE_AAAA, FAKE_ANSWER, {name ". 60 IN AAAA " address}, 0                \
	}
#define BAD(name, type, kind)                                                                      \
	{                                                                                          \
		name, type, kind, {NULL}, 0                                                        \
	}

/* clang-format off */
static const struct row rows[] = {
	{"over IPv4", OK, "http://" SITE TRIAL_PATH " at " V4 " answered 200 with the expected value", V4, NULL, 1,
	 {A(SITE, V4)}, {{AT(SITE), OK_PAGE}}},
	{"over IPv6 first", OK, NULL, V6, V4, 1, {A(SITE, V4), AAAA(SITE, V6)}, {{AT(SITE), OK_PAGE}}},
	{"IPv4 after a refused IPv6", OK, V6 " took no connection; then", V4, NULL, 2, {A(SITE, V4), AAAA(SITE, V6)},
	 {{AT(SITE), .address = V6, .outcome = HTTP_CONNECT_FAILED}, {AT(SITE), OK_PAGE}}},
	{"IPv4 after a silent IPv6", OK, NULL, V4, NULL, 2, {A(SITE, V4), AAAA(SITE, V6)},
	 {{AT(SITE), .address = V6, .outcome = HTTP_TIMED_OUT}, {AT(SITE), OK_PAGE}}},
	{"no IPv4 after an answer over IPv6", PAGE_MISSING, "answered 404", V6, V4, 1, {A(SITE, V4), AAAA(SITE, V6)},
	 {{AT(SITE), .address = V6, .outcome = HTTP_ANSWERED, .status = 404}, {AT(SITE), OK_PAGE}}},
	{"no IPv4 after half an answer", TIMED_OUT, NULL, V6, V4, 1, {A(SITE, V4), AAAA(SITE, V6)},
	 {{AT(SITE), .address = V6, .outcome = HTTP_TIMED_OUT, .status = 200}, {AT(SITE), OK_PAGE}}},
	{"one address of a family only", CONNECT_FAILED, NULL, V4, OTHER_V4, 1,
	 {{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A " V4, SITE ". 60 IN A " OTHER_V4}, 0}},
	 {{AT(SITE), .address = OTHER_V4, OK_PAGE}}},
	{"IPv6 not in the DNS for failure", OK, NULL, V4, NULL, 1,
	 {A(SITE, V4), BAD(SITE, DNS_TYPE_AAAA, FAKE_SERVFAIL)}, {{AT(SITE), OK_PAGE}}},
	{"through an alias", OK, "at " V4, V4, NULL, 1,
	 {{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN CNAME h.example.net."}, 0}, A("h.example.net", V4)},
	 {{AT(SITE), OK_PAGE}}},

	{"trailing white space", OK, NULL, V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_VALUE " \t\r\n\n"}}},
	{"any 2xx", OK, "answered 206", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 206, .body = TRIAL_VALUE}}},
	{"leading white space", PAGE_WRONG, "24 bytes", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = "\r\n" TRIAL_VALUE}}},
	{"another value", PAGE_WRONG, "4 bytes \"?no?\", not with", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = "\001no\n"}}},
	{"the value and more", PAGE_WRONG, NULL, V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_VALUE "x"}}},
	{"half the value", PAGE_WRONG, NULL, V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = "Zm9v"}}},
	{"an empty page", PAGE_WRONG, "0 bytes \"\"", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200}}},
	{"no interpretation of the page", PAGE_WRONG, "%s%n%2F", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = "%s%n%2F"}}},
	{"too long", PAGE_TOO_LONG, "more than 4096 bytes", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), OK_PAGE, .body_cut = true}}},
	{"the value with status 404", PAGE_MISSING, "answered 404", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 404, .body = TRIAL_VALUE}}},
	{"410", PAGE_MISSING, "answered 410", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 410}}},
	{"500", PAGE_MISSING, NULL, V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 500}}},

	{"301 to https", OK, "https://" SITE "/v at " V4 " answered 200 with the expected value after 1 redirect", V4, NULL, 2,
	 {A(SITE, V4)}, {{AT(SITE), REDIRECT(301, "https://" SITE "/v")}, {.host = SITE, .target = "/v", OK_PAGE}}},
	{"302, relative", OK, NULL, V4, NULL, 2, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(302, "x?y#z")}, {.host = SITE, .target = "/.well-known/pki-validation/x?y", OK_PAGE}}},
	{"307 to another host", OK, NULL, OTHER_V4, NULL, 2, {A(SITE, V4), A("h.example.net", OTHER_V4)},
	 {{AT(SITE), REDIRECT(307, "//H.Example.NET/v")}, {.host = "h.example.net", .target = "/v", OK_PAGE}}},
	{"308 to an address", OK, "http://" OTHER_V4 "/v", OTHER_V4, NULL, 2, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(308, "http://" OTHER_V4 "/v")}, {.host = OTHER_V4, .target = "/v", OK_PAGE}}},
	{"303", REDIRECT_REFUSED, "answered 303, only 301", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(303, "/v")}, {.host = SITE, .target = "/v", OK_PAGE}}},
	{"no Location", REDIRECT_REFUSED, "no Location", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 301, .headers = "X-Location: /v\r\n"}}},
	{"two Locations", REDIRECT_REFUSED, "2 Location headers", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 301, .headers = "Location: /v\r\nlocation: /v\r\n"}}},
	{"folded Location", REDIRECT_REFUSED, "two lines", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), .outcome = HTTP_ANSWERED, .status = 301, .headers = "Location: /v\r\n w\r\n"}}},
	{"empty Location", REDIRECT_REFUSED, "empty", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), REDIRECT(301, "")}}},
	{"another scheme", REDIRECT_REFUSED, "gopher", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), REDIRECT(301, "gopher://" SITE "/")}}},
	{"another port", REDIRECT_REFUSED, "port 8080 is not an authorized port", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "http://" SITE ":8080/v")}}},
	{"port 443 over http", OK, NULL, V4, NULL, 2, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "http://" SITE ":443/v")}, {.host = SITE, .target = "/v", OK_PAGE}}},
	{"a user in the URL", REDIRECT_REFUSED, "names a user", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), REDIRECT(301, "http://a:b@" SITE "/v")}}},
	{"redirect for ever", REDIRECT_REFUSED, "redirect 11 of at most 10", V4, NULL, 11, {A(SITE, V4)}, {{AT(SITE), REDIRECT(301, TRIAL_PATH)}}},
	{"the value in the redirect", REDIRECT_REFUSED, "would hold the value", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "/echo?" TRIAL_VALUE)}, {.host = SITE, .target = "/echo?" TRIAL_VALUE, OK_PAGE}}},
	{"the value in the redirect, encoded", REDIRECT_REFUSED, "would hold the value", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "/echo?%5Am9vYmFyMTIzNDU2Nzg5MA")}}},
	{"the value in the request", PAGE_WRONG, "request sent", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), OK_PAGE, .request = "GET /x HTTP/1.1\r\nHost: x\r\nX: " TRIAL_VALUE "\r\n\r\n"}}},

	{"private address", ADDRESS_REFUSED, "10.0.0.1, which is never contacted", NULL, "10.0.0.1", 0, {A(SITE, "10.0.0.1")}, {{AT(SITE), OK_PAGE}}},
	{"metadata service", ADDRESS_REFUSED, NULL, NULL, "169.254.169.254", 0, {A(SITE, "169.254.169.254")}, {{AT(SITE), OK_PAGE}}},
	{"mapped loopback", ADDRESS_REFUSED, NULL, NULL, NULL, 0, {AAAA(SITE, "::ffff:127.0.0.1")}, {{AT(SITE), OK_PAGE}}},
	{"private IPv6, public IPv4", OK, NULL, V4, "fc00::1", 1, {A(SITE, V4), AAAA(SITE, "fc00::1")}, {{AT(SITE), OK_PAGE}}},
	{"private beside public", OK, NULL, V4, "10.0.0.1", 1,
	 {{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A 10.0.0.1", SITE ". 60 IN A " V4}, 0}}, {{AT(SITE), OK_PAGE}}},
	{"redirect to a private address", ADDRESS_REFUSED, "10.0.0.1", V4, "10.0.0.1", 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "http://10.0.0.1/v")}, {.host = "10.0.0.1", .target = "/v", OK_PAGE}}},
	{"redirect to a private name", ADDRESS_REFUSED, "in.example.net", V4, "192.168.0.1", 1, {A(SITE, V4), A("in.example.net", "192.168.0.1")},
	 {{AT(SITE), REDIRECT(301, "http://in.example.net/v")}, {.host = "in.example.net", .target = "/v", OK_PAGE}}},
	{"allowed loopback", OK, NULL, "127.0.0.9", NULL, 1, {A(SITE, "127.0.0.9")}, {{AT(SITE), OK_PAGE}}},

	{"no such name", NAME_NOT_IN_DNS, "the name does not exist", NULL, NULL, 0,
	 {BAD(SITE, DNS_TYPE_A, FAKE_NXDOMAIN), BAD(SITE, DNS_TYPE_AAAA, FAKE_NXDOMAIN)}, {{AT(SITE), OK_PAGE}}},
	{"no address", NAME_NOT_IN_DNS, "no such record", NULL, NULL, 0, {{0}}, {{AT(SITE), OK_PAGE}}},
	{"redirect to nowhere", NAME_NOT_IN_DNS, "gone.example.net has no address", V4, NULL, 1, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "http://gone.example.net/v")}}},
	{"servfail", DNS_FAILED, "SERVFAIL", NULL, NULL, 0,
	 {BAD(SITE, DNS_TYPE_A, FAKE_SERVFAIL), BAD(SITE, DNS_TYPE_AAAA, FAKE_SERVFAIL)}, {{AT(SITE), OK_PAGE}}},
	{"one failed, one empty", DNS_FAILED, "no answer in time", NULL, NULL, 0, {BAD(SITE, DNS_TYPE_A, FAKE_TIMEOUT)}, {{AT(SITE), OK_PAGE}}},
	{"refused connection", CONNECT_FAILED, "took no connection", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), .outcome = HTTP_CONNECT_FAILED}}},
	{"both refused", CONNECT_FAILED, V6 " took no connection; then", V4, NULL, 2, {A(SITE, V4), AAAA(SITE, V6)}, {{AT(SITE), .outcome = HTTP_CONNECT_FAILED}}},
	{"silence", TIMED_OUT, "did not answer in time", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), .outcome = HTTP_TIMED_OUT}}},
	{"not HTTP", CONNECT_FAILED, "does not speak HTTP", V4, NULL, 1, {A(SITE, V4)}, {{AT(SITE), .outcome = HTTP_BROKEN}}},
	{"TLS fails", CONNECT_FAILED, "TLS", V4, NULL, 2, {A(SITE, V4)},
	 {{AT(SITE), REDIRECT(301, "https://" SITE "/v")}, {.host = SITE, .target = "/v", .outcome = HTTP_TLS_FAILED}}},
};
/* clang-format on */

static void fill_world(struct fake_world *world, const struct fake_dns *dns,
		       const struct fake_page *pages, size_t most)
{
	world->dns = dns;
	world->pages = pages;
	while (world->dns_count < most && dns[world->dns_count].name)
		world->dns_count++;
	while (world->page_count < most && pages[world->page_count].host)
		world->page_count++;
}

static void check_row(const struct row *row, enum fake_order order)
{
	struct trial trial;
	trial_init(&trial);
	fill_world(&trial.world, row->dns, row->pages, ROWS_MAX);
	trial.world.order = order;
	struct validation_task task = trial_web_page(SITE);
	trial_run(&trial, &task);
	const struct verdict *verdict = &trial.verdict;
	if (verdict->status != row->status ||
	    (row->part && !strstr(verdict->sentence, row->part) &&
	     !strstr(verdict->hint, row->part)) ||
	    trial.world.contact_count != row->contact_count)
		fail_msg("%s: %s, %zu contacts: %s; %s", row->what, status_code(verdict->status),
			 trial.world.contact_count, verdict->sentence, verdict->hint);
	if (row->contacted && !fake_world_contacted(&trial.world, row->contacted))
		fail_msg("%s: %s was not contacted", row->what, row->contacted);
	if (row->untouched && fake_world_contacted(&trial.world, row->untouched))
		fail_msg("%s: %s was contacted", row->what, row->untouched);
	if (trial.world.contact_count > 0 &&
	    strncmp(trial.world.contacts[0], "http " SITE ":80 ", 8 + sizeof(SITE)) != 0)
		fail_msg("%s: the first request went to %s", row->what, trial.world.contacts[0]);
	assert_string_equal(trial.evidence_kind, "http");
	trial_release(&trial);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		check_row(&rows[i], FAKE_OLDEST_FIRST);
		check_row(&rows[i], FAKE_NEWEST_FIRST);
	}
}

/* A page longer than the limit fails even when its beginning is the value. */
static void test_body_limit(void **state)
{
	(void)state;
	static const struct fake_dns dns[ROWS_MAX] = {A(SITE, V4)};
	static const struct fake_page pages[ROWS_MAX] = {
		{AT(SITE), .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_VALUE "\n\n"}};
	for (int more = 0; more <= 2; more++) {
		struct trial trial;
		trial_init(&trial);
		fill_world(&trial.world, dns, pages, ROWS_MAX);
		struct validation_task task = trial_web_page(SITE);
		task.limits.body_max = (int)strlen(TRIAL_VALUE) + more;
		trial_run(&trial, &task);
		assert_int_equal(trial.verdict.status, more == 2 ? OK : PAGE_TOO_LONG);
		trial_release(&trial);
	}
}

static void test_port_map(void **state)
{
	(void)state;
	static const struct fake_dns dns[ROWS_MAX] = {A(SITE, V4)};
	static const struct fake_page pages[ROWS_MAX] = {
		{AT(SITE), REDIRECT(301, "https://" SITE "/v")},
		{.host = SITE, .target = "/v", OK_PAGE}};
	struct trial trial;
	trial_init(&trial);
	fill_world(&trial.world, dns, pages, ROWS_MAX);
	trial.world.network.ports[0] = (struct port_translation){80, 18080};
	trial.world.network.port_count = 1;
	struct validation_task task = trial_web_page(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	assert_string_equal(trial.world.contacts[0], "http " SITE ":80 @" V4 ":18080");
	assert_string_equal(trial.world.contacts[1], "https " SITE ":443 @" V4 ":443");
	assert_non_null(strstr(buffer_text(&trial.evidence), "\"connect_port\":18080"));
	trial_release(&trial);
}

/* BR 3.2.2.5.1: an address is asked itself, without the DNS, and shows nothing but itself. */
static void test_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *domain;
		enum status status;
		const char *part; /* of the sentence */
		size_t contact_count;
		struct fake_page pages[ROWS_MAX];
	} cases[] = {
		{V4, OK, "http://" V4 TRIAL_PATH " at " V4 " answered 200", 1, {{AT(V4), OK_PAGE}}},
		{V6, OK, "http://[" V6 "]" TRIAL_PATH " at " V6, 1, {{AT(V6), OK_PAGE}}},
		{V4, CONNECT_FAILED, "at " V4, 1, {{AT(SITE), OK_PAGE}}},
		{V4,
		 OK,
		 "https://" V4 "/v at " V4,
		 2,
		 {{AT(V4), REDIRECT(301, "https://" V4 "/v")},
		  {.host = V4, .target = "/v", OK_PAGE}}},
		{V6,
		 OK,
		 "after 1 redirect",
		 2,
		 {{AT(V6), REDIRECT(308, "/v")}, {.host = V6, .target = "/v", OK_PAGE}}},
		{V4,
		 REDIRECT_REFUSED,
		 "away from the address to http://" SITE "/v",
		 1,
		 {{AT(V4), REDIRECT(301, "http://" SITE "/v")},
		  {.host = SITE, .target = "/v", OK_PAGE}}},
		{V4,
		 REDIRECT_REFUSED,
		 "away from the address",
		 1,
		 {{AT(V4), REDIRECT(301, "http://" OTHER_V4 "/v")},
		  {.host = OTHER_V4, .target = "/v", OK_PAGE}}},
		{"10.0.0.1", ADDRESS_REFUSED, "10.0.0.1, which is never", 0, {{0}}},
		{"127.0.0.9", OK, "at 127.0.0.9", 1, {{AT("127.0.0.9"), OK_PAGE}}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		static const struct fake_dns dns[ROWS_MAX] = {A(SITE, V4)};
		struct trial trial;
		trial_init(&trial);
		fill_world(&trial.world, dns, cases[i].pages, ROWS_MAX);
		struct validation_task task = trial_web_page(cases[i].domain);
		trial_run(&trial, &task);
		if (trial.verdict.status != cases[i].status ||
		    !strstr(trial.verdict.sentence, cases[i].part) ||
		    trial.world.contact_count != cases[i].contact_count)
			fail_msg("%zu: %s, %zu contacts: %s", i, status_code(trial.verdict.status),
				 trial.world.contact_count, trial.verdict.sentence);
		assert_int_equal(trial.world.udp_count, 0);
		trial_release(&trial);
	}
}

/* What people are told to publish, and where. */
static void test_publication(void **state)
{
	(void)state;
	static const struct {
		const char *domain;
		const char *url;
	} cases[] = {
		{SITE, "http://" SITE TRIAL_PATH},
		{V4, "http://" V4 TRIAL_PATH},
		{V6, "http://[" V6 "]" TRIAL_PATH},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct arena arena = ARENA_NONE;
		struct publication publication;
		struct validation_task task = trial_web_page(cases[i].domain);
		validator_web_page.publish(&task, &arena, &publication);
		assert_string_equal(publication.url, cases[i].url);
		assert_non_null(strstr(publication.action, cases[i].url));
		arena_release(&arena);
	}
}

static void test_unusable_tasks(void **state)
{
	(void)state;
	struct trial trial;
	trial_init(&trial);
	struct validation_task task = trial_web_page(SITE);
	task.value = "";
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, INTERNAL);
	task = trial_web_page(SITE);
	task.file_name = TRIAL_VALUE;
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, PAGE_WRONG);
	assert_int_equal(trial.world.udp_count, 0);
	trial_release(&trial);
}

static void test_boulder(void **state)
{
	(void)state;
	boulder_test(trial_web_page, TRIAL_PATH, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),      cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_port_map),  cmocka_unit_test(test_unusable_tasks),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_publication),
		cmocka_unit_test(test_boulder),
	};
	return cmocka_run_group_tests_name("validators.web_page", tests, NULL, NULL);
}
