/*
 * Mails that ask people as staff see them: did it go, to whom, did it bounce, what
 * does it say. The random value is for the person asked alone: it is found by its
 * hash in whatever is shown and replaced by asterisks.
 */
#ifndef ISSUER_ENGINE_PEOPLE_MAIL_VIEW_H
#define ISSUER_ENGINE_PEOPLE_MAIL_VIEW_H

#include "base/digest.h"
#include "base/json.h"
#include "engine/engine.h"

enum view_message_parts { VIEW_MESSAGE_FACTS, VIEW_MESSAGE_WHOLE };

/* {messages: […], next}: after a number, of an order or (0) of all. */
STATUS view_messages(struct engine *engine, int64_t order_id, int64_t after, int limit,
		     json_t **ret, struct error *err);
/* {message, order, authorization, domain, method, recipient, roles, source, state, created_at,
 * until_at, answered_at, answer, sent, bounced_at, bounce, sendings: [{sending, number, state,
 * tries, answer, created_at, ended_at, next_try}]}; WHOLE: and mail {from, to, …, text, html}. */
STATUS view_message(struct engine *engine, int64_t message_id, enum view_message_parts parts,
		    json_t **ret, struct error *err);
/* {order, asked: [{authorization, domain, method, recipients: [{address, roles, source, receivable,
 * why}], mail}]}: the mails as they would be written now to whom the last look-up found. NOT_FOUND
 * when nobody was looked up. Nothing is kept. */
STATUS view_mail_preview(struct engine *engine, int64_t order_id, json_t **ret, struct error *err);

/* Replaces by asterisks each word of the text whose hash is that of a value. Returns how many. */
size_t mail_mask(struct buffer *text, struct digest value_hash);

#endif
