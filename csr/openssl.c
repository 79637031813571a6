/* OpenSSL's objects and reasons: see openssl.h. */
#include "csr/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status openssl_fail(struct error *err, enum status status, const char *format, ...)
{
	char sentence[256];
	va_list args;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);

	/* The first error is the cause; the later ones are who passed it on. */
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	ERR_clear_error();
	if (!reason)
		return fail(err, status, "%s", sentence);
	return fail(err, status, "%s (%s)", sentence, reason);
}

#define FREEP(name, type, release)                                                                 \
	void openssl_##name##_freep(type **object)                                                 \
	{                                                                                          \
		release(*object);                                                                  \
		*object = NULL;                                                                    \
	}

FREEP(bytes, unsigned char, OPENSSL_free)
FREEP(pkcs8, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
FREEP(bio, BIO, BIO_free_all)
FREEP(digest, EVP_MD_CTX, EVP_MD_CTX_free)
FREEP(cipher, EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
FREEP(bignum, BIGNUM, BN_free)
FREEP(bignums, BN_CTX, BN_CTX_free)
FREEP(builder, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
FREEP(params, OSSL_PARAM, OSSL_PARAM_free)
FREEP(key_context, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
FREEP(name, X509_NAME, X509_NAME_free)
FREEP(integer, ASN1_INTEGER, ASN1_INTEGER_free)
FREEP(time, ASN1_TIME, ASN1_TIME_free)
FREEP(request, X509_REQ, X509_REQ_free)
FREEP(names, GENERAL_NAMES, GENERAL_NAMES_free)

void openssl_extensions_freep(STACK_OF(X509_EXTENSION) * *extensions)
{
	sk_X509_EXTENSION_pop_free(*extensions, X509_EXTENSION_free);
	*extensions = NULL;
}

STACK_OF(X509_EXTENSION) * openssl_extensions(struct slice der)
{
	const unsigned char *at = der.data;
	return der.length ? d2i_X509_EXTENSIONS(NULL, &at, (long)der.length) : NULL;
}

bool openssl_address(const GENERAL_NAME *name, struct address *ret)
{
	int length = name->type == GEN_IPADD ? ASN1_STRING_length(name->d.iPAddress) : 0;
	struct address address = {.family = length == 4    ? ADDRESS_V4
					    : length == 16 ? ADDRESS_V6
							   : ADDRESS_NONE};
	if (address.family == ADDRESS_NONE)
		return false;
	memcpy(address.bytes, ASN1_STRING_get0_data(name->d.iPAddress), (size_t)length);
	*ret = address;
	return true;
}
