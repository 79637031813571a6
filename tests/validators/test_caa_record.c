/* CAA records and the ABNF of RFC 8659 section 4.2. */
#include "validators/caa_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

struct value_row {
	const char *value;
	const char *issuer; /* NULL: malformed */
	size_t parameters;
	const char *tag, *text; /* of the last parameter */
};

/* clang-format off */
static const struct value_row value_rows[] = {
	{"", "", 0, NULL, NULL},
	{";", "", 0, NULL, NULL},
	{"  ;\t ", "", 0, NULL, NULL},
	{"   ", "", 0, NULL, NULL},
	{"ca.example", "ca.example", 0, NULL, NULL},
	{"CA.Example", "ca.example", 0, NULL, NULL},
	{" \tca.example \t", "ca.example", 0, NULL, NULL},
	{"ca.example;", "ca.example", 0, NULL, NULL},
	{"ca.example ; ", "ca.example", 0, NULL, NULL},
	{"localhost", "localhost", 0, NULL, NULL},
	{"c--a.e-x", "c--a.e-x", 0, NULL, NULL},
	{"ca.example; account=230123", "ca.example", 1, "account", "230123"},
	{"ca.example;a=1;b=2", "ca.example", 2, "b", "2"},
	{"ca.example; A = 1 ; b-c =%zz", "ca.example", 2, "b-c", "%zz"},
	{"ca.example; a=", "ca.example", 1, "a", ""},
	{"ca.example; a=b=c,\"d\"", "ca.example", 1, "a", "b=c,\"d\""},
	{"; a=1", "", 1, "a", "1"},
	{"ca.example; accounturi=https://ca.example/a/1", "ca.example", 1, "accounturi", "https://ca.example/a/1"},
	{"ca.example.", NULL, 0, NULL, NULL},
	{".ca.example", NULL, 0, NULL, NULL},
	{"ca..example", NULL, 0, NULL, NULL},
	{"-ca.example", NULL, 0, NULL, NULL},
	{"ca-.example", NULL, 0, NULL, NULL},
	{"ca_1.example", NULL, 0, NULL, NULL},
	{"ca.example ca2.example", NULL, 0, NULL, NULL},
	{"ca.example, ca2.example", NULL, 0, NULL, NULL},
	{"\"ca.example\"", NULL, 0, NULL, NULL},
	{"https://ca.example", NULL, 0, NULL, NULL},
	{"%%%%%", NULL, 0, NULL, NULL},
	{"ca.example; a", NULL, 0, NULL, NULL},
	{"ca.example; =1", NULL, 0, NULL, NULL},
	{"ca.example; -a=1", NULL, 0, NULL, NULL},
	{"ca.example; a-=1", NULL, 0, NULL, NULL},
	{"ca.example; a=1;", NULL, 0, NULL, NULL},
	{"ca.example; a=1 b=2", NULL, 0, NULL, NULL},
	{"ca.example;; a=1", NULL, 0, NULL, NULL},
	{"ca.example; a=\xc3\xa9", NULL, 0, NULL, NULL},
	{"ca.example\n", NULL, 0, NULL, NULL},
};
/* clang-format on */

static void test_issue_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(value_rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		const struct value_row *row = &value_rows[i];
		struct caa_issue issue = {.parameter_count = 99};
		struct error err = NO_ERROR;
		enum status status = caa_issue_read(slice_text(row->value), &arena, &issue, &err);
		if ((status == OK) != (row->issuer != NULL))
			fail_msg("\"%s\": %s", row->value, status == OK ? "read" : err.sentence);
		if (status != OK) {
			assert_int_equal(issue.parameter_count, 99);
			continue;
		}
		assert_string_equal(issue.issuer, row->issuer);
		assert_int_equal(issue.parameter_count, row->parameters);
		if (row->parameters == 0)
			continue;
		const struct caa_parameter *last = &issue.parameters[row->parameters - 1];
		assert_string_equal(last->tag, row->tag);
		assert_string_equal(last->value, row->text);
	}
}

static void test_nul_ends_nothing(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct caa_issue issue;
	assert_int_equal(caa_issue_read(slice_of("ca.example\0x", 12), &arena, &issue, NULL),
			 INPUT);
}

struct rdata_row {
	const char *bytes;
	size_t length;
	const char *tag; /* NULL: malformed */
	const char *value;
	bool critical;
};

/* clang-format off */
static const struct rdata_row rdata_rows[] = {
	{"\0\5issueca", 9, "issue", "ca", false},
	{"\0\5IsSuE", 7, "issue", "", false},
	{"\x80\3tbsx", 6, "tbs", "x", true},
	{"\x01\3tbsx", 6, "tbs", "x", true},
	{"\x82\3tbsx", 6, "tbs", "x", true},
	{"\x40\3tbsx", 6, "tbs", "x", false},
	{"\0\2a1", 4, "a1", "", false},
	{"\0\0", 2, NULL, NULL, false},
	{"\0\0ca", 4, NULL, NULL, false},
	{"\0\6issue", 7, NULL, NULL, false},
	{"\0\5iss-e", 7, NULL, NULL, false},
	{"\0\5iss\0e", 7, NULL, NULL, false},
	{"\0", 1, NULL, NULL, false},
	{"", 0, NULL, NULL, false},
};
/* clang-format on */

static void test_rdata(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rdata_rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		const struct rdata_row *row = &rdata_rows[i];
		struct caa_record record;
		enum status status =
			caa_record_read(slice_of(row->bytes, row->length), &arena, &record, NULL);
		if ((status == OK) != (row->tag != NULL))
			fail_msg("row %zu: %s", i, status_code(status));
		if (status != OK)
			continue;
		assert_string_equal(record.tag, row->tag);
		assert_true(slice_equal(record.value, slice_text(row->value)));
		assert_int_equal(caa_record_critical(&record), row->critical);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_issue_values),
		cmocka_unit_test(test_nul_ends_nothing),
		cmocka_unit_test(test_rdata),
	};
	return cmocka_run_group_tests_name("validators.caa_record", tests, NULL, NULL);
}
