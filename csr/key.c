/*
 * Key pairs: see key.h. A struct key is an OpenSSL key with its
 * SubjectPublicKeyInfo and its row of the algorithms; which of the two halves
 * it holds matters only to key_sign and key_to_pkcs8.
 */
#include "csr/key.h"

#include "base/memory.h"
#include "csr/algorithm.h"
#include "csr/openssl.h"
#include "csr/public_key.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum { SPKI_BYTES_MAX = 4096, SIGNATURE_BYTES_MAX = 2048 };

struct key {
	EVP_PKEY *pair;
	const struct algorithm *algorithm;
	struct buffer spki;
};

/* clang-format off */
static const struct {
	const char *text;
	const char *group; /* NULL for RSA */
	unsigned bits;     /* of an RSA modulus */
} types[] = {
	[KEY_EC_P256]  = {"ec-p256",  "P-256", 0},
	[KEY_EC_P384]  = {"ec-p384",  "P-384", 0},
	[KEY_RSA_2048] = {"rsa-2048", NULL,    2048},
	[KEY_RSA_3072] = {"rsa-3072", NULL,    3072},
	[KEY_RSA_4096] = {"rsa-4096", NULL,    4096},
};
/* clang-format on */
static_assert(ARRAY_LENGTH(types) == KEY_TYPE_COUNT, "a row for each key type");

const char *key_type_text(enum key_type type)
{
	return types[type].text;
}

enum status key_type_parse(const char *text, enum key_type *ret, struct error *err)
{
	CLEANUP(buffer_release) struct buffer known;
	buffer_init(&known, 128);
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		if (strcmp(types[i].text, text) == 0) {
			*ret = (enum key_type)i;
			return OK;
		}
		buffer_printf(&known, "%s%s", i ? ", " : "", types[i].text);
	}
	(void)fail(err, KEY_TYPE, "\"%s\" is not a known key type", text);
	return fail_hint(err, KEY_TYPE, "known key types: %s", buffer_text(&known));
}

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pair);
	buffer_release(&key->spki);
	free(key);
}

void key_freep(struct key **key)
{
	key_free(*key);
	*key = NULL;
}

/* A key of a pair that has its public half in it; takes pair over in every case. */
static enum status key_adopt(EVP_PKEY *pair, struct key **ret, struct error *err)
{
	CLEANUP(key_freep) struct key *key = memory_new(1, sizeof(*key));
	key->pair = pair;
	buffer_init(&key->spki, SPKI_BYTES_MAX);

	CLEANUP(openssl_bytes_freep) unsigned char *der = NULL;
	int length = i2d_PUBKEY(pair, &der);
	if (length <= 0)
		return openssl_fail(err, CRYPTO_FAILED, "could not encode the public key");
	buffer_append(&key->spki, der, (size_t)length);
	key->algorithm = algorithm_of_spki(buffer_slice(&key->spki));
	if (!key->algorithm)
		return fail(err, KEY_TYPE, "a key of type %s is not of the allowed algorithms",
			    EVP_PKEY_get0_type_name(pair) ? EVP_PKEY_get0_type_name(pair) : "?");
	*ret = STEAL(key);
	return OK;
}

enum status key_generate(enum key_type type, struct key **ret, struct error *err)
{
	EVP_PKEY *pair =
		types[type].group ? EVP_EC_gen(types[type].group) : EVP_RSA_gen(types[type].bits);
	if (!pair)
		return openssl_fail(err, CRYPTO_FAILED, "could not make a key of type %s",
				    types[type].text);
	return key_adopt(pair, ret, err);
}

enum status key_from_pkcs8(struct slice der, struct key **ret, struct error *err)
{
	const unsigned char *at = der.data;
	CLEANUP(openssl_pkcs8_freep)
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.length);
	if (!info || at != der.data + der.length)
		return openssl_fail(err, CRYPTO_FAILED, "the %zu bytes are not a PKCS#8 key",
				    der.length);
	EVP_PKEY *pair = EVP_PKCS82PKEY(info);
	if (!pair)
		return openssl_fail(err, CRYPTO_FAILED, "the PKCS#8 key cannot be used");
	return key_adopt(pair, ret, err);
}

/* The numbers of a key as OpenSSL takes them. */
static bool put_numbers(OSSL_PARAM_BLD *builder, const struct public_key *public_half,
			BIGNUM *modulus, BIGNUM *exponent)
{
	const struct algorithm *algorithm = public_half->algorithm;
	switch (algorithm->family) {
	case ALGORITHM_RSA:
		return BN_bin2bn(public_half->modulus.data, (int)public_half->modulus.length,
				 modulus) &&
		       BN_bin2bn(public_half->exponent.data, (int)public_half->exponent.length,
				 exponent) &&
		       OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
		       OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
	case ALGORITHM_EC:
		return OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
						       algorithm->group, 0) &&
		       OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY,
							public_half->bits.data,
							public_half->bits.length);
	}
	return false;
}

/* Not d2i_PUBKEY: what the key is, is known here, and OpenSSL 3.0 takes ten times as long to find
 * it out again. NULL when a point is not on its curve. */
static EVP_PKEY *public_pair(const struct public_key *public_half)
{
	CLEANUP(openssl_bignum_freep) BIGNUM *modulus = BN_new();
	CLEANUP(openssl_bignum_freep) BIGNUM *exponent = BN_new();
	CLEANUP(openssl_builder_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	CLEANUP(openssl_key_context_freep)
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(
		NULL, public_half->algorithm->family == ALGORITHM_RSA ? "RSA" : "EC", NULL);
	if (!modulus || !exponent || !builder || !context ||
	    !put_numbers(builder, public_half, modulus, exponent))
		return NULL;
	CLEANUP(openssl_params_freep) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY *pair = NULL;
	if (!params || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pair, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return pair;
}

enum status key_from_public_der(struct slice spki_der, struct key **ret, struct error *err)
{
	const struct algorithm *algorithm = algorithm_of_spki(spki_der);
	if (!algorithm && algorithm_spki_is_ec(spki_der))
		return fail(err, KEY_CURVE,
			    "the public key is not on P-256, P-384 or P-521, named by its OID");
	if (!algorithm)
		return fail(err, KEY_TYPE,
			    "the public key is not RSA or EC in the exact encoding of BR 7.1.3.1");
	enum status unreadable = algorithm->group ? KEY_CURVE : KEY_TYPE;
	struct public_key public_half;
	if (!public_key_split(spki_der, &public_half) || spki_der.length > SPKI_BYTES_MAX)
		return fail(err, unreadable, "the %s public key is not in strict DER%s",
			    algorithm->text, algorithm->group ? " with an uncompressed point" : "");
	EVP_PKEY *pair = public_pair(&public_half);
	if (!pair)
		return openssl_fail(err, unreadable, "the %s public key cannot be used",
				    algorithm->text);
	struct key *key = memory_new(1, sizeof(*key));
	key->pair = pair;
	key->algorithm = algorithm;
	buffer_init(&key->spki, SPKI_BYTES_MAX);
	buffer_append_slice(&key->spki, spki_der);
	*ret = key;
	return OK;
}

static PKCS8_PRIV_KEY_INFO *private_half(const struct key *key)
{
	return EVP_PKEY2PKCS8(key->pair);
}

enum status key_to_pkcs8(const struct key *key, struct secret **ret, struct error *err)
{
	CLEANUP(openssl_pkcs8_freep) PKCS8_PRIV_KEY_INFO *info = private_half(key);
	int length = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : 0;
	if (length <= 0)
		return openssl_fail(err, KEY_MISSING, "there is no private half to write");
	struct secret *secret = secret_new(slice_of(NULL, (size_t)length));
	unsigned char *at = secret_writable(secret);
	i2d_PKCS8_PRIV_KEY_INFO(info, &at);
	*ret = secret;
	return OK;
}

enum status key_to_pem(const struct key *key, struct secret **ret, struct error *err)
{
	CLEANUP(openssl_pkcs8_freep) PKCS8_PRIV_KEY_INFO *info = private_half(key);
	if (!info)
		return openssl_fail(err, KEY_MISSING, "there is no private half to write");
	/* BIO_s_secmem wipes its bytes when it is freed. */
	CLEANUP(openssl_bio_freep) BIO *bio = BIO_new(BIO_s_secmem());
	if (!bio || PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not write the key as PEM");
	char *text;
	long length = BIO_get_mem_data(bio, &text);
	*ret = secret_new(slice_of(text, (size_t)length));
	return OK;
}

enum status key_public_der(const struct key *key, struct buffer *out, struct error *err)
{
	(void)err;
	buffer_append_slice(out, buffer_slice(&key->spki));
	return OK;
}

enum status key_sign(const struct key *key, struct slice bytes, struct buffer *out,
		     struct error *err)
{
	uint8_t signature[SIGNATURE_BYTES_MAX];
	size_t length = sizeof(signature);
	CLEANUP(openssl_digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		memory_exhausted();
	if (EVP_DigestSignInit_ex(context, NULL, key->algorithm->digest, NULL, NULL, key->pair,
				  NULL) != 1 ||
	    EVP_DigestSign(context, signature, &length, bytes.data, bytes.length) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not sign with the %s key",
				    key->algorithm->text);
	buffer_append(out, signature, length);
	return OK;
}

enum status key_verify(const struct key *key, struct slice bytes, struct slice signature,
		       struct error *err)
{
	return key_verify_digest(key, key->algorithm->digest, bytes, signature, err);
}

enum status key_verify_digest(const struct key *key, const char *digest, struct slice bytes,
			      struct slice signature, struct error *err)
{
	CLEANUP(openssl_digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		memory_exhausted();
	if (EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key->pair, NULL) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not verify with the %s key",
				    key->algorithm->text);
	if (EVP_DigestVerify(context, signature.data, signature.length, bytes.data, bytes.length) !=
	    1)
		return openssl_fail(err, CRYPTO_FAILED, "the signature is not by the %s key",
				    key->algorithm->text);
	return OK;
}

const struct algorithm *key_algorithm(const struct key *key)
{
	return key->algorithm;
}

const EVP_PKEY *key_openssl(const struct key *key)
{
	return key->pair;
}
