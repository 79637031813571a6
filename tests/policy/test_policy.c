/* Looking up what was loaded, folders that are not there, and how long a certificate may live. */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int64_t instant(const char *text)
{
	int64_t at_ms;
	assert_int_equal(instant_parse(text, 0, &at_ms), OK);
	return at_ms;
}

static void an_unknown_product(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct product *product = NULL;
	struct error err = NO_ERROR;
	assert_int_equal(policy_product(policy, "local-vd", &product, &err), PRODUCT_UNKNOWN);
	assert_null(product);
	assert_string_equal(err.sentence, "there is no product \"local-vd\"; known: local-dv, "
					  "agency-dv");
	assert_string_equal(err.hint, "did you mean local-dv?");
	assert_int_equal(policy_product(policy, "something-else", &product, NULL), PRODUCT_UNKNOWN);
	policy_free(policy);
}

static void folders_that_are_not_there(void **state)
{
	struct folder *folder = *state;
	struct policy *policy = NULL;
	struct error err = NO_ERROR;
	assert_int_equal(policy_load(folder->data, NULL, &policy, NULL), OK);
	policy_free(policy);
	policy = NULL;
	assert_int_equal(policy_load(folder->home, NULL, &policy, &err), FILE_FAILED);
	assert_non_null(strstr(err.sentence, "home/packs"));
	assert_null(policy);
	char path[2 * FOLDER_PATH];
	(void)snprintf(path, sizeof(path), "%s/catalogue/cas.yaml", folder->data);
	assert_int_equal(remove(path), 0);
	folder_refuses(folder, POLICY_ROW, "there is no", "catalogue/cas.yaml", NULL);
}

/* Files that are no rules are left alone: editors' copies, hidden files. */
static void other_files_are_ignored(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/rules/agency.yaml~", "nonsense: [\n");
	folder_write(folder, "home/rules/.agency.yaml", "nonsense: [\n");
	folder_write(folder, "home/rules/README", "nonsense: [\n");
	policy_free(folder_load(folder));
}

/* BR 6.3.2: the strictest of the CA's own period and the ceiling in force, both ends included. */
static void not_after(void **state)
{
	static const struct {
		const char *pack;
		int ca_days;
		const char *now;
		const char *last;
	} rows[] = {
		{"agency", 90, "2026-11-22T10:00:00Z", "2027-02-20T09:59:59Z"},
		{"agency", 1, "2026-11-22T10:00:00Z", "2026-11-23T09:59:59Z"},
		{"agency", 9999, "2026-11-22T10:00:00Z", "2029-02-24T09:59:59Z"},    /* 825 days */
		{"public-tls", 398, "2026-03-14T23:59:59Z", "2027-04-16T23:59:58Z"}, /* 398 */
		{"public-tls", 398, "2026-03-15T00:00:00Z", "2026-09-30T23:59:59Z"}, /* 200 */
		{"public-tls", 90, "2026-11-22T10:00:00Z", "2027-02-20T09:59:59Z"},
		{"public-tls", 398, "2029-03-15T00:00:00Z", "2029-04-30T23:59:59Z"}, /* 47 */
	};
	struct policy *policy = folder_load(*state);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct pack *pack;
		struct ca_row ca = {.id = "t", .validity = {PERIOD_DAYS, rows[i].ca_days}};
		int64_t now = instant(rows[i].now), last = 0;
		char text[INSTANT_TEXT];
		assert_int_equal(policy_pack(policy, rows[i].pack, &pack, NULL), OK);
		assert_int_equal(policy_not_after(policy, &ca, pack, now, now, &last, NULL), OK);
		assert_string_equal(instant_text(last, text), rows[i].last);
	}
	policy_free(policy);
}

/* The ceiling is that of now; a backdated notBefore only starts the count earlier. */
static void a_backdated_start(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct pack *pack;
	struct ca_row ca = {.id = "t", .validity = {PERIOD_DAYS, 398}};
	int64_t now = instant("2026-03-15T00:00:00Z"), last = 0;
	assert_int_equal(policy_pack(policy, "public-tls", &pack, NULL), OK);
	assert_int_equal(policy_not_after(policy, &ca, pack, now - HOUR_MS, now, &last, NULL), OK);
	assert_int_equal(last, now - HOUR_MS + 200 * DAY_MS - SECOND_MS);
	policy_free(policy);
}

static void nothing_is_left(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct pack *pack;
	struct ca_row ca = {.id = "t", .validity = {PERIOD_SECONDS, 0}};
	struct error err = NO_ERROR;
	int64_t last = 7;
	assert_int_equal(policy_pack(policy, "agency", &pack, NULL), OK);
	assert_int_equal(policy_not_after(policy, &ca, pack, 0, 0, &last, &err), VALIDITY);
	assert_int_equal(last, 7);
	ca.validity.count = 1;
	assert_int_equal(policy_not_after(policy, &ca, pack, 0, 0, &last, &err), OK);
	assert_int_equal(last, 0);
	policy_free(policy);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_product),      TEST(folders_that_are_not_there),
		TEST(other_files_are_ignored), TEST(not_after),
		TEST(a_backdated_start),       TEST(nothing_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
