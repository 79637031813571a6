/*
 * Control of a name by a page under it: BR 3.2.2.4.18 "Agreed-Upon Change to
 * Website v2" and REQUIREMENTS DCV-10, DCV-11. The first request goes to the
 * domain itself on port 80; https comes by redirect only.
 *
 *   visit(URL) ── AAAA and A ──> address policy ──> fetch
 *      ^                                              │ no connection: the other family, once
 *      └───────────── 301 302 307 308 ────────────────┤
 *                                                     └ 2xx: compare the body
 */
#include "net/address_policy.h"
#include "validators/redirect.h"
#include "validators/validator.h"

#include <stdio.h>
#include <string.h>

/* BR 3.2.2.4.18: the file "MUST be located on the Authorization Domain Name" and "MUST be located
 * under the "/.well-known/pki-validation" directory". */
#define VALIDATION_FOLDER "/.well-known/pki-validation/"

enum { FAMILIES = 2, SHOWN_BODY = 60, SHOWN_URL = 160 };

struct web_page {
	struct url first; /* where the value has to be published */
	struct url url;   /* of the present hop */
	int redirects;
	struct lookup lookups[FAMILIES];     /* IPv6, IPv4; not used when the host is an address */
	struct address candidates[FAMILIES]; /* permitted, in the order of trying */
	size_t candidate_count;
	size_t tried;
	uint32_t fetch_id;
	struct address refused; /* an address that the policy refused, and why */
	const char *refused_why;
	const char *earlier; /* how the first family failed; "" at first */
};

static const uint16_t family_types[FAMILIES] = {DNS_TYPE_AAAA, DNS_TYPE_A};

static void visit(struct validation *validation, const struct url *url);

static struct web_page *state_of(struct validation *validation)
{
	return validation->state;
}

static const char *shown_url(struct validation *validation, const struct url *url)
{
	return validation_shown(validation, slice_text(url_text(url, validation->arena)),
				SHOWN_URL);
}

static const char *shown_address(struct validation *validation, const struct address *address)
{
	return address_text(address, arena_new(validation->arena, ADDRESS_TEXT, 1));
}

/* "http://example.com/… at 192.0.2.1" */
static const char *shown_fetch(struct validation *validation)
{
	const struct web_page *page = state_of(validation);
	const struct address *address = &page->candidates[page->tried - 1];
	return arena_printf(validation->arena, "%s%s at %s", page->earlier,
			    shown_url(validation, &page->url), shown_address(validation, address));
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	const char *url = arena_printf(arena, "http://%s" VALIDATION_FOLDER "%s", task->domain,
				       task->file_name);
	*ret = (struct publication){
		.url = url,
		.file_name = task->file_name,
		.content = task->value,
		.action = arena_printf(arena, "publish the text %s at %s", task->value, url),
		.unseen = "the page was not looked at yet",
	};
}

static void hint_publish(struct validation *validation)
{
	validation_hint(validation, "let %s answer with exactly this text: %s",
			shown_url(validation, &state_of(validation)->first),
			validation->task->value);
}

static void begin(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	struct url url = {.scheme = HTTP_PLAIN, .port = HTTP_PORT};
	if (!task->file_name || !task->value || !task->value[0]) {
		validation_finish(validation, INTERNAL, "there is no value to look for at %s",
				  task->domain);
		return;
	}
	url.target = arena_printf(validation->arena, VALIDATION_FOLDER "%s", task->file_name);
	(void)snprintf(url.host, sizeof(url.host), "%s", task->domain);
	if (address_parse(task->domain, &url.literal) != OK)
		url.literal = (struct address){.family = ADDRESS_NONE};
	state_of(validation)->first = url;
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
 * because such a server decodes what it echoes. */
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

/* Takes an address as a candidate unless the policy forbids it. */
static bool admit(struct validation *validation, const struct address *address)
{
	struct web_page *page = state_of(validation);
	const char *why = "";
	if (!address_may_be_contacted(validation->network, address, &why)) {
		page->refused = *address;
		page->refused_why = why;
		return false;
	}
	page->candidates[page->candidate_count++] = *address;
	return true;
}

static void admit_found(struct validation *validation, const struct lookup *lookup)
{
	if (lookup->outcome != LOOKUP_FOUND)
		return;
	for (size_t i = 0; i < lookup->record_count; i++) {
		struct slice rdata = lookup->records[i]->rdata;
		struct address address = {.family = lookup->type == DNS_TYPE_AAAA ? ADDRESS_V6
										  : ADDRESS_V4};
		memcpy(address.bytes, rdata.data, rdata.length);
		if (admit(validation, &address))
			return;
	}
}

static void finish_unaddressed(struct validation *validation)
{
	struct web_page *page = state_of(validation);
	if (page->refused_why) {
		validation_finish(validation, ADDRESS_REFUSED,
				  "%s leads to %s, which is never contacted (%s)",
				  shown_url(validation, &page->url),
				  shown_address(validation, &page->refused), page->refused_why);
		validation_hint(validation,
				"let %s have a global address; a private network is allowed by "
				"net.allow_prefixes in the configuration",
				page->url.host);
		return;
	}
	const char *v6 = lookup_text(&page->lookups[0], validation->arena);
	const char *v4 = lookup_text(&page->lookups[1], validation->arena);
	bool failed = page->lookups[0].outcome == LOOKUP_FAILED ||
		      page->lookups[1].outcome == LOOKUP_FAILED;
	if (failed) {
		validation_finish(validation, DNS_FAILED,
				  "could not find the address of %s: %s; %s", page->url.host, v6,
				  v4);
		validation_hint(validation, "check that the name servers of %s answer",
				page->url.host);
		return;
	}
	validation_finish(validation, NAME_NOT_IN_DNS, "%s has no address: %s; %s", page->url.host,
			  v6, v4);
	validation_hint(validation, "publish an A or AAAA record for %s", page->url.host);
}

static void fetch(struct validation *validation)
{
	struct web_page *page = state_of(validation);
	struct step *step = steps_add(&validation->steps, STEP_HTTP);
	step->http.scheme = page->url.scheme;
	step->http.port = page->url.port;
	step->http.target = page->url.target;
	step->http.address = page->candidates[page->tried++];
	memcpy(step->http.host, page->url.host, sizeof(step->http.host));
	page->fetch_id = step->id;
}

static void fetch_or_finish(struct validation *validation)
{
	if (state_of(validation)->candidate_count > 0)
		fetch(validation);
	else
		finish_unaddressed(validation);
}

static void visit(struct validation *validation, const struct url *url)
{
	struct web_page *page = state_of(validation);
	page->url = *url;
	page->candidate_count = 0;
	page->tried = 0;
	page->fetch_id = 0;
	page->refused_why = NULL;
	page->earlier = "";
	memcpy(validation->verdict.decided_by, url->host, sizeof(url->host));

	if (holds_value(validation, url->target) || holds_value(validation, url->host)) {
		validation_finish(validation, page->redirects ? REDIRECT_REFUSED : PAGE_WRONG,
				  "the request for %s would hold the value that is to be found",
				  shown_url(validation, url));
		validation_hint(validation, "use a URL that does not contain the value");
		return;
	}
	if (url->literal.family != ADDRESS_NONE) {
		(void)admit(validation, &url->literal);
		fetch_or_finish(validation);
		return;
	}
	for (int i = 0; i < FAMILIES; i++)
		validation_lookup(validation, &page->lookups[i], url->host, family_types[i]);
}

static void take_dns(struct validation *validation, const struct event *event)
{
	struct web_page *page = state_of(validation);
	for (int i = 0; i < FAMILIES; i++)
		(void)lookup_advance(&page->lookups[i], event, &validation->steps);
	for (int i = 0; i < FAMILIES; i++)
		if (page->lookups[i].outcome == LOOKUP_ASKING)
			return;
	for (int i = 0; i < FAMILIES; i++)
		admit_found(validation, &page->lookups[i]);
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
static bool other_family_left(const struct web_page *page, const struct http_reply *reply)
{
	bool silent = reply->outcome == HTTP_CONNECT_FAILED ||
		      (reply->outcome == HTTP_TIMED_OUT && reply->status == 0);
	return silent && page->tried < page->candidate_count;
}

static void unanswered(struct validation *validation, const struct http_reply *reply)
{
	struct web_page *page = state_of(validation);
	const char *detail = validation_shown(validation, slice_text(reply->detail), SHOWN_BODY);
	if (other_family_left(page, reply)) {
		page->earlier =
			arena_printf(validation->arena, "%s %s; then ",
				     shown_address(validation, &page->candidates[page->tried - 1]),
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

static void redirected(struct validation *validation, const struct http_reply *reply)
{
	struct web_page *page = state_of(validation);
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

static void advance(struct validation *validation, const struct event *event)
{
	if (event->kind == STEP_DNS)
		take_dns(validation, event);
	else if (event->id == state_of(validation)->fetch_id)
		take_reply(validation, &event->http);
}

const struct validator validator_web_page = {
	.method = "web-page",
	.evidence_kind = "http",
	.state_size = sizeof(struct web_page),
	.place = PUBLISH_FILE,
	.value = VALUE_RANDOM,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};
