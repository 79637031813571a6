/* Reports as effects: see iodef.h. What they say is in iodef_text.c, the wire in iodef_send.c. */
#include "engine/iodef.h"

#include "engine/gate.h"
#include "engine/iodef_text.h"
#include "store/schedule.h"
#include "validators/attempt.h"

#include <string.h>

enum { INTENT_MAX = 2 * IODEF_TEXT_MAX };

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

static void add_field(struct buffer *out, struct slice field)
{
	buffer_append_u32(out, (uint32_t)field.length);
	buffer_append_slice(out, field);
}

static bool take_field(struct slice *rest, struct slice *ret)
{
	if (rest->length < 4)
		return false;
	size_t length = (size_t)rest->data[0] << 24 | (size_t)rest->data[1] << 16 |
			(size_t)rest->data[2] << 8 | rest->data[3];
	if (length > rest->length - 4)
		return false;
	*ret = slice_of(rest->data + 4, length);
	*rest = slice_of(rest->data + 4 + length, rest->length - 4 - length);
	return true;
}

enum status iodef_intent_read(struct slice bytes, struct arena *arena, struct iodef_intent *ret,
			      struct error *err)
{
	struct slice to, from, id, body;
	if (!take_field(&bytes, &to) || !take_field(&bytes, &from) || !take_field(&bytes, &id) ||
	    !take_field(&bytes, &body) || bytes.length)
		return fail(err, STORE_DAMAGED, "the intent of a report cannot be read");
	*ret = (struct iodef_intent){
		.to = arena_bytes(arena, to),
		.from = arena_bytes(arena, from),
		.id = arena_bytes(arena, id),
		.body = body,
	};
	return OK;
}

static void write_intent(const struct iodef_facts *facts, const struct iodef_url *url,
			 const char *from, struct buffer *out)
{
	CLEANUP(buffer_release) struct buffer body;
	bool mail = url->kind == IODEF_TO_MAILBOX;
	buffer_init(&body, IODEF_TEXT_MAX);
	if (mail)
		iodef_mail(facts, from, url->mailbox, &body);
	else
		iodef_message(facts, url->host, &body);
	add_field(out, slice_text(mail ? url->mailbox : url->text));
	add_field(out, slice_text(mail ? from : ""));
	add_field(out, slice_text(facts->id));
	add_field(out, buffer_slice(&body));
	out->overflowed |= body.overflowed;
}

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
	CLEANUP(buffer_release) struct buffer intent = {.maximum = INTENT_MAX};
	const struct configuration *configuration = NULL;
	bool mail = url->kind == IODEF_TO_MAILBOX;
	int64_t known = 0;
	const char *key = key_of(turn, view->order.id, facts->name, url->text);
	enum status status = store_effect_find(turn->store, key, &known, err);
	if (status != NOT_FOUND)
		return status;
	TRY(engine_configuration(turn->engine, &configuration, err));
	facts->id = engine_random_text(turn->engine, &turn->arena);
	write_intent(facts, url, configuration_mail(configuration)->from, &intent);
	if (intent.overflowed)
		return fail(err, INTERNAL, "the report of %s does not fit", facts->name);
	struct effect effect = {
		.kind = mail ? EFFECT_KIND_REPORT_MAIL : EFFECT_KIND_REPORT_POST,
		.class = mail ? EFFECT_AT_LEAST_ONCE : EFFECT_IDEMPOTENT,
		.idempotency_key = key,
		.order_id = view->order.id,
		.intent = buffer_slice(&intent),
		.state = EFFECT_STATE_INTENDED,
		.created_at = turn->now,
	};
	TRY(store_effect_insert(turn->store, &effect, &effect.id, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_EFFECT,
				       .order_id = view->order.id,
				       .subject_id = effect.id,
				       .name = key,
			       },
			       err));
	return store_schedule_put(turn->store, DUTY_REPORT, effect.id, turn->now, err);
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

/* ---- a try ---- */

static void record(struct turn *turn, const struct effect *effect, const char *from, const char *to,
		   const char *reason)
{
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = effect->order_id,
				  .subject_id = effect->id,
				  .name = effect->idempotency_key,
				  .from = from,
				  .to = to,
				  .reason = reason,
			  });
}

static enum status end(struct turn *turn, const struct effect *effect, enum effect_state state,
		       const char *reason, struct error *err)
{
	TRY(store_effect_end(turn->store, effect->id, state, turn->now, err));
	TRY(store_schedule_drop(turn->store, DUTY_REPORT, effect->id, err));
	record(turn, effect, NULL, effect_state_text(state), reason);
	return OK;
}

/* Why it is not tried any more; NULL when it is. */
static const char *why_void(struct turn *turn, const struct effect *effect,
			    const struct configuration *configuration)
{
	const struct configuration_iodef *rule = configuration_iodef(configuration);
	enum iodef_kind kind =
		effect->kind == EFFECT_KIND_REPORT_MAIL ? IODEF_TO_MAILBOX : IODEF_TO_SERVER;
	if (!is_sent(rule->send, kind))
		return "reports of this kind are not sent any more (iodef: send)";
	if (effect->tries < rule->tries)
		return NULL;
	return arena_printf(&turn->arena, "given up after %d tries: %s", effect->tries,
			    effect->answer ? effect->answer
					   : "nothing is known of the last: it may have arrived");
}

enum status iodef_resume(struct turn *turn, int64_t effect_id, struct error *err)
{
	const struct configuration *configuration = NULL;
	struct effect effect;
	struct order_view view;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	if (effect.state != EFFECT_STATE_INTENDED)
		return store_schedule_drop(turn->store, DUTY_REPORT, effect_id, err);
	/* Only a driver sends, and it alone knows that no other try is on the wire. */
	if (!turn->drives)
		return OK;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const char *why = why_void(turn, &effect, configuration);
	if (why)
		return end(turn, &effect, EFFECT_STATE_VOID, why, err);
	if (effect.tries > 0 && !effect.answer)
		record(turn, &effect, NULL, effect_state_text(EFFECT_STATE_INTENDED),
		       arena_printf(&turn->arena,
				    "try %d was cut off and may have arrived; the same bytes go "
				    "again",
				    effect.tries));
	TRY(order_view_load(turn, effect.order_id, &view, err));
	TRY(store_effect_try(turn->store, effect_id, effect.tries, err));
	TRY(store_schedule_on_wire(turn->store, DUTY_REPORT, effect_id, turn->now, err));
	record(turn, &effect, NULL, "sending",
	       arena_printf(&turn->arena, "try %d of %d", effect.tries + 1,
			    configuration_iodef(configuration)->tries));
	struct launch *launch = turn_launch(turn, LAUNCH_REPORT, effect_id);
	launch->attempt = effect.tries + 1;
	launch->effect = effect.kind;
	launch->intent = effect.intent;
	launch->pack = view.pack;
	return OK;
}

enum status iodef_finish(struct turn *turn, const struct iodef_outcome *outcome, struct error *err)
{
	const struct configuration *configuration = NULL;
	struct effect effect;
	TRY(store_effect_get(turn->store, outcome->effect_id, &turn->arena, &effect, err));
	TRY(store_effect_answer(turn->store, effect.id, (int)outcome->number, outcome->answer,
				err));
	TRY(engine_configuration(turn->engine, &configuration, err));
	const struct configuration_iodef *rule = configuration_iodef(configuration);
	const char *answer = outcome->answer;
	switch (outcome->end) {
	case IODEF_TAKEN:
		return end(turn, &effect, EFFECT_STATE_DONE, answer, err);
	case IODEF_REFUSED:
		return end(turn, &effect, EFFECT_STATE_VOID, answer, err);
	case IODEF_MAYBE:
		answer = arena_printf(&turn->arena, "the reply was lost, it may have arrived: %s",
				      answer);
		break;
	case IODEF_LATER:
		break;
	}
	if (effect.tries >= rule->tries)
		return end(turn, &effect, EFFECT_STATE_VOID,
			   arena_printf(&turn->arena, "given up after %d tries: %s", effect.tries,
					answer),
			   err);
	record(turn, &effect, "sending", effect_state_text(EFFECT_STATE_INTENDED), answer);
	return store_schedule_put(turn->store, DUTY_REPORT, effect.id,
				  turn->now + retry_wait_ms(&rule->retry, effect.tries), err);
}
