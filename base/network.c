/* Prefixes and the port map: see network.h. */
#include "base/network.h"

#include <stdlib.h>
#include <string.h>

uint16_t network_port(const struct network *network, uint16_t logical)
{
	for (size_t i = 0; i < network->port_count; i++)
		if (network->ports[i].logical == logical)
			return network->ports[i].physical;
	return logical;
}

/* The octet of a mask of bits at position index. */
static uint8_t mask_octet(int bits, int index)
{
	int within = bits - 8 * index;
	if (within >= 8)
		return 0xff;
	if (within <= 0)
		return 0;
	return (uint8_t)(0xff << (8 - within));
}

enum status address_prefix_parse(const char *text, struct address_prefix *ret)
{
	const char *slash = strchr(text, '/');
	char address[ADDRESS_TEXT];
	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return INPUT;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	struct address_prefix prefix;
	TRY(address_parse(address, &prefix.address));
	char *end;
	long bits = strtol(slash + 1, &end, 10);
	int octets = address_octets(prefix.address.family);
	if (slash[1] < '0' || slash[1] > '9' || *end || bits < 0 || bits > 8 * octets)
		return INPUT;
	prefix.bits = (int)bits;
	for (int i = 0; i < octets; i++)
		if (prefix.address.bytes[i] & (uint8_t)~mask_octet(prefix.bits, i))
			return INPUT;
	*ret = prefix;
	return OK;
}

int address_in_prefix(const struct address *address, const struct address_prefix *prefix)
{
	if (address->family != prefix->address.family)
		return 0;
	for (int i = 0; i < address_octets(address->family); i++)
		if ((address->bytes[i] & mask_octet(prefix->bits, i)) != prefix->address.bytes[i])
			return 0;
	return 1;
}
