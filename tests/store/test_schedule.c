/* Duties with a time: one row for each, the oldest first, none while it is on the wire. */
#include "store/schedule.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* How many rows of the duty are due at now, at most 100; the first ones in rows. */
static size_t due(struct shelf *shelf, enum duty duty, int64_t now, struct schedule_row **rows)
{
	size_t count = 0;
	shelf_ok(shelf, store_schedule_due(shelf->store, duty, now, 100, &shelf->arena, rows,
					   &count, &shelf->error));
	return count;
}

static int64_t next(struct shelf *shelf, enum duty duty)
{
	int64_t at = 0;
	shelf_ok(shelf, store_schedule_next(shelf->store, duty, &at, &shelf->error));
	return at;
}

static void put(struct shelf *shelf, enum duty duty, int64_t subject, int64_t at)
{
	shelf_ok(shelf, store_schedule_put(shelf->store, duty, subject, at, &shelf->error));
}

static void test_what_is_due_comes_oldest_first(void **state)
{
	struct shelf *shelf = *state;
	struct schedule_row *rows = NULL;
	size_t count = 0;
	put(shelf, DUTY_ATTEMPT, 1, 300);
	put(shelf, DUTY_ATTEMPT, 2, 100);
	put(shelf, DUTY_ATTEMPT, 3, 200);
	put(shelf, DUTY_ATTEMPT, 4, 301);
	put(shelf, DUTY_EFFECT, 5, 50);
	assert_int_equal(due(shelf, DUTY_ATTEMPT, 300, &rows), 3);
	assert_int_equal(rows[0].subject_id, 2);
	assert_int_equal(rows[1].subject_id, 3);
	assert_int_equal(rows[2].due_at, 300);
	shelf_ok(shelf, store_schedule_due(shelf->store, DUTY_ATTEMPT, 300, 2, &shelf->arena, &rows,
					   &count, &shelf->error));
	assert_int_equal(count, 2);
	assert_int_equal(due(shelf, DUTY_ATTEMPT, 99, &rows), 0);
	assert_int_equal(next(shelf, DUTY_ATTEMPT), 100);
	assert_int_equal(due(shelf, DUTY_EFFECT, 99, &rows), 1);
	assert_int_equal(rows[0].duty, DUTY_EFFECT);
}

static void test_an_empty_schedule_is_never_due(void **state)
{
	struct shelf *shelf = *state;
	struct schedule_row *rows = NULL;
	assert_int_equal(due(shelf, DUTY_ATTEMPT, INT64_MAX, &rows), 0);
	assert_true(next(shelf, DUTY_ATTEMPT) == INT64_MAX);
}

static void test_a_duty_has_one_row(void **state)
{
	struct shelf *shelf = *state;
	struct schedule_row *rows = NULL;
	put(shelf, DUTY_ATTEMPT, 1, 500);
	put(shelf, DUTY_ATTEMPT, 1, 900);
	assert_int_equal(next(shelf, DUTY_ATTEMPT), 900);
	shelf_ok(shelf, store_schedule_sooner(shelf->store, DUTY_ATTEMPT, 1, 950, &shelf->error));
	assert_int_equal(next(shelf, DUTY_ATTEMPT), 900);
	shelf_ok(shelf, store_schedule_sooner(shelf->store, DUTY_ATTEMPT, 1, 700, &shelf->error));
	assert_int_equal(due(shelf, DUTY_ATTEMPT, 900, &rows), 1);
	assert_int_equal(rows[0].due_at, 700);
	shelf_ok(shelf, store_schedule_drop(shelf->store, DUTY_ATTEMPT, 1, &shelf->error));
	assert_int_equal(due(shelf, DUTY_ATTEMPT, 900, &rows), 0);
}

static void test_what_is_on_the_wire_is_not_due_until_it_lands(void **state)
{
	struct shelf *shelf = *state;
	struct schedule_row *rows = NULL;
	put(shelf, DUTY_KEY_MAKE, 7, 100);
	shelf_ok(shelf, store_schedule_on_wire(shelf->store, DUTY_KEY_MAKE, 7, 100, &shelf->error));
	assert_int_equal(due(shelf, DUTY_KEY_MAKE, 1000, &rows), 0);
	assert_true(next(shelf, DUTY_KEY_MAKE) == INT64_MAX);
	/* "sooner" does not take it off the wire: that would start the work twice. */
	shelf_ok(shelf, store_schedule_sooner(shelf->store, DUTY_KEY_MAKE, 7, 1, &shelf->error));
	assert_int_equal(due(shelf, DUTY_KEY_MAKE, 1000, &rows), 0);
	shelf_ok(shelf, store_schedule_landed(shelf->store, &shelf->error));
	assert_int_equal(due(shelf, DUTY_KEY_MAKE, 1000, &rows), 1);
	shelf_ok(shelf, store_schedule_on_wire(shelf->store, DUTY_KEY_MAKE, 7, 100, &shelf->error));
	assert_int_equal(due(shelf, DUTY_KEY_MAKE, 1000, &rows), 0);
	put(shelf, DUTY_KEY_MAKE, 7, 100);
	assert_int_equal(due(shelf, DUTY_KEY_MAKE, 1000, &rows), 1);
}

static void test_overdue_counts_what_waits(void **state)
{
	struct shelf *shelf = *state;
	int64_t count = 0, oldest = 0;
	put(shelf, DUTY_ATTEMPT, 1, 100);
	put(shelf, DUTY_ATTEMPT, 2, 200);
	put(shelf, DUTY_ATTEMPT, 3, 300);
	shelf_ok(shelf, store_schedule_on_wire(shelf->store, DUTY_ATTEMPT, 1, 100, &shelf->error));
	shelf_ok(shelf, store_schedule_overdue(shelf->store, 250, &count, &oldest, &shelf->error));
	assert_int_equal(count, 1);
	assert_int_equal(oldest, 200);
}

#define ON_A_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_SHELF(test_what_is_due_comes_oldest_first),
		ON_A_SHELF(test_an_empty_schedule_is_never_due),
		ON_A_SHELF(test_a_duty_has_one_row),
		ON_A_SHELF(test_what_is_on_the_wire_is_not_due_until_it_lands),
		ON_A_SHELF(test_overdue_counts_what_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
