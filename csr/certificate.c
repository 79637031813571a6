/*
 * Certificates written: see certificate.h. A TBSCertificate is written top-down
 * in the order of RFC 5280 section 4.1, then (a leaf) linted, then signed:
 *
 *   params + issuer -> TBS -> lints -> key_sign -> assemble
 *
 * Extensions of a leaf (BR 7.1.2.7.6): keyUsage (critical), extKeyUsage
 * serverAuth, authorityKeyIdentifier, certificatePolicies, subjectAltName
 * (critical, the subject being empty), and URLs when given. basicConstraints
 * may be left out (BR 7.1.2.7.8) and is; subjectKeyIdentifier is NOT RECOMMENDED.
 */
#include "csr/certificate.h"

#include "csr/algorithm.h"
#include "csr/certificate_parts.h"
#include "csr/der.h"
#include "csr/openssl.h"
#include "csr/profile.h"

#include <ctype.h>
#include <string.h>

enum {
	CERTIFICATE_BYTES_MAX = 64 * 1024,
	KEY_IDENTIFIER_BYTES = 20,
	NAME_ATTRIBUTE_MAX = 64, /* RFC 5280 appendix A.1: ub-common-name, ub-organization-name */
};

/* Who signs: slices of the issuing certificate, and the row of its key. */
struct signer {
	struct slice name;
	struct slice key_identifier;
	const struct algorithm *algorithm;
	int64_t not_before_ms;
	int64_t not_after_ms;
};

/* RFC 7093 section 2 (1): "the leftmost 160-bits of the SHA-256 hash of the value of the BIT STRING
 * subjectPublicKey (excluding the tag, length, and number of unused bits)." */
static bool key_identifier_of(struct slice spki, uint8_t ret[KEY_IDENTIFIER_BYTES])
{
	struct slice content;
	struct slice bits;
	if (!der_take(&spki, DER_SEQUENCE, &content, NULL) ||
	    !der_take(&content, DER_SEQUENCE, NULL, NULL) ||
	    !der_take(&content, DER_BIT_STRING, &bits, NULL) || bits.length < 1)
		return false;
	struct digest digest = digest_of(slice_of(bits.data + 1, bits.length - 1));
	memcpy(ret, digest.bytes, KEY_IDENTIFIER_BYTES);
	return true;
}

static enum status signer_of(struct slice issuer_der, struct signer *ret, struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split(issuer_der, &parts) ||
	    !certificate_key_identifier(&parts, &ret->key_identifier))
		return fail(err, INPUT,
			    "the issuing certificate (%zu bytes) cannot be read or has no subject "
			    "key identifier",
			    issuer_der.length);
	ret->name = parts.subject;
	ret->not_before_ms = parts.not_before_ms;
	ret->not_after_ms = parts.not_after_ms;
	ret->algorithm = algorithm_of_spki(parts.spki);
	if (!ret->algorithm)
		return fail(err, KEY_TYPE, "the issuing certificate's key is of no allowed type");
	return OK;
}

/* ---- the pieces of a TBS ---- */

/* BR 7.1.2.7: non-sequential, greater than zero and less than 2^159, with at least 64 bits from a
 * CSPRNG. Clearing the top bit and setting the next
 * keeps it positive, not zero and always SERIAL_BYTES long; 126 random bits stay. */
static void put_serial(struct buffer *out, const uint8_t serial[SERIAL_BYTES])
{
	uint8_t octets[SERIAL_BYTES];
	memcpy(octets, serial, sizeof(octets));
	octets[0] = (uint8_t)((octets[0] & 0x7f) | 0x40);
	der_put_unsigned(out, slice_of(octets, sizeof(octets)));
}

/* Version 3, serial number, algorithm, issuer and validity: what all TBS begin with. */
static void put_head(struct buffer *out, const uint8_t serial[SERIAL_BYTES],
		     const struct signer *signer, int64_t not_before_ms, int64_t not_after_ms)
{
	static const uint8_t version_3[] = {DER_CONTEXT_CONSTRUCTED, 3, DER_INTEGER, 1, 2};
	buffer_append(out, version_3, sizeof(version_3));
	put_serial(out, serial);
	buffer_append_slice(out, signer->algorithm->signature);
	buffer_append_slice(out, signer->name);
	size_t validity = der_open(out, DER_SEQUENCE);
	der_put_time(out, not_before_ms);
	der_put_time(out, not_after_ms);
	der_close(out, validity);
}

static void put_key_usage(struct buffer *out, uint8_t unused_bits, uint8_t bits)
{
	const uint8_t value[] = {unused_bits, bits};
	struct extension_mark mark = profile_open_extension(out, EXTENSION_KEY_USAGE, CRITICAL);
	der_put(out, DER_BIT_STRING, slice_of(value, sizeof(value)));
	profile_close_extension(out, mark);
}

static void put_server_auth(struct buffer *out)
{
	static const uint8_t server_auth[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_EXTENDED_KEY_USAGE, NOT_CRITICAL);
	size_t usages = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(server_auth, sizeof(server_auth)));
	der_close(out, usages);
	profile_close_extension(out, mark);
}

/* keyIdentifier alone (BR 7.1.2.11.1). */
static void put_authority_key_identifier(struct buffer *out, struct slice key_identifier)
{
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_AUTHORITY_KEY_IDENTIFIER, NOT_CRITICAL);
	size_t identifier = der_open(out, DER_SEQUENCE);
	der_put(out, DER_CONTEXT | 0, key_identifier);
	der_close(out, identifier);
	profile_close_extension(out, mark);
}

static enum status put_policy(struct buffer *out, const char *policy_oid, struct error *err)
{
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_CERTIFICATE_POLICIES, NOT_CRITICAL);
	size_t policies = der_open(out, DER_SEQUENCE);
	size_t policy = der_open(out, DER_SEQUENCE);
	TRY(der_put_oid(out, policy_oid, err));
	der_close(out, policy);
	der_close(out, policies);
	profile_close_extension(out, mark);
	return OK;
}

enum { GENERAL_NAME_URI = DER_CONTEXT | 6 };

/* One DistributionPoint with one fullName (BR 7.1.2.11.2). */
static void put_crl_url(struct buffer *out, const char *url)
{
	if (!url)
		return;
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_CRL_DISTRIBUTION_POINTS, NOT_CRITICAL);
	size_t points = der_open(out, DER_SEQUENCE);
	size_t point = der_open(out, DER_SEQUENCE);
	size_t point_name = der_open(out, DER_CONTEXT_CONSTRUCTED | 0);
	size_t full_name = der_open(out, DER_CONTEXT_CONSTRUCTED | 0);
	der_put(out, GENERAL_NAME_URI, slice_text(url));
	der_close(out, full_name);
	der_close(out, point_name);
	der_close(out, point);
	der_close(out, points);
	profile_close_extension(out, mark);
}

/* AccessDescription; method is the last octet of id-ad (1.3.6.1.5.5.7.48). */
static void put_access(struct buffer *out, uint8_t method, const char *url)
{
	if (!url)
		return;
	const uint8_t oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, method};
	size_t access = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(oid, sizeof(oid)));
	der_put(out, GENERAL_NAME_URI, slice_text(url));
	der_close(out, access);
}

static void put_authority_access(struct buffer *out, const char *ocsp_url,
				 const char *ca_issuers_url)
{
	/* id-pe-authorityInfoAccess, 1.3.6.1.5.5.7.1.1: not of 2.5.29. */
	static const uint8_t oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01};
	enum { AD_OCSP = 1, AD_CA_ISSUERS = 2 };
	if (!ocsp_url && !ca_issuers_url)
		return;
	size_t extension = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(oid, sizeof(oid)));
	size_t value = der_open(out, DER_OCTET_STRING);
	size_t accesses = der_open(out, DER_SEQUENCE);
	put_access(out, AD_OCSP, ocsp_url);
	put_access(out, AD_CA_ISSUERS, ca_issuers_url);
	der_close(out, accesses);
	der_close(out, value);
	der_close(out, extension);
}

/* ---- a leaf ---- */

static enum status put_leaf_extensions(struct buffer *out, const struct signer *signer,
				       const struct certificate_leaf_params *params,
				       const struct algorithm *subject, struct error *err)
{
	enum { EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };
	size_t outer = der_open(out, EXTENSIONS);
	size_t extensions = der_open(out, DER_SEQUENCE);
	/* BR 7.1.2.7.11: digitalSignature; keyEncipherment (bit 2) is for RSA keys only. */
	if (subject->family == ALGORITHM_RSA)
		put_key_usage(out, 5, 0xa0);
	else
		put_key_usage(out, 7, 0x80);
	put_server_auth(out);
	put_authority_key_identifier(out, signer->key_identifier);
	TRY(put_policy(out, params->policy_oid, err));
	/* RFC 5280 section 4.2.1.6: "If the subject field contains an empty sequence, then the
	 * issuing CA MUST include a subjectAltName extension that is marked as critical." */
	profile_put_names(out, CRITICAL, params->names, params->name_count);
	put_crl_url(out, params->crl_url);
	put_authority_access(out, params->ocsp_url, params->ca_issuers_url);
	der_close(out, extensions);
	der_close(out, outer);
	return OK;
}

/* A leaf that outlives its issuing certificate cannot be validated (RFC 5280 section 6.1.3 (a)). */
static enum status check_leaf_validity(const struct certificate_leaf_params *params,
				       const struct signer *signer, struct error *err)
{
	char from[INSTANT_TEXT];
	char to[INSTANT_TEXT];
	if (params->not_before_ms >= signer->not_before_ms &&
	    params->not_after_ms <= signer->not_after_ms)
		return OK;
	return fail(err, VALIDITY,
		    "the certificate would be valid outside its issuing certificate (%s to %s)",
		    instant_text(signer->not_before_ms, from),
		    instant_text(signer->not_after_ms, to));
}

static enum status put_leaf(struct buffer *out, const struct certificate_leaf_params *params,
			    struct error *err)
{
	struct signer signer;
	TRY(signer_of(params->issuer_der, &signer, err));
	TRY(check_leaf_validity(params, &signer, err));
	const struct algorithm *subject = algorithm_of_spki(params->spki);
	if (!subject)
		return fail(err, KEY_TYPE, "the subscriber's key is of no allowed type");

	size_t tbs = der_open(out, DER_SEQUENCE);
	put_head(out, params->serial, &signer, params->not_before_ms, params->not_after_ms);
	der_close(out, der_open(out, DER_SEQUENCE)); /* the empty subject */
	buffer_append_slice(out, params->spki);
	TRY(put_leaf_extensions(out, &signer, params, subject, err));
	der_close(out, tbs);
	if (out->overflowed)
		return fail(err, CERTIFICATE_LINT,
			    "a certificate for %zu names is longer than %d bytes",
			    params->name_count, CERTIFICATE_BYTES_MAX);
	return OK;
}

/* BR 4.3.1.2: "Methods used to produce a certificate containing the to-be-signed Certificate
 * content include ... 2. Specify a static value for the signature field of the Certificate ASN.1
 * SEQUENCE." No key is needed, and what is linted can never be a certificate. */
static enum status lint_tbs(struct slice tbs, struct error *err)
{
	static const uint8_t signature[32];
	CLEANUP(buffer_release) struct buffer certificate;
	buffer_init(&certificate, CERTIFICATE_BYTES_MAX);
	TRY(certificate_assemble(tbs, slice_of(signature, sizeof(signature)), &certificate, err));
	return certificate_lint(buffer_slice(&certificate), err);
}

enum status certificate_leaf_tbs(const struct certificate_leaf_params *params, struct buffer *out,
				 struct error *err)
{
	CLEANUP(buffer_release) struct buffer tbs;
	buffer_init(&tbs, CERTIFICATE_BYTES_MAX);
	TRY(put_leaf(&tbs, params, err));
	TRY(lint_tbs(buffer_slice(&tbs), err));
	buffer_append_slice(out, buffer_slice(&tbs));
	return OK;
}

/* ---- TBS and signature ---- */

enum status certificate_assemble(struct slice tbs, struct slice signature, struct buffer *out,
				 struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split_tbs(tbs, &parts))
		return fail(err, CRYPTO_FAILED, "the %zu bytes are not a TBSCertificate",
			    tbs.length);
	size_t certificate = der_open(out, DER_SEQUENCE);
	buffer_append_slice(out, tbs);
	buffer_append_slice(out, parts.tbs_algorithm);
	der_put_bits(out, signature);
	der_close(out, certificate);
	return OK;
}

enum status certificate_tbs(struct slice der, struct slice *ret, struct error *err)
{
	struct certificate_parts parts;
	if (!certificate_split(der, &parts))
		return fail(err, INPUT, "the %zu bytes are not a certificate", der.length);
	*ret = parts.tbs;
	return OK;
}

/* ---- roots and issuing certificates ---- */

static enum status check_ca_params(const struct certificate_ca_params *params, struct error *err)
{
	const char *country = params->country;
	size_t common_name = strlen(params->common_name);
	if (common_name == 0 || common_name > NAME_ATTRIBUTE_MAX)
		return fail(err, CERTIFICATE_LINT,
			    "the common name \"%s\" is not 1 to %d octets long",
			    params->common_name, NAME_ATTRIBUTE_MAX);
	if (params->organization &&
	    (!params->organization[0] || strlen(params->organization) > NAME_ATTRIBUTE_MAX))
		return fail(err, CERTIFICATE_LINT,
			    "the organization \"%s\" is not 1 to %d octets long",
			    params->organization, NAME_ATTRIBUTE_MAX);
	if (country && (strlen(country) != 2 || !isupper((unsigned char)country[0]) ||
			!isupper((unsigned char)country[1])))
		return fail(err, CERTIFICATE_LINT,
			    "the country \"%s\" is not two capital letters (ISO 3166-1)", country);
	if (params->not_after_ms < params->not_before_ms)
		return fail(err, VALIDITY, "the CA certificate would end before it begins");
	return OK;
}

/* BR 7.1.4.2: countryName, organizationName, commonName, in this order. */
static void put_ca_name(struct buffer *out, const struct certificate_ca_params *params)
{
	size_t name = der_open(out, DER_SEQUENCE);
	profile_put_attribute(out, ATTRIBUTE_C, params->country);
	profile_put_attribute(out, ATTRIBUTE_O, params->organization);
	profile_put_attribute(out, ATTRIBUTE_CN, params->common_name);
	der_close(out, name);
}

static void put_ca_constraints(struct buffer *out, int path_length)
{
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_BASIC_CONSTRAINTS, CRITICAL);
	size_t constraints = der_open(out, DER_SEQUENCE);
	der_put(out, DER_BOOLEAN, slice_of("\xff", 1));
	if (path_length >= 0) {
		const uint8_t octet = (uint8_t)path_length;
		der_put_unsigned(out, slice_of(&octet, 1));
	}
	der_close(out, constraints);
	profile_close_extension(out, mark);
}

static void put_subject_key_identifier(struct buffer *out, struct slice key_identifier)
{
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_SUBJECT_KEY_IDENTIFIER, NOT_CRITICAL);
	der_put(out, DER_OCTET_STRING, key_identifier);
	profile_close_extension(out, mark);
}

enum ca_kind { CA_ROOT, CA_ISSUING };

/* BR 7.1.2.1.2 (root) and 7.1.2.10 (subordinate): a root has neither policies nor EKU. */
static enum status put_ca_tbs(struct buffer *out, enum ca_kind kind,
			      const struct certificate_ca_params *params, struct slice spki,
			      const struct signer *signer, struct error *err)
{
	enum { EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };
	static const char any_policy[] = "2.5.29.32.0";
	uint8_t own_identifier[KEY_IDENTIFIER_BYTES];
	if (!algorithm_of_spki(spki) || !key_identifier_of(spki, own_identifier))
		return fail(err, KEY_TYPE, "the key of \"%s\" is of no allowed type",
			    params->common_name);

	size_t tbs = der_open(out, DER_SEQUENCE);
	put_head(out, params->serial, signer, params->not_before_ms, params->not_after_ms);
	put_ca_name(out, params);
	buffer_append_slice(out, spki);
	size_t outer = der_open(out, EXTENSIONS);
	size_t extensions = der_open(out, DER_SEQUENCE);
	put_ca_constraints(out, params->path_length);
	put_key_usage(out, 1, 0x06); /* keyCertSign (5), cRLSign (6) */
	put_subject_key_identifier(out, slice_of(own_identifier, sizeof(own_identifier)));
	put_authority_key_identifier(out, signer->key_identifier);
	if (kind == CA_ISSUING) {
		put_server_auth(out);
		TRY(put_policy(out, any_policy, err));
	}
	der_close(out, extensions);
	der_close(out, outer);
	der_close(out, tbs);
	return OK;
}

/* Signs what was written and appends the certificate. */
static enum status finish_ca(struct slice tbs, const struct key *key, struct buffer *out,
			     struct error *err)
{
	CLEANUP(buffer_release) struct buffer signature;
	buffer_init(&signature, CERTIFICATE_BYTES_MAX);
	TRY(key_sign(key, tbs, &signature, err));
	return certificate_assemble(tbs, buffer_slice(&signature), out, err);
}

enum status certificate_root(const struct certificate_ca_params *params, const struct key *key,
			     struct buffer *out, struct error *err)
{
	CLEANUP(buffer_release) struct buffer tbs;
	CLEANUP(buffer_release) struct buffer spki;
	CLEANUP(buffer_release) struct buffer name;
	uint8_t key_identifier[KEY_IDENTIFIER_BYTES];
	buffer_init(&tbs, CERTIFICATE_BYTES_MAX);
	buffer_init(&spki, CERTIFICATE_BYTES_MAX);
	buffer_init(&name, CERTIFICATE_BYTES_MAX);
	TRY(check_ca_params(params, err));
	TRY(key_public_der(key, &spki, err));
	put_ca_name(&name, params);
	if (!key_identifier_of(buffer_slice(&spki), key_identifier))
		return fail(err, KEY_TYPE, "the root's key cannot be read");
	struct signer self = {
		.name = buffer_slice(&name),
		.key_identifier = slice_of(key_identifier, sizeof(key_identifier)),
		.algorithm = key_algorithm(key),
	};
	TRY(put_ca_tbs(&tbs, CA_ROOT, params, buffer_slice(&spki), &self, err));
	return finish_ca(buffer_slice(&tbs), key, out, err);
}

enum status certificate_issuing(const struct certificate_ca_params *params,
				struct slice subject_spki, struct slice root_der,
				const struct key *root_key, struct buffer *out, struct error *err)
{
	CLEANUP(buffer_release) struct buffer tbs;
	struct signer root;
	buffer_init(&tbs, CERTIFICATE_BYTES_MAX);
	TRY(check_ca_params(params, err));
	TRY(signer_of(root_der, &root, err));
	if (root.algorithm != key_algorithm(root_key))
		return fail(err, CRYPTO_FAILED,
			    "the root's key (%s) is not that of its certificate",
			    key_algorithm(root_key)->text);
	TRY(put_ca_tbs(&tbs, CA_ISSUING, params, subject_spki, &root, err));
	return finish_ca(buffer_slice(&tbs), root_key, out, err);
}
