/*
 * issuer: reads the command line, opens the home, runs one command, and tells
 * the outcome by one object or one sentence and the exit status.
 */
#include "cli/cli.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000 };

/* Who acts: the login of the real user; through sudo the one before it is noted. */
static const char *actor(struct cli *cli)
{
	const struct passwd *user = getpwuid(getuid());
	const char *login =
		user ? user->pw_name : arena_printf(&cli->arena, "uid-%u", (unsigned)getuid());
	const char *before = getenv("SUDO_USER");
	if (before && getuid() == 0)
		return arena_printf(&cli->arena, "cli:%s (sudo by %s)", login, before);
	return arena_printf(&cli->arena, "cli:%s", login);
}

static const char *home_of(struct cli *cli)
{
	const char *home = cli->values[OPTION_HOME];
	if (!home)
		home = getenv("ISSUER_HOME");
	if (home && home[0])
		return home;
	const char *user_home = getenv("HOME");
	if (!user_home || !user_home[0])
		return NULL;
	return arena_printf(&cli->arena, "%s/.local/share/issuer", user_home);
}

enum status cli_home_params(struct cli *cli, struct home_params *ret)
{
	const char *home = home_of(cli);
	if (!home)
		return fail(&cli->error, USAGE, "no home is named: use --home DIR");
	*ret = (struct home_params){
		.environment = loop_environment(cli->loop),
		.home = home,
		.data_dir = ISSUER_DATA_DIR,
		.actor = actor(cli),
		.durability = STORE_POWER_LOSS,
		.busy_ms = BUSY_MS,
	};
	return OK;
}

void cli_share_manners(struct cli *cli, const char *home)
{
	loop_share_manners(cli->loop, arena_printf(&cli->arena, "%s/registries", home));
}

static enum status open_home(struct cli *cli)
{
	struct home_params params;
	TRY(cli_home_params(cli, &params));
	TRY(home_open(&params, &cli->engine, &cli->error));
	cli_share_manners(cli, params.home);
	if (!cli_has(cli, OPTION_NOW))
		return OK;
	int64_t now_ms = 0;
	if (instant_parse(cli->values[OPTION_NOW], 0, &now_ms) != OK)
		return fail(&cli->error, USAGE,
			    "--now takes a time such as 2026-11-22T09:00:00Z or a date, not \"%s\"",
			    cli->values[OPTION_NOW]);
	return home_set_clock(cli->engine, now_ms, &cli->error);
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	TRY(cli_parse(cli, argc, argv));
	if (cli_has(cli, OPTION_VERSION)) {
		printf("issuer %s\n", ISSUER_VERSION);
		return OK;
	}
	if (cli_has(cli, OPTION_HELP)) {
		if (cli->command->noun[0])
			help_command(stdout, cli->command);
		else
			help_program(stdout);
		return OK;
	}
	TRY(loop_new(&cli->loop, &cli->error));
	if (cli->command->needs == NEEDS_HOME)
		TRY(open_home(cli));
	else if (cli_has(cli, OPTION_NOW))
		return fail(&cli->error, USAGE, "issuer %s%s%s does not take --now",
			    cli->command->noun, cli->command->verb[0] ? " " : "",
			    cli->command->verb);
	return cli->command->run(cli);
}

int main(int argc, char **argv)
{
	static struct cli cli;
	arena_init(&cli.arena);
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	enum status status = run(&cli, argc, argv);
	enum exit_status exit_status = status == OK ? cli.exit : status_exit(status);
	if (status != OK) {
		cli.error.status = status;
		cli_complain(&cli);
	}
	engine_free(cli.engine);
	loop_stop(cli.loop);
	arena_release(&cli.arena);
	return (int)exit_status;
}
