/*
 * issuer caa check: may this CA issue for the name? The climb, the record that
 * decided, how far the answers are proven, and what the owner would have to change.
 */
#include "cli/resolving.h"

#include "engine/caa_check.h"

#include <string.h>

enum { WAIT_MS = 1000 };

/* ---- what was asked for ---- */

/* --ca-domain; else what the catalogue says of --ca. */
static enum status take_identifiers(struct cli *cli, const struct policy *policy,
				    struct caa_check_params *params)
{
	const struct ca_row *ca = NULL;
	const char *id = cli_has(cli, OPTION_CA) ? cli->values[OPTION_CA] : "local";
	if (cli_has(cli, OPTION_CA_DOMAIN)) {
		char *domain = arena_new(&cli->arena, NAME_TEXT, 1);
		struct error why = NO_ERROR;
		const char **list = arena_new(&cli->arena, 1, sizeof(*list));
		if (name_host(cli->values[OPTION_CA_DOMAIN], domain, &why) != OK)
			return fail(&cli->error, USAGE, "--ca-domain: %s", why.sentence);
		list[0] = domain;
		params->identifiers = list;
		params->identifier_count = 1;
		return OK;
	}
	TRY(policy_ca(policy, id, &ca, &cli->error));
	params->identifiers = ca->caa_identifiers;
	params->identifier_count = ca->caa_identifier_count;
	return OK;
}

static enum status run_check(struct cli *cli, const struct caa_check_params *params,
			     struct caa_check **ret)
{
	struct environment *environment = params->setting.environment;
	CLEANUP(caa_check_freep) struct caa_check *check = NULL;
	TRY(caa_check_start(params, &check, &cli->error));
	while (!caa_check_ended(check)) {
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + WAIT_MS);
		if (loop_interrupted(cli->loop))
			return fail(&cli->error, INTERRUPTED, "interrupted");
	}
	*ret = STEAL(check);
	return OK;
}

/* ---- the reply ---- */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	return text ? text : "";
}

static void print_level(FILE *out, const json_t *level)
{
	const char *outcome = text_of(level, "outcome");
	const char *security = text_of(level, "security");
	const char *words = strcmp(outcome, "found") == 0      ? "has CAA records"
			    : strcmp(outcome, "no-data") == 0  ? "no CAA record"
			    : strcmp(outcome, "nxdomain") == 0 ? "no such name"
							       : "could not be looked up";
	fprintf(out, "  %-40s %s", text_of(level, "name"), words);
	if (json_get_text(level, "canonical"))
		fprintf(out, ", as alias of %s", text_of(level, "canonical"));
	if (*security)
		fprintf(out, " (%s)", security);
	if (json_get_text(level, "zone_security"))
		fprintf(out, ", and its zone is %s", text_of(level, "zone_security"));
	fputc('\n', out);
	if (strcmp(security, "secure") != 0 && json_get_text(level, "reason"))
		fprintf(out, "  %-40s   %s\n", "", text_of(level, "reason"));
}

static void print_record(FILE *out, const json_t *record)
{
	if (json_get_text(record, "tag"))
		fprintf(out, "    CAA %lld %s \"%s\"\n      %s\n",
			(long long)json_get_integer(record, "flags", 0), text_of(record, "tag"),
			text_of(record, "value"), text_of(record, "effect"));
	else
		fprintf(out, "    a record that %s\n", text_of(record, "effect"));
}

static void print_check(FILE *out, const json_t *report)
{
	const json_t *climb = json_object_get(report, "climb");
	const json_t *records = json_object_get(report, "records");
	const json_t *identifiers = json_object_get(report, "identifiers");
	bool permitted = json_is_true(json_object_get(report, "permitted"));
	fprintf(out, "%s: %s", text_of(report, "name"), permitted ? "permitted" : "not permitted");
	for (size_t i = 0; i < json_array_size(identifiers); i++)
		fprintf(out, "%s %s", i > 0 ? "," : " for",
			json_string_value(json_array_get(identifiers, i)));
	fprintf(out, "\n  %s\n", text_of(report, "reason"));
	if (json_get_text(report, "hint"))
		fprintf(out, "to do: %s\n", text_of(report, "hint"));
	if (permitted)
		fprintf(out, "counts for %lld s\n",
			(long long)json_get_integer(report, "counts_for_s", 0));
	fprintf(out, "the climb:\n");
	for (size_t i = 0; i < json_array_size(climb); i++)
		print_level(out, json_array_get(climb, i));
	for (size_t i = 0; i < json_array_size(records); i++)
		print_record(out, json_array_get(records, i));
}

enum status cmd_caa_check(struct cli *cli)
{
	CLEANUP(resolving_release) struct resolving resolving = {0};
	CLEANUP(policy_freep) struct policy *policy = NULL;
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	CLEANUP(caa_check_freep) struct caa_check *check = NULL;
	struct home_params home = {.data_dir = ISSUER_DATA_DIR};
	struct caa_check_params params = {
		.name = cli->operands[0],
		.account_uri = cli->values[OPTION_ACCOUNT_URI],
		.method = cli->values[OPTION_VALIDATION_METHOD],
	};
	json_t *report = NULL;
	if (cli_has(cli, OPTION_CA) && cli_has(cli, OPTION_CA_DOMAIN))
		return fail(&cli->error, USAGE, "give --ca or --ca-domain, not both");
	TRY(resolving_read(cli, &resolving));
	const char *folder = cli_home_params(cli, &home) == OK ? home.home : NULL;
	TRY(policy_load(ISSUER_DATA_DIR, folder, &policy, &cli->error));
	TRY(policy_pack(policy, "public-tls", &params.pack, &cli->error));
	TRY(take_identifiers(cli, policy, &params));
	params.anchors = resolving.anchors;
	params.setting = (struct attempt_setting){
		.environment = loop_environment(cli->loop),
		.network = &resolving.network,
		.memory = memory,
		.signatures_at_ms = resolving.at_ms,
	};
	loop_catch_signals(cli->loop);
	TRY(run_check(cli, &params, &check));
	TRY(caa_check_report(check, &report, &cli->error));
	cli->exit = status_exit(caa_check_status(check));
	return cli_reply(cli, report, print_check);
}
