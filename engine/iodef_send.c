/* Reports on the wire: see iodef_send.h. */
#include "engine/iodef_send.h"

#include "base/memory.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX = 256, CONNECT_MS = 10000, ANSWER_MAX = 16 * 1024 };

struct iodef_sending {
	iodef_sent *sent; /* NULL: abandoned */
	void *context;
	struct iodef_outcome outcome;
	struct arena arena;
	struct iodef_intent intent;
	struct mail_ask mail;
	struct secret *password;
	struct network network;  /* of the attempt: https */
	struct attempt *attempt; /* NULL: mail */
};

static void sending_free(struct iodef_sending *sending)
{
	secret_free(sending->password);
	arena_release(&sending->arena);
	free(sending);
}

static void finish(struct iodef_sending *sending)
{
	if (sending->sent)
		sending->sent(sending->context, &sending->outcome);
	sending_free(sending);
}

void iodef_send_abandon(struct iodef_sending *sending)
{
	sending->sent = NULL;
	/* A mail's ask is read until its completion comes, which then frees all of it. */
	if (!sending->attempt)
		return;
	attempt_abandon(sending->attempt);
	sending_free(sending);
}

static int connect_ms(int timeout_ms)
{
	return timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS;
}

/* ---- mail ---- */

static enum iodef_end mail_end(const struct mail_reply *reply)
{
	switch (reply->outcome) {
	case MAIL_ACCEPTED:
		return IODEF_TAKEN;
	case MAIL_REFUSED:
		return IODEF_REFUSED;
	case MAIL_DEFERRED:
	case MAIL_CONNECT_FAILED:
	case MAIL_TLS_FAILED:
		return IODEF_LATER;
	case MAIL_TIMED_OUT:
	case MAIL_BROKEN:
		return reply->maybe ? IODEF_MAYBE : IODEF_LATER;
	}
	return IODEF_LATER;
}

static void mail_came(void *context, const struct mail_reply *reply)
{
	struct iodef_sending *sending = context;
	bool told = reply->outcome == MAIL_ACCEPTED || reply->code >= 400;
	sending->outcome.end = mail_end(reply);
	(void)snprintf(sending->outcome.answer, sizeof(sending->outcome.answer), "%s%s%s",
		       told ? reply->text : "", told && reply->detail[0] ? " - " : "",
		       reply->detail);
	finish(sending);
}

/* The first line of the file. */
static enum status read_password(struct engine *engine, const char *file, struct arena *arena,
				 struct secret **ret, struct error *err)
{
	struct environment *environment = engine->environment;
	CLEANUP(secret_freep) struct secret *room = secret_new((struct slice){NULL, PASSWORD_MAX});
	struct buffer text;
	buffer_init(&text, PASSWORD_MAX);
	const char *path = file[0] == '/' ? file : engine_path(engine, file, arena);
	TRY(environment->file_check(environment->self, path, 0600, err));
	enum status status = environment->file_read(environment->self, path, &text, err);
	size_t length = status == OK ? strcspn(buffer_text(&text), "\r\n") : 0;
	if (length > 0)
		memcpy(secret_writable(room), text.data, length);
	if (text.data)
		explicit_bzero(text.data, text.capacity);
	buffer_release(&text);
	TRY(status);
	if (length == 0 || length == PASSWORD_MAX)
		return fail(err, CONFIGURATION, "mail: password_file %s holds no password", path);
	/* The rest of the room is zero: it ends the text. */
	*ret = STEAL(room);
	return OK;
}

static enum status send_mail(struct engine *engine, const struct configuration *configuration,
			     struct iodef_sending *sending, struct error *err)
{
	struct environment *environment = engine->environment;
	const struct configuration_mail *mail = configuration_mail(configuration);
	if (mail->user)
		TRY(read_password(engine, mail->password_file, &sending->arena, &sending->password,
				  err));
	const char *ca_file = mail->ca_file;
	sending->mail = (struct mail_ask){
		.connect_to = mail->server,
		.server_name = arena_text(&sending->arena, mail->name),
		.security = mail->starttls,
		.ca_file = ca_file[0] == '/' ? arena_text(&sending->arena, ca_file)
					     : engine_path(engine, ca_file, &sending->arena),
		.user = arena_text(&sending->arena, mail->user),
		.password = sending->password ? (const char *)secret_bytes(sending->password).data
					      : NULL,
		.from = sending->intent.from,
		.to = sending->intent.to,
		.message = sending->intent.body,
		.connect_timeout_ms = connect_ms(mail->timeout_ms),
		.timeout_ms = mail->timeout_ms,
	};
	environment->mail_send(environment->self, &sending->mail, mail_came, sending);
	return OK;
}

/* ---- https ---- */

static void attempt_came(void *context, const struct attempt_result *result)
{
	struct iodef_sending *sending = context;
	enum status status = result->verdict.status;
	sending->outcome.end = status == OK                               ? IODEF_TAKEN
			       : status_exit(status) == EXIT_STATUS_LATER ? IODEF_LATER
									  : IODEF_REFUSED;
	(void)snprintf(sending->outcome.answer, sizeof(sending->outcome.answer), "%s",
		       result->verdict.sentence);
	finish(sending);
}

static enum status send_https(struct engine *engine, const struct configuration *configuration,
			      const struct launch *launch, struct iodef_sending *sending,
			      struct error *err)
{
	const struct configuration_iodef *rule = configuration_iodef(configuration);
	const struct caa_rule *dns = NULL;
	struct attempt_setting setting;
	struct validation_task task = {
		.method = METHOD_IODEF,
		.label = "RFC 6546",
		.domain = "",
		.value = sending->intent.to,
		.post = {.body = sending->intent.body,
			 .content_type = "text/xml; charset=utf-8",
			 .id = sending->intent.id},
		.pack = launch->pack->id,
		.pack_digest = "",
		.limits = {.body_max = ANSWER_MAX,
			   .connect_timeout_ms = connect_ms(rule->timeout_ms),
			   .timeout_ms = rule->timeout_ms},
	};
	TRY(pack_caa(launch->pack, engine_now(engine), &dns, err));
	task.limits.dns_timeout_ms = dns->dns_timeout_ms;
	task.limits.dns_tries = dns->dns_tries;
	TRY(engine_attempts(engine, &setting, &task.anchors, err));
	sending->network = *setting.network;
	sending->network.registry.ca_file =
		rule->ca_file[0] == '/' ? rule->ca_file
					: engine_path(engine, rule->ca_file, &sending->arena);
	setting.network = &sending->network;
	sending->attempt = attempt_start(&setting, &task, attempt_came, sending);
	return OK;
}

enum status iodef_send(struct engine *engine, const struct launch *launch, iodef_sent *sent,
		       void *context, struct iodef_sending **ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	struct iodef_sending *sending = memory_new(1, sizeof(*sending));
	arena_init(&sending->arena);
	sending->sent = sent;
	sending->context = context;
	sending->outcome.effect_id = launch->id;
	sending->outcome.number = launch->attempt;
	struct slice intent =
		slice_of(arena_bytes(&sending->arena, launch->intent), launch->intent.length);
	enum status status = iodef_intent_read(intent, &sending->arena, &sending->intent, err);
	if (status == OK)
		status = launch->effect == EFFECT_KIND_REPORT_MAIL
				 ? send_mail(engine, configuration, sending, err)
				 : send_https(engine, configuration, launch, sending, err);
	if (status != OK) {
		sending_free(sending);
		return status;
	}
	*ret = sending;
	return OK;
}
