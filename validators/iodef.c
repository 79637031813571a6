/* Where reports go, and how one is delivered by https: see iodef.h. */
#include "validators/iodef.h"

#include "validators/exchange.h"
#include "validators/mailbox.h"

#include <string.h>
#include <strings.h>

#define MAILTO "mailto:"
#define HTTPS "https://"

/* ---- the property ---- */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* RFC 6068 section 2: percent-encoding is undone; NULL when it is none, or hides a NUL. */
static char *decoded(const char *text, size_t length, struct arena *arena)
{
	char *out = arena_new(arena, length + 1, 1);
	size_t count = 0;
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '%') {
			out[count++] = text[i];
			continue;
		}
		int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
		int low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return NULL;
		out[count++] = (char)(high * 16 + low);
		i += 2;
	}
	return out;
}

static STATUS read_mailto(const char *text, struct arena *arena, struct iodef_url *ret,
			  struct error *err)
{
	struct mailbox mailbox;
	const char *to = decoded(text, strcspn(text, "?"), arena);
	if (!to)
		return fail(err, INPUT, "the mailto: URL has a percent sign that encodes nothing");
	TRY(mailbox_parse(slice_text(to), &mailbox, err));
	if (mailbox.needs_smtputf8 || mailbox.text[0] == '"')
		return fail(err, INPUT, "mail is not sent to quoted or non-ASCII local parts");
	/* As the DNS has it: "mailto:" addresses may name the domain in U-labels. */
	size_t local = (size_t)(strchr(mailbox.text, '@') - mailbox.text);
	ret->kind = IODEF_TO_MAILBOX;
	ret->mailbox = arena_printf(arena, "%.*s@%s", (int)local, mailbox.text, mailbox.domain);
	ret->text = arena_printf(arena, MAILTO "%s", ret->mailbox);
	return OK;
}

static STATUS read_https(const char *text, struct arena *arena, struct iodef_url *ret,
			 struct error *err)
{
	static const struct url base = {
		.scheme = HTTP_TLS, .host = "invalid", .port = HTTPS_PORT, .target = "/"};
	struct url url;
	TRY(url_resolve(&base, text, arena, &url, err));
	ret->kind = IODEF_TO_SERVER;
	ret->host = arena_text(arena, url.host);
	ret->text = url_text(&url, arena);
	return OK;
}

enum status iodef_read(struct slice value, struct arena *arena, struct iodef_url *ret,
		       struct error *err)
{
	const char *text = arena_bytes(arena, value);
	*ret = (struct iodef_url){.kind = IODEF_TO_MAILBOX};
	for (size_t i = 0; i < value.length; i++)
		if (value.data[i] <= 0x20 || value.data[i] >= 0x7f)
			return fail(err, INPUT, "octet 0x%02x cannot stand in a URL",
				    (unsigned)value.data[i]);
	if (strncasecmp(text, MAILTO, strlen(MAILTO)) == 0)
		return read_mailto(text + strlen(MAILTO), arena, ret, err);
	if (strncasecmp(text, HTTPS, strlen(HTTPS)) == 0)
		return read_https(text, arena, ret, err);
	return fail(err, INPUT, "the URL is neither mailto: nor https:");
}

size_t iodef_list(const struct caa_view *view, struct arena *arena,
		  struct iodef_url ret[IODEF_URLS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < view->opinion_count && count < IODEF_URLS_MAX; i++) {
		const struct caa_record *record = &view->opinions[i].record;
		struct iodef_url *url = &ret[count];
		bool known = false;
		if (!record->tag || strcmp(record->tag, "iodef") != 0 ||
		    iodef_read(record->value, arena, url, NULL) != OK)
			continue;
		for (size_t k = 0; k < count; k++)
			known = known || strcmp(ret[k].text, url->text) == 0;
		count += !known;
	}
	return count;
}

/* ---- the delivery ---- */

enum { HTTP_OK_FIRST = 200, HTTP_OK_LAST = 299, HTTP_SERVER_ERROR = 500 };

static void begin(struct validation *validation)
{
	struct exchange *exchange = validation->state;
	static const struct url base = {
		.scheme = HTTP_TLS, .host = "invalid", .port = HTTPS_PORT, .target = "/"};
	struct url url;
	struct error why = NO_ERROR;
	if (url_resolve(&base, validation->task->value, validation->arena, &url, &why) != OK ||
	    url.scheme != HTTP_TLS) {
		validation_finish(validation, NOT_APPLICABLE, "the report has no https: URL");
		return;
	}
	exchange_post(validation, exchange, &url, &validation->task->post);
	if (exchange->outcome == EXCHANGE_FAILED)
		validation_finish(validation, exchange->status, "%s", exchange->said);
}

/* A redirect is not followed: the record names the server. One that asks to be asked later is asked
 * later; any other answer ends it. */
static void judge(struct validation *validation, int status)
{
	const char *host = ((struct exchange *)validation->state)->step.http.host;
	if (status >= HTTP_OK_FIRST && status <= HTTP_OK_LAST)
		validation_finish(validation, OK, "%s answered %d", host, status);
	else if (status == 408 || status == 425 || status == 429 || status >= HTTP_SERVER_ERROR)
		validation_finish(validation, ANSWER_UNUSABLE, "%s answered %d", host, status);
	else
		validation_finish(validation, NOT_APPLICABLE, "%s answered %d", host, status);
}

static void advance(struct validation *validation, const struct event *event)
{
	struct exchange *exchange = validation->state;
	if (!exchange_advance(validation, exchange, event) || exchange->outcome == EXCHANGE_ASKING)
		return;
	/* An answer that is longer than what is kept of it is one all the same. */
	if (exchange->outcome == EXCHANGE_ANSWERED || exchange->status == ANSWER_UNUSABLE)
		judge(validation, exchange->http_status);
	else
		validation_finish(validation, exchange->status, "%s", exchange->said);
}

const struct validator validator_iodef = {
	.method = METHOD_IODEF,
	.evidence_kind = "http",
	.state_size = sizeof(struct exchange),
	.begin = begin,
	.advance = advance,
};
