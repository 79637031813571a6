/*
 * bench_bare DNS_SERVER HTTP_PORT LIST: what the engine does on the wire, and
 * nothing else. For each line "NAME TARGET VALUE" of LIST it asks the same DNS
 * questions (AAAA and A, then CAA from the name up to its top-level label),
 * fetches the same page, compares it, and signs once, with the same loop,
 * libraries and limit of work at once; no rules, evidence, journal or store.
 *
 *   page:  AAAA + A ──> fetch ──> compare ──┐
 *   caa:   CAA name, parent … (together) ───┴─ both of one name ──> sign
 */
#include "base/memory.h"
#include "csr/key.h"
#include "engine/drive/driver.h"
#include "net/dns_message.h"
#include "net/loop.h"
#include "net/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX = 1024,
	LABELS_MAX = 8,
	SIGNED_BYTES = 600, /* a TBSCertificate of the local CA */
	SIGNATURE_MAX = 256,
	TIMEOUT_MS = 20000,
	BODY_MAX = 64 << 10,
	HEADER_MAX = 32 << 10,
};

/* One question with its place to wait. */
struct question {
	struct site *site;
	struct step_dns ask;
};

/* One name: two pieces of work, as the engine has two attempts. */
struct site {
	struct bare *bare;
	char name[NAME_TEXT];
	char target[256];
	char value[128];
	struct question addresses[2];
	int addresses_left;
	struct address address;
	struct http_ask fetch;
	struct question climb[LABELS_MAX];
	int climb_left;
	int pieces_left;
};

struct bare {
	struct environment *environment;
	struct network network;
	struct resolver_limits limits;
	struct key *key;
	struct site *sites;
	size_t site_count;
	size_t next_piece; /* 2n: page of site n; 2n + 1: its CAA */
	size_t on_wire;
	size_t signed_count;
	size_t failed;
	struct error error; /* the last failure */
};

/* ---- the end of a piece, and of a site ---- */

static void sign(struct bare *bare)
{
	static const uint8_t bytes[SIGNED_BYTES];
	CLEANUP(buffer_release) struct buffer signature = {.maximum = SIGNATURE_MAX};
	if (key_sign(bare->key, slice_of(bytes, sizeof(bytes)), &signature, &bare->error) == OK)
		bare->signed_count++;
}

static void piece_ended(struct site *site)
{
	struct bare *bare = site->bare;
	bare->on_wire--;
	if (--site->pieces_left == 0)
		sign(bare);
}

static void piece_failed(struct site *site, const char *what)
{
	site->bare->failed++;
	(void)fail(&site->bare->error, DNS_FAILED, "%s: %s", site->name, what);
}

/* ---- the page ---- */

static void page_came(void *context, const struct http_reply *reply)
{
	struct site *site = context;
	struct slice body = reply->body;
	while (body.length > 0 && body.data[body.length - 1] == '\n')
		body.length--;
	if (reply->outcome != HTTP_ANSWERED || !slice_equal(body, slice_text(site->value)))
		piece_failed(site, reply->detail);
	piece_ended(site);
}

static void fetch(struct site *site)
{
	const struct network *network = &site->bare->network;
	site->fetch = (struct http_ask){
		.scheme = HTTP_PLAIN,
		.host = site->name,
		.port = 80,
		.target = site->target,
		.connect_to = {.address = site->address, .port = network_port(network, 80)},
		.connect_timeout_ms = TIMEOUT_MS,
		.timeout_ms = TIMEOUT_MS,
		.body_limit = BODY_MAX,
		.header_limit = HEADER_MAX,
	};
	struct environment *environment = site->bare->environment;
	environment->http_fetch(environment->self, &site->fetch, page_came, site);
}

static void address_came(void *context, const struct event_dns *result)
{
	const struct question *question = context;
	struct site *site = question->site;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct dns_message message = {0};
	bool read = result->outcome == DNS_ANSWERED &&
		    dns_message_read(result->answer, question->ask.name, question->ask.type, &arena,
				     &message, NULL) == OK;
	if (read && question->ask.type == DNS_TYPE_A && message.answer_count > 0) {
		site->address.family = ADDRESS_V4;
		memcpy(site->address.bytes, message.answers[0].rdata.data,
		       message.answers[0].rdata.length);
	}
	if (--site->addresses_left > 0)
		return;
	if (site->address.family == ADDRESS_V4) {
		fetch(site);
		return;
	}
	piece_failed(site, "no address");
	piece_ended(site);
}

static void ask(struct question *question, struct site *site, const char *name, uint16_t type,
		resolver_done *done)
{
	struct bare *bare = site->bare;
	question->site = site;
	question->ask.type = type;
	(void)snprintf(question->ask.name, sizeof(question->ask.name), "%s", name);
	resolver_ask(bare->environment, &bare->network, &bare->limits, &question->ask, done,
		     question);
}

static void start_page(struct site *site)
{
	site->addresses_left = 2;
	ask(&site->addresses[0], site, site->name, DNS_TYPE_AAAA, address_came);
	ask(&site->addresses[1], site, site->name, DNS_TYPE_A, address_came);
}

/* ---- CAA ---- */

static void caa_came(void *context, const struct event_dns *result)
{
	const struct question *question = context;
	struct site *site = question->site;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct dns_message message;
	if (result->outcome != DNS_ANSWERED ||
	    dns_message_read(result->answer, question->ask.name, question->ask.type, &arena,
			     &message, NULL) != OK)
		piece_failed(site, "CAA was not answered");
	if (--site->climb_left == 0)
		piece_ended(site);
}

static void start_caa(struct site *site)
{
	const char *levels[LABELS_MAX];
	int count = 0;
	for (const char *level = site->name; level && count < LABELS_MAX; count++) {
		levels[count] = level;
		const char *dot = strchr(level, '.');
		level = dot ? dot + 1 : NULL;
	}
	site->climb_left = count;
	for (int i = 0; i < count; i++)
		ask(&site->climb[i], site, levels[i], DNS_TYPE_CAA, caa_came);
}

/* ---- all of them ---- */

static void start_pieces(struct bare *bare)
{
	while (bare->next_piece < 2 * bare->site_count && bare->on_wire < DRIVER_ATTEMPTS_MAX) {
		size_t piece = bare->next_piece++;
		bare->on_wire++;
		if (piece % 2)
			start_caa(&bare->sites[piece / 2]);
		else
			start_page(&bare->sites[piece / 2]);
	}
}

static void work(struct bare *bare)
{
	struct environment *environment = bare->environment;
	do {
		start_pieces(bare);
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + TIMEOUT_MS);
	} while (bare->on_wire > 0);
}

static enum status read_list(struct bare *bare, const char *path, struct error *err)
{
	char line[LINE_MAX];
	size_t room = 0;
	FILE *list = fopen(path, "r");
	if (!list)
		return fail(err, INPUT, "could not read %s", path);
	while (fgets(line, sizeof(line), list)) {
		if (bare->site_count == room) {
			room = room ? 2 * room : 1024;
			bare->sites = memory_resize(bare->sites, room, sizeof(*bare->sites));
		}
		struct site *site = &bare->sites[bare->site_count++];
		*site = (struct site){.bare = bare, .pieces_left = 2};
		if (sscanf(line, "%253s %255s %127s", site->name, site->target, site->value) != 3) {
			(void)fclose(list);
			return fail(err, INPUT, "%s has a line without three words", path);
		}
	}
	(void)fclose(list);
	return OK;
}

static enum status run(char **arguments, struct error *err)
{
	CLEANUP(loop_freep) struct loop *loop = NULL;
	CLEANUP(key_freep) struct key *key = NULL;
	struct bare bare = {.limits = {.timeout_ms = 3000, .tries = 4}};
	TRY(loop_new(&loop, err));
	TRY(key_generate(KEY_EC_P256, &key, err));
	bare.environment = loop_environment(loop);
	bare.key = key;
	bare.network.server_count = 1;
	TRY(endpoint_parse(arguments[1], 0, &bare.network.servers[0]));
	bare.network.port_count = 1;
	bare.network.ports[0] = (struct port_translation){
		.logical = 80,
		.physical = (uint16_t)strtoul(arguments[2], NULL, 10),
	};
	enum status status = read_list(&bare, arguments[3], err);
	if (status == OK) {
		work(&bare);
		printf("%zu signed\n", bare.signed_count);
	}
	free(bare.sites);
	if (bare.failed > 0) {
		*err = bare.error;
		return bare.error.status;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct error error = NO_ERROR;
	if (argc != 4) {
		fprintf(stderr, "usage: bench_bare DNS_SERVER HTTP_PORT LIST\n");
		return EXIT_STATUS_USAGE;
	}
	enum status status = run(argv, &error);
	if (status != OK)
		fprintf(stderr, "bench_bare: %s\n", error.sentence);
	return status_exit(status);
}
