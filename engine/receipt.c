/* Replies kept with the work: see receipt.h. */
#include "engine/receipt.h"

#include "engine/view.h"
#include "store/order.h"
#include "store/party.h"

enum { REPLY_MAX = 4 * 1024 * 1024 };

enum status receipt_find(struct turn *turn, struct receipt *receipt, struct error *err)
{
	struct command_record record;
	int64_t tenant_id = 0;
	if (!receipt || !receipt->request_id)
		return OK;
	TRY(store_tenant_by_name(turn->store, "self", &tenant_id, err));
	enum status status = store_command_get(turn->store, tenant_id, receipt->request_id,
					       &turn->arena, &record, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	if (!digest_equal(record.digest, receipt->arguments)) {
		(void)fail(err, REQUEST_ID_REUSED,
			   "the request id \"%s\" was used with other arguments",
			   receipt->request_id);
		return fail_hint(err, REQUEST_ID_REUSED, "use a new request id for a new request");
	}
	TRY(json_read(slice_text(record.output), &receipt->reply, err));
	receipt->replayed = true;
	return OK;
}

enum status receipt_keep_order(struct turn *turn, struct receipt *receipt, int64_t order_id,
			       struct error *err)
{
	json_t *reply = NULL;
	if (!receipt)
		return OK;
	TRY(view_order(turn->engine, order_id, &reply, err));
	return receipt_keep(turn, receipt, reply, err);
}

enum status receipt_keep(struct turn *turn, struct receipt *receipt, json_t *reply,
			 struct error *err)
{
	if (!receipt) {
		json_decref(reply);
		return OK;
	}
	receipt->reply = reply;
	if (!receipt->request_id)
		return OK;
	int64_t tenant_id = 0;
	CLEANUP(buffer_release) struct buffer text = {.maximum = REPLY_MAX};
	json_write(receipt->reply, &text);
	struct command_record record = {
		.digest = receipt->arguments,
		.output = buffer_text(&text),
	};
	TRY(store_tenant_by_name(turn->store, "self", &tenant_id, err));
	return store_command_insert(turn->store, tenant_id, receipt->request_id, &record, turn->now,
				    err);
}

void receipt_release(struct receipt *receipt)
{
	json_decref(receipt->reply);
	receipt->reply = NULL;
}
