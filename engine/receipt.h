/*
 * Receipts: a mutating command under a --request-id writes its reply in the
 * transaction that does the work, so that a repeat gets the same reply and does
 * nothing, whatever crashed in between.
 */
#ifndef ISSUER_ENGINE_RECEIPT_H
#define ISSUER_ENGINE_RECEIPT_H

#include "base/json.h"
#include "engine/turn.h"

struct receipt {
	const char *request_id;  /* NULL: the reply is not kept */
	struct digest arguments; /* of the command line without --request-id and --json */
	json_t *reply;           /* what to show; owned once filled */
	bool replayed;           /* the reply is that of an earlier command */
};

/* At the start of a command's turn: fills reply and replayed when the id is known with the same
 * arguments; REQUEST_ID_REUSED with others. receipt may be NULL. */
STATUS receipt_find(struct turn *turn, struct receipt *receipt, struct error *err);
/* At the end: takes reply over, and keeps it. receipt may be NULL. */
STATUS receipt_keep(struct turn *turn, struct receipt *receipt, json_t *reply, struct error *err);
/* The same: fills reply with the order as it is in this turn, and keeps it. receipt may be NULL.
 */
STATUS receipt_keep_order(struct turn *turn, struct receipt *receipt, int64_t order_id,
			  struct error *err);
void receipt_release(struct receipt *receipt);

#endif
