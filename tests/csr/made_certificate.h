/* Certificates for tests, right and wrong in every part, made with OpenSSL. */
#ifndef ISSUER_TESTS_CSR_MADE_CERTIFICATE_H
#define ISSUER_TESTS_CSR_MADE_CERTIFICATE_H

#include "base/bytes.h"

#include <openssl/x509.h>

enum made_signer { MADE_SELF, MADE_OTHER_KEY, MADE_OTHER_ISSUER };
enum made_critical { MADE_CRITICAL, MADE_NOT_CRITICAL };

struct made_certificate {
	const char *names;             /* "DNS:www.example.com,IP:192.0.2.1"; NULL: none */
	struct slice raw_names;        /* DER in place of names; empty: names count */
	const char *key_authorization; /* whose SHA-256 the acmeIdentifier is; NULL: none */
	struct slice raw_identifier;   /* DER in place of it */
	enum made_critical critical;
	int identifiers; /* how often it stands; 0: once */
	int name_sets;   /* how often the subjectAltName stands; 0: once */
	const char *key; /* "P-256", "P-521", "RSA", "ED25519"; NULL: P-256 */
	enum made_signer signer;
	int version; /* as written; 0: 2, which is version 3 */
};

/* A new certificate and its key; the caller frees both. */
X509 *made_x509(const struct made_certificate *params, EVP_PKEY **ret_key);
/* Its DER, appended. */
void made_der(const struct made_certificate *params, struct buffer *out);

#endif
