/*
 * HTTP fetches against a small server on 127.0.0.1, a thread of this program:
 * it reads one request a connection and plays the page of that path from the
 * table below, by plain HTTP on one port and TLS on another.
 */
#include "net/loop.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { REQUEST_TEXT = 4096, STALLED_MAX = 16, FLOOD_ROUNDS = 100000, NAME_OCTETS = 64 };

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

static struct {
	pthread_t thread;
	int plain;
	int tls;
	int stop[2];
	uint16_t plain_port;
	uint16_t tls_port;
	SSL_CTX *context;
	X509 *certificate;
	int requests;
	char request[REQUEST_TEXT];    /* the last one */
	char server_name[NAME_OCTETS]; /* SNI of the last TLS connection; "" without */
	int stalled[STALLED_MAX];
	size_t stalled_count;
} server;

/* The server. */

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
	memcpy(server.request, text, length + 1);
	server.requests++;
	return 0;
}

/* Plays the page; whether the connection stays open. */
static int play(struct connection *connection)
{
	const struct page *page = page_of(server.request);
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
	if (listener == server.tls) {
		connection.ssl = SSL_new(server.context);
		(void)SSL_set_fd(connection.ssl, connection.descriptor);
		server.server_name[0] = '\0';
		if (SSL_accept(connection.ssl) == 1) {
			const char *name =
				SSL_get_servername(connection.ssl, TLSEXT_NAMETYPE_host_name);
			(void)snprintf(server.server_name, NAME_OCTETS, "%s", name ? name : "");
			if (read_request(&connection) == 0)
				(void)play(&connection);
			(void)SSL_shutdown(connection.ssl);
		}
		SSL_free(connection.ssl);
	} else if (read_request(&connection) == 0) {
		stays = play(&connection) && server.stalled_count < STALLED_MAX;
	}
	if (stays)
		server.stalled[server.stalled_count++] = connection.descriptor;
	else
		(void)close(connection.descriptor);
}

static void *server_main(void *context)
{
	(void)context;
	for (;;) {
		struct pollfd polled[] = {{.fd = server.plain, .events = POLLIN},
					  {.fd = server.tls, .events = POLLIN},
					  {.fd = server.stop[0], .events = POLLIN}};
		(void)poll(polled, 3, -1);
		if (polled[2].revents)
			return NULL;
		if (polled[0].revents)
			serve(server.plain);
		if (polled[1].revents)
			serve(server.tls);
	}
}

static int listening(uint16_t *ret_port)
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
	server.certificate = certificate;
	server.context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(server.context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server.context, key), 1);
	EVP_PKEY_free(key);
}

/* The tests. */

static struct loop *loop;
static struct environment *world;

static int setup(void **state)
{
	(void)state;
	memset(&server, 0, sizeof(server));
	make_certificate();
	server.plain = listening(&server.plain_port);
	server.tls = listening(&server.tls_port);
	/* The loop first: it makes this process ignore SIGPIPE. */
	if (loop_new(&loop, NULL) != OK || pipe(server.stop) != 0 ||
	    pthread_create(&server.thread, NULL, server_main, NULL) != 0)
		return -1;
	world = loop_environment(loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	assert_int_equal(write(server.stop[1], "!", 1), 1);
	assert_int_equal(pthread_join(server.thread, NULL), 0);
	for (size_t i = 0; i < server.stalled_count; i++)
		(void)close(server.stalled[i]);
	(void)close(server.plain);
	(void)close(server.tls);
	(void)close(server.stop[0]);
	(void)close(server.stop[1]);
	SSL_CTX_free(server.context);
	X509_free(server.certificate);
	return 0;
}

/* An ask and a copy of its reply. */
struct fetched {
	struct http_ask ask;
	int done;
	struct http_reply reply;
	struct buffer request;
	struct buffer headers;
	struct buffer body;
	struct buffer certificate;
	char detail[256];
	struct fetched *then; /* asked from the completion */
};

static int completions;

static void done(void *context, const struct http_reply *reply)
{
	struct fetched *fetched = context;
	completions++;
	fetched->done++;
	fetched->reply = *reply;
	buffer_append_slice(&fetched->request, reply->request);
	buffer_append_slice(&fetched->headers, reply->headers);
	buffer_append_slice(&fetched->body, reply->body);
	buffer_append_slice(&fetched->certificate, reply->certificate);
	assert_non_null(reply->detail);
	(void)snprintf(fetched->detail, sizeof(fetched->detail), "%s", reply->detail);
	assert_int_equal(fetched->detail[0] == '\0', reply->outcome == HTTP_ANSWERED);
	if (fetched->then)
		world->http_fetch(world->self, &fetched->then->ask, done, fetched->then);
}

static void prepare(struct fetched *fetched, const char *target)
{
	*fetched = (struct fetched){.ask = {
					    .scheme = HTTP_PLAIN,
					    .host = "www.example.test",
					    .port = 80,
					    .target = target,
					    .connect_to.port = server.plain_port,
					    .connect_timeout_ms = 20000,
					    .timeout_ms = 20000,
					    .body_limit = 1024,
					    .header_limit = 8192,
				    }};
	assert_int_equal(address_parse("127.0.0.1", &fetched->ask.connect_to.address), OK);
	buffer_init(&fetched->request, 1 << 20);
	buffer_init(&fetched->headers, 1 << 20);
	buffer_init(&fetched->body, 1 << 20);
	buffer_init(&fetched->certificate, 1 << 20);
}

static void prepare_tls(struct fetched *fetched, const char *target)
{
	prepare(fetched, target);
	fetched->ask.scheme = HTTP_TLS;
	fetched->ask.port = 443;
	fetched->ask.connect_to.port = server.tls_port;
}

static void release(struct fetched *fetched)
{
	buffer_release(&fetched->request);
	buffer_release(&fetched->headers);
	buffer_release(&fetched->body);
	buffer_release(&fetched->certificate);
}

static void ask(struct fetched *fetched)
{
	int before = completions;
	world->http_fetch(world->self, &fetched->ask, done, fetched);
	assert_int_equal(completions, before);
}

static void wait_for(int count)
{
	int64_t until = world->monotonic(world->self) + 60000;
	while (completions < count && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(completions, count);
}

static void fetch(struct fetched *fetched)
{
	completions = 0;
	ask(fetched);
	wait_for(1);
	assert_int_equal(fetched->done, 1);
}

static void test_whole_exchange(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/hello?a=b");
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
	assert_int_equal(page.reply.status, 200);
	assert_int_equal(page.reply.body_cut, 0);
	assert_string_equal(buffer_text(&page.body), "hello");
	assert_string_equal(buffer_text(&page.headers),
			    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	assert_int_equal(page.certificate.length, 0);
	assert_string_equal(buffer_text(&page.request), server.request);
	static const char agent[] = "\r\nUser-Agent: issuer/";
	static const char purpose[] = " (certificate validation)\r\n";
	assert_int_equal(strncmp(server.request, "GET /hello?a=b HTTP/1.1\r\n", 25), 0);
	assert_non_null(strstr(server.request, "\r\nHost: www.example.test\r\n"));
	assert_non_null(strstr(server.request, agent));
	assert_non_null(strstr(server.request, purpose));
	assert_non_null(strstr(server.request, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(server.request, "\r\nAccept-Encoding: identity\r\n"));
	release(&page);
}

static void test_host_has_the_logical_port_unless_default(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		uint16_t port;
		const char *line;
	} cases[] = {
		{"www.example.test", 80, "\r\nHost: www.example.test\r\n"},
		{"www.example.test", 8080, "\r\nHost: www.example.test:8080\r\n"},
		{"www.example.test", 443, "\r\nHost: www.example.test:443\r\n"},
		{"192.0.2.1", 80, "\r\nHost: 192.0.2.1\r\n"},
		{"2001:db8::1", 80, "\r\nHost: [2001:db8::1]\r\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fetched page;
		prepare(&page, "/hello");
		page.ask.host = cases[i].host;
		page.ask.port = cases[i].port;
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
		assert_non_null(strstr(server.request, cases[i].line));
		release(&page);
	}
}

static void test_target_is_sent_as_it_is(void **state)
{
	(void)state;
	static const char *const targets[] = {
		"/a/../b/./c//d%2e%2E/",
		"//other.example/x",
		"/?a=b&c=%00",
		"/[x]{y}|z",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(targets); i++) {
		struct fetched page;
		prepare(&page, targets[i]);
		fetch(&page);
		assert_int_equal(page.reply.status, 404);
		CLEANUP(memory_freep) char *line = memory_printf("GET %s HTTP/1.1\r\n", targets[i]);
		assert_int_equal(strncmp(server.request, line, strlen(line)), 0);
		release(&page);
	}
}

static void test_target_cannot_add_lines(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/x HTTP/1.1\r\nX-Added: 1\r\n\r\n");
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_BROKEN);
	assert_int_equal(page.reply.status, 0);
	assert_int_equal(server.requests, 0);
	release(&page);
}

static void test_redirect_is_not_followed(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/moved");
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
	assert_int_equal(page.reply.status, 302);
	assert_string_equal(buffer_text(&page.body), "moved");
	assert_non_null(strstr(buffer_text(&page.headers), "Location: /hello\r\n"));
	assert_int_equal(server.requests, 1);
	release(&page);
}

/* What the pages without further peculiarity come back as. */
static void test_responses(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum http_outcome outcome;
		int status;
		const char *body;
		const char *headers; /* NULL: not looked at */
	} cases[] = {
		{"/missing", HTTP_ANSWERED, 404, "no", NULL},
		{"/until-close", HTTP_ANSWERED, 200, "hello", "HTTP/1.0 200 OK\r\n\r\n"},
		{"/chunked", HTTP_ANSWERED, 200, "hello",
		 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n"},
		{"/packed", HTTP_ANSWERED, 200, "hello", NULL},
		{"/interim", HTTP_ANSWERED, 200, "hello",
		 "HTTP/1.1 200 OK\r\nX-Final: 1\r\nContent-Length: 5\r\n\r\n"},
		{"/broken", HTTP_BROKEN, 200, "hello", NULL},
		{"/broken-chunk", HTTP_BROKEN, 200, "hello", NULL},
		{"/empty", HTTP_BROKEN, 0, "", ""},
		{"/0.9", HTTP_BROKEN, 0, "", ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fetched page;
		prepare(&page, cases[i].path);
		fetch(&page);
		if (page.reply.outcome != cases[i].outcome)
			fail_msg("%s: outcome %d (%s)", cases[i].path, page.reply.outcome,
				 page.detail);
		assert_int_equal(page.reply.status, cases[i].status);
		assert_string_equal(buffer_text(&page.body), cases[i].body);
		if (cases[i].headers)
			assert_string_equal(buffer_text(&page.headers), cases[i].headers);
		assert_int_equal(page.reply.body_cut, 0);
		release(&page);
	}
}

static void test_body_limit(void **state)
{
	(void)state;
	static const struct {
		size_t limit;
		int cut;
		const char *body;
	} cases[] = {{6, 0, "hello"}, {5, 0, "hello"}, {4, 1, "hell"}, {0, 1, ""}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fetched page;
		prepare(&page, "/hello");
		page.ask.body_limit = cases[i].limit;
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
		assert_int_equal(page.reply.status, 200);
		assert_int_equal(page.reply.body_cut, cases[i].cut);
		assert_string_equal(buffer_text(&page.body), cases[i].body);
		release(&page);
	}
}

static void test_endless_body_is_cut(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/endless");
	page.ask.body_limit = 10000;
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
	assert_int_equal(page.reply.body_cut, 1);
	assert_int_equal(page.body.length, 10000);
	assert_memory_equal(page.body.data, "0123456789abcdef0123", 20);
	release(&page);
}

static void test_header_limit(void **state)
{
	(void)state;
	static const char *const paths[] = {"/header-flood", "/interim-flood", "/header-long"};
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		struct fetched page;
		prepare(&page, paths[i]);
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_BROKEN);
		assert_true(page.headers.length <= page.ask.header_limit);
		release(&page);
	}
	struct fetched page;
	size_t length = strlen("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	prepare(&page, "/hello");
	page.ask.header_limit = length;
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
	release(&page);
	prepare(&page, "/hello");
	page.ask.header_limit = length - 1;
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_BROKEN);
	assert_string_equal(page.detail, "the response header is longer than 37 octets");
	release(&page);
}

static void test_time_out(void **state)
{
	(void)state;
	static const char *const paths[] = {"/silent", "/half-silent"};
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		struct fetched page;
		prepare(&page, paths[i]);
		page.ask.timeout_ms = 100;
		int64_t begin = world->monotonic(world->self);
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_TIMED_OUT);
		assert_true(world->monotonic(world->self) - begin >= 90);
		release(&page);
	}
}

static void test_refused_connection(void **state)
{
	(void)state;
	struct fetched page;
	uint16_t port;
	(void)close(listening(&port));
	prepare(&page, "/hello");
	page.ask.connect_to.port = port;
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_CONNECT_FAILED);
	assert_int_equal(page.reply.status, 0);
	release(&page);
}

static void test_tls_reports_the_certificate(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		const char *server_name;
	} cases[] = {{"www.example.test", "www.example.test"}, {"192.0.2.1", ""}};
	unsigned char *der = NULL;
	int length = i2d_X509(server.certificate, &der);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fetched page;
		prepare_tls(&page, "/hello");
		page.ask.host = cases[i].host;
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
		assert_string_equal(buffer_text(&page.body), "hello");
		assert_int_equal(page.certificate.length, length);
		assert_memory_equal(page.certificate.data, der, page.certificate.length);
		assert_string_equal(server.server_name, cases[i].server_name);
		release(&page);
	}
	OPENSSL_free(der);
	/* The handle that fetched by TLS has forgotten the certificate. */
	struct fetched page;
	prepare(&page, "/hello");
	fetch(&page);
	assert_int_equal(page.certificate.length, 0);
	release(&page);
}

static void test_tls_failure(void **state)
{
	(void)state;
	assert_int_equal(SSL_CTX_set_cipher_list(server.context, "ADH-AES128-SHA@SECLEVEL=0"), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(server.context, TLS1_2_VERSION), 1);
	struct fetched page;
	prepare_tls(&page, "/hello");
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_TLS_FAILED);
	release(&page);
}

static void test_nothing_is_kept_for_the_next_fetch(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/cookie");
	fetch(&page);
	assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
	release(&page);
	prepare(&page, "/hello");
	fetch(&page);
	assert_null(strcasestr(server.request, "cookie"));
	release(&page);
}

static void test_more_fetches_than_sockets(void **state)
{
	(void)state;
	enum { COUNT = 1500 };
	static struct fetched fetched[COUNT];
	completions = 0;
	for (size_t i = 0; i < COUNT; i++) {
		prepare(&fetched[i], "/hello");
		ask(&fetched[i]);
	}
	wait_for(COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(fetched[i].done, 1);
		assert_int_equal(fetched[i].reply.outcome, HTTP_ANSWERED);
		assert_string_equal(buffer_text(&fetched[i].body), "hello");
		release(&fetched[i]);
	}
	assert_int_equal(server.requests, COUNT);
}

static void test_fetch_asked_from_a_completion(void **state)
{
	(void)state;
	struct fetched first, second;
	prepare(&first, "/missing");
	prepare(&second, "/hello");
	first.then = &second;
	completions = 0;
	ask(&first);
	wait_for(2);
	assert_int_equal(second.reply.status, 200);
	release(&first);
	release(&second);
}

static void test_free_drops_what_is_on_the_wire(void **state)
{
	(void)state;
	struct fetched page;
	prepare(&page, "/silent");
	completions = 0;
	ask(&page);
	world->wait(world->self, world->monotonic(world->self) + 20);
	loop_freep(&loop);
	assert_int_equal(completions, 0);
	release(&page);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	/* Nothing may look at these. */
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("https_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("all_proxy", "http://127.0.0.1:1", 1);
	const struct CMUnitTest tests[] = {
		TEST(test_whole_exchange),
		TEST(test_host_has_the_logical_port_unless_default),
		TEST(test_target_is_sent_as_it_is),
		TEST(test_target_cannot_add_lines),
		TEST(test_redirect_is_not_followed),
		TEST(test_responses),
		TEST(test_body_limit),
		TEST(test_endless_body_is_cut),
		TEST(test_header_limit),
		TEST(test_time_out),
		TEST(test_refused_connection),
		TEST(test_tls_reports_the_certificate),
		TEST(test_tls_failure),
		TEST(test_nothing_is_kept_for_the_next_fetch),
		TEST(test_more_fetches_than_sockets),
		TEST(test_fetch_asked_from_a_completion),
		TEST(test_free_drops_what_is_on_the_wire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
