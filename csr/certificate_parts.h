/*
 * A certificate as slices of its DER (RFC 5280 section 4.1), for what needs
 * octets rather than values: the issuer's name and key identifier, the bytes
 * that were signed, the algorithm identifiers. Nothing is copied; only the times
 * are decoded. The public key is not, which is what makes d2i_X509 slow.
 */
#ifndef ISSUER_CSR_CERTIFICATE_PARTS_H
#define ISSUER_CSR_CERTIFICATE_PARTS_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct certificate_parts {
	struct slice tbs;           /* the element */
	int version;                /* as written: 2 for version 3 */
	struct slice serial;        /* INTEGER, the element */
	struct slice tbs_algorithm; /* AlgorithmIdentifier within the TBS, the element */
	struct slice issuer;        /* Name, the element */
	int64_t not_before_ms;
	int64_t not_after_ms;
	struct slice subject;    /* Name, the element */
	struct slice spki;       /* SubjectPublicKeyInfo, the element */
	struct slice extensions; /* SEQUENCE OF Extension, the element; empty when there are none */
	struct slice algorithm;  /* AlgorithmIdentifier outside, the element */
	struct slice signature;  /* octets of the BIT STRING */
};

/* false when der is not one certificate in DER. */
bool certificate_split(struct slice der, struct certificate_parts *ret);
/* The same of a TBSCertificate alone; algorithm and signature are empty. */
bool certificate_split_tbs(struct slice tbs, struct certificate_parts *ret);
/* The subjectKeyIdentifier; false when there is none. */
bool certificate_key_identifier(const struct certificate_parts *parts, struct slice *ret);

#endif
