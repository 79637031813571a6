/*
 * An SMTP server for tests: a thread that plays one part on a port of 127.0.0.1,
 * one connection after the other, with STARTTLS.
 */
#ifndef ISSUER_TESTS_NET_MAIL_SERVER_H
#define ISSUER_TESTS_NET_MAIL_SERVER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

enum { MAIL_SERVER_TEXT = 64 * 1024 };

/* Set by the test while no connection is under way; "" or 0 stand for the usual reply. */
struct mail_server {
	bool no_tls;           /* offers no STARTTLS */
	const char *greeting;  /* "220 …"; NULL: the usual */
	const char *sender;    /* reply to MAIL FROM */
	const char *recipient; /* reply to RCPT TO */
	const char *end;       /* reply to the end of the message; "": none, and it hangs up */
	bool silent_at_end;    /* takes the message and says nothing more */
	bool silent;           /* takes the connection and says nothing */
	bool silent_at_quit;
	int most;           /* messages by one connection; 0: any number */
	const char *beyond; /* reply to MAIL FROM after them; NULL: it hangs up before */
	const char *login;  /* what AUTH PLAIN must bring, base64; NULL: no AUTH offered */

	/* Written by the thread. */
	SSL_CTX *context;
	uint16_t port;
	int connections;
	bool tls;                        /* of the last connection */
	char commands[MAIL_SERVER_TEXT]; /* of all since the start, a line each */
	char message[MAIL_SERVER_TEXT];  /* the last one, dots unstuffed */
	int messages;
	int farewells; /* QUITs */
};

extern struct mail_server mail_server;

/* With this certificate; both are taken over. */
void mail_server_start(X509 *certificate, EVP_PKEY *key);
void mail_server_stop(void);
/* Waits until the connections made are over. */
void mail_server_over(int connections);
/* The same, and then back to the usual part. */
void mail_server_usual(int connections);

#endif
