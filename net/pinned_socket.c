/* Sockets that lead only where they may: see pinned_socket.h. */
#include "net/pinned_socket.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

static bool is_endpoint(const struct curl_sockaddr *to, const struct endpoint *endpoint)
{
	if (to->family == AF_INET && endpoint->address.family == ADDRESS_V4) {
		struct sockaddr_in in;
		memcpy(&in, &to->addr, sizeof(in));
		return ntohs(in.sin_port) == endpoint->port &&
		       memcmp(&in.sin_addr, endpoint->address.bytes, sizeof(in.sin_addr)) == 0;
	}
	if (to->family == AF_INET6 && endpoint->address.family == ADDRESS_V6) {
		struct sockaddr_in6 in;
		memcpy(&in, &to->addr, sizeof(in));
		return ntohs(in.sin6_port) == endpoint->port &&
		       memcmp(&in.sin6_addr, endpoint->address.bytes, sizeof(in.sin6_addr)) == 0;
	}
	return false;
}

curl_socket_t pinned_socket(const struct endpoint *endpoint, const struct curl_sockaddr *to)
{
	if (!is_endpoint(to, endpoint))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}
