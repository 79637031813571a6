/*
 * The certificate with which a server answers the challenge tls-alpn-01 (RFC 8737
 * section 3, RFC 8738 section 6): read strictly, as foreign bytes. Pure.
 */
#ifndef ISSUER_CSR_VALIDATION_CERTIFICATE_H
#define ISSUER_CSR_VALIDATION_CERTIFICATE_H

#include "base/digest.h"
#include "base/endpoint.h"
#include "base/error.h"

/* What it must carry. */
struct validation_certificate {
	const char *name;       /* A-labels, any case; not looked at for an address */
	struct address address; /* ADDRESS_NONE for a name */
	struct digest digest;   /* SHA-256 of the key authorization */
};

/* CERTIFICATE_WRONG, with what was seen, unless der is a self-signed certificate of version 3 for
 * exactly this name or address and digest. */
STATUS validation_certificate_check(struct slice der, const struct validation_certificate *expected,
				    struct error *err);

#endif
