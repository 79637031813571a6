/* Certificates: written by us, judged by OpenSSL's path validation, read back by us. */
#include "csr/certificate.h"
#include "tests/csr/hierarchy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

static X509 *parse(struct slice der)
{
	const unsigned char *at = der.data;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.length);
	assert_non_null(certificate);
	assert_ptr_equal(at, der.data + der.length);
	return certificate;
}

static void issue(const struct hierarchy *hierarchy, struct buffer *out)
{
	CLEANUP(buffer_release) struct buffer tbs;
	CLEANUP(buffer_release) struct buffer signature;
	struct error err = NO_ERROR;
	buffer_init(&tbs, 65536);
	buffer_init(&signature, 4096);
	if (certificate_leaf_tbs(&hierarchy->leaf, &tbs, &err) != OK)
		fail_msg("%s", err.sentence);
	assert_int_equal(key_sign(hierarchy->issuing_key, buffer_slice(&tbs), &signature, NULL),
			 OK);
	assert_int_equal(
		certificate_assemble(buffer_slice(&tbs), buffer_slice(&signature), out, NULL), OK);
}

/* RFC 5280 section 6, by OpenSSL, strict, for a TLS server of this name at that time. */
static int openssl_judges(const struct hierarchy *hierarchy, struct slice leaf, const char *host)
{
	X509 *root = parse(buffer_slice(&hierarchy->root));
	X509 *issuing = parse(buffer_slice(&hierarchy->issuing));
	X509 *certificate = parse(leaf);
	X509_STORE *trusted = X509_STORE_new();
	STACK_OF(X509) *untrusted = sk_X509_new_null();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509_STORE_add_cert(trusted, root);
	sk_X509_push(untrusted, issuing);
	assert_int_equal(X509_STORE_CTX_init(context, trusted, certificate, untrusted), 1);
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_time(param, (HIERARCHY_START + DAY_MS) / SECOND_MS);
	X509_VERIFY_PARAM_set1_host(param, host, 0);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_verify_cert(context);
	int outcome = X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	sk_X509_free(untrusted);
	X509_STORE_free(trusted);
	X509_free(root);
	X509_free(issuing);
	X509_free(certificate);
	return outcome;
}

static void check_chain(enum key_type issuing, enum key_type leaf)
{
	struct hierarchy hierarchy;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&der, 65536);
	hierarchy_init(&hierarchy, issuing, leaf);
	issue(&hierarchy, &der);
	assert_int_equal(openssl_judges(&hierarchy, buffer_slice(&der), "www.example.jp"),
			 X509_V_OK);
	assert_int_equal(openssl_judges(&hierarchy, buffer_slice(&der), "mail.example.jp"),
			 X509_V_OK);
	assert_int_equal(openssl_judges(&hierarchy, buffer_slice(&der), "www.example.com"),
			 X509_V_ERR_HOSTNAME_MISMATCH);
	assert_int_equal(certificate_lint(buffer_slice(&der), NULL), OK);
	assert_int_equal(
		certificate_verify(buffer_slice(&der), buffer_slice(&hierarchy.issuing), NULL), OK);
	assert_int_equal(certificate_verify(buffer_slice(&hierarchy.issuing),
					    buffer_slice(&hierarchy.root), NULL),
			 OK);
	assert_int_equal(certificate_verify(buffer_slice(&hierarchy.root),
					    buffer_slice(&hierarchy.root), NULL),
			 OK);
	assert_int_equal(
		certificate_verify(buffer_slice(&der), buffer_slice(&hierarchy.root), NULL),
		CRYPTO_FAILED);
	der.data[der.length - 1] ^= 1;
	assert_int_equal(
		certificate_verify(buffer_slice(&der), buffer_slice(&hierarchy.issuing), NULL),
		CRYPTO_FAILED);
	hierarchy_release(&hierarchy);
}

static void test_chains(void **state)
{
	(void)state;
	check_chain(KEY_EC_P256, KEY_EC_P256);
	check_chain(KEY_EC_P384, KEY_RSA_2048);
	check_chain(KEY_RSA_2048, KEY_EC_P384);
}

static void test_read(void **state)
{
	(void)state;
	struct hierarchy hierarchy;
	struct certificate_facts facts;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&der, 65536);
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_RSA_2048);
	issue(&hierarchy, &der);
	assert_int_equal(certificate_read(buffer_slice(&der), &facts, NULL), OK);
	/* 0xab with the top bit cleared and the next one set. */
	assert_string_equal(facts.serial, "6b030000000000000000000000000000");
	assert_true(digest_equal(facts.fingerprint, digest_of(buffer_slice(&der))));
	assert_int_equal(facts.not_before_ms, hierarchy.leaf.not_before_ms);
	assert_int_equal(facts.not_after_ms, hierarchy.leaf.not_after_ms);
	assert_string_equal(facts.subject, "");
	assert_string_equal(facts.issuer, "CN=Example Issuing,O=Example K.K.,C=JP");
	assert_string_equal(facts.key_text, "rsa-2048");
	assert_int_equal(facts.name_count, 2);
	assert_string_equal(facts.names[0], "*.example.jp");
	assert_string_equal(facts.names[1], "www.example.jp");
	certificate_facts_release(&facts);

	for (size_t length = 0; length < der.length; length++)
		assert_int_equal(certificate_read(slice_of(der.data, length), &facts, NULL), INPUT);
	hierarchy_release(&hierarchy);
}

static void test_addresses(void **state)
{
	(void)state;
	struct hierarchy hierarchy;
	struct certificate_facts facts;
	const char *const names[] = {"www.example.jp", "8.8.8.8", "2606:4700::1111"};
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&der, 65536);
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_EC_P256);
	hierarchy.leaf.names = names;
	hierarchy.leaf.name_count = ARRAY_LENGTH(names);
	issue(&hierarchy, &der);
	assert_int_equal(certificate_read(buffer_slice(&der), &facts, NULL), OK);
	assert_int_equal(facts.name_count, 3);
	assert_string_equal(facts.names[0], "2606:4700::1111");
	assert_string_equal(facts.names[1], "8.8.8.8");
	assert_string_equal(facts.names[2], "www.example.jp");
	certificate_facts_release(&facts);

	/* What a client that connects to the address checks. */
	const unsigned char *at = der.data;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.length);
	assert_int_equal(X509_check_ip_asc(certificate, "8.8.8.8", 0), 1);
	assert_int_equal(X509_check_ip_asc(certificate, "2606:4700::1111", 0), 1);
	assert_int_equal(X509_check_ip_asc(certificate, "8.8.4.4", 0), 0);
	assert_int_equal(X509_check_host(certificate, "8.8.8.8", 0, 0, NULL), 0);
	X509_free(certificate);
	hierarchy_release(&hierarchy);
}

static void test_tbs_is_what_is_signed(void **state)
{
	(void)state;
	struct hierarchy hierarchy;
	struct slice inner;
	CLEANUP(buffer_release) struct buffer tbs;
	CLEANUP(buffer_release) struct buffer again;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&tbs, 65536);
	buffer_init(&again, 65536);
	buffer_init(&der, 65536);
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_EC_P256);
	assert_int_equal(certificate_leaf_tbs(&hierarchy.leaf, &tbs, NULL), OK);
	assert_int_equal(certificate_leaf_tbs(&hierarchy.leaf, &again, NULL), OK);
	assert_true(slice_equal(buffer_slice(&tbs), buffer_slice(&again)));
	issue(&hierarchy, &der);
	assert_int_equal(certificate_tbs(buffer_slice(&der), &inner, NULL), OK);
	assert_true(slice_equal(inner, buffer_slice(&tbs)));
	hierarchy_release(&hierarchy);
}

static void test_ca_profile(void **state)
{
	(void)state;
	struct hierarchy hierarchy;
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_EC_P256);
	X509 *root = parse(buffer_slice(&hierarchy.root));
	X509 *issuing = parse(buffer_slice(&hierarchy.issuing));
	uint32_t ca_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	assert_int_equal(X509_get_key_usage(root), ca_usage);
	assert_int_equal(X509_get_key_usage(issuing), ca_usage);
	assert_int_equal(X509_get_pathlen(root), -1);
	assert_int_equal(X509_get_pathlen(issuing), 0);
	assert_int_equal(X509_get_extended_key_usage(root), UINT32_MAX);
	assert_int_equal(X509_get_extended_key_usage(issuing), XKU_SSL_SERVER);
	assert_true(X509_get_extension_flags(root) & EXFLAG_SS);
	assert_int_equal(X509_check_issued(root, issuing), X509_V_OK);
	/* 9000 days after 2026-11-22 is in 2051: GeneralizedTime. */
	assert_int_equal(ASN1_STRING_type(X509_get0_notAfter(root)), V_ASN1_GENERALIZEDTIME);
	assert_int_equal(ASN1_STRING_type(X509_get0_notBefore(root)), V_ASN1_UTCTIME);
	X509_free(root);
	X509_free(issuing);
	hierarchy_release(&hierarchy);
}

static void test_ca_refusals(void **state)
{
	(void)state;
	struct key *key = NULL;
	CLEANUP(buffer_release) struct buffer der;
	char long_name[66];
	memset(long_name, 'a', 65);
	long_name[65] = '\0';
	const struct certificate_ca_params good = {
		.common_name = "Root", .not_after_ms = DAY_MS, .path_length = -1};
	struct certificate_ca_params params = good;
	buffer_init(&der, 65536);
	assert_int_equal(key_generate(KEY_EC_P256, &key, NULL), OK);
	params.common_name = long_name;
	assert_int_equal(certificate_root(&params, key, &der, NULL), CERTIFICATE_LINT);
	params = good;
	params.country = "jp";
	assert_int_equal(certificate_root(&params, key, &der, NULL), CERTIFICATE_LINT);
	params = good;
	params.not_after_ms = -1;
	assert_int_equal(certificate_root(&params, key, &der, NULL), VALIDITY);
	assert_int_equal(der.length, 0);
	assert_int_equal(certificate_root(&good, key, &der, NULL), OK);
	key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),     cmocka_unit_test(test_read),
		cmocka_unit_test(test_addresses),  cmocka_unit_test(test_tbs_is_what_is_signed),
		cmocka_unit_test(test_ca_profile), cmocka_unit_test(test_ca_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
