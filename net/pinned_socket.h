/*
 * Sockets for libcurl that lead only where the ask says: curl must not look for
 * another address (DESIGN.md). For CURLOPT_OPENSOCKETFUNCTION.
 */
#ifndef ISSUER_NET_PINNED_SOCKET_H
#define ISSUER_NET_PINNED_SOCKET_H

#include "base/endpoint.h"

#include <curl/curl.h>

/* Debian keeps all roots in one file. */
#define SYSTEM_CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/* CURL_SOCKET_BAD when curl wants to go anywhere but to the endpoint. */
curl_socket_t pinned_socket(const struct endpoint *endpoint, const struct curl_sockaddr *to);

#endif
