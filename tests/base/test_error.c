/* Errors: one sentence, its hint, its prefix; NULL everywhere. */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
/* The macro of cmocka by that name; ours is under test here. */
#undef fail

static void test_fail_fills_and_clears_the_hint(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	assert_int_equal(fail(&err, INPUT, "line %d is odd", 3), INPUT);
	assert_int_equal(fail_hint(&err, INPUT, "look at %s", "it"), INPUT);
	assert_string_equal(err.sentence, "line 3 is odd");
	assert_string_equal(err.hint, "look at it");
	assert_int_equal(fail(&err, NOT_FOUND, "no order o-%d", 12), NOT_FOUND);
	assert_int_equal(err.status, NOT_FOUND);
	assert_string_equal(err.sentence, "no order o-12");
	assert_string_equal(err.hint, "");
}

static void test_prefix(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	(void)fail(&err, POLICY_ROW, "days is missing");
	(void)fail_hint(&err, POLICY_ROW, "add it");
	assert_int_equal(fail_prefix(&err, "row %s", "r-1"), POLICY_ROW);
	assert_string_equal(err.sentence, "row r-1: days is missing");
	assert_string_equal(err.hint, "add it");
}

static void test_sentence_made_of_the_old_one(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	(void)fail(&err, INPUT, "it is odd");
	(void)fail(&err, CONFIGURATION, "cannot go on: %s", err.sentence);
	assert_string_equal(err.sentence, "cannot go on: it is odd");
}

static void test_too_long_is_cut(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	char text[2000];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)fail(&err, INPUT, "%s", text);
	assert_int_equal(strlen(err.sentence), sizeof(err.sentence) - 1);
	(void)fail_hint(&err, INPUT, "%s", text);
	assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
	assert_int_equal(fail_prefix(&err, "%s", text), INPUT);
	assert_true(strlen(err.sentence) < sizeof(err.sentence));
	assert_non_null(strstr(err.sentence, ": x"));
}

static void test_without_an_error(void **state)
{
	(void)state;
	assert_int_equal(fail(NULL, INPUT, "x"), INPUT);
	assert_int_equal(fail_hint(NULL, INPUT, "x"), INPUT);
	assert_int_equal(fail_prefix(NULL, "x"), INTERNAL);
}

static STATUS tries(enum status first, int *ret_reached)
{
	TRY(first);
	*ret_reached = 1;
	return OK;
}

static int releases;

static void release(char **pointer)
{
	releases++;
	free(*pointer);
}

static char *steals(void)
{
	CLEANUP(release) char *kept = strdup("kept");
	CLEANUP(release) char *freed = strdup("freed");
	assert_non_null(freed);
	return STEAL(kept);
}

static void test_idioms(void **state)
{
	(void)state;
	int reached = 0;
	assert_int_equal(tries(STALE, &reached), STALE);
	assert_int_equal(reached, 0);
	assert_int_equal(tries(OK, &reached), OK);
	assert_int_equal(reached, 1);
	char *stolen = steals();
	assert_string_equal(stolen, "kept");
	assert_int_equal(releases, 2);
	free(stolen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fail_fills_and_clears_the_hint),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_sentence_made_of_the_old_one),
		cmocka_unit_test(test_too_long_is_cut),
		cmocka_unit_test(test_without_an_error),
		cmocka_unit_test(test_idioms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
