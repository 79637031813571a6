/*
 * Certificates: the bytes to be signed (TBS) for a CA of our own, put together
 * with a signature, linted before it, and read.
 * Profile: RULES 1.9 (BR 7.1.2.7, RFC 5280). Validity is inclusive: a period of
 * N days has notAfter - notBefore = N * 86400 - 1 seconds (RULES 1.2).
 */
#ifndef ISSUER_CSR_CERTIFICATE_H
#define ISSUER_CSR_CERTIFICATE_H

#include "base/bytes.h"
#include "base/civil.h"
#include "base/digest.h"
#include "base/error.h"
#include "csr/key.h"

enum { SERIAL_BYTES = 16, SERIAL_TEXT = 2 * 20 + 1 };

/* A self-signed root or an issuing certificate. */
struct certificate_ca_params {
	const char *common_name;
	const char *organization;     /* NULL: left out */
	const char *country;          /* NULL: left out */
	uint8_t serial[SERIAL_BYTES]; /* random; made positive and 16 octets long */
	int64_t not_before_ms;
	int64_t not_after_ms; /* inclusive */
	int path_length;      /* pathLenConstraint; -1: none */
};

/* A root: subject = issuer, signed by its own key. DER appended. */
STATUS certificate_root(const struct certificate_ca_params *params, const struct key *key,
			struct buffer *out, struct error *err);
/* An issuing certificate for subject_spki, signed by the root's key. DER appended. */
STATUS certificate_issuing(const struct certificate_ca_params *params, struct slice subject_spki,
			   struct slice root_der, const struct key *root_key, struct buffer *out,
			   struct error *err);

struct certificate_leaf_params {
	struct slice issuer_der; /* the issuing certificate: name, AKI, algorithm, validity */
	struct slice spki;       /* the subscriber's SubjectPublicKeyInfo */
	/* A-labels, wildcard names, addresses: SAN dNSName and iPAddress in this order */
	const char *const *names;
	size_t name_count;
	uint8_t serial[SERIAL_BYTES];
	int64_t not_before_ms;
	int64_t not_after_ms;       /* inclusive */
	const char *policy_oid;     /* for example "2.23.140.1.2.1" */
	const char *crl_url;        /* NULL: no CRL distribution point */
	const char *ocsp_url;       /* NULL: none */
	const char *ca_issuers_url; /* NULL: none */
};

/*
 * The DER of TBSCertificate, signed by nobody. It is put through the lints first with a static
 * signature value (BR 4.3.1.2): CERTIFICATE_LINT names the lint. Empty subject, critical SAN.
 * VALIDITY when it would reach outside the issuing certificate's.
 */
STATUS certificate_leaf_tbs(const struct certificate_leaf_params *params, struct buffer *out,
			    struct error *err);
/* Certificate ::= TBS, signature algorithm (that of the TBS), signature. DER appended. */
STATUS certificate_assemble(struct slice tbs, struct slice signature, struct buffer *out,
			    struct error *err);
/* The inverse: the TBSCertificate bytes within a certificate; borrowed from der. */
STATUS certificate_tbs(struct slice der, struct slice *ret, struct error *err);

/* What is read from a certificate. */
struct certificate_facts {
	char serial[SERIAL_TEXT]; /* lower-case hexadecimal, no leading zeros beyond whole octets */
	struct digest fingerprint; /* SHA-256 of the DER */
	int64_t not_before_ms;
	int64_t not_after_ms;
	char subject[256]; /* RFC 2253; empty for an empty subject */
	char issuer[256];
	char key_text[16];
	char **names; /* SAN dNSName, sorted */
	size_t name_count;
};

STATUS certificate_read(struct slice der, struct certificate_facts *ret, struct error *err);
void certificate_facts_release(struct certificate_facts *facts);
/* OK when issuer_der's key signed der. CRYPTO_FAILED otherwise. */
STATUS certificate_verify(struct slice der, struct slice issuer_der, struct error *err);

/* The table of lints, each with its source, over the DER of a leaf whose signature value may be
 * anything. CERTIFICATE_LINT with the name of the first one broken. csr/lint.c */
STATUS certificate_lint(struct slice der, struct error *err);

#endif
