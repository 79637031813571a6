/*
 * TLS handshakes against tls_server, a thread of this program on 127.0.0.1: what
 * is offered, what comes back, and where each limit ends one.
 */
#include "net/loop.h"

#include "base/memory.h"
#include "tests/csr/made_certificate.h"
#include "tests/net/tls_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME "www.example.test"
#define PROTOCOL "acme-tls/1"

enum { PATIENT_MS = 20000, SHORT_MS = 150, MANY = 300, ON_WIRE = 256, MESSAGE_MAX = 32768 };

static struct loop *loop;
static struct environment *world;
static int completions;

static int setup(void **state)
{
	(void)state;
	const struct made_certificate params = {.names = "DNS:" NAME};
	EVP_PKEY *key;
	/* The loop first: it makes this process ignore SIGPIPE. */
	if (loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	completions = 0;
	X509 *certificate = made_x509(&params, &key);
	tls_server_start(certificate, key);
	tls_server.choice = PROTOCOL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	tls_server_stop();
	return 0;
}

/* An ask and a copy of its reply. */
struct probed {
	struct tls_ask ask;
	int done;
	enum tls_outcome outcome;
	char protocol[256];
	struct buffer certificate;
	char detail[200];
	struct probed *then; /* asked from the completion */
};

static void done(void *context, const struct tls_reply *reply)
{
	struct probed *probed = context;
	completions++;
	probed->done++;
	probed->outcome = reply->outcome;
	(void)snprintf(probed->protocol, sizeof(probed->protocol), "%.*s",
		       (int)reply->protocol.length, (const char *)reply->protocol.data);
	buffer_append_slice(&probed->certificate, reply->certificate);
	(void)snprintf(probed->detail, sizeof(probed->detail), "%s", reply->detail);
	assert_int_equal(probed->detail[0] == '\0', reply->outcome == TLS_AGREED);
	if (probed->then)
		world->tls_probe(world->self, &probed->then->ask, done, probed->then);
}

static void prepare(struct probed *probed)
{
	*probed = (struct probed){.ask = {
					  .server_name = NAME,
					  .protocol = PROTOCOL,
					  .connect_to.port = tls_server.port,
					  .connect_timeout_ms = PATIENT_MS,
					  .timeout_ms = PATIENT_MS,
				  }};
	assert_int_equal(address_parse("127.0.0.1", &probed->ask.connect_to.address), OK);
	buffer_init(&probed->certificate, 1 << 20);
}

static void wait_for(int count)
{
	int64_t until = world->monotonic(world->self) + 60000;
	while (completions < count && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(completions, count);
}

static void probe(struct probed *probed)
{
	int before = completions;
	world->tls_probe(world->self, &probed->ask, done, probed);
	assert_int_equal(completions, before);
	wait_for(before + 1);
	assert_int_equal(probed->done, 1);
}

static void assert_own_certificate(const struct probed *probed)
{
	unsigned char *der = NULL;
	int length = i2d_X509(SSL_CTX_get0_certificate(tls_server.context), &der);
	assert_int_equal(probed->certificate.length, (size_t)length);
	assert_memory_equal(probed->certificate.data, der, (size_t)length);
	OPENSSL_free(der);
}

static void test_agreed(void **state)
{
	(void)state;
	static const int versions[] = {TLS1_3_VERSION, TLS1_2_VERSION};
	for (int i = 0; i < (int)ARRAY_LENGTH(versions); i++) {
		struct probed probed;
		prepare(&probed);
		assert_int_equal(SSL_CTX_set_max_proto_version(tls_server.context, versions[i]), 1);
		probe(&probed);
		assert_int_equal(probed.outcome, TLS_AGREED);
		assert_string_equal(probed.protocol, PROTOCOL);
		assert_own_certificate(&probed);
		tls_server_settle(i + 1);
		assert_int_equal(tls_server.version, versions[i]);
		/* RFC 8737 section 3: the single protocol name, and the name alone. */
		assert_int_equal(tls_server.offered_length, 11);
		assert_memory_equal(tls_server.offered, "\x0a" PROTOCOL, 11);
		assert_string_equal(tls_server.server_name, NAME);
		/* RFC 8737 section 4: nothing after the handshake. */
		assert_true(tls_server.octets_after <= 0);
		buffer_release(&probed.certificate);
	}
}

static void check(enum tls_part part, enum tls_outcome outcome, const char *protocol,
		  const char *detail)
{
	struct probed probed;
	prepare(&probed);
	tls_server.part = part;
	probe(&probed);
	if (probed.outcome != outcome || strcmp(probed.protocol, protocol) != 0 ||
	    !strstr(probed.detail, detail))
		fail_msg("part %d: outcome %d, protocol \"%s\", detail \"%s\"", (int)part,
			 (int)probed.outcome, probed.protocol, probed.detail);
	if (outcome == TLS_AGREED)
		assert_own_certificate(&probed);
	buffer_release(&probed.certificate);
}

static void test_other_servers(void **state)
{
	(void)state;
	check(TLS_PART_NO_ALPN, TLS_AGREED, "", "");
	check(TLS_PART_NO_CHOICE, TLS_REFUSED, "", "alert 120, ");
	check(TLS_PART_HANGS_UP, TLS_BROKEN, "", "");
	check(TLS_PART_BABBLES, TLS_BROKEN, "", "wrong version number");
}

/* A protocol that was not offered: newer releases of OpenSSL refuse it, older ones report it. */
static void test_wrong_protocol(void **state)
{
	(void)state;
	struct probed probed;
	prepare(&probed);
	tls_server.choice = "h2";
	probe(&probed);
	if (probed.outcome == TLS_AGREED)
		assert_string_equal(probed.protocol, "h2");
	else
		assert_string_equal(probed.detail, "bad extension");
	buffer_release(&probed.certificate);
}

static void test_old_versions(void **state)
{
	(void)state;
	/* So that OpenSSL lets the server speak TLS 1.0 at all. */
	assert_int_equal(SSL_CTX_set_cipher_list(tls_server.context, "ALL:@SECLEVEL=0"), 1);
	assert_int_equal(SSL_CTX_set_min_proto_version(tls_server.context, TLS1_VERSION), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(tls_server.context, TLS1_1_VERSION), 1);
	struct probed probed;
	prepare(&probed);
	probe(&probed);
	assert_true(probed.outcome == TLS_REFUSED || probed.outcome == TLS_BROKEN);
	assert_int_equal(probed.certificate.length, 0);
	buffer_release(&probed.certificate);
}

static void test_silence(void **state)
{
	(void)state;
	struct probed probed;
	prepare(&probed);
	tls_server.part = TLS_PART_SILENT;
	probed.ask.timeout_ms = SHORT_MS;
	int64_t before = world->monotonic(world->self);
	probe(&probed);
	int64_t took = world->monotonic(world->self) - before;
	assert_int_equal(probed.outcome, TLS_TIMED_OUT);
	assert_string_equal(probed.detail, "no handshake within 150 ms");
	assert_true(took >= SHORT_MS && took < PATIENT_MS);
	buffer_release(&probed.certificate);
}

static int listen_on_loopback(int backlog, uint16_t *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(listen(listener, backlog), 0);
	*ret_port = ntohs(address.sin_port);
	return listener;
}

/* A listener whose queue is full takes no further connection and refuses none. */
static void test_no_connection(void **state)
{
	(void)state;
	int fillers[3];
	struct sockaddr_in address = {.sin_family = AF_INET};
	uint16_t port;
	int listener = listen_on_loopback(0, &port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	for (size_t i = 0; i < ARRAY_LENGTH(fillers); i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)!connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
	}
	struct probed probed;
	prepare(&probed);
	probed.ask.connect_to.port = port;
	probed.ask.connect_timeout_ms = SHORT_MS;
	probe(&probed);
	assert_int_equal(probed.outcome, TLS_TIMED_OUT);
	assert_string_equal(probed.detail, "no connection within 150 ms");

	/* Then nobody listens there. */
	for (size_t i = 0; i < ARRAY_LENGTH(fillers); i++)
		(void)close(fillers[i]);
	(void)close(listener);
	probed.done = 0;
	probe(&probed);
	assert_int_equal(probed.outcome, TLS_CONNECT_FAILED);
	assert_string_equal(probed.detail, "Connection refused");
	buffer_release(&probed.certificate);
}

static void test_long_chain(void **state)
{
	(void)state;
	const struct made_certificate params = {.names = "DNS:issuer.example.test"};
	EVP_PKEY *key;
	X509 *link = made_x509(&params, &key);
	EVP_PKEY_free(key);
	STACK_OF(X509) *chain = sk_X509_new_null();
	for (int octets = 0; octets < MESSAGE_MAX; octets += i2d_X509(link, NULL))
		assert_true(sk_X509_push(chain, link) > 0);
	assert_int_equal(SSL_CTX_set1_chain(tls_server.context, chain), 1);
	check(TLS_PART_CHOOSES, TLS_BROKEN, "", "excessive message size");
	/* A chain of usual length does no harm. */
	while (sk_X509_num(chain) > 4)
		(void)sk_X509_pop(chain);
	assert_int_equal(SSL_CTX_set1_chain(tls_server.context, chain), 1);
	check(TLS_PART_CHOOSES, TLS_AGREED, PROTOCOL, "");
	sk_X509_free(chain);
	X509_free(link);
}

/* More at once than may be on the wire: all are answered, and one may ask for another. */
static void test_many(void **state)
{
	(void)state;
	static struct probed many[MANY];
	struct probed last;
	prepare(&last);
	for (size_t i = 0; i < MANY; i++) {
		prepare(&many[i]);
		world->tls_probe(world->self, &many[i].ask, done, &many[i]);
	}
	many[0].then = &last;
	assert_int_equal(completions, 0);
	wait_for(MANY + 1);
	assert_int_equal(last.outcome, TLS_AGREED);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(many[i].done, 1);
		assert_int_equal(many[i].outcome, TLS_AGREED);
		buffer_release(&many[i].certificate);
	}
	buffer_release(&last.certificate);
}

static int open_files(void)
{
	int count = 0;
	for (int file = 0; file < (int)FD_SETSIZE; file++)
		count += fcntl(file, F_GETFD) >= 0;
	return count;
}

/* 256 handshakes at once, a socket each; the others wait. Then the server goes away. */
static void test_on_the_wire(void **state)
{
	(void)state;
	static struct probed waiting[MANY];
	uint16_t port;
	int listener = listen_on_loopback(1024, &port);
	int before = open_files();
	for (size_t i = 0; i < MANY; i++) {
		prepare(&waiting[i]);
		waiting[i].ask.connect_to.port = port;
		world->tls_probe(world->self, &waiting[i].ask, done, &waiting[i]);
	}
	assert_int_equal(open_files(), before);
	world->wait(world->self, world->monotonic(world->self));
	assert_int_equal(open_files() - before, ON_WIRE);
	assert_int_equal(completions, 0);
	(void)close(listener);
	wait_for(MANY);
	assert_int_equal(open_files(), before - 1);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(waiting[i].outcome, i < ON_WIRE ? TLS_BROKEN : TLS_CONNECT_FAILED);
		buffer_release(&waiting[i].certificate);
	}
}

/* What is queued or on the wire when the loop ends is dropped. */
static void test_dropped(void **state)
{
	(void)state;
	static struct probed dropped[MANY];
	tls_server.part = TLS_PART_SILENT;
	for (size_t i = 0; i < MANY; i++) {
		prepare(&dropped[i]);
		world->tls_probe(world->self, &dropped[i].ask, done, &dropped[i]);
	}
	world->wait(world->self, world->monotonic(world->self));
	loop_freep(&loop);
	assert_int_equal(completions, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_agreed),       TEST(test_other_servers), TEST(test_wrong_protocol),
		TEST(test_old_versions), TEST(test_silence),       TEST(test_no_connection),
		TEST(test_long_chain),   TEST(test_many),          TEST(test_on_the_wire),
		TEST(test_dropped),
	};
	return cmocka_run_group_tests_name("net.transport_tls", tests, NULL, NULL);
}
