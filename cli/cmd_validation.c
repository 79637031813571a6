/* issuer validation …, order release: see the table in commands.c and
 * engine/people/validation_command.h.
 */
#include "cli/cli.h"

#include "engine/people/answer.h"
#include "engine/people/validation_command.h"
#include "engine/people/validation_view.h"
#include "engine/view.h"
#include "engine/order/way_change.h"

#include <string.h>

enum { LIST_DEFAULT = 100, LIST_MAX = 1000, VALUE_MAX = 255 };

static struct receipt receipt_of(const struct cli *cli, struct slice input)
{
	return (struct receipt){
		.request_id = cli->values[OPTION_REQUEST_ID],
		.arguments = cli_arguments(cli, input),
	};
}

/* The reply of a command on an order. */
static enum status reply(struct cli *cli, struct receipt *receipt,
			 void (*text)(FILE *out, const json_t *object))
{
	json_t *object = STEAL(receipt->reply);
	return cli_reply(cli, object, text);
}

static enum status need(struct cli *cli, enum option option, const char *why)
{
	return cli_has(cli, option)
		       ? OK
		       : fail(&cli->error, USAGE, "%s %s is needed: %s", option_rows[option].name,
			      option_rows[option].value, why);
}

static enum status need_reason(struct cli *cli)
{
	return need(cli, OPTION_REASON, "the journal says why");
}

/* ---- an answer ---- */

/* The words of the command line, or one line of standard input, into text[VALUE_MAX + 1]. No
 * message names the value: who holds it can answer. */
static enum status read_value(struct cli *cli, char *text)
{
	size_t length = 0;
	bool from_input = cli->operand_count == 1 && strcmp(cli->operands[0], "-") == 0;
	if (from_input) {
		TRY(cli_read_line(cli, text, VALUE_MAX));
		length = strlen(text);
	}
	for (size_t i = 0; !from_input && i < cli->operand_count; i++) {
		size_t more = strlen(cli->operands[i]);
		if (length + more > VALUE_MAX)
			return fail(&cli->error, USAGE, "the value is longer than %d octets",
				    VALUE_MAX);
		memcpy(text + length, cli->operands[i], more);
		length += more;
	}
	text[length] = '\0';
	return length ? OK : fail(&cli->error, USAGE, "the value is empty");
}

static enum status read_scope(struct cli *cli, enum answer_scope *ret)
{
	static const char *const words[] = {
		[ANSWER_FOR_DOMAIN] = "domain", [ANSWER_FOR_NAMES] = "names"};
	const char *text = cli->values[OPTION_SCOPE];
	*ret = ANSWER_FOR_DOMAIN;
	if (!text)
		return OK;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcmp(words[i], text) != 0)
			continue;
		*ret = (enum answer_scope)i;
		return OK;
	}
	return fail(&cli->error, USAGE, "--scope takes domain or names, not \"%s\"", text);
}

static void print_answered(FILE *out, const json_t *object)
{
	fprintf(out, "%s of %s is answered: %s said %s about %s\n",
		json_get_text(object, "message"), json_get_text(object, "order"),
		json_get_text(object, "recipient"), json_get_text(object, "state"),
		json_get_text(object, "domain"));
	if (json_get_text(object, "code"))
		fprintf(out, "  which gives: %s [%s]\n", json_get_text(object, "sentence"),
			json_get_text(object, "code"));
	fprintf(out, "  the next issuer run, or issuer serve, goes on with the order\n");
}

enum status cmd_validation_answer(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = {0};
	char value[VALUE_MAX + 1];
	struct answered answered;
	struct answer_params params = {
		.value = value,
		.said = ANSWER_YES,
		.channel = "operator",
		.note = cli->values[OPTION_REASON],
		.actor = cli->engine->actor,
		.receipt = &receipt,
	};
	if (cli_has(cli, OPTION_SAID))
		TRY(answer_said_parse(cli->values[OPTION_SAID], &params.said, &cli->error));
	TRY(read_scope(cli, &params.scope));
	TRY(read_value(cli, value));
	receipt = receipt_of(cli, slice_text(value));
	TRY(command_answer(cli->engine, &params, &answered, &cli->error));
	return reply(cli, &receipt, print_answered);
}

/* ---- what an officer decides ---- */

enum status cmd_validation_give_up(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	struct give_up_params params = {
		.method = cli->values[OPTION_METHOD],
		.reason = cli->values[OPTION_REASON],
	};
	TRY(need_reason(cli));
	TRY(cli_number(cli, "o", cli->operands[0], &params.order_id));
	TRY(cli_name(cli, OPTION_NAME, &params.name));
	TRY(command_give_up(cli->engine, &params, &receipt, &cli->error));
	return reply(cli, &receipt, print_order);
}

enum status cmd_validation_switch(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	struct way_change change = {
		.method = cli->values[OPTION_METHOD],
		.scope = cli->values[OPTION_SCOPE],
		.addresses = cli->values[OPTION_ADDRESS],
		.reason = cli->values[OPTION_REASON],
	};
	TRY(need_reason(cli));
	if (!change.method && !change.scope && !change.addresses)
		return fail(&cli->error, USAGE, "give --method, --scope or --address");
	TRY(cli_number(cli, "o", cli->operands[0], &change.order_id));
	TRY(cli_name(cli, OPTION_NAME, &change.name));
	TRY(command_switch(cli->engine, &change, &receipt, &cli->error));
	return reply(cli, &receipt, print_order);
}

enum status cmd_validation_reuse(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	const char *name = NULL;
	int64_t id = 0;
	TRY(need(cli, OPTION_NAME, "each name is chosen for by itself"));
	TRY(cli_number(cli, "o", cli->operands[0], &id));
	TRY(cli_name(cli, OPTION_NAME, &name));
	TRY(command_reuse(cli->engine, id, name, cli_has(cli, OPTION_REFUSE) ? REUSE_NOT : REUSE_IT,
			  cli->values[OPTION_REASON], &receipt, &cli->error));
	return reply(cli, &receipt, print_order);
}

enum status cmd_order_release(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	const char *name = NULL;
	int64_t id = 0;
	TRY(need(cli, OPTION_NAME, "each name is released by itself"));
	TRY(need_reason(cli));
	TRY(cli_number(cli, "o", cli->operands[0], &id));
	TRY(cli_name(cli, OPTION_NAME, &name));
	TRY(command_release(cli->engine, id, name, cli->values[OPTION_REASON], &receipt,
			    &cli->error));
	return reply(cli, &receipt, print_order);
}

/* ---- results ---- */

enum status cmd_validation_withdraw(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli, SLICE_NONE);
	int64_t id = 0;
	TRY(need_reason(cli));
	TRY(cli_number(cli, "v", cli->operands[0], &id));
	TRY(command_withdraw(cli->engine, id, cli->values[OPTION_REASON], &receipt, &cli->error));
	return reply(cli, &receipt, print_validation);
}

enum status cmd_validation_show(struct cli *cli)
{
	int64_t id = 0;
	json_t *object = NULL;
	TRY(cli_number(cli, "v", cli->operands[0], &id));
	TRY(view_validation(cli->engine, id, &object, &cli->error));
	return cli_reply(cli, object, print_validation);
}

enum status cmd_validation_list(struct cli *cli)
{
	int64_t limit = LIST_DEFAULT;
	json_t *page = NULL;
	struct validation_filter filter = {.applicant = cli->values[OPTION_APPLICANT]};
	if (cli_has(cli, OPTION_AFTER))
		TRY(cli_number(cli, "v", cli->values[OPTION_AFTER], &filter.after));
	TRY(cli_integer(cli, OPTION_LIMIT, 1, LIST_MAX, &limit));
	TRY(cli_name(cli, OPTION_NAME, &filter.name));
	filter.limit = (int)limit;
	TRY(view_validations(cli->engine, &filter, &page, &cli->error));
	return cli_reply(cli, page, print_validations);
}
