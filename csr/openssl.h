/*
 * What the files of csr/ share about OpenSSL: its objects in CLEANUP, its
 * reason for a failure, and the inside of a struct key. Not for other rooms.
 */
#ifndef ISSUER_CSR_OPENSSL_H
#define ISSUER_CSR_OPENSSL_H

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/error.h"
#include "csr/algorithm.h"
#include "csr/key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* Like fail(), with OpenSSL's reason after the sentence; empties its error queue. */
__attribute__((format(printf, 3, 4))) enum status
openssl_fail(struct error *err, enum status status, const char *format, ...);

/* For CLEANUP. */
void openssl_bytes_freep(unsigned char **bytes);
void openssl_pkcs8_freep(PKCS8_PRIV_KEY_INFO **info);
void openssl_bio_freep(BIO **bio);
void openssl_digest_freep(EVP_MD_CTX **context);
void openssl_cipher_freep(EVP_CIPHER_CTX **context);
void openssl_bignum_freep(BIGNUM **number);
void openssl_bignums_freep(BN_CTX **context);
void openssl_builder_freep(OSSL_PARAM_BLD **builder);
void openssl_params_freep(OSSL_PARAM **params);
void openssl_key_context_freep(EVP_PKEY_CTX **context);
void openssl_name_freep(X509_NAME **name);
void openssl_integer_freep(ASN1_INTEGER **integer);
void openssl_time_freep(ASN1_TIME **time);
void openssl_request_freep(X509_REQ **request);
void openssl_extensions_freep(STACK_OF(X509_EXTENSION) * *extensions);
void openssl_names_freep(GENERAL_NAMES **names);

/* Extensions (RFC 5280 section 4.1) of their DER; NULL when unreadable or empty. */
STACK_OF(X509_EXTENSION) * openssl_extensions(struct slice der);

/* The address in an iPAddress; false for other types and other lengths. */
bool openssl_address(const GENERAL_NAME *name, struct address *ret);

/* Both borrowed from the key. */
const struct algorithm *key_algorithm(const struct key *key);
const EVP_PKEY *key_openssl(const struct key *key);
/* key_verify with another digest than the CA's own: requests choose theirs. */
STATUS key_verify_digest(const struct key *key, const char *digest, struct slice bytes,
			 struct slice signature, struct error *err);

#endif
