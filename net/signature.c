/* Signatures over RRsets and digests of keys: see signature.h. */
#include "net/signature.h"

#include "base/civil.h"
#include "net/dns_message.h"
#include "net/dns_name.h"

#include <assert.h>
#include <string.h>

/* RFC 8624 section 3.1 with the sizes that the algorithms' own documents set. RSA with SHA-1 is
 * still verified: RFC 9905 forbids to sign with it, and what a zone signs so is held to it. */
struct algorithm_row {
	uint8_t number;
	size_t bits_min, bits_max; /* of the modulus; 0: the algorithm fixes the size */
};

/* clang-format off */
static const struct algorithm_row algorithms[] = {
	{LDNS_RSASHA1,         512,  4096}, /* RFC 3110 */
	{LDNS_RSASHA1_NSEC3,   512,  4096}, /* RFC 5155 */
	{LDNS_RSASHA256,       512,  4096}, /* RFC 5702 section 2.1 */
	{LDNS_RSASHA512,       1024, 4096}, /* RFC 5702 section 2.2 */
	{LDNS_ECDSAP256SHA256, 0,    0},    /* RFC 6605 */
	{LDNS_ECDSAP384SHA384, 0,    0},
	{LDNS_ED25519,         0,    0},    /* RFC 8080 */
	{LDNS_ED448,           0,    0},
};

/* RFC 8624 section 3.3; RFC 4509; RFC 6605. */
static const struct {
	uint8_t number;
	ldns_hash hash;
} digests[] = {
	{1, LDNS_SHA1},
	{2, LDNS_SHA256},
	{4, LDNS_SHA384},
};
/* clang-format on */

enum { PROTOCOL_DNSSEC = 3, DS_FIELDS = 4, DNSKEY_FIELDS = 4 };

static const struct algorithm_row *algorithm_find(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
		if (algorithms[i].number == number)
			return &algorithms[i];
	return NULL;
}

bool signature_algorithm_known(uint8_t algorithm)
{
	return algorithm_find(algorithm) != NULL;
}

/* --- keys --- */

bool signature_ds_known(const ldns_rr *ds)
{
	if (ldns_rr_get_type(ds) != LDNS_RR_TYPE_DS || ldns_rr_rd_count(ds) != DS_FIELDS)
		return false;
	uint8_t digest = ldns_rdf2native_int8(ldns_rr_rdf(ds, 2));
	if (!signature_algorithm_known(ldns_rdf2native_int8(ldns_rr_rdf(ds, 1))))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(digests); i++)
		if (digests[i].number == digest)
			return true;
	return false;
}

bool signature_key_usable(const ldns_rr *dnskey)
{
	if (ldns_rr_get_type(dnskey) != LDNS_RR_TYPE_DNSKEY ||
	    ldns_rr_rd_count(dnskey) != DNSKEY_FIELDS)
		return false;
	uint16_t flags = ldns_rdf2native_int16(ldns_rr_dnskey_flags(dnskey));
	uint8_t protocol = ldns_rdf2native_int8(ldns_rr_dnskey_protocol(dnskey));
	const struct algorithm_row *row =
		algorithm_find(ldns_rdf2native_int8(ldns_rr_dnskey_algorithm(dnskey)));
	if (!(flags & LDNS_KEY_ZONE_KEY) || (flags & LDNS_KEY_REVOKE_KEY) ||
	    protocol != PROTOCOL_DNSSEC || !row)
		return false;
	size_t bits = ldns_rr_dnskey_key_size(dnskey);
	return row->bits_max == 0 || (bits >= row->bits_min && bits <= row->bits_max);
}

static bool same_field(const ldns_rr *a, size_t field_a, const ldns_rr *b, size_t field_b)
{
	return ldns_rdf_compare(ldns_rr_rdf(a, field_a), ldns_rr_rdf(b, field_b)) == 0;
}

static bool ds_matches(const ldns_rr *ds, const ldns_rr *dnskey)
{
	enum { DS_TAG, DS_ALGORITHM, DS_DIGEST_TYPE, DS_DIGEST };
	if (!signature_ds_known(ds) ||
	    ldns_rdf2native_int16(ldns_rr_rdf(ds, DS_TAG)) != ldns_calc_keytag(dnskey) ||
	    ldns_rdf_compare(ldns_rr_rdf(ds, DS_ALGORITHM), ldns_rr_dnskey_algorithm(dnskey)) != 0)
		return false;
	uint8_t type = ldns_rdf2native_int8(ldns_rr_rdf(ds, DS_DIGEST_TYPE));
	bool same = false;
	for (size_t i = 0; i < ARRAY_LENGTH(digests) && !same; i++) {
		if (digests[i].number != type)
			continue;
		ldns_rr *made = ldns_key_rr2ds(dnskey, digests[i].hash);
		same = made && same_field(made, DS_DIGEST, ds, DS_DIGEST);
		ldns_rr_free(made);
	}
	return same;
}

bool signature_key_matches(const ldns_rr *anchor, const ldns_rr *dnskey)
{
	if (!signature_key_usable(dnskey))
		return false;
	if (ldns_rr_get_type(anchor) == LDNS_RR_TYPE_DS)
		return ds_matches(anchor, dnskey);
	if (ldns_rr_get_type(anchor) != LDNS_RR_TYPE_DNSKEY ||
	    ldns_rr_rd_count(anchor) != DNSKEY_FIELDS)
		return false;
	for (size_t i = 0; i < DNSKEY_FIELDS; i++)
		if (!same_field(anchor, i, dnskey, i))
			return false;
	return true;
}

/* --- one signature --- */

/* "www.example.com A" for sentences. */
struct rrset_text {
	char text[NAME_TEXT + 20];
};

static const char *shown(const struct rrset *rrset, struct rrset_text *text)
{
	char name[NAME_TEXT], type[16];
	if (dns_name_from_wire(rrset->owner, name) != OK)
		(void)snprintf(name, sizeof(name), "a name");
	(void)snprintf(text->text, sizeof(text->text), "%s %s", name[0] ? name : ".",
		       dns_type_text((uint16_t)rrset->type, type));
	return text->text;
}

/* RFC 4034 section 3.1.5: the two times are compared by serial number arithmetic. */
static int64_t seconds_after(uint32_t time, int64_t at_s)
{
	return (int32_t)((uint32_t)at_s - time);
}

static const char *time_text(uint32_t time, int64_t at_s, char *text)
{
	return instant_text((at_s - seconds_after(time, at_s)) * SECOND_MS, text);
}

/* The conditions of RFC 4035 section 5.3.1, up to the key. */
static STATUS check_fields(const struct signature_keys *keys, const struct rrset *rrset,
			   const ldns_rr *signature, struct error *why)
{
	struct rrset_text text;
	char when[INSTANT_TEXT];
	if (!dns_name_equal(rrsig_signer(signature), keys->zone))
		return fail(why, DNS_FAILED, "the signature of %s is by another zone",
			    shown(rrset, &text));
	size_t owner_labels =
		dns_name_labels(rrset->owner) - (dns_name_is_wildcard(rrset->owner) ? 1 : 0);
	uint8_t labels = ldns_rdf2native_int8(ldns_rr_rrsig_labels(signature));
	if (labels > owner_labels || labels < dns_name_labels(keys->zone))
		return fail(why, DNS_FAILED, "the signature of %s is for a name of %u labels",
			    shown(rrset, &text), (unsigned)labels);
	if (!signature_algorithm_known(ldns_rdf2native_int8(ldns_rr_rrsig_algorithm(signature))))
		return fail(why, DNS_FAILED, "the signature of %s is of the unknown algorithm %u",
			    shown(rrset, &text),
			    (unsigned)ldns_rdf2native_int8(ldns_rr_rrsig_algorithm(signature)));
	uint32_t inception = ldns_rdf2native_int32(ldns_rr_rrsig_inception(signature));
	uint32_t expiration = ldns_rdf2native_int32(ldns_rr_rrsig_expiration(signature));
	if (seconds_after(inception, keys->at_s) < 0)
		return fail(why, DNS_FAILED, "the signature of %s is not valid before %s",
			    shown(rrset, &text), time_text(inception, keys->at_s, when));
	if (seconds_after(expiration, keys->at_s) > 0)
		return fail(why, DNS_FAILED, "the signature of %s expired %s", shown(rrset, &text),
			    time_text(expiration, keys->at_s, when));
	return OK;
}

static bool is_key_of(const ldns_rr *dnskey, const struct signature_keys *keys,
		      const ldns_rr *signature)
{
	return signature_key_usable(dnskey) && dns_name_equal(ldns_rr_owner(dnskey), keys->zone) &&
	       ldns_calc_keytag(dnskey) == ldns_rdf2native_int16(ldns_rr_rrsig_keytag(signature)) &&
	       ldns_rdf_compare(ldns_rr_dnskey_algorithm(dnskey),
				ldns_rr_rrsig_algorithm(signature)) == 0;
}

/* Whether the key made the signature over these very records. */
static bool is_by_key(const struct signature_keys *keys, const struct rrset *rrset,
		      ldns_rr *signature, ldns_rr *key)
{
	struct digest digest;
	bool known = keys->memory && signature_digest(rrset, signature, key, &digest);
	if (known && signature_memory_has(keys->memory, digest))
		return true;
	if (ldns_verify_rrsig_time(rrset->records, signature, key, (time_t)keys->at_s) !=
	    LDNS_STATUS_OK)
		return false;
	if (known)
		signature_memory_keep(keys->memory, digest);
	return true;
}

/* A key tag is no name of a key, so every key that has it is tried. */
static STATUS check_keys(const struct signature_keys *keys, const struct rrset *rrset,
			 ldns_rr *signature, struct error *why)
{
	struct rrset_text text;
	bool tried = false;
	for (size_t i = 0; i < ldns_rr_list_rr_count(keys->dnskeys); i++) {
		ldns_rr *key = ldns_rr_list_rr(keys->dnskeys, i);
		if (!is_key_of(key, keys, signature))
			continue;
		if (*keys->tried >= SIGNATURES_MAX)
			return fail(why, DNS_FAILED,
				    "the answers hold more than %d signatures to verify",
				    SIGNATURES_MAX);
		++*keys->tried;
		tried = true;
		if (is_by_key(keys, rrset, signature, key))
			return OK;
	}
	if (tried)
		return fail(why, DNS_FAILED, "the signature of %s is false", shown(rrset, &text));
	return fail(why, DNS_FAILED, "the key %u that signed %s is not among its zone's keys",
		    (unsigned)ldns_rdf2native_int16(ldns_rr_rrsig_keytag(signature)),
		    shown(rrset, &text));
}

enum status signature_check(const struct signature_keys *keys, const struct rrset *rrset,
			    const ldns_rr **ret, struct error *why)
{
	struct rrset_text text;
	(void)fail(why, DNS_FAILED, "%s is not signed", shown(rrset, &text));
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrset->signatures); i++) {
		ldns_rr *signature = ldns_rr_list_rr(rrset->signatures, i);
		if (check_fields(keys, rrset, signature, why) != OK ||
		    check_keys(keys, rrset, signature, why) != OK)
			continue;
		*ret = signature;
		return OK;
	}
	return why->status;
}
