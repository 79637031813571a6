/* Trust anchors: the built-in ones, files of records, files kept by RFC 5011. */
#include "net/trust_anchor.h"

#include <ldns/ldns.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define KEY                                                                                        \
	"AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN" \
	"7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8" \
	"efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLY" \
	"A4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="

static void test_root(void **state)
{
	(void)state;
	struct trust_anchors *anchors = trust_anchors_root();
	const ldns_rr_list *records = trust_anchors_records(anchors);
	assert_int_equal(ldns_rr_list_rr_count(records), 2);

	/* The digest of KSK-2017 is that of its key. */
	ldns_rr *key = NULL;
	assert_int_equal(ldns_rr_new_frm_str(&key, ". IN DNSKEY 257 3 8 " KEY, 0, NULL, NULL),
			 LDNS_STATUS_OK);
	ldns_rr *made = ldns_key_rr2ds(key, LDNS_SHA256);
	assert_true(ldns_rr_compare_ds(made, ldns_rr_list_rr(records, 0)));
	ldns_rr_free(made);
	ldns_rr_free(key);
	trust_anchors_free(anchors);
}

struct row {
	const char *text;
	size_t anchors;
	const char *sentence; /* NULL: it is read */
};

#define DS "example. IN DS 1 8 2 00112233\n"

/* clang-format off */
static const struct row rows[] = {
	{DS, 1, NULL},
	{"; a comment\n\n" DS "  \n" DS, 2, NULL},
	{"example. DS 1 RSASHA1 1 00112233", 1, NULL},
	{". 86400 IN DNSKEY 257 3 8 " KEY " ;{id = 20326} ;;state=2 [  VALID  ] ;;count=0", 1, NULL},
	{". 86400 IN DNSKEY 257 3 8 " KEY " ;{id = 20326} ;;state=3 [ MISSING ]", 1, NULL},
	{DS ". 86400 IN DNSKEY 257 3 8 " KEY " ;;state=1 [ ADDPEND ]\n", 1, NULL},
	{DS ". 86400 IN DNSKEY 257 3 8 " KEY " ;;state=4 [ REVOKED ]\n", 1, NULL},
	{DS ". 86400 IN DNSKEY 385 3 8 " KEY "\n", 1, NULL},
	{"", 0, "anchors: no DS or DNSKEY record that may be trusted"},
	{". IN DNSKEY 257 3 8 " KEY " ;;state=1 [ ADDPEND ]", 0, "no DS or DNSKEY record"},
	{DS "example. IN A 192.0.2.1", 0, "anchors: line 2: \"example. IN A 192.0.2.1\" is neither DS nor DNSKEY"},
	{"nonsense", 0, "line 1: \"nonsense\" is not a record"},
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct trust_anchors *anchors = NULL;
		struct error error = NO_ERROR;
		enum status status =
			trust_anchors_read("anchors", slice_text(rows[i].text), &anchors, &error);
		if (rows[i].sentence) {
			assert_int_equal(status, INPUT);
			assert_null(anchors);
			if (!strstr(error.sentence, rows[i].sentence))
				fail_msg("row %zu: %s", i, error.sentence);
			continue;
		}
		assert_int_equal(status, OK);
		assert_int_equal(ldns_rr_list_rr_count(trust_anchors_records(anchors)),
				 rows[i].anchors);
		trust_anchors_free(anchors);
	}
}

static void test_limit(void **state)
{
	(void)state;
	struct buffer text;
	struct trust_anchors *anchors = NULL;
	struct error error = NO_ERROR;
	buffer_init(&text, TRUST_ANCHOR_FILE_MAX);
	for (size_t i = 0; i < TRUST_ANCHORS_MAX; i++)
		buffer_append_text(&text, DS);
	assert_int_equal(trust_anchors_read("anchors", buffer_slice(&text), &anchors, &error), OK);
	trust_anchors_free(anchors);
	buffer_append_text(&text, DS);
	assert_int_equal(trust_anchors_read("anchors", buffer_slice(&text), &anchors, &error),
			 INPUT);
	assert_non_null(strstr(error.sentence, "line 65: there are more than 64 trust anchors"));
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests_name("net.trust_anchor", tests, NULL, NULL);
}
