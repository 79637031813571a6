/* Mails that ask people, shown: see mail_view.h. */
#include "engine/people/mail_view.h"

#include "base/mask.h"
#include "base/mime.h"
#include "engine/people/asking.h"
#include "engine/evidence.h"
#include "engine/view.h"
#include "store/effect.h"
#include "store/evidence.h"
#include "store/gate.h"
#include "store/message.h"
#include "store/order.h"
#include "store/schedule.h"
#include "validators/mime_part.h"

#include <string.h>

enum { MAIL_MAX = 1 << 20 };

/* ---- the value ---- */

static bool is_of_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_';
}

size_t mail_mask(struct buffer *text, struct digest value_hash)
{
	size_t found = 0;
	for (size_t at = 0; at < text->length;) {
		size_t end = at;
		while (end < text->length && is_of_word(text->data[end]))
			end++;
		struct slice word = slice_of(text->data + at, end - at);
		if (word.length >= MASK_LEAST && digest_equal(digest_of(word), value_hash)) {
			memset(text->data + at, '*', word.length);
			found++;
		}
		at = end + 1;
	}
	return found;
}

/* ---- the mail ---- */

static void add_header(json_t *object, const char *member, const char *name, struct slice head,
		       struct digest value_hash)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text = {.maximum = MAIL_MAX};
	const char *value = mime_field(head, name, &arena);
	if (!value)
		return;
	mime_read_words(slice_text(value), &text);
	(void)mail_mask(&text, value_hash);
	json_add_text(object, member, buffer_text(&text));
}

/* A part that should hold the value and in which it is not found may hold it in another form: then
 * whatever could be one is left out. */
static void add_body(json_t *object, const char *member, const struct mime_part *part,
		     struct digest value_hash)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = MAIL_MAX};
	CLEANUP(buffer_release) struct buffer lines = {.maximum = MAIL_MAX};
	mime_decode(part, &text);
	if (mail_mask(&text, value_hash) == 0)
		mask_values((char *)text.data, text.length);
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] != '\r')
			buffer_append_byte(&lines, text.data[i]);
	json_add_text(object, member, buffer_text(&lines));
}

/* {from, reply_to, to, subject, date, message_id, text, html, octets} */
static json_t *mail_object(struct slice mail, struct digest value_hash)
{
	static const struct {
		const char *member, *name;
	} headers[] = {
		{"from", "From"},       {"reply_to", "Reply-To"}, {"to", "To"},
		{"subject", "Subject"}, {"date", "Date"},         {"message_id", "Message-ID"},
	};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	json_t *object = json_object();
	struct slice head = mime_part_of(mail).head;
	for (size_t i = 0; i < ARRAY_LENGTH(headers); i++)
		add_header(object, headers[i].member, headers[i].name, head, value_hash);
	struct mime_part parts[MIME_PARTS_MAX];
	size_t count = mime_leaves(mail, &arena, parts);
	for (size_t i = 0; i < count; i++) {
		if (mime_is_type(parts[i].head, "text/html"))
			add_body(object, "html", &parts[i], value_hash);
		else if (mime_is_type(parts[i].head, "text/plain"))
			add_body(object, "text", &parts[i], value_hash);
	}
	json_add_integer(object, "octets", (int64_t)mail.length);
	return object;
}

/* ---- facts ---- */

static json_t *roles_list(const char *roles, struct arena *arena)
{
	json_t *list = json_array();
	for (const char *rest = roles; *rest;) {
		size_t length = strcspn(rest, " ");
		if (length)
			(void)json_array_append_new(
				list, json_string(arena_bytes(arena, slice_of(rest, length))));
		rest += length + (rest[length] == ' ');
	}
	return list;
}

static enum status add_sending(struct engine *engine, const struct effect *effect, int number,
			       json_t *list, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = json_object();
	int64_t due_at = 0;
	bool on_wire = false;
	json_add(object, "sending", view_number("f", effect->id));
	json_add_integer(object, "number", number);
	json_add_text(object, "state", effect_state_text(effect->state));
	json_add_integer(object, "tries", effect->tries);
	json_add_text(object, "answer", effect->answer);
	json_add_instant(object, "created_at", effect->created_at);
	json_add_instant(object, "ended_at", effect->done_at);
	enum status status =
		store_schedule_of(engine->store, DUTY_POST, effect->id, &due_at, &on_wire, err);
	if (status != NOT_FOUND)
		TRY(status);
	if (status == OK && !on_wire)
		json_add_instant(object, "next_try", due_at);
	(void)json_array_append_new(list, STEAL(object));
	return OK;
}

/* Sendings in their order; *ret_first: the intent of the first. sent is true when one was taken
 * over, false when all were refused, null when that is not known yet. */
static enum status add_sendings(struct engine *engine, int64_t message_id, struct arena *arena,
				json_t *object, struct slice *ret_first, struct error *err)
{
	json_t *list = json_array();
	bool sent = false, open = false;
	json_add(object, "sent", json_null());
	json_add(object, "sendings", list);
	for (int number = 1;; number++) {
		struct effect effect;
		int64_t id = 0;
		enum status status = store_effect_find(
			engine->store, asking_key(message_id, number, arena), &id, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		TRY(store_effect_get(engine->store, id, arena, &effect, err));
		TRY(add_sending(engine, &effect, number, list, err));
		if (number == 1)
			*ret_first = effect.intent;
		sent = sent || effect.state == EFFECT_STATE_DONE;
		open = open || effect.state == EFFECT_STATE_INTENDED;
	}
	if (sent || !open)
		json_add(object, "sent", json_boolean(sent));
	return OK;
}

static enum status message_object(struct engine *engine, const struct message *message,
				  enum view_message_parts parts, struct arena *arena, json_t **ret,
				  struct error *err)
{
	CLEANUP(json_releasep) json_t *object = json_object();
	struct authorization authorization;
	struct slice intent = SLICE_NONE;
	TRY(store_authorization_get(engine->store, message->authorization_id, arena, &authorization,
				    err));
	json_add(object, "message", view_number("m", message->id));
	json_add(object, "order", view_number("o", message->order_id));
	json_add(object, "authorization", view_number("z", message->authorization_id));
	json_add_text(object, "domain", authorization.domain);
	json_add_text(object, "method", authorization.method);
	json_add_text(object, "recipient", message->recipient);
	json_add(object, "roles", roles_list(message->roles, arena));
	json_add_text(object, "source", message->source);
	json_add_text(object, "state", message_state_text(message->state));
	json_add_instant(object, "created_at", message->created_at);
	json_add_instant(object, "until_at", message->until_at);
	if (message->state != MESSAGE_OPEN)
		json_add_instant(object, "state_at", message->state_at);
	if (message->evidence_id)
		json_add(object, "answer", view_number("e", message->evidence_id));
	json_add_instant(object, "bounced_at", message->bounced_at);
	json_add_text(object, "bounce", message->bounce);
	TRY(add_sendings(engine, message->id, arena, object, &intent, err));
	if (parts == VIEW_MESSAGE_WHOLE && intent.data) {
		struct post_intent post;
		TRY(post_intent_read(intent, arena, &post, err));
		json_add(object, "mail", mail_object(post.body, message->value_hash));
	}
	*ret = STEAL(object);
	return OK;
}

enum status view_message(struct engine *engine, int64_t message_id, enum view_message_parts parts,
			 json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct message message;
	TRY(store_message_get(engine->store, message_id, &arena, &message, err));
	return message_object(engine, &message, parts, &arena, ret, err);
}

static enum status next_message(struct engine *engine, int64_t order_id, int64_t after,
				struct arena *arena, struct message *ret, struct error *err)
{
	return order_id ? store_message_of_order(engine->store, order_id, after, arena, ret, err)
			: store_message_next(engine->store, after, arena, ret, err);
}

enum status view_messages(struct engine *engine, int64_t order_id, int64_t after, int limit,
			  json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *page = json_object();
	struct order order;
	if (order_id)
		TRY(store_order_get(engine->store, order_id, &arena, &order, err));
	json_t *list = json_array();
	json_add(page, "messages", list);
	for (int i = 0;; i++) {
		struct message message;
		json_t *object = NULL;
		arena_clear(&arena);
		enum status status = next_message(engine, order_id, after, &arena, &message, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		if (i == limit) {
			json_add_integer(page, "next", after);
			break;
		}
		after = message.id;
		TRY(message_object(engine, &message, VIEW_MESSAGE_FACTS, &arena, &object, err));
		(void)json_array_append_new(list, object);
	}
	*ret = STEAL(page);
	return OK;
}

/* ---- what would be written ---- */

static json_t *recipient_object(const struct recipient *recipient, struct arena *arena)
{
	json_t *object = json_object();
	json_add_text(object, "address", recipient->address);
	json_add(object, "roles", roles_list(recipient->roles, arena));
	json_add_text(object, "source", recipient->source);
	json_add_text(object, "person", recipient->person);
	json_add(object, "receivable",
		 recipient->receivable == RECEIVABLE_UNKNOWN
			 ? json_null()
			 : json_boolean(recipient->receivable == RECEIVABLE_YES));
	json_add_text(object, "why", recipient->why);
	return object;
}

/* The mail to one of them; to the others it differs in the address and its roles. */
static enum status add_mail(struct turn *turn, const struct authorization *authorization,
			    const struct recipient *recipient, json_t *object, struct error *err)
{
	CLEANUP(buffer_release) struct buffer mail = {.maximum = POST_BODY_MAX};
	const char *value = NULL;
	TRY(asking_preview(turn, authorization, recipient, &value, &mail, err));
	json_add(object, "mail", mail_object(buffer_slice(&mail), digest_of(slice_text(value))));
	return OK;
}

static enum status add_asked(struct turn *turn, int64_t authorization_id, json_t *list,
			     struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	CLEANUP(json_releasep) json_t *object = json_object();
	struct authorization authorization;
	struct evidence evidence;
	struct attempt_record record;
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	if (!method_asks(authorization.method) || !authorization.evidence_id)
		return OK;
	TRY(store_evidence_get(turn->store, authorization.evidence_id, &turn->arena, &evidence,
			       err));
	TRY(evidence_load(turn->engine, &evidence, &bytes, err));
	TRY(attempt_decide(buffer_slice(&bytes), &turn->arena, &record, err));
	const struct recipients *recipients = recipients_of(&record);
	if (!recipients)
		return OK;
	json_add(object, "authorization", view_number("z", authorization.id));
	json_add_text(object, "domain", authorization.domain);
	json_add_text(object, "method", authorization.method);
	json_add(object, "contacts", view_number("e", authorization.evidence_id));
	json_t *rows = json_array();
	json_add(object, "recipients", rows);
	const struct recipient *first = NULL;
	for (size_t i = 0; i < recipients->count; i++) {
		const struct recipient *row = &recipients->rows[i];
		(void)json_array_append_new(rows, recipient_object(row, &turn->arena));
		if (!first && row->receivable != RECEIVABLE_NO && strchr(row->address, '@'))
			first = row;
	}
	if (first)
		TRY(add_mail(turn, &authorization, first, object, err));
	(void)json_array_append_new(list, STEAL(object));
	return OK;
}

enum status view_mail_preview(struct engine *engine, int64_t order_id, json_t **ret,
			      struct error *err)
{
	CLEANUP(json_releasep) json_t *object = json_object();
	CLEANUP(turn_release) struct turn turn = {0};
	struct order order;
	struct gate *gates = NULL;
	size_t count = 0;
	/* A turn that is never committed: it keeps nothing. */
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(store_order_get(turn.store, order_id, &turn.arena, &order, err));
	TRY(store_gates_of_order(turn.store, order_id, &turn.arena, &gates, &count, err));
	json_t *list = json_array();
	json_add(object, "order", view_number("o", order_id));
	json_add(object, "asked", list);
	for (size_t i = 0; i < count; i++) {
		bool shown = !gates[i].authorization_id;
		for (size_t k = 0; k < i; k++)
			shown = shown || gates[k].authorization_id == gates[i].authorization_id;
		if (!shown)
			TRY(add_asked(&turn, gates[i].authorization_id, list, err));
	}
	if (json_array_size(list) == 0) {
		(void)fail(err, NOT_FOUND,
			   "no method of order o-%lld has found out whom to ask by mail",
			   (long long)order_id);
		return fail_hint(err, NOT_FOUND, "issuer order explain %lld", (long long)order_id);
	}
	*ret = STEAL(object);
	return OK;
}
