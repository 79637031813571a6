/* issuer order …: see the table in commands.c and engine/command.h. */
#include "cli/cli.h"

#include "csr/request.h"
#include "engine/command.h"
#include "engine/view.h"
#include "policy/applicant_file.h"
#include "store/states.h"

#include <string.h>
#include <unistd.h>

enum { LIST_DEFAULT = 100, LIST_MAX = 1000, TIMEOUT_MAX_S = 30 * 24 * 3600 };

static enum status order_number(struct cli *cli, int64_t *ret)
{
	return cli_number(cli, "o", cli->operands[0], ret);
}

/* ---- validate ---- */

/* Shows a gate when what it says has changed; on a terminal only. */
struct progress {
	struct cli *cli;
	int64_t order_id;
	json_t *shown;
};

static void show_progress(void *context)
{
	struct progress *progress = context;
	json_t *now = NULL;
	struct error ignored;
	if (view_explain(progress->cli->engine, progress->order_id, &now, &ignored) != OK)
		return;
	const json_t *gates = json_object_get(now, "gates");
	const json_t *before = json_object_get(progress->shown, "gates");
	for (size_t i = 0; i < json_array_size(gates); i++) {
		const json_t *gate = json_array_get(gates, i);
		if (!json_equal(gate, json_array_get(before, i)))
			print_gate(stderr, gate);
	}
	json_decref(progress->shown);
	progress->shown = now;
}

static bool interrupted(void *context)
{
	const struct progress *progress = context;
	return loop_interrupted(progress->cli->loop);
}

/* Before anything is done: a line that is not understood changes nothing. */
static enum status read_timeout(struct cli *cli, int64_t *ret_s)
{
	if (cli_has(cli, OPTION_TIMEOUT) && !cli_has(cli, OPTION_WAIT))
		return fail(&cli->error, USAGE, "--timeout goes with --wait");
	return cli_integer(cli, OPTION_TIMEOUT, 1, TIMEOUT_MAX_S, ret_s);
}

/* Validates and sets the exit status by what the gates say. */
static enum status validate(struct cli *cli, int64_t order_id, enum validate_wait wait,
			    int64_t timeout_s)
{
	struct progress progress = {.cli = cli, .order_id = order_id};
	struct name_policy admitted;
	struct name name;
	struct validate_params params = {
		.order_id = order_id,
		.wait = wait,
		.timeout_ms = timeout_s * SECOND_MS,
		.interrupted = interrupted,
		.context = &progress,
	};
	if (cli_has(cli, OPTION_NAME)) {
		TRY(engine_name_policy(cli->engine, &admitted, &cli->error));
		TRY(name_parse(cli->values[OPTION_NAME], &admitted, &name, &cli->error));
		params.name = name.ascii;
	}
	if (wait == VALIDATE_WAIT && isatty(STDERR_FILENO) && !cli_has(cli, OPTION_JSON))
		params.progress = show_progress;
	loop_catch_signals(cli->loop);
	enum status status = command_validate(cli->engine, &params, &cli->exit, &cli->error);
	json_decref(progress.shown);
	if (status == BUSY)
		(void)fail_hint(&cli->error, BUSY,
				"it was told: the checks are due; see issuer order explain %lld",
				(long long)order_id);
	return status;
}

enum status cmd_order_validate(struct cli *cli)
{
	int64_t id = 0, timeout_s = 0;
	json_t *order = NULL;
	TRY(read_timeout(cli, &timeout_s));
	TRY(order_number(cli, &id));
	TRY(validate(cli, id, cli_has(cli, OPTION_WAIT) ? VALIDATE_WAIT : VALIDATE_ONCE,
		     timeout_s));
	TRY(view_explain(cli->engine, id, &order, &cli->error));
	return cli_reply(cli, order, print_explain);
}

/* ---- create ---- */

/* --applicant names a file when there is one of that name, else a reference. */
static enum status read_applicant(struct cli *cli, struct order_params *params,
				  struct applicant_params *data)
{
	struct applicant_file file = {0};
	if (!cli_has(cli, OPTION_APPLICANT))
		return OK;
	params->applicant = cli->values[OPTION_APPLICANT];
	enum status status =
		applicant_file_load(params->applicant, &cli->arena, &file, &cli->error);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	*data = (struct applicant_params){
		.reference = file.reference,
		.name = file.name,
		.type = file.type,
		.country = file.country,
		.account_uri = file.account_uri,
		.account_thumbprint =
			file.account_key ? arena_text(&cli->arena, file.account_thumbprint) : NULL,
	};
	params->applicant_data = data;
	return OK;
}

static struct receipt receipt_of(const struct cli *cli, struct slice file)
{
	return (struct receipt){
		.request_id = cli->values[OPTION_REQUEST_ID],
		.arguments = cli_arguments(cli, file),
	};
}

static enum status create(struct cli *cli, struct receipt *receipt, int64_t *ret_id)
{
	CLEANUP(buffer_release) struct buffer csr = {.maximum = REQUEST_BYTES_MAX};
	struct applicant_params applicant;
	enum order_created created;
	struct order_params params = {
		.names = cli->operands,
		.name_count = cli->operand_count,
		.product = cli->values[OPTION_PRODUCT],
		.key_type = cli->values[OPTION_KEY_TYPE],
		.method = cli->values[OPTION_METHOD],
		.follow_aliases = cli_has(cli, OPTION_FOLLOW_ALIASES),
		.reference = cli->values[OPTION_REFERENCE],
	};
	if (cli_has(cli, OPTION_CSR)) {
		TRY(cli_read_file(cli, OPTION_CSR, &csr));
		params.csr = buffer_slice(&csr);
	}
	TRY(read_applicant(cli, &params, &applicant));
	*receipt = receipt_of(cli, params.csr);
	return command_create(cli->engine, &params, receipt, ret_id, &created, &cli->error);
}

/* The reply of a mutating command. */
static enum status reply(struct cli *cli, struct receipt *receipt)
{
	json_t *object = STEAL(receipt->reply);
	return cli_reply(cli, object, print_order);
}

enum status cmd_order_create(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = {0};
	int64_t id = 0, timeout_s = 0;
	json_t *order = NULL;
	TRY(read_timeout(cli, &timeout_s));
	TRY(create(cli, &receipt, &id));
	if (!cli_has(cli, OPTION_WAIT))
		return reply(cli, &receipt);
	if (!id)
		TRY(cli_number(cli, "o", json_get_text(receipt.reply, "order"), &id));
	if (!cli_has(cli, OPTION_JSON))
		print_order(stdout, receipt.reply);
	TRY(validate(cli, id, VALIDATE_WAIT, timeout_s));
	TRY(view_order(cli->engine, id, &order, &cli->error));
	return cli_reply(cli, order, print_explain);
}

/* ---- other changes ---- */

enum status cmd_order_csr(struct cli *cli)
{
	CLEANUP(buffer_release) struct buffer csr = {.maximum = REQUEST_BYTES_MAX};
	CLEANUP(receipt_release) struct receipt receipt = {0};
	int64_t id = 0;
	TRY(order_number(cli, &id));
	if (cli_has(cli, OPTION_FILE) && cli_has(cli, OPTION_KEY_TYPE))
		return fail(&cli->error, USAGE, "--key-type goes with --generate, not with --file");
	if (cli_has(cli, OPTION_FILE) == cli_has(cli, OPTION_GENERATE))
		return fail(&cli->error, USAGE, "give either --file FILE or --generate");
	if (cli_has(cli, OPTION_FILE))
		TRY(cli_read_file(cli, OPTION_FILE, &csr));
	receipt = receipt_of(cli, buffer_slice(&csr));
	TRY(command_csr(cli->engine, id, buffer_slice(&csr), cli->values[OPTION_KEY_TYPE], &receipt,
			&cli->error));
	return reply(cli, &receipt);
}

enum status cmd_order_cancel(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	int64_t id = 0;
	TRY(order_number(cli, &id));
	TRY(command_cancel(cli->engine, id, cli->values[OPTION_REASON], &receipt, &cli->error));
	return reply(cli, &receipt);
}

/* ---- questions ---- */

enum status cmd_order_list(struct cli *cli)
{
	int64_t after = 0, limit = LIST_DEFAULT;
	enum order_state state = 0;
	json_t *page = NULL;
	if (cli_has(cli, OPTION_AFTER))
		TRY(cli_number(cli, "o", cli->values[OPTION_AFTER], &after));
	TRY(cli_integer(cli, OPTION_LIMIT, 1, LIST_MAX, &limit));
	if (cli_has(cli, OPTION_STATE) &&
	    order_state_parse(cli->values[OPTION_STATE], &state) != OK)
		return fail(&cli->error, USAGE, "\"%s\" is not a state of orders",
			    cli->values[OPTION_STATE]);
	TRY(view_orders(cli->engine, after, state, (int)limit, &page, &cli->error));
	return cli_reply(cli, page, print_orders);
}

/* One order, by a view and its text. */
static enum status show(struct cli *cli,
			enum status (*view)(struct engine *engine, int64_t order_id, json_t **ret,
					    struct error *err),
			void (*text)(FILE *out, const json_t *object))
{
	int64_t id = 0;
	json_t *object = NULL;
	TRY(order_number(cli, &id));
	TRY(view(cli->engine, id, &object, &cli->error));
	return cli_reply(cli, object, text);
}

enum status cmd_order_show(struct cli *cli)
{
	return show(cli, view_order, print_order);
}

enum status cmd_order_explain(struct cli *cli)
{
	return show(cli, view_explain, print_explain);
}

enum status cmd_order_history(struct cli *cli)
{
	return show(cli, view_history, print_history);
}
