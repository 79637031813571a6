/*
 * TLS handshakes by OpenSSL over libevent: see transport_tls.h.
 *
 *   probe → queued ──(start)──→ connecting ──→ shaking hands ──→ done
 *
 * The handshake is driven by plain events: OpenSSL says which direction it waits
 * for. The certificate is taken in place of verification, so it is there also
 * when the handshake ends badly after it.
 */
#include "net/transport_tls.h"

#include "base/civil.h"
#include "base/memory.h"
#include "csr/names.h"
#include "net/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ON_WIRE_MAX = 256,        /* handshakes at once; a socket each */
	CERTIFICATES_MAX = 32768, /* octets of the server's certificate message, with its chain */
	PROTOCOL_MAX = UINT8_MAX, /* octets of a name of ALPN (RFC 7301 section 3.1) */
	DETAIL_TEXT = 160,
};

struct probe {
	TAILQ_ENTRY(probe) link; /* in queued or wire */
	struct transport_tls *tls;
	const struct tls_ask *ask;
	tls_done *done;
	void *context;
	int socket;
	bool connected;
	bool alerted; /* the server sent a fatal alert */
	SSL *ssl;
	struct event *ready; /* the socket */
	struct event *deadline;
	int64_t started_ms;
	struct buffer certificate;
	char detail[DETAIL_TEXT];
};

TAILQ_HEAD(probes, probe);

struct transport_tls {
	struct event_base *base;
	uint64_t *delivered;
	SSL_CTX *context;
	struct event *starter; /* fires when there may be something to start */
	struct probes queued;
	struct probes wire;
	unsigned on_wire;
};

static void socket_ready(evutil_socket_t socket, short what, void *context);

/* --- the end of one --- */

static void probe_free(struct probe *probe)
{
	if (probe->ready)
		event_free(probe->ready);
	if (probe->deadline)
		event_free(probe->deadline);
	/* No close_notify: RFC 8737 section 4, the connection carries nothing after the handshake.
	 */
	SSL_free(probe->ssl);
	if (probe->socket >= 0)
		(void)close(probe->socket);
	buffer_release(&probe->certificate);
	free(probe);
}

static void wake_starter(struct transport_tls *tls)
{
	event_active(tls->starter, EV_TIMEOUT, 0);
}

static void finish(struct probe *probe, enum tls_outcome outcome)
{
	struct transport_tls *tls = probe->tls;
	struct tls_reply reply = {
		.outcome = outcome,
		.certificate = buffer_slice(&probe->certificate),
		.detail = outcome == TLS_AGREED ? "" : probe->detail,
	};
	if (outcome == TLS_AGREED) {
		const unsigned char *name = NULL;
		unsigned length = 0;
		SSL_get0_alpn_selected(probe->ssl, &name, &length);
		reply.protocol = slice_of(name, length);
	}
	TAILQ_REMOVE(&tls->wire, probe, link);
	tls->on_wire--;
	++*tls->delivered;
	probe->done(probe->context, &reply);
	probe_free(probe);
	if (!TAILQ_EMPTY(&tls->queued))
		wake_starter(tls);
}

static void fail_to_connect(struct probe *probe, int code)
{
	(void)snprintf(probe->detail, sizeof(probe->detail), "%s", strerror(code));
	finish(probe, TLS_CONNECT_FAILED);
}

/* --- the handshake --- */

static void wait_for(struct probe *probe, short what)
{
	if (event_assign(probe->ready, probe->tls->base, probe->socket, what, socket_ready,
			 probe) != 0 ||
	    event_add(probe->ready, NULL) != 0)
		memory_exhausted();
}

/* Why the library gave up, in its words: "excessive message size". */
static void note_failure(struct probe *probe, int code)
{
	int system = errno;
	unsigned long error = ERR_get_error();
	const char *reason = error ? ERR_reason_error_string(error) : NULL;
	ERR_clear_error();
	if (probe->detail[0])
		return;
	if (!reason)
		reason = code == SSL_ERROR_SYSCALL && system ? strerror(system)
							     : "the server closed the connection";
	(void)snprintf(probe->detail, sizeof(probe->detail), "%s", reason);
}

static void shake(struct probe *probe)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_connect(probe->ssl);
	if (result == 1) {
		finish(probe, TLS_AGREED);
		return;
	}
	int code = SSL_get_error(probe->ssl, result);
	if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE) {
		wait_for(probe, code == SSL_ERROR_WANT_READ ? EV_READ : EV_WRITE);
		return;
	}
	note_failure(probe, code);
	finish(probe, probe->alerted ? TLS_REFUSED : TLS_BROKEN);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What is left of the time for connecting, or for the whole. */
static void set_deadline(struct probe *probe)
{
	int64_t limit = probe->ask->timeout_ms;
	if (!probe->connected)
		limit = least(limit, probe->ask->connect_timeout_ms);
	int64_t left = probe->started_ms + limit - clock_monotonic(NULL);
	if (left < 0)
		left = 0;
	struct timeval time = {.tv_sec = left / SECOND_MS, .tv_usec = left % SECOND_MS * 1000};
	if (event_add(probe->deadline, &time) != 0)
		memory_exhausted();
}

static void deadline_passed(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct probe *probe = context;
	(void)snprintf(probe->detail, sizeof(probe->detail), "no %s within %d ms",
		       probe->connected ? "handshake" : "connection",
		       probe->connected ? probe->ask->timeout_ms
					: (int)least(probe->ask->connect_timeout_ms,
						     probe->ask->timeout_ms));
	finish(probe, TLS_TIMED_OUT);
}

static void socket_ready(evutil_socket_t socket, short what, void *context)
{
	(void)what;
	struct probe *probe = context;
	if (!probe->connected) {
		int code = 0;
		socklen_t length = sizeof(code);
		if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) != 0)
			code = errno;
		if (code) {
			fail_to_connect(probe, code);
			return;
		}
		probe->connected = true;
		set_deadline(probe);
	}
	shake(probe);
}

/* --- the beginning of one --- */

static struct probe *probe_of(const SSL *ssl)
{
	return SSL_get_app_data(ssl);
}

/* In place of verification: what it says is judged by whoever asked. */
static int certificate_came(X509_STORE_CTX *store, void *context)
{
	(void)context;
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct probe *probe = probe_of(ssl);
	unsigned char *der = NULL;
	int length = i2d_X509(X509_STORE_CTX_get0_cert(store), &der);
	buffer_clear(&probe->certificate);
	if (length > 0)
		buffer_append(&probe->certificate, der, (size_t)length);
	OPENSSL_free(der);
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static void handshake_goes_on(const SSL *ssl, int where, int value)
{
	struct probe *probe = probe_of(ssl);
	if (where != SSL_CB_READ_ALERT || value >> 8 != SSL3_AL_FATAL)
		return;
	probe->alerted = true;
	(void)snprintf(probe->detail, sizeof(probe->detail), "alert %d, %s", value & 0xff,
		       SSL_alert_desc_string_long(value));
}

static void begin_tls(struct probe *probe)
{
	const struct tls_ask *ask = probe->ask;
	/* OpenSSL's macro takes what it does not write to as a pointer to change. */
	char server_name[NAME_TEXT];
	unsigned char protocols[1 + PROTOCOL_MAX];
	size_t length = strnlen(ask->protocol, PROTOCOL_MAX);
	protocols[0] = (unsigned char)length;
	memcpy(protocols + 1, ask->protocol, length);
	(void)snprintf(server_name, sizeof(server_name), "%s", ask->server_name);
	probe->ssl = SSL_new(probe->tls->context);
	if (!probe->ssl || SSL_set_app_data(probe->ssl, probe) != 1 ||
	    SSL_set_alpn_protos(probe->ssl, protocols, (unsigned)length + 1) != 0 ||
	    SSL_set_tlsext_host_name(probe->ssl, server_name) != 1 ||
	    SSL_set_fd(probe->ssl, probe->socket) != 1)
		memory_exhausted();
}

static socklen_t socket_address(const struct endpoint *endpoint, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (endpoint->address.family == ADDRESS_V4) {
		struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
		memcpy(&in.sin_addr, endpoint->address.bytes, sizeof(in.sin_addr));
		memcpy(ret, &in, sizeof(in));
		return sizeof(in);
	}
	struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
	memcpy(&in.sin6_addr, endpoint->address.bytes, sizeof(in.sin6_addr));
	memcpy(ret, &in, sizeof(in));
	return sizeof(in);
}

static void probe_start(struct probe *probe)
{
	struct event_base *base = probe->tls->base;
	struct sockaddr_storage address;
	socklen_t length = socket_address(&probe->ask->connect_to, &address);
	probe->started_ms = clock_monotonic(NULL);
	probe->socket = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe->socket < 0 ||
	    (connect(probe->socket, (struct sockaddr *)&address, length) != 0 &&
	     errno != EINPROGRESS)) {
		fail_to_connect(probe, errno);
		return;
	}
	begin_tls(probe);
	probe->ready = event_new(base, probe->socket, EV_WRITE, socket_ready, probe);
	probe->deadline = evtimer_new(base, deadline_passed, probe);
	if (!probe->ready || !probe->deadline || event_add(probe->ready, NULL) != 0)
		memory_exhausted();
	set_deadline(probe);
}

static void start_queued(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct transport_tls *tls = context;
	struct probe *probe;
	while (tls->on_wire < ON_WIRE_MAX && (probe = TAILQ_FIRST(&tls->queued))) {
		TAILQ_REMOVE(&tls->queued, probe, link);
		TAILQ_INSERT_TAIL(&tls->wire, probe, link);
		tls->on_wire++;
		probe_start(probe);
	}
}

/* --- the transport --- */

struct transport_tls *transport_tls_new(struct event_base *base, uint64_t *delivered)
{
	struct transport_tls *tls = memory_new(1, sizeof(*tls));
	tls->base = base;
	tls->delivered = delivered;
	TAILQ_INIT(&tls->queued);
	TAILQ_INIT(&tls->wire);
	tls->starter = evtimer_new(base, start_queued, tls);
	tls->context = SSL_CTX_new(TLS_client_method());
	/* RFC 8737 section 4: the protocol is for TLS 1.2 and later. */
	if (!tls->starter || !tls->context ||
	    SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) != 1)
		memory_exhausted();
	SSL_CTX_set_max_cert_list(tls->context, CERTIFICATES_MAX);
	(void)SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_cert_verify_callback(tls->context, certificate_came, NULL);
	SSL_CTX_set_info_callback(tls->context, handshake_goes_on);
	return tls;
}

void transport_tls_free(struct transport_tls *tls)
{
	if (!tls)
		return;
	struct probe *probe;
	while ((probe = TAILQ_FIRST(&tls->queued))) {
		TAILQ_REMOVE(&tls->queued, probe, link);
		probe_free(probe);
	}
	while ((probe = TAILQ_FIRST(&tls->wire))) {
		TAILQ_REMOVE(&tls->wire, probe, link);
		probe_free(probe);
	}
	event_free(tls->starter);
	SSL_CTX_free(tls->context);
	free(tls);
}

void transport_tls_probe(struct transport_tls *tls, const struct tls_ask *ask, tls_done *done,
			 void *context)
{
	struct probe *probe = memory_new(1, sizeof(*probe));
	probe->tls = tls;
	probe->ask = ask;
	probe->done = done;
	probe->context = context;
	probe->socket = -1;
	buffer_init(&probe->certificate, CERTIFICATES_MAX);
	TAILQ_INSERT_TAIL(&tls->queued, probe, link);
	wake_starter(tls);
}
