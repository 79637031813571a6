/*
 * The page on which people answer: URL/answer/VALUE, where the mail leads.
 *
 *   GET, HEAD   shows the question, or what became of it; nothing changes, whoever
 *               fetches it: mail scanners, link previews, browsers that look ahead
 *   POST        one answer, with the token of a page that this server showed to the
 *               same browser a short while ago; then 303 to the GET
 *
 * A POST that lacks anything shows the question again and changes nothing. The
 * value is in no log line and in no page.
 */
#ifndef ISSUER_GATEWAY_ANSWER_PAGE_H
#define ISSUER_GATEWAY_ANSWER_PAGE_H

#include "engine/engine.h"
#include "net/loop.h"

struct answer_page;

struct answer_page_params {
	struct loop *loop;
	struct engine *engine;                       /* borrowed */
	const struct configuration_answers *answers; /* borrowed; it serves */
	const char *certificate_file;                /* PEM files; NULL: no TLS */
	const char *key_file;
	void (*log)(void *context, const char *line); /* one a request, and one a failure */
	void *context;
};

/* Listens; requests are answered inside the loop's wait(), which must not be called with a turn
 * open. An answer ends that wait(). Statuses of http_server_new. */
STATUS answer_page_new(const struct answer_page_params *params, struct answer_page **ret,
		       struct error *err);
void answer_page_free(struct answer_page *page);
void answer_page_freep(struct answer_page **page);
uint16_t answer_page_port(const struct answer_page *page);
/* Takes no more requests, and sends what was answered. */
void answer_page_drain(struct answer_page *page);

#endif
