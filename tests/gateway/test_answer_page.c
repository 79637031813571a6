/*
 * The answer page over a real socket, with doubles of the engine's two functions
 * (what they do is tested with them): which requests become an answer, and which
 * never do.
 */
#include "gateway/answer_page.h"

#include "net/clock.h"
#include "tests/gateway/engine_double.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MS = 10000, ANSWER_MAX = 1 << 16, VALUE_MAX_TESTED = 128 };

#define ORIGIN "https://ca.example.jp:8443"

/* ---- the server ---- */

static struct loop *loop;
static struct environment clocked, *world;
static int64_t ahead_ms; /* of the clock that the page sees */
static struct answer_page *page;
static char lines[1 << 16]; /* that were logged */

static int64_t later(void *self)
{
	return clock_monotonic(self) + ahead_ms;
}

static void log_line(void *context, const char *line)
{
	size_t length = strlen(lines);
	(void)context;
	(void)snprintf(lines + length, sizeof(lines) - length, "%s\n", line);
}

static struct engine engine;
static struct configuration_answers answers;

static void serve(void)
{
	struct answer_page_params params = {
		.loop = loop,
		.engine = &engine,
		.answers = &answers,
		.log = log_line,
	};
	struct error err = NO_ERROR;
	answer_page_freep(&page);
	if (answer_page_new(&params, &page, &err) != OK)
		fail_msg("%s", err.sentence);
}

static const struct address_prefix machine = {{ADDRESS_V4, {127}}, 8};

static int setup(void **state)
{
	(void)state;
	memset(&engine_saw, 0, sizeof(engine_saw));
	engine_saw.state = MESSAGE_OPEN;
	engine_saw.may_narrow = true;
	engine_saw.applicant = "Example KK";
	lines[0] = '\0';
	ahead_ms = 0;
	if (loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	clocked = *world;
	clocked.monotonic = later;
	engine.environment = &clocked;
	answers = (struct configuration_answers){
		.url = ORIGIN "/dcv",
		.serves = true,
		.listen = {.address = {ADDRESS_V4, {127, 0, 0, 1}}},
		.proxies = &machine,
		.proxy_count = 1,
		.language = LANGUAGE_JA,
	};
	serve();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	answer_page_freep(&page);
	loop_freep(&loop);
	/* Whatever happened: the value is in no log. */
	assert_null(strstr(lines, VALUE));
	assert_null(strstr(lines, OTHER));
	return 0;
}

/* ---- a client ---- */

/* The answer to a request, whole; static. */
static const char *exchange(const char *request)
{
	static char answer[ANSWER_MAX];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(answer_page_port(page))};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	size_t length = 0;
	int64_t until_ms = clock_monotonic(NULL) + LONG_MS;
	while (clock_monotonic(NULL) < until_ms) {
		world->wait(world->self, clock_monotonic(NULL) + 5);
		ssize_t more = recv(fd, answer + length, sizeof(answer) - 1 - length, MSG_DONTWAIT);
		if (more == 0)
			break;
		length += more > 0 ? (size_t)more : 0;
	}
	assert_true(clock_monotonic(NULL) < until_ms);
	answer[length] = '\0';
	close(fd);
	return answer;
}

static const char *request(const char *method, const char *path, const char *headers,
			   const char *body)
{
	char text[1 << 14];
	(void)snprintf(text, sizeof(text),
		       "%s %s HTTP/1.1\r\nHost: ca.example.jp\r\nConnection: close\r\n%s"
		       "Content-Length: %zu\r\n\r\n%s",
		       method, path, headers, strlen(body), body);
	return exchange(text);
}

static int status_of(const char *answer)
{
	return atoi(answer + strlen("HTTP/1.1 "));
}

/* A browser that has opened the question. */
struct browser {
	char cookie[64], token[128];
};

static void between(const char *text, const char *before, const char *after, char *ret, size_t size)
{
	const char *start = strstr(text, before);
	if (!start)
		fail_msg("no %s in: %.300s", before, text);
	start += strlen(before);
	const char *end = strstr(start, after);
	assert_true(end && (size_t)(end - start) < size);
	(void)snprintf(ret, size, "%.*s", (int)(end - start), start);
}

static void read_page(struct browser *browser, const char *answer)
{
	between(answer, "Set-Cookie: __Host-answer=", ";", browser->cookie,
		sizeof(browser->cookie));
	between(answer, "name=\"token\" value=\"", "\"", browser->token, sizeof(browser->token));
}

static struct browser opened(const char *path)
{
	struct browser browser;
	const char *answer = request("GET", path, "", "");
	assert_int_equal(status_of(answer), 200);
	read_page(&browser, answer);
	return browser;
}

#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"

/* headers besides those of a browser; fields besides the token. */
static const char *post(const struct browser *browser, const char *path, const char *headers,
			const char *fields)
{
	char all[1024], body[1024];
	(void)snprintf(all, sizeof(all), FORM_TYPE "Cookie: x=y; __Host-answer=%s\r\n%s",
		       browser->cookie, headers);
	(void)snprintf(body, sizeof(body), "%s&token=%s", fields, browser->token);
	return request("POST", path, all, body);
}

#define PATH "/answer/" VALUE
#define YES "said=yes&scope=domain&read=on&lang=ja"
#define SITE "Origin: " ORIGIN "\r\nSec-Fetch-Site: same-origin\r\n"

/* ---- looking ---- */

static void looking_changes_nothing(void **state)
{
	static const char *const methods[] = {"GET",     "HEAD",  "PUT",  "DELETE",
					      "OPTIONS", "TRACE", "PATCH"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
		const char *answer =
			request(methods[i], PATH "?said=yes&scope=domain&read=on", "", "");
		assert_int_equal(status_of(answer), i < 2 ? 200 : 405);
		assert_true(i < 2 || strstr(answer, "\r\nAllow: GET, HEAD, POST\r\n"));
	}
	assert_int_equal(engine_saw.answered, 0);
	assert_int_equal(engine_saw.asked, 2);
}

static void a_head_is_a_get_without_body(void **state)
{
	(void)state;
	const char *answer = request("HEAD", PATH, "", "");
	assert_null(strstr(answer, "<html"));
	assert_non_null(strstr(answer, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_null(strstr(answer, "Content-Length: 0\r\n"));
}

static void headers_of_every_page(void **state)
{
	static const char *const paths[] = {PATH, "/answer/unknown", "/", "/robots.txt"};
	static const char *const wanted[] = {
		"Content-Security-Policy: default-src 'none'; style-src 'sha256-",
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n",
		"Cache-Control: no-store\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"X-Frame-Options: DENY\r\n",
		"Referrer-Policy: same-origin\r\n",
		"Cross-Origin-Opener-Policy: same-origin\r\n",
		"Permissions-Policy: ",
		"X-Robots-Tag: noindex",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		const char *answer = request("GET", paths[i], "", "");
		for (size_t j = 0; j < ARRAY_LENGTH(wanted); j++)
			if (!strstr(answer, wanted[j]))
				fail_msg("%s lacks %s", paths[i], wanted[j]);
		/* Without TLS of ours the proxy speaks for its own. */
		assert_null(strstr(answer, "Strict-Transport-Security"));
		assert_null(strstr(answer, "<script"));
	}
}

static void the_value_is_in_no_page(void **state)
{
	(void)state;
	assert_null(strstr(request("GET", PATH, "", ""), VALUE));
	struct browser browser = opened(PATH);
	assert_null(strstr(post(&browser, PATH, SITE, YES), VALUE));
	assert_null(strstr(request("GET", PATH, "", ""), VALUE));
}

static void the_cookie_is_for_us_alone(void **state)
{
	(void)state;
	const char *answer = request("GET", PATH, "", "");
	assert_non_null(strstr(answer, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
	/* The one that the browser has is kept; one that is not ours is not. */
	struct browser browser = opened(PATH);
	char cookie[128];
	(void)snprintf(cookie, sizeof(cookie), "Cookie: __Host-answer=%s\r\n", browser.cookie);
	assert_null(strstr(request("GET", PATH, cookie, ""), "Set-Cookie"));
	assert_non_null(
		strstr(request("GET", PATH, "Cookie: __Host-answer=short\r\n", ""), "Set-Cookie"));
}

static void paths(void **state)
{
	static const struct {
		const char *path;
		int status;
	} rows[] = {
		{"/dcv" PATH, 200},
		{PATH "?", 200},
		{PATH "?lang=%", 200},
		{"/robots.txt", 200},
		{"/", 404},
		{"/answer", 404},
		{"/answer/", 404},
		{PATH "/", 404},
		{PATH "%00", 404},
		{"/answer/a.b", 404},
		{"/dcv/dcv" PATH, 404},
		{"/answer/nobody", 404},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (status_of(request("GET", rows[i].path, "", "")) != rows[i].status)
			fail_msg("%s", rows[i].path);
	/* What is no value is not even looked up. */
	assert_int_equal(engine_saw.asked, 4);
	char longest[VALUE_MAX_TESTED + 16];
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "/answer/", 8);
	longest[8 + VALUE_MAX_TESTED] = '\0';
	assert_int_equal(status_of(request("GET", longest, "", "")), 404);
	assert_int_equal(engine_saw.asked, 5);
	longest[8 + VALUE_MAX_TESTED] = 'a';
	longest[8 + VALUE_MAX_TESTED + 1] = '\0';
	assert_int_equal(status_of(request("GET", longest, "", "")), 404);
	assert_int_equal(engine_saw.asked, 5);
}

static void languages(void **state)
{
	static const struct {
		const char *path, *headers, *language;
	} rows[] = {
		{PATH, "", "ja"},
		{PATH, "Accept-Language: en-GB, ja;q=0.5\r\n", "en"},
		{PATH "?lang=ja", "Accept-Language: en\r\n", "ja"},
		{PATH "?lang=en", "", "en"},
		{PATH "?lang=fr", "Accept-Language: en\r\n", "en"},
		{"/answer/unknown", "Accept-Language: en\r\n", "en"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char header[64], html[64];
		const char *answer = request("GET", rows[i].path, rows[i].headers, "");
		(void)snprintf(header, sizeof(header), "Content-Language: %s\r\n",
			       rows[i].language);
		(void)snprintf(html, sizeof(html), "<html lang=\"%s\"", rows[i].language);
		assert_true(strstr(answer, header) && strstr(answer, html));
	}
}

/* ---- answering ---- */

static void a_yes_is_taken_once(void **state)
{
	(void)state;
	struct browser browser = opened(PATH "?lang=en");
	const char *answer = post(&browser, PATH "?lang=en",
				  SITE "User-Agent: Browser/1\r\nX-Forwarded-For: 198.51.100.7\r\n",
				  "said=yes&scope=names&read=on&lang=en");
	assert_int_equal(status_of(answer), 303);
	assert_non_null(strstr(answer, "\r\nLocation: ?lang=en\r\n"));
	assert_int_equal(engine_saw.answered, 1);
	assert_int_equal(engine_saw.said, ANSWER_YES);
	assert_int_equal(engine_saw.scope, ANSWER_FOR_NAMES);
	assert_string_equal(engine_saw.client, "198.51.100.7");
	assert_string_equal(engine_saw.agent, "Browser/1");
	assert_string_equal(engine_saw.language, "en");
	assert_non_null(strstr(engine_saw.page, "Do you agree to a certificate for example.jp?\n"));
	assert_non_null(strstr(engine_saw.page, "Example KK\n"));
	/* The same form again, and any other, says what was answered. */
	answer = post(&browser, PATH "?lang=en", SITE, "said=no&read=on&lang=en");
	assert_int_equal(status_of(answer), 200);
	assert_non_null(strstr(answer, "Yes, I agree"));
	answer = request("GET", PATH, "Accept-Language: en\r\n", "");
	assert_int_equal(status_of(answer), 200);
	assert_non_null(strstr(answer, "Your answer is recorded"));
	assert_null(strstr(answer, "<form"));
	assert_int_equal(engine_saw.answered, 1);
}

static void every_answer(void **state)
{
	static const struct {
		const char *fields;
		bool may_narrow;
		enum answer_said said;
		enum answer_scope scope;
	} rows[] = {
		{YES, true, ANSWER_YES, ANSWER_FOR_DOMAIN},
		{"said=yes&read=on&lang=ja", false, ANSWER_YES, ANSWER_FOR_DOMAIN},
		{"said=yes&read=on&scope=names&lang=ja", false, ANSWER_YES, ANSWER_FOR_DOMAIN},
		{"said=no&read=on&lang=ja", true, ANSWER_NO, ANSWER_FOR_DOMAIN},
		{"said=not-me&scope=names&read=on&lang=ja", true, ANSWER_NOT_ME, ANSWER_FOR_DOMAIN},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		engine_saw.state = MESSAGE_OPEN;
		engine_saw.may_narrow = rows[i].may_narrow;
		struct browser browser = opened(PATH);
		/* Browsers that say neither Origin nor Sec-Fetch-Site are believed by their token.
		 */
		assert_int_equal(status_of(post(&browser, PATH, "", rows[i].fields)), 303);
		assert_int_equal(engine_saw.answered, i + 1);
		assert_int_equal(engine_saw.said, rows[i].said);
		assert_int_equal(engine_saw.scope, rows[i].scope);
	}
}

/* The question is shown again, with a sentence and a form that works. */
static void assert_asked_again(const char *answer, int status, const char *why)
{
	struct browser browser;
	if (status_of(answer) != status || !strstr(answer, "role=\"alert\"") ||
	    engine_saw.answered != 0)
		fail_msg("%s: %.60s", why, answer);
	if (strstr(answer, "Set-Cookie")) {
		read_page(&browser, answer);
		assert_true(browser.token[0]);
	}
}

static void forms_that_lack_something(void **state)
{
	static const char *const fields[] = {
		"said=yes&scope=domain&lang=ja",
		"said=yes&scope=domain&read=off&lang=ja",
		"scope=domain&read=on&lang=ja",
		"said=maybe&scope=domain&read=on&lang=ja",
		"said=yes&read=on&lang=ja",
		"said=yes&scope=all&read=on&lang=ja",
		"said=yes&said=no&scope=domain&read=on&lang=ja",
		"lang=ja",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		ahead_ms += 60000;
		struct browser browser = opened(PATH);
		assert_asked_again(post(&browser, PATH, SITE, fields[i]), 400, fields[i]);
	}
}

static void forms_from_elsewhere(void **state)
{
	static const char *const headers[] = {
		"Origin: https://evil.example\r\n",
		"Origin: null\r\n",
		"Origin: http://ca.example.jp:8443\r\n",
		"Origin: " ORIGIN "0\r\n",
		"Origin: " ORIGIN "\r\nOrigin: " ORIGIN "\r\n",
		"Sec-Fetch-Site: cross-site\r\n",
		"Sec-Fetch-Site: same-site\r\n",
		"Sec-Fetch-Site: none\r\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(headers); i++) {
		ahead_ms += 60000;
		struct browser browser = opened(PATH);
		assert_asked_again(post(&browser, PATH, headers[i], YES), 403, headers[i]);
	}
}

static void tokens_of_something_else(void **state)
{
	(void)state;
	struct browser mine = opened(PATH), other = opened("/answer/" OTHER), mixed;
	/* Of another question. */
	assert_asked_again(post(&other, PATH, SITE, YES), 403, "another value");
	/* Of another browser; or none, as when cookies are not sent. */
	mixed = mine;
	memcpy(mixed.cookie, other.cookie, sizeof(mixed.cookie));
	assert_asked_again(post(&mixed, PATH, SITE, YES), 403, "another browser");
	char body[512];
	(void)snprintf(body, sizeof(body), YES "&token=%s", mine.token);
	assert_asked_again(request("POST", PATH, FORM_TYPE, body), 403, "no cookie");
	/* None, two, or one of no form. */
	mixed = mine;
	mixed.token[0] = '\0';
	assert_asked_again(post(&mixed, PATH, SITE, YES), 403, "no token");
	assert_asked_again(post(&mine, PATH, SITE, YES "&token=a"), 403, "two tokens");
	/* Of the page in the other language. */
	assert_asked_again(post(&mine, PATH, SITE, "said=yes&scope=domain&read=on&lang=en"), 403,
			   "another language");
	/* Of a server before this one. */
	serve();
	assert_asked_again(post(&mine, PATH, SITE, YES), 403, "another server");
	struct browser fresh = opened(PATH);
	assert_int_equal(status_of(post(&fresh, PATH, SITE, YES)), 303);
}

static void a_form_that_is_too_old(void **state)
{
	(void)state;
	struct browser browser = opened(PATH);
	ahead_ms = 30 * 60 * 1000 + 1000;
	const char *answer = post(&browser, PATH, SITE, YES);
	assert_asked_again(answer, 403, "too old");
	/* The page that says so has a form of now. */
	between(answer, "name=\"token\" value=\"", "\"", browser.token, sizeof(browser.token));
	assert_int_equal(status_of(post(&browser, PATH, SITE, YES)), 303);
}

/* Somebody is asked for one thing and must not have agreed to another. */
static void a_question_that_changed_meanwhile(void **state)
{
	(void)state;
	struct browser browser = opened(PATH);
	engine_saw.applicant = "Somebody Else KK";
	const char *answer = post(&browser, PATH, SITE, YES);
	assert_asked_again(answer, 403, "changed");
	assert_non_null(strstr(answer, "Somebody Else KK"));
	between(answer, "name=\"token\" value=\"", "\"", browser.token, sizeof(browser.token));
	assert_int_equal(status_of(post(&browser, PATH, SITE, YES)), 303);
	assert_non_null(strstr(engine_saw.page, "Somebody Else KK"));
}

static void bodies_that_are_no_forms(void **state)
{
	(void)state;
	struct browser browser = opened(PATH);
	char headers[256], body[512];
	(void)snprintf(body, sizeof(body), YES "&token=%s", browser.token);
	static const char *const types[] = {"", "Content-Type: text/plain\r\n",
					    "Content-Type: multipart/form-data\r\n",
					    "Content-Type: application/x-www-form-urlencodedx\r\n"};
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		(void)snprintf(headers, sizeof(headers), "%sCookie: __Host-answer=%s\r\n", types[i],
			       browser.cookie);
		assert_asked_again(request("POST", PATH, headers, body), 403, types[i]);
	}
	assert_asked_again(post(&browser, PATH, SITE, YES "&a=%zz"), 403, "a broken escape");
	char big[6000];
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(status_of(request("POST", PATH, FORM_TYPE, big)), 413);
	assert_int_equal(engine_saw.answered, 0);
}

static void questions_that_are_closed(void **state)
{
	static const struct {
		enum message_state state;
		bool expired;
		int status;
	} rows[] = {
		{MESSAGE_YES, false, 200},  {MESSAGE_NO, true, 200},   {MESSAGE_NOT_ME, false, 200},
		{MESSAGE_VOID, false, 410}, {MESSAGE_OPEN, true, 410},
	};
	(void)state;
	struct browser browser = opened(PATH);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		engine_saw.state = rows[i].state;
		engine_saw.expired = rows[i].expired;
		assert_int_equal(status_of(request("GET", PATH, "", "")), rows[i].status);
		assert_int_equal(status_of(post(&browser, PATH, SITE, YES)), rows[i].status);
	}
	assert_int_equal(engine_saw.answered, 0);
	assert_int_equal(status_of(request("POST", "/answer/unknown", FORM_TYPE, YES)), 404);
}

/* Nothing of it is told to the reader; the operator has the sentence. */
static void an_engine_that_fails(void **state)
{
	(void)state;
	engine_saw.fails = STORE_LOCKED;
	const char *answer = request("GET", PATH, "", "");
	assert_int_equal(status_of(answer), 503);
	assert_non_null(strstr(answer, "\r\nRetry-After: "));
	assert_null(strstr(answer, "the store is"));
	assert_non_null(strstr(lines, "store-locked: the store is somewhere else\n"));
}

/* ---- limits ---- */

static void one_client_asks_too_often(void **state)
{
	int served = 0;
	(void)state;
	for (int i = 0; i < 80; i++)
		served += status_of(request("GET", PATH, "X-Forwarded-For: 198.51.100.7\r\n",
					    "")) == 200;
	assert_in_range(served, 60, 70);
	const char *answer = request("GET", PATH, "X-Forwarded-For: 198.51.100.7\r\n", "");
	assert_int_equal(status_of(answer), 429);
	assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
	assert_int_equal(status_of(request("GET", PATH, "X-Forwarded-For: 198.51.100.8\r\n", "")),
			 200);
	/* Posts are counted apart, and fewer. */
	served = 0;
	for (int i = 0; i < 20; i++)
		served += status_of(request("POST", PATH, "X-Forwarded-For: 198.51.100.7\r\n",
					    "")) == 403;
	assert_in_range(served, 10, 12);
}

static void what_is_logged(void **state)
{
	(void)state;
	(void)request("GET", PATH, "X-Forwarded-For: 198.51.100.7\r\n", "");
	(void)request("GET", "/wp-login.php", "", "");
	assert_non_null(strstr(lines, "GET /answer/... 200 198.51.100.7 "));
	assert_non_null(strstr(lines, "GET (another path) 404 127.0.0.1 "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(looking_changes_nothing),
		TEST(a_head_is_a_get_without_body),
		TEST(headers_of_every_page),
		TEST(the_value_is_in_no_page),
		TEST(the_cookie_is_for_us_alone),
		TEST(paths),
		TEST(languages),
		TEST(a_yes_is_taken_once),
		TEST(every_answer),
		TEST(forms_that_lack_something),
		TEST(forms_from_elsewhere),
		TEST(tokens_of_something_else),
		TEST(a_form_that_is_too_old),
		TEST(a_question_that_changed_meanwhile),
		TEST(bodies_that_are_no_forms),
		TEST(questions_that_are_closed),
		TEST(an_engine_that_fails),
		TEST(one_client_asks_too_often),
		TEST(what_is_logged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
