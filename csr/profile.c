/* Names and extensions in DER: see profile.h. */
#include "csr/profile.h"

#include "base/endpoint.h"
#include "csr/der.h"

enum { GENERAL_NAME_DNS = DER_CONTEXT | 2, GENERAL_NAME_IP = DER_CONTEXT | 7 };

void profile_put_attribute(struct buffer *out, enum attribute_type type, const char *text)
{
	if (!text)
		return;
	const uint8_t oid[] = {0x55, 0x04, (uint8_t)type};
	size_t rdn = der_open(out, DER_SET);
	size_t attribute = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(oid, sizeof(oid)));
	der_put(out, type == ATTRIBUTE_C ? DER_PRINTABLE_STRING : DER_UTF8_STRING,
		slice_text(text));
	der_close(out, attribute);
	der_close(out, rdn);
}

struct extension_mark profile_open_extension(struct buffer *out, enum extension_type type,
					     enum criticality criticality)
{
	const uint8_t oid[] = {0x55, 0x1d, (uint8_t)type};
	struct extension_mark mark;
	mark.extension = der_open(out, DER_SEQUENCE);
	der_put(out, DER_OID, slice_of(oid, sizeof(oid)));
	if (criticality == CRITICAL)
		der_put(out, DER_BOOLEAN, slice_of("\xff", 1));
	mark.value = der_open(out, DER_OCTET_STRING);
	return mark;
}

void profile_close_extension(struct buffer *out, struct extension_mark mark)
{
	der_close(out, mark.value);
	der_close(out, mark.extension);
}

/* RFC 5280 section 4.2.1.6: "For IP version 4, as specified in [RFC791], the octet string MUST
 * contain exactly four octets. For IP version 6, as specified in [RFC2460], the octet string MUST
 * contain exactly sixteen octets." */
static void put_name(struct buffer *out, const char *name)
{
	struct address address;
	if (address_parse(name, &address) == OK)
		der_put(out, GENERAL_NAME_IP,
			slice_of(address.bytes, (size_t)address_octets(address.family)));
	else
		der_put(out, GENERAL_NAME_DNS, slice_text(name));
}

void profile_put_names(struct buffer *out, enum criticality criticality, const char *const *names,
		       size_t count)
{
	struct extension_mark mark =
		profile_open_extension(out, EXTENSION_SUBJECT_ALT_NAME, criticality);
	size_t sequence = der_open(out, DER_SEQUENCE);
	for (size_t i = 0; i < count; i++)
		put_name(out, names[i]);
	der_close(out, sequence);
	profile_close_extension(out, mark);
}
