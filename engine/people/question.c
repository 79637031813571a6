/* Questions to people: see question.h. */
#include "engine/order/account.h"
#include "engine/people/question.h"

#include "engine/order/authorization.h"
#include "engine/people/posed.h"
#include "store/evidence.h"
#include "store/gate.h"

#include <string.h>

enum { QUESTION_NAMES_MAX = 1000, VALUE_OCTETS_MAX = 256 };

static const char *const said_words[] = {
	[ANSWER_YES] = "yes", [ANSWER_NO] = "no", [ANSWER_NOT_ME] = "not-me"};

const char *answer_said_text(enum answer_said said)
{
	return said_words[said];
}

enum status answer_said_parse(const char *text, enum answer_said *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(said_words); i++) {
		if (strcmp(said_words[i], text) != 0)
			continue;
		*ret = (enum answer_said)i;
		return OK;
	}
	return fail(err, USAGE, "an answer is yes, no or not-me, not \"%s\"", text);
}

enum message_state answer_said_state(enum answer_said said)
{
	switch (said) {
	case ANSWER_YES:
		return MESSAGE_YES;
	case ANSWER_NO:
		return MESSAGE_NO;
	case ANSWER_NOT_ME:
		return MESSAGE_NOT_ME;
	}
	return MESSAGE_OPEN;
}

struct digest question_value_digest(const char *text)
{
	char value[VALUE_OCTETS_MAX];
	size_t length = 0;
	for (; *text && length < sizeof(value) - 1; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		bool upper = *text >= 'A' && *text <= 'Z';
		value[length++] = upper ? (char)(*text - 'A' + 'a') : *text;
	}
	return digest_of(slice_of(value, length));
}

static void add_name(struct asked *asked, const char *name, const char *display, int64_t order_id)
{
	for (size_t i = 0; i < asked->name_count; i++)
		if (strcmp(asked->names[i], name) == 0)
			return;
	asked->names[asked->name_count] = name;
	asked->order_ids[asked->name_count] = order_id;
	asked->displays[asked->name_count++] = display;
}

/* Those that wait; when none does any more, those of the order for which it was written. */
static enum status load_names(struct store *store, struct arena *arena, struct asked *asked,
			      struct error *err)
{
	struct awaiting_name *rows = NULL;
	struct order_name *names = NULL;
	size_t count = 0, name_count = 0;
	TRY(store_gates_awaiting(store, asked->authorization.id, QUESTION_NAMES_MAX, arena, &rows,
				 &count, err));
	if (count == 0)
		TRY(store_order_names(store, asked->order.id, arena, &names, &name_count, err));
	asked->names = arena_new(arena, count + name_count + 1, sizeof(*asked->names));
	asked->displays = arena_new(arena, count + name_count + 1, sizeof(*asked->displays));
	asked->order_ids = arena_new(arena, count + name_count + 1, sizeof(*asked->order_ids));
	asked->awaited = count > 0;
	enum order_state state = asked->order.state;
	asked->withdrawn = count == 0 && (state == ORDER_CANCELLED || state == ORDER_REJECTED ||
					  state == ORDER_FAILED);
	for (size_t i = 0; i < count; i++)
		add_name(asked, rows[i].name, rows[i].display, rows[i].order_id);
	/* The order has names below other domains too, about which this person was not asked. */
	const char *domain = authorization_adn(asked->authorization.domain);
	for (size_t i = 0; i < name_count; i++)
		if (name_is_within(authorization_adn(names[i].name), domain))
			add_name(asked, names[i].name, names[i].display, asked->order.id);
	return OK;
}

static enum status move_message(struct turn *turn, int64_t id, enum answer_said said,
				int64_t evidence_id, const char **ret_from, const char **ret_to,
				struct error *err)
{
	enum message_state to = answer_said_state(said);
	*ret_from = message_state_text(MESSAGE_OPEN);
	*ret_to = message_state_text(to);
	return store_message_move(turn->store, id, MESSAGE_OPEN, to, evidence_id, turn->now, err);
}

static enum status move_call(struct turn *turn, int64_t id, enum answer_said said,
			     int64_t evidence_id, const char **ret_from, const char **ret_to,
			     struct error *err)
{
	static const enum call_outcome outcomes[] = {[ANSWER_YES] = CALL_OUTCOME_CONFIRMED,
						     [ANSWER_NO] = CALL_OUTCOME_REFUSED,
						     [ANSWER_NOT_ME] = CALL_OUTCOME_WRONG_NUMBER};
	struct call call;
	enum call_state to;
	TRY(store_call_get(turn->store, id, &turn->arena, &call, err));
	TRY(call_move(call.state, outcomes[said], &to, err));
	*ret_from = call_state_text(call.state);
	*ret_to = call_state_text(to);
	return store_call_move(turn->store, id, call.state, to, evidence_id, turn->now, err);
}

const struct question_form question_by_mail = {"m", "message", ENTRY_ANSWER, move_message};
const struct question_form question_by_phone = {"t", "call", ENTRY_CALL_STATE, move_call};

struct asked asked_by_call(const struct call *call)
{
	return (struct asked){
		.form = &question_by_phone,
		.message = posed_by_call(call),
		.unheard = call->state == CALL_OPEN,
	};
}

/* What the value was given with: a mail, or a call. */
enum status asked_by_value(struct store *store, const char *value, struct arena *arena,
			   struct asked *ret, struct error *err)
{
	struct digest hash = question_value_digest(value);
	struct evidence evidence;
	struct call call;
	*ret = (struct asked){.form = &question_by_mail};
	enum status status = store_message_of_value(store, hash, arena, &ret->message, err);
	if (status != NOT_FOUND)
		return status;
	status = store_call_of_value(store, hash, arena, &call, err);
	if (status == NOT_FOUND)
		return fail(err, NOT_FOUND, "nobody was asked with this value");
	TRY(status);
	*ret = asked_by_call(&call);
	if (!call.evidence_id)
		return OK;
	TRY(store_evidence_get(store, call.evidence_id, arena, &evidence, err));
	ret->by_hash = evidence.hash;
	return OK;
}

/* Everything else about what asked->message names. */
enum status asked_load(struct engine *engine, struct arena *arena, struct asked *ret,
		       struct error *err)
{
	struct store *store = engine->store;
	struct asked asked = *ret;
	TRY(store_authorization_get(store, asked.message.authorization_id, arena,
				    &asked.authorization, err));
	TRY(store_order_get(store, asked.message.order_id, arena, &asked.order, err));
	TRY(store_applicant_get(store, asked.authorization.applicant_id, arena, &asked.applicant,
				err));
	TRY(engine_policy(engine, &asked.policy, err));
	TRY(policy_product(asked.policy, asked.order.product, &asked.product, err));
	TRY(policy_pack(asked.policy, asked.authorization.pack, &asked.pack, err));
	TRY(policy_ca(asked.policy, asked.product->ca, &asked.ca, err));
	TRY(load_names(store, arena, &asked, err));
	*ret = asked;
	return OK;
}

size_t asked_count_whole(const struct asked *asked)
{
	const char *domain = authorization_adn(asked->authorization.domain);
	size_t count = 0;
	for (size_t i = 0; i < asked->name_count; i++)
		count += strcmp(authorization_adn(asked->names[i]), domain) == 0;
	return count;
}

bool asked_may_narrow(const struct asked *asked)
{
	const char *domain = authorization_adn(asked->authorization.domain);
	for (size_t i = 0; i < asked->name_count; i++)
		if (!name_is_within(authorization_adn(asked->names[i]), domain))
			return false;
	return asked_count_whole(asked) == 0;
}

static enum status fill_question(struct engine *engine, const struct asked *asked,
				 struct arena *arena, struct question *ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	struct name name;
	const struct message *message = &asked->message;
	const char *domain = authorization_adn(asked->authorization.domain);
	bool open = message->state == MESSAGE_OPEN;
	bool known = name_normalise(domain, &name, NULL) == OK;
	TRY(engine_configuration(engine, &configuration, err));
	*ret = (struct question){
		.message_id = asked->form == &question_by_mail ? message->id : 0,
		.call_id = asked->form == &question_by_phone ? message->id : 0,
		.state = open && asked->withdrawn ? MESSAGE_VOID : message->state,
		.answered_at = open && asked->withdrawn ? asked->order.state_at
			       : open                   ? 0
							: message->state_at,
		.expired = message->until_at < engine_now(engine),
		.recipient = message->recipient,
		.roles = message->roles,
		.source = message->source,
		.applicant = account_legal_name(&asked->applicant, configuration),
		.country = asked->applicant.country,
		.product = asked->product->title,
		.ca = asked->ca->title,
		.domain = domain,
		.domain_display = known ? arena_text(arena, name.unicode) : domain,
		.names = asked->displays,
		.name_count = asked->name_count,
		.may_narrow = asked_may_narrow(asked),
		.asked_at = message->created_at,
		.until_at = message->until_at,
		.zone_s = asked->pack->zone_s,
	};
	return OK;
}

enum status question_of_value(struct engine *engine, const char *value, struct arena *arena,
			      struct question *ret, struct error *err)
{
	struct asked asked;
	CLEANUP(store_snapshot_end) struct store_snapshot snapshot = {0};
	TRY(store_snapshot_begin(engine->store, &snapshot, err));
	TRY(asked_by_value(engine->store, value, arena, &asked, err));
	TRY(asked_load(engine, arena, &asked, err));
	return fill_question(engine, &asked, arena, ret, err);
}

enum status question_of_call(struct engine *engine, const struct call *call, struct arena *arena,
			     struct question *ret, struct error *err)
{
	struct asked asked = asked_by_call(call);
	TRY(asked_load(engine, arena, &asked, err));
	return fill_question(engine, &asked, arena, ret, err);
}
