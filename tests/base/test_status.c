/* The table of statuses: unique wire names in one form, and a row for each. */
#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_every_status_has_a_whole_row(void **state)
{
	(void)state;
	for (enum status s = OK; s < STATUS_COUNT; s++) {
		const char *code = status_code(s);
		assert_non_null(code);
		/* kebab-case (DESIGN.md): words that we coin. */
		assert_true(strlen(code) > 0);
		assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(code));
		assert_true(code[0] != '-' && code[strlen(code) - 1] != '-');
		assert_null(strstr(code, "--"));
		const char *title = status_title(s);
		assert_true(strlen(title) > 0);
		assert_true(title[strlen(title) - 1] != '.');
	}
}

static void test_codes_lead_back_to_their_status(void **state)
{
	(void)state;
	for (enum status s = OK; s < STATUS_COUNT; s++)
		assert_int_equal(status_from_code(status_code(s)), s);
	static const char *const unknown[] = {"", "OK", "ok ", "no-such-code", "reference"};
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(status_from_code(unknown[i]), STATUS_COUNT);
}

static void test_exit_and_retry_agree(void **state)
{
	(void)state;
	assert_int_equal(status_exit(OK), EXIT_STATUS_DONE);
	for (enum status s = OK + 1; s < STATUS_COUNT; s++) {
		enum exit_status exit = status_exit(s);
		if (exit == EXIT_STATUS_DONE)
			fail_msg("%s ends a command as done", status_code(s));
		/* "could not now, will or may be retried" */
		if (exit == EXIT_STATUS_LATER && status_retry(s) != RETRY_MAY_HELP)
			fail_msg("%s is for later, yet a retry never helps", status_code(s));
		if (exit == EXIT_STATUS_USAGE && status_retry(s) != RETRY_NEVER)
			fail_msg("%s is wrong usage, yet a retry may help", status_code(s));
	}
}

/* The wire names and exits that DESIGN.md promises by name. */
static void test_promised_rows(void **state)
{
	(void)state;
	static const struct {
		enum status status;
		const char *code;
		enum exit_status exit;
		enum status_retry retry;
	} promised[] = {
		{REQUEST_ID_REUSED, "request-id-reused", EXIT_STATUS_REFUSED, RETRY_NEVER},
		{STORE_LOCKED, "store-locked", EXIT_STATUS_BROKEN, RETRY_MAY_HELP},
		{PAGE_MISSING, "page-missing", EXIT_STATUS_PERSON, RETRY_MAY_HELP},
		{TIMED_OUT, "timed-out", EXIT_STATUS_LATER, RETRY_MAY_HELP},
		{USAGE, "usage", EXIT_STATUS_USAGE, RETRY_NEVER},
	};
	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++) {
		assert_string_equal(status_code(promised[i].status), promised[i].code);
		assert_int_equal(status_exit(promised[i].status), promised[i].exit);
		assert_int_equal(status_retry(promised[i].status), promised[i].retry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_status_has_a_whole_row),
		cmocka_unit_test(test_codes_lead_back_to_their_status),
		cmocka_unit_test(test_exit_and_retry_agree),
		cmocka_unit_test(test_promised_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
