/* Certificates read and verified: see certificate.h. The values are read by OpenSSL. */
#include "csr/certificate.h"

#include "base/encode.h"
#include "base/memory.h"
#include "csr/certificate_parts.h"
#include "csr/openssl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum status certificate_parse(struct slice der, X509 **ret, struct error *err)
{
	const unsigned char *at = der.data;
	CLEANUP(openssl_certificate_freep) X509 *parsed = d2i_X509(NULL, &at, (long)der.length);
	if (!parsed)
		return openssl_fail(err, INPUT, "the %zu bytes are not a certificate", der.length);
	if (at != der.data + der.length)
		return fail(err, INPUT, "%td bytes follow the certificate",
			    der.data + der.length - at);
	*ret = STEAL(parsed);
	return OK;
}

enum status certificate_instant(const ASN1_TIME *time, int64_t *ret_ms, struct error *err)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return openssl_fail(err, INPUT, "a time of the certificate cannot be read");
	struct civil date = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	*ret_ms = civil_start(date, 0) + tm.tm_hour * HOUR_MS + tm.tm_min * MINUTE_MS +
		  tm.tm_sec * SECOND_MS;
	return OK;
}

static enum status read_serial(const X509 *parsed, char ret[SERIAL_TEXT], struct error *err)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(parsed);
	int length = ASN1_STRING_length(serial);
	if (length < 1 || 2 * length + 1 > SERIAL_TEXT)
		return fail(err, INPUT, "the serial number has %d octets", length);
	encode_hex(ASN1_STRING_get0_data(serial), (size_t)length, ret);
	return OK;
}

/* RFC 2253, cut to what the record holds. */
static void read_name(const X509_NAME *name, char *ret, size_t size)
{
	CLEANUP(openssl_bio_freep) BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	if (!bio)
		memory_exhausted();
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	size_t length = (size_t)BIO_get_mem_data(bio, &text);
	if (length >= size)
		length = size - 1;
	memcpy(ret, text, length);
	ret[length] = '\0';
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status read_names(const X509 *parsed, struct certificate_facts *facts,
			      struct error *err)
{
	CLEANUP(openssl_names_freep)
	GENERAL_NAMES *names = X509_get_ext_d2i(parsed, NID_subject_alt_name, NULL, NULL);
	int count = names ? sk_GENERAL_NAME_num(names) : 0;
	facts->names = memory_new((size_t)count, sizeof(*facts->names));
	for (int i = 0; i < count; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
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

/* Also keys that we would not certify: what is read may be anybody's. */
static void read_key_text(const struct certificate_parts *parts, const X509 *parsed, char *ret,
			  size_t size)
{
	const struct algorithm *algorithm = algorithm_of_spki(parts->spki);
	const EVP_PKEY *pair = X509_get0_pubkey(parsed);
	const char *other = pair ? EVP_PKEY_get0_type_name(pair) : NULL;
	if (algorithm && algorithm->family == ALGORITHM_RSA && pair)
		snprintf(ret, size, "rsa-%d", EVP_PKEY_get_bits(pair));
	else
		snprintf(ret, size, "%s", algorithm ? algorithm->text : other ? other : "unknown");
}

static enum status read_facts(struct slice der, const X509 *parsed, struct certificate_facts *facts,
			      struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split(der, &parts))
		return fail(err, INPUT, "the certificate is not in DER, or not of version 3");
	facts->fingerprint = digest_of(der);
	TRY(read_serial(parsed, facts->serial, err));
	TRY(certificate_instant(X509_get0_notBefore(parsed), &facts->not_before_ms, err));
	TRY(certificate_instant(X509_get0_notAfter(parsed), &facts->not_after_ms, err));
	read_name(X509_get_subject_name(parsed), facts->subject, sizeof(facts->subject));
	read_name(X509_get_issuer_name(parsed), facts->issuer, sizeof(facts->issuer));
	read_key_text(&parts, parsed, facts->key_text, sizeof(facts->key_text));
	return read_names(parsed, facts, err);
}

enum status certificate_read(struct slice der, struct certificate_facts *ret, struct error *err)
{
	CLEANUP(openssl_certificate_freep) X509 *parsed = NULL;
	CLEANUP(certificate_facts_release) struct certificate_facts facts = {0};
	TRY(certificate_parse(der, &parsed, err));
	TRY(read_facts(der, parsed, &facts, err));
	*ret = facts;
	facts = (struct certificate_facts){0};
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
