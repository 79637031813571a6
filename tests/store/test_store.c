/* The connection: versions and migrations, transactions and savepoints, what each failure is
 * called. */
#include "store/sql.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void set(struct shelf *shelf, const char *name, const char *value)
{
	shelf_ok(shelf, store_meta_set(shelf->store, name, value, &shelf->error));
}

static const char *get(struct shelf *shelf, struct store *store, const char *name)
{
	char *value = NULL;
	shelf_ok(shelf, store_meta_get(store, name, &shelf->arena, &value, &shelf->error));
	return value;
}

static void script(struct shelf *shelf, const char *text)
{
	shelf_ok(shelf, sql_script(shelf->store, text, &shelf->error));
}

static void test_a_new_store_has_the_newest_version(void **state)
{
	struct shelf *shelf = *state;
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	shelf_ok(shelf, sql_one(shelf->store, SCHEMA_VERSION, &row, &shelf->error, ""));
	assert_int_equal(sql_integer(row, 0), store_version());
	assert_true(store_version() >= 1);
	sql_end(&row);
	shelf_ok(shelf, store_check(shelf->store, &shelf->error));
}

static void test_a_store_is_opened_again_as_it_was(void **state)
{
	struct shelf *shelf = *state;
	CLEANUP(store_closep) struct store *again = NULL;
	set(shelf, "kind", "ordinary");
	shelf_ok(shelf, shelf_open(shelf, STORE_MUST_EXIST, &again));
	assert_string_equal(get(shelf, again, "kind"), "ordinary");
	assert_null(get(shelf, again, "absent"));
}

static void test_a_newer_store_is_refused_naming_both_versions(void **state)
{
	struct shelf *shelf = *state;
	struct store *again = NULL;
	char newer[16], own[16];
	(void)snprintf(newer, sizeof(newer), "%d", store_version() + 41);
	(void)snprintf(own, sizeof(own), "%d", store_version());
	script(shelf, arena_printf(&shelf->arena, "PRAGMA user_version = %s", newer));
	assert_int_equal(shelf_open(shelf, STORE_MUST_EXIST, &again), HOME_NEWER);
	assert_null(again);
	assert_non_null(strstr(shelf->error.sentence, newer));
	assert_non_null(strstr(shelf->error.sentence, own));
}

static void test_a_migration_is_whole_or_was_not(void **state)
{
	struct shelf *shelf = *state;
	struct store *again = NULL;
	/* A store whose first migration failed half-way would look like this: a table is there, the
	 * version is not. The script must fail and change nothing. */
	script(shelf,
	       "PRAGMA foreign_keys = OFF; DROP TABLE journal_order; PRAGMA user_version = 0");
	assert_int_not_equal(shelf_open(shelf, STORE_MUST_EXIST, &again), OK);
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	shelf_ok(shelf, sql_one(shelf->store, SCHEMA_VERSION, &row, &shelf->error, ""));
	assert_int_equal(sql_integer(row, 0), 0);
	assert_int_not_equal(sql_script(shelf->store, "SELECT * FROM journal_order", &shelf->error),
			     OK);
}

static void test_what_is_not_committed_never_was(void **state)
{
	struct shelf *shelf = *state;
	set(shelf, "a", "before");
	shelf_ok(shelf, store_begin(shelf->store, &shelf->error));
	set(shelf, "a", "after");
	store_rollback(shelf->store);
	assert_string_equal(get(shelf, shelf->store, "a"), "before");
	/* Safe when no transaction is open. */
	store_rollback(shelf->store);
	shelf_ok(shelf, store_begin(shelf->store, &shelf->error));
	set(shelf, "a", "after");
	shelf_ok(shelf, store_commit(shelf->store, &shelf->error));
	assert_string_equal(get(shelf, shelf->store, "a"), "after");
}

static void test_one_event_is_undone_alone(void **state)
{
	struct shelf *shelf = *state;
	shelf_ok(shelf, store_begin(shelf->store, &shelf->error));
	shelf_ok(shelf, store_savepoint(shelf->store, &shelf->error));
	set(shelf, "first", "kept");
	shelf_ok(shelf, store_release(shelf->store, &shelf->error));
	shelf_ok(shelf, store_savepoint(shelf->store, &shelf->error));
	set(shelf, "first", "changed");
	set(shelf, "second", "undone");
	store_undo(shelf->store);
	set(shelf, "third", "kept");
	shelf_ok(shelf, store_commit(shelf->store, &shelf->error));
	assert_string_equal(get(shelf, shelf->store, "first"), "kept");
	assert_null(get(shelf, shelf->store, "second"));
	assert_string_equal(get(shelf, shelf->store, "third"), "kept");
}

static void test_a_second_writer_is_told_that_the_store_is_locked(void **state)
{
	struct shelf *shelf = *state;
	CLEANUP(store_closep) struct store *other = NULL;
	shelf_ok(shelf, shelf_open(shelf, STORE_MUST_EXIST, &other));
	shelf_ok(shelf, store_begin(shelf->store, &shelf->error));
	assert_int_equal(store_begin(other, &shelf->error), STORE_LOCKED);
	assert_int_equal(status_retry(STORE_LOCKED), RETRY_MAY_HELP);
	assert_non_null(strstr(shelf->error.sentence, shelf->path));
	/* Reading goes on meanwhile (WAL), and the refused writer may write later. */
	assert_null(get(shelf, other, "a"));
	shelf_ok(shelf, store_commit(shelf->store, &shelf->error));
	shelf_ok(shelf, store_begin(other, &shelf->error));
}

static void test_a_full_store_is_told_and_loses_nothing(void **state)
{
	struct shelf *shelf = *state;
	set(shelf, "a", "kept");
	script(shelf, "PRAGMA max_page_count = 1");
	char *large = arena_new(&shelf->arena, 1 << 20, 1);
	memset(large, 'x', (1 << 20) - 1);
	assert_int_equal(store_meta_set(shelf->store, "a", large, &shelf->error), STORE_FULL);
	assert_non_null(strstr(shelf->error.hint, "nothing was lost"));
	assert_string_equal(get(shelf, shelf->store, "a"), "kept");
}

static void test_a_snapshot_is_one_instant(void **state)
{
	struct shelf *shelf = *state;
	CLEANUP(store_closep) struct store *other = NULL;
	struct store_snapshot snapshot = {0}, nested = {0};
	shelf_ok(shelf, shelf_open(shelf, STORE_MUST_EXIST, &other));
	set(shelf, "a", "1");
	shelf_ok(shelf, store_snapshot_begin(other, &snapshot, &shelf->error));
	assert_non_null(snapshot.store);
	assert_string_equal(get(shelf, other, "a"), "1");
	set(shelf, "a", "2");
	assert_string_equal(get(shelf, other, "a"), "1");
	/* Inside an open transaction there is one already. */
	shelf_ok(shelf, store_snapshot_begin(other, &nested, &shelf->error));
	assert_null(nested.store);
	store_snapshot_end(&nested);
	assert_string_equal(get(shelf, other, "a"), "1");
	store_snapshot_end(&snapshot);
	assert_string_equal(get(shelf, other, "a"), "2");
}

static void test_an_absent_store_is_not_made_by_opening(void **state)
{
	struct shelf *shelf = *state;
	struct store *store = NULL;
	struct shelf absent = *shelf;
	(void)snprintf(absent.path, sizeof(absent.path), "%s/absent.db", shelf->folder);
	assert_int_equal(shelf_open(&absent, STORE_MUST_EXIST, &store), PERMISSIONS);
	assert_null(store);
}

static void test_check_finds_a_row_without_its_parent(void **state)
{
	struct shelf *shelf = *state;
	script(shelf,
	       "PRAGMA foreign_keys = OFF;"
	       "INSERT INTO order_name VALUES (99, 0, 'a.example', 'a.example', 0, NULL, NULL, 0)");
	assert_int_equal(store_check(shelf->store, &shelf->error), STORE_DAMAGED);
}

static void test_a_pack_is_kept_once(void **state)
{
	struct shelf *shelf = *state;
	struct slice text = slice_text("rules");
	shelf_ok(shelf, store_pack_keep(shelf->store, "ab12", "agency", text, &shelf->error));
	shelf_ok(shelf, store_pack_keep(shelf->store, "ab12", "agency", text, &shelf->error));
	sqlite3_stmt *count = NULL;
	assert_int_equal(sqlite3_prepare_v2(shelf->store->db,
					    "SELECT count(*), max(text) FROM pack", -1, &count,
					    NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(count), SQLITE_ROW);
	assert_int_equal(sql_integer(count, 0), 1);
	assert_string_equal(sql_text(count, 1, &shelf->arena), "rules");
	assert_int_equal(sqlite3_finalize(count), SQLITE_OK);
}

#define ON_A_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_SHELF(test_a_new_store_has_the_newest_version),
		ON_A_SHELF(test_a_store_is_opened_again_as_it_was),
		ON_A_SHELF(test_a_newer_store_is_refused_naming_both_versions),
		ON_A_SHELF(test_a_migration_is_whole_or_was_not),
		ON_A_SHELF(test_what_is_not_committed_never_was),
		ON_A_SHELF(test_one_event_is_undone_alone),
		ON_A_SHELF(test_a_second_writer_is_told_that_the_store_is_locked),
		ON_A_SHELF(test_a_full_store_is_told_and_loses_nothing),
		ON_A_SHELF(test_a_snapshot_is_one_instant),
		ON_A_SHELF(test_an_absent_store_is_not_made_by_opening),
		ON_A_SHELF(test_check_finds_a_row_without_its_parent),
		ON_A_SHELF(test_a_pack_is_kept_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
