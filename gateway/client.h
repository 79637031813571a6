/*
 * Whose request it is: the address that is connected or, where that is a proxy of
 * ours, the one that the proxy names in X-Forwarded-For. The header Forwarded (RFC
 * 7239) is never read: a proxy that sets only one of the two lets a client write
 * the other.
 */
#ifndef ISSUER_GATEWAY_CLIENT_H
#define ISSUER_GATEWAY_CLIENT_H

#include "base/network.h"

/*
 * Each proxy has put whom it saw at the end of the list, so it is read from there,
 * as long as proxies speak: the client is the first who is none. forwarded: the
 * header (NULL: none). An entry that is no address ends the reading: who named it is
 * the client then.
 */
struct address client_address(const struct address *peer, const char *forwarded,
			      const struct address_prefix *proxies, size_t proxy_count);

#endif
