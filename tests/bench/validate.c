/*
 * bench_validate caa DNS_SERVER LIST IN_FLIGHT ANCHORS
 * bench_validate web-page DNS_SERVER LIST IN_FLIGHT HTTP_PORT
 *
 * Runs the validator of a method over each line of LIST (caa: NAME; web-page:
 * NAME FILE VALUE), IN_FLIGHT of them at once, as the driver of the engine does:
 * the same attempts, evidence and memory of DS and DNSKEY answers; no store.
 * Every verdict must be that it is shown, or permitted.
 */
#include "base/memory.h"
#include "net/loop.h"
#include "net/resolver_memory.h"
#include "net/trust_anchor.h"
#include "validators/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 1024, WORD = 254, WAIT_MS = 20000, HTTP_PORT = 80 };

/* The limits of the rule rows. */
static const struct validation_limits limits = {
	.redirects_max = 10,
	.body_max = 64 << 10,
	.connect_timeout_ms = 10000,
	.timeout_ms = 20000,
	.dns_timeout_ms = 3000,
	.dns_tries = 3,
};
static const char *const identifiers[] = {"ca.example.net"};

struct site {
	char name[WORD];
	char file_name[WORD];
	char value[WORD];
};

struct work {
	struct environment *environment;
	struct network network;
	struct attempt_setting setting;
	struct trust_anchors *anchors; /* NULL: the server is believed */
	const char *method;
	size_t in_flight_max;
	struct site *sites;
	size_t site_count;
	size_t started;
	size_t ended;
	size_t evidence_bytes;
	struct error error; /* of the last that was not shown */
};

static void attempt_ended(void *context, const struct attempt_result *result)
{
	struct work *work = context;
	work->ended++;
	work->evidence_bytes += result->evidence.length;
	if (result->verdict.status != OK)
		(void)fail(&work->error, result->verdict.status, "%s", result->verdict.sentence);
}

static void start(struct work *work, const struct site *site)
{
	struct validation_task task = {
		.method = work->method,
		.label = work->method,
		.domain = site->name,
		.file_name = site->file_name,
		.value = site->value,
		.identifiers = identifiers,
		.identifier_count = ARRAY_LENGTH(identifiers),
		.pack = "agency",
		.pack_digest = "00",
		.limits = limits,
		.anchors = work->anchors,
	};
	(void)attempt_start(&work->setting, &task, attempt_ended, work);
}

static void work_through(struct work *work)
{
	struct environment *environment = work->environment;
	while (work->ended < work->site_count) {
		while (work->started < work->site_count &&
		       work->started - work->ended < work->in_flight_max)
			start(work, &work->sites[work->started++]);
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + WAIT_MS);
	}
}

/* ---- what was asked for ---- */

static enum status read_list(struct work *work, const char *path, struct error *err)
{
	char line[LINE_MAX];
	size_t room = 0;
	FILE *list = fopen(path, "r");
	if (!list)
		return fail(err, INPUT, "could not read %s", path);
	while (fgets(line, sizeof(line), list)) {
		if (work->site_count == room) {
			room = room ? 2 * room : 1024;
			work->sites = memory_resize(work->sites, room, sizeof(*work->sites));
		}
		struct site *site = &work->sites[work->site_count++];
		*site = (struct site){0};
		(void)sscanf(line, "%253s %253s %253s", site->name, site->file_name, site->value);
	}
	(void)fclose(list);
	return OK;
}

static enum status read_anchors(const char *path, struct trust_anchors **ret, struct error *err)
{
	char text[LINE_MAX];
	FILE *file = fopen(path, "r");
	if (!file)
		return fail(err, INPUT, "could not read %s", path);
	size_t length = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	return trust_anchors_read(path, slice_of(text, length), ret, err);
}

static enum status read_last(struct work *work, const char *text, struct error *err)
{
	if (strcmp(work->method, "caa") == 0)
		return read_anchors(text, &work->anchors, err);
	work->network.port_count = 1;
	work->network.ports[0] = (struct port_translation){
		.logical = HTTP_PORT,
		.physical = (uint16_t)strtoul(text, NULL, 10),
	};
	work->network.allowed_count = 1;
	return address_prefix_parse("127.0.0.0/8", &work->network.allowed[0]);
}

static enum status run(char **arguments, struct error *err)
{
	CLEANUP(loop_freep) struct loop *loop = NULL;
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	struct work work = {.method = arguments[1],
			    .in_flight_max = strtoul(arguments[4], NULL, 10)};
	TRY(loop_new(&loop, err));
	work.environment = loop_environment(loop);
	work.network.server_count = 1;
	TRY(endpoint_parse(arguments[2], 0, &work.network.servers[0]));
	TRY(read_last(&work, arguments[5], err));
	work.setting = (struct attempt_setting){
		.environment = work.environment, .network = &work.network, .memory = memory};
	enum status status = read_list(&work, arguments[3], err);
	if (status == OK) {
		work_through(&work);
		printf("%zu ended, %zu bytes of evidence\n", work.ended, work.evidence_bytes);
	}
	free(work.sites);
	trust_anchors_free(work.anchors);
	if (work.error.status != OK)
		*err = work.error;
	return status == OK ? work.error.status : status;
}

int main(int argc, char **argv)
{
	struct error error = NO_ERROR;
	if (argc != 6) {
		fprintf(stderr, "usage: bench_validate METHOD DNS_SERVER LIST IN_FLIGHT "
				"ANCHORS|HTTP_PORT\n");
		return EXIT_STATUS_USAGE;
	}
	enum status status = run(argv, &error);
	if (status != OK)
		fprintf(stderr, "bench_validate: %s\n", error.sentence);
	return status_exit(status);
}
