/*
 * issuer serve: the driver of a home that stays, with the page on which people
 * answer. Requests are answered while the driver waits, between its turns.
 */
#include "cli/cli.h"

#include "engine/drive/driver.h"
#include "gateway/answer_page.h"

/* Other commands write what is due and tell nobody. */
enum { LOOK_MS = 1000 };

/* How often reports of mail that was not delivered are looked for. */
enum { COLLECT_MS = 5000 };

struct serving {
	struct cli *cli;
	bool collects; /* issuer.yaml names a folder of reports */
	int64_t collect_at_ms;
};

static void print_line(void *context, const char *line)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

static void print_fault(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "a duty failed and will be tried again: %s\n", sentence);
}

static bool interrupted(void *context)
{
	const struct serving *serving = context;
	return loop_interrupted(serving->cli->loop);
}

/* A folder that is gone for a while is no reason to stop. */
static void collect(void *context)
{
	struct serving *serving = context;
	struct environment *environment = loop_environment(serving->cli->loop);
	int64_t now = environment->monotonic(environment->self);
	if (!serving->collects || now < serving->collect_at_ms)
		return;
	serving->collect_at_ms = now + COLLECT_MS;
	struct error *error = &serving->cli->error;
	if (cli_collect_bounces(serving->cli) != OK)
		fprintf(stderr, "reports of mail could not be read: %s\n", error->sentence);
	*error = NO_ERROR;
}

static void print_ready(FILE *out, const json_t *ready)
{
	const char *listen = json_get_text(ready, "listen");
	if (listen)
		fprintf(out, "driving; answers at %s, listening on %s\n",
			json_get_text(ready, "url"), listen);
	else
		fprintf(out, "driving; nothing is listened on\n");
}

static enum status reply_ready(struct cli *cli, const struct configuration_answers *answers,
			       const struct answer_page *page)
{
	json_t *ready = json_object();
	json_add_text(ready, "state", "driving");
	if (page) {
		char text[ENDPOINT_TEXT];
		struct endpoint endpoint = answers->listen;
		endpoint.port = answer_page_port(page);
		json_add_text(ready, "listen", endpoint_text(&endpoint, text));
		json_add_text(ready, "url", answers->url);
	}
	return cli_reply(cli, ready, print_ready);
}

static enum status open_page(struct cli *cli, const struct configuration_answers *answers,
			     struct answer_page **ret)
{
	struct engine *engine = cli->engine;
	struct answer_page_params params = {
		.loop = cli->loop,
		.engine = engine,
		.answers = answers,
		.log = print_line,
	};
	if (answers->certificate) {
		params.certificate_file = engine_file(engine, answers->certificate, &cli->arena);
		params.key_file = engine_file(engine, answers->key, &cli->arena);
	}
	return answer_page_new(&params, ret, &cli->error);
}

/* Until a signal comes, which is the way to end it. */
static enum status drive(struct cli *cli, struct driver *driver, bool collects)
{
	struct serving serving = {.cli = cli, .collects = collects};
	struct driver_report report;
	struct driver_goal goal = {
		.interrupted = interrupted,
		.faulted = print_fault,
		.meanwhile = collect,
		.context = &serving,
		.look_ms = LOOK_MS,
		.until_ms = INT64_MAX,
	};
	enum status status = driver_run(driver, &goal, &report, &cli->error);
	return status == INTERRUPTED ? OK : status;
}

enum status cmd_serve(struct cli *cli)
{
	CLEANUP(driver_releasep) struct driver *driver = NULL;
	CLEANUP(answer_page_freep) struct answer_page *page = NULL;
	const struct configuration *configuration = NULL;
	TRY(engine_configuration(cli->engine, &configuration, &cli->error));
	const struct configuration_answers *answers = configuration_answers(configuration);
	loop_catch_signals(cli->loop);
	TRY(driver_take(cli->engine, &driver, &cli->error));
	if (answers->serves)
		TRY(open_page(cli, answers, &page));
	TRY(reply_ready(cli, answers, page));
	enum status status = drive(cli, driver, configuration_mail(configuration)->bounces);
	if (page)
		answer_page_drain(page);
	return status;
}
