/* How the desk tools reach the DNS: see resolving.h. */
#include "cli/resolving.h"

#include "policy/configuration.h"

enum { DNS_PORT = 53, CONFIGURATION_MAX = 1 << 20 };

static enum status read_at(struct cli *cli, int64_t *ret)
{
	struct environment *environment = loop_environment(cli->loop);
	*ret = environment->now(environment->self);
	if (!cli_has(cli, OPTION_AT) || instant_parse(cli->values[OPTION_AT], 0, ret) == OK)
		return OK;
	return fail(&cli->error, USAGE,
		    "--at takes a time such as 2026-11-22T09:00:00Z or a date, not \"%s\"",
		    cli->values[OPTION_AT]);
}

static enum status read_anchor_file(struct cli *cli, const char *path, struct slice text,
				    struct trust_anchors **ret)
{
	return trust_anchors_read(path, text, ret, &cli->error);
}

/* Those of the configuration; home is "" when there is none. */
enum status resolving_anchors(struct cli *cli, const char *home,
			      const struct configuration *configuration, struct trust_anchors **ret)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = TRUST_ANCHOR_FILE_MAX};
	struct environment *environment = loop_environment(cli->loop);
	const char *file = NULL;
	switch (configuration_trust(configuration, &file)) {
	case TRUST_ROOT:
		*ret = trust_anchors_root();
		return OK;
	case TRUST_NONE:
		return OK;
	case TRUST_FILE:
		break;
	}
	if (file[0] != '/')
		file = arena_printf(&cli->arena, "%s/%s", home, file);
	enum status status = environment->file_read(environment->self, file, &text, &cli->error);
	if (status == OK)
		status = read_anchor_file(cli, file, buffer_slice(&text), ret);
	if (status == OK)
		return OK;
	const struct error why = cli->error;
	return fail(&cli->error, CONFIGURATION, "dns: trust_anchors: %s", why.sentence);
}

static enum status given_anchors(struct cli *cli, struct trust_anchors **ret)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = TRUST_ANCHOR_FILE_MAX};
	TRY(cli_read_file(cli, OPTION_TRUST_ANCHOR, &text));
	return read_anchor_file(cli, cli->values[OPTION_TRUST_ANCHOR], buffer_slice(&text), ret);
}

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

/* The home's, when there is one; else the defaults with the system's resolvers. */
static enum status read_configuration(struct cli *cli, const char **ret_home,
				      struct configuration **ret)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = CONFIGURATION_MAX};
	CLEANUP(buffer_release) struct buffer lines = {.maximum = CONFIGURATION_MAX};
	struct slice own = SLICE_NONE, system = SLICE_NONE;
	struct home_params home;
	const char *path = "issuer.yaml";
	*ret_home = "";
	if (cli_home_params(cli, &home) == OK) {
		*ret_home = home.home;
		path = arena_printf(&cli->arena, "%s/issuer.yaml", home.home);
		TRY(read_if_there(cli, path, &text, &own));
	}
	TRY(read_if_there(cli, "/etc/resolv.conf", &lines, &system));
	return configuration_read(path, own, system, ret, &cli->error);
}

static enum status take_server(struct cli *cli, struct network *network)
{
	if (cli_has(cli, OPTION_SERVER)) {
		network->server_count = 1;
		if (endpoint_parse(cli->values[OPTION_SERVER], DNS_PORT, &network->servers[0]) ==
		    OK)
			return OK;
		return fail(&cli->error, USAGE, "--server takes ADDR or ADDR:PORT, not \"%s\"",
			    cli->values[OPTION_SERVER]);
	}
	if (network->server_count > 0)
		return OK;
	(void)fail(&cli->error, DNS_FAILED, "there is no DNS server to ask");
	return fail_hint(&cli->error, DNS_FAILED, "name one: --server ADDR:PORT");
}

/* The configuration that they are of is not kept. */
static void keep_registry(struct cli *cli, struct registry_access *registry)
{
	registry->whois_server = arena_text(&cli->arena, registry->whois_server);
	registry->rdap_bootstrap = arena_text(&cli->arena, registry->rdap_bootstrap);
	registry->ca_file = arena_text(&cli->arena, registry->ca_file);
}

enum status resolving_read(struct cli *cli, struct resolving *ret)
{
	CLEANUP(configuration_freep) struct configuration *configuration = NULL;
	const char *home = NULL;
	struct resolving resolving = {0};
	TRY(read_at(cli, &resolving.at_ms));
	TRY(read_configuration(cli, &home, &configuration));
	resolving.network = *configuration_network(configuration);
	keep_registry(cli, &resolving.network.registry);
	TRY(take_server(cli, &resolving.network));
	if (cli_has(cli, OPTION_TRUST_ANCHOR))
		TRY(given_anchors(cli, &resolving.anchors));
	else
		TRY(resolving_anchors(cli, home, configuration, &resolving.anchors));
	*ret = resolving;
	return OK;
}

void resolving_release(struct resolving *resolving)
{
	trust_anchors_freep(&resolving->anchors);
}
