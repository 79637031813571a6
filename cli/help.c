/* Help and manual, made from the tables. MANUAL.md is `issuer help --manual`; a test compares them.
 */
#include "cli/cli.h"

static void print_usage(FILE *out, const struct command_row *command)
{
	fprintf(out, "issuer%s%s%s%s", command->noun[0] ? " " : "", command->noun,
		command->verb[0] ? " " : "", command->verb);
	if (command->operands[0])
		fprintf(out, " %s", command->operands);
	for (size_t i = 0; command->options[i] != OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[command->options[i]];
		if (row->value)
			fprintf(out, " [%s %s]", row->name, row->value);
		else
			fprintf(out, " [%s]", row->name);
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct option_row *row)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "%s%s%s", row->name, row->value ? " " : "",
		       row->value ? row->value : "");
	fprintf(out, "  %-24s %s\n", name, row->help);
}

static void print_global_options(FILE *out)
{
	for (size_t i = 0; i < OPTION_GLOBAL_END; i++)
		print_option(out, &option_rows[i]);
}

void help_command(FILE *out, const struct command_row *command)
{
	print_usage(out, command);
	fprintf(out, "\n%s\n", command->summary);
	if (command->details)
		fprintf(out, "\n%s\n", command->details);
	fprintf(out, "\n");
	for (size_t i = 0; command->options[i] != OPTION_COUNT; i++)
		print_option(out, &option_rows[command->options[i]]);
	print_global_options(out);
}

static const char exit_table[] =
	"Exit status: 0 done; 1 refused by a rule, the answer is no, or not found; 2 usage;\n"
	"3 waiting for a person; 4 could not now, may be retried; 5 the store or the program "
	"failed.\n";

void help_program(FILE *out)
{
	fprintf(out, "issuer: orders of TLS certificates, from request to certificate\n\n");
	for (size_t i = 0; i < command_count; i++) {
		const struct command_row *command = &command_rows[i];
		char words[64];
		(void)snprintf(words, sizeof(words), "%s%s%s %s", command->noun,
			       command->verb[0] ? " " : "", command->verb, command->operands);
		fprintf(out, "  issuer %-26s %s\n", words, command->summary);
	}
	fprintf(out, "\nEvery command takes:\n");
	print_global_options(out);
	fprintf(out, "\n%s", exit_table);
}

void help_manual(FILE *out)
{
	fprintf(out,
		"# The manual of `issuer`\n\n"
		"Made by `issuer help --manual` from the tables that the program obeys.\n\n"
		"%s\n## Options of every command\n\n```\n",
		exit_table);
	print_global_options(out);
	fprintf(out, "```\n");
	for (size_t i = 0; i < command_count; i++) {
		const struct command_row *command = &command_rows[i];
		fprintf(out, "\n## issuer%s%s%s%s\n\n```\n", command->noun[0] ? " " : "",
			command->noun, command->verb[0] ? " " : "", command->verb);
		help_command(out, command);
		fprintf(out, "```\n");
	}
	fprintf(out,
		"\n## Problem codes\n\n| code | exit | retry | meaning |\n|---|---|---|---|\n");
	for (enum status s = OK + 1; s < STATUS_COUNT; s++)
		fprintf(out, "| `%s` | %d | %s | %s |\n", status_code(s), (int)status_exit(s),
			status_retry(s) == RETRY_MAY_HELP ? "may help" : "never", status_title(s));
}
