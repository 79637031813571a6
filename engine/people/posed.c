/* Mails and calls as one: see posed.h. */
#include "engine/people/posed.h"

struct message posed_by_call(const struct call *call)
{
	static const enum message_state states[] = {
		[CALL_OPEN] = MESSAGE_OPEN,
		[CALL_VOICEMAIL] = MESSAGE_OPEN,
		[CALL_YES] = MESSAGE_YES,
		[CALL_NO] = MESSAGE_NO,
		[CALL_WRONG_NUMBER] = MESSAGE_NOT_ME,
		[CALL_VOID] = MESSAGE_VOID,
	};
	return (struct message){
		.id = call->id,
		.authorization_id = call->authorization_id,
		.attempt = call->attempt,
		.order_id = call->order_id,
		.recipient = call->number,
		.roles = call->roles,
		.source = call->source,
		.contacts_id = call->contacts_id,
		.value_hash = call->value_hash,
		.until_at = call->until_at,
		.created_at = call->created_at,
		.state = states[call->state],
		.state_at = call->state_at,
		.evidence_id = call->evidence_id,
	};
}

enum status posed_next(struct store *store, int64_t authorization_id, int64_t after,
		       struct arena *arena, struct message *ret, struct error *err)
{
	struct call call;
	enum status status =
		store_message_of_authorization(store, authorization_id, after, arena, ret, err);
	if (status != NOT_FOUND)
		return status;
	TRY(store_call_of_authorization(store, authorization_id, after, arena, &call, err));
	*ret = posed_by_call(&call);
	return OK;
}
