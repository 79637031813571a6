/* Signatures found good: see signature_memory.h. A digest lies in the slot that its first octets
 * name; two of one slot take turns. */
#include "net/signature_memory.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

struct signature_memory {
	struct digest slots[SIGNATURES_REMEMBERED_MAX]; /* zeroed: no digest is that */
};

struct signature_memory *signature_memory_new(void)
{
	return memory_new(1, sizeof(struct signature_memory));
}

void signature_memory_free(struct signature_memory *memory)
{
	free(memory);
}

void signature_memory_freep(struct signature_memory **memory)
{
	signature_memory_free(*memory);
	*memory = NULL;
}

static size_t slot_number(const struct digest *digest)
{
	return (digest->bytes[0] * (size_t)256 + digest->bytes[1]) % SIGNATURES_REMEMBERED_MAX;
}

bool signature_memory_has(const struct signature_memory *memory, struct digest digest)
{
	return digest_equal(memory->slots[slot_number(&digest)], digest);
}

void signature_memory_keep(struct signature_memory *memory, struct digest digest)
{
	memory->slots[slot_number(&digest)] = digest;
}

/* --- the digest --- */

static void add_rdata(struct buffer *out, const ldns_rr *record)
{
	size_t start = out->length;
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++) {
		const ldns_rdf *field = ldns_rr_rdf(record, i);
		buffer_append(out, ldns_rdf_data(field), ldns_rdf_size(field));
	}
	buffer_append_u32(out, (uint32_t)(out->length - start));
}

/* RFC 4034 section 6.2: the owner's case does not count; that of the question is random. Length
 * octets are below the letters. */
static void add_owner(struct buffer *out, const ldns_rdf *owner)
{
	const uint8_t *octets = ldns_rdf_data(owner);
	for (size_t i = 0; i < ldns_rdf_size(owner); i++) {
		bool upper = octets[i] >= 'A' && octets[i] <= 'Z';
		buffer_append_byte(out, upper ? octets[i] | 0x20 : octets[i]);
	}
}

/* Each part is followed by its length or count, so that no two inputs look alike. The TTL that
 * counts is the RRSIG's. */
bool signature_digest(const struct rrset *rrset, const ldns_rr *signature, const ldns_rr *key,
		      struct digest *ret)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = SIGNATURE_OCTETS_MAX};
	size_t count = ldns_rr_list_rr_count(rrset->records);
	add_owner(&bytes, rrset->owner);
	buffer_append_u32(&bytes, (uint32_t)rrset->type);
	for (size_t i = 0; i < count; i++) {
		const ldns_rr *record = ldns_rr_list_rr(rrset->records, i);
		buffer_append_u32(&bytes, (uint32_t)ldns_rr_get_class(record));
		add_rdata(&bytes, record);
	}
	buffer_append_u32(&bytes, (uint32_t)count);
	add_rdata(&bytes, signature);
	add_rdata(&bytes, key);
	if (bytes.overflowed)
		return false;
	*ret = digest_of(buffer_slice(&bytes));
	return true;
}
