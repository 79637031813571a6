/* issuer mail …: the mails that ask people, and what became of them. */
#include "cli/cli.h"

#include "engine/people/mail_command.h"
#include "engine/people/mail_view.h"

enum { LIST_DEFAULT = 100, LIST_MAX = 1000, MAIL_BYTES_MAX = (1 << 20) + 1 };

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	return text ? text : "-";
}

/* ---- list, show ---- */

static const char *sent_text(const json_t *message)
{
	const json_t *sent = json_object_get(message, "sent");
	if (json_get_text(message, "bounced_at"))
		return "bounced";
	return json_is_true(sent) ? "sent" : json_is_false(sent) ? "not-sent" : "sending";
}

static void print_line(FILE *out, const json_t *message)
{
	const json_t *roles = json_object_get(message, "roles");
	fprintf(out, "%-6s %-6s %-8s %-8s %-24s ", text_of(message, "message"),
		text_of(message, "order"), text_of(message, "state"), sent_text(message),
		text_of(message, "domain"));
	for (size_t i = 0; i < json_array_size(roles); i++)
		fprintf(out, "%s%s", i ? "," : "", json_string_value(json_array_get(roles, i)));
	fprintf(out, " %s\n", text_of(message, "recipient"));
}

static void print_messages(FILE *out, const json_t *page)
{
	const json_t *list = json_object_get(page, "messages");
	for (size_t i = 0; i < json_array_size(list); i++)
		print_line(out, json_array_get(list, i));
	if (json_object_get(page, "next"))
		fprintf(out, "more: --after %lld\n", (long long)json_get_integer(page, "next", 0));
}

static void print_mail(FILE *out, const json_t *mail)
{
	static const struct {
		const char *member, *shown;
	} headers[] = {{"from", "From"}, {"reply_to", "Reply-To"},
		       {"to", "To"},     {"subject", "Subject"},
		       {"date", "Date"}, {"message_id", "Message-ID"}};
	for (size_t i = 0; i < ARRAY_LENGTH(headers); i++)
		if (json_get_text(mail, headers[i].member))
			fprintf(out, "%s: %s\n", headers[i].shown,
				json_get_text(mail, headers[i].member));
	fprintf(out, "\n%s", text_of(mail, "text"));
}

static void print_message(FILE *out, const json_t *message)
{
	print_line(out, message);
	fprintf(out, "  source    %s\n", text_of(message, "source"));
	fprintf(out, "  until     %s\n", text_of(message, "until_at"));
	if (json_get_text(message, "answer"))
		fprintf(out, "  answer    %s\n", json_get_text(message, "answer"));
	if (json_get_text(message, "bounced_at"))
		fprintf(out, "  bounced   %s %s\n", json_get_text(message, "bounced_at"),
			text_of(message, "bounce"));
	const json_t *list = json_object_get(message, "sendings");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		fprintf(out, "  %-9s %s, tries: %lld, %s\n", text_of(row, "sending"),
			text_of(row, "state"), (long long)json_get_integer(row, "tries", 0),
			text_of(row, "answer"));
	}
	if (json_object_get(message, "mail")) {
		fputc('\n', out);
		print_mail(out, json_object_get(message, "mail"));
	}
}

enum status cmd_mail_list(struct cli *cli)
{
	int64_t order_id = 0, after = 0, limit = LIST_DEFAULT;
	json_t *page = NULL;
	if (cli->operand_count > 0)
		TRY(cli_number(cli, "o", cli->operands[0], &order_id));
	TRY(cli_integer(cli, OPTION_AFTER, 0, INT64_MAX, &after));
	TRY(cli_integer(cli, OPTION_LIMIT, 1, LIST_MAX, &limit));
	TRY(view_messages(cli->engine, order_id, after, (int)limit, &page, &cli->error));
	return cli_reply(cli, page, print_messages);
}

enum status cmd_mail_show(struct cli *cli)
{
	int64_t id = 0;
	json_t *message = NULL;
	TRY(cli_number(cli, "m", cli->operands[0], &id));
	TRY(view_message(cli->engine, id, VIEW_MESSAGE_WHOLE, &message, &cli->error));
	return cli_reply(cli, message, print_message);
}

/* ---- preview ---- */

static void print_preview(FILE *out, const json_t *preview)
{
	const json_t *list = json_object_get(preview, "asked");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *asked = json_array_get(list, i);
		const json_t *rows = json_object_get(asked, "recipients");
		fprintf(out, "%s by %s, of %s:\n", text_of(asked, "domain"),
			text_of(asked, "method"), text_of(asked, "contacts"));
		for (size_t k = 0; k < json_array_size(rows); k++) {
			const json_t *row = json_array_get(rows, k);
			fprintf(out, "  %s (%s)%s%s\n", text_of(row, "address"),
				text_of(row, "source"), json_get_text(row, "why") ? ": " : "",
				json_get_text(row, "why") ? json_get_text(row, "why") : "");
		}
		if (json_object_get(asked, "mail")) {
			fputc('\n', out);
			print_mail(out, json_object_get(asked, "mail"));
		}
	}
}

enum status cmd_mail_preview(struct cli *cli)
{
	int64_t id = 0;
	json_t *preview = NULL;
	TRY(cli_number(cli, "o", cli->operands[0], &id));
	TRY(view_mail_preview(cli->engine, id, &preview, &cli->error));
	return cli_reply(cli, preview, print_preview);
}

/* ---- resend ---- */

enum status cmd_mail_resend(struct cli *cli)
{
	CLEANUP(receipt_release)
	struct receipt receipt = {
		.request_id = cli->values[OPTION_REQUEST_ID],
		.arguments = cli_arguments(cli, SLICE_NONE),
	};
	int64_t id = 0;
	TRY(cli_number(cli, "m", cli->operands[0], &id));
	TRY(command_resend(cli->engine, id, cli->values[OPTION_REASON], &receipt, &cli->error));
	return cli_reply(cli, STEAL(receipt.reply), print_message);
}

/* ---- reports ---- */

static void print_outcomes(FILE *out, const json_t *report)
{
	const json_t *files = json_object_get(report, "files");
	const json_t *failed = json_object_get(report, "failed");
	for (size_t i = 0; i < json_array_size(files); i++) {
		const json_t *file = json_array_get(files, i);
		fprintf(out, "%s: %s", text_of(file, "file"), text_of(file, "outcome"));
		if (json_get_text(file, "message"))
			fprintf(out, ", %s to %s: %s", json_get_text(file, "message"),
				text_of(file, "recipient"), text_of(file, "words"));
		fputc('\n', out);
	}
	for (size_t i = 0; i < json_array_size(failed); i++)
		fprintf(out, "%s: %s\n", text_of(json_array_get(failed, i), "file"),
			text_of(json_array_get(failed, i), "detail"));
	if (json_is_true(json_object_get(report, "left")))
		fprintf(out, "there are more: collect again\n");
}

/* Standard input to its end, or as much as tells that it is too long. */
static void read_input(struct buffer *out)
{
	char chunk[4096];
	size_t length;
	while (!out->overflowed && (length = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		buffer_append(out, chunk, length);
}

static enum status take_mail(struct cli *cli, const char *file, json_t *list)
{
	CLEANUP(buffer_release) struct buffer mail = {.maximum = MAIL_BYTES_MAX};
	struct environment *environment = loop_environment(cli->loop);
	json_t *object = NULL;
	if (!file)
		read_input(&mail);
	else if (environment->file_read(environment->self, file, &mail, &cli->error) != OK)
		return cli->error.status = INPUT;
	TRY(command_bounce(cli->engine, buffer_slice(&mail), &object, &cli->error));
	json_add_text(object, "file", file ? file : "standard input");
	(void)json_array_append_new(list, object);
	return OK;
}

enum status cmd_mail_bounce(struct cli *cli)
{
	CLEANUP(json_releasep) json_t *report = json_object();
	json_t *list = json_array();
	json_add(report, "files", list);
	if (cli->operand_count == 0)
		TRY(take_mail(cli, NULL, list));
	for (size_t i = 0; i < cli->operand_count; i++)
		TRY(take_mail(cli, cli->operands[i], list));
	return cli_reply(cli, STEAL(report), print_outcomes);
}

enum status cmd_mail_collect(struct cli *cli)
{
	const struct configuration *configuration = NULL;
	const char *folder = cli->operand_count > 0 ? cli->operands[0] : NULL;
	json_t *report = NULL;
	if (!folder) {
		TRY(engine_configuration(cli->engine, &configuration, &cli->error));
		const char *bounces = configuration_mail(configuration)->bounces;
		if (!bounces)
			return fail(&cli->error, USAGE,
				    "issuer mail collect needs a folder, or mail: bounces in "
				    "issuer.yaml");
		folder = engine_file(cli->engine, bounces, &cli->arena);
	}
	TRY(command_collect(cli->engine, folder, &report, &cli->error));
	return cli_reply(cli, report, print_outcomes);
}

enum status cli_collect_bounces(struct cli *cli)
{
	const struct configuration *configuration = NULL;
	CLEANUP(json_releasep) json_t *collected = NULL;
	TRY(engine_configuration(cli->engine, &configuration, &cli->error));
	const char *folder = configuration_mail(configuration)->bounces;
	if (!folder)
		return OK;
	TRY(command_collect(cli->engine, engine_file(cli->engine, folder, &cli->arena), &collected,
			    &cli->error));
	const json_t *failed = json_object_get(collected, "failed");
	for (size_t i = 0; i < json_array_size(failed); i++)
		fprintf(stderr, "issuer: %s\n", json_get_text(json_array_get(failed, i), "detail"));
	return OK;
}
