/*
 * A TLS server for tests: a thread that plays one part on a port of 127.0.0.1,
 * one connection after the other.
 */
#ifndef ISSUER_TESTS_NET_TLS_SERVER_H
#define ISSUER_TESTS_NET_TLS_SERVER_H

#include <openssl/ssl.h>
#include <stdint.h>

enum tls_part {
	TLS_PART_CHOOSES,   /* the handshake, with choice as the protocol of ALPN */
	TLS_PART_NO_ALPN,   /* the handshake, as if it did not know ALPN */
	TLS_PART_NO_CHOICE, /* refuses what is offered: alert no_application_protocol */
	TLS_PART_SILENT,    /* takes the connection and says nothing */
	TLS_PART_HANGS_UP,  /* takes the connection and ends it */
	TLS_PART_BABBLES,   /* says something that is not TLS */
};

enum { TLS_SERVER_NAME_TEXT = 256 };

/* Set by the test while no connection is under way; the rest is written by the thread before it
 * answers. */
struct tls_server {
	enum tls_part part;
	const char *choice;
	uint16_t port;
	SSL_CTX *context; /* of the server: certificates, versions */
	int handshakes;
	int version;               /* of the last */
	unsigned char offered[64]; /* the list of ALPN as sent */
	unsigned offered_length;
	char server_name[TLS_SERVER_NAME_TEXT]; /* SNI; "" without */
	int octets_after; /* of application data that came after the handshake */
};

extern struct tls_server tls_server;

/* With this certificate; both are taken over. */
void tls_server_start(X509 *certificate, EVP_PKEY *key);
void tls_server_stop(void);
/* Waits until the thread is done with the connections that were made. */
void tls_server_settle(int handshakes);

#endif
