/* issuer certificate …: lists, facts, bytes. */
#include "cli/cli.h"

#include "csr/request.h"
#include "engine/command.h"
#include "engine/view.h"
#include "store/certificate.h"
#include "store/order.h"

#include <string.h>

enum { LIST_DEFAULT = 100, LIST_MAX = 1000, PEM_MAX = 256 * 1024 };

/* c-N, a bare N, or o-N for the certificate of an order. */
static enum status find(struct cli *cli, int64_t *ret)
{
	const char *text = cli->operands[0];
	struct order order;
	int64_t id = 0;
	if (strncmp(text, "o-", 2) != 0)
		return cli_number(cli, "c", text, ret);
	TRY(cli_number(cli, "o", text, &id));
	TRY(store_order_get(cli->engine->store, id, &cli->arena, &order, &cli->error));
	if (!order.certificate_id) {
		(void)fail(&cli->error, NOT_FOUND, "order o-%lld is %s and has no certificate",
			   (long long)id, order_state_text(order.state));
		return fail_hint(&cli->error, NOT_FOUND, "see issuer order explain %lld",
				 (long long)id);
	}
	*ret = order.certificate_id;
	return OK;
}

enum status cmd_certificate_list(struct cli *cli)
{
	int64_t after = 0, limit = LIST_DEFAULT;
	json_t *page = NULL;
	if (cli_has(cli, OPTION_AFTER))
		TRY(cli_number(cli, "c", cli->values[OPTION_AFTER], &after));
	TRY(cli_integer(cli, OPTION_LIMIT, 1, LIST_MAX, &limit));
	TRY(view_certificates(cli->engine, after, (int)limit, &page, &cli->error));
	return cli_reply(cli, page, print_certificates);
}

enum status cmd_certificate_show(struct cli *cli)
{
	int64_t id = 0;
	json_t *object = NULL;
	TRY(find(cli, &id));
	TRY(view_certificate(cli->engine, id, &object, &cli->error));
	return cli_reply(cli, object, print_certificate);
}

/* ---- download ---- */

enum download_format { FORMAT_PEM, FORMAT_CHAIN, FORMAT_DER };

static enum status read_format(struct cli *cli, enum download_format *ret)
{
	static const char *const names[] = {
		[FORMAT_PEM] = "pem", [FORMAT_CHAIN] = "chain", [FORMAT_DER] = "der"};
	const char *text = cli_has(cli, OPTION_FORMAT) ? cli->values[OPTION_FORMAT] : "pem";
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strcmp(names[i], text) == 0) {
			*ret = (enum download_format)i;
			return OK;
		}
	}
	return fail(&cli->error, USAGE, "--format takes pem, chain or der, not \"%s\"", text);
}

static enum status append_issuing(struct cli *cli, const struct certificate *certificate,
				  struct buffer *pem)
{
	struct authority issuing;
	TRY(store_authority_get(cli->engine->store, certificate->ca, "issuing", &cli->arena,
				&issuing, &cli->error));
	pem_write("CERTIFICATE", issuing.der, pem);
	return OK;
}

static void print_nothing(FILE *out, const json_t *object)
{
	(void)out;
	(void)object;
}

static enum status reply_json(struct cli *cli, const struct certificate *certificate,
			      const struct buffer *pem, const struct secret *key)
{
	json_t *object = NULL;
	TRY(view_certificate(cli->engine, certificate->id, &object, &cli->error));
	json_add_text(object, "pem", buffer_text(pem));
	if (key) {
		struct slice text = secret_bytes(key);
		json_add(object, "private_key", json_stringn((const char *)text.data, text.length));
	}
	return cli_reply(cli, object, print_nothing);
}

enum status cmd_certificate_download(struct cli *cli)
{
	CLEANUP(buffer_release) struct buffer pem = {.maximum = PEM_MAX};
	CLEANUP(secret_freep) struct secret *key = NULL;
	enum download_format format = FORMAT_PEM;
	struct certificate certificate;
	int64_t id = 0;
	TRY(read_format(cli, &format));
	TRY(find(cli, &id));
	TRY(store_certificate_get(cli->engine->store, id, &cli->arena, &certificate, &cli->error));
	if (format == FORMAT_DER) {
		if (cli_has(cli, OPTION_WITH_KEY) || cli_has(cli, OPTION_JSON))
			return fail(&cli->error, USAGE,
				    "--format der is the certificate's bytes alone");
		return cli_write(cli, certificate.der);
	}
	if (cli_has(cli, OPTION_WITH_KEY))
		TRY(command_take_key(cli->engine, id, &key, &cli->error));
	pem_write("CERTIFICATE", certificate.der, &pem);
	if (format == FORMAT_CHAIN)
		TRY(append_issuing(cli, &certificate, &pem));
	if (cli_has(cli, OPTION_JSON))
		return reply_json(cli, &certificate, &pem, key);
	if (key)
		TRY(cli_write(cli, secret_bytes(key)));
	return cli_write(cli, buffer_slice(&pem));
}
