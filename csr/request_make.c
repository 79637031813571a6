/* Certification requests made (RFC 2986): see request.h. */
#include "csr/request.h"

#include "csr/algorithm.h"
#include "csr/der.h"
#include "csr/openssl.h"
#include "csr/profile.h"

#include <string.h>

/* RFC 5280 appendix A.1: ub-common-name. */
enum { COMMON_NAME_MAX = 64 };

/* [0] { extensionRequest { Extensions { subjectAltName } } }: RFC 2985 section 5.4.2. */
static void put_attributes(struct buffer *out, const char *const *names, size_t count)
{
	static const uint8_t extension_request[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
						    0x0d, 0x01, 0x09, 0x0e};
	size_t attributes = der_open(out, DER_CONTEXT_CONSTRUCTED | 0);
	size_t attribute = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(extension_request, sizeof(extension_request)));
	size_t values = der_open(out, DER_SET);
	size_t extensions = der_open(out, DER_SEQUENCE);
	profile_put_names(out, NOT_CRITICAL, names, count);
	der_close(out, extensions);
	der_close(out, values);
	der_close(out, attribute);
	der_close(out, attributes);
}

static enum status put_info(const struct key *key, const char *const *names, size_t count,
			    struct buffer *out, struct error *err)
{
	size_t info = der_open(out, DER_SEQUENCE);
	der_put_unsigned(out, SLICE_NONE); /* version 0 */
	size_t subject = der_open(out, DER_SEQUENCE);
	if (strlen(names[0]) <= COMMON_NAME_MAX)
		profile_put_attribute(out, ATTRIBUTE_CN, names[0]);
	der_close(out, subject);
	TRY(key_public_der(key, out, err));
	put_attributes(out, names, count);
	der_close(out, info);
	return OK;
}

enum status request_make(const struct key *key, const char *const *names, size_t count,
			 struct buffer *out, struct error *err)
{
	CLEANUP(buffer_release) struct buffer info;
	CLEANUP(buffer_release) struct buffer signature;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&info, REQUEST_BYTES_MAX);
	buffer_init(&signature, REQUEST_BYTES_MAX);
	buffer_init(&der, REQUEST_BYTES_MAX);
	if (count == 0)
		return fail(err, CSR_NAMES, "a request needs at least one name");
	TRY(put_info(key, names, count, &info, err));
	TRY(key_sign(key, buffer_slice(&info), &signature, err));

	size_t request = der_open(&der, DER_SEQUENCE);
	buffer_append_slice(&der, buffer_slice(&info));
	buffer_append_slice(&der, key_algorithm(key)->signature);
	der_put_bits(&der, buffer_slice(&signature));
	der_close(&der, request);
	if (info.overflowed || der.overflowed)
		return fail(err, CSR_NAMES, "a request for %zu names is longer than %d bytes",
			    count, REQUEST_BYTES_MAX);
	buffer_append_slice(out, buffer_slice(&der));
	return OK;
}
