/* OpenSSL's objects and reasons: see openssl.h. */
#include "csr/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>

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
FREEP(certificate, X509, X509_free)
FREEP(request, X509_REQ, X509_REQ_free)
FREEP(names, GENERAL_NAMES, GENERAL_NAMES_free)

void openssl_extensions_freep(STACK_OF(X509_EXTENSION) * *extensions)
{
	sk_X509_EXTENSION_pop_free(*extensions, X509_EXTENSION_free);
	*extensions = NULL;
}
