/* One object on standard output, or one sentence on standard error: see cli.h. */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

enum { OUTPUT_MAX = 64 * 1024 * 1024 };

static enum status written(struct cli *cli)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return OK;
	return fail(&cli->error, FILE_FAILED, "could not write to standard output: %s",
		    strerror(errno));
}

static void print_json(const json_t *object)
{
	struct buffer text;
	buffer_init(&text, OUTPUT_MAX);
	json_write(object, &text);
	(void)fwrite(buffer_text(&text), 1, text.length, stdout);
	(void)fputc('\n', stdout);
	buffer_release(&text);
}

enum status cli_reply(struct cli *cli, json_t *object,
		      void (*text)(FILE *out, const json_t *object))
{
	if (cli_has(cli, OPTION_JSON))
		print_json(object);
	else
		text(stdout, object);
	json_decref(object);
	return written(cli);
}

enum status cli_write(struct cli *cli, struct slice bytes)
{
	(void)fwrite(bytes.data, 1, bytes.length, stdout);
	return written(cli);
}

/* RFC 9457, with the members that DESIGN.md adds. */
static void print_problem(const struct error *error)
{
	json_t *problem = json_object();
	json_add(problem, "type",
		 json_sprintf("urn:issuer:problem:%s", status_code(error->status)));
	json_add_text(problem, "title", status_title(error->status));
	json_add_text(problem, "detail", error->sentence);
	json_add_text(problem, "code", status_code(error->status));
	if (error->hint[0])
		json_add_text(problem, "hint", error->hint);
	json_add(problem, "retryable", json_boolean(status_retry(error->status) == RETRY_MAY_HELP));
	print_json(problem);
	json_decref(problem);
}

void cli_complain(const struct cli *cli)
{
	const struct error *error = &cli->error;
	if (cli_has(cli, OPTION_JSON)) {
		print_problem(error);
		(void)fflush(stdout);
		return;
	}
	fprintf(stderr, "issuer: %s\n  code: %s\n", error->sentence, status_code(error->status));
	if (error->hint[0])
		fprintf(stderr, "  hint: %s\n", error->hint);
}
