/*
 * Pages fetched and compared: see page.h.
 *
 *   visit(URL) ── AAAA and A ──> address policy ──> fetch
 *      ^                                              │ no connection: the other family, once
 *      └───────────── 301 302 307 308 ────────────────┤
 *                                                     └ 2xx: compare the body
 */
#include "validators/page.h"

#include "validators/redirect.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_BODY = 60, SHOWN_URL = 160 };

static void visit(struct validation *validation, const struct url *url);

static struct page *state_of(struct validation *validation)
{
	return validation->state;
}

static const char *shown_url(struct validation *validation, const struct url *url)
{
	return validation_shown(validation, slice_text(url_text(url, validation->arena)),
				SHOWN_URL);
}

/* "http://example.com/… at 192.0.2.1" */
static const char *shown_fetch(struct validation *validation)
{
	const struct page *page = state_of(validation);
	return arena_printf(validation->arena, "%s%s at %s", page->earlier,
			    shown_url(validation, &page->url),
			    destination_shown(&page->destination, validation));
}

static struct url first_url(const struct validation_task *task, const char *folder,
			    struct arena *arena)
{
	struct url url = {.scheme = HTTP_PLAIN, .port = HTTP_PORT};
	url.target = arena_printf(arena, "%s%s", folder, task->file_name);
	if (address_parse(task->domain, &url.literal) == OK)
		(void)address_text(&url.literal, url.host);
	else
		(void)snprintf(url.host, sizeof(url.host), "%s", task->domain);
	return url;
}

const char *page_url(const struct validation_task *task, const char *folder, struct arena *arena)
{
	struct url url = first_url(task, folder, arena);
	return url_text(&url, arena);
}

static void hint_publish(struct validation *validation)
{
	validation_hint(validation, "let %s answer with exactly this text: %s",
			shown_url(validation, &state_of(validation)->first),
			validation->task->value);
}

void page_begin(struct validation *validation, const char *folder, enum page_redirects allowed)
{
	struct url url = first_url(validation->task, folder, validation->arena);
	state_of(validation)->first = url;
	state_of(validation)->allowed = allowed;
	visit(validation, &url);
}

/* --- one hop: the addresses --- */

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c ? strchr(digits, c | 0x20) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* BR 3.2.2.4.18: "The entire Request Token or Random Value MUST NOT appear in the request used to
 * retrieve the file": a server that echoes the request would pass. Percent-encoded counts too,
 * because such a server decodes what it echoes. The token of http-01 stands in its URL; the key
 * authorization, which is the value, does not. */
static bool holds_value(struct validation *validation, const char *target)
{
	const char *value = validation->task->value;
	char *plain = arena_text(validation->arena, target);
	size_t out = 0;
	for (const char *c = target; *c; c++) {
		int high = *c == '%' ? hex_value(c[1]) : -1;
		int low = high >= 0 ? hex_value(c[2]) : -1;
		int octet = low >= 0 ? high << 4 | low : *c;
		plain[out++] = (char)octet;
		c += low >= 0 ? 2 : 0;
	}
	struct slice decoded = slice_of(plain, out);
	return strstr(target, value) || slice_find(decoded, slice_text(value)) >= 0;
}

static void fetch(struct validation *validation)
{
	struct page *page = state_of(validation);
	struct step *step = steps_add(&validation->steps, STEP_HTTP);
	step->http.scheme = page->url.scheme;
	step->http.port = page->url.port;
	step->http.target = page->url.target;
	(void)destination_next(&page->destination, &step->http.address);
	memcpy(step->http.host, page->url.host, sizeof(step->http.host));
	page->fetch_id = step->id;
}

static void fetch_or_finish(struct validation *validation)
{
	struct page *page = state_of(validation);
	if (destination_has_more(&page->destination))
		fetch(validation);
	else
		destination_finish(&page->destination, validation,
				   shown_url(validation, &page->url));
}

static void visit(struct validation *validation, const struct url *url)
{
	struct page *page = state_of(validation);
	page->url = *url;
	page->fetch_id = 0;
	page->earlier = "";
	memcpy(validation->verdict.decided_by, url->host, sizeof(url->host));

	if (holds_value(validation, url->target) || holds_value(validation, url->host)) {
		validation_finish(validation, page->redirects ? REDIRECT_REFUSED : PAGE_WRONG,
				  "the request for %s would hold the value that is to be found",
				  shown_url(validation, url));
		validation_hint(validation, "use a URL that does not contain the value");
		return;
	}
	if (!destination_begin(&page->destination, validation, url->host, &url->literal))
		fetch_or_finish(validation);
}

/* --- one hop: what came back --- */

static const char *trouble_text(enum http_outcome outcome)
{
	switch (outcome) {
	case HTTP_ANSWERED:
		return "answered";
	case HTTP_TIMED_OUT:
		return "did not answer in time";
	case HTTP_CONNECT_FAILED:
		return "took no connection";
	case HTTP_TLS_FAILED:
		return "did not agree on TLS";
	case HTTP_BROKEN:
		return "broke the connection or does not speak HTTP";
	}
	return "";
}

/* IPv6 first, then IPv4 once: an answer of any kind settles the hop, silence does not. */
static bool other_family_left(const struct page *page, const struct http_reply *reply)
{
	bool silent = reply->outcome == HTTP_CONNECT_FAILED ||
		      (reply->outcome == HTTP_TIMED_OUT && reply->status == 0);
	return silent && destination_has_more(&page->destination);
}

static void unanswered(struct validation *validation, const struct http_reply *reply)
{
	struct page *page = state_of(validation);
	const char *detail = validation_shown(validation, slice_text(reply->detail), SHOWN_BODY);
	if (other_family_left(page, reply)) {
		page->earlier = arena_printf(validation->arena, "%s %s; then ",
					     destination_shown(&page->destination, validation),
					     trouble_text(reply->outcome));
		fetch(validation);
		return;
	}
	enum status status = reply->outcome == HTTP_TIMED_OUT ? TIMED_OUT : CONNECT_FAILED;
	validation_finish(validation, status, "%s %s (%s)", shown_fetch(validation),
			  trouble_text(reply->outcome), detail);
	validation_hint(validation, "let the web server of %s answer on port %u from outside",
			page->url.host, (unsigned)page->url.port);
}

/* BR 3.2.2.5.1: the file is "on the IP Address", so control of another host shows nothing. */
static bool leaves_address(const struct page *page, const struct url *next)
{
	return page->allowed == PAGE_REDIRECTS_AT_ADDRESS &&
	       page->first.literal.family != ADDRESS_NONE &&
	       !address_equal(&page->first.literal, &next->literal);
}

static void redirected(struct validation *validation, const struct http_reply *reply)
{
	struct page *page = state_of(validation);
	struct error why = NO_ERROR;
	struct url next;
	if (page->redirects >= validation->task->limits.redirects_max) {
		validation_finish(validation, REDIRECT_REFUSED,
				  "%s answered %d, which would be redirect %d of at most %d",
				  shown_fetch(validation), reply->status, page->redirects + 1,
				  validation->task->limits.redirects_max);
		hint_publish(validation);
		return;
	}
	if (redirect_target(reply->headers, &page->url, validation->arena, &next, &why) != OK) {
		validation_finish(validation, REDIRECT_REFUSED,
				  "%s answered %d, which is not followed: %s",
				  shown_fetch(validation), reply->status, why.sentence);
		hint_publish(validation);
		return;
	}
	if (leaves_address(page, &next)) {
		validation_finish(validation, REDIRECT_REFUSED,
				  "%s answered %d, which leads away from the address to %s",
				  shown_fetch(validation), reply->status,
				  shown_url(validation, &next));
		hint_publish(validation);
		return;
	}
	page->redirects++;
	visit(validation, &next);
}

/* A file written by an editor or by echo ends in white space that nobody meant. */
static struct slice without_trailing_space(struct slice body)
{
	while (body.length > 0 && strchr(" \t\r\n\v\f", body.data[body.length - 1]) &&
	       body.data[body.length - 1] != '\0')
		body.length--;
	return body;
}

static void page_came(struct validation *validation, const struct http_reply *reply)
{
	struct slice body = without_trailing_space(reply->body);
	if (reply->body_cut) {
		validation_finish(validation, PAGE_TOO_LONG,
				  "%s answered %d with more than %d bytes", shown_fetch(validation),
				  reply->status, validation->task->limits.body_max);
		hint_publish(validation);
		return;
	}
	if (!slice_equal(body, slice_text(validation->task->value))) {
		validation_finish(
			validation, PAGE_WRONG,
			"%s answered %d with %zu bytes \"%s\", not with the expected value",
			shown_fetch(validation), reply->status, reply->body.length,
			validation_shown(validation, reply->body, SHOWN_BODY));
		hint_publish(validation);
		return;
	}
	int redirects = state_of(validation)->redirects;
	validation_finish(validation, OK, "%s answered %d with the expected value%s",
			  shown_fetch(validation), reply->status,
			  redirects == 0   ? ""
			  : redirects == 1 ? arena_printf(validation->arena, " after 1 redirect")
					   : arena_printf(validation->arena, " after %d redirects",
							  redirects));
}

static void take_reply(struct validation *validation, const struct http_reply *reply)
{
	if (slice_find(reply->request, slice_text(validation->task->value)) >= 0) {
		validation_finish(validation, PAGE_WRONG,
				  "the request sent for %s held the value that is to be found",
				  shown_fetch(validation));
		validation_hint(validation, "use a URL that does not contain the value");
		return;
	}
	if (reply->outcome != HTTP_ANSWERED) {
		unanswered(validation, reply);
		return;
	}
	if (redirect_status_followed(reply->status)) {
		redirected(validation, reply);
		return;
	}
	if (reply->status >= 200 && reply->status < 300) {
		page_came(validation, reply);
		return;
	}
	bool redirect = reply->status >= 300 && reply->status < 400;
	validation_finish(validation, redirect ? REDIRECT_REFUSED : PAGE_MISSING,
			  "%s answered %d%s", shown_fetch(validation), reply->status,
			  redirect ? ", only 301, 302, 307 and 308 are followed" : "");
	hint_publish(validation);
}

void page_advance(struct validation *validation, const struct event *event)
{
	struct page *page = state_of(validation);
	if (event->kind != STEP_DNS) {
		if (event->id == page->fetch_id)
			take_reply(validation, &event->http);
		return;
	}
	if (destination_advance(&page->destination, validation, event))
		fetch_or_finish(validation);
}
