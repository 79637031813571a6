/* Certificates of tls-alpn-01: csr/validation_certificate. */
#include "tests/fuzz/fuzz.h"

#include "csr/certificate.h"
#include "csr/validation_certificate.h"

#include <string.h>
#include <strings.h>

#define NAME "www.example.com"
#define KEY_AUTHORIZATION "token.thumbprint"

/* What is accepted is read by OpenSSL alike: this one name or address, and the digest is in it. */
static void check_accepted(struct slice der, const struct validation_certificate *expected)
{
	struct certificate_facts facts;
	struct error err;
	char text[ADDRESS_TEXT];
	const char *name = expected->address.family == ADDRESS_NONE
				   ? NAME
				   : address_text(&expected->address, text);
	if (certificate_read(der, &facts, &err) != OK || facts.name_count != 1 ||
	    strcasecmp(facts.names[0], name) != 0 ||
	    slice_find(der, slice_of(expected->digest.bytes, DIGEST_BYTES)) < 0)
		__builtin_trap();
	certificate_facts_release(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct validation_certificate expected[] = {
		{.name = NAME},
		{.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 1}}},
	};
	struct slice der = slice_of(data, size);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct error err = NO_ERROR;
		expected[i].digest = digest_of(slice_text(KEY_AUTHORIZATION));
		if (validation_certificate_check(der, &expected[i], &err) == OK)
			check_accepted(der, &expected[i]);
		else if (err.status != CERTIFICATE_WRONG || !err.sentence[0])
			__builtin_trap();
	}
	return 0;
}
