/* Clients behind proxies: see client.h. */
#include "gateway/client.h"

#include "base/bytes.h"

#include <stdbool.h>
#include <string.h>

static bool is_proxy(const struct address *address, const struct address_prefix *proxies,
		     size_t proxy_count)
{
	for (size_t i = 0; i < proxy_count; i++)
		if (address_in_prefix(address, &proxies[i]))
			return true;
	return false;
}

/* An address, with or without port; some proxies write one. */
static bool parse_entry(struct slice entry, struct address *ret)
{
	char text[ENDPOINT_TEXT];
	struct endpoint endpoint;
	while (entry.length > 0 && (entry.data[0] == ' ' || entry.data[0] == '\t'))
		entry = slice_of(entry.data + 1, entry.length - 1);
	while (entry.length > 0 &&
	       (entry.data[entry.length - 1] == ' ' || entry.data[entry.length - 1] == '\t'))
		entry.length--;
	if (entry.length == 0 || entry.length >= sizeof(text))
		return false;
	memcpy(text, entry.data, entry.length);
	text[entry.length] = '\0';
	if (address_parse(text, ret) == OK)
		return true;
	if (endpoint_parse(text, 0, &endpoint) != OK)
		return false;
	*ret = endpoint.address;
	return true;
}

struct address client_address(const struct address *peer, const char *forwarded,
			      const struct address_prefix *proxies, size_t proxy_count)
{
	struct address client = *peer;
	struct slice rest = forwarded ? slice_text(forwarded) : SLICE_NONE;
	while (rest.length > 0 && is_proxy(&client, proxies, proxy_count)) {
		size_t start = rest.length;
		while (start > 0 && rest.data[start - 1] != ',')
			start--;
		struct address named;
		if (!parse_entry(slice_of(rest.data + start, rest.length - start), &named))
			break;
		client = named;
		rest.length = start > 0 ? start - 1 : 0;
	}
	return client;
}
