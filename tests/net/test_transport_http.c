/*
 * HTTP fetches against page_server, a thread of this program on 127.0.0.1: what
 * is sent, what comes back, and where each limit ends a transfer.
 */
#include "net/loop.h"

#include "base/memory.h"
#include "tests/net/page_server.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct loop *loop;
static struct environment *world;

static int setup(void **state)
{
	(void)state;
	/* The loop first: it makes this process ignore SIGPIPE. */
	if (loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	page_server_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	page_server_stop();
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
					    .connect_to.port = page_server.plain_port,
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
	fetched->ask.connect_to.port = page_server.tls_port;
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
	assert_string_equal(buffer_text(&page.request), page_server.request);
	static const char agent[] = "\r\nUser-Agent: issuer/";
	static const char purpose[] = " (certificate validation)\r\n";
	assert_int_equal(strncmp(page_server.request, "GET /hello?a=b HTTP/1.1\r\n", 25), 0);
	assert_non_null(strstr(page_server.request, "\r\nHost: www.example.test\r\n"));
	assert_non_null(strstr(page_server.request, agent));
	assert_non_null(strstr(page_server.request, purpose));
	assert_non_null(strstr(page_server.request, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(page_server.request, "\r\nAccept-Encoding: identity\r\n"));
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
		assert_non_null(strstr(page_server.request, cases[i].line));
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
		assert_int_equal(strncmp(page_server.request, line, strlen(line)), 0);
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
	assert_int_equal(page_server.requests, 0);
	release(&page);
}

static void test_post(void **state)
{
	(void)state;
	struct fetched fetched;
	prepare(&fetched, "/hello");
	fetched.ask.post = (struct http_post){
		.body = slice_text("<a/>"), .content_type = "text/xml", .id = "0123"};
	fetch(&fetched);
	assert_int_equal(fetched.reply.outcome, HTTP_ANSWERED);
	const char *sent = buffer_text(&fetched.request);
	assert_ptr_equal(strstr(sent, "POST /hello HTTP/1.1\r\n"), sent);
	assert_non_null(strstr(sent, "\r\nContent-Type: text/xml\r\n"));
	assert_non_null(strstr(sent, "\r\nIdempotency-Key: \"0123\"\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Length: 4\r\n"));
	assert_null(strstr(sent, "Expect"));
	release(&fetched);

	/* Nothing of it is left for the next, which has the same handle. */
	prepare(&fetched, "/hello");
	fetch(&fetched);
	sent = buffer_text(&fetched.request);
	assert_ptr_equal(strstr(sent, "GET /hello HTTP/1.1\r\n"), sent);
	assert_null(strstr(sent, "Content-"));
	assert_null(strstr(sent, "Idempotency"));
	release(&fetched);
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
	assert_int_equal(page_server.requests, 1);
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
	(void)close(page_server_listen(&port));
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
	int length = i2d_X509(page_server.certificate, &der);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fetched page;
		prepare_tls(&page, "/hello");
		page.ask.host = cases[i].host;
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
		assert_string_equal(buffer_text(&page.body), "hello");
		assert_int_equal(page.certificate.length, length);
		assert_memory_equal(page.certificate.data, der, page.certificate.length);
		assert_string_equal(page_server.server_name, cases[i].server_name);
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

/* Where trust is asked for, a certificate that nobody vouches for ends the fetch before a request;
 * the next fetch of the same handle is judged by its own ask. */
static void test_verified_server(void **state)
{
	(void)state;
	static const char *const ca_files[] = {NULL, "/nonexistent/roots.pem"};
	for (size_t i = 0; i < ARRAY_LENGTH(ca_files); i++) {
		struct fetched page;
		int requests = page_server.requests;
		prepare_tls(&page, "/hello");
		page.ask.trust = HTTP_VERIFIED_SERVER;
		page.ask.ca_file = ca_files[i];
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_TLS_FAILED);
		assert_int_equal(page.body.length, 0);
		assert_int_equal(page_server.requests, requests);
		release(&page);
		prepare_tls(&page, "/hello");
		fetch(&page);
		assert_int_equal(page.reply.outcome, HTTP_ANSWERED);
		release(&page);
	}
}

static void test_tls_failure(void **state)
{
	(void)state;
	assert_int_equal(SSL_CTX_set_cipher_list(page_server.context, "ADH-AES128-SHA@SECLEVEL=0"),
			 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(page_server.context, TLS1_2_VERSION), 1);
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
	assert_null(strcasestr(page_server.request, "cookie"));
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
	assert_int_equal(page_server.requests, COUNT);
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
		TEST(test_post),
		TEST(test_redirect_is_not_followed),
		TEST(test_responses),
		TEST(test_body_limit),
		TEST(test_endless_body_is_cut),
		TEST(test_header_limit),
		TEST(test_time_out),
		TEST(test_refused_connection),
		TEST(test_tls_reports_the_certificate),
		TEST(test_tls_failure),
		TEST(test_verified_server),
		TEST(test_nothing_is_kept_for_the_next_fetch),
		TEST(test_more_fetches_than_sockets),
		TEST(test_fetch_asked_from_a_completion),
		TEST(test_free_drops_what_is_on_the_wire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
