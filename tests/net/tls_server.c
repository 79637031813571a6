/* The parts, and the thread that plays them: see tls_server.h. */
#include "tests/net/tls_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { SILENT_MAX = 400 };

struct tls_server tls_server;

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t settled;
	int listener;
	int stop[2];
	int silent[SILENT_MAX]; /* kept open until the end */
	size_t silent_count;
} own;

static int choose(SSL *ssl, const unsigned char **ret, unsigned char *ret_length,
		  const unsigned char *offered, unsigned length, void *context)
{
	(void)ssl;
	(void)context;
	tls_server.offered_length = length;
	if (length <= sizeof(tls_server.offered))
		memcpy(tls_server.offered, offered, length);
	if (tls_server.part == TLS_PART_NO_CHOICE)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	if (tls_server.part == TLS_PART_NO_ALPN)
		return SSL_TLSEXT_ERR_NOACK;
	*ret = (const unsigned char *)tls_server.choice;
	*ret_length = (unsigned char)strlen(tls_server.choice);
	return SSL_TLSEXT_ERR_OK;
}

static void shake_hands(int descriptor)
{
	char octets[16];
	SSL *ssl = SSL_new(tls_server.context);
	(void)SSL_set_fd(ssl, descriptor);
	tls_server.offered_length = 0;
	tls_server.server_name[0] = '\0';
	int done = SSL_accept(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	(void)snprintf(tls_server.server_name, sizeof(tls_server.server_name), "%s",
		       name ? name : "");
	tls_server.version = SSL_version(ssl);
	tls_server.octets_after = done == 1 ? SSL_read(ssl, octets, sizeof(octets)) : 0;
	SSL_free(ssl);
	(void)pthread_mutex_lock(&own.lock);
	tls_server.handshakes++;
	(void)pthread_cond_broadcast(&own.settled);
	(void)pthread_mutex_unlock(&own.lock);
}

static void serve(void)
{
	static const char babble[] = "220 mail.example.com ESMTP\r\n";
	int descriptor = accept(own.listener, NULL, NULL);
	if (descriptor < 0)
		return;
	if (tls_server.part == TLS_PART_SILENT && own.silent_count < SILENT_MAX) {
		own.silent[own.silent_count++] = descriptor;
		return;
	}
	if (tls_server.part == TLS_PART_BABBLES)
		(void)send(descriptor, babble, sizeof(babble) - 1, MSG_NOSIGNAL);
	else if (tls_server.part != TLS_PART_HANGS_UP)
		shake_hands(descriptor);
	/* What the client sent is read first, so that it sees an end and not a reset. */
	char octets[4096];
	(void)shutdown(descriptor, SHUT_WR);
	while (recv(descriptor, octets, sizeof(octets), 0) > 0)
		;
	(void)close(descriptor);
}

static void *server_main(void *context)
{
	(void)context;
	for (;;) {
		struct pollfd polled[] = {{.fd = own.listener, .events = POLLIN},
					  {.fd = own.stop[0], .events = POLLIN}};
		(void)poll(polled, 2, -1);
		if (polled[1].revents)
			return NULL;
		serve();
	}
}

void tls_server_start(X509 *certificate, EVP_PKEY *key)
{
	memset(&tls_server, 0, sizeof(tls_server));
	memset(&own, 0, sizeof(own));
	assert_int_equal(pthread_mutex_init(&own.lock, NULL), 0);
	assert_int_equal(pthread_cond_init(&own.settled, NULL), 0);
	tls_server.context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(tls_server.context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(tls_server.context, key), 1);
	SSL_CTX_set_alpn_select_cb(tls_server.context, choose, NULL);
	X509_free(certificate);
	EVP_PKEY_free(key);

	struct sockaddr_in address = {.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t length = sizeof(address);
	own.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(own.listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(own.listener, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(listen(own.listener, 1024), 0);
	tls_server.port = ntohs(address.sin_port);
	assert_int_equal(pipe(own.stop), 0);
	assert_int_equal(pthread_create(&own.thread, NULL, server_main, NULL), 0);
}

void tls_server_settle(int handshakes)
{
	(void)pthread_mutex_lock(&own.lock);
	while (tls_server.handshakes < handshakes)
		(void)pthread_cond_wait(&own.settled, &own.lock);
	(void)pthread_mutex_unlock(&own.lock);
}

void tls_server_stop(void)
{
	assert_int_equal(write(own.stop[1], "!", 1), 1);
	assert_int_equal(pthread_join(own.thread, NULL), 0);
	for (size_t i = 0; i < own.silent_count; i++)
		(void)close(own.silent[i]);
	(void)close(own.listener);
	(void)close(own.stop[0]);
	(void)close(own.stop[1]);
	(void)pthread_cond_destroy(&own.settled);
	(void)pthread_mutex_destroy(&own.lock);
	SSL_CTX_free(tls_server.context);
}
