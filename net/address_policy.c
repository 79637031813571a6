/*
 * Which addresses may be contacted: see address_policy.h. A name under someone
 * else's control decides where we connect to, so every address is judged here
 * before any socket exists, and an IPv4 address that hides inside an IPv6 one
 * is taken out and judged as well.
 */
#include "net/address_policy.h"

#include "csr/names.h"

#include <string.h>

/* Where IPv6 forms carry an IPv4 address. */
struct embedding {
	uint8_t prefix[12];
	int bits;     /* of prefix that must match; a multiple of 8 */
	int offset;   /* of the four octets */
	uint8_t xor ; /* Teredo writes the client's address inverted */
};

/* clang-format off */
static const struct embedding embeddings[] = {
	/* IPv4-compatible, RFC 4291 section 2.5.5.1 */
	{{0}, 96, 12, 0x00},
	/* IPv4-mapped, RFC 4291 section 2.5.5.2 */
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12, 0x00},
	/* NAT64, RFC 6052 section 2.1 */
	{{0x00, 0x64, 0xff, 0x9b}, 96, 12, 0x00},
	/* 6to4, RFC 3056 section 2 */
	{{0x20, 0x02}, 16, 2, 0x00},
	/* Teredo server and client, RFC 4380 section 4 */
	{{0x20, 0x01}, 32, 4, 0x00},
	{{0x20, 0x01}, 32, 12, 0xff},
};
/* clang-format on */

static bool allowed_or_global(const struct network *network, const struct address *address,
			      const char **ret_why)
{
	for (size_t i = 0; i < network->allowed_count; i++)
		if (address_in_prefix(address, &network->allowed[i]))
			return true;
	return address_is_global(address, ret_why);
}

static bool embedded_address(const struct embedding *embedding, const struct address *address,
			     struct address *ret)
{
	if (memcmp(address->bytes, embedding->prefix, (size_t)embedding->bits / 8) != 0)
		return false;
	struct address inner = {.family = ADDRESS_V4};
	for (int i = 0; i < 4; i++)
		inner.bytes[i] = address->bytes[embedding->offset + i] ^ embedding->xor ;
	*ret = inner;
	return true;
}

bool address_may_be_contacted(const struct network *network, const struct address *address,
			      const char **ret_why)
{
	if (!allowed_or_global(network, address, ret_why))
		return false;
	if (address->family != ADDRESS_V6)
		return true;
	/* The loopback and unspecified addresses look IPv4-compatible; when the configuration
	 * allows ::1 there is nothing inside to judge. */
	static const uint8_t no_inner[15] = {0};
	if (memcmp(address->bytes, no_inner, sizeof(no_inner)) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(embeddings); i++) {
		struct address inner;
		if (embedded_address(&embeddings[i], address, &inner) &&
		    !allowed_or_global(network, &inner, ret_why))
			return false;
	}
	return true;
}
