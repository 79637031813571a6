/* Manners towards registries, over a wire in the test's own hands. */
#include "net/courtesy.h"

#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ON_WIRE_MAX = 16 };

/* --- the wire --- */

static struct {
	const struct line_ask *line;
	const struct http_ask *http;
	line_done *line_done;
	http_done *http_done;
	void *context;
} wire[ON_WIRE_MAX];
static size_t on_wire; /* in all */

static void wire_line(void *self, const struct line_ask *ask, line_done *done, void *context)
{
	(void)self;
	wire[on_wire].line = ask;
	wire[on_wire].line_done = done;
	wire[on_wire++].context = context;
}

static void wire_http(void *self, const struct http_ask *ask, http_done *done, void *context)
{
	(void)self;
	wire[on_wire].http = ask;
	wire[on_wire].http_done = done;
	wire[on_wire++].context = context;
}

static void wire_says(size_t index, const char *answer)
{
	struct line_reply reply = {
		.outcome = LINE_ANSWERED, .answer = slice_text(answer), .detail = ""};
	wire[index].line_done(wire[index].context, &reply);
}

static void wire_serves(size_t index, int status, const char *body)
{
	struct http_reply reply = {
		.outcome = HTTP_ANSWERED, .status = status, .body = slice_text(body), .detail = ""};
	wire[index].http_done(wire[index].context, &reply);
}

/* --- the asker --- */

static struct event_base *base;
static struct courtesy *courtesy;
static uint64_t delivered;

static int setup(void **state)
{
	(void)state;
	struct courtesy_wire ends = {NULL, wire_line, wire_http};
	on_wire = 0;
	memset(wire, 0, sizeof(wire));
	delivered = 0;
	base = event_base_new();
	courtesy = courtesy_new(base, &delivered, &ends);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	courtesy_free(courtesy);
	event_base_free(base);
	return 0;
}

struct asked {
	struct line_ask line;
	struct http_ask http;
	int done;
	char answer[64];
	int64_t age_ms;
	struct asked *then; /* asked from the completion */
};

static bool worth(struct slice answer)
{
	return slice_find(answer, slice_text("good")) >= 0;
}

static void take_line(void *context, const struct line_reply *reply)
{
	struct asked *asked = context;
	asked->done++;
	asked->age_ms = reply->age_ms;
	(void)snprintf(asked->answer, sizeof(asked->answer), "%.*s", (int)reply->answer.length,
		       (const char *)reply->answer.data);
	if (asked->then)
		courtesy_line_query(courtesy, &asked->then->line, take_line, asked->then);
}

static void take_http(void *context, const struct http_reply *reply)
{
	struct asked *asked = context;
	asked->done++;
	(void)snprintf(asked->answer, sizeof(asked->answer), "%.*s", (int)reply->body.length,
		       (const char *)reply->body.data);
}

static void prepare(struct asked *asked, const char *address, const char *line, int per_minute)
{
	*asked = (struct asked){.line = {.line = line,
					 .connect_to.port = 43,
					 .manners = {.per_minute = per_minute}}};
	assert_int_equal(address_parse(address, &asked->line.connect_to.address), OK);
}

static void ask(struct asked *asked)
{
	courtesy_line_query(courtesy, &asked->line, take_line, asked);
	assert_int_equal(asked->done, 0);
}

static void turn(void)
{
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
}

static void test_pace(void **state)
{
	(void)state;
	struct pace pace = {.count = 0};
	assert_int_equal(pace_wait_ms(&pace, 2, 1000), 0);
	pace_note(&pace, 1000);
	assert_int_equal(pace_wait_ms(&pace, 2, 1500), 0);
	pace_note(&pace, 1500);
	/* A third leaves when the first is a minute old. */
	assert_int_equal(pace_wait_ms(&pace, 2, 1500), MINUTE_MS - 500);
	assert_int_equal(pace_wait_ms(&pace, 2, 1000 + MINUTE_MS - 1), 1);
	assert_int_equal(pace_wait_ms(&pace, 2, 1000 + MINUTE_MS), 0);
	pace_note(&pace, 1000 + MINUTE_MS);
	assert_int_equal(pace_wait_ms(&pace, 2, 1000 + MINUTE_MS), 500);
	/* No number said is not no limit. */
	for (int i = 0; i < COURTESY_PER_MINUTE_MAX; i++)
		pace_note(&pace, 100000);
	assert_int_equal(pace_wait_ms(&pace, 0, 100000), MINUTE_MS);
}

static void test_one_at_a_time(void **state)
{
	(void)state;
	struct asked first, second, other;
	prepare(&first, "192.0.2.1", "a", 60);
	prepare(&second, "192.0.2.1", "b", 60);
	prepare(&other, "192.0.2.2", "c", 60);
	ask(&first);
	ask(&second);
	ask(&other);
	assert_int_equal(on_wire, 2);
	assert_string_equal(wire[0].line->line, "a");
	assert_string_equal(wire[1].line->line, "c");
	wire_says(0, "one");
	assert_int_equal(first.done, 1);
	assert_string_equal(first.answer, "one");
	assert_int_equal(on_wire, 3);
	assert_string_equal(wire[2].line->line, "b");
	wire_says(2, "two");
	wire_says(1, "three");
	assert_string_equal(second.answer, "two");
	assert_string_equal(other.answer, "three");
}

static void test_so_many_a_minute(void **state)
{
	(void)state;
	struct asked asked[3];
	for (size_t i = 0; i < 3; i++) {
		prepare(&asked[i], "192.0.2.1", "a", 2);
		ask(&asked[i]);
	}
	wire_says(0, "one");
	wire_says(1, "two");
	turn();
	assert_int_equal(on_wire, 2);
	assert_int_equal(asked[2].done, 0);
}

/* Twenty names under one domain ask IANA once. */
static void test_remembered(void **state)
{
	(void)state;
	struct asked asked[3];
	for (size_t i = 0; i < 3; i++) {
		prepare(&asked[i], "192.0.2.1", "jp", 1);
		asked[i].line.manners.reuse_ms = MINUTE_MS;
		asked[i].line.manners.reusable = worth;
		ask(&asked[i]);
	}
	wire_says(0, "good news");
	assert_int_equal(asked[1].done, 0);
	turn();
	assert_int_equal(on_wire, 1);
	assert_int_equal(delivered, 2);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(asked[i].answer, "good news");
	/* Another question is another answer. */
	struct asked other;
	prepare(&other, "192.0.2.2", "jp", 1);
	other.line.manners.reuse_ms = MINUTE_MS;
	ask(&other);
	assert_int_equal(on_wire, 2);
	wire_says(1, "fresh");
}

static void test_not_worth_it(void **state)
{
	(void)state;
	struct asked first, second;
	prepare(&first, "192.0.2.1", "jp", 60);
	prepare(&second, "192.0.2.1", "jp", 60);
	first.line.manners.reuse_ms = second.line.manners.reuse_ms = MINUTE_MS;
	first.line.manners.reusable = second.line.manners.reusable = worth;
	ask(&first);
	ask(&second);
	wire_says(0, "too many queries");
	assert_int_equal(on_wire, 2);
	wire_says(1, "good news");
	assert_string_equal(second.answer, "good news");
}

static void test_too_old(void **state)
{
	(void)state;
	struct asked first, second;
	prepare(&first, "192.0.2.1", "jp", 60);
	prepare(&second, "192.0.2.1", "jp", 60);
	first.line.manners.reuse_ms = MINUTE_MS;
	ask(&first);
	wire_says(0, "good news");
	/* Nothing is younger than that. */
	second.line.manners.reuse_ms = -1;
	ask(&second);
	assert_int_equal(on_wire, 2);
	wire_says(1, "later");
	assert_string_equal(second.answer, "later");
}

static void test_pages(void **state)
{
	(void)state;
	struct asked asked[3];
	for (size_t i = 0; i < 3; i++) {
		prepare(&asked[i], "192.0.2.1", "", 60);
		asked[i].http = (struct http_ask){
			.host = "data.example",
			.port = 443,
			.target = "/dns.json",
			.connect_to = asked[i].line.connect_to,
			.trust = i == 2 ? HTTP_ANY_SERVER : HTTP_VERIFIED_SERVER,
			.manners = {.per_minute = 60, .reuse_ms = MINUTE_MS},
		};
		courtesy_http_fetch(courtesy, &asked[i].http, take_http, &asked[i]);
	}
	wire_serves(0, 200, "table");
	turn();
	assert_string_equal(asked[1].answer, "table");
	/* What an unverified server says is another question. */
	assert_int_equal(on_wire, 2);
	wire_serves(1, 500, "sorry");
	/* An error is not remembered. */
	asked[2].done = 0;
	courtesy_http_fetch(courtesy, &asked[2].http, take_http, &asked[2]);
	assert_int_equal(on_wire, 3);
	wire_serves(2, 200, "other");
	assert_string_equal(asked[2].answer, "other");
}

/* A completion that asks again waits for its turn like any other. */
static void test_asked_again(void **state)
{
	(void)state;
	struct asked first, second;
	prepare(&first, "192.0.2.1", "a", 60);
	prepare(&second, "192.0.2.1", "b", 60);
	first.then = &second;
	ask(&first);
	wire_says(0, "one");
	assert_int_equal(on_wire, 2);
	assert_int_equal(second.done, 0);
	wire_says(1, "two");
	assert_string_equal(second.answer, "two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pace),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_so_many_a_minute, setup, teardown),
		cmocka_unit_test_setup_teardown(test_remembered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_worth_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_old, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked_again, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
