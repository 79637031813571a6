/* issuer audit … and issuer evidence …: proof, checked. */
#include "cli/cli.h"

#include "engine/audit.h"
#include "engine/evidence.h"

static void print_audit(FILE *out, const json_t *report)
{
	fprintf(out, "the journal verifies: %lld links, %lld entries, every state as it says\n",
		(long long)json_get_integer(report, "links", 0),
		(long long)json_get_integer(report, "entries", 0));
	fprintf(out, "head %s\n", json_get_text(report, "head"));
}

enum status cmd_audit_verify(struct cli *cli)
{
	struct audit_report done;
	TRY(audit_verify(cli->engine, cli->values[OPTION_HEAD], &done, &cli->error));
	json_t *report = json_object();
	json_add_integer(report, "links", done.links);
	json_add_integer(report, "entries", done.entries);
	json_add_text(report, "head", done.head);
	return cli_reply(cli, report, print_audit);
}

static void print_evidence_report(FILE *out, const json_t *report)
{
	fprintf(out, "%lld pieces of evidence decide as recorded, %lld validations rest on them\n",
		(long long)json_get_integer(report, "evidence", 0),
		(long long)json_get_integer(report, "validations", 0));
}

enum status cmd_evidence_verify(struct cli *cli)
{
	struct evidence_report done;
	int64_t id = 0;
	if (cli->operand_count > 0)
		TRY(cli_number(cli, "e", cli->operands[0], &id));
	TRY(evidence_verify(cli->engine, id, &done, &cli->error));
	json_t *report = json_object();
	json_add_integer(report, "evidence", done.evidence);
	json_add_integer(report, "validations", done.validations);
	return cli_reply(cli, report, print_evidence_report);
}

/* Evidence is JSON itself, so both forms print the kept bytes. */
enum status cmd_evidence_show(struct cli *cli)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	struct evidence evidence;
	int64_t id = 0;
	TRY(cli_number(cli, "e", cli->operands[0], &id));
	TRY(store_evidence_get(cli->engine->store, id, &cli->arena, &evidence, &cli->error));
	TRY(evidence_load(cli->engine, &evidence, &bytes, &cli->error));
	buffer_append_byte(&bytes, '\n');
	return cli_write(cli, buffer_slice(&bytes));
}
