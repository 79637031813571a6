/* init, run, status, the desk, workflow, help: commands about the home and the program. */
#include "cli/cli.h"

#include "base/memory.h"
#include "engine/command.h"
#include "engine/view.h"
#include "engine/order/workflow.h"

#include <unistd.h>

/* ---- init ---- */

static void print_made(FILE *out, const json_t *made)
{
	fprintf(out, "made a home at %s\n", json_get_text(made, "home"));
	fprintf(out, "  its local CA: %s (give this root to those who trust it)\n",
		json_get_text(made, "root"));
	fprintf(out, "  its key encryption key: %s (keep a copy elsewhere)\n",
		json_get_text(made, "kek"));
	fprintf(out, "  its configuration: %s\n", json_get_text(made, "configuration"));
}

enum status cmd_init(struct cli *cli)
{
	struct home_params params;
	TRY(cli_home_params(cli, &params));
	enum home_kind kind = cli_has(cli, OPTION_REHEARSAL) ? HOME_REHEARSAL : HOME_ORDINARY;
	TRY(home_create(&params, kind, &cli->engine, &cli->error));
	json_t *made = json_object();
	json_add_text(made, "home", params.home);
	json_add_text(made, "kind", kind == HOME_REHEARSAL ? "rehearsal" : "ordinary");
	json_add_text(made, "root", engine_path(cli->engine, "ca/root.pem", &cli->arena));
	json_add_text(made, "kek", engine_path(cli->engine, "kek", &cli->arena));
	json_add_text(made, "configuration", engine_path(cli->engine, "issuer.yaml", &cli->arena));
	return cli_reply(cli, made, print_made);
}

/* ---- run ---- */

static void print_report(FILE *out, const json_t *report)
{
	/* For cron: nothing to say when nothing is wrong. */
	if (!isatty(fileno(out)))
		return;
	if (json_is_true(json_object_get(report, "elsewhere")))
		fprintf(out, "another process drives this home and does what is due\n");
	else
		fprintf(out, "%lld events handled\n",
			(long long)json_get_integer(report, "events", 0));
}

static bool interrupted(void *context)
{
	const struct cli *cli = context;
	return loop_interrupted(cli->loop);
}

enum status cmd_run(struct cli *cli)
{
	struct driver_report done;
	loop_catch_signals(cli->loop);
	/* First, because what they say may make something due. */
	TRY(cli_collect_bounces(cli));
	TRY(command_run(cli->engine, interrupted, cli, &done, &cli->error));
	json_t *report = json_object();
	json_add_integer(report, "events", done.events);
	json_add_integer(report, "faults", done.faults);
	json_add(report, "elsewhere", json_boolean(done.elsewhere));
	if (done.faults > 0) {
		json_add_text(report, "fault", done.fault);
		fprintf(stderr,
			"issuer: %lld duties failed and will be tried again; the last: %s\n",
			(long long)done.faults, done.fault);
	}
	return cli_reply(cli, report, print_report);
}

/* ---- status and the desk ---- */

static bool waits_for_person(const json_t *status)
{
	return json_array_size(json_object_get(status, "waiting")) > 0 ||
	       json_array_size(json_object_get(status, "rejections")) > 0;
}

enum status cmd_status(struct cli *cli)
{
	json_t *status = NULL;
	TRY(view_status(cli->engine, &status, &cli->error));
	if (waits_for_person(status))
		cli->exit = EXIT_STATUS_PERSON;
	return cli_reply(cli, status, print_status);
}

enum status cmd_desk(struct cli *cli)
{
	json_t *status = NULL;
	TRY(view_status(cli->engine, &status, &cli->error));
	return cli_reply(cli, status, print_desk);
}

/* ---- about the program ---- */

enum { DOT_MAX = 64 * 1024 };

static void print_text(FILE *out, const json_t *object)
{
	(void)fputs(json_get_text(object, "text"), out);
}

/* A text as it is, or as the one member of an object. */
static enum status reply_text(struct cli *cli, const char *text)
{
	json_t *object = json_object();
	json_add_text(object, "text", text);
	return cli_reply(cli, object, print_text);
}

enum status cmd_workflow(struct cli *cli)
{
	CLEANUP(buffer_release) struct buffer dot = {.maximum = DOT_MAX};
	workflow_dot(&dot);
	return reply_text(cli, buffer_text(&dot));
}

enum status cmd_help(struct cli *cli)
{
	CLEANUP(memory_freep) char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	if (!out)
		memory_exhausted();
	if (cli_has(cli, OPTION_MANUAL))
		help_manual(out);
	else
		help_program(out);
	(void)fclose(out);
	return reply_text(cli, text);
}
