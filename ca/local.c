/*
 * The local CA: certificates by a key of our own. Preparing writes and lints
 * the TBSCertificate, which is the whole intent: serial number, validity, names
 * and key are fixed before anything is signed. Issuing signs those bytes and
 * nothing else, so asking twice gives the same certificate but for the
 * signature's own chance (ECDSA), and one serial number is one certificate.
 */
#include "ca/ca.h"

#include "base/digest.h"

#include <string.h>

enum { INTENT_BYTES_MAX = 64 * 1024, SIGNATURE_BYTES_MAX = 4096, URL_BYTES_MAX = 1024 };

/* What is published below base_url; kept apart by issuing certificate, because a CRL is signed by
 * one key and base_url outlives it. */
enum published { PUBLISHED_CRL, PUBLISHED_OCSP, PUBLISHED_CERTIFICATE, PUBLISHED_COUNT };

static const struct {
	const char *before;
	const char *after;
} paths[PUBLISHED_COUNT] = {
	[PUBLISHED_CRL] = {"/crl/", ".crl"},
	[PUBLISHED_OCSP] = {"/ocsp/", ""},
	[PUBLISHED_CERTIFICATE] = {"/certificate/", ".cer"},
};

/* BASE_URL/crl/ID.crl and so on; ID is the first 16 digits of the certificate's fingerprint. */
static void write_urls(const struct ca_local *ca, const char *base_url,
		       struct buffer urls[PUBLISHED_COUNT])
{
	enum { ID_DIGITS = 16 };
	char fingerprint[DIGEST_TEXT];
	size_t length = strlen(base_url);
	while (length > 0 && base_url[length - 1] == '/')
		length--;
	digest_text(digest_of(ca->issuing_der), fingerprint);
	for (int i = 0; i < PUBLISHED_COUNT; i++)
		buffer_printf(&urls[i], "%.*s%s%.*s%s", (int)length, base_url, paths[i].before,
			      ID_DIGITS, fingerprint, paths[i].after);
}

static enum status prepare(const struct ca_local *ca, const struct ca_order *order,
			   const struct buffer urls[PUBLISHED_COUNT], struct buffer *ret_intent,
			   struct error *err)
{
	struct certificate_leaf_params params = {
		.issuer_der = ca->issuing_der,
		.spki = order->spki,
		.names = order->names,
		.name_count = order->name_count,
		.not_before_ms = order->not_before_ms,
		.not_after_ms = order->not_after_ms,
		.policy_oid = order->policy_oid,
	};
	memcpy(params.serial, order->serial, sizeof(params.serial));
	if (order->base_url) {
		params.crl_url = buffer_text(&urls[PUBLISHED_CRL]);
		params.ocsp_url = buffer_text(&urls[PUBLISHED_OCSP]);
		params.ca_issuers_url = buffer_text(&urls[PUBLISHED_CERTIFICATE]);
	}
	return certificate_leaf_tbs(&params, ret_intent, err);
}

enum status ca_local_prepare(const struct ca_local *ca, const struct ca_order *order,
			     struct buffer *ret_intent, struct error *err)
{
	struct buffer urls[PUBLISHED_COUNT];
	for (int i = 0; i < PUBLISHED_COUNT; i++)
		buffer_init(&urls[i], URL_BYTES_MAX);
	if (order->base_url)
		write_urls(ca, order->base_url, urls);
	enum status status = prepare(ca, order, urls, ret_intent, err);
	for (int i = 0; i < PUBLISHED_COUNT; i++)
		buffer_release(&urls[i]);
	return status;
}

enum status ca_local_issue(const struct ca_local *ca, struct slice intent, struct buffer *ret_der,
			   struct error *err)
{
	CLEANUP(buffer_release) struct buffer signature;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&signature, SIGNATURE_BYTES_MAX);
	buffer_init(&der, INTENT_BYTES_MAX + SIGNATURE_BYTES_MAX);
	if (!ca->issuing_key)
		return fail(err, KEY_MISSING, "the local CA's key is not at hand");
	TRY(key_sign(ca->issuing_key, intent, &signature, err));
	TRY(certificate_assemble(intent, buffer_slice(&signature), &der, err));
	/* A fault while signing (or a key that is not the certificate's) must not get out. */
	TRY(certificate_verify(buffer_slice(&der), ca->issuing_der, err));
	buffer_append_slice(ret_der, buffer_slice(&der));
	return OK;
}
