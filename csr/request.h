/*
 * PKCS#10 certification requests (RFC 2986): read and checked, or made.
 * Rules: RULES 1.9; REQUIREMENTS HST-36, HST-37; DESIGN.md "Names of a CSR".
 */
#ifndef ISSUER_CSR_REQUEST_H
#define ISSUER_CSR_REQUEST_H

#include "base/bytes.h"
#include "base/error.h"
#include "csr/key.h"
#include "csr/names.h"

struct request {
	struct buffer der;    /* the request */
	struct buffer spki;   /* SubjectPublicKeyInfo, DER */
	const char *key_text; /* such as "ec-p256"; static */
	char **names;         /* SAN dNSName and iPAddress, and CN: as struct name has them, sorted,
				no duplicates */
	size_t name_count;
};

void request_init(struct request *request);
void request_release(struct request *request);

enum { REQUEST_BYTES_MAX = 64 * 1024 };

/*
 * Reads PEM (one block, "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST") or DER, and checks:
 * form (CSR_MALFORMED: also trailing bytes, version), signature (CSR_SIGNATURE), signature
 * algorithm (CSR_ALGORITHM: SHA-2 with RSA or ECDSA), key (key_check's codes), name types
 * (CSR_NAME_TYPE), challengePassword and unknown attributes are ignored, CA:TRUE and other
 * asked-for extensions that a server certificate cannot have are CSR_ATTRIBUTE, an unreadable CN is
 * CSR_SUBJECT. Names are not checked against policy here, only normalised (invalid ones:
 * CSR_NAMES).
 */
STATUS request_read(struct slice bytes, struct request *ret, struct error *err);

/* CSR_NAMES, with the names missing and too many, unless the request's set equals names. */
STATUS request_match(const struct request *request, const char *const *names, size_t count,
		     struct error *err);

/* Makes a request for names (A-labels, addresses; the first becomes the CN when it fits 64 octets),
 * signed by key; DER appended. */
STATUS request_make(const struct key *key, const char *const *names, size_t count,
		    struct buffer *out, struct error *err);

/* PEM of DER bytes with the given label ("CERTIFICATE", "CERTIFICATE REQUEST"), appended. */
void pem_write(const char *label, struct slice der, struct buffer *out);

#endif
