/*
 * HTTP by libcurl: see transport_http.h.
 *
 *   fetch → queued ──(start)──→ on the wire ──(curl is done)──→ done
 *
 * The address was judged before the ask came here, so curl must not look for
 * another one: CURLOPT_CONNECT_TO names the literal, and the socket is refused
 * if curl wants any other. Nothing of one fetch is kept for the next: no
 * connection, TLS session, cookie or cached address.
 */
#include "net/transport_http.h"

#include "base/memory.h"
#include "net/curl_loop.h"
#include "net/pinned_socket.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	ON_WIRE_MAX = 512,           /* transfers at once; a socket each */
	SPARE_MAX = 64,              /* easy handles kept for later fetches */
	REQUEST_MAX = 16 << 10,      /* octets of the request header block kept */
	CERTIFICATE_MAX = 100 << 10, /* OpenSSL's own limit of a certificate message */
	RECEIVE_OCTETS = 4096,       /* memory of a transfer that waits: 14 KB instead of 27 */
	CONNECT_TO_TEXT = ENDPOINT_TEXT + 4,
	POST_LINE = 160,
};

#define USER_AGENT "issuer/" ISSUER_VERSION " (certificate validation)"

enum transfer_stop { STOP_NONE, STOP_BODY_LIMIT, STOP_HEADER_LIMIT };

/* What was asked, while it waits for a transfer. */
struct fetch {
	STAILQ_ENTRY(fetch) link;
	const struct http_ask *ask;
	http_done *done;
	void *context;
};

STAILQ_HEAD(fetches, fetch);

struct transfer {
	LIST_ENTRY(transfer) link; /* in wire or spare */
	struct transport_http *http;
	const struct http_ask *ask;
	http_done *done;
	void *context;
	CURL *easy;
	char connect_to[CONNECT_TO_TEXT];
	struct curl_slist connect_list;
	char type_line[POST_LINE], id_line[POST_LINE];
	struct curl_slist type, id;
	struct buffer request;
	struct buffer headers;
	struct buffer body;
	struct buffer certificate;
	size_t header_octets; /* of all header blocks and trailers */
	bool headers_ended;   /* the block in headers is whole */
	enum transfer_stop stop;
	char detail[CURL_ERROR_SIZE];
};

LIST_HEAD(transfers, transfer);

struct transport_http {
	struct curl_loop curl;
	uint64_t *delivered;
	struct fetches queued;
	struct transfers wire;
	struct transfers spare;
	unsigned on_wire;
	unsigned spares;
};

/* The fetch: what curl calls while a transfer is on the wire. */

/* "HTTP/1.1 100 Continue" and its kin: another header block follows. */
static bool headers_interim(const struct transfer *transfer)
{
	const char *space = strchr(buffer_text(&transfer->headers), ' ');
	return space && space[1] == '1';
}

static size_t header_came(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t length = size * count;
	transfer->header_octets += length;
	if (transfer->header_octets > transfer->ask->header_limit) {
		transfer->stop = STOP_HEADER_LIMIT;
		return 0;
	}
	/* After the last block come trailers of a chunked body; they mean nothing here. */
	if (transfer->headers_ended && !headers_interim(transfer))
		return length;
	if (transfer->headers_ended)
		buffer_clear(&transfer->headers);
	buffer_append(&transfer->headers, data, length);
	transfer->headers_ended = data[0] == '\r' || data[0] == '\n';
	return length;
}

static size_t body_came(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	buffer_append(&transfer->body, data, size * count);
	if (!transfer->body.overflowed)
		return size * count;
	transfer->stop = STOP_BODY_LIMIT;
	return 0;
}

static int debug_came(CURL *easy, curl_infotype kind, char *data, size_t length, void *context)
{
	(void)easy;
	struct transfer *transfer = context;
	if (kind == CURLINFO_HEADER_OUT)
		buffer_append(&transfer->request, data, length);
	return 0;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)purpose;
	struct transfer *transfer = context;
	return pinned_socket(&transfer->ask->connect_to, to);
}

/* Notes the certificate. Where none need be trusted, whose it is will be judged by others, or not
 * at all. */
static int certificate_came(X509_STORE_CTX *store, void *context)
{
	struct transfer *transfer = context;
	unsigned char *der = NULL;
	int length = i2d_X509(X509_STORE_CTX_get0_cert(store), &der);
	buffer_clear(&transfer->certificate);
	if (length > 0)
		buffer_append(&transfer->certificate, der, (size_t)length);
	OPENSSL_free(der);
	if (transfer->ask->trust == HTTP_VERIFIED_SERVER)
		return X509_verify_cert(store);
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static CURLcode tls_begins(CURL *easy, void *tls, void *context)
{
	(void)easy;
	SSL_CTX_set_cert_verify_callback(tls, certificate_came, context);
	return CURLE_OK;
}

/* A transfer's life. */

#define SET CURL_SET

/* The same for every fetch. */
static void set_constants(CURL *easy, struct transfer *transfer)
{
	SET(easy, CURLOPT_PRIVATE, transfer);
	SET(easy, CURLOPT_ERRORBUFFER, transfer->detail);
	SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(easy, CURLOPT_USERAGENT, USER_AGENT);
	SET(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PATH_AS_IS, 1L);
	SET(easy, CURLOPT_PROXY, "");
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_FRESH_CONNECT, 1L);
	SET(easy, CURLOPT_FORBID_REUSE, 1L);
	SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_TCP_NODELAY, 1L);
	SET(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_OCTETS);
	SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(easy, CURLOPT_OPENSOCKETDATA, transfer);
	SET(easy, CURLOPT_HEADERFUNCTION, header_came);
	SET(easy, CURLOPT_HEADERDATA, transfer);
	SET(easy, CURLOPT_WRITEFUNCTION, body_came);
	SET(easy, CURLOPT_WRITEDATA, transfer);
	/* The request as sent is told to the debug function only. */
	SET(easy, CURLOPT_VERBOSE, 1L);
	SET(easy, CURLOPT_DEBUGFUNCTION, debug_came);
	SET(easy, CURLOPT_DEBUGDATA, transfer);
	SET(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(easy, CURLOPT_SSL_CTX_FUNCTION, tls_begins);
	SET(easy, CURLOPT_SSL_CTX_DATA, transfer);
	SET(easy, CURLOPT_CAPATH, NULL);
}

/* Beside those of every request, a POST's: curl only reads the list, and adds no Expect line. */
static void set_method(struct transfer *transfer)
{
	static char close_line[] = "Connection: close";
	static char identity_line[] = "Accept-Encoding: identity";
	static char expect_line[] = "Expect:";
	static struct curl_slist expect = {expect_line, NULL};
	static struct curl_slist identity = {identity_line, NULL};
	static struct curl_slist always = {close_line, &identity};
	static struct curl_slist posted_identity = {identity_line, &expect};
	static struct curl_slist posted = {close_line, &posted_identity};
	const struct http_post *post = &transfer->ask->post;
	CURL *easy = transfer->easy;
	if (post->body.length == 0) {
		SET(easy, CURLOPT_HTTPGET, 1L);
		SET(easy, CURLOPT_HTTPHEADER, &always);
		return;
	}
	(void)snprintf(transfer->type_line, sizeof(transfer->type_line), "Content-Type: %s",
		       post->content_type);
	(void)snprintf(transfer->id_line, sizeof(transfer->id_line), "Idempotency-Key: \"%s\"",
		       post->id);
	transfer->id = (struct curl_slist){transfer->id_line, &posted};
	transfer->type = (struct curl_slist){transfer->type_line, &transfer->id};
	SET(easy, CURLOPT_POST, 1L);
	SET(easy, CURLOPT_POSTFIELDS, (const char *)post->body.data);
	SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.length);
	SET(easy, CURLOPT_HTTPHEADER, &transfer->type);
}

static void set_trust(CURL *easy, const struct http_ask *ask)
{
	bool verified = ask->trust == HTTP_VERIFIED_SERVER;
	SET(easy, CURLOPT_SSL_VERIFYPEER, verified ? 1L : 0L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, verified ? 2L : 0L);
	/* Where nothing is verified, the roots are not read for every connection. */
	SET(easy, CURLOPT_CAINFO, !verified ? NULL : ask->ca_file ? ask->ca_file : SYSTEM_CA_FILE);
}

static void set_ask(struct transfer *transfer)
{
	const struct http_ask *ask = transfer->ask;
	CURL *easy = transfer->easy;
	struct address literal;
	bool v6 = address_parse(ask->host, &literal) == OK && literal.family == ADDRESS_V6;
	CLEANUP(memory_freep)
	char *url = memory_printf("%s://%s%s%s:%u%s", ask->scheme == HTTP_TLS ? "https" : "http",
				  v6 ? "[" : "", ask->host, v6 ? "]" : "", (unsigned)ask->port,
				  ask->target);
	SET(easy, CURLOPT_URL, url);
	/* HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT; the empty ones stand for any. */
	char endpoint[ENDPOINT_TEXT];
	(void)snprintf(transfer->connect_to, sizeof(transfer->connect_to), "::%s",
		       endpoint_text(&ask->connect_to, endpoint));
	transfer->connect_list = (struct curl_slist){transfer->connect_to, NULL};
	SET(easy, CURLOPT_CONNECT_TO, &transfer->connect_list);
	set_method(transfer);
	set_trust(easy, ask);
	/* 0 would mean curl's own default, minutes. */
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    ask->connect_timeout_ms > 0 ? ask->connect_timeout_ms : 1L);
	SET(easy, CURLOPT_TIMEOUT_MS, ask->timeout_ms > 0 ? ask->timeout_ms : 1L);
}

static struct transfer *transfer_new(struct transport_http *http)
{
	struct transfer *transfer = LIST_FIRST(&http->spare);
	if (transfer) {
		LIST_REMOVE(transfer, link);
		http->spares--;
		return transfer;
	}
	transfer = memory_new(1, sizeof(*transfer));
	transfer->http = http;
	transfer->easy = curl_easy_init();
	if (!transfer->easy)
		memory_exhausted();
	set_constants(transfer->easy, transfer);
	return transfer;
}

static void transfer_clear(struct transfer *transfer)
{
	buffer_release(&transfer->request);
	buffer_release(&transfer->headers);
	buffer_release(&transfer->body);
	buffer_release(&transfer->certificate);
}

static void transfer_free(struct transfer *transfer)
{
	transfer_clear(transfer);
	curl_easy_cleanup(transfer->easy);
	free(transfer);
}

static void transfer_start(struct transport_http *http, const struct fetch *fetch)
{
	struct transfer *transfer = transfer_new(http);
	transfer->ask = fetch->ask;
	transfer->done = fetch->done;
	transfer->context = fetch->context;
	buffer_init(&transfer->request, REQUEST_MAX);
	buffer_init(&transfer->headers, transfer->ask->header_limit);
	buffer_init(&transfer->body, transfer->ask->body_limit);
	buffer_init(&transfer->certificate, CERTIFICATE_MAX);
	transfer->header_octets = 0;
	transfer->headers_ended = false;
	transfer->stop = STOP_NONE;
	transfer->detail[0] = '\0';
	set_ask(transfer);
	LIST_INSERT_HEAD(&http->wire, transfer, link);
	http->on_wire++;
	if (curl_multi_add_handle(http->curl.multi, transfer->easy) != CURLM_OK)
		memory_exhausted();
}

static void start_queued(struct transport_http *http)
{
	struct fetch *fetch;
	while (http->on_wire < ON_WIRE_MAX && (fetch = STAILQ_FIRST(&http->queued))) {
		STAILQ_REMOVE_HEAD(&http->queued, link);
		transfer_start(http, fetch);
		free(fetch);
	}
}

static struct http_reply transfer_reply(struct transfer *transfer, CURLcode code)
{
	enum http_outcome outcome = curl_outcome(code);
	if (transfer->stop == STOP_BODY_LIMIT)
		outcome = HTTP_ANSWERED;
	if (transfer->stop == STOP_HEADER_LIMIT)
		(void)snprintf(transfer->detail, sizeof(transfer->detail),
			       "the response header is longer than %zu octets",
			       transfer->ask->header_limit);
	if (outcome != HTTP_ANSWERED && transfer->detail[0] == '\0')
		(void)snprintf(transfer->detail, sizeof(transfer->detail), "%s",
			       curl_easy_strerror(code));
	long status = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	return (struct http_reply){
		.outcome = outcome,
		.status = (int)status,
		.request = buffer_slice(&transfer->request),
		.headers = buffer_slice(&transfer->headers),
		.body = buffer_slice(&transfer->body),
		.body_cut = transfer->stop == STOP_BODY_LIMIT,
		.certificate = buffer_slice(&transfer->certificate),
		.detail = outcome == HTTP_ANSWERED ? "" : transfer->detail,
	};
}

static void transfer_finish(struct transfer *transfer, CURLcode code)
{
	struct transport_http *http = transfer->http;
	(void)curl_multi_remove_handle(http->curl.multi, transfer->easy);
	LIST_REMOVE(transfer, link);
	http->on_wire--;
	struct http_reply reply = transfer_reply(transfer, code);
	++*http->delivered;
	transfer->done(transfer->context, &reply);
	transfer_clear(transfer);
	if (http->spares >= SPARE_MAX) {
		transfer_free(transfer);
		return;
	}
	LIST_INSERT_HEAD(&http->spare, transfer, link);
	http->spares++;
}

static void settled(void *context)
{
	start_queued(context);
}

static void finished(void *transfer, CURLcode code)
{
	transfer_finish(transfer, code);
}

struct transport_http *transport_http_new(struct event_base *base, uint64_t *delivered)
{
	struct transport_http *http = memory_new(1, sizeof(*http));
	http->delivered = delivered;
	http->curl = (struct curl_loop){.context = http, .finished = finished, .settled = settled};
	curl_loop_init(&http->curl, base);
	STAILQ_INIT(&http->queued);
	LIST_INIT(&http->wire);
	LIST_INIT(&http->spare);
	(void)curl_multi_setopt(http->curl.multi, CURLMOPT_MAXCONNECTS, 1L);
	return http;
}

void transport_http_free(struct transport_http *http)
{
	if (!http)
		return;
	struct fetch *fetch;
	while ((fetch = STAILQ_FIRST(&http->queued))) {
		STAILQ_REMOVE_HEAD(&http->queued, link);
		free(fetch);
	}
	struct transfer *transfer;
	while ((transfer = LIST_FIRST(&http->wire))) {
		LIST_REMOVE(transfer, link);
		(void)curl_multi_remove_handle(http->curl.multi, transfer->easy);
		transfer_free(transfer);
	}
	while ((transfer = LIST_FIRST(&http->spare))) {
		LIST_REMOVE(transfer, link);
		transfer_free(transfer);
	}
	curl_loop_release(&http->curl);
	free(http);
}

void transport_http_fetch(struct transport_http *http, const struct http_ask *ask, http_done *done,
			  void *context)
{
	struct fetch *fetch = memory_new(1, sizeof(*fetch));
	fetch->ask = ask;
	fetch->done = done;
	fetch->context = context;
	STAILQ_INSERT_TAIL(&http->queued, fetch, link);
	start_queued(http);
}
