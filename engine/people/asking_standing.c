/* How an asking stands: the part of asking.h that counts mails and calls. */
#include "engine/people/asking.h"

#include "store/call.h"
#include "store/effect.h"

/* How many messages and calls of an asking stand how. */
struct standing {
	size_t asked, open, unsent, voicemail, undelivered, yes, no, not_me;
};

static enum status count_calls(struct turn *turn, int64_t authorization_id, int64_t attempt,
			       struct standing *standing, struct error *err)
{
	struct call call = {.id = 0};
	for (;;) {
		enum status status = store_call_of_authorization(turn->store, authorization_id,
								 call.id, &turn->arena, &call, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		if (call.attempt != attempt)
			continue;
		standing->asked++;
		standing->yes += call.state == CALL_YES;
		standing->no += call.state == CALL_NO;
		standing->not_me += call.state == CALL_WRONG_NUMBER;
		standing->voicemail += call.state == CALL_VOICEMAIL;
		standing->open += call.state == CALL_OPEN;
	}
}

/* Whether the mail server has not taken the message over even once, though it was tried. */
static enum status is_unsent(struct turn *turn, int64_t message_id, bool *ret, struct error *err)
{
	struct effect first;
	int64_t id = 0;
	TRY(store_effect_find(turn->store, asking_key(message_id, 1, &turn->arena), &id, err));
	TRY(store_effect_get(turn->store, id, &turn->arena, &first, err));
	*ret = first.state == EFFECT_STATE_INTENDED && first.tries > 0 && first.answer;
	return OK;
}

static enum status count_standing(struct turn *turn, int64_t authorization_id, int64_t attempt,
				  struct standing *ret, struct error *err)
{
	struct standing standing = {0};
	int64_t after = 0;
	TRY(count_calls(turn, authorization_id, attempt, &standing, err));
	for (;;) {
		struct message message;
		enum status status = store_message_of_authorization(
			turn->store, authorization_id, after, &turn->arena, &message, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		after = message.id;
		if (message.attempt != attempt)
			continue;
		standing.asked++;
		standing.yes += message.state == MESSAGE_YES;
		standing.no += message.state == MESSAGE_NO;
		standing.not_me += message.state == MESSAGE_NOT_ME;
		standing.undelivered += message.state == MESSAGE_OPEN && message.bounced_at;
		bool open = message.state == MESSAGE_OPEN && !message.bounced_at;
		bool unsent = false;
		if (open)
			TRY(is_unsent(turn, message.id, &unsent, err));
		standing.open += open && !unsent;
		standing.unsent += unsent;
	}
	*ret = standing;
	return OK;
}

enum status asking_stands(struct turn *turn, const struct authorization *authorization,
			  const char **ret, bool *ret_left, struct error *err)
{
	struct standing standing;
	const struct validator *validator = validator_find(authorization->method);
	bool by_phone = validator && validator->asks == ASKS_BY_PHONE;
	TRY(count_standing(turn, authorization->id, authorization->attempt, &standing, err));
	const struct {
		size_t count;
		const char *words;
	} parts[] = {
		{standing.yes, "said yes"},
		{standing.no, "said no"},
		{standing.not_me, "are no contacts"},
		{standing.undelivered, "could not be delivered to"},
		{standing.unsent, "not sent yet, which issuer mail list explains"},
		{standing.voicemail, "with the value on voicemail"},
		{standing.open, "without an answer"},
	};
	const char *text = arena_printf(&turn->arena, "%zu %s", standing.asked,
					by_phone ? "to be called" : "asked");
	const char *gap = ": ";
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (parts[i].count == 0)
			continue;
		text = arena_printf(&turn->arena, "%s%s%zu %s", text, gap, parts[i].count,
				    parts[i].words);
		gap = ", ";
	}
	if (authorization->hint)
		text = arena_printf(&turn->arena, "%s; %s", text, authorization->hint);
	*ret = text;
	*ret_left = standing.open + standing.unsent + standing.voicemail > 0;
	return OK;
}

enum status asking_left(struct turn *turn, int64_t authorization_id, int64_t attempt, bool *ret,
			bool *ret_bounced, struct error *err)
{
	struct standing standing;
	TRY(count_standing(turn, authorization_id, attempt, &standing, err));
	*ret = standing.open + standing.unsent + standing.voicemail > 0;
	*ret_bounced = standing.undelivered > 0;
	return OK;
}
