/*
 * issuer perspective serve: this program as another network perspective of a
 * controller elsewhere. It needs no home: one file says where it listens and how
 * it reaches the world, and nothing is stored.
 */
#include "cli/resolving.h"

#include "gateway/perspective_server.h"
#include "policy/configuration.h"

#include <string.h>

enum { FILE_MAX = 1 << 20, WAIT_MS = 3600 * 1000, DRAIN_MS = 30 * 1000 };

static void print_line(void *context, const char *line)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

/* The folder that the file's paths are relative to. */
static const char *folder_of(struct cli *cli, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return ".";
	return arena_bytes(&cli->arena, slice_of(path, (size_t)(slash - path)));
}

static const char *file_in(struct cli *cli, const char *folder, const char *name)
{
	return name[0] == '/' ? name : arena_printf(&cli->arena, "%s/%s", folder, name);
}

static enum status read_configuration(struct cli *cli, const char *path, struct configuration **ret)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = FILE_MAX};
	CLEANUP(buffer_release) struct buffer lines = {.maximum = FILE_MAX};
	CLEANUP(configuration_freep) struct configuration *configuration = NULL;
	struct environment *environment = loop_environment(cli->loop);
	if (environment->file_read(environment->self, path, &text, &cli->error) != OK)
		return cli->error.status = INPUT;
	/* Without servers in the file those of the system are asked; there may be none. */
	if (environment->file_read(environment->self, "/etc/resolv.conf", &lines, NULL) != OK)
		buffer_clear(&lines);
	TRY(configuration_read(path, slice_of(buffer_text(&text), text.length),
			       buffer_slice(&lines), &configuration, &cli->error));
	if (configuration_perspective(configuration)) {
		*ret = STEAL(configuration);
		return OK;
	}
	(void)fail(&cli->error, CONFIGURATION, "%s says nothing about a perspective", path);
	return fail_hint(&cli->error, CONFIGURATION,
			 "add perspective: {listen, certificate, key, client_ca}");
}

static enum status serve(struct cli *cli, const struct configuration_perspective *own,
			 const char *folder, const struct perspective_service *service)
{
	CLEANUP(perspective_server_freep) struct perspective_server *server = NULL;
	struct environment *environment = loop_environment(cli->loop);
	struct perspective_server_params params = {
		.loop = cli->loop,
		.service = service,
		.listen = own->listen,
		.certificate_file = file_in(cli, folder, own->certificate),
		.key_file = file_in(cli, folder, own->key),
		.client_ca_file = file_in(cli, folder, own->client_ca),
		.log = print_line,
	};
	char text[ENDPOINT_TEXT];
	loop_catch_signals(cli->loop);
	TRY(perspective_server_new(&params, &server, &cli->error));
	struct endpoint endpoint = own->listen;
	endpoint.port = perspective_server_port(server);
	fprintf(stderr, "listening on %s\n", endpoint_text(&endpoint, text));
	while (!loop_interrupted(cli->loop))
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + WAIT_MS);
	/* What was asked is still answered. */
	if (!perspective_server_drain(server, environment->monotonic(environment->self) + DRAIN_MS))
		fprintf(stderr, "ended with checks under way\n");
	return OK;
}

enum status cmd_perspective_serve(struct cli *cli)
{
	CLEANUP(configuration_freep) struct configuration *configuration = NULL;
	CLEANUP(trust_anchors_freep) struct trust_anchors *anchors = NULL;
	CLEANUP(policy_freep) struct policy *policy = NULL;
	const char *path = cli->operands[0];
	const char *folder = folder_of(cli, path);
	struct perspective_service service = {
		.setting = {.environment = loop_environment(cli->loop)},
	};
	TRY(read_configuration(cli, path, &configuration));
	TRY(resolving_anchors(cli, folder, configuration, &anchors));
	const struct configuration_perspective *own = configuration_perspective(configuration);
	TRY(policy_load(ISSUER_DATA_DIR, NULL, &policy, &cli->error));
	TRY(policy_pack(policy, own->pack, &service.pack, &cli->error));
	service.setting.network = configuration_network(configuration);
	service.anchors = anchors;
	return serve(cli, own, folder, &service);
}
