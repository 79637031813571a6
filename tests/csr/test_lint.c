/* Each lint is broken once, and only it. A good leaf is taken apart by OpenSSL, changed and signed
 * by a throw-away key; the sentence must name the lint. */
#include "csr/certificate.h"
#include "tests/csr/hierarchy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static struct hierarchy hierarchy;
static EVP_PKEY *signer;

static int setup(void **state)
{
	(void)state;
	hierarchy_init(&hierarchy, KEY_EC_P256, KEY_EC_P256);
	signer = EVP_EC_gen("P-256");
	return signer ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(signer);
	hierarchy_release(&hierarchy);
	return 0;
}

/* ---- what a row may change ---- */

static void set_version_2(X509 *certificate, const char *value)
{
	(void)value;
	X509_set_version(certificate, X509_VERSION_2);
}

static void set_serial(X509 *certificate, const char *value)
{
	BIGNUM *number = NULL;
	assert_true(BN_hex2bn(&number, value) > 0);
	ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(number, NULL);
	X509_set_serialNumber(certificate, serial);
	ASN1_INTEGER_free(serial);
	BN_free(number);
}

static void clear_issuer(X509 *certificate, const char *value)
{
	(void)value;
	X509_NAME *name = X509_NAME_new();
	X509_set_issuer_name(certificate, name);
	X509_NAME_free(name);
}

static void set_not_after(X509 *certificate, const char *value)
{
	ASN1_TIME *time = ASN1_TIME_new();
	assert_int_equal(ASN1_TIME_set_string(time, value), 1);
	X509_set1_notAfter(certificate, time);
	ASN1_TIME_free(time);
}

static void set_key(X509 *certificate, const char *value)
{
	EVP_PKEY *key = value ? EVP_EC_gen(value) : EVP_RSA_gen(1024);
	X509_set_pubkey(certificate, key);
	EVP_PKEY_free(key);
}

static void set_subject(X509 *certificate, const char *value)
{
	X509_NAME *name = X509_NAME_new();
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)value, -1, -1,
				   0);
	X509_set_subject_name(certificate, name);
	X509_NAME_free(name);
}

/* "name=value" in OpenSSL's words, added. */
static void add_extension(X509 *certificate, const char *value)
{
	char text[512];
	snprintf(text, sizeof(text), "%s", value);
	char *equals = strchr(text, '=');
	*equals = '\0';
	X509V3_CTX context;
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, &context, text, equals + 1);
	if (!extension)
		fail_msg("OpenSSL does not take the extension %s", value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void remove_extension(X509 *certificate, const char *value)
{
	int at = X509_get_ext_by_NID(certificate, OBJ_txt2nid(value), -1);
	assert_true(at >= 0);
	X509_EXTENSION_free(X509_delete_ext(certificate, at));
}

static void replace_extension(X509 *certificate, const char *value)
{
	char name[64];
	sscanf(value, "%63[^=]", name);
	remove_extension(certificate, name);
	add_extension(certificate, value);
}

#define SAN "subjectAltName=critical,DNS:"

/* clang-format off */
static const struct {
	const char *lint;
	void (*change)(X509 *certificate, const char *value);
	const char *value;
	const char *digest; /* to sign with; NULL: SHA256 */
} rows[] = {
	{NULL,                       set_serial,        "0102030405060708", NULL},
	{NULL,                       add_extension,     "basicConstraints=critical,CA:FALSE", NULL},
	{NULL,                       set_not_after,     "20271224235959Z", NULL}, /* 398 days */
	{"version",                  set_version_2,     NULL, NULL},
	{"serial",                   set_serial,        "-0102030405060708", NULL},
	{"serial",                   set_serial,        "01020304050607", NULL},
	{"serial",                   set_serial,        "0", NULL},
	{"serial",                   set_serial,        "ff02030405060708091011121314151617181920", NULL},
	{"serial",                   set_serial,        "010203040506070809101112131415161718192021", NULL},
	{"signature-algorithm",      set_serial,        "0102030405060708", "SHA1"},
	{"issuer",                   clear_issuer,      NULL, NULL},
	{"validity-order",           set_not_after,     "20261121235959Z", NULL},
	{"validity-limit",           set_not_after,     "20271225000000Z", NULL},
	{"public-key",               set_key,           "secp256k1", NULL},
	{"public-key",               set_key,           NULL, NULL},
	{"extensions-once",          add_extension,     "extendedKeyUsage=serverAuth", NULL},
	{"extensions-allowed",       add_extension,     "1.2.3.4=DER:0500", NULL},
	{"extensions-allowed",       add_extension,     "nameConstraints=permitted;DNS:example.jp", NULL},
	{"extensions-allowed",       replace_extension, "keyUsage=digitalSignature", NULL},
	{"extensions-allowed",       replace_extension, "extendedKeyUsage=critical,serverAuth", NULL},
	{"not-ca",                   add_extension,     "basicConstraints=critical,CA:TRUE", NULL},
	{"key-usage",                remove_extension,  "keyUsage", NULL},
	{"key-usage",                replace_extension, "keyUsage=critical,keyAgreement", NULL},
	{"key-usage",                replace_extension, "keyUsage=critical,digitalSignature,keyEncipherment", NULL},
	{"key-usage",                replace_extension, "keyUsage=critical,digitalSignature,keyCertSign", NULL},
	{"extended-key-usage",       remove_extension,  "extendedKeyUsage", NULL},
	{"extended-key-usage",       replace_extension, "extendedKeyUsage=serverAuth,clientAuth", NULL},
	{"extended-key-usage",       replace_extension, "extendedKeyUsage=clientAuth", NULL},
	{"authority-key-identifier", remove_extension,  "authorityKeyIdentifier", NULL},
	{"authority-key-identifier", replace_extension, "authorityKeyIdentifier=DER:3007800101820201ff", NULL},
	{"policies",                 remove_extension,  "certificatePolicies", NULL},
	{"policies",                 replace_extension, "certificatePolicies=DER:3007300506032a0304", NULL},
	{"policies",                 replace_extension, "certificatePolicies=DER:30143008060667810c0102013008060667810c010202", NULL},
	{"access-urls",              replace_extension, "authorityInfoAccess=OCSP;URI:https://ca.example.jp/", NULL},
	{"crl-urls",                 replace_extension, "crlDistributionPoints=URI:http://a.example.jp/,URI:http://b.example.jp/", NULL},
	{"crl-urls",                 replace_extension, "crlDistributionPoints=URI:ldap://a.example.jp/", NULL},
	{"names-present",            remove_extension,  "subjectAltName", NULL},
	{NULL,                       replace_extension, SAN "a.example.jp,IP:8.8.8.8,IP:2606:4700::1111", NULL},
	{NULL,                       replace_extension, "subjectAltName=critical,IP:10.0.0.1", NULL},
	{"names-types",              replace_extension, SAN "a.example.jp,email:a@example.jp", NULL},
	{"names-types",              replace_extension, "subjectAltName=critical,URI:http://example.jp/", NULL},
	{"names-critical",           replace_extension, "subjectAltName=DNS:a.example.jp", NULL},
	{"names-critical",           set_subject,       "www.example.jp", NULL},
	{"names-wildcard",           replace_extension, SAN "*.*.example.jp", NULL},
	{"names-wildcard",           replace_extension, SAN "a.*.example.jp", NULL},
	{"names-form",               replace_extension, SAN "a_b.example.jp", NULL},
	{"names-form",               replace_extension, SAN "A.example.jp", NULL},
	{"names-form",               replace_extension, SAN "a.example.jp.", NULL},
	{"names-form",               replace_extension, SAN "xn--a.example.jp", NULL},
	{"names-form",               replace_extension, SAN "192.0.2.1", NULL},
	/* [7] of three and of eight octets. */
	{"names-addresses",          replace_extension, "subjectAltName=critical,DER:30058703080808", NULL},
	{"names-addresses",          replace_extension, "subjectAltName=critical,DER:300a87080808080808080808", NULL},
	{"names-once",               replace_extension, "subjectAltName=critical,IP:8.8.8.8,IP:8.8.8.8", NULL},
	{"names-once",               replace_extension, SAN "a.example.jp,DNS:b.example.jp,DNS:a.example.jp", NULL},
};
/* clang-format on */

static X509 *good_leaf(void)
{
	CLEANUP(buffer_release) struct buffer tbs;
	CLEANUP(buffer_release) struct buffer der;
	struct error err = NO_ERROR;
	uint8_t signature[8] = {0};
	buffer_init(&tbs, 65536);
	buffer_init(&der, 65536);
	if (certificate_leaf_tbs(&hierarchy.leaf, &tbs, &err) != OK)
		fail_msg("%s", err.sentence);
	assert_int_equal(
		certificate_assemble(buffer_slice(&tbs), slice_of(signature, 8), &der, NULL), OK);
	const unsigned char *at = der.data;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.length);
	assert_non_null(certificate);
	return certificate;
}

static enum status lint(X509 *certificate, struct error *err)
{
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);
	assert_true(length > 0);
	enum status status = certificate_lint(slice_of(der, (size_t)length), err);
	OPENSSL_free(der);
	return status;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		X509 *certificate = good_leaf();
		struct error err = NO_ERROR;
		char wanted[80] = "";
		rows[i].change(certificate, rows[i].value);
		assert_true(X509_sign(certificate, signer,
				      EVP_get_digestbyname(rows[i].digest ? rows[i].digest
									  : "SHA256")) > 0);
		enum status status = lint(certificate, &err);
		if (rows[i].lint)
			snprintf(wanted, sizeof(wanted), "lint %s (", rows[i].lint);
		if (status != (rows[i].lint ? CERTIFICATE_LINT : OK) ||
		    strncmp(err.sentence, wanted, strlen(wanted)) != 0)
			fail_msg("row %zu (%s, %s): %s", i, rows[i].lint ? rows[i].lint : "good",
				 rows[i].value ? rows[i].value : "", err.sentence);
		X509_free(certificate);
	}
}

static void test_common_name(void **state)
{
	(void)state;
	X509 *certificate = good_leaf();
	struct error err = NO_ERROR;
	set_subject(certificate, "www.example.jp");
	replace_extension(certificate, "subjectAltName=DNS:www.example.jp");
	X509_sign(certificate, signer, EVP_sha256());
	assert_int_equal(lint(certificate, &err), OK);
	set_subject(certificate, "mail.example.jp");
	X509_sign(certificate, signer, EVP_sha256());
	assert_int_equal(lint(certificate, &err), CERTIFICATE_LINT);
	assert_non_null(strstr(err.sentence, "lint common-name"));
	/* BR 7.1.4.3: an address in its one text form. */
	replace_extension(certificate, "subjectAltName=IP:2606:4700::1:0:0:1a,IP:8.8.8.8");
	set_subject(certificate, "2606:4700::1:0:0:1a");
	X509_sign(certificate, signer, EVP_sha256());
	assert_int_equal(lint(certificate, &err), OK);
	set_subject(certificate, "8.8.8.8");
	X509_sign(certificate, signer, EVP_sha256());
	assert_int_equal(lint(certificate, &err), OK);
	set_subject(certificate, "2606:4700:0:0:1::1A");
	X509_sign(certificate, signer, EVP_sha256());
	assert_int_equal(lint(certificate, &err), CERTIFICATE_LINT);
	assert_non_null(strstr(err.sentence, "lint common-name"));
	X509_free(certificate);
}

/* The algorithm outside is changed in the octets: OpenSSL keeps both the same. */
static void test_algorithms_equal(void **state)
{
	(void)state;
	X509 *certificate = good_leaf();
	struct error err = NO_ERROR;
	unsigned char *der = NULL;
	static const uint8_t ecdsa_sha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
	X509_sign(certificate, signer, EVP_sha256());
	int length = i2d_X509(certificate, &der);
	struct slice whole = slice_of(der, (size_t)length);
	struct slice oid = slice_of(ecdsa_sha256, sizeof(ecdsa_sha256));
	ptrdiff_t inner = slice_find(whole, oid);
	assert_true(inner > 0);
	size_t after = (size_t)inner + oid.length;
	ptrdiff_t outer = slice_find(slice_of(der + after, whole.length - after), oid);
	assert_true(outer > 0);
	der[after + (size_t)outer + oid.length - 1] = 0x03;
	assert_int_equal(certificate_lint(whole, &err), CERTIFICATE_LINT);
	assert_non_null(strstr(err.sentence, "lint algorithms-equal"));
	OPENSSL_free(der);
	X509_free(certificate);
}

static void test_not_a_certificate(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	assert_int_equal(certificate_lint(SLICE_NONE, &err), CERTIFICATE_LINT);
	assert_int_equal(certificate_lint(slice_text("no certificate"), &err), CERTIFICATE_LINT);
	assert_non_null(strstr(err.sentence, "lint form"));
}

/* What is broken at the source does not come out. */
static void test_leaf_is_linted(void **state)
{
	(void)state;
	struct certificate_leaf_params params = hierarchy.leaf;
	struct error err = NO_ERROR;
	CLEANUP(buffer_release) struct buffer tbs;
	buffer_init(&tbs, 65536);
	const char *const twice[] = {"a.example.jp", "a.example.jp"};
	params.names = twice;
	assert_int_equal(certificate_leaf_tbs(&params, &tbs, &err), CERTIFICATE_LINT);
	params = hierarchy.leaf;
	params.not_after_ms = params.not_before_ms + 398 * DAY_MS;
	assert_int_equal(certificate_leaf_tbs(&params, &tbs, &err), CERTIFICATE_LINT);
	assert_non_null(strstr(err.sentence, "lint validity-limit"));
	params = hierarchy.leaf;
	params.name_count = 0;
	assert_int_equal(certificate_leaf_tbs(&params, &tbs, &err), CERTIFICATE_LINT);
	assert_int_equal(tbs.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_common_name),
		cmocka_unit_test(test_algorithms_equal),
		cmocka_unit_test(test_not_a_certificate),
		cmocka_unit_test(test_leaf_is_linted),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
