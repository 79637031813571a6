/* Addresses and ports as text: see endpoint.h. */
#include "base/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status address_parse(const char *text, struct address *ret)
{
	struct address address = {.family = ADDRESS_V4};
	if (inet_pton(AF_INET, text, address.bytes) != 1) {
		address.family = ADDRESS_V6;
		if (inet_pton(AF_INET6, text, address.bytes) != 1)
			return INPUT;
	}
	*ret = address;
	return OK;
}

const char *address_text(const struct address *address, char *text)
{
	int family = address->family == ADDRESS_V6 ? AF_INET6 : AF_INET;
	if (!inet_ntop(family, address->bytes, text, ADDRESS_TEXT))
		text[0] = '\0';
	return text;
}

int address_octets(enum address_family family)
{
	return family == ADDRESS_V6 ? 16 : 4;
}

int address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family &&
	       memcmp(a->bytes, b->bytes, (size_t)address_octets(a->family)) == 0;
}

static enum status port_parse(const char *text, uint16_t *ret)
{
	char *end;
	if (text[0] < '0' || text[0] > '9')
		return INPUT;
	unsigned long port = strtoul(text, &end, 10);
	if (*end || port == 0 || port > 65535)
		return INPUT;
	*ret = (uint16_t)port;
	return OK;
}

enum status endpoint_parse(const char *text, uint16_t default_port, struct endpoint *ret)
{
	struct endpoint endpoint = {.port = default_port};
	if (address_parse(text, &endpoint.address) == OK) {
		*ret = endpoint;
		return OK;
	}
	char host[ADDRESS_TEXT];
	int bracketed = text[0] == '[';
	const char *end = bracketed ? strchr(text, ']') : strrchr(text, ':');
	size_t length = end ? (size_t)(end - text) - (size_t)bracketed : 0;
	if (!end || length >= sizeof(host))
		return INPUT;
	memcpy(host, text + bracketed, length);
	host[length] = '\0';
	TRY(address_parse(host, &endpoint.address));
	if (bracketed != (endpoint.address.family == ADDRESS_V6))
		return INPUT;
	const char *port = bracketed ? end + 1 : end;
	if (*port && (*port != ':' || port_parse(port + 1, &endpoint.port) != OK))
		return INPUT;
	*ret = endpoint;
	return OK;
}

const char *endpoint_text(const struct endpoint *endpoint, char *text)
{
	char address[ADDRESS_TEXT];
	int v6 = endpoint->address.family == ADDRESS_V6;
	(void)snprintf(text, ENDPOINT_TEXT, "%s%s%s:%u", v6 ? "[" : "",
		       address_text(&endpoint->address, address), v6 ? "]" : "",
		       (unsigned)endpoint->port);
	return text;
}

const char *address_reverse_name(const struct address *address, char *text)
{
	int length = 0;
	const uint8_t *bytes = address->bytes;
	if (address->family == ADDRESS_V4) {
		(void)snprintf(text, ADDRESS_REVERSE_TEXT, "%d.%d.%d.%d.in-addr.arpa", bytes[3],
			       bytes[2], bytes[1], bytes[0]);
		return text;
	}
	for (int i = 15; i >= 0; i--)
		length += snprintf(text + length, (size_t)(ADDRESS_REVERSE_TEXT - length), "%x.%x.",
				   (unsigned)(bytes[i] & 0xf), (unsigned)(bytes[i] >> 4));
	(void)snprintf(text + length, (size_t)(ADDRESS_REVERSE_TEXT - length), "ip6.arpa");
	return text;
}
