/* issuer contact …: who may answer for a name. */
#include "cli/cli.h"

#include "engine/contact.h"

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
