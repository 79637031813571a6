/* A certificate as slices: see certificate_parts.h. */
#include "csr/certificate_parts.h"

#include "base/civil.h"
#include "csr/der.h"
#include "csr/openssl.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <time.h>

enum { TBS_VERSION = DER_CONTEXT_CONSTRUCTED | 0, TBS_EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };

static bool take_version(struct slice *content, int *ret)
{
	struct slice explicit_version;
	struct slice version;
	if (!der_take(content, TBS_VERSION, &explicit_version, NULL) ||
	    !der_take(&explicit_version, DER_INTEGER, &version, NULL) || version.length != 1)
		return false;
	*ret = version.data[0];
	return true;
}

static bool take_time(struct slice *rest, int64_t *ret_ms)
{
	struct slice element;
	struct tm tm;
	if (!der_take(rest, DER_UTC_TIME, NULL, &element) &&
	    !der_take(rest, DER_GENERALIZED_TIME, NULL, &element))
		return false;
	const unsigned char *at = element.data;
	CLEANUP(openssl_time_freep)
	ASN1_TIME *time = d2i_ASN1_TIME(NULL, &at, (long)element.length);
	if (!time || ASN1_TIME_to_tm(time, &tm) != 1) {
		ERR_clear_error();
		return false;
	}
	struct civil date = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	*ret_ms = civil_start(date, 0) + tm.tm_hour * HOUR_MS + tm.tm_min * MINUTE_MS +
		  tm.tm_sec * SECOND_MS;
	return true;
}

bool certificate_split_tbs(struct slice tbs, struct certificate_parts *ret)
{
	struct certificate_parts parts = {.tbs = tbs};
	struct slice content;
	struct slice validity;
	struct slice explicit_extensions;
	if (!der_take(&tbs, DER_SEQUENCE, &content, NULL) || tbs.length != 0 ||
	    !take_version(&content, &parts.version) ||
	    !der_take(&content, DER_INTEGER, NULL, &parts.serial) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.tbs_algorithm) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.issuer) ||
	    !der_take(&content, DER_SEQUENCE, &validity, NULL) ||
	    !take_time(&validity, &parts.not_before_ms) ||
	    !take_time(&validity, &parts.not_after_ms) || validity.length != 0 ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.subject) ||
	    !der_take(&content, DER_SEQUENCE, NULL, &parts.spki))
		return false;
	if (der_next_is(content, TBS_EXTENSIONS) &&
	    (!der_take(&content, TBS_EXTENSIONS, &explicit_extensions, NULL) ||
	     !der_take(&explicit_extensions, DER_SEQUENCE, NULL, &parts.extensions) ||
	     explicit_extensions.length != 0))
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
	struct slice whole = parts->extensions;
	struct slice rest;
	struct slice extension;
	struct slice oid;
	struct slice value;
	if (!der_take(&whole, DER_SEQUENCE, &rest, NULL))
		return false;
	while (der_take(&rest, DER_SEQUENCE, &extension, NULL)) {
		if (!der_take(&extension, DER_OID, &oid, NULL) ||
		    !slice_equal(oid, slice_of(subject_key_identifier, 3)))
			continue;
		return der_take(&extension, DER_OCTET_STRING, &value, NULL) &&
		       der_take(&value, DER_OCTET_STRING, ret, NULL);
	}
	return false;
}
