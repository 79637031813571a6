/*
 * Where certificates come from. A back end prepares an intent (bytes that say
 * exactly what will be asked for, stored before anything happens) and later
 * turns the intent into a certificate; asking again with the same intent never
 * makes a second one.
 */
#ifndef ISSUER_CA_CA_H
#define ISSUER_CA_CA_H

#include "base/bytes.h"
#include "base/error.h"
#include "csr/certificate.h"
#include "csr/key.h"

/* What the certificate is to hold. Borrowed. */
struct ca_order {
	const char *const *names;
	size_t name_count;
	struct slice spki;
	int64_t not_before_ms;
	int64_t not_after_ms; /* inclusive */
	const char *policy_oid;
	const char *base_url;         /* NULL: no CRL and OCSP URLs */
	uint8_t serial[SERIAL_BYTES]; /* random bytes from the engine */
};

/* The local CA's own material. Borrowed. */
struct ca_local {
	struct slice issuing_der;
	const struct key *issuing_key; /* NULL while preparing */
};

/* The intent: a linted TBSCertificate. Pure. */
STATUS ca_local_prepare(const struct ca_local *ca, const struct ca_order *order,
			struct buffer *ret_intent, struct error *err);
/* Signs the intent and checks the signature before it is let out. */
STATUS ca_local_issue(const struct ca_local *ca, struct slice intent, struct buffer *ret_der,
		      struct error *err);

#endif
