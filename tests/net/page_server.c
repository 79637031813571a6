/* The pages, and the thread that plays them: see page_server.h. */
#include "tests/net/page_server.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <openssl/x509.h>
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

enum { STALLED_MAX = 16, FLOOD_ROUNDS = 100000 };

enum ending { CLOSE, STALL, REPEAT };

static const struct page {
	const char *path;
	const char *text;
	enum ending ending; /* CLOSE, keep the connection open, or send repeated for ever */
	const char *repeated;
} pages[] = {
	{.path = "/hello", .text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
	{.path = "/missing", .text = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"},
	{.path = "/moved",
	 .text = "HTTP/1.1 302 Found\r\nLocation: /hello\r\nContent-Length: 5\r\n\r\nmoved"},
	{.path = "/until-close", .text = "HTTP/1.0 200 OK\r\n\r\nhello"},
	{.path = "/cookie",
	 .text = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"},
	{.path = "/chunked",
	 .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n"
		 "3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"},
	{.path = "/packed",
	 .text = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
	{.path = "/interim",
	 .text = "HTTP/1.1 100 Continue\r\nX-First: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
		 "HTTP/1.1 200 OK\r\nX-Final: 1\r\nContent-Length: 5\r\n\r\nhello"},
	{.path = "/endless",
	 .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	 .ending = REPEAT,
	 .repeated = "10\r\n0123456789abcdef\r\n"},
	{.path = "/header-flood",
	 .text = "HTTP/1.1 200 OK\r\n",
	 .ending = REPEAT,
	 .repeated = "X-Flood: 0123456789abcdef\r\n"},
	{.path = "/header-long",
	 .text = "HTTP/1.1 200 OK\r\nX-Long: ",
	 .ending = REPEAT,
	 .repeated = "0123456789abcdef"},
	{.path = "/interim-flood",
	 .text = "",
	 .ending = REPEAT,
	 .repeated = "HTTP/1.1 102 Processing\r\n\r\n"},
	{.path = "/silent", .text = "", .ending = STALL},
	{.path = "/half-silent",
	 .text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
	 .ending = STALL},
	{.path = "/broken", .text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"},
	{.path = "/broken-chunk",
	 .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
	{.path = "/empty", .text = ""},
	{.path = "/0.9", .text = "hello"},
};

struct page_server page_server;

static struct {
	pthread_t thread;
	int plain;
	int tls;
	int stop[2];
	int stalled[STALLED_MAX]; /* kept open until the end */
	size_t stalled_count;
} own;

struct connection {
	int descriptor;
	SSL *ssl; /* NULL for plain HTTP */
};

static int take(struct connection *connection, char *out, size_t size)
{
	if (connection->ssl)
		return SSL_read(connection->ssl, out, (int)size);
	return (int)recv(connection->descriptor, out, size, 0);
}

static int give(struct connection *connection, const char *text)
{
	int length = (int)strlen(text);
	if (connection->ssl && length)
		return SSL_write(connection->ssl, text, length) == length ? 0 : -1;
	return send(connection->descriptor, text, (size_t)length, MSG_NOSIGNAL) == length ? 0 : -1;
}

static const struct page *page_of(const char *request)
{
	for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
		size_t length = strlen(pages[i].path);
		const char *path = request + 4;
		if (strncmp(path, pages[i].path, length) == 0 &&
		    (path[length] == ' ' || path[length] == '?'))
			return &pages[i];
	}
	return &pages[1];
}

static int read_request(struct connection *connection)
{
	size_t length = 0;
	char text[REQUEST_TEXT];
	do {
		int got = take(connection, text + length, sizeof(text) - 1 - length);
		if (got <= 0)
			return -1;
		length += (size_t)got;
		text[length] = '\0';
	} while (!strstr(text, "\r\n\r\n"));
	memcpy(page_server.request, text, length + 1);
	page_server.requests++;
	return 0;
}

/* Plays the page; whether the connection stays open. */
static int play(struct connection *connection)
{
	const struct page *page = page_of(page_server.request);
	(void)give(connection, page->text);
	switch (page->ending) {
	case CLOSE:
		return 0;
	case STALL:
		return 1;
	case REPEAT:
		for (int i = 0; i < FLOOD_ROUNDS; i++)
			if (give(connection, page->repeated) != 0)
				break;
		return 0;
	}
	return 0;
}

static void serve(int listener)
{
	struct connection connection = {.descriptor = accept(listener, NULL, NULL)};
	if (connection.descriptor < 0)
		return;
	int stays = 0;
	if (listener == own.tls) {
		connection.ssl = SSL_new(page_server.context);
		(void)SSL_set_fd(connection.ssl, connection.descriptor);
		page_server.server_name[0] = '\0';
		if (SSL_accept(connection.ssl) == 1) {
			const char *name =
				SSL_get_servername(connection.ssl, TLSEXT_NAMETYPE_host_name);
			(void)snprintf(page_server.server_name, SERVER_NAME_TEXT, "%s",
				       name ? name : "");
			if (read_request(&connection) == 0)
				(void)play(&connection);
			(void)SSL_shutdown(connection.ssl);
		}
		SSL_free(connection.ssl);
	} else if (read_request(&connection) == 0) {
		stays = play(&connection) && own.stalled_count < STALLED_MAX;
	}
	if (stays)
		own.stalled[own.stalled_count++] = connection.descriptor;
	else
		(void)close(connection.descriptor);
}

static void *server_main(void *context)
{
	(void)context;
	for (;;) {
		struct pollfd polled[] = {{.fd = own.plain, .events = POLLIN},
					  {.fd = own.tls, .events = POLLIN},
					  {.fd = own.stop[0], .events = POLLIN}};
		(void)poll(polled, 3, -1);
		if (polled[2].revents)
			return NULL;
		if (polled[0].revents)
			serve(own.plain);
		if (polled[1].revents)
			serve(own.tls);
	}
}

int page_server_listen(uint16_t *ret_port)
{
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = {.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t length = sizeof(address);
	assert_int_equal(bind(descriptor, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(listen(descriptor, 1024), 0);
	*ret_port = ntohs(address.sin_port);
	return descriptor;
}

static void make_certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), -86400L * 30);
	/* Expired: it is reported all the same. */
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), -86400L);
	(void)X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	page_server.certificate = certificate;
	page_server.context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(page_server.context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(page_server.context, key), 1);
	EVP_PKEY_free(key);
}

void page_server_start(void)
{
	memset(&page_server, 0, sizeof(page_server));
	memset(&own, 0, sizeof(own));
	make_certificate();
	own.plain = page_server_listen(&page_server.plain_port);
	own.tls = page_server_listen(&page_server.tls_port);
	assert_int_equal(pipe(own.stop), 0);
	assert_int_equal(pthread_create(&own.thread, NULL, server_main, NULL), 0);
}

void page_server_stop(void)
{
	assert_int_equal(write(own.stop[1], "!", 1), 1);
	assert_int_equal(pthread_join(own.thread, NULL), 0);
	for (size_t i = 0; i < own.stalled_count; i++)
		(void)close(own.stalled[i]);
	(void)close(own.plain);
	(void)close(own.tls);
	(void)close(own.stop[0]);
	(void)close(own.stop[1]);
	SSL_CTX_free(page_server.context);
	X509_free(page_server.certificate);
}
