/*
 * Secrets at rest: see seal.h for the layout. The additional data are the
 * record's name and the header of the sealed value, so neither the record, the
 * key id nor the version can be exchanged.
 */
#include "csr/seal.h"

#include "base/digest.h"
#include "base/encode.h"
#include "base/memory.h"
#include "csr/openssl.h"

#include <stdlib.h>
#include <string.h>

enum {
	SEAL_VERSION = 1,
	NONCE_BYTES = 12,
	TAG_BYTES = 16,
	NONCE_AT = 1 + SEAL_KEY_ID_BYTES,
	HEADER_BYTES = NONCE_AT + NONCE_BYTES,
};

struct seal_kek {
	struct secret *bytes;
	uint8_t id[SEAL_KEY_ID_BYTES];
	char id_text[2 * SEAL_KEY_ID_BYTES + 1];
};

enum status seal_kek_new(struct slice bytes, struct seal_kek **ret, struct error *err)
{
	if (bytes.length != SEAL_KEK_BYTES)
		return fail(err, KEK_MISSING, "the key encryption key has %zu bytes, not %d",
			    bytes.length, SEAL_KEK_BYTES);
	struct seal_kek *kek = memory_new(1, sizeof(*kek));
	kek->bytes = secret_new(bytes);
	struct digest digest = digest_of_two(slice_text("issuer key encryption key"), bytes);
	memcpy(kek->id, digest.bytes, sizeof(kek->id));
	encode_hex(kek->id, sizeof(kek->id), kek->id_text);
	*ret = kek;
	return OK;
}

void seal_kek_free(struct seal_kek *kek)
{
	if (!kek)
		return;
	secret_free(kek->bytes);
	free(kek);
}

void seal_kek_freep(struct seal_kek **kek)
{
	seal_kek_free(*kek);
	*kek = NULL;
}

const char *seal_kek_id(const struct seal_kek *kek)
{
	return kek->id_text;
}

enum direction { DECRYPT = 0, ENCRYPT = 1 };

/* A cipher context that has taken the key, the nonce and the additional data; NULL on failure. */
static EVP_CIPHER_CTX *cipher_start(const struct seal_kek *kek, enum direction direction,
				    const uint8_t *header, const char *record)
{
	CLEANUP(openssl_cipher_freep) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int taken;
	if (!cipher ||
	    EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, secret_bytes(kek->bytes).data,
			      header + NONCE_AT, (int)direction) != 1 ||
	    EVP_CipherUpdate(cipher, NULL, &taken, header, NONCE_AT) != 1 ||
	    EVP_CipherUpdate(cipher, NULL, &taken, (const uint8_t *)record, (int)strlen(record)) !=
		    1)
		return NULL;
	return STEAL(cipher);
}

enum status seal(const struct seal_kek *kek, const char *record, const uint8_t nonce[12],
		 struct slice plain, struct buffer *out, struct error *err)
{
	uint8_t header[HEADER_BYTES] = {SEAL_VERSION};
	memcpy(header + 1, kek->id, SEAL_KEY_ID_BYTES);
	memcpy(header + NONCE_AT, nonce, NONCE_BYTES);

	CLEANUP(openssl_cipher_freep)
	EVP_CIPHER_CTX *cipher = cipher_start(kek, ENCRYPT, header, record);
	CLEANUP(memory_freep) uint8_t *sealed = memory_new(plain.length, 1);
	uint8_t tag[TAG_BYTES];
	int length = 0;
	int rest = 0;
	if (!cipher || plain.length > INT32_MAX ||
	    EVP_CipherUpdate(cipher, sealed, &length, plain.data, (int)plain.length) != 1 ||
	    EVP_CipherFinal_ex(cipher, sealed + length, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not seal %s", record);
	buffer_append(out, header, sizeof(header));
	buffer_append(out, sealed, plain.length);
	buffer_append(out, tag, sizeof(tag));
	return OK;
}

static enum status unseal_check(const struct seal_kek *kek, const char *record, struct slice sealed,
				struct error *err)
{
	if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed.length > INT32_MAX ||
	    sealed.data[0] != SEAL_VERSION)
		return fail(err, KEK_MISSING, "%s is not a sealed value: %zu bytes, version %d",
			    record, sealed.length, sealed.length ? sealed.data[0] : -1);
	if (memcmp(sealed.data + 1, kek->id, SEAL_KEY_ID_BYTES) == 0)
		return OK;
	char other[2 * SEAL_KEY_ID_BYTES + 1];
	encode_hex(sealed.data + 1, SEAL_KEY_ID_BYTES, other);
	return fail(err, KEK_MISSING, "%s is sealed under key %s; the key at hand is %s", record,
		    other, kek->id_text);
}

enum status unseal(const struct seal_kek *kek, const char *record, struct slice sealed,
		   struct secret **ret, struct error *err)
{
	TRY(unseal_check(kek, record, sealed, err));
	size_t length = sealed.length - HEADER_BYTES - TAG_BYTES;
	uint8_t tag[TAG_BYTES];
	memcpy(tag, sealed.data + HEADER_BYTES + length, TAG_BYTES);

	CLEANUP(openssl_cipher_freep)
	EVP_CIPHER_CTX *cipher = cipher_start(kek, DECRYPT, sealed.data, record);
	CLEANUP(secret_freep) struct secret *plain = secret_new(slice_of(NULL, length));
	int written = 0;
	int rest = 0;
	if (!cipher || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) != 1 ||
	    EVP_CipherUpdate(cipher, secret_writable(plain), &written, sealed.data + HEADER_BYTES,
			     (int)length) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not unseal %s", record);
	if (EVP_CipherFinal_ex(cipher, secret_writable(plain) + written, &rest) != 1)
		return openssl_fail(err, KEK_MISSING,
				    "%s was sealed under key %s for another record, or is damaged; "
				    "the key at hand is %s",
				    record, kek->id_text, kek->id_text);
	*ret = STEAL(plain);
	return OK;
}
