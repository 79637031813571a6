/* Certificates for tests: see made_certificate.h. */
#include "tests/csr/made_certificate.h"

#include "base/digest.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RSA_BITS = 2048, TEXT_OCTETS = 34 };

#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s: %s\n", __func__, #what);                              \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static EVP_PKEY *new_key(const char *kind)
{
	EVP_PKEY *key = !kind                          ? EVP_EC_gen("P-256")
			: strcmp(kind, "RSA") == 0     ? EVP_RSA_gen((unsigned)RSA_BITS)
			: strcmp(kind, "ED25519") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
						       : EVP_EC_gen(kind);
	MUST(key);
	return key;
}

static void add(X509 *certificate, const ASN1_OBJECT *type, int critical, struct slice value)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	MUST(ASN1_OCTET_STRING_set(octets, value.data, (int)value.length) == 1);
	X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, type, critical, octets);
	MUST(extension && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(octets);
}

static void add_names(X509 *certificate, const struct made_certificate *params)
{
	if (params->raw_names.length) {
		add(certificate, OBJ_nid2obj(NID_subject_alt_name), 0, params->raw_names);
		return;
	}
	if (!params->names)
		return;
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, params->names);
	MUST(extension && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static void add_identifier(X509 *certificate, const struct made_certificate *params)
{
	uint8_t octets[TEXT_OCTETS] = {0x04, 0x20};
	struct slice value = params->raw_identifier;
	if (!value.length && !params->key_authorization)
		return;
	if (!value.length) {
		struct digest digest = digest_of(slice_text(params->key_authorization));
		memcpy(octets + 2, digest.bytes, sizeof(digest.bytes));
		value = slice_of(octets, sizeof(octets));
	}
	ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
	MUST(type);
	add(certificate, type, params->critical == MADE_CRITICAL, value);
	ASN1_OBJECT_free(type);
}

static void set_name(X509_NAME *name, const char *text)
{
	MUST(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1,
					-1, 0) == 1);
}

X509 *made_x509(const struct made_certificate *params, EVP_PKEY **ret_key)
{
	EVP_PKEY *key = new_key(params->key);
	EVP_PKEY *signer = params->signer == MADE_OTHER_KEY ? new_key(params->key) : key;
	X509 *certificate = X509_new();
	MUST(certificate);
	(void)X509_set_version(certificate, params->version ? params->version : X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), 7L * 86400);
	set_name(X509_get_subject_name(certificate), "challenge");
	set_name(X509_get_issuer_name(certificate),
		 params->signer == MADE_OTHER_ISSUER ? "an authority" : "challenge");
	MUST(X509_set_pubkey(certificate, key) == 1);
	for (int i = 0; i < (params->name_sets ? params->name_sets : 1); i++)
		add_names(certificate, params);
	for (int i = 0; i < (params->identifiers ? params->identifiers : 1); i++)
		add_identifier(certificate, params);
	const EVP_MD *digest = EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
	MUST(X509_sign(certificate, signer, digest) > 0);
	if (signer != key)
		EVP_PKEY_free(signer);
	*ret_key = key;
	return certificate;
}

void made_der(const struct made_certificate *params, struct buffer *out)
{
	EVP_PKEY *key;
	X509 *certificate = made_x509(params, &key);
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);
	MUST(length > 0);
	buffer_append(out, der, (size_t)length);
	OPENSSL_free(der);
	X509_free(certificate);
	EVP_PKEY_free(key);
}
