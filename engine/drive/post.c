/* Effects that go over the wire and are tried again: see post.h. The wire is in post_send.c. */
#include "engine/drive/post.h"

#include "engine/people/asking.h"
#include "engine/iodef.h"
#include "store/schedule.h"

#include <string.h>

static const struct post_kind kinds[] = {
	{EFFECT_KIND_REPORT_MAIL, POST_BY_MAIL, false, iodef_rule, NULL, NULL},
	{EFFECT_KIND_REPORT_POST, POST_BY_HTTPS, false, iodef_rule, NULL, NULL},
	{EFFECT_KIND_MAIL, POST_BY_MAIL, true, asking_rule, asking_delayed, asking_sent},
};

enum status post_kind_find(enum effect_kind kind, const struct post_kind **ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (kinds[i].kind != kind)
			continue;
		*ret = &kinds[i];
		return OK;
	}
	return fail(err, STORE_DAMAGED, "an effect of kind %d cannot be sent", (int)kind);
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

void post_intent_write(const struct post_intent *intent, struct buffer *out)
{
	add_field(out, slice_text(intent->to));
	add_field(out, slice_text(intent->from));
	add_field(out, slice_text(intent->id));
	add_field(out, intent->body);
	out->overflowed |= intent->body.length > POST_BODY_MAX;
}

enum status post_intent_read(struct slice bytes, struct arena *arena, struct post_intent *ret,
			     struct error *err)
{
	struct slice to, from, id, body;
	if (!take_field(&bytes, &to) || !take_field(&bytes, &from) || !take_field(&bytes, &id) ||
	    !take_field(&bytes, &body) || bytes.length)
		return fail(err, STORE_DAMAGED, "the intent of a post cannot be read");
	*ret = (struct post_intent){
		.to = arena_bytes(arena, to),
		.from = arena_bytes(arena, from),
		.id = arena_bytes(arena, id),
		.body = body,
	};
	return OK;
}

enum status post_intend(struct turn *turn, const struct post_params *params, int64_t *ret_id,
			struct error *err)
{
	CLEANUP(buffer_release) struct buffer intent = {.maximum = POST_INTENT_MAX};
	const struct post_kind *kind = NULL;
	TRY(post_kind_find(params->kind, &kind, err));
	post_intent_write(&params->intent, &intent);
	if (intent.overflowed)
		return fail(err, INTERNAL, "the message %s does not fit", params->key);
	struct effect effect = {
		.kind = params->kind,
		.class = kind->way == POST_BY_MAIL ? EFFECT_AT_LEAST_ONCE : EFFECT_IDEMPOTENT,
		.idempotency_key = params->key,
		.order_id = params->order_id,
		.intent = buffer_slice(&intent),
		.state = EFFECT_STATE_INTENDED,
		.created_at = turn->now,
	};
	TRY(store_effect_insert(turn->store, &effect, &effect.id, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_EFFECT,
				       .order_id = params->order_id,
				       .subject_id = effect.id,
				       .name = params->key,
			       },
			       err));
	TRY(store_schedule_put(turn->store, DUTY_POST, effect.id, turn->now, err));
	*ret_id = effect.id;
	return OK;
}

/* ---- a try ---- */

/* Every word with an "@" in it shown as "...". */
static const char *without_addresses(const char *text, struct arena *arena)
{
	char *shown = arena_new(arena, strlen(text) + 4, 1);
	size_t length = 0;
	while (*text) {
		size_t word = strcspn(text, " "), gap = strspn(text + word, " ");
		bool address = memchr(text, '@', word);
		/* An address has more octets than what stands for it. */
		const char *part = address ? "..." : text;
		size_t octets = address ? (word < 3 ? word : 3) : word;
		memcpy(shown + length, part, octets);
		memcpy(shown + length + octets, text + word, gap);
		length += octets + gap;
		text += word + gap;
	}
	return shown;
}

static void record(struct turn *turn, const struct effect *effect, const char *from, const char *to,
		   const char *reason)
{
	const struct post_kind *kind = NULL;
	if (reason && post_kind_find(effect->kind, &kind, NULL) == OK && kind->personal)
		reason = without_addresses(reason, &turn->arena);
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
		       enum post_end how, const char *answer, struct error *err)
{
	const struct post_kind *kind = NULL;
	TRY(post_kind_find(effect->kind, &kind, err));
	TRY(store_effect_end(turn->store, effect->id, state, turn->now, err));
	TRY(store_schedule_drop(turn->store, DUTY_POST, effect->id, err));
	record(turn, effect, NULL, effect_state_text(state), answer);
	return kind->ended ? kind->ended(turn, effect, state, how, answer, err) : OK;
}

static const char *given_up(struct turn *turn, const struct effect *effect, const char *answer)
{
	return arena_printf(&turn->arena, "given up after %d tries: %s", effect->tries, answer);
}

/* Whether the last try's end is unknown: a crash cut it off. */
static bool is_cut_off(const struct effect *effect)
{
	return effect->tries > 0 && !effect->answer;
}

/* Why it is not tried any more; NULL when it is. */
static const char *why_void(struct turn *turn, const struct effect *effect,
			    const struct post_rule *rule)
{
	if (rule->why_void || effect->tries < rule->tries)
		return rule->why_void;
	return given_up(turn, effect,
			is_cut_off(effect) ? "nothing is known of the last: it may have arrived"
					   : effect->answer);
}

static enum status begin(struct turn *turn, const struct effect *effect,
			 const struct post_rule *rule, struct error *err)
{
	if (is_cut_off(effect))
		record(turn, effect, NULL, effect_state_text(EFFECT_STATE_INTENDED),
		       arena_printf(&turn->arena,
				    "try %d was cut off and may have arrived; the same bytes go "
				    "again",
				    effect->tries));
	TRY(store_effect_try(turn->store, effect->id, effect->tries, err));
	TRY(store_schedule_on_wire(turn->store, DUTY_POST, effect->id, turn->now, err));
	record(turn, effect, NULL, "sending",
	       arena_printf(&turn->arena, "try %d of %d", effect->tries + 1, rule->tries));
	struct launch *launch = turn_launch(turn, LAUNCH_POST, effect->id);
	launch->attempt = effect->tries + 1;
	launch->effect = effect->kind;
	launch->intent = effect->intent;
	launch->post = rule;
	return OK;
}

enum status post_resume(struct turn *turn, int64_t effect_id, struct error *err)
{
	const struct post_kind *kind = NULL;
	struct effect effect;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	if (effect.state != EFFECT_STATE_INTENDED)
		return store_schedule_drop(turn->store, DUTY_POST, effect_id, err);
	/* Only a driver sends, and it alone knows that no other try is on the wire. */
	if (!turn->drives)
		return OK;
	TRY(post_kind_find(effect.kind, &kind, err));
	struct post_rule *rule = arena_new(&turn->arena, 1, sizeof(*rule));
	TRY(kind->rule(turn, &effect, rule, err));
	const char *why = why_void(turn, &effect, rule);
	if (!why)
		return begin(turn, &effect, rule, err);
	return end(turn, &effect, EFFECT_STATE_VOID, is_cut_off(&effect) ? POST_MAYBE : POST_LATER,
		   why, err);
}

static enum status tell_delay(struct turn *turn, const struct effect *effect, struct error *err)
{
	const struct post_kind *kind = NULL;
	TRY(post_kind_find(effect->kind, &kind, err));
	return kind->delayed ? kind->delayed(turn, effect, err) : OK;
}

static enum status again(struct turn *turn, const struct effect *effect,
			 const struct post_outcome *outcome, struct error *err)
{
	const struct post_kind *kind = NULL;
	struct post_rule rule = {0};
	const char *answer = outcome->answer;
	TRY(post_kind_find(effect->kind, &kind, err));
	TRY(kind->rule(turn, effect, &rule, err));
	if (outcome->end == POST_MAYBE)
		answer = arena_printf(&turn->arena, "the reply was lost, it may have arrived: %s",
				      answer);
	if (effect->tries >= rule.tries)
		return end(turn, effect, EFFECT_STATE_VOID, outcome->end,
			   given_up(turn, effect, answer), err);
	record(turn, effect, "sending", effect_state_text(EFFECT_STATE_INTENDED), answer);
	TRY(tell_delay(turn, effect, err));
	return store_schedule_put(turn->store, DUTY_POST, effect->id,
				  turn->now + retry_wait_ms(&rule.retry, effect->tries), err);
}

enum status post_finish(struct turn *turn, const struct post_outcome *outcome, struct error *err)
{
	struct effect effect;
	TRY(store_effect_get(turn->store, outcome->effect_id, &turn->arena, &effect, err));
	TRY(store_effect_answer(turn->store, effect.id, (int)outcome->number, outcome->answer,
				err));
	switch (outcome->end) {
	case POST_TAKEN:
		if (effect.tries > 1)
			TRY(tell_delay(turn, &effect, err));
		return end(turn, &effect, EFFECT_STATE_DONE, outcome->end, outcome->answer, err);
	case POST_REFUSED:
		return end(turn, &effect, EFFECT_STATE_VOID, outcome->end, outcome->answer, err);
	case POST_MAYBE:
	case POST_LATER:
		return again(turn, &effect, outcome, err);
	}
	return OK;
}
