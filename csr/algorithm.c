/*
 * The algorithms of the profile: see algorithm.h. BR 7.1.3.1 and 7.1.3.2 ask
 * for these octets, byte for byte.
 */
#include "csr/algorithm.h"

#include "base/error.h"
#include "csr/der.h"

#include <string.h>

#define DER(octets)                                                                                \
	{                                                                                          \
		(const uint8_t *)(octets), sizeof(octets) - 1                                      \
	}

/* clang-format off */
#define RSA_KEY     "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define RSA_SHA256  "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"
#define RSA_SHA384  "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"
#define RSA_SHA512  "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"
#define P256_KEY    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define P384_KEY    "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"
#define P521_KEY    "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"
#define ECDSA_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ECDSA_SHA384 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"
#define ECDSA_SHA512 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"

static const struct algorithm algorithms[] = {
	{ALGORITHM_RSA, "rsa",     NULL,    0,   DER(RSA_KEY),  "SHA256", DER(RSA_SHA256)},
	{ALGORITHM_EC,  "ec-p256", "P-256", 65,  DER(P256_KEY), "SHA256", DER(ECDSA_SHA256)},
	{ALGORITHM_EC,  "ec-p384", "P-384", 97,  DER(P384_KEY), "SHA384", DER(ECDSA_SHA384)},
	{ALGORITHM_EC,  "ec-p521", "P-521", 133, DER(P521_KEY), "SHA512", DER(ECDSA_SHA512)},
};

/* What a request may be signed with; a CSR's curve and digest need not pair up. */
static const struct {
	enum algorithm_family family;
	const char *digest;
	struct slice identifier;
} signatures[] = {
	{ALGORITHM_RSA, "SHA256", DER(RSA_SHA256)},
	{ALGORITHM_RSA, "SHA384", DER(RSA_SHA384)},
	{ALGORITHM_RSA, "SHA512", DER(RSA_SHA512)},
	{ALGORITHM_EC,  "SHA256", DER(ECDSA_SHA256)},
	{ALGORITHM_EC,  "SHA384", DER(ECDSA_SHA384)},
	{ALGORITHM_EC,  "SHA512", DER(ECDSA_SHA512)},
};
/* clang-format on */

const struct algorithm *algorithm_of_spki(struct slice spki_der)
{
	struct slice content;
	struct slice identifier;
	if (!der_take(&spki_der, DER_SEQUENCE, &content, NULL) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &identifier))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
		if (slice_equal(algorithms[i].spki, identifier))
			return &algorithms[i];
	return NULL;
}

const struct algorithm *algorithm_named(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
		if (strcmp(algorithms[i].text, text) == 0)
			return &algorithms[i];
	return NULL;
}

bool algorithm_spki_is_ec(struct slice spki_der)
{
	static const uint8_t ec_public_key[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
	struct slice content;
	struct slice identifier;
	struct slice oid;
	return der_take(&spki_der, DER_SEQUENCE, &content, NULL) &&
	       der_take(&content, DER_SEQUENCE, &identifier, NULL) &&
	       der_take(&identifier, DER_OID, &oid, NULL) &&
	       slice_equal(oid, slice_of(ec_public_key, sizeof(ec_public_key)));
}

const char *algorithm_signature_digest(enum algorithm_family family, struct slice identifier)
{
	for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++)
		if (signatures[i].family == family &&
		    slice_equal(signatures[i].identifier, identifier))
			return signatures[i].digest;
	return NULL;
}
