/* issuer contact …: who may answer for a name. */
#include "cli/resolving.h"

#include "engine/people/contact.h"
#include "net/resolver_memory.h"

enum { WAIT_MS = 1000 };

/* One octet more than the parsers take, so that they say what is wrong. */
enum { ANSWER_MAX = 1024 * 1024 + 1 };

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	return text ? text : "-";
}

static void print_contacts(FILE *out, const json_t *report)
{
	const json_t *contacts = json_object_get(report, "contacts");
	for (size_t i = 0; i < json_array_size(contacts); i++) {
		const json_t *contact = json_array_get(contacts, i);
		fprintf(out, "%-11s %-36s %-18s %s", text_of(contact, "role"),
			text_of(contact, "email"), text_of(contact, "phone"),
			text_of(contact, "name"));
		if (json_get_text(contact, "organization"))
			fprintf(out, ", %s", json_get_text(contact, "organization"));
		if (json_get_text(contact, "handle"))
			fprintf(out, " (%s)", json_get_text(contact, "handle"));
		fputc('\n', out);
	}
	if (json_array_size(contacts) == 0)
		fprintf(out, "the answer names no contact of %s\n", text_of(report, "name"));
	if (json_get_text(report, "referral"))
		fprintf(out, "more may be known to %s\n", json_get_text(report, "referral"));
}

enum status cmd_contact_parse(struct cli *cli)
{
	CLEANUP(buffer_release) struct buffer answer = {.maximum = ANSWER_MAX};
	struct environment *environment = loop_environment(cli->loop);
	enum contact_format format = CONTACT_FORMAT_DETECTED;
	json_t *report = NULL;
	if (!cli_has(cli, OPTION_NAME))
		return fail(&cli->error, USAGE,
			    "issuer contact parse needs --name, the name that the answer is about");
	TRY(contact_format_parse(cli->values[OPTION_FORMAT], &format, &cli->error));
	if (environment->file_read(environment->self, cli->operands[0], &answer, &cli->error) != OK)
		return cli->error.status = INPUT;
	TRY(contact_parse(buffer_slice(&answer), cli->values[OPTION_NAME], format, &report,
			  &cli->error));
	return cli_reply(cli, report, print_contacts);
}

/* ---- contact show ---- */

static void print_sources(FILE *out, const json_t *report)
{
	const json_t *sources = json_object_get(report, "sources");
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const json_t *source = json_array_get(sources, i);
		fprintf(out, "  %s %s: %s\n", text_of(source, "protocol"),
			text_of(source, "server"), text_of(source, "said"));
	}
}

static void print_found(FILE *out, const json_t *report)
{
	const json_t *contacts = json_object_get(report, "contacts");
	for (size_t i = 0; i < json_array_size(contacts); i++) {
		const json_t *contact = json_array_get(contacts, i);
		fprintf(out, "%-11s %-36s %-18s %s", text_of(contact, "role"),
			text_of(contact, "email"), text_of(contact, "phone"),
			text_of(contact, "name"));
		if (json_get_text(contact, "organization"))
			fprintf(out, ", %s", json_get_text(contact, "organization"));
		if (json_get_text(contact, "handle"))
			fprintf(out, " (%s)", json_get_text(contact, "handle"));
		fprintf(out, "  [%s]\n", text_of(contact, "source"));
	}
	if (!json_is_true(json_object_get(report, "complete")))
		fprintf(out,
			"something could not be learnt now (%s): there may be more contacts; ask "
			"again later\n",
			text_of(report, "code"));
	else if (json_array_size(contacts) == 0)
		fprintf(out, "nobody is published who could be asked about %s\n",
			text_of(report, "name"));
	print_sources(out, report);
}

/* A home that is there has the answers of the last two days, and when who was asked. */
static void share_manners(struct cli *cli)
{
	const struct environment *environment = loop_environment(cli->loop);
	struct home_params home;
	if (cli_home_params(cli, &home) == OK &&
	    environment->file_check(environment->self, home.home, 0777, NULL) == OK)
		cli_share_manners(cli, home.home);
}

enum status cmd_contact_show(struct cli *cli)
{
	CLEANUP(resolver_memory_freep) struct resolver_memory *memory = resolver_memory_new();
	CLEANUP(resolving_release) struct resolving resolving = {0};
	CLEANUP(contact_inquiry_freep) struct contact_inquiry *inquiry = NULL;
	struct environment *environment = loop_environment(cli->loop);
	enum status status = OK;
	TRY(resolving_read(cli, &resolving));
	share_manners(cli);
	const struct attempt_setting setting = {
		.environment = environment,
		.network = &resolving.network,
		.memory = memory,
		.signatures_at_ms = resolving.at_ms,
	};
	loop_catch_signals(cli->loop);
	TRY(contact_inquire(&setting, resolving.anchors, cli->operands[0], &inquiry, &cli->error));
	while (!contact_inquiry_answered(inquiry)) {
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + WAIT_MS);
		if (loop_interrupted(cli->loop))
			return fail(&cli->error, INTERRUPTED, "interrupted");
	}
	json_t *report = NULL;
	TRY(contact_inquiry_report(inquiry, &report, &status, &cli->error));
	cli->exit = status_exit(status);
	return cli_reply(cli, report, print_found);
}
