/*
 * The certificate of tls-alpn-01: see validation_certificate.h.
 *
 * RFC 8737 section 3: "The client prepares for validation by constructing a
 * self-signed certificate that MUST contain an acmeIdentifier extension and a
 * subjectAlternativeName extension [RFC5280]. The subjectAlternativeName extension
 * MUST contain a single dNSName entry where the value is the domain name being
 * validated. The acmeIdentifier extension MUST contain the SHA-256 digest
 * [FIPS180-4] of the key authorization [RFC8555] for the challenge. The
 * acmeIdentifier extension MUST be critical so that the certificate isn't
 * inadvertently used by non-ACME software."
 */
#include "csr/validation_certificate.h"

#include "csr/certificate_parts.h"
#include "csr/der.h"
#include "csr/openssl.h"

#include <openssl/err.h>
#include <string.h>

/* GeneralName (RFC 5280 section 4.2.1.6). */
enum { GENERAL_NAME_DNS = DER_CONTEXT | 2, GENERAL_NAME_IP = DER_CONTEXT | 7 };

enum { SHOWN_NAME = 80, SHOWN_TEXT = SHOWN_NAME + 4 };

struct extension {
	struct slice value; /* within the OCTET STRING */
	bool critical;
};

/* 2.5.29.17 and id-pe-acmeIdentifier, { id-pe 31 }: 1.3.6.1.5.5.7.1.31. */
static const uint8_t subject_alt_name[] = {0x55, 0x1d, 0x11};
static const uint8_t acme_identifier[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1f};

#define WRONG(...) fail(err, CERTIFICATE_WRONG, __VA_ARGS__)

/* Printable ASCII; anything else is shown as '?', a cut as "...". */
static const char *shown(struct slice bytes, char ret[SHOWN_TEXT])
{
	size_t length = bytes.length > SHOWN_NAME ? SHOWN_NAME : bytes.length;
	for (size_t i = 0; i < length; i++)
		ret[i] = bytes.data[i] >= 0x20 && bytes.data[i] < 0x7f ? (char)bytes.data[i] : '?';
	memcpy(ret + length, bytes.length > length ? "..." : "", bytes.length > length ? 4 : 1);
	return ret;
}

/* Extension ::= SEQUENCE { OID, critical BOOLEAN DEFAULT FALSE, OCTET STRING } */
static bool take_extension(struct slice *rest, struct slice *ret_oid, struct extension *ret)
{
	struct slice content, critical = SLICE_NONE;
	if (!der_take(rest, DER_SEQUENCE, &content, NULL) ||
	    !der_take(&content, DER_OID, ret_oid, NULL))
		return false;
	if (der_next_is(content, DER_BOOLEAN) && !der_take(&content, DER_BOOLEAN, &critical, NULL))
		return false;
	ret->critical = critical.length == 1 && critical.data[0] == 0xff;
	return der_take(&content, DER_OCTET_STRING, &ret->value, NULL) && content.length == 0;
}

/* The one extension of that type. */
static STATUS find_extension(struct slice extensions, struct slice oid, const char *what,
			     struct extension *ret, struct error *err)
{
	struct slice rest = SLICE_NONE, one;
	struct extension extension, found = {.critical = false};
	int count = 0;
	(void)der_take(&extensions, DER_SEQUENCE, &rest, NULL);
	while (rest.length > 0) {
		if (!take_extension(&rest, &one, &extension))
			return WRONG("its extensions cannot be read");
		if (!slice_equal(one, oid))
			continue;
		found = extension;
		count++;
	}
	if (count != 1)
		return WRONG(count ? "the extension %s stands %d times" : "it has no extension %s",
			     what, count);
	*ret = found;
	return OK;
}

/* --- the subjectAltName --- */

/* RFC 8737 section 3: "The comparison of dNSNames MUST be case insensitive". */
static bool same_name(struct slice name, const char *expected)
{
	return name.length == strlen(expected) &&
	       strncasecmp((const char *)name.data, expected, name.length) == 0;
}

static STATUS check_dns_name(struct slice entry, const char *expected, struct error *err)
{
	struct slice name;
	char text[SHOWN_TEXT];
	if (!der_take(&entry, GENERAL_NAME_DNS, &name, NULL))
		return WRONG("its subjectAltName is no dNSName (tag 0x%02x)", entry.data[0]);
	if (!same_name(name, expected))
		return WRONG("its subjectAltName is the dNSName \"%s\"", shown(name, text));
	return OK;
}

static bool read_address(struct slice octets, struct address *ret)
{
	if (octets.length != 4 && octets.length != 16)
		return false;
	*ret = (struct address){.family = octets.length == 4 ? ADDRESS_V4 : ADDRESS_V6};
	memcpy(ret->bytes, octets.data, octets.length);
	return true;
}

/* RFC 8738 section 6: "the subjectAltName extension in the validation certificate MUST contain a
 * single iPAddress that matches the address being validated." */
static STATUS check_ip_address(struct slice entry, const struct address *expected,
			       struct error *err)
{
	struct slice octets;
	struct address address;
	char text[ADDRESS_TEXT];
	if (!der_take(&entry, GENERAL_NAME_IP, &octets, NULL))
		return WRONG("its subjectAltName is no iPAddress (tag 0x%02x)", entry.data[0]);
	if (!read_address(octets, &address))
		return WRONG("its iPAddress has %zu octets", octets.length);
	if (!address_equal(&address, expected))
		return WRONG("its subjectAltName is the iPAddress %s",
			     address_text(&address, text));
	return OK;
}

/* The length of the first element of any tag; 0 when there is none. */
static size_t element_length(struct slice rest)
{
	struct slice whole;
	return rest.length && der_take(&rest, rest.data[0], NULL, &whole) ? whole.length : 0;
}

static STATUS check_names(struct slice extensions, const struct validation_certificate *expected,
			  struct error *err)
{
	struct extension extension = {.critical = false};
	struct slice names;
	size_t count = 0;
	TRY(find_extension(extensions, slice_of(subject_alt_name, sizeof(subject_alt_name)),
			   "subjectAltName", &extension, err));
	if (!der_take(&extension.value, DER_SEQUENCE, &names, NULL) || extension.value.length)
		return WRONG("its subjectAltName cannot be read");
	for (struct slice rest = names; rest.length > 0; count++) {
		size_t length = element_length(rest);
		if (!length)
			return WRONG("its subjectAltName cannot be read");
		rest = slice_of(rest.data + length, rest.length - length);
	}
	if (count != 1)
		return WRONG("its subjectAltName has %zu entries, not one", count);
	return expected->address.family == ADDRESS_NONE
		       ? check_dns_name(names, expected->name, err)
		       : check_ip_address(names, &expected->address, err);
}

/* --- the acmeIdentifier --- */

static STATUS check_digest(struct slice extensions, struct digest expected, struct error *err)
{
	struct extension extension = {.critical = false};
	struct slice octets;
	char seen[DIGEST_TEXT], wanted[DIGEST_TEXT];
	TRY(find_extension(extensions, slice_of(acme_identifier, sizeof(acme_identifier)),
			   "acmeIdentifier (1.3.6.1.5.5.7.1.31)", &extension, err));
	if (!extension.critical)
		return WRONG("its acmeIdentifier is not critical");
	/* RFC 8737 section 3: "Authorization ::= OCTET STRING (SIZE (32))". */
	if (!der_take(&extension.value, DER_OCTET_STRING, &octets, NULL) || extension.value.length)
		return WRONG("its acmeIdentifier is not one OCTET STRING");
	if (octets.length != DIGEST_BYTES)
		return WRONG("its acmeIdentifier has %zu octets, not %d", octets.length,
			     DIGEST_BYTES);
	struct digest digest;
	memcpy(digest.bytes, octets.data, sizeof(digest.bytes));
	if (!digest_equal(digest, expected))
		return WRONG("its acmeIdentifier is %s, not %s", digest_text(digest, seen),
			     digest_text(expected, wanted));
	return OK;
}

/* --- self-signed --- */

static void x509_freep(X509 **certificate)
{
	X509_free(*certificate);
}

static bool signed_by_its_own_key(struct slice der)
{
	const unsigned char *at = der.data;
	CLEANUP(x509_freep) X509 *certificate = d2i_X509(NULL, &at, (long)der.length);
	EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
	bool is = key && X509_verify(certificate, key) == 1;
	ERR_clear_error();
	return is;
}

enum status validation_certificate_check(struct slice der,
					 const struct validation_certificate *expected,
					 struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split(der, &parts) || parts.version != X509_VERSION_3)
		return WRONG("its %zu bytes are not one certificate of version 3 in DER",
			     der.length);
	TRY(check_names(parts.extensions, expected, err));
	TRY(check_digest(parts.extensions, expected->digest, err));
	if (!slice_equal(parts.subject, parts.issuer))
		return WRONG("it is not self-signed: issuer and subject differ");
	if (!signed_by_its_own_key(der))
		return WRONG("it is not self-signed: its key did not sign it");
	return OK;
}
