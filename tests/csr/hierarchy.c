/* A root, an issuing certificate and a leaf's parameters: see hierarchy.h. */
#include "tests/csr/hierarchy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const names[] = {"www.example.jp", "*.example.jp"};

void hierarchy_init(struct hierarchy *hierarchy, enum key_type issuing, enum key_type leaf)
{
	struct certificate_ca_params root = {
		.common_name = "Example Root",
		.organization = "Example K.K.",
		.country = "JP",
		.serial = {0xff, 1},
		.not_before_ms = HIERARCHY_START,
		.not_after_ms = HIERARCHY_START + 9000 * DAY_MS - SECOND_MS,
		.path_length = -1,
	};
	struct certificate_ca_params sub = root;
	sub.common_name = "Example Issuing";
	sub.path_length = 0;
	sub.serial[1] = 2;
	*hierarchy = (struct hierarchy){0};
	buffer_init(&hierarchy->root, 65536);
	buffer_init(&hierarchy->issuing, 65536);
	buffer_init(&hierarchy->spki, 4096);

	CLEANUP(buffer_release) struct buffer spki;
	buffer_init(&spki, 4096);
	assert_int_equal(key_generate(KEY_EC_P384, &hierarchy->root_key, NULL), OK);
	assert_int_equal(key_generate(issuing, &hierarchy->issuing_key, NULL), OK);
	assert_int_equal(key_generate(leaf, &hierarchy->leaf_key, NULL), OK);
	assert_int_equal(key_public_der(hierarchy->issuing_key, &spki, NULL), OK);
	assert_int_equal(key_public_der(hierarchy->leaf_key, &hierarchy->spki, NULL), OK);
	assert_int_equal(certificate_root(&root, hierarchy->root_key, &hierarchy->root, NULL), OK);
	assert_int_equal(certificate_issuing(&sub, buffer_slice(&spki),
					     buffer_slice(&hierarchy->root), hierarchy->root_key,
					     &hierarchy->issuing, NULL),
			 OK);
	hierarchy->leaf = (struct certificate_leaf_params){
		.issuer_der = buffer_slice(&hierarchy->issuing),
		.spki = buffer_slice(&hierarchy->spki),
		.names = names,
		.name_count = 2,
		.serial = {0xab, 3},
		.not_before_ms = HIERARCHY_START,
		.not_after_ms = HIERARCHY_START + 90 * DAY_MS - SECOND_MS,
		.policy_oid = "2.23.140.1.2.1",
		.crl_url = "http://ca.example.jp/issuing.crl",
		.ocsp_url = "http://ca.example.jp/ocsp",
		.ca_issuers_url = "http://ca.example.jp/issuing.cer",
	};
}

void hierarchy_release(struct hierarchy *hierarchy)
{
	key_free(hierarchy->root_key);
	key_free(hierarchy->issuing_key);
	key_free(hierarchy->leaf_key);
	buffer_release(&hierarchy->root);
	buffer_release(&hierarchy->issuing);
	buffer_release(&hierarchy->spki);
}
