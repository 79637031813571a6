/* A certificate as slices: see certificate_parts.h. */
#include "csr/certificate_parts.h"

#include "csr/der.h"

enum { TBS_VERSION = DER_CONTEXT_CONSTRUCTED | 0, TBS_EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };

bool certificate_split_tbs(struct slice tbs, struct certificate_parts *ret)
{
	struct certificate_parts parts = {.tbs = tbs};
	struct slice content;
	struct slice explicit_extensions;
	/* version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo */
	if (!der_take(&tbs, DER_SEQUENCE, &content, NULL) || tbs.length != 0 ||
	    !der_take(&content, TBS_VERSION, NULL, NULL) ||
	    !der_take(&content, DER_INTEGER, NULL, NULL) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.tbs_algorithm) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.issuer) ||
	    !der_take(&content, DER_SEQUENCE, NULL, NULL) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.subject) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.spki))
		return false;
	if (der_next_is(content, TBS_EXTENSIONS) &&
	    (!der_take(&content, TBS_EXTENSIONS, &explicit_extensions, NULL) ||
	     !der_take(&explicit_extensions, DER_SEQUENCE, &parts.extensions, NULL)))
		return false;
	/* The unique identifiers of version 2 stand before the extensions and are not for us. */
	if (content.length != 0)
		return false;
	*ret = parts;
	return true;
}

bool certificate_split(struct slice der, struct certificate_parts *ret)
{
	struct slice certificate;
	struct slice tbs;
	struct slice algorithm;
	struct slice bits;
	struct certificate_parts parts;
	if (!der_take(&der, DER_SEQUENCE, &certificate, NULL) || der.length != 0 ||
	    !der_take(&certificate, DER_SEQUENCE, NULL, &tbs) ||
	    !der_take(&certificate, DER_SEQUENCE, NULL, &algorithm) ||
	    !der_take(&certificate, DER_BIT_STRING, &bits, NULL) || certificate.length != 0)
		return false;
	if (bits.length < 2 || bits.data[0] != 0 || !certificate_split_tbs(tbs, &parts))
		return false;
	parts.algorithm = algorithm;
	parts.signature = slice_of(bits.data + 1, bits.length - 1);
	*ret = parts;
	return true;
}

bool certificate_key_identifier(const struct certificate_parts *parts, struct slice *ret)
{
	static const uint8_t subject_key_identifier[] = {0x55, 0x1d, 0x0e};
	struct slice rest = parts->extensions;
	struct slice extension;
	struct slice oid;
	struct slice value;
	while (der_take(&rest, DER_SEQUENCE, &extension, NULL)) {
		if (!der_take(&extension, DER_OID, &oid, NULL) ||
		    !slice_equal(oid, slice_of(subject_key_identifier, 3)))
			continue;
		return der_take(&extension, DER_OCTET_STRING, &value, NULL) &&
		       der_take(&value, DER_OCTET_STRING, ret, NULL);
	}
	return false;
}
