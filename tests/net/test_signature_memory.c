/*
 * Signatures found good are remembered: what the digest covers, that nothing else
 * is taken for it, and that time and the number tried are judged all the same.
 */
#include "base/memory.h"
#include "net/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNED_AT_S = 1795348800, DAY_S = 86400 };

struct scene {
	ldns_rdf *zone;
	ldns_key *key;
	ldns_rr_list *dnskeys;
	struct rrset rrset;
	struct signature_memory *memory;
	unsigned tried;
};

static ldns_rr *record(const char *text)
{
	ldns_rr *rr = NULL;
	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static void *checked(void *allocated)
{
	if (!allocated)
		memory_exhausted();
	return allocated;
}

static void scene_init(struct scene *scene)
{
	*scene = (struct scene){
		.zone = checked(ldns_dname_new_frm_str("example.")),
		.key = checked(ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256)),
		.dnskeys = checked(ldns_rr_list_new()),
		.rrset = {.type = LDNS_RR_TYPE_CAA, .records = checked(ldns_rr_list_new())},
		.memory = signature_memory_new(),
	};
	ldns_key_set_pubkey_owner(scene->key, ldns_rdf_clone(scene->zone));
	ldns_key_set_flags(scene->key, LDNS_KEY_ZONE_KEY);
	ldns_key_set_inception(scene->key, SIGNED_AT_S - DAY_S);
	ldns_key_set_expiration(scene->key, SIGNED_AT_S + DAY_S);
	ldns_rr_list_push_rr(scene->dnskeys, checked(ldns_key2rr(scene->key)));
	ldns_key_set_keytag(scene->key, ldns_calc_keytag(ldns_rr_list_rr(scene->dnskeys, 0)));
	ldns_rr_list_push_rr(scene->rrset.records,
			     record("www.example. 60 IN CAA 0 issue \"ca.example.net\""));
	ldns_rr_list_push_rr(scene->rrset.records,
			     record("www.example. 60 IN CAA 0 issuewild \";\""));
	scene->rrset.owner = ldns_rr_owner(ldns_rr_list_rr(scene->rrset.records, 0));
	ldns_key_list *keys = checked(ldns_key_list_new());
	ldns_key_list_push_key(keys, scene->key);
	scene->rrset.signatures = checked(ldns_sign_public(scene->rrset.records, keys));
	ldns_key_list_free(keys); /* with the key */
}

static void scene_release(struct scene *scene)
{
	ldns_rdf_deep_free(scene->zone);
	ldns_rr_list_deep_free(scene->dnskeys);
	ldns_rr_list_deep_free(scene->rrset.records);
	ldns_rr_list_deep_free(scene->rrset.signatures);
	signature_memory_free(scene->memory);
}

static enum status check(struct scene *scene, int64_t at_s)
{
	const ldns_rr *good = NULL;
	struct error why = NO_ERROR;
	const struct signature_keys keys = {
		.zone = scene->zone,
		.dnskeys = scene->dnskeys,
		.at_s = at_s,
		.tried = &scene->tried,
		.memory = scene->memory,
	};
	return signature_check(&keys, &scene->rrset, &good, &why);
}

static struct digest digest_now(const struct scene *scene)
{
	struct digest digest;
	assert_true(signature_digest(&scene->rrset, ldns_rr_list_rr(scene->rrset.signatures, 0),
				     ldns_rr_list_rr(scene->dnskeys, 0), &digest));
	return digest;
}

/* An octet of the last field of a record. */
static uint8_t *last_octet(ldns_rr *rr)
{
	ldns_rdf *field = ldns_rr_rdf(rr, ldns_rr_rd_count(rr) - 1);
	return ldns_rdf_data(field) + ldns_rdf_size(field) - 1;
}

static void test_only_good_ones_are_kept(void **state)
{
	(void)state;
	struct scene scene;
	scene_init(&scene);
	uint8_t *octet = last_octet(ldns_rr_list_rr(scene.rrset.records, 0));
	*octet ^= 1;
	assert_int_equal(check(&scene, SIGNED_AT_S), DNS_FAILED);
	assert_false(signature_memory_has(scene.memory, digest_now(&scene)));
	*octet ^= 1;
	assert_int_equal(check(&scene, SIGNED_AT_S), OK);
	assert_true(signature_memory_has(scene.memory, digest_now(&scene)));
	assert_int_equal(check(&scene, SIGNED_AT_S), OK);
	assert_int_equal(scene.tried, 3);
	scene_release(&scene);
}

static void test_each_octet_counts(void **state)
{
	(void)state;
	struct scene scene;
	scene_init(&scene);
	assert_int_equal(check(&scene, SIGNED_AT_S), OK);
	ldns_rr *parts[] = {
		ldns_rr_list_rr(scene.rrset.records, 0),
		ldns_rr_list_rr(scene.rrset.records, 1),
		ldns_rr_list_rr(scene.rrset.signatures, 0),
		ldns_rr_list_rr(scene.dnskeys, 0),
	};
	for (size_t part = 0; part < ARRAY_LENGTH(parts); part++)
		for (size_t i = 0; i < ldns_rr_rd_count(parts[part]); i++) {
			ldns_rdf *field = ldns_rr_rdf(parts[part], i);
			for (size_t at = 0; at < ldns_rdf_size(field); at++) {
				ldns_rdf_data(field)[at] ^= 1;
				assert_false(
					signature_memory_has(scene.memory, digest_now(&scene)));
				ldns_rdf_data(field)[at] ^= 1;
			}
		}
	/* One record fewer. */
	ldns_rr *left_out = ldns_rr_list_pop_rr(scene.rrset.records);
	assert_int_equal(check(&scene, SIGNED_AT_S), DNS_FAILED);
	ldns_rr_free(left_out);
	scene_release(&scene);
}

static void test_case_and_ttl_do_not_count(void **state)
{
	(void)state;
	struct scene scene;
	scene_init(&scene);
	struct digest before = digest_now(&scene);
	ldns_rdf *other = checked(ldns_dname_new_frm_str("wWw.eXAMPLE."));
	scene.rrset.owner = other;
	ldns_rr_set_ttl(ldns_rr_list_rr(scene.rrset.records, 0), 7);
	assert_true(digest_equal(before, digest_now(&scene)));
	ldns_rdf_deep_free(other);
	scene.rrset.owner = scene.zone;
	assert_false(digest_equal(before, digest_now(&scene)));
	scene_release(&scene);
}

static void test_time_is_judged_every_time(void **state)
{
	(void)state;
	struct scene scene;
	scene_init(&scene);
	assert_int_equal(check(&scene, SIGNED_AT_S), OK);
	assert_int_equal(check(&scene, SIGNED_AT_S + 2 * DAY_S), DNS_FAILED);
	assert_int_equal(check(&scene, SIGNED_AT_S - 2 * DAY_S), DNS_FAILED);
	scene_release(&scene);
}

/* Otherwise it would save nothing. */
static void test_a_remembered_one_is_not_verified_again(void **state)
{
	(void)state;
	struct scene scene;
	scene_init(&scene);
	*last_octet(ldns_rr_list_rr(scene.rrset.signatures, 0)) ^= 1;
	assert_int_equal(check(&scene, SIGNED_AT_S), DNS_FAILED);
	signature_memory_keep(scene.memory, digest_now(&scene));
	assert_int_equal(check(&scene, SIGNED_AT_S), OK);
	signature_memory_free(scene.memory);
	scene.memory = NULL;
	assert_int_equal(check(&scene, SIGNED_AT_S), DNS_FAILED);
	scene_release(&scene);
}

static void test_too_long(void **state)
{
	(void)state;
	struct scene scene;
	struct digest digest;
	scene_init(&scene);
	ldns_rr *text = record("www.example. 60 IN CAA 0 issue \"ca.example.net\"");
	for (size_t i = 0; i < SIGNATURE_OCTETS_MAX / 20; i++)
		ldns_rr_list_push_rr(scene.rrset.records, ldns_rr_clone(text));
	assert_false(signature_digest(&scene.rrset, ldns_rr_list_rr(scene.rrset.signatures, 0),
				      ldns_rr_list_rr(scene.dnskeys, 0), &digest));
	ldns_rr_free(text);
	scene_release(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_good_ones_are_kept),
		cmocka_unit_test(test_each_octet_counts),
		cmocka_unit_test(test_case_and_ttl_do_not_count),
		cmocka_unit_test(test_time_is_judged_every_time),
		cmocka_unit_test(test_a_remembered_one_is_not_verified_again),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests_name("net.signature_memory", tests, NULL, NULL);
}
