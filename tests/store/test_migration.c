/*
 * A store of an older version: refused without a backup, brought to this version
 * after one, and at every instant in between either the older one or the newer
 * one, with the backup whole before the newer one is there. The last is shown on
 * a disk that loses power within each of its operations (tests/replay/disk.h).
 */
#include "store/backup.h"
#include "store/object.h"
#include "store/order.h"
#include "store/party.h"
#include "store/sql.h"
#include "tests/replay/power_vfs.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What the migrations after the first added, taken away again. */
static const char to_first_version[] = "DROP TABLE message;"
				       "DROP TABLE call;"
				       "DROP TABLE rejection;"
				       "ALTER TABLE authorization DROP COLUMN addresses;"
				       "ALTER TABLE order_name DROP COLUMN method;"
				       "ALTER TABLE order_name DROP COLUMN domain;"
				       "ALTER TABLE order_name DROP COLUMN reuse;"
				       "ALTER TABLE effect DROP COLUMN tries;"
				       "ALTER TABLE effect DROP COLUMN answer;"
				       "ALTER TABLE applicant DROP COLUMN account_uri;"
				       "ALTER TABLE applicant DROP COLUMN account_thumbprint;"
				       "ALTER TABLE orders DROP COLUMN alias;"
				       "ALTER TABLE validation DROP COLUMN target;"
				       "PRAGMA user_version = 1;";

/* The version of a database, and what its row of meta holds; -1 when it is not sound. */
static int version_of(const char *path, const char *vfs, char value[16])
{
	sqlite3 *database = NULL;
	sqlite3_stmt *row = NULL;
	int version = -1;
	value[0] = '\0';
	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, vfs) == SQLITE_OK &&
	    sqlite3_prepare_v2(database,
			       "SELECT user_version, (SELECT value FROM meta WHERE name = 'kind'),"
			       " (SELECT quick_check FROM pragma_quick_check LIMIT 1)"
			       " FROM pragma_user_version",
			       -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW &&
	    strcmp((const char *)sqlite3_column_text(row, 2), "ok") == 0) {
		version = sqlite3_column_int(row, 0);
		(void)snprintf(value, 16, "%s", (const char *)sqlite3_column_text(row, 1));
	}
	(void)sqlite3_finalize(row);
	(void)sqlite3_close(database);
	return version;
}

/* ---- in an ordinary folder ---- */

static void make_older(struct shelf *shelf)
{
	shelf_ok(shelf, store_meta_set(shelf->store, "kind", "older", &shelf->error));
	shelf_ok(shelf, sql_script(shelf->store, to_first_version, &shelf->error));
	store_close(shelf->store);
	shelf->store = NULL;
}

static enum status open_with_backup(struct shelf *shelf, struct store **ret)
{
	struct store_params params = {
		.path = shelf->path,
		.durability = STORE_NOTHING,
		.backup = arena_printf(&shelf->arena, "%s/copy", shelf->folder),
	};
	return store_open(&params, ret, &shelf->error);
}

static const char *backup_of(struct shelf *shelf, const char *version)
{
	return arena_printf(&shelf->arena, "%s/copy.v%s", shelf->folder, version);
}

static int shelf_and_backup_teardown(void **state)
{
	struct shelf *shelf = *state;
	(void)unlink(backup_of(shelf, "1"));
	(void)unlink(arena_printf(&shelf->arena, "%s-wal", backup_of(shelf, "1")));
	(void)unlink(arena_printf(&shelf->arena, "%s-shm", backup_of(shelf, "1")));
	return shelf_teardown(state);
}

static void test_an_older_store_needs_a_backup(void **state)
{
	struct shelf *shelf = *state;
	char value[16];
	make_older(shelf);
	assert_int_equal(shelf_open(shelf, STORE_MUST_EXIST, &shelf->store), HOME_OLDER);
	assert_non_null(strstr(shelf->error.sentence, "version 1"));
	assert_int_equal(version_of(shelf->path, NULL, value), 1);

	shelf_ok(shelf, open_with_backup(shelf, &shelf->store));
	assert_int_equal(version_of(shelf->path, NULL, value), store_version());
	assert_string_equal(value, "older");
	assert_int_equal(version_of(backup_of(shelf, "1"), NULL, value), 1);
	assert_string_equal(value, "older");
}

static void test_a_store_of_this_version_is_not_copied(void **state)
{
	struct shelf *shelf = *state;
	CLEANUP(store_closep) struct store *again = NULL;
	shelf_ok(shelf, open_with_backup(shelf, &again));
	for (int version = 0; version <= store_version(); version++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "%d", version);
		assert_int_not_equal(access(backup_of(shelf, text), F_OK), 0);
	}
}

static void test_a_statement_that_fails_leaves_the_older_store(void **state)
{
	struct shelf *shelf = *state;
	char value[16];
	/* The last statement of the migration finds its column there. */
	shelf_ok(shelf, sql_script(shelf->store, "ALTER TABLE validation ADD COLUMN other TEXT",
				   &shelf->error));
	make_older(shelf);
	sqlite3 *database = NULL;
	assert_int_equal(sqlite3_open(shelf->path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database,
				      "ALTER TABLE validation RENAME COLUMN other TO target", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_not_equal(open_with_backup(shelf, &shelf->store), OK);
		assert_null(shelf->store);
		assert_int_equal(version_of(shelf->path, NULL, value), 1);
		assert_int_not_equal(
			sqlite3_exec(database, "SELECT alias FROM orders", NULL, NULL, NULL),
			SQLITE_OK);
		assert_int_equal(version_of(backup_of(shelf, "1"), NULL, value), 1);
	}
	assert_int_equal(sqlite3_exec(database, "ALTER TABLE validation DROP COLUMN target", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	(void)sqlite3_close(database);
	shelf_ok(shelf, open_with_backup(shelf, &shelf->store));
	assert_int_equal(version_of(shelf->path, NULL, value), store_version());
}

static void test_a_backup_that_cannot_be_written_stops_it(void **state)
{
	struct shelf *shelf = *state;
	struct store_params params = {.path = shelf->path, .backup = "/nonexistent/copy"};
	char value[16];
	make_older(shelf);
	assert_int_not_equal(store_open(&params, &shelf->store, &shelf->error), OK);
	assert_non_null(strstr(shelf->error.sentence, "/nonexistent/copy.v1"));
	assert_non_null(strstr(shelf->error.hint, "nothing was changed"));
	assert_int_equal(version_of(shelf->path, NULL, value), 1);
}

/* A backup taken while the store's own connection writes holds what was committed before. */
static void test_a_backup_is_of_the_last_commit(void **state)
{
	struct shelf *shelf = *state;
	char value[16];
	shelf_ok(shelf, store_meta_set(shelf->store, "kind", "before", &shelf->error));
	shelf_ok(shelf, store_begin(shelf->store, &shelf->error));
	shelf_ok(shelf, store_meta_set(shelf->store, "kind", "after", &shelf->error));
	for (int i = 0; i < 2; i++)
		shelf_ok(shelf, store_backup(shelf->store, backup_of(shelf, "1"), &shelf->error));
	assert_int_equal(version_of(backup_of(shelf, "1"), NULL, value), store_version());
	assert_string_equal(value, "before");
	shelf_ok(shelf, store_commit(shelf->store, &shelf->error));
}

/* ---- digests ---- */

static struct digest digest_of_order(struct shelf *shelf, int64_t id)
{
	struct digest digest;
	shelf_ok(shelf, store_object_digest(shelf->store, ENTRY_ORDER, id, &digest, &shelf->error));
	return digest;
}

/* The digest in the journal of an order made before the migration is the digest after it; one that
 * follows aliases differs. */
static void test_old_records_keep_their_digests(void **state)
{
	struct shelf *shelf = *state;
	int64_t tenant = 0;
	struct applicant applicant = {.reference = "a", .name = "A", .type = "self"};
	struct contract contract = {
		.product = "p", .common_name = "a.example", .csr_creator = "provider"};
	struct order order = {.network_id = "00",
			      .kind = ORDER_KIND_NEW,
			      .product = "p",
			      .state = ORDER_DRAFT,
			      .method = "web-page"};
	struct error *err = &shelf->error;
	shelf_ok(shelf, store_tenant_insert(shelf->store, "self", 1, &tenant, err));
	applicant.tenant_id = contract.tenant_id = order.tenant_id = tenant;
	shelf_ok(shelf, store_applicant_insert(shelf->store, &applicant, &applicant.id, err));
	contract.applicant_id = order.applicant_id = applicant.id;
	shelf_ok(shelf, store_contract_insert(shelf->store, &contract, "{}", &contract.id, err));
	order.contract_id = contract.id;
	shelf_ok(shelf, store_order_insert(shelf->store, &order, &order.id, err));

	/* By the columns that there were, as the first version read them. */
	static const char first_version[] = "00";
	struct digest now = digest_of_order(shelf, order.id);
	CLEANUP(buffer_release) struct buffer text = {.maximum = 4096};
	buffer_append_byte(&text, SQLITE_TEXT);
	buffer_append_u32(&text, 2);
	buffer_append_text(&text, first_version);
	const int64_t numbers[] = {contract.id, tenant, applicant.id, ORDER_KIND_NEW};
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		buffer_append_byte(&text, SQLITE_INTEGER);
		buffer_append_u64(&text, (uint64_t)numbers[i]);
	}
	buffer_append_byte(&text, SQLITE_TEXT);
	buffer_append_u32(&text, 1);
	buffer_append_text(&text, "p");
	buffer_append_byte(&text, SQLITE_TEXT);
	buffer_append_u32(&text, 8);
	buffer_append_text(&text, "web-page");
	buffer_append_byte(&text, SQLITE_INTEGER);
	buffer_append_u64(&text, 0);
	buffer_append_byte(&text, SQLITE_NULL);
	buffer_append_byte(&text, SQLITE_TEXT);
	buffer_append_u32(&text, 9);
	buffer_append_text(&text, "a.example");
	buffer_append_byte(&text, SQLITE_INTEGER);
	buffer_append_u64(&text, (uint64_t)applicant.id);
	buffer_append_byte(&text, SQLITE_TEXT);
	buffer_append_u32(&text, 1);
	buffer_append_text(&text, "p");
	buffer_append_byte(&text, SQLITE_NULL);
	buffer_append_byte(&text, SQLITE_NULL);
	assert_true(digest_equal(now, digest_of(buffer_slice(&text))));

	order.alias = 1;
	shelf_ok(shelf, store_order_insert(shelf->store, &order, &order.id, err));
	struct digest other = digest_of_order(shelf, order.id);
	assert_false(digest_equal(now, other));
	shelf_ok(shelf, sql_script(shelf->store, "UPDATE orders SET alias = 0 WHERE id = 2", err));
	assert_true(digest_equal(now, digest_of_order(shelf, order.id)));
}

static void test_the_account_of_an_applicant_is_read_as_it_was_written(void **state)
{
	struct shelf *shelf = *state;
	struct applicant read, written = {.reference = "a", .name = "A", .type = "self"};
	struct error *err = &shelf->error;
	shelf_ok(shelf, store_tenant_insert(shelf->store, "self", 1, &written.tenant_id, err));
	shelf_ok(shelf, store_applicant_insert(shelf->store, &written, &written.id, err));
	shelf_ok(shelf, store_applicant_get(shelf->store, written.id, &shelf->arena, &read, err));
	assert_null(read.account_uri);
	assert_null(read.account_thumbprint);
	written.account_uri = "acct:a@b.example";
	written.account_thumbprint = "thumb";
	shelf_ok(shelf, store_applicant_account(shelf->store, &written, err));
	shelf_ok(shelf, store_applicant_get(shelf->store, written.id, &shelf->arena, &read, err));
	assert_string_equal(read.account_uri, "acct:a@b.example");
	assert_string_equal(read.account_thumbprint, "thumb");
}

/* ---- on a disk that loses power ---- */

#define HOME "/home"

struct machine {
	struct tally tally;
	struct disk disk;
	struct world world;
	struct fake_environment environment;
	struct power_vfs vfs;
	struct error error;
};

static enum status boot(struct machine *machine, struct store **ret)
{
	struct store_params params = {
		.path = HOME "/issuer.db",
		.vfs = POWER_VFS_NAME,
		.create = STORE_CREATE,
		.durability = STORE_POWER_LOSS,
		.backup = HOME "/copy",
	};
	return store_open(&params, ret, &machine->error);
}

static void machine_init(struct machine *machine, uint64_t seed)
{
	struct disk_node *node = NULL;
	struct store *store = NULL;
	*machine = (struct machine){.error = NO_ERROR};
	disk_init(&machine->disk, seed, &machine->tally);
	world_init(&machine->world, seed, &machine->tally);
	fake_environment_init(&machine->environment, seed, &machine->disk, &machine->world,
			      &machine->tally);
	power_vfs_init(&machine->vfs, seed, &machine->disk, &machine->environment);
	assert_true(disk_create(&machine->disk, HOME, DISK_FOLDER, 0700, &node) &&
		    disk_sync_names(&machine->disk, HOME));
	assert_int_equal(boot(machine, &store), OK);
	assert_int_equal(store_meta_set(store, "kind", "older", NULL), OK);
	assert_int_equal(sql_script(store, to_first_version, NULL), OK);
	store_close(store);
}

static void machine_release(struct machine *machine)
{
	power_vfs_release(&machine->vfs);
	world_release(&machine->world);
	disk_release(&machine->disk);
}

/* Dies within operation number at of the migration; false when it ended before that. */
static bool dies_and_goes_on(struct machine *machine, int64_t at)
{
	struct store *store = NULL;
	char value[16];
	machine->disk.dies_at = machine->disk.operations + at;
	enum status status = boot(machine, &store);
	bool died = machine->disk.dead;
	store_close(store);
	died = died || machine->disk.dead;
	if (died)
		disk_power_loss(&machine->disk);
	machine->disk.dies_at = 0;

	int version = version_of(HOME "/issuer.db", POWER_VFS_NAME, value);
	assert_true(version >= 1 && version <= store_version());
	assert_string_equal(value, "older");
	/* An answer is never taken back, and the newer store has its backup. */
	if (status == OK)
		assert_int_equal(version, store_version());
	if (version == store_version())
		assert_int_equal(version_of(HOME "/copy.v1", POWER_VFS_NAME, value), 1);

	store = NULL;
	if (boot(machine, &store) != OK)
		fail_msg("after a power loss in operation %lld: %s", (long long)at,
			 machine->error.sentence);
	store_close(store);
	assert_int_equal(version_of(HOME "/issuer.db", POWER_VFS_NAME, value), store_version());
	assert_string_equal(value, "older");
	assert_int_equal(version_of(HOME "/copy.v1", POWER_VFS_NAME, value), 1);
	assert_string_equal(value, "older");
	return died;
}

static void test_power_may_be_lost_at_any_operation(void **state)
{
	(void)state;
	static struct machine machine;
	int64_t deaths = 0;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		bool died = true;
		for (int64_t at = 1; died; at++) {
			machine_init(&machine, seed);
			died = dies_and_goes_on(&machine, at);
			machine_release(&machine);
			deaths += died;
		}
	}
	print_message("%lld power losses\n", (long long)deaths);
	assert_true(deaths > 100);
}

#define ON_A_SHELF(test)                                                                           \
	cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_and_backup_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_SHELF(test_an_older_store_needs_a_backup),
		ON_A_SHELF(test_a_store_of_this_version_is_not_copied),
		ON_A_SHELF(test_a_statement_that_fails_leaves_the_older_store),
		ON_A_SHELF(test_a_backup_that_cannot_be_written_stops_it),
		ON_A_SHELF(test_a_backup_is_of_the_last_commit),
		ON_A_SHELF(test_old_records_keep_their_digests),
		ON_A_SHELF(test_the_account_of_an_applicant_is_read_as_it_was_written),
		cmocka_unit_test(test_power_may_be_lost_at_any_operation),
	};
	return cmocka_run_group_tests_name("store.migration", tests, NULL, NULL);
}
