/*
 * The lints: what must hold of every server certificate before it is signed
 * (BR 4.3.1.2), read back by OpenSSL from the octets that csr/certificate.c
 * wrote. One more lint is one row, one function, and one row in its test.
 * Dated limits (validity by day, reuse) are policy's; here is what never bends.
 */
#include "csr/certificate.h"

#include "csr/certificate_parts.h"
#include "csr/names.h"
#include "csr/openssl.h"
#include "csr/public_key.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

enum {
	SERIAL_OCTETS_MIN = 8, /* 64 bits of chance do not fit in fewer */
	SERIAL_OCTETS_MAX = 20,
	RSA_BITS_MIN = 2048,
	VALIDITY_DAYS_MAX = 398, /* the widest that BR 6.3.2 ever allowed since 2020-09-01 */
};

struct view {
	struct certificate_parts parts;
	X509_NAME *subject;
	X509_NAME *issuer;
	ASN1_INTEGER *serial;
	STACK_OF(X509_EXTENSION) * extensions;
	GENERAL_NAMES *names; /* subjectAltName; NULL when absent */
};

#define BROKEN(...) fail(err, CERTIFICATE_LINT, __VA_ARGS__)

static enum status lint_version(const struct view *view, struct error *err)
{
	int version = view->parts.version;
	return version == X509_VERSION_3 ? OK : BROKEN("the version is %d, not 3", version + 1);
}

static enum status lint_serial(const struct view *view, struct error *err)
{
	const ASN1_INTEGER *serial = view->serial;
	int length = ASN1_STRING_length(serial);
	if (ASN1_STRING_type(serial) & V_ASN1_NEG)
		return BROKEN("the serial number is negative");
	if (length < SERIAL_OCTETS_MIN || length > SERIAL_OCTETS_MAX)
		return BROKEN("the serial number has %d octets, not %d to %d", length,
			      SERIAL_OCTETS_MIN, SERIAL_OCTETS_MAX);
	/* Twenty octets with the top bit set take a twenty-first in DER. */
	if (length == SERIAL_OCTETS_MAX && ASN1_STRING_get0_data(serial)[0] & 0x80)
		return BROKEN("the serial number is 2^159 or more");
	return OK;
}

static enum status lint_algorithms_equal(const struct view *view, struct error *err)
{
	if (slice_equal(view->parts.algorithm, view->parts.tbs_algorithm))
		return OK;
	return BROKEN("the algorithm outside is not the one in the TBSCertificate");
}

static enum status lint_signature_algorithm(const struct view *view, struct error *err)
{
	if (algorithm_signature_digest(ALGORITHM_RSA, view->parts.tbs_algorithm) ||
	    algorithm_signature_digest(ALGORITHM_EC, view->parts.tbs_algorithm))
		return OK;
	return BROKEN("the signature algorithm is not RSA or ECDSA with SHA-2 in its exact "
		      "encoding");
}

static enum status lint_issuer(const struct view *view, struct error *err)
{
	if (X509_NAME_entry_count(view->issuer) > 0)
		return OK;
	return BROKEN("the issuer's name is empty");
}

static enum status lint_validity_order(const struct view *view, struct error *err)
{
	if (view->parts.not_after_ms >= view->parts.not_before_ms)
		return OK;
	return BROKEN("notAfter is before notBefore");
}

static enum status lint_validity_limit(const struct view *view, struct error *err)
{
	/* Inclusive: the second of notAfter counts (BR 6.3.2). */
	int64_t validity_ms = view->parts.not_after_ms - view->parts.not_before_ms + SECOND_MS;
	if (validity_ms <= VALIDITY_DAYS_MAX * DAY_MS)
		return OK;
	return BROKEN("the validity is longer than %d days", VALIDITY_DAYS_MAX);
}

static enum status lint_public_key(const struct view *view, struct error *err)
{
	struct public_key key;
	if (!public_key_split(view->parts.spki, &key))
		return BROKEN("the public key is of no allowed type, or not in strict DER");
	if (key.algorithm->family == ALGORITHM_RSA &&
	    (key.modulus_bits < RSA_BITS_MIN || key.modulus_bits % 8 != 0))
		return BROKEN("the RSA key has %d bits", key.modulus_bits);
	return OK;
}

/* ---- extensions as a whole ---- */

static enum status lint_extensions_once(const struct view *view, struct error *err)
{
	int count = sk_X509_EXTENSION_num(view->extensions);
	for (int i = 0; i < count; i++) {
		const ASN1_OBJECT *object =
			X509_EXTENSION_get_object(sk_X509_EXTENSION_value(view->extensions, i));
		char text[80];
		if (X509v3_get_ext_by_OBJ(view->extensions, object, i) < 0)
			continue;
		OBJ_obj2txt(text, sizeof(text), object, 1);
		return BROKEN("the extension %s stands twice", text);
	}
	return OK;
}

enum critical_rule { MUST_BE_CRITICAL, MUST_NOT_BE_CRITICAL, CRITICAL_BY_OTHER_LINT };

/* BR 7.1.2.7.6; subjectAltName's criticality hangs on the subject. */
static const struct {
	int nid;
	enum critical_rule critical;
} allowed_extensions[] = {
	{NID_info_access, MUST_NOT_BE_CRITICAL},
	{NID_authority_key_identifier, MUST_NOT_BE_CRITICAL},
	{NID_basic_constraints, MUST_BE_CRITICAL},
	{NID_certificate_policies, MUST_NOT_BE_CRITICAL},
	{NID_crl_distribution_points, MUST_NOT_BE_CRITICAL},
	{NID_ct_precert_scts, MUST_NOT_BE_CRITICAL},
	{NID_ext_key_usage, MUST_NOT_BE_CRITICAL},
	{NID_key_usage, MUST_BE_CRITICAL},
	{NID_subject_alt_name, CRITICAL_BY_OTHER_LINT},
};

static enum status check_extension(X509_EXTENSION *extension, struct error *err)
{
	const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
	int critical = X509_EXTENSION_get_critical(extension);
	char text[80];
	OBJ_obj2txt(text, sizeof(text), object, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(allowed_extensions); i++) {
		if (allowed_extensions[i].nid != OBJ_obj2nid(object))
			continue;
		switch (allowed_extensions[i].critical) {
		case MUST_BE_CRITICAL:
			return critical ? OK : BROKEN("%s is not critical", text);
		case MUST_NOT_BE_CRITICAL:
			return critical ? BROKEN("%s is critical", text) : OK;
		case CRITICAL_BY_OTHER_LINT:
			return OK;
		}
	}
	return BROKEN("the extension %s has no place in a server certificate", text);
}

static enum status lint_extensions_allowed(const struct view *view, struct error *err)
{
	int count = sk_X509_EXTENSION_num(view->extensions);
	for (int i = 0; i < count; i++)
		TRY(check_extension(sk_X509_EXTENSION_value(view->extensions, i), err));
	return OK;
}

/* ---- single extensions ---- */

static enum status lint_not_ca(const struct view *view, struct error *err)
{
	BASIC_CONSTRAINTS *constraints =
		X509V3_get_d2i(view->extensions, NID_basic_constraints, NULL, NULL);
	bool ca = constraints && (constraints->ca || constraints->pathlen);
	BASIC_CONSTRAINTS_free(constraints);
	return ca ? BROKEN("basicConstraints are those of a CA") : OK;
}

/* BR 7.1.2.7.11: the bits of an RSA key and those of an EC key. */
static enum status lint_key_usage(const struct view *view, struct error *err)
{
	enum { DIGITAL_SIGNATURE = 0, KEY_ENCIPHERMENT = 2, BITS = 9 };
	const struct algorithm *algorithm = algorithm_of_spki(view->parts.spki);
	ASN1_BIT_STRING *usage = X509V3_get_d2i(view->extensions, NID_key_usage, NULL, NULL);
	bool rsa = algorithm && algorithm->family == ALGORITHM_RSA;
	bool signs = usage && ASN1_BIT_STRING_get_bit(usage, DIGITAL_SIGNATURE);
	int foreign = -1;
	for (int bit = 0; usage && bit < BITS; bit++)
		if (ASN1_BIT_STRING_get_bit(usage, bit) && bit != DIGITAL_SIGNATURE &&
		    !(bit == KEY_ENCIPHERMENT && rsa))
			foreign = bit;
	ASN1_BIT_STRING_free(usage);
	if (!signs)
		return BROKEN("keyUsage lacks digitalSignature");
	if (foreign >= 0)
		return BROKEN("keyUsage has bit %d, which %s key may not have", foreign,
			      rsa ? "an RSA" : "an EC");
	return OK;
}

/* BR 7.1.2.7.10 allows clientAuth besides; root programs do not any more (RULES 1.9). */
static enum status lint_extended_key_usage(const struct view *view, struct error *err)
{
	EXTENDED_KEY_USAGE *usage = X509V3_get_d2i(view->extensions, NID_ext_key_usage, NULL, NULL);
	bool right = usage && sk_ASN1_OBJECT_num(usage) == 1 &&
		     OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_server_auth;
	EXTENDED_KEY_USAGE_free(usage);
	return right ? OK : BROKEN("extKeyUsage is not serverAuth alone");
}

static enum status lint_authority_key_identifier(const struct view *view, struct error *err)
{
	AUTHORITY_KEYID *identifier =
		X509V3_get_d2i(view->extensions, NID_authority_key_identifier, NULL, NULL);
	bool right = identifier && identifier->keyid && ASN1_STRING_length(identifier->keyid) > 0 &&
		     !identifier->issuer && !identifier->serial;
	AUTHORITY_KEYID_free(identifier);
	return right ? OK : BROKEN("authorityKeyIdentifier is not keyIdentifier alone");
}

static bool is_reserved_policy(const ASN1_OBJECT *policy)
{
	static const char *const reserved[] = {"2.23.140.1.1", "2.23.140.1.2.1", "2.23.140.1.2.2",
					       "2.23.140.1.2.3"};
	char text[80];
	OBJ_obj2txt(text, sizeof(text), policy, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(reserved); i++)
		if (strcmp(reserved[i], text) == 0)
			return true;
	return false;
}

static enum status lint_policies(const struct view *view, struct error *err)
{
	CERTIFICATEPOLICIES *policies =
		X509V3_get_d2i(view->extensions, NID_certificate_policies, NULL, NULL);
	int count = 0;
	for (int i = 0; i < sk_POLICYINFO_num(policies); i++)
		count += is_reserved_policy(sk_POLICYINFO_value(policies, i)->policyid);
	CERTIFICATEPOLICIES_free(policies);
	return count == 1 ? OK : BROKEN("there are %d reserved policy identifiers, not 1", count);
}

static bool is_http(const GENERAL_NAME *name)
{
	return name->type == GEN_URI &&
	       ASN1_STRING_length(name->d.uniformResourceIdentifier) > (int)strlen("http://") &&
	       memcmp(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier), "http://",
		      strlen("http://")) == 0;
}

static enum status lint_access_urls(const struct view *view, struct error *err)
{
	AUTHORITY_INFO_ACCESS *accesses =
		X509V3_get_d2i(view->extensions, NID_info_access, NULL, NULL);
	bool right = true;
	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(accesses); i++)
		right = right && is_http(sk_ACCESS_DESCRIPTION_value(accesses, i)->location);
	AUTHORITY_INFO_ACCESS_free(accesses);
	return right ? OK : BROKEN("authorityInfoAccess holds something else than http URLs");
}

static bool is_one_http_url(const DIST_POINT *point)
{
	return point->distpoint && point->distpoint->type == 0 && !point->reasons &&
	       !point->CRLissuer && sk_GENERAL_NAME_num(point->distpoint->name.fullname) == 1 &&
	       is_http(sk_GENERAL_NAME_value(point->distpoint->name.fullname, 0));
}

static enum status lint_crl_urls(const struct view *view, struct error *err)
{
	CRL_DIST_POINTS *points =
		X509V3_get_d2i(view->extensions, NID_crl_distribution_points, NULL, NULL);
	bool right = !points || (sk_DIST_POINT_num(points) == 1 &&
				 is_one_http_url(sk_DIST_POINT_value(points, 0)));
	CRL_DIST_POINTS_free(points);
	return right ? OK : BROKEN("cRLDistributionPoints is not one http URL");
}

/* ---- names ---- */

static int name_count(const struct view *view)
{
	return view->names ? sk_GENERAL_NAME_num(view->names) : 0;
}

/* The text of a dNSName; "" when it holds a NUL or is another type. */
static const char *dns_text(const struct view *view, int i)
{
	const GENERAL_NAME *name = sk_GENERAL_NAME_value(view->names, i);
	if (name->type != GEN_DNS)
		return "";
	const char *text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
	return strlen(text) == (size_t)ASN1_STRING_length(name->d.dNSName) ? text : "";
}

/* The same, or the text of an iPAddress, written into space. */
static const char *name_text(const struct view *view, int i, char space[ADDRESS_TEXT])
{
	struct address address;
	if (openssl_address(sk_GENERAL_NAME_value(view->names, i), &address))
		return address_text(&address, space);
	return dns_text(view, i);
}

static enum status lint_names_present(const struct view *view, struct error *err)
{
	return name_count(view) > 0 ? OK : BROKEN("there is no subjectAltName, or it is empty");
}

static enum status lint_names_types(const struct view *view, struct error *err)
{
	for (int i = 0; i < name_count(view); i++) {
		int type = sk_GENERAL_NAME_value(view->names, i)->type;
		if (type != GEN_DNS && type != GEN_IPADD)
			return BROKEN("subjectAltName holds something else than dNSName and "
				      "iPAddress");
	}
	return OK;
}

static enum status lint_names_critical(const struct view *view, struct error *err)
{
	bool empty = X509_NAME_entry_count(view->subject) == 0;
	int at = X509v3_get_ext_by_NID(view->extensions, NID_subject_alt_name, -1);
	bool critical = at >= 0 &&
			X509_EXTENSION_get_critical(sk_X509_EXTENSION_value(view->extensions, at));
	if (critical == empty)
		return OK;
	return BROKEN("subjectAltName is %s though the subject is %s",
		      critical ? "critical" : "not critical", empty ? "empty" : "not empty");
}

static enum status lint_names_wildcard(const struct view *view, struct error *err)
{
	for (int i = 0; i < name_count(view); i++) {
		const char *text = dns_text(view, i);
		const char *rest = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
		if (strchr(rest, '*'))
			return BROKEN("\"%s\" has a * other than as its whole leftmost label",
				      text);
	}
	return OK;
}

static enum status lint_names_form(const struct view *view, struct error *err)
{
	for (int i = 0; i < name_count(view); i++) {
		const char *text = dns_text(view, i);
		struct name name;
		if (sk_GENERAL_NAME_value(view->names, i)->type != GEN_DNS)
			continue;
		if (name_normalise(text, &name, NULL) != OK || name.kind == NAME_IP ||
		    strcmp(name.ascii, text) != 0)
			return BROKEN("\"%s\" is not a name of lower-case LDH labels and A-labels",
				      text);
	}
	return OK;
}

static enum status lint_names_addresses(const struct view *view, struct error *err)
{
	for (int i = 0; i < name_count(view); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(view->names, i);
		struct address address;
		if (name->type == GEN_IPADD && !openssl_address(name, &address))
			return BROKEN("an iPAddress has %d octets, not 4 or 16",
				      ASN1_STRING_length(name->d.iPAddress));
	}
	return OK;
}

static enum status lint_names_once(const struct view *view, struct error *err)
{
	char a[ADDRESS_TEXT];
	char b[ADDRESS_TEXT];
	for (int i = 0; i < name_count(view); i++)
		for (int j = 0; j < i; j++)
			if (strcmp(name_text(view, i, a), name_text(view, j, b)) == 0)
				return BROKEN("\"%s\" stands twice", name_text(view, i, a));
	return OK;
}

/* BR 7.1.4.3: "exactly one entry that is one of the values contained in the Certificate's
 * subjectAltName extension"; an IPv6 address "in the text representation specified in RFC 5952,
 * Section 4". */
static enum status lint_common_name(const struct view *view, struct error *err)
{
	const X509_NAME *subject = view->subject;
	char text[NAME_TEXT];
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (at < 0)
		return OK;
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	snprintf(text, sizeof(text), "%.*s", ASN1_STRING_length(value),
		 (const char *)ASN1_STRING_get0_data(value));
	char space[ADDRESS_TEXT];
	for (int i = 0; i < name_count(view); i++)
		if (strcmp(name_text(view, i, space), text) == 0)
			return OK;
	return BROKEN("the common name \"%s\" is not in subjectAltName", text);
}

/* clang-format off */
static const struct {
	const char *name;
	const char *source;
	enum status (*check)(const struct view *view, struct error *err);
} lints[] = {
	{"version",                  "BR 7.1.1",                   lint_version},
	{"serial",                   "BR 7.1.2.7; RFC 5280 4.1.2.2", lint_serial},
	{"algorithms-equal",         "RFC 5280 4.1.1.2",           lint_algorithms_equal},
	{"signature-algorithm",      "BR 7.1.3.2",                 lint_signature_algorithm},
	{"issuer",                   "RFC 5280 4.1.2.4",           lint_issuer},
	{"validity-order",           "RFC 5280 4.1.2.5",           lint_validity_order},
	{"validity-limit",           "BR 6.3.2",                   lint_validity_limit},
	{"public-key",               "BR 6.1.5, 7.1.3.1",          lint_public_key},
	{"extensions-once",          "RFC 5280 4.2",               lint_extensions_once},
	{"extensions-allowed",       "BR 7.1.2.7.6",               lint_extensions_allowed},
	{"not-ca",                   "BR 7.1.2.7.8",               lint_not_ca},
	{"key-usage",                "BR 7.1.2.7.11",              lint_key_usage},
	{"extended-key-usage",       "BR 7.1.2.7.10",              lint_extended_key_usage},
	{"authority-key-identifier", "BR 7.1.2.11.1",              lint_authority_key_identifier},
	{"policies",                 "BR 7.1.2.7.9",               lint_policies},
	{"access-urls",              "BR 7.1.2.7.7",               lint_access_urls},
	{"crl-urls",                 "BR 7.1.2.11.2",              lint_crl_urls},
	{"names-present",            "BR 7.1.2.7.12",              lint_names_present},
	{"names-types",              "BR 7.1.2.7.12",              lint_names_types},
	{"names-critical",           "RFC 5280 4.2.1.6",           lint_names_critical},
	{"names-wildcard",           "BR 7.1.2.7.12; BYO-02",      lint_names_wildcard},
	{"names-form",               "BR 7.1.2.7.12; RFC 5890",    lint_names_form},
	{"names-addresses",          "RFC 5280 4.2.1.6",           lint_names_addresses},
	{"names-once",               "RULES 1.9",                  lint_names_once},
	{"common-name",              "BR 7.1.4.3",                 lint_common_name},
};
/* clang-format on */

static void view_release(struct view *view)
{
	X509_NAME_free(view->subject);
	X509_NAME_free(view->issuer);
	ASN1_INTEGER_free(view->serial);
	sk_X509_EXTENSION_pop_free(view->extensions, X509_EXTENSION_free);
	GENERAL_NAMES_free(view->names);
}

/* Not d2i_X509: it would take the public key apart too, which costs more than all the lints. */
static bool view_read(struct slice der, struct view *view)
{
	if (!certificate_split(der, &view->parts))
		return false;
	const struct certificate_parts *parts = &view->parts;
	const unsigned char *subject = parts->subject.data;
	const unsigned char *issuer = parts->issuer.data;
	const unsigned char *serial = parts->serial.data;
	view->subject = d2i_X509_NAME(NULL, &subject, (long)parts->subject.length);
	view->issuer = d2i_X509_NAME(NULL, &issuer, (long)parts->issuer.length);
	view->serial = d2i_ASN1_INTEGER(NULL, &serial, (long)parts->serial.length);
	view->extensions = openssl_extensions(parts->extensions);
	view->names = X509V3_get_d2i(view->extensions, NID_subject_alt_name, NULL, NULL);
	return view->subject && view->issuer && view->serial && view->extensions;
}

enum status certificate_lint(struct slice der, struct error *err)
{
	CLEANUP(view_release) struct view view = {.names = NULL};
	bool readable = view_read(der, &view);
	ERR_clear_error();
	if (!readable)
		return fail(err, CERTIFICATE_LINT,
			    "lint form (RFC 5280 4.1): the %zu bytes are not one certificate with "
			    "extensions in DER",
			    der.length);
	for (size_t i = 0; i < ARRAY_LENGTH(lints); i++) {
		if (lints[i].check(&view, err) == OK)
			continue;
		(void)fail_prefix(err, "lint %s (%s)", lints[i].name, lints[i].source);
		return CERTIFICATE_LINT;
	}
	return OK;
}
