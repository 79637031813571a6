/* A small world in tables: see fake_world.h. */
#include "tests/net/fake_world.h"

#include "base/memory.h"
#include "net/dns_message.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET_MAX = 1 << 20 };

struct fake_delivery {
	struct fake_delivery *next;
	void (*deliver)(struct fake_delivery *delivery);
	void *context;
	dns_done *dns_done;
	http_done *http_done;
	api_done *api_done;
	line_done *line_done;
	tls_done *tls_done;
	mail_done *mail_done;
	void (*work_done)(void *context);
	struct api_reply api;
	struct dns_reply dns;
	struct http_reply http;
	struct line_reply line;
	struct tls_reply tls;
	struct mail_reply mail;
	struct buffer packet, request, headers;
};

static void delivery_free(struct fake_delivery *delivery)
{
	buffer_release(&delivery->packet);
	buffer_release(&delivery->request);
	buffer_release(&delivery->headers);
	free(delivery);
}

static struct fake_delivery *queue(struct fake_world *world,
				   void (*deliver)(struct fake_delivery *), void *context)
{
	struct fake_delivery *delivery = memory_new(1, sizeof(*delivery));
	delivery->deliver = deliver;
	delivery->context = context;
	buffer_init(&delivery->packet, PACKET_MAX);
	buffer_init(&delivery->request, PACKET_MAX);
	buffer_init(&delivery->headers, PACKET_MAX);
	struct fake_delivery **at = &world->deliveries;
	while (world->order == FAKE_OLDEST_FIRST && *at)
		at = &(*at)->next;
	delivery->next = *at;
	*at = delivery;
	return delivery;
}

/* --- dns --- */

static void push_line(ldns_pkt *packet, ldns_pkt_section section, const char *line)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, line, 300, NULL, NULL) != LDNS_STATUS_OK) {
		fprintf(stderr, "the record \"%s\" cannot be read\n", line);
		exit(1);
	}
	ldns_pkt_push_rr(packet, section, rr);
}

void fake_answer(const struct fake_dns *row, struct slice query, enum dns_transport transport,
		 struct buffer *out)
{
	ldns_pkt *asked = NULL;
	if (ldns_wire2pkt(&asked, query.data, query.length) != LDNS_STATUS_OK)
		return;
	bool cut = row->kind == FAKE_TRUNCATED_BOTH ||
		   (row->kind == FAKE_TRUNCATED && transport == DNS_UDP);
	ldns_pkt *packet = ldns_pkt_new();
	ldns_pkt_set_id(packet, (uint16_t)(ldns_pkt_id(asked) ^ (row->kind == FAKE_OTHER_ID)));
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_tc(packet, cut);
	ldns_pkt_set_rcode(packet, row->kind == FAKE_NXDOMAIN   ? LDNS_RCODE_NXDOMAIN
				   : row->kind == FAKE_SERVFAIL ? LDNS_RCODE_SERVFAIL
				   : row->kind == FAKE_REFUSED  ? LDNS_RCODE_REFUSED
								: LDNS_RCODE_NOERROR);
	ldns_rr *question = ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(asked), 0));
	if (row->kind == FAKE_LOWER_CASE)
		ldns_dname2canonical(ldns_rr_owner(question));
	if (row->kind == FAKE_OTHER_QUESTION)
		ldns_rr_set_type(question, LDNS_RR_TYPE_MX);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
	for (size_t i = 0; i < FAKE_RECORDS_MAX && row->records[i] && !cut; i++)
		push_line(packet, LDNS_SECTION_ANSWER, row->records[i]);
	if (!row->records[0] || row->kind == FAKE_NXDOMAIN)
		push_line(packet, LDNS_SECTION_AUTHORITY,
			  ". 900 IN SOA a.invalid. b.invalid. 1 2 3 4 600");
	uint8_t *wire = NULL;
	size_t length = 0;
	if (ldns_pkt2wire(&wire, packet, &length) == LDNS_STATUS_OK)
		buffer_append(out, wire, length);
	free(wire);
	ldns_pkt_free(packet);
	ldns_pkt_free(asked);
}

static const struct fake_dns *find_row(const struct fake_world *world, const struct dns_ask *ask)
{
	static const struct fake_dns nothing = {.kind = FAKE_ANSWER};
	const struct fake_dns *found = &nothing;
	ldns_pkt *asked = NULL;
	if (ldns_wire2pkt(&asked, ask->query.data, ask->query.length) != LDNS_STATUS_OK)
		return found;
	ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(asked), 0);
	char *name = ldns_rdf2str(ldns_rr_owner(question));
	name[strlen(name) - 1] = '\0';
	for (size_t i = 0; i < world->dns_count; i++) {
		const struct fake_dns *row = &world->dns[i];
		if (strcasecmp(row->name, name) == 0 && row->type == ldns_rr_get_type(question) &&
		    (row->server_port == 0 || row->server_port == ask->server.port)) {
			found = row;
			break;
		}
	}
	free(name);
	ldns_pkt_free(asked);
	return found;
}

static void deliver_dns(struct fake_delivery *delivery)
{
	delivery->dns.answer = buffer_slice(&delivery->packet);
	delivery->dns_done(delivery->context, &delivery->dns);
}

static void fake_dns_exchange(void *self, const struct dns_ask *ask, dns_done *done, void *context)
{
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_dns, context);
	delivery->dns_done = done;
	*(ask->transport == DNS_UDP ? &world->udp_count : &world->tcp_count) += 1;
	const struct fake_dns *row = find_row(world, ask);
	delivery->dns.outcome = row->kind == FAKE_TIMEOUT       ? DNS_EXCHANGE_TIMED_OUT
				: row->kind == FAKE_UNREACHABLE ? DNS_EXCHANGE_UNREACHABLE
								: DNS_EXCHANGE_ANSWERED;
	if (!row->name && world->zone_answer)
		world->zone_answer(world->zone, ask->query, &delivery->packet);
	else if (row->kind == FAKE_GARBAGE)
		buffer_append_text(&delivery->packet, "this is not a DNS packet at all");
	else if (delivery->dns.outcome == DNS_EXCHANGE_ANSWERED)
		fake_answer(row, ask->query, ask->transport, &delivery->packet);
}

/* --- http --- */

static const struct fake_page *find_page(const struct fake_world *world, const struct http_ask *ask)
{
	static const struct fake_page nothing = {.outcome = HTTP_CONNECT_FAILED};
	char address[ADDRESS_TEXT];
	(void)address_text(&ask->connect_to.address, address);
	for (size_t i = 0; i < world->page_count; i++) {
		const struct fake_page *page = &world->pages[i];
		if (strcmp(page->host, ask->host) == 0 && strcmp(page->target, ask->target) == 0 &&
		    (!page->address || strcmp(page->address, address) == 0))
			return page;
	}
	return &nothing;
}

static void deliver_http(struct fake_delivery *delivery)
{
	delivery->http.request = buffer_slice(&delivery->request);
	delivery->http.headers = buffer_slice(&delivery->headers);
	delivery->http_done(delivery->context, &delivery->http);
}

static void note_contact(struct fake_world *world, const char *what, const char *port,
			 const struct endpoint *endpoint)
{
	char to[ENDPOINT_TEXT];
	if (world->contact_count >= FAKE_CONTACTS_MAX)
		return;
	snprintf(world->contacts[world->contact_count++], sizeof(world->contacts[0]), "%.30s%s @%s",
		 what, port, endpoint_text(endpoint, to));
}

static void fake_http_fetch(void *self, const struct http_ask *ask, http_done *done, void *context)
{
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_http, context);
	const struct fake_page *page = find_page(world, ask);
	char what[NAME_TEXT + 8], port[8];
	snprintf(what, sizeof(what), "%s %.24s", ask->scheme == HTTP_TLS ? "https" : "http",
		 ask->host);
	snprintf(port, sizeof(port), ":%u", (unsigned)ask->port);
	note_contact(world, what, port, &ask->connect_to);
	delivery->http_done = done;
	delivery->http = (struct http_reply){
		.outcome = page->outcome, .status = page->status, .detail = "as the table says"};
	if (page->request)
		buffer_append_text(&delivery->request, page->request);
	else
		buffer_printf(&delivery->request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
			      ask->target, ask->host);
	if (page->outcome != HTTP_ANSWERED)
		return;
	buffer_printf(&delivery->headers, "HTTP/1.1 %d Status\r\n%s\r\n", page->status,
		      page->headers ? page->headers : "");
	struct slice body = slice_text(page->body ? page->body : "");
	delivery->http.body_cut = page->body_cut || body.length > ask->body_limit;
	if (body.length > ask->body_limit)
		body.length = ask->body_limit;
	delivery->http.body = body;
}

/* --- services --- */

static void deliver_api(struct fake_delivery *delivery)
{
	delivery->api_done(delivery->context, &delivery->api);
}

static void fake_api_call(void *self, const struct api_ask *ask, api_done *done, void *context)
{
	static const struct fake_service nothing = {.outcome = HTTP_CONNECT_FAILED};
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_api, context);
	const struct fake_service *service = &nothing;
	for (size_t i = 0; i < world->service_count && service == &nothing; i++)
		if (strcmp(world->services[i].url, ask->url) == 0)
			service = &world->services[i];
	snprintf(world->asked, sizeof(world->asked), "%.*s", (int)ask->body.length,
		 (const char *)ask->body.data);
	delivery->api_done = done;
	delivery->api = (struct api_reply){
		.outcome = service->outcome,
		.status = service->status,
		.body = slice_text(service->body ? service->body : ""),
		.detail = service->detail ? service->detail : "as the table says",
	};
}

/* --- whois --- */

static void deliver_line(struct fake_delivery *delivery)
{
	delivery->line_done(delivery->context, &delivery->line);
}

static const struct fake_line *find_line(const struct fake_world *world, const struct line_ask *ask)
{
	static const struct fake_line nothing = {.outcome = LINE_CONNECT_FAILED};
	char address[ADDRESS_TEXT];
	(void)address_text(&ask->connect_to.address, address);
	for (size_t i = 0; i < world->line_count; i++) {
		const struct fake_line *row = &world->lines[i];
		if (strcmp(row->address, address) == 0 &&
		    (!row->line || strcmp(row->line, ask->line) == 0))
			return row;
	}
	return &nothing;
}

static void fake_line_query(void *self, const struct line_ask *ask, line_done *done, void *context)
{
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_line, context);
	const struct fake_line *row = find_line(world, ask);
	struct slice answer = slice_text(row->answer ? row->answer : "");
	char to[ENDPOINT_TEXT];
	if (world->contact_count < FAKE_CONTACTS_MAX)
		snprintf(world->contacts[world->contact_count++], sizeof(world->contacts[0]),
			 "line %.40s @%s", ask->line, endpoint_text(&ask->connect_to, to));
	delivery->line_done = done;
	delivery->line = (struct line_reply){
		.outcome = row->outcome, .detail = "as the table says", .age_ms = row->age_ms};
	if (row->outcome != LINE_ANSWERED)
		return;
	delivery->line.cut = answer.length > ask->limit;
	if (delivery->line.cut)
		answer.length = ask->limit;
	delivery->line.answer = answer;
}

/* --- tls --- */

static void deliver_tls(struct fake_delivery *delivery)
{
	delivery->tls_done(delivery->context, &delivery->tls);
}

static void fake_tls_probe(void *self, const struct tls_ask *ask, tls_done *done, void *context)
{
	static const struct fake_tls nothing = {.outcome = TLS_CONNECT_FAILED};
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_tls, context);
	const struct fake_tls *row = &nothing;
	char address[ADDRESS_TEXT], what[NAME_TEXT + 8];
	(void)address_text(&ask->connect_to.address, address);
	for (size_t i = 0; i < world->tls_count && row == &nothing; i++)
		if (strcmp(world->tls[i].server_name, ask->server_name) == 0 &&
		    (!world->tls[i].address || strcmp(world->tls[i].address, address) == 0))
			row = &world->tls[i];
	snprintf(what, sizeof(what), "tls %.24s", ask->server_name);
	note_contact(world, what, "", &ask->connect_to);
	delivery->tls_done = done;
	delivery->tls = (struct tls_reply){
		.outcome = row->outcome,
		.protocol = slice_text(row->protocol ? row->protocol : ""),
		.certificate = row->certificate,
		.detail = row->outcome == TLS_AGREED ? "" : "as the table says",
	};
}

/* --- mail --- */

static void deliver_mail(struct fake_delivery *delivery)
{
	delivery->mail_done(delivery->context, &delivery->mail);
}

static void fake_mail_send(void *self, const struct mail_ask *ask, mail_done *done, void *context)
{
	static const struct mail_reply nothing = {
		.outcome = MAIL_CONNECT_FAILED, .text = "", .detail = "as the table says"};
	struct fake_world *world = self;
	struct fake_delivery *delivery = queue(world, deliver_mail, context);
	char address[ADDRESS_TEXT];
	(void)address_text(&ask->connect_to.address, address);
	note_contact(world, "mail", "", &ask->connect_to);
	delivery->mail_done = done;
	delivery->mail = nothing;
	for (size_t i = 0; i < world->mail_count; i++)
		if (strcmp(world->mails[i].address, address) == 0)
			delivery->mail = world->mails[i].reply;
	world->mails_taken += delivery->mail.outcome == MAIL_ACCEPTED || delivery->mail.maybe;
}

/* --- the rest of the environment --- */

static int64_t fake_clock(void *self)
{
	struct fake_world *world = self;
	return world->now_ms++;
}

static void fake_random(void *self, void *out, size_t length)
{
	struct fake_world *world = self;
	for (size_t i = 0; i < length; i++)
		((uint8_t *)out)[i] = world->next_random++;
}

static void deliver_work(struct fake_delivery *delivery)
{
	delivery->work_done(delivery->context);
}

static void fake_work(void *self, void (*run)(void *context), void (*done)(void *context),
		      void *context)
{
	run(context);
	queue(self, deliver_work, context)->work_done = done;
}

static void fake_wait(void *self, int64_t until_ms)
{
	(void)until_ms;
	struct fake_world *world = self;
	struct fake_delivery *delivery = world->deliveries;
	if (!delivery)
		return;
	world->deliveries = delivery->next;
	delivery->deliver(delivery);
	delivery_free(delivery);
}

void fake_world_init(struct fake_world *world)
{
	*world = (struct fake_world){
		.environment =
			{
				.now = fake_clock,
				.monotonic = fake_clock,
				.random = fake_random,
				.dns_exchange = fake_dns_exchange,
				.http_fetch = fake_http_fetch,
				.api_call = fake_api_call,
				.line_query = fake_line_query,
				.tls_probe = fake_tls_probe,
				.mail_send = fake_mail_send,
				.work = fake_work,
				.wait = fake_wait,
			},
		.now_ms = INT64_C(1795320000000),
	};
	world->environment.self = world;
	struct network *network = &world->network;
	network->server_count = 1;
	network->allowed_count = 2;
	if (endpoint_parse("127.0.0.1:53", 53, &network->servers[0]) != OK ||
	    address_prefix_parse("127.0.0.0/8", &network->allowed[0]) != OK ||
	    address_prefix_parse("::1/128", &network->allowed[1]) != OK)
		exit(1);
}

void fake_world_release(struct fake_world *world)
{
	while (world->deliveries) {
		struct fake_delivery *delivery = world->deliveries;
		world->deliveries = delivery->next;
		delivery_free(delivery);
	}
}

void fake_world_run(struct fake_world *world)
{
	while (world->deliveries)
		world->environment.wait(world, 0);
}

bool fake_world_contacted(const struct fake_world *world, const char *address)
{
	char needle[ENDPOINT_TEXT + 4];
	bool v6 = strchr(address, ':') != NULL;
	snprintf(needle, sizeof(needle), "@%s%s%s:", v6 ? "[" : "", address, v6 ? "]" : "");
	for (size_t i = 0; i < world->contact_count; i++)
		if (strstr(world->contacts[i], needle))
			return true;
	return false;
}
