/*
 * One question to one named server: see exchange.h.
 *
 *   host ── AAAA and A ──> address policy ──> ask ──┬── answered
 *                                              ^    │ no connection: the other family, once
 *                                              └────┴── failed
 */
#include "validators/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *host_of(const struct exchange *exchange)
{
	return exchange->step.kind == STEP_HTTP ? exchange->step.http.host
						: exchange->step.line.host;
}

__attribute__((format(printf, 4, 5))) static void end(struct validation *validation,
						      struct exchange *exchange, enum status status,
						      const char *format, ...)
{
	char said[512];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(said, sizeof(said), format, arguments);
	va_end(arguments);
	exchange->outcome = status == OK ? EXCHANGE_ANSWERED : EXCHANGE_FAILED;
	exchange->status = status;
	exchange->said = arena_text(validation->arena, said);
}

static void ask(struct validation *validation, struct exchange *exchange)
{
	struct step *step = steps_add(&validation->steps, exchange->step.kind);
	uint32_t id = step->id;
	*step = exchange->step;
	step->id = exchange->step_id = id;
	(void)destination_next(&exchange->destination,
			       step->kind == STEP_HTTP ? &step->http.address : &step->line.address);
}

static void ask_or_end(struct validation *validation, struct exchange *exchange)
{
	const struct destination *destination = &exchange->destination;
	char refused[ADDRESS_TEXT];
	if (destination_has_more(destination))
		ask(validation, exchange);
	else if (destination->refused_why)
		end(validation, exchange, ADDRESS_REFUSED,
		    "%s leads to %s, which is never contacted (%s)", destination->host,
		    address_text(&destination->refused, refused), destination->refused_why);
	else
		end(validation, exchange, DNS_FAILED, "could not find the address of %s: %s; %s",
		    destination->host, lookup_text(&destination->lookups[0], validation->arena),
		    lookup_text(&destination->lookups[1], validation->arena));
}

static void begin(struct validation *validation, struct exchange *exchange)
{
	struct address literal;
	if (address_parse(host_of(exchange), &literal) != OK)
		literal = (struct address){.family = ADDRESS_NONE};
	if (!destination_begin(&exchange->destination, validation, host_of(exchange), &literal))
		ask_or_end(validation, exchange);
}

void exchange_line(struct validation *validation, struct exchange *exchange, const char *host,
		   const char *line, const struct manners *manners)
{
	*exchange = (struct exchange){.step = {.kind = STEP_LINE}};
	struct step_line *step = &exchange->step.line;
	(void)snprintf(step->host, sizeof(step->host), "%s", host);
	step->port = WHOIS_PORT;
	step->line = line;
	step->manners = *manners;
	begin(validation, exchange);
}

/* At the URL, from a server whose certificate is verified. */
static struct step_http *over_https(struct exchange *exchange, const struct url *url)
{
	*exchange = (struct exchange){.step = {.kind = STEP_HTTP}};
	struct step_http *step = &exchange->step.http;
	memcpy(step->host, url->host, sizeof(step->host));
	step->scheme = HTTP_TLS;
	step->trust = HTTP_VERIFIED_SERVER;
	step->port = url->port;
	step->target = url->target;
	return step;
}

void exchange_page(struct validation *validation, struct exchange *exchange, const struct url *url,
		   const struct manners *manners)
{
	over_https(exchange, url)->manners = *manners;
	begin(validation, exchange);
}

void exchange_post(struct validation *validation, struct exchange *exchange, const struct url *url,
		   const struct http_post *post)
{
	over_https(exchange, url)->post = *post;
	begin(validation, exchange);
}

/* --- what came back --- */

/* An answer of any kind settles it; silence sends it to the other family. */
static void unanswered(struct validation *validation, struct exchange *exchange, enum status status,
		       const char *what, const char *detail)
{
	if (destination_has_more(&exchange->destination)) {
		ask(validation, exchange);
		return;
	}
	end(validation, exchange, status, "%s at %s %s (%s)", host_of(exchange),
	    destination_shown(&exchange->destination, validation), what,
	    validation_shown(validation, slice_text(detail), 160));
}

static void answered(struct validation *validation, struct exchange *exchange, struct slice answer,
		     bool cut)
{
	exchange->answer = answer;
	if (cut)
		end(validation, exchange, ANSWER_UNUSABLE, "%s answered more than %d octets",
		    host_of(exchange), validation->task->limits.body_max);
	else
		end(validation, exchange, OK, "answered");
}

static void take_line(struct validation *validation, struct exchange *exchange,
		      const struct line_reply *reply)
{
	switch (reply->outcome) {
	case LINE_ANSWERED:
		answered(validation, exchange, reply->answer, reply->cut);
		break;
	case LINE_TIMED_OUT:
		unanswered(validation, exchange, TIMED_OUT, "did not answer in time",
			   reply->detail);
		break;
	case LINE_CONNECT_FAILED:
		unanswered(validation, exchange, CONNECT_FAILED, "took no connection",
			   reply->detail);
		break;
	case LINE_BROKEN:
		unanswered(validation, exchange, CONNECT_FAILED, "broke the connection",
			   reply->detail);
		break;
	}
}

static void take_page(struct validation *validation, struct exchange *exchange,
		      const struct http_reply *reply)
{
	exchange->http_status = reply->status;
	exchange->headers = reply->headers;
	switch (reply->outcome) {
	case HTTP_ANSWERED:
		answered(validation, exchange, reply->body, reply->body_cut);
		break;
	case HTTP_TIMED_OUT:
		unanswered(validation, exchange, TIMED_OUT, "did not answer in time",
			   reply->detail);
		break;
	case HTTP_CONNECT_FAILED:
		unanswered(validation, exchange, CONNECT_FAILED, "took no connection",
			   reply->detail);
		break;
	case HTTP_TLS_FAILED:
		unanswered(validation, exchange, CONNECT_FAILED,
			   "did not show a certificate that can be trusted", reply->detail);
		break;
	case HTTP_BROKEN:
		unanswered(validation, exchange, CONNECT_FAILED, "broke the connection",
			   reply->detail);
		break;
	}
}

bool exchange_advance(struct validation *validation, struct exchange *exchange,
		      const struct event *event)
{
	if (exchange->outcome != EXCHANGE_ASKING)
		return false;
	if (event->kind == STEP_DNS) {
		if (destination_advance(&exchange->destination, validation, event))
			ask_or_end(validation, exchange);
		return true;
	}
	if (event->kind != exchange->step.kind || event->id != exchange->step_id)
		return false;
	exchange->at_ms = event->at_ms;
	if (event->kind == STEP_HTTP)
		take_page(validation, exchange, &event->http);
	else
		take_line(validation, exchange, &event->line);
	return true;
}
