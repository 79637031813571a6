/* Products and CAs: the shipped rows, a home's rows in their place, and what a row may not say. */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PRODUCTS "data/catalogue/products.yaml"
#define METHODS                                                                                    \
	"methods: [web-page, dns-txt, http-01, tls-alpn-01, dns-01, dns-account-01, "              \
	"dns-persist-01, whois-email, constructed-email, dns-contact-email]"
#define CAS "data/catalogue/cas.yaml"

static void shipped_product(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct product *product;
	assert_int_equal(policy_product(policy, "local-dv", &product, NULL), OK);
	assert_string_equal(product->ca, "local");
	assert_string_equal(product->pack, "agency");
	assert_int_equal(product->class, CLASS_DV);
	assert_int_equal(product->trust, TRUST_PRIVATE);
	assert_int_equal(product->mode, MODE_AUTHORITATIVE);
	assert_int_equal(product->gate_count, 4);
	static const char *const kinds[] = {"applicant", "request", "control", "caa"};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		assert_string_equal(product->gates[i].kind, kinds[i]);
		assert_int_equal(product->gates[i].after_count, i < 2 ? 0 : 1);
	}
	assert_string_equal(product->gates[2].after[0], "applicant");
	assert_int_equal(product->method_count, 10);
	assert_string_equal(product->methods[0], "web-page");
	assert_string_equal(product->methods[1], "dns-txt");
	assert_int_equal(product->key_type_count, 5);
	assert_string_equal(product->key_types[0], "ec-p256");
	assert_int_equal(product->applicant_type_count, 0);
	assert_int_equal(product->names_max, 100);
	assert_int_equal(product->give_up_days, 90);
	policy_free(policy);
}

static void shipped_ca(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct ca_row *ca;
	assert_int_equal(policy_ca(policy, "local", &ca, NULL), OK);
	assert_string_equal(ca->backend, "local");
	assert_int_equal(ca->caa_identifier_count, 0);
	assert_string_equal(ca->policy_oid, "2.23.140.1.2.1");
	assert_int_equal(ca->validity.unit, PERIOD_DAYS);
	assert_int_equal(ca->validity.count, 90);
	assert_null(ca->base_url);
	assert_int_equal(ca->backdate_ms, HOUR_MS);
	policy_free(policy);
}

/* What one change of the shipped files leads to. */
static void refusals(void **state)
{
	static const struct {
		const char *file;
		const char *old;
		const char *new;
		const char *where;
		const char *words;
	} rows[] = {
		{PRODUCTS, "kind: request", "kind: payment", "gate \"payment\"",
		 "kind is \"payment\", not one of applicant, request, control, caa"},
		{PRODUCTS, "{kind: caa, after", "{kind: caa, caller: ca, after",
		 "product \"local-dv\"", "gate \"caa\" has a caller"},
		{PRODUCTS, "- kind: request", "- {kind: organisation-call, caller: them}",
		 "caller is \"them\"", "us, ca"},
		{PRODUCTS, "kind: request", "kind: caa", "product \"local-dv\"",
		 "gate \"caa\" stands twice"},
		{PRODUCTS, "kind: caa, after: [applicant]", "kind: caa, after: [aplicant]",
		 "after is \"aplicant\"", "nearest known value is \"applicant\""},
		{PRODUCTS, "- kind: applicant\n", "- {kind: applicant, after: [caa]}\n",
		 "product \"local-dv\"", "waits in a circle"},
		{PRODUCTS, "      - kind: applicant\n", "",
		 "gate \"control\" comes after \"applicant\"", "does not have"},
		{PRODUCTS, "ca: local", "ca: lokal", "there is no ca \"lokal\"",
		 "did you mean local?"},
		{PRODUCTS, "pack: agency", "pack: agencies", "there is no pack", "agency"},
		{PRODUCTS, METHODS, "methods: [web-pag]", "pack agency does not have",
		 "nearest known method is \"web-page\""},
		{PRODUCTS, METHODS, "methods: []", "product \"local-dv\"", "methods is missing"},
		{PRODUCTS, METHODS, "methods: [web-page, web-page]", "product \"local-dv\"",
		 "names \"web-page\" twice"},
		{PRODUCTS, "rsa-4096]", "rsa-1024]", "key_types: ", "rsa-1024"},
		{PRODUCTS, "trust: private", "trust: public", "pack is \"agency\"",
		 "\"public-tls\""},
		{PRODUCTS, "class: dv", "class: DV", "class is \"DV\"", "one of dv, ov, ev"},
		{PRODUCTS, "names_max: 100", "names_max: 0", "names_max is \"0\"",
		 "from 1 to 1000"},
		{PRODUCTS, "id: local-dv", "id: Local_DV", "id is \"Local_DV\"", "lower-case"},
		{PRODUCTS, "    ca: local\n", "", "product \"local-dv\"", "ca is missing"},
		{CAS, "backdate: 1 hour", "backdate: 49 hours", "ca \"local\"",
		 "from 0 days to 2 days"},
		{CAS, "validity: 90 days", "validity: 3 months", "validity is \"3 months\"",
		 "days"},
		{CAS, "caa_identifiers: []", "caa_identifiers: [\"ca example\"]", "ca \"local\"",
		 "not a domain name"},
		{CAS, "policy_oid: 2.23.140.1.2.1", "policy_oid: dv", "policy_oid is \"dv\"",
		 "object identifier"},
		{CAS, "backdate: 1 hour", "base_url: ftp://x.example", "base_url is", "http://"},
		{CAS, "backend: local", "backend: acme", "backend is \"acme\"", "one of local"},
	};
	struct folder *folder = *state;
	char *products = folder_text(folder, PRODUCTS), *cas = folder_text(folder, CAS);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		folder_replace_first(folder, rows[i].file, rows[i].old, rows[i].new);
		folder_refuses(folder, POLICY_ROW, rows[i].where, rows[i].words, NULL);
		folder_write(folder, PRODUCTS, products);
		folder_write(folder, CAS, cas);
	}
	free(products);
	free(cas);
}

static void a_gate_after_itself(void **state)
{
	struct folder *folder = *state;
	folder_replace_first(folder, PRODUCTS, "kind: caa, after: [applicant]",
			     "kind: caa, after: [caa]");
	folder_refuses(folder, POLICY_ROW, "gate \"caa\" waits in a circle", NULL);
}

static void a_home_replaces_and_adds(void **state)
{
	struct folder *folder = *state;
	char *text = folder_text(folder, CAS);
	folder_write(folder, "home/catalogue/cas.yaml", text);
	folder_replace(folder, "home/catalogue/cas.yaml", "caa_identifiers: []",
		       "caa_identifiers: [ca.example.jp]");
	folder_write(
		folder, "home/catalogue/products.yaml",
		"products:\n"
		"  - {id: own-dv, title: Own, citation: own, ca: local, pack: agency, class: dv, "
		"trust: private, mode: authoritative, gates: [{kind: request}], methods: "
		"[web-page], key_types: [ec-p384], names_max: 1, give_up_days: 7}\n");
	struct policy *policy = folder_load(folder);
	const struct ca_row *ca;
	const struct product *product;
	assert_int_equal(policy_ca(policy, "local", &ca, NULL), OK);
	assert_int_equal(ca->caa_identifier_count, 1);
	assert_string_equal(ca->caa_identifiers[0], "ca.example.jp");
	assert_int_equal(policy_product(policy, "own-dv", &product, NULL), OK);
	assert_int_equal(policy_product(policy, "local-dv", &product, NULL), OK);
	policy_free(policy);
	free(text);
}

static void a_row_twice_in_a_file(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "home/catalogue/cas.yaml",
		     "cas:\n"
		     "  - {id: b, title: B, backend: local, policy_oid: 1.2.3, validity: 1 day}\n"
		     "  - {id: b, title: B, backend: local, policy_oid: 1.2.3, validity: 1 day}\n");
	folder_refuses(folder, POLICY_ROW, "home/catalogue/cas.yaml", "row \"b\" stands twice",
		       NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(shipped_product),
		TEST(shipped_ca),
		TEST(refusals),
		TEST(a_gate_after_itself),
		TEST(a_home_replaces_and_adds),
		TEST(a_row_twice_in_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
