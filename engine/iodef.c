/* Reports as effects: see iodef.h. What they say is in iodef_text.c; how they are sent in post.c.
 */
#include "engine/iodef.h"

#include "engine/order/gate.h"
#include "engine/iodef_text.h"
#include "validators/attempt.h"

#include <string.h>

/* ---- whom to tell ---- */

static bool is_sent(enum iodef_send send, enum iodef_kind kind)
{
	switch (send) {
	case IODEF_NEVER:
		return false;
	case IODEF_MAIL:
		return kind == IODEF_TO_MAILBOX;
	case IODEF_HTTPS:
		return kind == IODEF_TO_SERVER;
	case IODEF_BOTH:
		return true;
	}
	return false;
}

enum status iodef_want(struct engine *engine, const struct verdict *verdict, struct slice evidence,
		       struct iodef_wanted *ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct caa_view view;
	if (verdict->status != CAA_FORBIDDEN)
		return OK;
	TRY(engine_configuration(engine, &configuration, err));
	enum iodef_send send = configuration_iodef(configuration)->send;
	if (send == IODEF_NEVER)
		return OK;
	/* Evidence that does not decide again is found by `evidence verify`; a report is no reason
	 * to stop the driver. */
	if (attempt_decide(evidence, &arena, &record, NULL) != OK)
		return OK;
	caa_view(record.validation, &view);
	struct iodef_url all[IODEF_URLS_MAX];
	arena_init(&ret->arena);
	size_t count = iodef_list(&view, &ret->arena, all);
	for (size_t i = 0; i < count; i++)
		if (is_sent(send, all[i].kind))
			ret->urls[ret->count++] = all[i];
	return OK;
}

void iodef_wanted_release(struct iodef_wanted *wanted)
{
	arena_release(&wanted->arena);
}

/* ---- the intent ---- */

#define KEY_PREFIX "iodef:o-"

static const char *key_of(struct turn *turn, int64_t order_id, const char *name, const char *url)
{
	return arena_printf(&turn->arena, KEY_PREFIX "%lld:%s:%s", (long long)order_id, name, url);
}

bool iodef_key_read(const struct effect *effect, struct arena *arena, const char **ret_name,
		    const char **ret_url)
{
	const char *key = effect->idempotency_key;
	const char *name = strncmp(key, KEY_PREFIX, strlen(KEY_PREFIX)) == 0
				   ? strchr(key + strlen(KEY_PREFIX), ':')
				   : NULL;
	const char *url = name ? strchr(name + 1, ':') : NULL;
	if (!url)
		return false;
	*ret_name = arena_bytes(arena, slice_of(name + 1, (size_t)(url - name - 1)));
	*ret_url = url + 1;
	return true;
}

static enum status intend_one(struct turn *turn, const struct order_view *view,
			      struct iodef_facts *facts, const struct iodef_url *url,
			      struct error *err)
{
	CLEANUP(buffer_release) struct buffer body = {.maximum = IODEF_TEXT_MAX};
	const struct configuration *configuration = NULL;
	bool mail = url->kind == IODEF_TO_MAILBOX;
	int64_t known = 0;
	const char *key = key_of(turn, view->order.id, facts->name, url->text);
	enum status status = store_effect_find(turn->store, key, &known, err);
	if (status != NOT_FOUND)
		return status;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const char *from = mail ? configuration_mail(configuration)->from : "";
	facts->id = engine_random_text(turn->engine, &turn->arena);
	if (mail)
		iodef_mail(facts, from, url->mailbox, &body);
	else
		iodef_message(facts, url->host, &body);
	if (body.overflowed)
		return fail(err, INTERNAL, "the report of %s does not fit", facts->name);
	struct post_params params = {
		.kind = mail ? EFFECT_KIND_REPORT_MAIL : EFFECT_KIND_REPORT_POST,
		.key = key,
		.order_id = view->order.id,
		.intent = {.to = mail ? url->mailbox : url->text,
			   .from = from,
			   .id = facts->id,
			   .body = buffer_slice(&body)},
	};
	return post_intend(turn, &params, &known, err);
}

enum status iodef_intend(struct turn *turn, const struct authorization *authorization,
			 const struct verdict *verdict, const struct iodef_wanted *wanted,
			 struct error *err)
{
	const struct configuration *configuration = NULL;
	struct order_view view;
	if (wanted->count == 0)
		return OK;
	TRY(engine_configuration(turn->engine, &configuration, err));
	TRY(order_view_load(turn, authorization->order_id, &view, err));
	/* Where a CA upstream decides, it is the one that reports. */
	if (view.product->mode == MODE_BROKER)
		return OK;
	struct iodef_facts facts = {
		.name = authorization->domain,
		.found = verdict->decided_by,
		.why = verdict->sentence,
		.issuer = configuration_ca(configuration)->organization,
		.identifiers = view.ca->caa_identifiers,
		.identifier_count = view.ca->caa_identifier_count,
		.contact = configuration_iodef(configuration)->contact,
		.at = turn->now,
	};
	for (size_t i = 0; i < wanted->count; i++)
		TRY(intend_one(turn, &view, &facts, &wanted->urls[i], err));
	return OK;
}

/* ---- its rule as a post ---- */

enum status iodef_rule(struct turn *turn, const struct effect *effect, struct post_rule *ret,
		       struct error *err)
{
	const struct configuration *configuration = NULL;
	struct order_view view;
	bool mail = effect->kind == EFFECT_KIND_REPORT_MAIL;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const struct configuration_iodef *rule = configuration_iodef(configuration);
	ret->tries = rule->tries;
	ret->retry = rule->retry;
	if (!is_sent(rule->send, mail ? IODEF_TO_MAILBOX : IODEF_TO_SERVER))
		ret->why_void = "reports of this kind are not sent any more (iodef: send)";
	if (mail || ret->why_void)
		return OK;
	TRY(order_view_load(turn, effect->order_id, &view, err));
	ret->pack = view.pack;
	ret->method = METHOD_IODEF;
	ret->label = "RFC 6546";
	ret->content_type = "text/xml; charset=utf-8";
	ret->ca_file = rule->ca_file;
	ret->timeout_ms = rule->timeout_ms;
	return OK;
}
