/*
 * issuer dns lookup: one question to the DNS, answered as the engine itself
 * would see it, with the chain of signatures checked in this process. A desk
 * tool: it needs no home and stores nothing.
 */
#include "cli/resolving.h"

#include "net/dnssec.h"
#include "net/resolver.h"

#include <string.h>

enum { WAIT_MS = 1000 };
/* A person waits: three packets of two seconds each, over all servers. */
enum { ANSWER_MS = 2000, TRIES = 3 };

/* ---- what was asked for ---- */

static enum status read_name(struct cli *cli, const char *text, char *ret)
{
	struct name name;
	if (strcmp(text, ".") == 0) {
		ret[0] = '\0';
		return OK;
	}
	if (name_host(text, ret, NULL) == OK)
		return OK;
	/* Unicode, or a trailing dot. */
	TRY(name_normalise(text, &name, &cli->error));
	memcpy(ret, name.ascii, sizeof(name.ascii));
	return OK;
}

/* ---- the look-up ---- */

struct inquiry {
	struct environment *environment;
	struct network network;
	struct resolver_limits limits;
	struct dnssec dnssec;
	struct steps steps;
	struct step step; /* on the wire */
};

static void ask_next(struct inquiry *inquiry);

static void take_answer(void *context, const struct event_dns *result)
{
	struct inquiry *inquiry = context;
	struct event event = {.kind = STEP_DNS, .id = inquiry->step.id, .dns = *result};
	if (dnssec_advance(&inquiry->dnssec, &event, &inquiry->steps))
		ask_next(inquiry);
}

/* A validated look-up asks one question after the other. */
static void ask_next(struct inquiry *inquiry)
{
	if (inquiry->steps.count == 0)
		return;
	inquiry->step = inquiry->steps.list[0];
	inquiry->steps.count = 0;
	resolver_ask(inquiry->environment, &inquiry->network, &inquiry->limits, &inquiry->step.dns,
		     take_answer, inquiry);
}

static enum status look_up(struct cli *cli, struct inquiry *inquiry,
			   const struct dnssec_params *params)
{
	struct environment *environment = inquiry->environment;
	dnssec_begin(&inquiry->dnssec, params, &inquiry->steps);
	ask_next(inquiry);
	while (inquiry->dnssec.security == SECURITY_ASKING) {
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + WAIT_MS);
		if (loop_interrupted(cli->loop))
			return fail(&cli->error, INTERRUPTED, "interrupted");
	}
	if (inquiry->dnssec.rcode >= 0)
		return OK;
	return fail(&cli->error, inquiry->dnssec.dns == DNS_TIMED_OUT ? TIMED_OUT : DNS_FAILED,
		    "%s", inquiry->dnssec.reason);
}

/* ---- the reply ---- */

static json_t *answer_of(struct cli *cli, const struct dnssec *dnssec)
{
	json_t *list = json_array();
	for (size_t i = 0; i < dnssec->found.record_count; i++) {
		const struct dns_record *record = dnssec->found.records[i];
		char type[16];
		json_t *object = json_object();
		json_add_text(object, "name", record->owner[0] ? record->owner : ".");
		json_add_integer(object, "ttl", record->ttl);
		json_add_text(object, "type", dns_type_text(record->type, type));
		json_add_text(object, "data", dns_record_text(record, &cli->arena));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *reply_of(struct cli *cli, const struct dnssec *dnssec)
{
	char type[16], rcode[16];
	json_t *object = json_object();
	json_add_text(object, "name", dnssec->params.name[0] ? dnssec->params.name : ".");
	json_add_text(object, "type", dns_type_text(dnssec->params.type, type));
	json_add_text(object, "rcode", dns_rcode_text(dnssec->rcode, rcode));
	json_add_text(object, "security", security_text(dnssec->security));
	json_add_text(object, "reason", dnssec->reason);
	json_add_integer(object, "ttl", dnssec->found.ttl);
	json_add(object, "answer", answer_of(cli, dnssec));
	return object;
}

static void print_lookup(FILE *out, const json_t *reply)
{
	const json_t *answer = json_object_get(reply, "answer");
	fprintf(out, "%s %s: %s, %s\n  %s\n", json_get_text(reply, "name"),
		json_get_text(reply, "type"), json_get_text(reply, "rcode"),
		json_get_text(reply, "security"), json_get_text(reply, "reason"));
	for (size_t i = 0; i < json_array_size(answer); i++) {
		const json_t *record = json_array_get(answer, i);
		fprintf(out, "  %s %lld %s %s\n", json_get_text(record, "name"),
			(long long)json_get_integer(record, "ttl", 0),
			json_get_text(record, "type"), json_get_text(record, "data"));
	}
}

enum status cmd_dns_lookup(struct cli *cli)
{
	CLEANUP(resolving_release) struct resolving resolving = {0};
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	char name[NAME_TEXT];
	struct inquiry inquiry = {
		.environment = loop_environment(cli->loop),
		.limits = {.timeout_ms = ANSWER_MS, .tries = TRIES, .memory = memory},
		.steps = {.arena = &cli->arena},
	};
	struct dnssec_params params = {.name = name};
	TRY(read_name(cli, cli->operands[0], name));
	if (dns_type_parse(cli->operands[1], &params.type) != OK)
		return fail(&cli->error, USAGE, "\"%s\" is not a type of DNS records",
			    cli->operands[1]);
	TRY(resolving_read(cli, &resolving));
	/* Asked for by itself, the proof is wanted also where the home does without. */
	if (!resolving.anchors)
		resolving.anchors = trust_anchors_root();
	inquiry.network = resolving.network;
	params.anchors = resolving.anchors;
	params.at_ms = resolving.at_ms;
	loop_catch_signals(cli->loop);
	TRY(look_up(cli, &inquiry, &params));
	return cli_reply(cli, reply_of(cli, &inquiry.dnssec), print_lookup);
}
