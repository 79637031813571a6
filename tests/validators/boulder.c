/* Boulder's http-01 cases: see boulder.h. */
#include "tests/validators/boulder.h"

#include "net/dns_message.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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
/* The body stands for the value of the task. */
#define OK_PAGE .outcome = HTTP_ANSWERED, .status = 200, .body = TRIAL_VALUE
#define REDIRECT(code, where)                                                                      \
	.outcome = HTTP_ANSWERED, .status = code, .headers = "Location: " where "\r\n"

enum { CORPUS_HEADER = 4096 };

/* The world of Boulder's tests: its hosts, and the pages that its server answers with. */
static const struct fake_dns boulder_dns[] = {
	A("example.com", "127.0.0.1"),
	A("ipv4.and.ipv6.localhost", "127.0.0.1"),
	AAAA("ipv4.and.ipv6.localhost", "::1"),
	AAAA("ipv6.localhost", "::1"),
	A("cpu.letsencrypt.org", "127.0.0.1"),
	BAD("always.invalid", DNS_TYPE_A, FAKE_NXDOMAIN),
	BAD("always.invalid", DNS_TYPE_AAAA, FAKE_NXDOMAIN),
};

static char long_location[CORPUS_HEADER];

static struct validation_task (*task_of)(const char *domain);
static const char *first_path;

/* clang-format off */
static const struct fake_page boulder_pages[] = {
	{.host = "example.com", .target = "/timeout", .outcome = HTTP_TIMED_OUT},
	{.host = "example.com", .target = "/loop", REDIRECT(301, "/loop")},
	{.host = "example.com", .target = "/max-redirect/0", REDIRECT(301, "/max-redirect/0?1")},
	{.host = "example.com", .target = "/max-redirect/0?1", REDIRECT(301, "/max-redirect/0?1")},
	{.host = "example.com", .target = "/redir-bad-proto", REDIRECT(301, "gopher://example.com")},
	{.host = "example.com", .target = "/redir-bad-port", REDIRECT(301, "https://example.com:1987")},
	{.host = "example.com", .target = "/redir-bare-ipv4", REDIRECT(301, "http://127.0.0.1/ok")},
	{.host = "ipv6.localhost", .target = "/redir-bare-ipv6", REDIRECT(301, "http://[::1]/ok")},
	{.host = "example.com", .target = "/redir-path-too-long", .outcome = HTTP_ANSWERED, .status = 301, .headers = long_location},
	{.host = "example.com", .target = "/bad-status-code", .outcome = HTTP_ANSWERED, .status = 410},
	{.host = "example.com", .target = "/303-see-other", REDIRECT(303, "http://example.org/303-see-other")},
	{.host = "example.com", .target = "/resp-too-big", OK_PAGE, .body_cut = true},
	{.host = "example.com", .target = "/redir-uppercase-publicsuffix", REDIRECT(301, "http://example.COM/ok")},
	{.host = "example.com", .target = "/printf-verbs", .outcome = HTTP_ANSWERED, .status = 200, .body = "%2F.well-known%2Faaaaaaaa"},
	{.host = "ipv6.localhost", .target = "/ok", .outcome = HTTP_CONNECT_FAILED},
	{.host = "ipv4.and.ipv6.localhost", .target = "/ok", .address = "::1", .outcome = HTTP_CONNECT_FAILED},
	{.host = "ipv4.and.ipv6.localhost", .target = "/ok", OK_PAGE},
	{.host = "example.com", .target = "/ok", OK_PAGE},
	{.host = "127.0.0.1", .target = "/ok", OK_PAGE},
	{.host = "::1", .target = "/ok", OK_PAGE},
};
/* clang-format on */

/* Our first request goes to first_path, so a case begins with a redirect to its own path. */
static enum status boulder_fetch(const char *domain, const char *location, size_t *ret_contacts)
{
	char headers[CORPUS_HEADER];
	snprintf(headers, sizeof(headers), "Location: %s\r\n", location);
	struct fake_page pages[ARRAY_LENGTH(boulder_pages) + 1];
	memcpy(pages, boulder_pages, sizeof(boulder_pages));
	pages[ARRAY_LENGTH(boulder_pages)] = (struct fake_page){.host = domain,
								.target = first_path,
								.outcome = HTTP_ANSWERED,
								.status = 301,
								.headers = headers};
	struct validation_task task = task_of(domain);
	for (size_t i = 0; i < ARRAY_LENGTH(boulder_pages); i++)
		if (pages[i].body && strcmp(pages[i].body, TRIAL_VALUE) == 0)
			pages[i].body = task.value;
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = boulder_dns;
	trial.world.dns_count = ARRAY_LENGTH(boulder_dns);
	trial.world.pages = pages;
	trial.world.page_count = ARRAY_LENGTH(pages);
	task.limits.redirects_max = 11;
	trial_run(&trial, &task);
	enum status status = trial.verdict.status;
	*ret_contacts = trial.world.contact_count;
	trial_release(&trial);
	return status;
}

/* A target is allowed when it is contacted, whatever is there. */
static size_t score_targets(const json_t *list)
{
	size_t right = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		size_t contacts;
		enum status status =
			boulder_fetch("example.com", json_get_text(one, "redirect_to"), &contacts);
		bool allowed = contacts == 2;
		bool expected = json_is_true(json_object_get(one, "allowed"));
		right += allowed == expected;
		if (allowed != expected)
			printf("%s: %s\n", json_get_text(one, "name"), status_code(status));
	}
	return right;
}

static size_t score_fetches(const json_t *list)
{
	size_t right = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		size_t contacts;
		enum status status = boulder_fetch(json_get_text(one, "identifier"),
						   json_get_text(one, "path"), &contacts);
		bool expected = strcmp(json_get_text(one, "result"), "ok") == 0;
		right += (status == OK) == expected;
		if ((status == OK) != expected)
			printf("%s: %s\n", json_get_text(one, "name"), status_code(status));
	}
	return right;
}

void boulder_test(struct validation_task (*task)(const char *domain), const char *path,
		  const char *over)
{
	if (!corpus_available("http01-boulder"))
		return;
	task_of = task;
	first_path = path;
	/* Boulder's limit is 2000 octets, ours URL_TARGET_MAX. */
	memcpy(long_location, "Location: /", 11);
	memset(long_location + 11, 'a', URL_TARGET_MAX);
	memcpy(long_location + 11 + URL_TARGET_MAX, "\r\n", 3);
	json_t *cases = corpus_json("http01-boulder/cases.json");
	const json_t *targets = json_object_get(cases, "redirect_target");
	const json_t *fetches = json_object_get(cases, "fetch");
	size_t total = json_array_size(targets) + json_array_size(fetches);
	size_t right = score_targets(targets) + score_fetches(fetches);
	printf("corpus http01-boulder%s: %zu of %zu\n", over, right, total);
	assert_int_equal(right, total);
	json_decref(cases);
}
