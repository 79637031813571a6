/*
 * One question to one named server: see exchange.h.
 *
 *   host ── AAAA and A ──> address policy ──> ask ──┬── answered
 *                                              ^    │ no connection: the other family, once
 *                                              └────┴── failed
 */
#include "validators/exchange.h"

#include "net/address_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint16_t family_types[EXCHANGE_FAMILIES] = {DNS_TYPE_AAAA, DNS_TYPE_A};

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

static const char *shown_address(struct validation *validation, const struct address *address)
{
	return address_text(address, arena_new(validation->arena, ADDRESS_TEXT, 1));
}

static bool admit(struct validation *validation, struct exchange *exchange,
		  const struct address *address)
{
	if (!address_may_be_contacted(validation->network, address, &exchange->refused_why)) {
		exchange->refused = *address;
		return false;
	}
	exchange->candidates[exchange->candidate_count++] = *address;
	return true;
}

/* The first permitted address of a family. */
static void admit_found(struct validation *validation, struct exchange *exchange,
			const struct lookup *lookup)
{
	size_t octets = lookup->type == DNS_TYPE_AAAA ? 16 : 4;
	for (size_t i = 0; lookup->outcome == LOOKUP_FOUND && i < lookup->record_count; i++) {
		struct slice rdata = lookup->records[i]->rdata;
		struct address address = {.family = octets == 16 ? ADDRESS_V6 : ADDRESS_V4};
		if (rdata.length != octets)
			continue;
		memcpy(address.bytes, rdata.data, octets);
		if (admit(validation, exchange, &address))
			return;
	}
}

static void ask(struct validation *validation, struct exchange *exchange)
{
	struct step *step = steps_add(&validation->steps, exchange->step.kind);
	uint32_t id = step->id;
	struct address address = exchange->candidates[exchange->tried++];
	*step = exchange->step;
	step->id = exchange->step_id = id;
	if (step->kind == STEP_HTTP)
		step->http.address = address;
	else
		step->line.address = address;
}

static void ask_or_end(struct validation *validation, struct exchange *exchange)
{
	if (exchange->candidate_count > 0)
		ask(validation, exchange);
	else if (exchange->refused_why)
		end(validation, exchange, ADDRESS_REFUSED,
		    "%s leads to %s, which is never contacted (%s)", host_of(exchange),
		    shown_address(validation, &exchange->refused), exchange->refused_why);
	else
		end(validation, exchange, DNS_FAILED, "could not find the address of %s: %s; %s",
		    host_of(exchange), lookup_text(&exchange->lookups[0], validation->arena),
		    lookup_text(&exchange->lookups[1], validation->arena));
}

/* Asks once the look-ups have ended. */
static void go_on_found(struct validation *validation, struct exchange *exchange)
{
	for (size_t i = 0; i < EXCHANGE_FAMILIES; i++)
		if (exchange->lookups[i].outcome == LOOKUP_ASKING)
			return;
	for (size_t i = 0; i < EXCHANGE_FAMILIES; i++)
		admit_found(validation, exchange, &exchange->lookups[i]);
	ask_or_end(validation, exchange);
}

static void begin(struct validation *validation, struct exchange *exchange)
{
	struct address literal;
	if (address_parse(host_of(exchange), &literal) == OK) {
		(void)admit(validation, exchange, &literal);
		ask_or_end(validation, exchange);
		return;
	}
	exchange->looked_up = true;
	for (size_t i = 0; i < EXCHANGE_FAMILIES; i++)
		validation_lookup(validation, &exchange->lookups[i], host_of(exchange),
				  family_types[i]);
	/* What was looked up before in the conversation is known at once. */
	go_on_found(validation, exchange);
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

void exchange_page(struct validation *validation, struct exchange *exchange, const struct url *url,
		   const struct manners *manners)
{
	*exchange = (struct exchange){.step = {.kind = STEP_HTTP}};
	struct step_http *step = &exchange->step.http;
	memcpy(step->host, url->host, sizeof(step->host));
	step->scheme = HTTP_TLS;
	step->trust = HTTP_VERIFIED_SERVER;
	step->port = url->port;
	step->target = url->target;
	step->manners = *manners;
	begin(validation, exchange);
}

/* --- what came back --- */

static bool take_lookup(struct validation *validation, struct exchange *exchange,
			const struct event *event)
{
	bool mine = false;
	if (!exchange->looked_up || exchange->step_id != 0)
		return false;
	/* Look-ups share questions: an answer may be for both. */
	for (size_t i = 0; i < EXCHANGE_FAMILIES; i++)
		mine = lookup_advance(&exchange->lookups[i], event, &validation->steps) || mine;
	if (mine)
		go_on_found(validation, exchange);
	return mine;
}

/* An answer of any kind settles it; silence sends it to the other family. */
static void unanswered(struct validation *validation, struct exchange *exchange, enum status status,
		       const char *what, const char *detail)
{
	const struct address *address = &exchange->candidates[exchange->tried - 1];
	if (exchange->tried < exchange->candidate_count) {
		ask(validation, exchange);
		return;
	}
	end(validation, exchange, status, "%s at %s %s (%s)", host_of(exchange),
	    shown_address(validation, address), what,
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
	if (event->kind == STEP_DNS)
		return take_lookup(validation, exchange, event);
	if (event->kind != exchange->step.kind || event->id != exchange->step_id)
		return false;
	exchange->at_ms = event->at_ms;
	if (event->kind == STEP_HTTP)
		take_page(validation, exchange, &event->http);
	else
		take_line(validation, exchange, &event->line);
	return true;
}
