/*
 * Calls of services by libcurl: see transport_api.h.
 *
 *   call → queued ──(start)──→ on the wire ──(curl is done)──→ done
 *
 * Unlike the fetches of transport_http.c this peer is ours: its certificate is
 * verified, by the CA file and the host of the URL, and connections are kept for
 * the next call. The address is the one asked for; curl resolves nothing.
 */
#include "net/transport_api.h"

#include "base/memory.h"
#include "net/curl_loop.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

enum {
	ON_WIRE_MAX = 128, /* calls at once; a socket each */
	KEPT_MAX = 32,     /* idle connections */
	CERTIFICATE_MAX = 100 << 10,
	CONNECT_TO_TEXT = ENDPOINT_TEXT + 4,
};

struct call {
	TAILQ_ENTRY(call) link; /* in queued or wire */
	struct transport_api *api;
	const struct api_ask *ask;
	api_done *done;
	void *context;
	CURL *easy; /* NULL while queued */
	char connect_to[CONNECT_TO_TEXT];
	struct curl_slist connect_list;
	struct buffer body;
	struct buffer certificate;
	char detail[CURL_ERROR_SIZE];
};

TAILQ_HEAD(calls, call);

struct transport_api {
	struct curl_loop curl;
	uint64_t *delivered;
	struct calls queued;
	struct calls wire;
	unsigned on_wire;
};

/* What curl calls while a call is on the wire. */

static size_t body_came(char *data, size_t size, size_t count, void *context)
{
	struct call *call = context;
	buffer_append(&call->body, data, size * count);
	return call->body.overflowed ? 0 : size * count;
}

/* Whose answer it is: only while the connection belongs to this call can curl tell. */
static size_t header_came(char *data, size_t size, size_t count, void *context)
{
	(void)data;
	struct call *call = context;
	struct curl_tlssessioninfo *session = NULL;
	if (call->certificate.length > 0 ||
	    curl_easy_getinfo(call->easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session ||
	    !session->internals)
		return size * count;
	const X509 *certificate = SSL_get0_peer_certificate(session->internals);
	unsigned char *der = NULL;
	int length = certificate ? i2d_X509(certificate, &der) : 0;
	if (length > 0)
		buffer_append(&call->certificate, der, (size_t)length);
	OPENSSL_free(der);
	return size * count;
}

/* A call's life. */

static void set_constants(struct call *call)
{
	static char type_line[] = "Content-Type: application/json";
	static char expect_line[] = "Expect:"; /* the body follows at once */
	static struct curl_slist expect = {expect_line, NULL};
	static struct curl_slist lines = {type_line, &expect};
	CURL *easy = call->easy;
	CURL_SET(easy, CURLOPT_PRIVATE, call);
	CURL_SET(easy, CURLOPT_ERRORBUFFER, call->detail);
	CURL_SET(easy, CURLOPT_PROTOCOLS_STR, "https");
	CURL_SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	CURL_SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	CURL_SET(easy, CURLOPT_USERAGENT, "issuer/" ISSUER_VERSION);
	CURL_SET(easy, CURLOPT_HTTPHEADER, &lines);
	CURL_SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	CURL_SET(easy, CURLOPT_PROXY, "");
	CURL_SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	CURL_SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	CURL_SET(easy, CURLOPT_NOSIGNAL, 1L);
	CURL_SET(easy, CURLOPT_TCP_NODELAY, 1L);
	CURL_SET(easy, CURLOPT_WRITEFUNCTION, body_came);
	CURL_SET(easy, CURLOPT_WRITEDATA, call);
	CURL_SET(easy, CURLOPT_HEADERFUNCTION, header_came);
	CURL_SET(easy, CURLOPT_HEADERDATA, call);
	CURL_SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	CURL_SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	CURL_SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	CURL_SET(easy, CURLOPT_CAPATH, NULL);
}

static void set_ask(struct call *call)
{
	const struct api_ask *ask = call->ask;
	CURL *easy = call->easy;
	char endpoint[ENDPOINT_TEXT];
	CURL_SET(easy, CURLOPT_URL, ask->url);
	/* HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT; the empty ones stand for any. */
	(void)snprintf(call->connect_to, sizeof(call->connect_to), "::%s",
		       endpoint_text(&ask->connect_to, endpoint));
	call->connect_list = (struct curl_slist){call->connect_to, NULL};
	CURL_SET(easy, CURLOPT_CONNECT_TO, &call->connect_list);
	CURL_SET(easy, CURLOPT_CAINFO, ask->ca_file);
	CURL_SET(easy, CURLOPT_SSLCERT, ask->certificate_file);
	CURL_SET(easy, CURLOPT_SSLKEY, ask->key_file);
	CURL_SET(easy, CURLOPT_POST, 1L);
	CURL_SET(easy, CURLOPT_POSTFIELDSIZE, (long)ask->body.length);
	CURL_SET(easy, CURLOPT_POSTFIELDS, ask->body.data);
	/* 0 would mean curl's own default, minutes. */
	CURL_SET(easy, CURLOPT_TIMEOUT_MS, ask->timeout_ms > 0 ? (long)ask->timeout_ms : 1L);
}

static void call_start(struct transport_api *api, struct call *call)
{
	call->easy = curl_easy_init();
	if (!call->easy)
		memory_exhausted();
	buffer_init(&call->body, call->ask->body_limit);
	buffer_init(&call->certificate, CERTIFICATE_MAX);
	set_constants(call);
	set_ask(call);
	TAILQ_INSERT_TAIL(&api->wire, call, link);
	api->on_wire++;
	if (curl_multi_add_handle(api->curl.multi, call->easy) != CURLM_OK)
		memory_exhausted();
}

static void call_free(struct call *call)
{
	buffer_release(&call->body);
	buffer_release(&call->certificate);
	if (call->easy)
		curl_easy_cleanup(call->easy);
	free(call);
}

static void start_queued(void *context)
{
	struct transport_api *api = context;
	struct call *call;
	while (api->on_wire < ON_WIRE_MAX && (call = TAILQ_FIRST(&api->queued))) {
		TAILQ_REMOVE(&api->queued, call, link);
		call_start(api, call);
	}
}

static struct api_reply reply_of(struct call *call, CURLcode code)
{
	enum http_outcome outcome = curl_outcome(code);
	if (call->body.overflowed)
		(void)snprintf(call->detail, sizeof(call->detail),
			       "the answer is longer than %zu octets", call->ask->body_limit);
	if (outcome != HTTP_ANSWERED && call->detail[0] == '\0')
		(void)snprintf(call->detail, sizeof(call->detail), "%s", curl_easy_strerror(code));
	long status = 0;
	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	bool answered = outcome == HTTP_ANSWERED;
	return (struct api_reply){
		.outcome = outcome,
		.status = (int)status,
		.body = answered ? buffer_slice(&call->body) : SLICE_NONE,
		.certificate = buffer_slice(&call->certificate),
		.detail = answered ? "" : call->detail,
	};
}

static void call_finished(void *transfer, CURLcode code)
{
	struct call *call = transfer;
	struct transport_api *api = call->api;
	(void)curl_multi_remove_handle(api->curl.multi, call->easy);
	TAILQ_REMOVE(&api->wire, call, link);
	api->on_wire--;
	struct api_reply reply = reply_of(call, code);
	++*api->delivered;
	call->done(call->context, &reply);
	call_free(call);
}

struct transport_api *transport_api_new(struct event_base *base, uint64_t *delivered)
{
	struct transport_api *api = memory_new(1, sizeof(*api));
	api->delivered = delivered;
	api->curl = (struct curl_loop){
		.context = api, .finished = call_finished, .settled = start_queued};
	curl_loop_init(&api->curl, base);
	TAILQ_INIT(&api->queued);
	TAILQ_INIT(&api->wire);
	(void)curl_multi_setopt(api->curl.multi, CURLMOPT_MAXCONNECTS, (long)KEPT_MAX);
	return api;
}

void transport_api_free(struct transport_api *api)
{
	if (!api)
		return;
	struct call *call;
	while ((call = TAILQ_FIRST(&api->queued))) {
		TAILQ_REMOVE(&api->queued, call, link);
		call_free(call);
	}
	while ((call = TAILQ_FIRST(&api->wire))) {
		TAILQ_REMOVE(&api->wire, call, link);
		(void)curl_multi_remove_handle(api->curl.multi, call->easy);
		call_free(call);
	}
	curl_loop_release(&api->curl);
	free(api);
}

void transport_api_call(struct transport_api *api, const struct api_ask *ask, api_done *done,
			void *context)
{
	struct call *call = memory_new(1, sizeof(*call));
	*call = (struct call){.api = api, .ask = ask, .done = done, .context = context};
	TAILQ_INSERT_TAIL(&api->queued, call, link);
	start_queued(api);
}
