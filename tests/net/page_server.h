/*
 * An HTTP server for tests: a thread that reads one request a connection and
 * plays the page of that path from the table in page_server.c, by plain HTTP on
 * one port of 127.0.0.1 and TLS on another.
 */
#ifndef ISSUER_TESTS_NET_PAGE_SERVER_H
#define ISSUER_TESTS_NET_PAGE_SERVER_H

#include <openssl/ssl.h>
#include <stdint.h>

enum { REQUEST_TEXT = 4096, SERVER_NAME_TEXT = 64 };

/* Written by the thread before it answers, read by the test once it has the answer. */
struct page_server {
	uint16_t plain_port;
	uint16_t tls_port;
	SSL_CTX *context;
	X509 *certificate; /* self-signed and expired */
	int requests;
	char request[REQUEST_TEXT];         /* the last one */
	char server_name[SERVER_NAME_TEXT]; /* SNI of the last TLS connection; "" without */
};

extern struct page_server page_server;

void page_server_start(void);
void page_server_stop(void);
/* A listening socket on a port of 127.0.0.1 that the kernel chose. */
int page_server_listen(uint16_t *ret_port);

#endif
