/* Requests: made, read back, matched; broken ones, one row each; and a public corpus. */
#include "csr/request.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static void test_make_and_read(void **state)
{
	(void)state;
	const char *const names[] = {"www.example.jp", "*.example.jp", "example.jp"};
	struct key *key = NULL;
	struct request request;
	CLEANUP(buffer_release) struct buffer der;
	CLEANUP(buffer_release) struct buffer pem;
	CLEANUP(buffer_release) struct buffer spki;
	buffer_init(&der, REQUEST_BYTES_MAX);
	buffer_init(&pem, REQUEST_BYTES_MAX);
	buffer_init(&spki, 4096);
	request_init(&request);

	assert_int_equal(key_generate(KEY_EC_P256, &key, NULL), OK);
	assert_int_equal(key_public_der(key, &spki, NULL), OK);
	assert_int_equal(request_make(key, names, 3, &der, NULL), OK);
	pem_write("CERTIFICATE REQUEST", buffer_slice(&der), &pem);
	assert_int_equal(request_read(buffer_slice(&pem), &request, NULL), OK);
	assert_true(slice_equal(buffer_slice(&request.der), buffer_slice(&der)));
	assert_true(slice_equal(buffer_slice(&request.spki), buffer_slice(&spki)));
	assert_string_equal(request.key_text, "ec-p256");
	assert_int_equal(request.name_count, 3);
	assert_string_equal(request.names[0], "*.example.jp");
	assert_string_equal(request.names[1], "example.jp");
	assert_string_equal(request.names[2], "www.example.jp");

	assert_int_equal(request_match(&request, names, 3, NULL), OK);
	struct error err = NO_ERROR;
	const char *const others[] = {"www.example.jp", "mail.example.jp", "example.jp"};
	assert_int_equal(request_match(&request, others, 3, &err), CSR_NAMES);
	assert_non_null(strstr(err.sentence, "lacks mail.example.jp"));
	assert_non_null(strstr(err.sentence, "too many: *.example.jp"));

	/* Read by OpenSSL, as others will. */
	const unsigned char *at = der.data;
	X509_REQ *parsed = d2i_X509_REQ(NULL, &at, (long)der.length);
	assert_non_null(parsed);
	assert_int_equal(X509_REQ_verify(parsed, X509_REQ_get0_pubkey(parsed)), 1);
	X509_REQ_free(parsed);

	/* One flipped bit anywhere is never accepted. */
	for (size_t i = 0; i < der.length; i++) {
		struct request untouched;
		request_init(&untouched);
		der.data[i] ^= 0x01;
		assert_int_not_equal(request_read(buffer_slice(&der), &untouched, NULL), OK);
		assert_null(untouched.der.data);
		der.data[i] ^= 0x01;
	}
	/* Nor is any piece of it. */
	for (size_t length = 0; length < der.length; length++)
		assert_int_equal(request_read(slice_of(der.data, length), &request, NULL),
				 CSR_MALFORMED);
	request_release(&request);
	key_free(key);
}

/* OpenSSL's words of the subjectAltName that a request asks for. */
static void shown_names(struct slice der, char *ret, int size)
{
	const unsigned char *at = der.data;
	X509_REQ *parsed = d2i_X509_REQ(NULL, &at, (long)der.length);
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(parsed);
	BIO *bio = BIO_new(BIO_s_mem());
	X509V3_EXT_print(bio, sk_X509_EXTENSION_value(extensions, 0), 0, 0);
	int length = BIO_read(bio, ret, size - 1);
	ret[length > 0 ? length : 0] = '\0';
	BIO_free(bio);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	X509_REQ_free(parsed);
}

static void test_addresses(void **state)
{
	(void)state;
	const char *const names[] = {"2606:4700::1111", "8.8.8.8", "example.jp"};
	struct key *key = NULL;
	struct request request;
	char shown[200];
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&der, REQUEST_BYTES_MAX);
	request_init(&request);
	assert_int_equal(key_generate(KEY_EC_P256, &key, NULL), OK);
	assert_int_equal(request_make(key, names, 3, &der, NULL), OK);
	assert_int_equal(request_read(buffer_slice(&der), &request, NULL), OK);
	assert_int_equal(request.name_count, 3);
	assert_string_equal(request.names[0], "2606:4700::1111");
	assert_string_equal(request.names[1], "8.8.8.8");
	assert_int_equal(request_match(&request, names, 3, NULL), OK);
	assert_int_equal(request_match(&request, names + 1, 2, NULL), CSR_NAMES);
	shown_names(buffer_slice(&der), shown, sizeof(shown));
	assert_string_equal(
		shown, "IP Address:2606:4700:0:0:0:0:0:1111, IP Address:8.8.8.8, DNS:example.jp");
	request_release(&request);
	key_free(key);
}

static void test_long_first_name(void **state)
{
	(void)state;
	char first[100];
	memset(first, 'a', 60);
	strcpy(first + 60, ".example.jp");
	const char *const names[] = {first};
	struct key *key = NULL;
	struct request request;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&der, REQUEST_BYTES_MAX);
	request_init(&request);
	assert_int_equal(key_generate(KEY_RSA_2048, &key, NULL), OK);
	assert_int_equal(request_make(key, names, 1, &der, NULL), OK);
	assert_int_equal(request_read(buffer_slice(&der), &request, NULL), OK);
	assert_string_equal(request.names[0], first);
	assert_string_equal(request.key_text, "rsa-2048");
	request_release(&request);
	key_free(key);
}

/* ---- requests by OpenSSL, one property each ---- */

/* clang-format off */
static const struct {
	const char *title;
	const char *group;      /* NULL: RSA-2048 */
	const char *digest;
	const char *common_name;
	const char *extensions; /* lines "name=value" in OpenSSL's words */
	enum status status;
	const char *names;      /* of the request, when it is accepted */
} rows[] = {
	{"plain",            "P-256", "SHA256", "www.example.jp", NULL, OK, "www.example.jp"},
	{"rsa, sha-512",     NULL,    "SHA512", "www.example.jp", NULL, OK, "www.example.jp"},
	{"p-256, sha-384",   "P-256", "SHA384", "www.example.jp", NULL, OK, "www.example.jp"},
	{"upper case",       "P-256", "SHA256", "WWW.Example.JP", "subjectAltName=DNS:www.EXAMPLE.jp", OK, "www.example.jp"},
	{"san only",         "P-256", "SHA256", NULL, "subjectAltName=DNS:b.example.jp,DNS:a.example.jp", OK, "a.example.jp b.example.jp"},
	{"no names",         "P-256", "SHA256", NULL, NULL, OK, ""},
	{"server usages",    "P-256", "SHA256", "a.example.jp", "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=serverAuth,clientAuth", OK, "a.example.jp"},
	{"unknown extension","P-256", "SHA256", "a.example.jp", "1.2.3.4=DER:0500", OK, "a.example.jp"},
	{"sha-1",            NULL,    "SHA1",   "a.example.jp", NULL, CSR_ALGORITHM, NULL},
	{"secp256k1",        "secp256k1", "SHA256", "a.example.jp", NULL, KEY_CURVE, NULL},
	{"ip",               "P-256", "SHA256", "a.example.jp", "subjectAltName=IP:192.0.2.1", OK, "192.0.2.1 a.example.jp"},
	{"ip version 6",     "P-256", "SHA256", NULL, "subjectAltName=IP:2606:4700:0:0:0:0:0:1A,DNS:a.example.jp", OK, "2606:4700::1a a.example.jp"},
	{"ip as cn",         "P-256", "SHA256", "192.0.2.1", NULL, OK, "192.0.2.1"},
	{"ip twice",         "P-256", "SHA256", "2606:4700:0::1A", "subjectAltName=IP:2606:4700::1a", OK, "2606:4700::1a"},
	{"ip as dns name",   "P-256", "SHA256", NULL, "subjectAltName=DNS:192.0.2.1", CSR_NAME_TYPE, NULL},
	{"octal ip as cn",   "P-256", "SHA256", "192.0.2.010", NULL, CSR_NAMES, NULL},
	{"ip of 3 octets",   "P-256", "SHA256", NULL, "subjectAltName=DER:30058703080808", CSR_NAMES, NULL},
	{"ip and mask",      "P-256", "SHA256", NULL, "subjectAltName=DER:300a8708c0000200ffffff00", CSR_NAMES, NULL},
	{"mail address",     "P-256", "SHA256", "a.example.jp", "subjectAltName=email:a@example.jp", CSR_NAME_TYPE, NULL},
	{"bad cn",           "P-256", "SHA256", "Example Corporation", NULL, CSR_NAMES, NULL},
	{"nested wildcard",  "P-256", "SHA256", "*.*.example.jp", NULL, CSR_NAMES, NULL},
	{"underscore",       "P-256", "SHA256", NULL, "subjectAltName=DNS:a_b.example.jp", CSR_NAMES, NULL},
	{"ca",               "P-256", "SHA256", "a.example.jp", "basicConstraints=CA:TRUE", CSR_ATTRIBUTE, NULL},
	{"ca key usage",     "P-256", "SHA256", "a.example.jp", "keyUsage=keyCertSign", CSR_ATTRIBUTE, NULL},
	{"code signing",     "P-256", "SHA256", "a.example.jp", "extendedKeyUsage=codeSigning", CSR_ATTRIBUTE, NULL},
	{"name constraints", "P-256", "SHA256", "a.example.jp", "nameConstraints=permitted;DNS:example.jp", CSR_ATTRIBUTE, NULL},
	{"unknown critical", "P-256", "SHA256", "a.example.jp", "1.2.3.4=critical,DER:0500", CSR_ATTRIBUTE, NULL},
	{"bad san",          "P-256", "SHA256", "a.example.jp", "2.5.29.17=DER:0500", CSR_MALFORMED, NULL},
	{"two sans",         "P-256", "SHA256", "a.example.jp", "subjectAltName=DNS:a.example.jp\nsubjectAltName=DNS:b.example.jp", CSR_MALFORMED, NULL},
};
/* clang-format on */

static void add_extensions(X509_REQ *request, const char *lines)
{
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
	char text[512];
	snprintf(text, sizeof(text), "%s", lines);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *value = strchr(line, '=');
		*value++ = '\0';
		X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, NULL, line, value);
		assert_non_null(extension);
		sk_X509_EXTENSION_push(extensions, extension);
	}
	assert_int_equal(X509_REQ_add_extensions(request, extensions), 1);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static void make_row(size_t i, struct buffer *out)
{
	EVP_PKEY *pair = rows[i].group ? EVP_EC_gen(rows[i].group) : EVP_RSA_gen(2048);
	X509_REQ *request = X509_REQ_new();
	assert_int_equal(X509_REQ_set_version(request, 0), 1);
	assert_int_equal(X509_REQ_set_pubkey(request, pair), 1);
	if (rows[i].common_name)
		X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_UTF8,
					   (const unsigned char *)rows[i].common_name, -1, -1, 0);
	if (rows[i].extensions)
		add_extensions(request, rows[i].extensions);
	assert_true(X509_REQ_sign(request, pair, EVP_get_digestbyname(rows[i].digest)) > 0);
	unsigned char *der = NULL;
	int length = i2d_X509_REQ(request, &der);
	buffer_append(out, der, (size_t)length);
	OPENSSL_free(der);
	X509_REQ_free(request);
	EVP_PKEY_free(pair);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(buffer_release) struct buffer der;
		CLEANUP(buffer_release) struct buffer names;
		struct request request;
		struct error err = NO_ERROR;
		buffer_init(&der, REQUEST_BYTES_MAX);
		buffer_init(&names, 1024);
		request_init(&request);
		make_row(i, &der);
		enum status status = request_read(buffer_slice(&der), &request, &err);
		if (status != rows[i].status)
			fail_msg("%s: %s, %s", rows[i].title, status_code(status), err.sentence);
		for (size_t n = 0; n < request.name_count; n++)
			buffer_printf(&names, "%s%s", n ? " " : "", request.names[n]);
		assert_string_equal(buffer_text(&names), rows[i].names ? rows[i].names : "");
		request_release(&request);
	}
}

static void test_two_common_names(void **state)
{
	(void)state;
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	X509_REQ *parsed = X509_REQ_new();
	struct request request;
	unsigned char *der = NULL;
	request_init(&request);
	X509_REQ_set_pubkey(parsed, pair);
	for (int i = 0; i < 2; i++)
		X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(parsed), "CN", MBSTRING_UTF8,
					   (const unsigned char *)"a.example.jp", -1, -1, 0);
	X509_REQ_sign(parsed, pair, EVP_sha256());
	int length = i2d_X509_REQ(parsed, &der);
	assert_int_equal(request_read(slice_of(der, (size_t)length), &request, NULL), CSR_SUBJECT);
	OPENSSL_free(der);
	X509_REQ_free(parsed);
	EVP_PKEY_free(pair);
}

static void test_pem_forms(void **state)
{
	(void)state;
	const char *const names[] = {"www.example.jp"};
	struct key *key = NULL;
	struct request request;
	CLEANUP(buffer_release) struct buffer der;
	CLEANUP(buffer_release) struct buffer pem;
	buffer_init(&der, REQUEST_BYTES_MAX);
	buffer_init(&pem, REQUEST_BYTES_MAX);
	request_init(&request);
	assert_int_equal(key_generate(KEY_EC_P256, &key, NULL), OK);
	assert_int_equal(request_make(key, names, 1, &der, NULL), OK);
	key_free(key);

	buffer_append_text(&pem, "Certificate request of www.example.jp\r\n");
	pem_write("NEW CERTIFICATE REQUEST", buffer_slice(&der), &pem);
	assert_int_equal(request_read(buffer_slice(&pem), &request, NULL), OK);
	pem_write("CERTIFICATE REQUEST", buffer_slice(&der), &pem);
	assert_int_equal(request_read(buffer_slice(&pem), &request, NULL), CSR_MALFORMED);

	struct error err = NO_ERROR;
	buffer_clear(&pem);
	pem_write("CERTIFICATE", buffer_slice(&der), &pem);
	assert_int_equal(request_read(buffer_slice(&pem), &request, &err), CSR_MALFORMED);
	assert_non_null(strstr(err.sentence, "\"CERTIFICATE\""));
	assert_int_equal(
		request_read(slice_text("-----BEGIN CERTIFICATE REQUEST-----"), &request, NULL),
		CSR_MALFORMED);
	buffer_append_byte(&der, 0);
	assert_int_equal(request_read(buffer_slice(&der), &request, NULL), CSR_MALFORMED);
	request_release(&request);
}

/* ---- corpus ---- */

/* What the facts of a row say: readable, soundly signed by SHA-2, by a key of ours. */
static bool corpus_wants(const json_t *row)
{
	const char *key = json_get_text(row, "key");
	const char *oid = json_get_text(row, "sig_oid");
	const char *const sound[] = {"1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"};
	const json_t *extensions = json_object_get(row, "extensions");
	if (!json_is_true(json_object_get(row, "parses")) ||
	    !json_is_true(json_object_get(row, "signature_valid")) || !json_is_array(extensions))
		return false;
	return (strncmp(key, "RSA 2048", 8) == 0 || strncmp(key, "EC secp384r1", 12) == 0) &&
	       (strcmp(oid, sound[0]) == 0 || strcmp(oid, sound[1]) == 0);
}

static void test_corpus(void **state)
{
	(void)state;
	if (!corpus_available("csr-pyca"))
		return;
	json_t *cases = corpus_json("csr-pyca/expected.json");
	json_t *row;
	size_t i;
	size_t score = 0;
	json_array_foreach(cases, i, row)
	{
		char path[128];
		struct request request;
		struct error err = NO_ERROR;
		CLEANUP(buffer_release) struct buffer bytes;
		buffer_init(&bytes, REQUEST_BYTES_MAX);
		request_init(&request);
		snprintf(path, sizeof(path), "csr-pyca/%s", json_get_text(row, "file"));
		corpus_read(path, &bytes);
		enum status status = request_read(buffer_slice(&bytes), &request, &err);
		bool right = (status == OK) == corpus_wants(row);
		score += right;
		printf("  %s %-42s %s %s\n", right ? "     " : "WRONG", json_get_text(row, "file"),
		       status_code(status), err.sentence);
		request_release(&request);
	}
	printf("corpus csr-pyca: %zu of %zu\n", score, json_array_size(cases));
	assert_int_equal(score, json_array_size(cases));
	json_decref(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make_and_read),    cmocka_unit_test(test_long_first_name),
		cmocka_unit_test(test_addresses),        cmocka_unit_test(test_rows),
		cmocka_unit_test(test_two_common_names), cmocka_unit_test(test_pem_forms),
		cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
