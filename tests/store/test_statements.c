/*
 * The one table of SQL: every statement prepares against the schema, takes the
 * parameters it names, and finds its rows by an index where the store grows.
 */
#include "store/audit.h"
#include "store/sql.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct statement_row {
	const char *name;
	const char *text;
};

static const struct statement_row rows[] = {
#define X(name, text) {#name, text},
	STATEMENTS(X)
#undef X
};

static sqlite3_stmt *prepared(struct shelf *shelf, const char *text)
{
	sqlite3_stmt *statement = NULL;
	const char *rest = NULL;
	int code = sqlite3_prepare_v2(shelf->store->db, text, -1, &statement, &rest);
	if (code != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(shelf->store->db));
	/* One statement: nothing after it would ever run. */
	assert_string_equal(rest, "");
	return statement;
}

static void test_every_statement_prepares(void **state)
{
	struct shelf *shelf = *state;
	shelf_ok(shelf, store_audit_begin(shelf->store, &shelf->error));
	assert_int_equal(ARRAY_LENGTH(rows), STATEMENT_COUNT);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(sqlite3_finalize(prepared(shelf, rows[i].text)), SQLITE_OK);
}

static void test_no_statement_stands_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rows[i].text, rows[k].text);
}

/* Values come by parameters: a quoted value in the text would invite one that is pasted in. */
static void test_statements_that_write_take_parameters(void **state)
{
	struct shelf *shelf = *state;
	shelf_ok(shelf, store_audit_begin(shelf->store, &shelf->error));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strncmp(rows[i].text, "INSERT", 6) != 0)
			continue;
		sqlite3_stmt *statement = prepared(shelf, rows[i].text);
		assert_true(sqlite3_bind_parameter_count(statement) > 0);
		assert_null(strchr(rows[i].text, '\''));
		assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	}
}

/* Work must not cost more as the home grows. Of these the first row of the scan is enough; the
 * audit reads everything by nature. */
static const char *const first_row_only[] = {"KEY_KEK_ID", "JOURNAL_HEAD", "JOURNAL_ORDERS"};

static bool scans_freely(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(first_row_only); i++)
		if (strcmp(first_row_only[i], name) == 0)
			return true;
	return strncmp(name, "AUDIT_", 6) == 0;
}

static void test_statements_find_their_rows_by_an_index(void **state)
{
	struct shelf *shelf = *state;
	shelf_ok(shelf, store_audit_begin(shelf->store, &shelf->error));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *text = rows[i].text;
		bool planned = strncmp(text, "SELECT", 6) == 0 || strncmp(text, "UPDATE", 6) == 0 ||
			       strncmp(text, "DELETE", 6) == 0;
		if (!planned || scans_freely(rows[i].name))
			continue;
		sqlite3_stmt *plan =
			prepared(shelf, arena_printf(&shelf->arena, "EXPLAIN QUERY PLAN %s", text));
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(plan, 3);
			if (strncmp(step, "SCAN", 4) == 0 && !strstr(step, "INDEX"))
				fail_msg("%s: %s", rows[i].name, step);
		}
		assert_int_equal(sqlite3_finalize(plan), SQLITE_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_statement_prepares, shelf_setup,
						shelf_teardown),
		cmocka_unit_test(test_no_statement_stands_twice),
		cmocka_unit_test_setup_teardown(test_statements_that_write_take_parameters,
						shelf_setup, shelf_teardown),
		cmocka_unit_test_setup_teardown(test_statements_find_their_rows_by_an_index,
						shelf_setup, shelf_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
