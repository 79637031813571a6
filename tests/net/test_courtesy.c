/* Manners towards registries, over a wire in the test's own hands. */
#include "net/courtesy.h"

#include "base/civil.h"
#include "net/clock.h"
#include "net/files.h"
#include "net/remembered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	for (int i = 0; i < PACE_PER_MINUTE_MAX; i++)
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

/* --- several runs over one home --- */

static const struct environment disk = {
	.file_write = files_write,
	.file_read = files_read,
	.folder_make = folder_make,
	.file_check = files_check,
	.file_lock = files_lock,
	.file_unlock = files_unlock,
};
static char home[] = "/tmp/test-courtesy-XXXXXX";
static char folder[64];

static const char *path_of(const char *name)
{
	static char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int setup_home(void **state)
{
	memcpy(strrchr(home, '-') + 1, "XXXXXX", 6);
	if (!mkdtemp(home))
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s/registries", home);
	return setup(state);
}

static int teardown_home(void **state)
{
	static const char *const names[] = {"pace", "answers", "lock"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		(void)unlink(path_of(names[i]));
	(void)rmdir(folder);
	(void)rmdir(home);
	return teardown(state);
}

/* The program ends and another begins. */
static void next_run(void)
{
	courtesy_free(courtesy);
	struct courtesy_wire ends = {NULL, wire_line, wire_http};
	on_wire = 0;
	delivered = 0;
	courtesy = courtesy_new(base, &delivered, &ends);
	courtesy_share(courtesy, &disk, folder);
}

static void put(const char *name, const char *text)
{
	assert_int_equal(files_write(NULL, path_of(name), slice_text(text), 0600, NULL), OK);
}

static void ask_jp(struct asked *asked, int64_t reuse_ms)
{
	prepare(asked, "192.0.2.1", "jp", 60);
	asked->line.manners.reuse_ms = reuse_ms;
	asked->line.manners.reusable = worth;
	ask(asked);
}

static void test_pace_of_runs(void **state)
{
	(void)state;
	struct asked asked[4];
	for (size_t run = 0; run < 3; run++) {
		next_run();
		prepare(&asked[run], "192.0.2.1", "a", 2);
		ask(&asked[run]);
		turn();
		assert_int_equal(on_wire, run < 2 ? 1 : 0);
		if (run < 2)
			wire_says(0, "one");
	}
	/* Another server has its own pace. */
	prepare(&asked[3], "192.0.2.2", "a", 2);
	ask(&asked[3]);
	assert_int_equal(on_wire, 1);
	wire_says(0, "two");
	struct stat facts;
	assert_int_equal(stat(path_of("pace"), &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0700);
}

/* A run that holds the file for a moment is waited for, one that never lets go is not. */
static void test_pace_busy(void **state)
{
	(void)state;
	struct pace pace = {.count = 0};
	struct endpoint server = {.port = 43};
	const struct courtesy_home shared = {&disk, folder};
	enum lock_outcome outcome;
	int lock;
	assert_int_equal(address_parse("192.0.2.1", &server.address), OK);
	assert_int_equal(folder_make(NULL, folder, NULL), OK);
	assert_int_equal(files_lock(NULL, path_of("lock"), &outcome, &lock, NULL), OK);
	for (unsigned i = 0; i < PACE_BUSY_TRIES_MAX; i++)
		assert_int_equal(pace_take(&pace, &shared, &server, 1), PACE_BUSY_MS);
	assert_int_equal(pace_take(&pace, &shared, &server, 1), 0);
	files_unlock(NULL, lock);
	assert_true(pace_take(&pace, &shared, &server, 1) > PACE_BUSY_MS);
}

/* What is damaged is not there; what a clock set back left in the future waits a minute at most. */
static void test_pace_damaged(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool waits;
	} rows[] = {
		{"", false},
		{"{", false},
		{"[]", false},
		{"{\"servers\":[]}", false},
		{"{\"servers\":{\"192.0.2.1:43\":{}}}", false},
		{"{\"servers\":{\"192.0.2.1:43\":[\"x\",1,-9223372036854775808]}}", false},
		{"{\"servers\":{\"192.0.2.1:43\":[9000000000000000]}}", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct pace pace = {.count = 0};
		struct endpoint server = {.port = 43};
		const struct courtesy_home shared = {&disk, folder};
		assert_int_equal(address_parse("192.0.2.1", &server.address), OK);
		assert_int_equal(folder_make(NULL, folder, NULL), OK);
		put("pace", rows[i].text);
		int64_t wait_ms = pace_take(&pace, &shared, &server, 1);
		if (rows[i].waits)
			assert_in_range(wait_ms, MINUTE_MS - SECOND_MS, MINUTE_MS);
		else
			assert_int_equal(wait_ms, 0);
	}
}

static void test_remembered_by_runs(void **state)
{
	(void)state;
	struct asked first, second, page[2];
	struct stat facts;
	next_run();
	ask_jp(&first, MINUTE_MS);
	wire_says(0, "good news");
	prepare(&page[0], "192.0.2.9", "", 60);
	page[0].http = (struct http_ask){
		.host = "data.example",
		.port = 443,
		.target = "/dns.json",
		.connect_to = page[0].line.connect_to,
		.trust = HTTP_VERIFIED_SERVER,
		.manners = {.per_minute = 60, .reuse_ms = MINUTE_MS},
	};
	page[1] = page[0];
	courtesy_http_fetch(courtesy, &page[0].http, take_http, &page[0]);
	wire_serves(1, 200, "table");
	assert_int_equal(stat(path_of("answers"), &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0600);
	next_run();
	ask_jp(&second, MINUTE_MS);
	courtesy_http_fetch(courtesy, &page[1].http, take_http, &page[1]);
	turn();
	assert_int_equal(on_wire, 0);
	assert_string_equal(second.answer, "good news");
	assert_string_equal(page[1].answer, "table");
	/* Readable by others, it may be by others. */
	next_run();
	assert_int_equal(chmod(path_of("answers"), 0644), 0);
	ask_jp(&second, MINUTE_MS);
	turn();
	assert_int_equal(on_wire, 1);
	wire_says(0, "good too");
}

/* "Z29vZA==" is "good", "YmFk" is "bad". */
static void put_answer(int64_t age_ms, const char *part)
{
	char text[256];
	(void)snprintf(text, sizeof(text),
		       "{\"answers\":[{\"key\":\"192.0.2.1:43 jp\",\"at\":%lld,\"parts\":[\"%s\","
		       "\"\",\"\",\"\"]}]}",
		       (long long)(clock_now(NULL) - age_ms), part);
	assert_int_equal(folder_make(NULL, folder, NULL), OK);
	put("answers", text);
}

/* BR 3.2.2.4.12 by way of RULES section 3: nothing older than 48 hours, and no file is believed
 * more than a server. */
static void test_answers_in_file(void **state)
{
	(void)state;
	static const struct {
		int64_t age_ms;
		const char *part;
		bool used;
	} rows[] = {
		{REMEMBERED_AGE_MAX_MS - MINUTE_MS, "Z29vZA==", true},
		{REMEMBERED_AGE_MAX_MS + MINUTE_MS, "Z29vZA==", false},
		{-MINUTE_MS, "Z29vZA==", false},
		{0, "YmFk", false},
		{0, "%%", false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct asked asked;
		put_answer(rows[i].age_ms, rows[i].part);
		next_run();
		ask_jp(&asked, 10 * (int64_t)REMEMBERED_AGE_MAX_MS);
		turn();
		assert_int_equal(on_wire, rows[i].used ? 0 : 1);
		if (rows[i].used)
			assert_true(asked.age_ms >= rows[i].age_ms);
		else
			wire_says(0, "good");
		assert_string_equal(asked.answer, "good");
	}
}

static void test_answers_damaged(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"{\"answers\":",
		"{\"answers\":{\"key\":1}}",
		"{\"answers\":[1,{},{\"key\":\"192.0.2.1:43 jp\"}]}",
		"{\"answers\":[{\"key\":\"192.0.2.1:43 jp\",\"at\":\"now\",\"parts\":[]}]}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct asked asked;
		assert_int_equal(folder_make(NULL, folder, NULL), OK);
		put("answers", texts[i]);
		next_run();
		ask_jp(&asked, MINUTE_MS);
		turn();
		assert_int_equal(on_wire, 1);
		wire_says(0, "good");
	}
}

/* Sixty-five answers are sixty-four, and what is written stays within its limit. */
static void test_answers_limits(void **state)
{
	(void)state;
	static char answer[REMEMBERED_OCTETS_MAX + 1];
	struct stat facts;
	struct asked asked;
	memset(answer, 'g', sizeof(answer) - 1);
	memcpy(answer, "good", 4);
	for (int i = 0; i <= REMEMBERED_MAX; i++) {
		char line[16];
		(void)snprintf(line, sizeof(line), "q%d", i);
		next_run();
		prepare(&asked, "192.0.2.1", line, 60);
		char address[24];
		(void)snprintf(address, sizeof(address), "192.0.2.%d", i + 1);
		assert_int_equal(address_parse(address, &asked.line.connect_to.address), OK);
		asked.line.manners.reuse_ms = MINUTE_MS;
		ask(&asked);
		wire_says(0, i > REMEMBERED_MAX - 5 ? answer : "good");
	}
	assert_int_equal(stat(path_of("answers"), &facts), 0);
	assert_in_range(facts.st_size, REMEMBERED_TOTAL_MAX, REMEMBERED_FILE_MAX);
	CLEANUP(json_releasep)
	json_t *object = courtesy_home_read(&(struct courtesy_home){&disk, folder}, "answers",
					    REMEMBERED_FILE_MAX);
	assert_int_equal(json_array_size(json_object_get(object, "answers")), 4);
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
		cmocka_unit_test_setup_teardown(test_pace_of_runs, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_pace_busy, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_pace_damaged, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_remembered_by_runs, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_answers_in_file, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_answers_damaged, setup_home, teardown_home),
		cmocka_unit_test_setup_teardown(test_answers_limits, setup_home, teardown_home),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
