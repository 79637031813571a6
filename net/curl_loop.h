/*
 * curl's multi_socket interface on libevent: one handle that runs transfers, as
 * the transports that use curl share it. Completions come from events only.
 */
#ifndef ISSUER_NET_CURL_LOOP_H
#define ISSUER_NET_CURL_LOOP_H

#include "base/environment.h"

#include <curl/curl.h>
#include <event2/event.h>

struct curl_loop {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
	void *context;
	/* A transfer ended; its CURLOPT_PRIVATE. */
	void (*finished)(void *transfer, CURLcode code);
	/* After each round: others may start. */
	void (*settled)(void *context);
};

/* The functions and context are set by the caller before. base is borrowed. */
void curl_loop_init(struct curl_loop *loop, struct event_base *base);
/* The transfers must have been removed. */
void curl_loop_release(struct curl_loop *loop);

/* How a transfer over HTTP ended; HTTP_BROKEN for whatever is not told apart. */
enum http_outcome curl_outcome(CURLcode code);

/* Sets an option that has no way to fail but memory. */
#define CURL_SET(easy, option, value)                                                              \
	do {                                                                                       \
		if (curl_easy_setopt(easy, option, value) != CURLE_OK)                             \
			memory_exhausted();                                                        \
	} while (0)

#endif
