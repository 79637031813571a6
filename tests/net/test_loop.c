/* wait() and its deadline, signals, clocks and chance, and the worker's completions. */
#include "net/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct loop *loop;
static struct environment *world;

static int setup(void **state)
{
	(void)state;
	if (loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	return loop == NULL ? 0 : -1;
}

static int64_t in_ms(int64_t ms)
{
	return world->monotonic(world->self) + ms;
}

static void test_wait_ends_at_its_deadline(void **state)
{
	(void)state;
	int64_t until = in_ms(30);
	world->wait(world->self, until);
	assert_true(world->monotonic(world->self) >= until);
	assert_true(world->monotonic(world->self) < until + 5000);
}

static void test_wait_for_the_past_returns(void **state)
{
	(void)state;
	int64_t before = world->monotonic(world->self);
	world->wait(world->self, 0);
	world->wait(world->self, before - 1000);
	assert_true(world->monotonic(world->self) < before + 5000);
}

static void test_clocks(void **state)
{
	(void)state;
	/* 2020-01-01: any machine that runs this is past it. */
	assert_true(world->now(world->self) > INT64_C(1577836800000));
	int64_t first = world->monotonic(world->self);
	assert_true(world->monotonic(world->self) >= first);
}

static void test_random_fills_all_and_only_the_bytes_asked_for(void **state)
{
	(void)state;
	enum { LENGTH = 4096 };
	static uint8_t first[LENGTH + 1], second[LENGTH + 1];
	world->random(world->self, first, LENGTH);
	world->random(world->self, second, LENGTH);
	assert_memory_not_equal(first, second, LENGTH);
	assert_memory_not_equal(first + LENGTH - 32, second + LENGTH - 32, 32);
	assert_int_equal(first[LENGTH], 0);
	world->random(world->self, first, 0);
}

static void test_signal_ends_wait(void **state)
{
	(void)state;
	static const int numbers[] = {SIGINT, SIGTERM};
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		loop_freep(&loop);
		assert_int_equal(loop_new(&loop, NULL), OK);
		world = loop_environment(loop);
		loop_catch_signals(loop);
		loop_catch_signals(loop);
		assert_false(loop_interrupted(loop));
		assert_int_equal(kill(getpid(), numbers[i]), 0);
		int64_t until = in_ms(60000);
		world->wait(world->self, until);
		assert_true(loop_interrupted(loop));
		assert_true(world->monotonic(world->self) < until - 30000);
		/* The flag stays, but the next wait waits: the program still drains its replies. */
		until = in_ms(20);
		world->wait(world->self, until);
		assert_true(world->monotonic(world->self) >= until);
		assert_true(loop_interrupted(loop));
	}
}

enum { JOBS = 100 };

struct job {
	int ran;  /* its place among those run; -1 until then */
	int done; /* its place among those done; -1 until then */
};

static int runs, dones;

static void job_run(void *context)
{
	struct job *job = context;
	job->ran = runs++;
}

static void job_done(void *context)
{
	struct job *job = context;
	job->done = dones++;
}

static void test_worker_keeps_the_order(void **state)
{
	(void)state;
	struct job jobs[JOBS];
	runs = dones = 0;
	for (int i = 0; i < JOBS; i++) {
		jobs[i] = (struct job){.ran = -1, .done = -1};
		world->work(world->self, job_run, job_done, &jobs[i]);
	}
	/* Whatever the thread has done by now, nothing is told before wait(). */
	assert_int_equal(dones, 0);
	int64_t until = in_ms(60000);
	while (dones < JOBS && world->monotonic(world->self) < until) {
		int before = dones;
		world->wait(world->self, until);
		assert_true(dones > before);
	}
	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(jobs[i].ran, i);
		assert_int_equal(jobs[i].done, i);
	}
}

static void job_again(void *context)
{
	struct job *job = context;
	job->done = dones++;
	if (dones < 3)
		world->work(world->self, job_run, job_again, job);
}

static void test_work_asked_from_a_completion(void **state)
{
	(void)state;
	struct job job = {.ran = -1, .done = -1};
	runs = dones = 0;
	world->work(world->self, job_run, job_again, &job);
	for (int i = 1; i <= 3; i++) {
		world->wait(world->self, in_ms(60000));
		assert_int_equal(dones, i);
	}
	assert_int_equal(runs, 3);
}

static void must_not_be_done(void *context)
{
	(void)context;
	fail_msg("a completion ran after loop_free began");
}

static void test_free_joins_and_drops(void **state)
{
	(void)state;
	struct job jobs[JOBS];
	runs = dones = 0;
	for (int i = 0; i < JOBS; i++)
		world->work(world->self, job_run, must_not_be_done, &jobs[i]);
	loop_freep(&loop);
	/* The thread has ended: its memory may go, and no job runs any more. */
	int ran = runs;
	memset(jobs, 0, sizeof(jobs));
	assert_true(ran <= JOBS);
	loop_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_wait_ends_at_its_deadline),
		TEST(test_wait_for_the_past_returns),
		TEST(test_clocks),
		TEST(test_random_fills_all_and_only_the_bytes_asked_for),
		TEST(test_signal_ends_wait),
		TEST(test_worker_keeps_the_order),
		TEST(test_work_asked_from_a_completion),
		TEST(test_free_joins_and_drops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
