/* Commands about mails that ask people: see mail_command.h. */
#include "engine/people/mail_command.h"

#include "engine/people/asking.h"
#include "engine/people/mail_view.h"
#include "engine/view.h"
#include "store/gate.h"
#include "store/order.h"
#include "store/effect.h"
#include "store/message.h"
#include "validators/dsn.h"
#include "validators/mailbox.h"
#include "validators/mime_part.h"

#include <string.h>

enum { FILES_AT_ONCE = 500, NAMES_MAX = 1 << 20 };

static const char *const outcomes[] = {
#define X(name, text) [BOUNCE_##name] = text,
	BOUNCE_OUTCOMES(X)
#undef X
};

/* ---- one report ---- */

/* The first mail of ours among those that the report names; NOT_FOUND. */
static enum status find_message(struct turn *turn, const struct dsn *dsn, struct message *ret,
				struct error *err)
{
	for (size_t i = 0; i < dsn->id_count; i++) {
		const char *at = strrchr(dsn->ids[i], '@');
		size_t length = at ? (size_t)(at - dsn->ids[i]) : 0;
		const char *mail_id = arena_bytes(&turn->arena, slice_of(dsn->ids[i], length));
		enum status status =
			store_message_of_mail(turn->store, mail_id, &turn->arena, ret, err);
		if (status != NOT_FOUND)
			return status;
	}
	return NOT_FOUND;
}

/* What it says of the address; what is final before what is not. NULL: nothing. */
static const struct dsn_recipient *find_recipient(const struct dsn *dsn, const char *address)
{
	const struct dsn_recipient *found = NULL;
	for (size_t i = 0; i < dsn->recipient_count; i++) {
		const struct dsn_recipient *row = &dsn->recipients[i];
		bool same = (row->original && mailbox_same(row->original, address)) ||
			    (row->final && mailbox_same(row->final, address));
		if (same && (!found || (dsn_is_final(row) && !dsn_is_final(found))))
			found = row;
	}
	return found;
}

static enum status mark(struct turn *turn, const struct message *message,
			const struct dsn_recipient *recipient, enum bounce_outcome *ret,
			struct error *err)
{
	bool first = false;
	const char *words = recipient->words ? arena_printf(&turn->arena, "%s (%s)",
							    recipient->words, recipient->status)
					     : recipient->status;
	TRY(store_message_bounce(turn->store, message->id, turn->now, words, &first, err));
	*ret = first ? BOUNCE_RECORDED : BOUNCE_KNOWN;
	if (!first)
		return OK;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = message->order_id,
				  .subject_id = message->id,
				  .name = "mail bounce",
				  .code = status_code(MAIL_UNDELIVERABLE),
				  /* Its words name the address, and stay with the message. */
				  .reason = recipient->status,
			  });
	return message->state == MESSAGE_OPEN
		       ? asking_check_left(turn, message->authorization_id, err)
		       : OK;
}

static enum status take_report(struct turn *turn, const struct dsn *dsn, json_t *object,
			       enum bounce_outcome *ret, struct error *err)
{
	struct message message;
	*ret = BOUNCE_NOT_OURS;
	enum status status = find_message(turn, dsn, &message, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	const struct dsn_recipient *recipient = find_recipient(dsn, message.recipient);
	if (!recipient)
		return OK;
	*ret = BOUNCE_NOT_FINAL;
	if (dsn_is_final(recipient))
		TRY(mark(turn, &message, recipient, ret, err));
	json_add(object, "message", view_number("m", message.id));
	json_add(object, "order", view_number("o", message.order_id));
	json_add_text(object, "recipient", message.recipient);
	json_add_text(object, "action", dsn_action_text(recipient->action));
	json_add_text(object, "status", recipient->status[0] ? recipient->status : NULL);
	json_add_text(object, "words", recipient->words);
	return OK;
}

enum status command_bounce(struct engine *engine, struct slice mail, json_t **ret,
			   struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(turn_release) struct turn turn = {0};
	CLEANUP(json_releasep) json_t *object = json_object();
	struct dsn dsn;
	enum bounce_outcome outcome = BOUNCE_NO_REPORT;
	enum status status = dsn_read(mail, &arena, &dsn, err);
	if (status != NOT_APPLICABLE)
		TRY(status);
	json_add(object, "outcome", json_null());
	if (status == OK) {
		TRY(turn_begin(&turn, engine, engine->actor, err));
		TRY(take_report(&turn, &dsn, object, &outcome, err));
		TRY(turn_commit(&turn, err));
	}
	json_add_text(object, "outcome", outcomes[outcome]);
	*ret = STEAL(object);
	return OK;
}

/* ---- a folder of them ---- */

struct collection {
	struct engine *engine;
	struct environment *environment;
	const char *from; /* folders */
	const char *to;
	const char *suffix; /* of a name in "to" */
	struct arena arena;
	json_t *files, *failed;
};

/* Reads one file and moves it away; what goes wrong with it is not in the way of the others. */
static enum status collect_file(struct collection *collection, const char *name, struct error *err)
{
	struct environment *environment = collection->environment;
	CLEANUP(buffer_release) struct buffer mail = {.maximum = MIME_MESSAGE_MAX + 1};
	CLEANUP(json_releasep) json_t *object = NULL;
	const char *path = arena_printf(&collection->arena, "%s/%s", collection->from, name);
	const char *done = arena_printf(&collection->arena, "%s/%s%s", collection->to, name,
					collection->suffix);
	TRY(environment->file_read(environment->self, path, &mail, err));
	TRY(command_bounce(collection->engine, buffer_slice(&mail), &object, err));
	TRY(environment->file_move(environment->self, path, done, err));
	json_add_text(object, "file", name);
	(void)json_array_append_new(collection->files, STEAL(object));
	return OK;
}

/* A fault of the store ends it; one of a file is told with the others. */
static enum status collect_files(struct collection *collection, const struct buffer *names,
				 struct error *err)
{
	const char *end = (const char *)names->data + names->length;
	for (const char *name = (const char *)names->data; name < end; name += strlen(name) + 1) {
		struct error why = NO_ERROR;
		enum status status = collect_file(collection, name, &why);
		if (status == OK)
			continue;
		if (status != INPUT && status != FILE_FAILED && status != PERMISSIONS &&
		    status != NOT_FOUND) {
			if (err)
				*err = why;
			return status;
		}
		json_t *object = json_object();
		json_add_text(object, "file", name);
		json_add_text(object, "detail", why.sentence);
		(void)json_array_append_new(collection->failed, object);
	}
	return OK;
}

/* Where mails are, and where they go: of a Maildir, "new" and "cur" with the flag "seen". */
static enum status open_folder(struct collection *collection, const char *folder,
			       struct buffer *names, struct error *err)
{
	struct environment *environment = collection->environment;
	collection->from = arena_printf(&collection->arena, "%s/new", folder);
	collection->to = arena_printf(&collection->arena, "%s/cur", folder);
	collection->suffix = ":2,S";
	enum status status = environment->folder_list(environment->self, collection->from,
						      FILES_AT_ONCE + 1, names, err);
	if (status == OK)
		return environment->folder_make(environment->self, collection->to, err);
	if (status != NOT_FOUND)
		return status;
	collection->from = folder;
	collection->to = arena_printf(&collection->arena, "%s/done", folder);
	collection->suffix = "";
	status = environment->folder_list(environment->self, folder, FILES_AT_ONCE + 1, names, err);
	if (status == NOT_FOUND)
		return fail(err, CONFIGURATION, "there is no folder %s to read reports from",
			    folder);
	TRY(status);
	return environment->folder_make(environment->self, collection->to, err);
}

/* The names without the last when there is one more than are read at once. */
static bool cut_names(struct buffer *names)
{
	size_t count = 0;
	for (size_t i = 0; i < names->length; i++) {
		count += names->data[i] == '\0';
		if (count == FILES_AT_ONCE && i + 1 < names->length) {
			names->length = i + 1;
			return true;
		}
	}
	return false;
}

enum status command_collect(struct engine *engine, const char *folder, json_t **ret,
			    struct error *err)
{
	CLEANUP(buffer_release) struct buffer names = {.maximum = NAMES_MAX};
	CLEANUP(json_releasep) json_t *object = json_object();
	struct collection collection = {
		.engine = engine,
		.environment = engine->environment,
		.files = json_array(),
		.failed = json_array(),
	};
	json_add(object, "files", collection.files);
	json_add(object, "failed", collection.failed);
	enum status status = open_folder(&collection, folder, &names, err);
	bool left = cut_names(&names);
	if (status == OK)
		status = collect_files(&collection, &names, err);
	json_add(object, "left", json_boolean(left));
	arena_release(&collection.arena);
	if (status == OK)
		*ret = STEAL(object);
	return status;
}

/* ---- again ---- */

static enum status check_resend(struct turn *turn, const struct message *message, struct error *err)
{
	int sendings = 0;
	int64_t id = 0;
	struct effect last;
	struct order order;
	bool awaited = false;
	TRY(store_order_get(turn->store, message->order_id, &turn->arena, &order, err));
	TRY(store_gate_awaited(turn->store, message->authorization_id, &awaited, err));
	if (!awaited && order.state != ORDER_PENDING)
		return fail(
			err, ANSWER_CLOSED, "message m-%lld is not sent again: order o-%lld is %s",
			(long long)message->id, (long long)order.id, order_state_text(order.state));
	if (message->state != MESSAGE_OPEN)
		return fail(err, ANSWER_CLOSED, "message m-%lld is %s: it is not sent again",
			    (long long)message->id, message_state_text(message->state));
	if (message->until_at < turn->now)
		return fail(err, ANSWER_CLOSED,
			    "the value of message m-%lld is past its life: it is not sent again",
			    (long long)message->id);
	if (message->bounced_at) {
		(void)fail(err, MAIL_UNDELIVERABLE,
			   "message m-%lld could not be delivered to %s: %s",
			   (long long)message->id, message->recipient,
			   message->bounce ? message->bounce : "no reason given");
		return fail_hint(err, MAIL_UNDELIVERABLE,
				 "ask another address, or show control by another method");
	}
	TRY(asking_count(turn, message->id, &sendings, err));
	TRY(store_effect_find(turn->store, asking_key(message->id, sendings, &turn->arena), &id,
			      err));
	TRY(store_effect_get(turn->store, id, &turn->arena, &last, err));
	if (last.state == EFFECT_STATE_INTENDED)
		return fail(err, BUSY, "message m-%lld is still being sent: f-%lld, tries: %d",
			    (long long)message->id, (long long)id, last.tries);
	return OK;
}

enum status command_resend(struct engine *engine, int64_t message_id, const char *reason,
			   struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct message message;
	int sendings = 0;
	json_t *reply = NULL;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (receipt && receipt->replayed)
		return OK;
	TRY(store_message_get(turn.store, message_id, &turn.arena, &message, err));
	TRY(check_resend(&turn, &message, err));
	TRY(asking_count(&turn, message_id, &sendings, err));
	TRY(asking_send_again(&turn, &message, sendings + 1, err));
	turn_record(&turn, (struct journal_entry){
				   .kind = ENTRY_ACT,
				   .order_id = message.order_id,
				   .subject_id = message_id,
				   .name = "mail resend",
				   .reason = reason,
			   });
	TRY(view_message(engine, message_id, VIEW_MESSAGE_FACTS, &reply, err));
	TRY(receipt_keep(&turn, receipt, reply, err));
	return turn_commit(&turn, err);
}
