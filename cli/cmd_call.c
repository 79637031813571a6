/* issuer call …: the telephone. See the table in commands.c and engine/people/call.h. */
#include "cli/cli.h"

#include "base/civil.h"
#include "engine/people/call.h"
#include "engine/people/call_view.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_DEFAULT = 100, LIST_MAX = 1000, VALUE_MAX = 255 };

static enum status call_number(struct cli *cli, int64_t *ret)
{
	return cli_number(cli, "t", cli->operands[0], ret);
}

static struct receipt receipt_of(const struct cli *cli)
{
	return (struct receipt){
		.request_id = cli->values[OPTION_REQUEST_ID],
		.arguments = cli_arguments(cli, SLICE_NONE),
	};
}

/* --at; 0: not given. */
static enum status read_time(struct cli *cli, int64_t *ret)
{
	const char *text = cli->values[OPTION_AT];
	*ret = 0;
	if (text && (instant_parse(text, 0, ret) != OK || *ret == 0))
		return fail(&cli->error, USAGE,
			    "--at takes a time such as 2026-11-22T04:00:00Z, not \"%s\"", text);
	return OK;
}

static enum status needed(struct cli *cli, enum option option)
{
	if (cli_has(cli, option))
		return OK;
	return fail(&cli->error, USAGE, "issuer call %s needs %s", cli->command->verb,
		    option_rows[option].name);
}

/* ---- text ---- */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	return text ? text : "-";
}

static void print_member(FILE *out, const json_t *object, const char *name, const char *label)
{
	if (json_get_text(object, name))
		fprintf(out, "  %-12s %s\n", label, json_get_text(object, name));
}

static const char *subject_of(const json_t *call)
{
	const json_t *about = json_object_get(call, "for");
	const char *domain = json_get_text(about, "domain");
	return domain ? domain : text_of(about, "applicant");
}

static void print_line(FILE *out, const json_t *call)
{
	const char *waits_for = json_get_text(call, "waits_for");
	fprintf(out, "%-6s %-16s %-30s %-9s", text_of(call, "call"), text_of(call, "number"),
		subject_of(call), waits_for ? waits_for : text_of(call, "state"));
	if (json_get_text(call, "agreed_at"))
		fprintf(out, "  agreed %s", text_of(call, "agreed_at"));
	else if (json_get_text(call, "proposed_at"))
		fprintf(out, "  proposed %s", text_of(call, "proposed_at"));
	fprintf(out, "  [%s, %s", text_of(call, "roles"), text_of(call, "source"));
	if (json_get_text(call, "written"))
		fprintf(out, ", %s", text_of(call, "written"));
	fprintf(out, "]\n");
}

static void print_calls(FILE *out, const json_t *page)
{
	const json_t *calls = json_object_get(page, "calls");
	for (size_t i = 0; i < json_array_size(calls); i++)
		print_line(out, json_array_get(calls, i));
	if (json_array_size(calls) == 0)
		fprintf(out, "nobody is to be called\n");
	if (json_get_text(page, "next"))
		fprintf(out, "more: --after %s\n", json_get_text(page, "next"));
}

static void print_call(FILE *out, const json_t *call)
{
	static const struct {
		const char *member, *label;
	} members[] = {
		{"person", "ask for"},    {"entitled", "may answer"}, {"rule", "by"},
		{"outcome", "outcome"},   {"called_at", "called"},    {"callee", "callee"},
		{"callee_role", "as"},    {"officer", "officer"},     {"code", "code"},
		{"sentence", "that is"},  {"until", "value until"},   {"contacts", "contacts"},
		{"evidence", "evidence"},
	};
	const json_t *also = json_object_get(call, "also");
	print_line(out, call);
	fprintf(out, "  %-12s %s\n", "order", text_of(json_object_get(call, "for"), "order"));
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
		print_member(out, call, members[i].member, members[i].label);
	for (size_t i = 0; i < json_array_size(also); i++)
		print_call(out, json_array_get(also, i));
}

static void print_script(FILE *out, const json_t *script)
{
	fputs(text_of(script, "script"), out);
}

/* ---- questions ---- */

enum status cmd_call_list(struct cli *cli)
{
	int64_t after = 0, limit = LIST_DEFAULT;
	json_t *page = NULL;
	if (cli_has(cli, OPTION_AFTER))
		TRY(cli_number(cli, "t", cli->values[OPTION_AFTER], &after));
	TRY(cli_integer(cli, OPTION_LIMIT, 1, LIST_MAX, &limit));
	TRY(view_calls(cli->engine, cli_has(cli, OPTION_DUE) ? CALLS_DUE : CALLS_STANDING, after,
		       (int)limit, &page, &cli->error));
	return cli_reply(cli, page, print_calls);
}

enum status cmd_call_show(struct cli *cli)
{
	int64_t id = 0;
	json_t *call = NULL;
	TRY(call_number(cli, &id));
	TRY(view_call(cli->engine, id, &call, &cli->error));
	return cli_reply(cli, call, print_call);
}

enum status cmd_call_script(struct cli *cli)
{
	const char *text = cli->values[OPTION_LANGUAGE];
	int64_t id = 0;
	json_t *script = NULL;
	enum message_language language = MESSAGE_JA;
	TRY(call_number(cli, &id));
	if (text && strcmp(text, "en") == 0)
		language = MESSAGE_EN;
	else if (text && strcmp(text, "ja") != 0)
		return fail(&cli->error, USAGE, "--language takes ja or en, not \"%s\"", text);
	TRY(view_call_script(cli->engine, id, language, &script, &cli->error));
	return cli_reply(cli, script, print_script);
}

/* ---- changes ---- */

/* The reply, with the exit status of what the calls were worth: also of one that is told again. */
static enum status reply(struct cli *cli, struct receipt *receipt, bool judged)
{
	json_t *object = STEAL(receipt->reply);
	const json_t *also = json_object_get(object, "also");
	for (size_t i = 0; judged && i <= json_array_size(also); i++) {
		const json_t *call = i ? json_array_get(also, i - 1) : object;
		const char *code = json_get_text(call, "code"); /* NULL: the answer counts */
		enum exit_status exit =
			code ? status_exit(status_from_code(code)) : EXIT_STATUS_DONE;
		/* A refusal outweighs what only waits. */
		if (cli->exit == EXIT_STATUS_DONE || exit == EXIT_STATUS_REFUSED)
			cli->exit = exit;
	}
	return cli_reply(cli, object, print_call);
}

/* "a,b" as "a b". */
static const char *words_of(struct cli *cli, const char *list)
{
	char *text = arena_text(&cli->arena, list);
	for (char *c = text; c && *c; c++)
		*c = *c == ',' ? ' ' : *c;
	return text;
}

enum status cmd_call_create(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli);
	struct call_create_params params = {
		.number = cli->values[OPTION_NUMBER],
		.source = cli->values[OPTION_SOURCE],
		.person = cli->values[OPTION_PERSON],
		.listing = cli_has(cli, OPTION_UNLISTED) ? UNLISTED : LISTING_ANY,
		.entitled = words_of(cli, cli->values[OPTION_ENTITLED]),
		.reason = cli->values[OPTION_REASON],
	};
	TRY(cli_number(cli, "o", cli->operands[0], &params.order_id));
	TRY(needed(cli, OPTION_NUMBER));
	TRY(needed(cli, OPTION_SOURCE));
	TRY(read_time(cli, &params.at));
	TRY(command_call_create(cli->engine, &params, &receipt, &cli->error));
	return reply(cli, &receipt, false);
}

static enum status set_time(struct cli *cli, enum call_time_act act)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli);
	int64_t id = 0, at = 0;
	TRY(call_number(cli, &id));
	TRY(read_time(cli, &at));
	TRY(command_call_time(cli->engine, id, act, at, &receipt, &cli->error));
	return reply(cli, &receipt, false);
}

enum status cmd_call_propose(struct cli *cli)
{
	TRY(needed(cli, OPTION_AT));
	return set_time(cli, CALL_PROPOSE);
}

enum status cmd_call_agree(struct cli *cli)
{
	return set_time(cli, CALL_AGREE);
}

/* "t-4:yes,t-5:no". */
static enum status read_also(struct cli *cli, struct call_also *also, size_t *ret_count)
{
	const char *rest = cli->values[OPTION_ALSO];
	for (*ret_count = 0; rest && *rest; rest += *rest == ',') {
		size_t length = strcspn(rest, ",");
		char *word = arena_bytes(&cli->arena, slice_of(rest, length));
		char *colon = strchr(word, ':');
		bool yes = colon && strcmp(colon, ":yes") == 0;
		if (!yes && !(colon && strcmp(colon, ":no") == 0))
			return fail(&cli->error, USAGE,
				    "--also says what was answered about each call: t-4:yes or "
				    "t-4:no, not \"%s\"",
				    word);
		if (*ret_count == CALLS_COMBINED_MAX)
			return fail(&cli->error, USAGE, "--also takes at most %d calls",
				    CALLS_COMBINED_MAX);
		*colon = '\0';
		struct call_also *row = &also[(*ret_count)++];
		TRY(cli_number(cli, "t", word, &row->call_id));
		row->outcome = yes ? CALL_OUTCOME_CONFIRMED : CALL_OUTCOME_REFUSED;
		rest += length;
	}
	return OK;
}

enum status cmd_call_record(struct cli *cli)
{
	CLEANUP(receipt_release) struct receipt receipt = receipt_of(cli);
	struct call_also also[CALLS_COMBINED_MAX];
	char value[VALUE_MAX + 1];
	struct call_record_params params = {
		.callee = cli->values[OPTION_CALLEE],
		.role = cli->values[OPTION_ROLE],
		.value = cli->values[OPTION_VALUE],
		.note = cli->values[OPTION_REASON],
		.also = also,
	};
	TRY(call_number(cli, &params.call_id));
	TRY(needed(cli, OPTION_OUTCOME));
	if (call_outcome_parse(cli->values[OPTION_OUTCOME], &params.outcome) != OK)
		return fail(&cli->error, USAGE, "\"%s\" is not an outcome of a call",
			    cli->values[OPTION_OUTCOME]);
	if (params.value && strcmp(params.value, "-") == 0) {
		TRY(cli_read_line(cli, value, VALUE_MAX));
		params.value = value;
	}
	TRY(read_time(cli, &params.at));
	TRY(read_also(cli, also, &params.also_count));
	TRY(command_call_record(cli->engine, &params, &receipt, &cli->error));
	return reply(cli, &receipt, true);
}
