/* How a desk tool reaches the world: it needs no home, but heeds the one that is there. */
#include "cli/cli.h"

#include "policy/configuration.h"

enum { DNS_PORT = 53, CONFIGURATION_MAX = 1 << 20 };

/* A file that need not be there; SLICE_NONE then. */
static enum status read_if_there(struct cli *cli, const char *path, struct buffer *out,
				 struct slice *ret)
{
	struct environment *environment = loop_environment(cli->loop);
	enum status status = environment->file_read(environment->self, path, out, &cli->error);
	if (status != OK && status != NOT_FOUND)
		return status;
	*ret = status == OK ? buffer_slice(out) : SLICE_NONE;
	return OK;
}

static enum status read_configuration(struct cli *cli, struct configuration **ret)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = CONFIGURATION_MAX};
	CLEANUP(buffer_release) struct buffer lines = {.maximum = CONFIGURATION_MAX};
	struct slice own = SLICE_NONE, system = SLICE_NONE;
	struct home_params home;
	const char *path = "issuer.yaml";
	if (cli_home_params(cli, &home) == OK) {
		path = arena_printf(&cli->arena, "%s/issuer.yaml", home.home);
		TRY(read_if_there(cli, path, &text, &own));
	}
	TRY(read_if_there(cli, "/etc/resolv.conf", &lines, &system));
	return configuration_read(path, own, system, ret, &cli->error);
}

enum status cli_network(struct cli *cli, struct network *ret)
{
	CLEANUP(configuration_freep) struct configuration *configuration = NULL;
	struct endpoint server;
	bool given = cli_has(cli, OPTION_SERVER);
	if (given && endpoint_parse(cli->values[OPTION_SERVER], DNS_PORT, &server) != OK)
		return fail(&cli->error, USAGE, "--server takes ADDR or ADDR:PORT, not \"%s\"",
			    cli->values[OPTION_SERVER]);
	TRY(read_configuration(cli, &configuration));
	*ret = *configuration_network(configuration);
	struct registry_access *registry = &ret->registry;
	registry->whois_server = arena_text(&cli->arena, registry->whois_server);
	registry->rdap_bootstrap = arena_text(&cli->arena, registry->rdap_bootstrap);
	registry->ca_file = arena_text(&cli->arena, registry->ca_file);
	if (given) {
		ret->servers[0] = server;
		ret->server_count = 1;
	}
	if (ret->server_count > 0)
		return OK;
	(void)fail(&cli->error, DNS_FAILED, "there is no DNS server to ask");
	return fail_hint(&cli->error, DNS_FAILED, "name one: --server ADDR:PORT");
}
