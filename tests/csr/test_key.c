/* Keys: made, written, read, used; and the checks of a public key, scored by a corpus. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method */

#include "csr/key.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

static void test_types(void **state)
{
	(void)state;
	enum key_type type;
	struct error err;
	for (int i = 0; i < KEY_TYPE_COUNT; i++) {
		assert_int_equal(key_type_parse(key_type_text((enum key_type)i), &type, NULL), OK);
		assert_int_equal(type, i);
	}
	assert_int_equal(key_type_parse("rsa-1024", &type, &err), KEY_TYPE);
	assert_non_null(strstr(err.sentence, "rsa-1024"));
	assert_non_null(strstr(err.hint, "ec-p256"));
}

static struct key *made(enum key_type type)
{
	struct key *key = NULL;
	assert_int_equal(key_generate(type, &key, NULL), OK);
	return key;
}

static void round_trip(enum key_type type)
{
	CLEANUP(key_freep) struct key *key = made(type);
	CLEANUP(secret_freep) struct secret *pkcs8 = NULL;
	CLEANUP(secret_freep) struct secret *pem = NULL;
	CLEANUP(key_freep) struct key *again = NULL;
	CLEANUP(key_freep) struct key *public_half = NULL;
	CLEANUP(buffer_release) struct buffer spki;
	CLEANUP(buffer_release) struct buffer signature;
	const char *text = NULL;
	buffer_init(&spki, 4096);
	buffer_init(&signature, 4096);

	assert_int_equal(key_to_pkcs8(key, &pkcs8, NULL), OK);
	assert_int_equal(key_to_pem(key, &pem, NULL), OK);
	assert_true(slice_find(secret_bytes(pem), slice_text("-----BEGIN PRIVATE KEY-----")) == 0);
	assert_int_equal(key_from_pkcs8(secret_bytes(pkcs8), &again, NULL), OK);
	assert_int_equal(key_public_der(again, &spki, NULL), OK);
	assert_int_equal(key_check(buffer_slice(&spki), &text, NULL), OK);
	assert_string_equal(text, key_type_text(type));

	assert_int_equal(key_sign(key, slice_text("to be signed"), &signature, NULL), OK);
	assert_int_equal(key_from_public_der(buffer_slice(&spki), &public_half, NULL), OK);
	struct slice value = buffer_slice(&signature);
	assert_int_equal(key_verify(public_half, slice_text("to be signed"), value, NULL), OK);
	assert_int_equal(key_verify(public_half, slice_text("to be forged"), value, NULL),
			 CRYPTO_FAILED);
	pem = (secret_free(pem), NULL);
	assert_int_equal(key_to_pem(public_half, &pem, NULL), KEY_MISSING);
	assert_null(pem);
}

static void test_round_trips(void **state)
{
	(void)state;
	round_trip(KEY_EC_P256);
	round_trip(KEY_EC_P384);
	round_trip(KEY_RSA_2048);
}

static void test_strict_encoding(void **state)
{
	(void)state;
	CLEANUP(key_freep) struct key *key = made(KEY_EC_P256);
	CLEANUP(buffer_release) struct buffer spki;
	buffer_init(&spki, 4096);
	assert_int_equal(key_public_der(key, &spki, NULL), OK);

	buffer_append_byte(&spki, 0);
	assert_int_equal(key_check(buffer_slice(&spki), NULL, NULL), KEY_CURVE);
	spki.length--;
	assert_int_equal(key_check(buffer_slice(&spki), NULL, NULL), OK);
	spki.data[spki.length - 1] ^= 1; /* off the curve */
	assert_int_equal(key_check(buffer_slice(&spki), NULL, NULL), KEY_CURVE);
	assert_int_equal(key_check(SLICE_NONE, NULL, NULL), KEY_TYPE);
	assert_int_equal(key_check(slice_text("no key"), NULL, NULL), KEY_TYPE);
}

/* The SubjectPublicKeyInfo that OpenSSL writes for a group. */
static enum status check_group(const char *group, const char *form, const char **ret_text)
{
	EVP_PKEY *pair = EVP_EC_gen(group);
	assert_non_null(pair);
	assert_int_equal(EVP_PKEY_set_utf8_string_param(
				 pair, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, form),
			 1);
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(pair, &der);
	assert_true(length > 0);
	enum status status = key_check(slice_of(der, (size_t)length), ret_text, NULL);
	OPENSSL_free(der);
	EVP_PKEY_free(pair);
	return status;
}

static void test_curves(void **state)
{
	(void)state;
	const char *text = "untouched";
	assert_int_equal(check_group("secp256k1", "uncompressed", &text), KEY_CURVE);
	assert_int_equal(check_group("P-256", "compressed", &text), KEY_CURVE);
	assert_string_equal(text, "untouched");
	assert_int_equal(check_group("P-521", "uncompressed", &text), OK);
	assert_string_equal(text, "ec-p521");
}

/* An RSA public key of decimal numbers. */
static enum status check_rsa(const char *modulus, const char *exponent, struct error *err)
{
	BIGNUM *n = NULL;
	BIGNUM *e = NULL;
	EVP_PKEY *pair = NULL;
	unsigned char *der = NULL;
	assert_true(BN_dec2bn(&n, modulus) > 0 && BN_dec2bn(&e, exponent) > 0);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(EVP_PKEY_fromdata(context, &pair, EVP_PKEY_PUBLIC_KEY, params), 1);
	int length = i2d_PUBKEY(pair, &der);
	enum status status = key_check(slice_of(der, (size_t)length), NULL, err);

	OPENSSL_free(der);
	EVP_PKEY_free(pair);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	BN_free(n);
	BN_free(e);
	return status;
}

static void test_corpus(void **state)
{
	(void)state;
	if (!corpus_available("keys-boulder"))
		return;
	json_t *keys = corpus_json("keys-boulder/keys.json");
	json_t *key;
	size_t i;
	int score = 0;
	json_array_foreach(json_object_get(keys, "rsa"), i, key)
	{
		char exponent[32];
		struct error err = NO_ERROR;
		snprintf(exponent, sizeof(exponent), "%lld",
			 (long long)json_get_integer(key, "e", 0));
		enum status status = check_rsa(json_get_text(key, "n"), exponent, &err);
		const char *reject = json_get_text(key, "reject");
		if ((status == OK) == (reject == NULL))
			score++;
		printf("  %-40s wanted %-12s got %s %s\n", json_get_text(key, "name"),
		       reject ? reject : "good", status_code(status), err.sentence);
	}
	printf("corpus keys-boulder: %d of %zu\n", score,
	       json_array_size(json_object_get(keys, "rsa")));
	assert_int_equal(score, json_array_size(json_object_get(keys, "rsa")));
	json_decref(keys);
}

/* A modulus whose factors Fermat's method finds in about this many rounds: it starts at the root of
 * n = pq and ends at (p + q) / 2, so that rounds = (q - p)^2 / 8p. */
static enum status check_close_primes(long rounds, struct error *err)
{
	BN_CTX *bignums = BN_CTX_new();
	BIGNUM *p = BN_new();
	BIGNUM *q = BN_new();
	BIGNUM *n = BN_new();
	BIGNUM *gap = BN_new();
	BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL);
	BN_copy(gap, p);
	BN_mul_word(gap, (BN_ULONG)(8 * rounds));
	BIGNUM *root = BN_new();
	BN_one(root);
	BN_lshift(root, root, (BN_num_bits(gap) + 1) / 2);
	for (int i = 0; i < 1100; i++) {
		BN_div(q, NULL, gap, root, bignums);
		BN_add(q, q, root);
		BN_rshift1(root, q);
	}
	BN_add(q, p, root);
	BN_set_bit(q, 0);
	while (BN_check_prime(q, bignums, NULL) != 1)
		BN_add_word(q, 2);
	BN_mul(n, p, q, bignums);
	char *modulus = BN_bn2dec(n);
	enum status status = check_rsa(modulus, "65537", err);
	OPENSSL_free(modulus);
	BN_free(root);
	BN_free(gap);
	BN_free(n);
	BN_free(q);
	BN_free(p);
	BN_CTX_free(bignums);
	return status;
}

static void test_close_primes(void **state)
{
	(void)state;
	struct error err = NO_ERROR;
	assert_int_equal(check_close_primes(95, &err), KEY_WEAK);
	assert_non_null(strstr(err.sentence, "Fermat"));
	assert_int_equal(check_close_primes(105, &err), OK);
}

/* Replay replaces OpenSSL's chance; nothing else may be used for keys and signatures. */
static int counted_bytes(unsigned char *out, int length)
{
	for (int i = 0; i < length; i++)
		out[i] = (unsigned char)(37 * i + 11);
	return 1;
}

static int always_ready(void)
{
	return 1;
}

static void make_pkcs8_and_signature(struct secret **ret_pkcs8, struct buffer *signature)
{
	CLEANUP(key_freep) struct key *key = made(KEY_EC_P256);
	assert_int_equal(key_to_pkcs8(key, ret_pkcs8, NULL), OK);
	assert_int_equal(key_sign(key, slice_text("to be signed"), signature, NULL), OK);
}

static void test_chance_is_openssl(void **state)
{
	(void)state;
	const RAND_METHOD *before = RAND_get_rand_method();
	static const RAND_METHOD counted = {
		.bytes = counted_bytes, .pseudorand = counted_bytes, .status = always_ready};
	CLEANUP(secret_freep) struct secret *first = NULL;
	CLEANUP(secret_freep) struct secret *second = NULL;
	CLEANUP(buffer_release) struct buffer first_signature;
	CLEANUP(buffer_release) struct buffer second_signature;
	buffer_init(&first_signature, 256);
	buffer_init(&second_signature, 256);
	RAND_set_rand_method(&counted);
	make_pkcs8_and_signature(&first, &first_signature);
	make_pkcs8_and_signature(&second, &second_signature);
	RAND_set_rand_method(before);
	assert_true(slice_equal(secret_bytes(first), secret_bytes(second)));
	assert_true(slice_equal(buffer_slice(&first_signature), buffer_slice(&second_signature)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),           cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_strict_encoding), cmocka_unit_test(test_curves),
		cmocka_unit_test(test_close_primes),    cmocka_unit_test(test_chance_is_openssl),
		cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
