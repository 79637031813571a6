/* The local CA: an intent, its certificate, and what is never let out. */
#include "ca/ca.h"
#include "tests/csr/hierarchy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static struct hierarchy hierarchy;

static int setup(void **state)
{
	(void)state;
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_EC_P256);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hierarchy_release(&hierarchy);
	return 0;
}

static struct ca_order order_of(void)
{
	return (struct ca_order){
		.names = hierarchy.leaf.names,
		.name_count = hierarchy.leaf.name_count,
		.spki = hierarchy.leaf.spki,
		.not_before_ms = hierarchy.leaf.not_before_ms,
		.not_after_ms = hierarchy.leaf.not_after_ms,
		.policy_oid = "2.23.140.1.2.1",
		.serial = {0x12, 0x34},
	};
}

static struct ca_local ca_of(const struct key *key)
{
	return (struct ca_local){buffer_slice(&hierarchy.issuing), key};
}

static void test_issue(void **state)
{
	(void)state;
	struct ca_local preparing = ca_of(NULL);
	struct ca_local issuing = ca_of(hierarchy.issuing_key);
	struct ca_order order = order_of();
	struct slice tbs;
	struct certificate_facts facts;
	CLEANUP(buffer_release) struct buffer intent;
	CLEANUP(buffer_release) struct buffer der;
	CLEANUP(buffer_release) struct buffer again;
	buffer_init(&intent, 65536);
	buffer_init(&der, 65536);
	buffer_init(&again, 65536);

	assert_int_equal(ca_local_prepare(&preparing, &order, &intent, NULL), OK);
	assert_int_equal(ca_local_issue(&issuing, buffer_slice(&intent), &der, NULL), OK);
	assert_int_equal(certificate_tbs(buffer_slice(&der), &tbs, NULL), OK);
	assert_true(slice_equal(tbs, buffer_slice(&intent)));
	assert_int_equal(certificate_read(buffer_slice(&der), &facts, NULL), OK);
	assert_string_equal(facts.serial, "52340000000000000000000000000000");
	certificate_facts_release(&facts);

	assert_int_equal(ca_local_issue(&issuing, buffer_slice(&intent), &again, NULL), OK);
	assert_int_equal(certificate_tbs(buffer_slice(&again), &tbs, NULL), OK);
	assert_true(slice_equal(tbs, buffer_slice(&intent)));
}

static void test_urls(void **state)
{
	(void)state;
	struct ca_local ca = ca_of(NULL);
	struct ca_order order = order_of();
	CLEANUP(buffer_release) struct buffer intent;
	buffer_init(&intent, 65536);
	assert_int_equal(ca_local_prepare(&ca, &order, &intent, NULL), OK);
	assert_int_equal(slice_find(buffer_slice(&intent), slice_text("http://")), -1);
	buffer_clear(&intent);
	order.base_url = "http://ca.example.jp/";
	assert_int_equal(ca_local_prepare(&ca, &order, &intent, NULL), OK);
	const char *const urls[] = {"http://ca.example.jp/crl/", "http://ca.example.jp/ocsp/",
				    "http://ca.example.jp/certificate/"};
	for (size_t i = 0; i < ARRAY_LENGTH(urls); i++)
		assert_true(slice_find(buffer_slice(&intent), slice_text(urls[i])) > 0);
	buffer_clear(&intent);
	order.base_url = "https://ca.example.jp";
	assert_int_equal(ca_local_prepare(&ca, &order, &intent, NULL), CERTIFICATE_LINT);
	assert_int_equal(intent.length, 0);
}

static void test_refusals(void **state)
{
	(void)state;
	struct ca_local without_key = ca_of(NULL);
	struct ca_local wrong_key = ca_of(hierarchy.root_key);
	struct ca_local other_key = ca_of(hierarchy.leaf_key);
	struct ca_order order = order_of();
	CLEANUP(buffer_release) struct buffer intent;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&intent, 65536);
	buffer_init(&der, 65536);
	assert_int_equal(ca_local_prepare(&without_key, &order, &intent, NULL), OK);
	struct slice tbs = buffer_slice(&intent);
	assert_int_equal(ca_local_issue(&without_key, tbs, &der, NULL), KEY_MISSING);
	assert_int_equal(ca_local_issue(&wrong_key, tbs, &der, NULL), CRYPTO_FAILED);
	assert_int_equal(ca_local_issue(&other_key, tbs, &der, NULL), CRYPTO_FAILED);
	assert_int_equal(ca_local_issue(&other_key, slice_text("no intent"), &der, NULL),
			 CRYPTO_FAILED);
	assert_int_equal(der.length, 0);

	buffer_clear(&intent);
	order.not_before_ms = HIERARCHY_START - 1000;
	assert_int_equal(ca_local_prepare(&without_key, &order, &intent, NULL), VALIDITY);
	order = order_of();
	order.policy_oid = "1.2.3.4";
	assert_int_equal(ca_local_prepare(&without_key, &order, &intent, NULL), CERTIFICATE_LINT);
	assert_int_equal(intent.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_issue),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_refusals),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
