/* Certificates read and verified: see certificate.h. The values are read by OpenSSL. */
#include "csr/certificate.h"

#include "base/encode.h"
#include "base/memory.h"
#include "csr/certificate_parts.h"
#include "csr/der.h"
#include "csr/openssl.h"
#include "csr/public_key.h"

#include <stdlib.h>
#include <string.h>

static enum status read_serial(struct slice serial, char ret[SERIAL_TEXT], struct error *err)
{
	struct slice octets = SLICE_NONE;
	(void)der_take(&serial, DER_INTEGER, &octets, NULL);
	/* The octet that keeps the value positive is not part of it. */
	if (octets.length > 1 && octets.data[0] == 0)
		octets = slice_of(octets.data + 1, octets.length - 1);
	if (octets.length < 1 || 2 * octets.length + 1 > SERIAL_TEXT)
		return fail(err, INPUT, "the serial number has %zu octets", octets.length);
	encode_hex(octets.data, octets.length, ret);
	return OK;
}

/* RFC 2253, cut to what the record holds. */
static enum status read_name(struct slice der, char *ret, size_t size, struct error *err)
{
	const unsigned char *at = der.data;
	CLEANUP(openssl_name_freep) X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.length);
	CLEANUP(openssl_bio_freep) BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	if (!bio)
		memory_exhausted();
	if (!name)
		return openssl_fail(err, INPUT, "a name of the certificate cannot be read");
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	size_t length = (size_t)BIO_get_mem_data(bio, &text);
	if (length >= size)
		length = size - 1;
	if (length)
		memcpy(ret, text, length);
	ret[length] = '\0';
	return OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status read_names(const struct certificate_parts *parts,
			      struct certificate_facts *facts, struct error *err)
{
	CLEANUP(openssl_extensions_freep)
	STACK_OF(X509_EXTENSION) *extensions = openssl_extensions(parts->extensions);
	if (!extensions && parts->extensions.length)
		return openssl_fail(err, INPUT, "the extensions of the certificate cannot be read");
	CLEANUP(openssl_names_freep)
	GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
	int count = names ? sk_GENERAL_NAME_num(names) : 0;
	facts->names = memory_new((size_t)count, sizeof(*facts->names));
	for (int i = 0; i < count; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		struct address address;
		char shown[ADDRESS_TEXT];
		if (openssl_address(name, &address))
			facts->names[facts->name_count++] =
				memory_text(address_text(&address, shown));
		if (name->type != GEN_DNS)
			continue;
		const char *text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
		if (strlen(text) != (size_t)ASN1_STRING_length(name->d.dNSName))
			return fail(err, INPUT, "a name of the certificate holds a NUL");
		facts->names[facts->name_count++] = memory_text(text);
	}
	qsort(facts->names, facts->name_count, sizeof(*facts->names), compare_names);
	return OK;
}

static enum status read_facts(struct slice der, struct certificate_facts *facts, struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split(der, &parts))
		return fail(err, INPUT, "the %zu bytes are not one certificate of version 3 in DER",
			    der.length);
	facts->fingerprint = digest_of(der);
	facts->not_before_ms = parts.not_before_ms;
	facts->not_after_ms = parts.not_after_ms;
	public_key_text(parts.spki, facts->key_text);
	TRY(read_serial(parts.serial, facts->serial, err));
	TRY(read_name(parts.subject, facts->subject, sizeof(facts->subject), err));
	TRY(read_name(parts.issuer, facts->issuer, sizeof(facts->issuer), err));
	return read_names(&parts, facts, err);
}

enum status certificate_read(struct slice der, struct certificate_facts *ret, struct error *err)
{
	CLEANUP(certificate_facts_release) struct certificate_facts facts = {.name_count = 0};
	TRY(read_facts(der, &facts, err));
	*ret = facts;
	facts = (struct certificate_facts){.name_count = 0};
	return OK;
}

void certificate_facts_release(struct certificate_facts *facts)
{
	for (size_t i = 0; i < facts->name_count; i++)
		free(facts->names[i]);
	free(facts->names);
	facts->names = NULL;
	facts->name_count = 0;
}

enum status certificate_verify(struct slice der, struct slice issuer_der, struct error *err)
{
	struct certificate_parts parts;
	struct certificate_parts issuer;
	CLEANUP(key_freep) struct key *key = NULL;
	if (!certificate_split(der, &parts) || !certificate_split(issuer_der, &issuer))
		return fail(err, CRYPTO_FAILED, "the certificate or its issuer's is not in DER");
	if (!slice_equal(parts.issuer, issuer.subject))
		return fail(err, CRYPTO_FAILED,
			    "the certificate names another issuer than the issuing certificate");
	/* RFC 5280 section 4.1.1.2: "This field MUST contain the same algorithm identifier as the
	 * signature field in the sequence tbsCertificate". */
	if (!slice_equal(parts.algorithm, parts.tbs_algorithm))
		return fail(err, CRYPTO_FAILED,
			    "the certificate's algorithm is not the one that was signed");
	TRY(key_from_public_der(issuer.spki, &key, err));
	const char *digest =
		algorithm_signature_digest(key_algorithm(key)->family, parts.algorithm);
	if (!digest)
		return fail(err, CRYPTO_FAILED,
			    "the certificate's signature algorithm is not one of the issuer's key");
	return key_verify_digest(key, digest, parts.tbs, parts.signature, err);
}
