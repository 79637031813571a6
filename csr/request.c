/*
 * Certification requests read and checked: see request.h; making one is in
 * request_make.c. The story: DER, form, algorithm, key, signature, asked-for
 * extensions, names. A request proves that its maker holds the key; what goes
 * into the certificate comes from the order, so the rest of the subject and the
 * attributes are looked at only to refuse what contradicts a server certificate.
 */
#include "csr/request.h"

#include "base/memory.h"
#include "csr/der.h"
#include "csr/openssl.h"
#include "csr/pem.h"

#include <openssl/asn1.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_NAMES_MAX = 1000, SPKI_BYTES_MAX = 4096 };

void request_init(struct request *request)
{
	*request = (struct request){0};
	buffer_init(&request->der, REQUEST_BYTES_MAX);
	buffer_init(&request->spki, SPKI_BYTES_MAX);
}

void request_release(struct request *request)
{
	for (size_t i = 0; i < request->name_count; i++)
		free(request->names[i]);
	free(request->names);
	buffer_release(&request->der);
	buffer_release(&request->spki);
	request_init(request);
}

/* ---- names ---- */

/* ret[0..count) is sorted; a name that stands there already is dropped. */
static void insert_name(struct request *request, const char *ascii)
{
	size_t at = 0;
	while (at < request->name_count && strcmp(request->names[at], ascii) < 0)
		at++;
	if (at < request->name_count && strcmp(request->names[at], ascii) == 0)
		return;
	request->names =
		memory_resize(request->names, request->name_count + 1, sizeof(*request->names));
	memmove(request->names + at + 1, request->names + at,
		(request->name_count - at) * sizeof(*request->names));
	request->names[at] = memory_text(ascii);
	request->name_count++;
}

static enum status add_name(struct request *request, const char *ascii, struct error *err)
{
	if (request->name_count >= REQUEST_NAMES_MAX)
		return fail(err, CSR_NAMES, "the request holds more than %d names",
			    REQUEST_NAMES_MAX);
	insert_name(request, ascii);
	return OK;
}

static enum status normalise(struct slice text, struct name *ret, struct error *err)
{
	char terminated[1024];
	if (text.length >= sizeof(terminated) || memchr(text.data, 0, text.length))
		return fail(err, CSR_NAMES, "a name of the request has %zu octets or a NUL",
			    text.length);
	memcpy(terminated, text.data, text.length);
	terminated[text.length] = '\0';
	struct error why;
	if (name_normalise(terminated, ret, &why) != OK)
		return fail(err, CSR_NAMES, "the request asks for a bad name: %s", why.sentence);
	return OK;
}

/* RFC 5280 section 4.2.1.6: an address stands in an iPAddress, never in a dNSName. */
static enum status read_dns_name(struct request *request, const GENERAL_NAME *entry,
				 struct error *err)
{
	struct name name;
	struct slice text = slice_of(ASN1_STRING_get0_data(entry->d.dNSName),
				     (size_t)ASN1_STRING_length(entry->d.dNSName));
	TRY(normalise(text, &name, err));
	if (name.kind == NAME_IP)
		return fail(err, CSR_NAME_TYPE,
			    "the request asks for the address %s as a dNSName, not as an iPAddress",
			    name.ascii);
	return add_name(request, name.ascii, err);
}

static enum status read_address(struct request *request, const GENERAL_NAME *entry,
				struct error *err)
{
	struct address address;
	char text[ADDRESS_TEXT];
	if (!openssl_address(entry, &address))
		return fail(err, CSR_NAMES,
			    "the request asks for an iPAddress of %d octets, not 4 or 16",
			    ASN1_STRING_length(entry->d.iPAddress));
	return add_name(request, address_text(&address, text), err);
}

/* subjectAltName: RFC 5280 section 4.2.1.6. */
static enum status read_alternative_names(struct request *request, const GENERAL_NAMES *names,
					  struct error *err)
{
	static const char *const types[] = {
		[GEN_OTHERNAME] = "otherName",
		[GEN_EMAIL] = "rfc822Name",
		[GEN_DNS] = "dNSName",
		[GEN_X400] = "x400Address",
		[GEN_DIRNAME] = "directoryName",
		[GEN_EDIPARTY] = "ediPartyName",
		[GEN_URI] = "uniformResourceIdentifier",
		[GEN_IPADD] = "iPAddress",
		[GEN_RID] = "registeredID",
	};
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_DNS && name->type != GEN_IPADD)
			return fail(err, CSR_NAME_TYPE,
				    "the request asks for a name of type %s; only dNSName and "
				    "iPAddress are served",
				    types[name->type]);
		TRY(name->type == GEN_DNS ? read_dns_name(request, name, err)
					  : read_address(request, name, err));
	}
	return OK;
}

static enum status read_common_name(struct request *request, X509_REQ *parsed, struct error *err)
{
	X509_NAME *subject = X509_REQ_get_subject_name(parsed);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (at < 0)
		return OK;
	if (X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return fail(err, CSR_SUBJECT, "the subject holds more than one common name");
	CLEANUP(openssl_bytes_freep) unsigned char *text = NULL;
	int length = ASN1_STRING_to_UTF8(
		&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (length < 0)
		return openssl_fail(err, CSR_SUBJECT, "the common name cannot be read");
	if (length == 0 || memchr(text, 0, (size_t)length))
		return fail(err, CSR_SUBJECT, "the common name is empty or holds a NUL");
	struct name name;
	TRY(normalise(slice_of(text, (size_t)length), &name, err));
	return add_name(request, name.ascii, err);
}

/* ---- asked-for extensions ---- */

static enum status check_basic_constraints(const void *value, struct error *err)
{
	const BASIC_CONSTRAINTS *constraints = value;
	if (!constraints->ca)
		return OK;
	return fail(err, CSR_ATTRIBUTE, "the request asks for a CA certificate (CA:TRUE)");
}

static enum status check_key_usage(const void *value, struct error *err)
{
	const ASN1_BIT_STRING *usage = value;
	enum { KEY_CERT_SIGN = 5, CRL_SIGN = 6 }; /* RFC 5280 section 4.2.1.3 */
	if (!ASN1_BIT_STRING_get_bit(usage, KEY_CERT_SIGN) &&
	    !ASN1_BIT_STRING_get_bit(usage, CRL_SIGN))
		return OK;
	return fail(err, CSR_ATTRIBUTE, "the request asks for the key usage of a CA");
}

static enum status check_extended_key_usage(const void *value, struct error *err)
{
	const EXTENDED_KEY_USAGE *usage = value;
	for (int i = 0; i < sk_ASN1_OBJECT_num(usage); i++)
		if (OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, i)) == NID_server_auth)
			return OK;
	return fail(err, CSR_ATTRIBUTE,
		    "the request asks for an extended key usage without serverAuth");
}

static enum status check_never(const void *value, struct error *err)
{
	(void)value;
	return fail(err, CSR_ATTRIBUTE, "the request asks for an extension of CA certificates");
}

/* What the asked-for extensions may hold. Others are ignored unless they are critical: Windows and
 * some libraries ask for many that have no place in a server certificate. */
static const struct {
	int nid;
	enum status (*check)(const void *value, struct error *err);
} asked_extensions[] = {
	{NID_basic_constraints, check_basic_constraints},
	{NID_key_usage, check_key_usage},
	{NID_ext_key_usage, check_extended_key_usage},
	{NID_name_constraints, check_never},
	{NID_policy_constraints, check_never},
	{NID_policy_mappings, check_never},
	{NID_inhibit_any_policy, check_never},
};

static bool is_known(int nid)
{
	for (size_t i = 0; i < ARRAY_LENGTH(asked_extensions); i++)
		if (asked_extensions[i].nid == nid)
			return true;
	return nid == NID_subject_alt_name || nid == NID_subject_key_identifier;
}

static enum status check_unknown_extensions(const STACK_OF(X509_EXTENSION) * extensions,
					    struct error *err)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
		X509_EXTENSION *extension = sk_X509_EXTENSION_value(extensions, i);
		ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
		char text[80];
		if (!X509_EXTENSION_get_critical(extension) || is_known(OBJ_obj2nid(object)))
			continue;
		OBJ_obj2txt(text, sizeof(text), object, 1);
		return fail(err, CSR_ATTRIBUTE,
			    "the request asks for the critical extension %s, which is not served",
			    text);
	}
	return OK;
}

/* The decoded value of an extension; NULL when absent. */
static enum status extension_value(const STACK_OF(X509_EXTENSION) * extensions, int nid, void **ret,
				   struct error *err)
{
	int found;
	void *value = X509V3_get_d2i(extensions, nid, &found, NULL);
	if (!value && found == -2)
		return fail(err, CSR_MALFORMED, "the request asks for the extension %s twice",
			    OBJ_nid2sn(nid));
	if (!value && found != -1)
		return openssl_fail(err, CSR_MALFORMED, "the extension %s cannot be read",
				    OBJ_nid2sn(nid));
	*ret = value;
	return OK;
}

static enum status read_extensions(struct request *request, X509_REQ *parsed, struct error *err)
{
	/* NULL also when there is no such attribute. */
	int asked = X509_REQ_get_attr_by_NID(parsed, NID_ext_req, -1) >= 0 ||
		    X509_REQ_get_attr_by_NID(parsed, NID_ms_ext_req, -1) >= 0;
	if (!asked)
		return OK;
	CLEANUP(openssl_extensions_freep)
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(parsed);
	if (!extensions)
		return openssl_fail(err, CSR_MALFORMED, "the asked-for extensions cannot be read");
	TRY(check_unknown_extensions(extensions, err));
	for (size_t i = 0; i < ARRAY_LENGTH(asked_extensions); i++) {
		int nid = asked_extensions[i].nid;
		void *value = NULL;
		TRY(extension_value(extensions, nid, &value, err));
		if (!value)
			continue;
		enum status status = asked_extensions[i].check(value, err);
		ASN1_item_free(value, ASN1_ITEM_ptr(X509V3_EXT_get_nid(nid)->it));
		if (status != OK)
			return status;
	}
	void *names = NULL;
	TRY(extension_value(extensions, NID_subject_alt_name, &names, err));
	CLEANUP(openssl_names_freep) GENERAL_NAMES *alternative_names = names;
	return names ? read_alternative_names(request, alternative_names, err) : OK;
}

/* ---- the request itself ---- */

/* RFC 2986 section 4: CertificationRequest ::= SEQUENCE { info, algorithm, signature }. */
struct parts {
	struct slice info;
	struct slice algorithm;
	struct slice signature;
	struct slice spki;
};

static bool split(struct slice der, struct parts *ret)
{
	struct slice request;
	struct slice info;
	struct slice bits;
	if (!der_take(&der, DER_SEQUENCE, &request, NULL) || der.length != 0 ||
	    !der_take(&request, DER_SEQUENCE, &info, &ret->info) ||
	    !der_take(&request, DER_SEQUENCE, NULL, &ret->algorithm) ||
	    !der_take(&request, DER_BIT_STRING, &bits, NULL) || request.length != 0)
		return false;
	if (bits.length < 2 || bits.data[0] != 0)
		return false;
	ret->signature = slice_of(bits.data + 1, bits.length - 1);
	return der_take(&info, DER_INTEGER, NULL, NULL) &&
	       der_take(&info, DER_SEQUENCE, NULL, NULL) &&
	       der_take(&info, DER_SEQUENCE, NULL, &ret->spki);
}

static enum status parse(struct slice der, X509_REQ **ret, struct error *err)
{
	const unsigned char *at = der.data;
	CLEANUP(openssl_request_freep) X509_REQ *parsed = d2i_X509_REQ(NULL, &at, (long)der.length);
	if (!parsed)
		return openssl_fail(err, CSR_MALFORMED, "the %zu bytes are not a PKCS#10 request",
				    der.length);
	if (at != der.data + der.length)
		return fail(err, CSR_MALFORMED, "%td bytes follow the request",
			    der.data + der.length - at);
	/* RFC 2986 section 4.1: "version ... shall be 0 for this version of the standard." */
	if (X509_REQ_get_version(parsed) != 0)
		return fail(err, CSR_MALFORMED, "the version of the request is %ld, not 0",
			    X509_REQ_get_version(parsed));
	*ret = STEAL(parsed);
	return OK;
}

static enum status check_signature(const struct parts *parts, struct error *err)
{
	CLEANUP(key_freep) struct key *key = NULL;
	TRY(key_from_public_der(parts->spki, &key, err));
	const char *digest =
		algorithm_signature_digest(key_algorithm(key)->family, parts->algorithm);
	if (!digest)
		return fail(err, CSR_ALGORITHM,
			    "the signature of the request is not %s with SHA-256, SHA-384 or "
			    "SHA-512",
			    key_algorithm(key)->family == ALGORITHM_RSA ? "RSA" : "ECDSA");
	if (key_verify_digest(key, digest, parts->info, parts->signature, NULL) != OK)
		return fail(err, CSR_SIGNATURE, "the request is not signed by its own key");
	return OK;
}

static enum status read_der(struct request *request, struct error *err)
{
	struct slice der = buffer_slice(&request->der);
	CLEANUP(openssl_request_freep) X509_REQ *parsed = NULL;
	struct parts parts;
	TRY(parse(der, &parsed, err));
	if (!split(der, &parts))
		return fail(err, CSR_MALFORMED, "the request is not in DER");
	TRY(key_check(parts.spki, &request->key_text, err));
	buffer_append_slice(&request->spki, parts.spki);
	TRY(check_signature(&parts, err));
	TRY(read_extensions(request, parsed, err));
	return read_common_name(request, parsed, err);
}

enum status request_read(struct slice bytes, struct request *ret, struct error *err)
{
	static const char *const labels[] = {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST",
					     NULL};
	CLEANUP(request_release) struct request request;
	request_init(&request);
	if (bytes.length == 0 || bytes.length > REQUEST_BYTES_MAX)
		return fail(err, CSR_MALFORMED, "a request of %zu bytes is not 1 to %d long",
			    bytes.length, REQUEST_BYTES_MAX);
	if (pem_is(bytes))
		TRY(pem_read(bytes, labels, CSR_MALFORMED, &request.der, err));
	else
		buffer_append_slice(&request.der, bytes);
	TRY(read_der(&request, err));

	request_release(ret);
	*ret = request;
	request_init(&request);
	return OK;
}

/* ---- against the order ---- */

static bool holds(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Appends the names of one list that are not in the other, after the heading. */
static void list_missing(struct buffer *out, const char *heading, const char *const *names,
			 size_t count, const char *const *others, size_t other_count)
{
	const char *separator = heading;
	for (size_t i = 0; i < count; i++) {
		if (holds(others, other_count, names[i]))
			continue;
		buffer_printf(out, "%s%s", separator, names[i]);
		separator = ", ";
	}
}

enum status request_match(const struct request *request, const char *const *names, size_t count,
			  struct error *err)
{
	CLEANUP(buffer_release) struct buffer missing;
	CLEANUP(buffer_release) struct buffer surplus;
	buffer_init(&missing, 250);
	buffer_init(&surplus, 250);
	const char *const *own = (const char *const *)request->names;
	list_missing(&missing, "; it lacks ", names, count, own, request->name_count);
	list_missing(&surplus, "; too many: ", own, request->name_count, names, count);
	if (missing.length == 0 && surplus.length == 0)
		return OK;
	return fail(err, CSR_NAMES, "the names of the request are not those ordered%s%s",
		    buffer_text(&missing), buffer_text(&surplus));
}
