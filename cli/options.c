/* Reading the command line by the tables: see cli.h. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool cli_has(const struct cli *cli, enum option option)
{
	return cli->values[option] != NULL;
}

/* ---- words and options ---- */

static bool takes(const struct command_row *command, enum option option)
{
	if (option < (enum option)OPTION_GLOBAL_END)
		return true;
	for (size_t i = 0; command && command->options[i] != OPTION_COUNT; i++)
		if (command->options[i] == (int)option)
			return true;
	return false;
}

enum { TEXT_MAX = 1000 };

/* Options whose value is kept and shown as text. */
static const enum option text_options[] = {OPTION_REFERENCE, OPTION_REASON, OPTION_REQUEST_ID};

static bool is_utf8(const char *text)
{
	CLEANUP(json_releasep) json_t *string = json_string(text);
	return string;
}

/* An empty value is a shell variable that was not set. What a terminal would obey, or would show
 * as something else, is refused before it is kept. */
static enum status check_value(struct cli *cli, enum option option, const char *value)
{
	const char *name = option_rows[option].name;
	if (!value[0])
		return fail(&cli->error, USAGE, "the option %s needs a value, and it is empty",
			    name);
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail(&cli->error, USAGE, "the value of %s holds a control character",
				    name);
	for (size_t i = 0; i < ARRAY_LENGTH(text_options); i++) {
		if (text_options[i] != option)
			continue;
		if (!is_utf8(value))
			return fail(&cli->error, USAGE, "the value of %s is not UTF-8", name);
		if (strlen(value) > TEXT_MAX)
			return fail(&cli->error, USAGE, "the value of %s is longer than %d octets",
				    name, TEXT_MAX);
	}
	return OK;
}

/* --name VALUE, --name=VALUE or --flag at argv[*at]; advances *at past a value. A value that begins
 * with "--" is taken after "=" only: else a forgotten value would swallow the next option. */
static enum status read_option(struct cli *cli, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		if (strlen(row->name) != length || strncmp(row->name, word, length) != 0)
			continue;
		const char *before = cli->values[i];
		if (before && i != OPTION_ADDRESS)
			return fail(&cli->error, USAGE, "the option %s was given twice", row->name);
		if (!row->value && equals)
			return fail(&cli->error, USAGE, "the option %s takes no value", row->name);
		bool next_is_value = *at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0;
		if (row->value && !equals && !next_is_value)
			return fail(&cli->error, USAGE, "the option %s needs a value: %s",
				    row->name, row->value);
		cli->values[i] = !row->value ? "" : equals ? equals + 1 : argv[++*at];
		if (row->value)
			TRY(check_value(cli, (enum option)i, cli->values[i]));
		if (before)
			cli->values[i] =
				arena_printf(&cli->arena, "%s\n%s", before, cli->values[i]);
		return OK;
	}
	return fail(&cli->error, USAGE, "there is no option %.*s", (int)length, word);
}

static enum status read_words(struct cli *cli, int argc, char **argv)
{
	bool only_operands = false;
	for (int i = 1; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
			continue;
		}
		if (!only_operands && argv[i][0] == '-' && argv[i][1] == '-') {
			TRY(read_option(cli, argc, argv, &i));
			continue;
		}
		if (!only_operands && argv[i][0] == '-' && argv[i][1])
			return fail(&cli->error, USAGE, "there is no option %s", argv[i]);
		if (cli->operand_count == OPERANDS_MAX)
			return fail(&cli->error, USAGE, "more than %d words were given",
				    OPERANDS_MAX);
		cli->operands[cli->operand_count++] = argv[i];
	}
	return OK;
}

/* ---- the command ---- */

static bool names_command(const struct command_row *row, const char *noun, const char *verb)
{
	return strcmp(row->noun, noun) == 0 && (!row->verb[0] || strcmp(row->verb, verb) == 0);
}

/* A noun alone, or with a verb that it does not have: names those it has. */
static enum status verb_missing(struct cli *cli, const char *noun, const char *verb)
{
	struct buffer verbs;
	buffer_init(&verbs, 512);
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(command_rows[i].noun, noun) == 0)
			buffer_printf(&verbs, "%s%s", verbs.length ? ", " : "",
				      command_rows[i].verb);
	if (verb[0])
		(void)fail(&cli->error, USAGE, "there is no command %s %s; there are: %s", noun,
			   verb, buffer_text(&verbs));
	else
		(void)fail(&cli->error, USAGE, "issuer %s needs one of: %s", noun,
			   buffer_text(&verbs));
	buffer_release(&verbs);
	return fail_hint(&cli->error, USAGE, "issuer help lists the commands");
}

static enum status find_command(struct cli *cli)
{
	const char *noun = cli->operand_count > 0 ? cli->operands[0] : "";
	const char *verb = cli->operand_count > 1 ? cli->operands[1] : "";
	bool known_noun = false;
	for (size_t i = 0; i < command_count && !cli->command; i++) {
		known_noun = known_noun || strcmp(command_rows[i].noun, noun) == 0;
		if (names_command(&command_rows[i], noun, verb))
			cli->command = &command_rows[i];
	}
	if (!cli->command && known_noun)
		return verb_missing(cli, noun, verb);
	if (!cli->command) {
		(void)fail(&cli->error, USAGE, "there is no command %s", noun);
		return fail_hint(&cli->error, USAGE, "issuer help lists the commands");
	}
	size_t words = (size_t)(cli->command->noun[0] != '\0') + (cli->command->verb[0] != '\0');
	cli->operand_count -= words;
	memmove(cli->operands, cli->operands + words,
		cli->operand_count * sizeof(cli->operands[0]));
	return OK;
}

/* A line that was not understood is still answered in the form it asked for. */
static void notice_json(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], option_rows[OPTION_JSON].name) == 0)
			cli->values[OPTION_JSON] = "";
}

enum status cli_parse(struct cli *cli, int argc, char **argv)
{
	enum status status = read_words(cli, argc, argv);
	if (status != OK)
		notice_json(cli, argc, argv);
	TRY(status);
	if (cli_has(cli, OPTION_VERSION))
		return OK;
	TRY(find_command(cli));
	const struct command_row *command = cli->command;
	const char *gap = command->verb[0] ? " " : "";
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (cli->values[i] && !takes(command, (enum option)i))
			return fail(&cli->error, USAGE, "issuer %s%s%s does not take %s",
				    command->noun, gap, command->verb, option_rows[i].name);
	if (cli_has(cli, OPTION_HELP))
		return OK;
	if (cli->operand_count < command->operands_min)
		return fail(&cli->error, USAGE, "issuer %s%s%s needs %s", command->noun, gap,
			    command->verb, command->operands);
	if (cli->operand_count > command->operands_max)
		return fail(&cli->error, USAGE, "issuer %s%s%s does not take \"%s\"", command->noun,
			    gap, command->verb, cli->operands[command->operands_max]);
	return OK;
}

/* ---- values ---- */

enum status cli_number(struct cli *cli, const char *noun, const char *text, int64_t *ret)
{
	size_t length = strlen(noun);
	const char *digits = text;
	if (strncmp(text, noun, length) == 0 && text[length] == '-')
		digits = text + length + 1;
	char *end;
	errno = 0;
	long long number = strtoll(digits, &end, 10);
	if (digits[0] < '0' || digits[0] > '9' || *end || errno || number < 1)
		return fail(&cli->error, USAGE, "\"%s\" is not a number such as %s-12", text, noun);
	*ret = number;
	return OK;
}

enum status cli_name(struct cli *cli, enum option option, const char **ret)
{
	struct name_policy admitted;
	struct name name;
	*ret = NULL;
	if (!cli_has(cli, option))
		return OK;
	TRY(engine_name_policy(cli->engine, &admitted, &cli->error));
	TRY(name_parse(cli->values[option], &admitted, &name, &cli->error));
	*ret = arena_text(&cli->arena, name.ascii);
	return OK;
}

enum status cli_integer(struct cli *cli, enum option option, int64_t least, int64_t most,
			int64_t *ret)
{
	const char *text = cli->values[option];
	if (!text)
		return OK;
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number < least || number > most)
		return fail(&cli->error, USAGE,
			    "%s takes a whole number from %lld to %lld, not \"%s\"",
			    option_rows[option].name, (long long)least, (long long)most, text);
	*ret = number;
	return OK;
}

enum status cli_read_line(struct cli *cli, char *text, size_t most)
{
	if (!fgets(text, (int)most + 1, stdin))
		return fail(&cli->error, USAGE, "there is no value on standard input");
	size_t length = strcspn(text, "\r\n");
	if (!text[length] && length == most)
		return fail(&cli->error, USAGE, "the value is longer than %zu octets", most);
	text[length] = '\0';
	return OK;
}

/* Options whose value is a path: what counts is what the file holds. */
static bool names_file(size_t option)
{
	return option == OPTION_CSR || option == OPTION_FILE;
}

struct digest cli_arguments(const struct cli *cli, struct slice file)
{
	struct buffer text;
	buffer_init(&text, 1 << 20);
	buffer_printf(&text, "%s %s", cli->command->noun, cli->command->verb);
	for (size_t i = 0; i < cli->operand_count; i++)
		buffer_printf(&text, "\n%s", cli->operands[i]);
	for (size_t i = OPTION_GLOBAL_END; i < OPTION_COUNT; i++)
		if (cli->values[i] && i != OPTION_REQUEST_ID && !names_file(i))
			buffer_printf(&text, "\n%s=%s", option_rows[i].name, cli->values[i]);
	buffer_append_text(&text, "\n\n");
	struct digest digest = digest_of_two(buffer_slice(&text), file);
	buffer_release(&text);
	return digest;
}

enum status cli_read_file(struct cli *cli, enum option option, struct buffer *out)
{
	struct environment *environment = loop_environment(cli->loop);
	enum status status =
		environment->file_read(environment->self, cli->values[option], out, &cli->error);
	if (status != OK) {
		cli->error.status = INPUT;
		return INPUT;
	}
	/* An empty file was given all the same: never as if there were none. */
	if (out->length == 0)
		return fail(&cli->error, INPUT, "%s is empty", cli->values[option]);
	return OK;
}
