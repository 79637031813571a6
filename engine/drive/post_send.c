/* Posts on the wire: see post_send.h. */
#include "engine/drive/post_send.h"

#include "base/mask.h"

#include "base/memory.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX = 256, CONNECT_MS = 10000, ANSWER_MAX = 16 * 1024 };

struct post_sending {
	post_sent *sent; /* NULL: abandoned */
	void *context;
	struct post_outcome outcome;
	struct arena arena;
	struct post_intent intent;
	struct mail_ask mail;
	struct secret *password;
	struct network network;  /* of the attempt: https */
	struct attempt *attempt; /* NULL: mail */
};

static void sending_free(struct post_sending *sending)
{
	secret_free(sending->password);
	arena_release(&sending->arena);
	free(sending);
}

static void finish(struct post_sending *sending)
{
	if (sending->sent)
		sending->sent(sending->context, &sending->outcome);
	sending_free(sending);
}

void post_send_abandon(struct post_sending *sending)
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

/* Files are seen from the home. */
static const char *file_path(struct engine *engine, const char *file, struct arena *arena)
{
	return file[0] == '/' ? arena_text(arena, file) : engine_path(engine, file, arena);
}

/* ---- mail ---- */

static enum post_end mail_end(const struct mail_reply *reply)
{
	switch (reply->outcome) {
	case MAIL_ACCEPTED:
		return POST_TAKEN;
	case MAIL_REFUSED:
		return POST_REFUSED;
	case MAIL_DEFERRED:
	case MAIL_CONNECT_FAILED:
	case MAIL_TLS_FAILED:
		return POST_LATER;
	case MAIL_TIMED_OUT:
	case MAIL_BROKEN:
		return reply->maybe ? POST_MAYBE : POST_LATER;
	}
	return POST_LATER;
}

static void mail_came(void *context, const struct mail_reply *reply)
{
	struct post_sending *sending = context;
	bool told = reply->outcome == MAIL_ACCEPTED || reply->code >= 400;
	sending->outcome.end = mail_end(reply);
	(void)snprintf(sending->outcome.answer, sizeof(sending->outcome.answer), "%s%s%s",
		       told ? reply->text : "", told && reply->detail[0] ? " - " : "",
		       reply->detail);
	/* A server may repeat what it was sent. */
	mask_values(sending->outcome.answer, strlen(sending->outcome.answer));
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
	const char *path = file_path(engine, file, arena);
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

static enum status send_mail(struct engine *engine, struct post_sending *sending, struct error *err)
{
	struct environment *environment = engine->environment;
	const struct configuration *configuration = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	const struct configuration_mail *mail = configuration_mail(configuration);
	if (!mail->is_set)
		return fail(err, CONFIGURATION, "mail: there is no server to send by");
	if (mail->user)
		TRY(read_password(engine, mail->password_file, &sending->arena, &sending->password,
				  err));
	sending->mail = (struct mail_ask){
		.connect_to = mail->server,
		.server_name = arena_text(&sending->arena, mail->name),
		.security = mail->starttls,
		.ca_file = file_path(engine, mail->ca_file, &sending->arena),
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
	struct post_sending *sending = context;
	enum status status = result->verdict.status;
	sending->outcome.end = status == OK                               ? POST_TAKEN
			       : status_exit(status) == EXIT_STATUS_LATER ? POST_LATER
									  : POST_REFUSED;
	(void)snprintf(sending->outcome.answer, sizeof(sending->outcome.answer), "%s",
		       result->verdict.sentence);
	finish(sending);
}

static enum status send_https(struct engine *engine, const struct launch *launch,
			      struct post_sending *sending, struct error *err)
{
	const struct post_rule *rule = launch->post;
	const struct caa_rule *dns = NULL;
	struct arena *arena = &sending->arena;
	struct attempt_setting setting;
	struct validation_task task = {
		.method = arena_text(arena, rule->method),
		.label = arena_text(arena, rule->label),
		.domain = "",
		.value = sending->intent.to,
		.post = {.body = sending->intent.body,
			 .content_type = arena_text(arena, rule->content_type),
			 .id = sending->intent.id},
		.pack = rule->pack->id,
		.pack_digest = "",
		.limits = {.body_max = ANSWER_MAX,
			   .connect_timeout_ms = connect_ms(rule->timeout_ms),
			   .timeout_ms = rule->timeout_ms},
	};
	TRY(pack_caa(rule->pack, engine_now(engine), &dns, err));
	task.limits.dns_timeout_ms = dns->dns_timeout_ms;
	task.limits.dns_tries = dns->dns_tries;
	TRY(engine_attempts(engine, &setting, &task.anchors, err));
	sending->network = *setting.network;
	sending->network.registry.ca_file = file_path(engine, rule->ca_file, arena);
	setting.network = &sending->network;
	sending->attempt = attempt_start(&setting, &task, attempt_came, sending);
	return OK;
}

enum status post_send(struct engine *engine, const struct launch *launch, post_sent *sent,
		      void *context, struct post_sending **ret, struct error *err)
{
	const struct post_kind *kind = NULL;
	TRY(post_kind_find(launch->effect, &kind, err));
	struct post_sending *sending = memory_new(1, sizeof(*sending));
	arena_init(&sending->arena);
	sending->sent = sent;
	sending->context = context;
	sending->outcome.effect_id = launch->id;
	sending->outcome.number = launch->attempt;
	struct slice intent =
		slice_of(arena_bytes(&sending->arena, launch->intent), launch->intent.length);
	enum status status = post_intent_read(intent, &sending->arena, &sending->intent, err);
	if (status == OK)
		status = kind->way == POST_BY_MAIL ? send_mail(engine, sending, err)
						   : send_https(engine, launch, sending, err);
	if (status != OK) {
		sending_free(sending);
		return status;
	}
	*ret = sending;
	return OK;
}
