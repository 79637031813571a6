/* The truth about names, and pages: see world.h. DNS packets are made in world_dns.c. */
#include "tests/replay/world.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 1200 * 1024, LONG_HOPS = 3, LONG_HEADER = 11 * 1024, LONG_BODY = 13 * 1024 };

#define PAGE_FOLDER "/.well-known/pki-validation/"
#define HOP_FOLDER "/moved/"

/* clang-format off */
const struct site world_sites[] = {
	{"www.shop1.example.com",  NULL,                "93.184.216.10", "2606:2800:220:1::10", SITE_PLAIN},
	{"shop1.example.com",      NULL,                "93.184.216.11", NULL,                  SITE_HTTPS},
	{"mail.shop2.example.net", NULL,                "93.184.216.20", "2606:2800:220:1::20", SITE_PLAIN},
	{"www.shop2.example.net",  "edge.example.org",  "93.184.216.30", NULL,                  SITE_PLAIN},
	{"big.example.org",        NULL,                "93.184.216.40", NULL,                  SITE_LONG},
	{"edge.example.org",       NULL,                "93.184.216.30", NULL,                  SITE_PLAIN},
	{"www.example.jp",         NULL,                "93.184.216.50", NULL,                  SITE_PLAIN},
};
static const struct site many_site = {
	"many.example.jp",         NULL,                "93.184.216.70", NULL,                  SITE_PLAIN};
#define MANY(number) "n" #number ".many.example.jp"
const char *const world_many[WORLD_MANY] = {
	MANY(1),  MANY(2),  MANY(3),  MANY(4),  MANY(5),  MANY(6),  MANY(7),  MANY(8),  MANY(9),  MANY(10),
	MANY(11), MANY(12), MANY(13), MANY(14), MANY(15), MANY(16), MANY(17), MANY(18), MANY(19), MANY(20)};
const struct site world_addresses[WORLD_ADDRESSES] = {
	{"93.184.216.60",          NULL,                "93.184.216.60", NULL,                  SITE_HTTPS},
	{"2606:2800:220:1::60",    NULL,                NULL,            "2606:2800:220:1::60", SITE_PLAIN},
};
/* clang-format on */
const size_t world_site_count = ARRAY_LENGTH(world_sites);

const char *const world_caa_owners[WORLD_CAA_OWNERS] = {"shop1.example.com", "shop2.example.net",
							"example.org"};

struct page {
	struct page *next;
	const struct site *site;
	char *file_name;
	char *text;
};

void world_init(struct world *world, uint64_t seed, struct tally *tally)
{
	*world = (struct world){.tally = tally};
	chance_init(&world->chance, seed, "world");
	chance_init(&world->mail_chance, seed, "mail");
	chance_init(&world->registry_chance, seed, "registry");
	world->bootstrap_answers = chance_percent(&world->registry_chance, 50);
	for (size_t i = 0; i < WORLD_BASES; i++)
		world_register(world, i,
			       (enum world_set)chance_below(&world->registry_chance, WORLD_SETS));
}

static void page_free(struct page *page)
{
	free(page->file_name);
	free(page->text);
	free(page);
}

void world_release(struct world *world)
{
	while (world->pages) {
		struct page *page = world->pages;
		world->pages = page->next;
		page_free(page);
	}
	while (world->records) {
		struct record *record = world->records;
		world->records = record->next;
		free(record->owner);
		free(record);
	}
	for (size_t i = 0; i < world->letter_count; i++)
		free(world->letters[i].text);
	free(world->letters);
}

void world_forget(struct world *world)
{
	world->caa_answer_count = 0;
	world->value_answer_count = 0;
}

const struct site *world_site(const char *name)
{
	for (size_t i = 0; i < world_site_count; i++)
		if (strcmp(world_sites[i].name, name) == 0)
			return &world_sites[i];
	for (size_t i = 0; i < WORLD_ADDRESSES; i++)
		if (strcmp(world_addresses[i].name, name) == 0)
			return &world_addresses[i];
	for (size_t i = 0; i < WORLD_MANY; i++)
		if (strcmp(world_many[i], name) == 0)
			return &many_site;
	return NULL;
}

/* ---- pages ---- */

static struct page *find_page(const struct world *world, const struct site *site,
			      const char *file_name)
{
	for (struct page *page = world->pages; page; page = page->next)
		if (page->site == site && strcmp(page->file_name, file_name) == 0)
			return page;
	return NULL;
}

void world_publish(struct world *world, const char *name, const char *file_name, const char *text)
{
	const struct site *site = world_site(name);
	struct page *page = find_page(world, site, file_name);
	if (!page) {
		page = memory_new(1, sizeof(*page));
		*page = (struct page){
			.next = world->pages, .site = site, .file_name = memory_text(file_name)};
		world->pages = page;
	}
	free(page->text);
	page->text = memory_text(text);
}

/* ---- records ---- */

const struct record *world_record(const struct world *world, const char *owner)
{
	for (const struct record *record = world->records; record; record = record->next)
		if (strcmp(record->owner, owner) == 0)
			return record;
	return NULL;
}

void world_publish_record(struct world *world, const char *domain, const char *text)
{
	struct record *record = world->records;
	while (record && strcmp(record->owner + strlen(WORLD_RECORD_LABEL), domain) != 0)
		record = record->next;
	if (!record) {
		record = memory_new(1, sizeof(*record));
		*record = (struct record){.next = world->records,
					  .owner = memory_printf(WORLD_RECORD_LABEL "%s", domain)};
		world->records = record;
	}
	size_t at = record->count++ % RECORDS_MAX;
	(void)snprintf(record->texts[at], sizeof(record->texts[at]), "%s", text);
}

void world_note_value(struct world *world, const char *name, const char *text)
{
	if (world->value_answer_count == WORLD_ANSWERS_MAX)
		return;
	struct value_answer *answer = &world->value_answers[world->value_answer_count++];
	answer->value = digest_of(slice_text(text));
	(void)snprintf(answer->name, sizeof(answer->name), "%s", name);
}

/* ---- HTTP ---- */

static void answer(struct world_http *http, int status, const char *headers)
{
	http->reply.status = status;
	buffer_printf(&http->headers, "HTTP/1.1 %d Status\r\n%s", status, headers);
}

static void redirect(struct world_http *http, const char *format, const char *host, int hop,
		     const char *file_name)
{
	answer(http, 302, "Location: ");
	if (hop)
		buffer_printf(&http->headers, "%s://%s" HOP_FOLDER "%d/%s\r\n", format, host, hop,
			      file_name);
	else
		buffer_printf(&http->headers, "%s://%s" PAGE_FOLDER "%s\r\n", format, host,
			      file_name);
}

/* Headers and bodies of a server that says much before it says where to go. */
static void pad(struct world *world, struct world_http *http)
{
	buffer_append_text(&http->headers, "X-Story: ");
	for (int i = 0; i < LONG_HEADER; i++)
		buffer_append_byte(&http->headers,
				   (uint8_t)('a' + chance_below(&world->chance, 26)));
	buffer_append_text(&http->headers, "\r\n");
	for (int i = 0; i < LONG_BODY; i++)
		buffer_append_byte(&http->body, (uint8_t)chance_below(&world->chance, 256));
}

static void serve_page(struct world *world, const struct site *site, const struct http_ask *ask,
		       const char *file_name, struct world_http *http)
{
	const struct page *page = find_page(world, site, file_name);
	if (!page) {
		answer(http, 404, "");
		buffer_append_text(&http->body, "there is no such page");
		return;
	}
	answer(http, 200, "Content-Type: text/plain\r\n");
	buffer_append_text(&http->body, page->text);
	world_note_value(world, ask->host, page->text);
	/* Editors end files with a newline. */
	if (chance_percent(&world->chance, 30))
		buffer_append_text(&http->body, "\n");
}

static void no_answer(struct world_http *http, enum http_outcome outcome, const char *detail)
{
	http->reply.outcome = outcome;
	http->reply.detail = detail;
}

/* IANA's table of RDAP servers names none for the domains of this world. */
static void serve_bootstrap(const struct world *world, struct world_http *http)
{
	if (!world->bootstrap_answers) {
		no_answer(http, HTTP_CONNECT_FAILED, "connection refused");
		return;
	}
	answer(http, 200, "Content-Type: application/json\r\n");
	buffer_append_text(&http->body,
			   "{\"version\": \"1.0\", \"publication\": \"2026-11-01T00:00:00Z\","
			   " \"services\": [[[\"example\"], [\"https://rdap.example/\"]]]}");
}

static void serve(struct world *world, const struct site *site, const struct http_ask *ask,
		  struct world_http *http)
{
	int hop = 0;
	if (!site) {
		serve_bootstrap(world, http);
		return;
	}
	const char *file_name = strrchr(ask->target, '/') + 1;
	if (strncmp(ask->target, HOP_FOLDER, strlen(HOP_FOLDER)) == 0)
		hop = (int)strtol(ask->target + strlen(HOP_FOLDER), NULL, 10);
	switch (site->kind) {
	case SITE_PLAIN:
		serve_page(world, site, ask, file_name, http);
		break;
	case SITE_HTTPS:
		if (ask->scheme == HTTP_PLAIN)
			redirect(http, "https", ask->host, 0, file_name);
		else
			serve_page(world, site, ask, file_name, http);
		break;
	case SITE_LONG:
		if (hop == LONG_HOPS) {
			serve_page(world, site, ask, file_name, http);
			break;
		}
		redirect(http, "http", ask->host, hop + 1, file_name);
		pad(world, http);
		break;
	}
}

/* ---- http, and what goes wrong with it ---- */

static enum http_fault draw_fault(struct world *world, const struct http_ask *ask)
{
	if (!chance_percent(&world->chance, world->fault_percent))
		return HTTP_FAULT_NONE;
	enum http_fault fault = (enum http_fault)chance_below(&world->chance, HTTP_FAULT_NONE);
	if (fault == HTTP_FAULT_TLS_FAILED && ask->scheme == HTTP_PLAIN)
		return HTTP_FAULT_NONE;
	tally_add(world->tally, (enum tally_kind)(TALLY_HTTP_SLOW + (int)fault));
	return fault;
}

static void wrong_body(struct world_http *http, int status, const char *body)
{
	answer(http, status, "");
	buffer_append_text(&http->body, body);
}

static void go_wrong(struct world *world, const struct site *site, const struct http_ask *ask,
		     enum http_fault fault, struct world_http *http)
{
	size_t values_before = world->value_answer_count;
	switch (fault) {
	case HTTP_FAULT_NONE:
		serve(world, site, ask, http);
		return;
	case HTTP_FAULT_SLOW:
		http->after_ms = chance_between(&world->chance, 1000, ask->timeout_ms - 1);
		serve(world, site, ask, http);
		return;
	case HTTP_FAULT_TIMED_OUT:
		http->after_ms = ask->timeout_ms;
		no_answer(http, HTTP_TIMED_OUT, "silence");
		return;
	case HTTP_FAULT_CONNECT_FAILED:
		no_answer(http, HTTP_CONNECT_FAILED, "connection refused");
		return;
	case HTTP_FAULT_TLS_FAILED:
		no_answer(http, HTTP_TLS_FAILED, "handshake failure");
		return;
	case HTTP_FAULT_BROKEN:
		no_answer(http, HTTP_BROKEN, "connection reset");
		return;
	case HTTP_FAULT_NOT_FOUND:
		wrong_body(http, 404, "there is no such page");
		return;
	case HTTP_FAULT_ERROR:
		wrong_body(http, 500, "something broke");
		return;
	case HTTP_FAULT_WRONG_BODY:
		wrong_body(http, 200, "Welcome to our shop!");
		return;
	case HTTP_FAULT_PART_OF_BODY:
		serve(world, site, ask, http);
		http->body.length /= 2;
		world->value_answer_count = values_before;
		return;
	case HTTP_FAULT_LONGER_BODY:
		answer(http, 200, "");
		while (http->body.length <= ask->body_limit && !http->body.overflowed)
			buffer_append_text(&http->body, "0123456789abcdef0123456789abcdef");
		return;
	case HTTP_FAULT_LOOP:
		answer(http, 302, "Location: ");
		buffer_printf(&http->headers, "%s\r\n", ask->target);
		return;
	}
}

/* Somebody who connects elsewhere than the host's own addresses was led astray. */
static void check_contact(struct world *world, const struct site *site, const struct http_ask *ask)
{
	char to[ADDRESS_TEXT];
	(void)address_text(&ask->connect_to.address, to);
	const char *server = world_server_address(ask->host);
	bool own = site ? (site->v4 && strcmp(site->v4, to) == 0) ||
				   (site->v6 && strcmp(site->v6, to) == 0)
			: server && strcmp(server, to) == 0;
	if (!own)
		(void)snprintf(world->wrong_contact, sizeof(world->wrong_contact),
			       "%.60s was asked for at the address %s", ask->host, to);
}

void world_http(struct world *world, const struct http_ask *ask, struct world_http *ret)
{
	const struct site *site = world_site(ask->host);
	*ret = (struct world_http){
		.reply = {.outcome = HTTP_ANSWERED, .detail = ""},
		.after_ms = chance_between(&world->chance, 5, 300),
	};
	struct buffer *buffers[] = {&ret->request, &ret->headers, &ret->body, &ret->certificate};
	for (size_t i = 0; i < ARRAY_LENGTH(buffers); i++)
		buffer_init(buffers[i], BODY_MAX);
	check_contact(world, site, ask);
	buffer_printf(&ret->request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", ask->target, ask->host);
	ret->reply.request = buffer_slice(&ret->request);
	if (!site && !world_server_address(ask->host)) {
		no_answer(ret, HTTP_CONNECT_FAILED, "nobody is there");
		return;
	}
	go_wrong(world, site, ask, draw_fault(world, ask), ret);
	if (ret->reply.outcome != HTTP_ANSWERED)
		return;
	buffer_append_text(&ret->headers, "\r\n");
	if (ask->scheme == HTTP_TLS)
		buffer_printf(&ret->certificate, "certificate of %s", ask->host);
	ret->reply.headers = buffer_slice(&ret->headers);
	ret->reply.certificate = buffer_slice(&ret->certificate);
	ret->reply.body = buffer_slice(&ret->body);
	ret->reply.body_cut = ret->body.length > ask->body_limit;
	if (ret->reply.body_cut)
		ret->reply.body.length = ask->body_limit;
}
