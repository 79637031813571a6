/* curl on libevent: see curl_loop.h. */
#include "net/curl_loop.h"

#include "base/memory.h"

static void curl_acts(struct curl_loop *loop, curl_socket_t socket, int what)
{
	int running;
	(void)curl_multi_socket_action(loop->multi, socket, what, &running);
	const CURLMsg *message;
	while ((message = curl_multi_info_read(loop->multi, &running))) {
		void *transfer;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		loop->finished(transfer, code);
	}
	loop->settled(loop->context);
}

static void socket_ready(evutil_socket_t socket, short what, void *context)
{
	int curl_what =
		(what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
	curl_acts(context, socket, curl_what);
}

static void timer_fired(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	curl_acts(context, CURL_SOCKET_TIMEOUT, 0);
}

/* Each socket's event is kept by curl (curl_multi_assign) until it removes the socket. */
static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
	(void)easy;
	struct curl_loop *loop = context;
	if (assigned)
		event_free(assigned);
	struct event *event = NULL;
	if (what != CURL_POLL_REMOVE) {
		short flags = EV_PERSIST;
		flags |= what & CURL_POLL_IN ? EV_READ : 0;
		flags |= what & CURL_POLL_OUT ? EV_WRITE : 0;
		event = event_new(loop->base, socket, flags, socket_ready, loop);
		if (!event || event_add(event, NULL) != 0)
			memory_exhausted();
	}
	(void)curl_multi_assign(loop->multi, socket, event);
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
	(void)multi;
	struct curl_loop *loop = context;
	struct timeval left = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	if (timeout_ms < 0)
		(void)event_del(loop->timer);
	else if (event_add(loop->timer, &left) != 0)
		memory_exhausted();
	return 0;
}

void curl_loop_init(struct curl_loop *loop, struct event_base *base)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		memory_exhausted();
	loop->base = base;
	loop->multi = curl_multi_init();
	loop->timer = evtimer_new(base, timer_fired, loop);
	if (!loop->multi || !loop->timer)
		memory_exhausted();
	(void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
}

void curl_loop_release(struct curl_loop *loop)
{
	(void)curl_multi_cleanup(loop->multi);
	event_free(loop->timer);
	curl_global_cleanup();
}

/* Everything else is HTTP_BROKEN. */
static const struct {
	CURLcode code;
	enum http_outcome outcome;
} outcomes[] = {
	{CURLE_OK, HTTP_ANSWERED},
	{CURLE_COULDNT_CONNECT, HTTP_CONNECT_FAILED},
	{CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
	{CURLE_SSL_CONNECT_ERROR, HTTP_TLS_FAILED},
	{CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS_FAILED},
	{CURLE_SSL_CERTPROBLEM, HTTP_TLS_FAILED},
	{CURLE_SSL_CACERT_BADFILE, HTTP_TLS_FAILED},
	{CURLE_SSL_CIPHER, HTTP_TLS_FAILED},
	{CURLE_SSL_ISSUER_ERROR, HTTP_TLS_FAILED},
	{CURLE_SSL_CLIENTCERT, HTTP_TLS_FAILED},
};

enum http_outcome curl_outcome(CURLcode code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++)
		if (outcomes[i].code == code)
			return outcomes[i].outcome;
	return HTTP_BROKEN;
}
