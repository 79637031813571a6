/* Asking people: see asking.h. */
#include "engine/people/asking.h"

#include "base/encode.h"
#include "engine/order/account.h"
#include "engine/order/authorization.h"
#include "engine/people/call.h"
#include "engine/people/message_text.h"
#include "store/effect.h"
#include "store/gate.h"
#include "store/schedule.h"
#include "validators/mailbox.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AWAITING_MAX = 1000, VALUE_BYTES_MAX = 64 };

bool method_asks(const char *method)
{
	const struct validator *validator = validator_find(method);
	return validator && validator->asks != ASKS_NOBODY;
}

bool asking_failed(const struct authorization *authorization)
{
	return method_asks(authorization->method) && authorization->state == AUTHORIZATION_INVALID;
}

/* ---- whom ---- */

enum status asking_want(const struct verdict *verdict, struct slice evidence,
			struct asking_list *ret)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	*ret = (struct asking_list){.rows = NULL};
	arena_init(&ret->arena);
	/* Evidence that does not decide again is found by `evidence verify`; nobody is asked by it.
	 */
	if (verdict->status != WAITING_FOR_PERSON ||
	    attempt_decide(evidence, &arena, &record, NULL) != OK)
		return OK;
	const struct recipients *recipients = recipients_of(&record);
	if (!recipients)
		return OK;
	ret->rows = arena_new(&ret->arena, recipients->count + 1, sizeof(*ret->rows));
	for (size_t i = 0; i < recipients->count; i++) {
		const struct recipient *row = &recipients->rows[i];
		if (row->receivable == RECEIVABLE_NO) {
			ret->undeliverable_count++;
			ret->undeliverable = arena_text(&ret->arena, row->why);
			continue;
		}
		ret->rows[ret->count++] = (struct recipient){
			.address = arena_text(&ret->arena, row->address),
			.roles = arena_text(&ret->arena, row->roles),
			.source = arena_text(&ret->arena, row->source),
			.person = arena_text(&ret->arena, row->person),
			.written = arena_text(&ret->arena, row->written),
			.receivable = row->receivable,
		};
	}
	return OK;
}

void asking_list_release(struct asking_list *list)
{
	arena_release(&list->arena);
}

/* Whether an officer had it asked of others alone. */
static bool is_left_out(const struct authorization *authorization, const char *address)
{
	const char *line = authorization->addresses;
	if (!line)
		return false;
	while (*line) {
		size_t length = strcspn(line, "\n");
		char one[MAILBOX_TEXT];
		if (length < sizeof(one)) {
			memcpy(one, line, length);
			one[length] = '\0';
			if (strchr(address, '@') ? mailbox_same(one, address)
						 : strcmp(one, address) == 0)
				return false;
		}
		line += length + (line[length] == '\n');
	}
	return true;
}

enum status asking_is_possible(struct engine *engine, const char *method, struct error *err)
{
	const struct configuration *configuration = NULL;
	const struct validator *validator = validator_find(method);
	if (!validator || validator->asks != ASKS_BY_MAIL)
		return OK;
	TRY(engine_configuration(engine, &configuration, err));
	bool sends = configuration_mail(configuration)->is_set;
	bool answered = configuration_answers(configuration)->url;
	if (sends && answered)
		return OK;
	(void)fail(err, NOT_APPLICABLE,
		   "%s needs mail to be sent and answered, which is not set up", method);
	return fail_hint(err, NOT_APPLICABLE, "set %s in issuer.yaml, then issuer order validate",
			 sends      ? "answers.url"
			 : answered ? "mail.server and mail.from"
				    : "mail.server, mail.from and answers.url");
}

/* ---- the mails ---- */

#define KEY_PREFIX "mail:m-"

const char *asking_key(int64_t message_id, int number, struct arena *arena)
{
	return arena_printf(arena, KEY_PREFIX "%" PRId64 ":%d", message_id, number);
}

bool asking_key_read(const char *key, int64_t *ret_message_id, int *ret_number)
{
	char *end;
	if (strncmp(key, KEY_PREFIX, strlen(KEY_PREFIX)) != 0)
		return false;
	long long id = strtoll(key + strlen(KEY_PREFIX), &end, 10);
	if (id < 1 || *end != ':')
		return false;
	long long number = strtoll(end + 1, &end, 10);
	if (number < 1 || number > INT32_MAX || *end)
		return false;
	*ret_message_id = id;
	*ret_number = (int)number;
	return true;
}

/* All that the mails of one asking have in common. */
struct asking {
	struct turn *turn;
	const struct authorization *authorization;
	const struct method_rule *method;
	struct applicant applicant;
	const struct product *product;
	const struct ca_row *ca;
	const struct policy *policy;
	const struct provider *provider; /* in whose name; NULL: this installation's */
	const struct configuration *configuration;
	const char *from;
	int zone_s;
	int64_t order_id;
	const char **names;
	size_t name_count;
	int64_t until_at;
	const char *display; /* the ADN in U-labels */
};

static enum status load_names(struct asking *asking, struct error *err)
{
	struct turn *turn = asking->turn;
	struct awaiting_name *rows = NULL;
	size_t count = 0;
	TRY(store_gates_awaiting(turn->store, asking->authorization->id, AWAITING_MAX, &turn->arena,
				 &rows, &count, err));
	if (count == 0)
		return fail(err, INTERNAL, "nobody waits for authorization z-%lld",
			    (long long)asking->authorization->id);
	asking->order_id = rows[0].order_id;
	asking->names = arena_new(&turn->arena, count, sizeof(*asking->names));
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t k = 0; k < asking->name_count; k++)
			known = known || strcmp(asking->names[k], rows[i].display) == 0;
		if (!known)
			asking->names[asking->name_count++] = rows[i].display;
	}
	return OK;
}

static enum status load_asking(struct turn *turn, const struct authorization *authorization,
			       struct asking *ret, struct error *err)
{
	struct asking asking = {.turn = turn, .authorization = authorization};
	const struct pack *pack = NULL;
	struct order order;
	struct name name;
	TRY(engine_policy(turn->engine, &asking.policy, err));
	TRY(policy_pack(asking.policy, authorization->pack, &pack, err));
	TRY(pack_method(pack, authorization->method, turn->now, &asking.method, err));
	TRY(store_applicant_get(turn->store, authorization->applicant_id, &turn->arena,
				&asking.applicant, err));
	TRY(load_names(&asking, err));
	TRY(store_order_get(turn->store, asking.order_id, &turn->arena, &order, err));
	TRY(policy_product(asking.policy, order.product, &asking.product, err));
	TRY(policy_ca(asking.policy, asking.product->ca, &asking.ca, err));
	TRY(engine_configuration(turn->engine, &asking.configuration, err));
	if (asking.product->provider)
		TRY(policy_provider(asking.policy, asking.product->provider, &asking.provider,
				    err));
	asking.from = asking.provider ? asking.provider->from
				      : configuration_mail(asking.configuration)->from;
	asking.zone_s = pack->zone_s;
	asking.until_at = period_last(asking.method->value_life, turn->now, pack->zone_s);
	const char *adn = authorization_adn(authorization->domain);
	asking.display = name_normalise(adn, &name, NULL) == OK
				 ? arena_text(&turn->arena, name.unicode)
				 : adn;
	*ret = asking;
	return OK;
}

/* At least as many bits as the rule wants, in letters and digits that can be read aloud. */
static const char *random_value(struct turn *turn, int bits)
{
	struct environment *environment = turn->engine->environment;
	CLEANUP(buffer_release) struct buffer text = {.maximum = 2 * VALUE_BYTES_MAX};
	uint8_t bytes[VALUE_BYTES_MAX];
	size_t length = ((size_t)bits + 7) / 8;
	if (length > sizeof(bytes))
		length = sizeof(bytes);
	environment->random(environment->self, bytes, length);
	encode_base32(slice_of(bytes, length), &text);
	return arena_bytes(&turn->arena, buffer_slice(&text));
}

static enum status write_mail(const struct asking *asking, const struct recipient *recipient,
			      const char *value, const struct message *message, struct buffer *out,
			      struct error *err)
{
	struct turn *turn = asking->turn;
	const struct configuration_mail *mail = configuration_mail(asking->configuration);
	const struct configuration_answers *answers = configuration_answers(asking->configuration);
	const struct provider *provider = asking->provider;
	const char *adn = authorization_adn(asking->authorization->domain);
	struct message_facts facts = {
		.from = asking->from,
		.from_name = provider ? provider->from_name : mail->from_name,
		.reply_to = provider ? provider->reply_to : mail->reply_to,
		.to = recipient->address,
		.message_id = arena_printf(&turn->arena, "%s%s", message->mail_id,
					   strrchr(asking->from, '@')),
		.languages =
			provider ? (enum message_languages)provider->languages : mail->languages,
		.boundary = engine_random_text(turn->engine, &turn->arena),
		.at = turn->now,
		.applicant = account_legal_name(&asking->applicant, asking->configuration),
		.country = asking->applicant.country,
		.product = asking->product->title,
		.ca = asking->ca->title,
		.domain = adn,
		.domain_display = asking->display,
		.names = asking->names,
		.name_count = asking->name_count,
		.roles = recipient->roles,
		.source = recipient->source,
		.url = arena_printf(&turn->arena, "%s/answer/%s", answers->url, value),
		.value = value,
		.until_at = asking->until_at,
		.zone_s = asking->zone_s,
	};
	return message_compose(policy_templates(asking->policy, provider), &facts, out, err);
}

static enum status mail_to(const struct asking *asking, const struct recipient *recipient,
			   struct error *err)
{
	struct turn *turn = asking->turn;
	const struct authorization *authorization = asking->authorization;
	CLEANUP(buffer_release) struct buffer body = {.maximum = POST_BODY_MAX};
	const char *value = random_value(turn, asking->method->value_bits);
	int64_t effect_id = 0;
	struct message message = {
		.authorization_id = authorization->id,
		.attempt = authorization->attempt,
		.order_id = asking->order_id,
		.recipient = recipient->address,
		.roles = recipient->roles,
		.source = recipient->source,
		.contacts_id = authorization->evidence_id,
		.value_hash = digest_of(slice_text(value)),
		.mail_id = engine_random_text(turn->engine, &turn->arena),
		.until_at = asking->until_at,
		.created_at = turn->now,
	};
	TRY(write_mail(asking, recipient, value, &message, &body, err));
	TRY(store_message_insert(turn->store, &message, &message.id, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_MESSAGE,
				       .order_id = message.order_id,
				       .subject_id = message.id,
				       .name = authorization->domain,
				       .code = authorization->method,
				       .reason = recipient->roles,
			       },
			       err));
	struct post_params params = {
		.kind = EFFECT_KIND_MAIL,
		.key = asking_key(message.id, 1, &turn->arena),
		.order_id = message.order_id,
		.intent = {.to = recipient->address,
			   .from = asking->from,
			   .id = message.mail_id,
			   .body = buffer_slice(&body)},
	};
	return post_intend(turn, &params, &effect_id, err);
}

static enum status call_to(const struct asking *asking, const struct recipient *recipient,
			   struct error *err)
{
	const char *value = random_value(asking->turn, asking->method->value_bits);
	struct call call = {
		.authorization_id = asking->authorization->id,
		.attempt = asking->authorization->attempt,
		.order_id = asking->order_id,
		.number = recipient->address,
		.written = recipient->written,
		.roles = recipient->roles,
		.source = recipient->source,
		.person = recipient->person,
		.contacts_id = asking->authorization->evidence_id,
		.value = value,
		.value_hash = digest_of(slice_text(value)),
		.until_at = asking->until_at,
		.created_at = asking->turn->now,
	};
	return call_open(asking->turn, asking->authorization, &call, err);
}

/* How a method reaches people: the one place where that is told. */
static const struct asker {
	enum asks asks;
	enum status (*ask)(const struct asking *asking, const struct recipient *recipient,
			   struct error *err);
	const char *sentence;
} askers[] = {
	{ASKS_BY_MAIL, mail_to, "people were asked"},
	{ASKS_BY_PHONE, call_to, "people are to be called"},
};

static const struct asker *asker_of(const char *method)
{
	const struct validator *validator = validator_find(method);
	for (size_t i = 0; validator && i < ARRAY_LENGTH(askers); i++)
		if (askers[i].asks == validator->asks)
			return &askers[i];
	return NULL;
}

enum status asking_send_again(struct turn *turn, const struct message *message, int number,
			      struct error *err)
{
	struct effect first;
	struct post_params params = {
		.kind = EFFECT_KIND_MAIL,
		.key = asking_key(message->id, number, &turn->arena),
		.order_id = message->order_id,
	};
	int64_t id = 0;
	TRY(store_effect_find(turn->store, asking_key(message->id, 1, &turn->arena), &id, err));
	TRY(store_effect_get(turn->store, id, &turn->arena, &first, err));
	TRY(post_intent_read(first.intent, &turn->arena, &params.intent, err));
	return post_intend(turn, &params, &id, err);
}

enum status asking_preview(struct turn *turn, const struct authorization *authorization,
			   const struct recipient *recipient, const char **ret_value,
			   struct buffer *out, struct error *err)
{
	struct asking asking;
	struct awaiting_name *rows = NULL;
	size_t count = 0;
	TRY(store_gates_awaiting(turn->store, authorization->id, 1, &turn->arena, &rows, &count,
				 err));
	if (count == 0)
		return fail(err, NOT_FOUND, "nobody waits for an answer about %s any more",
			    authorization_adn(authorization->domain));
	TRY(load_asking(turn, authorization, &asking, err));
	const struct message message = {.mail_id = engine_random_text(turn->engine, &turn->arena)};
	*ret_value = random_value(turn, asking.method->value_bits);
	return write_mail(&asking, recipient, *ret_value, &message, out, err);
}

enum status asking_count(struct turn *turn, int64_t message_id, int *ret, struct error *err)
{
	for (int number = 1;; number++) {
		int64_t id = 0;
		enum status status = store_effect_find(
			turn->store, asking_key(message_id, number, &turn->arena), &id, err);
		if (status == NOT_FOUND) {
			*ret = number - 1;
			return OK;
		}
		TRY(status);
	}
}

enum status asking_rule(struct turn *turn, const struct effect *effect, struct post_rule *ret,
			struct error *err)
{
	const struct configuration *configuration = NULL;
	struct message message;
	int64_t id = 0;
	int number = 0;
	TRY(engine_configuration(turn->engine, &configuration, err));
	if (!asking_key_read(effect->idempotency_key, &id, &number))
		return fail(err, STORE_DAMAGED, "the mail f-%lld belongs to no message",
			    (long long)effect->id);
	TRY(store_message_get(turn->store, id, &turn->arena, &message, err));
	const struct configuration_mail *mail = configuration_mail(configuration);
	ret->tries = mail->tries;
	ret->retry = mail->retry;
	if (message.state != MESSAGE_OPEN)
		ret->why_void = "no answer is awaited any more";
	else if (message.until_at < turn->now)
		ret->why_void = "its value is past its life";
	return OK;
}

enum status asking_delayed(struct turn *turn, const struct effect *effect, struct error *err)
{
	struct message message;
	int64_t id = 0;
	int number = 0;
	if (!asking_key_read(effect->idempotency_key, &id, &number))
		return OK;
	TRY(store_message_get(turn->store, id, &turn->arena, &message, err));
	return store_schedule_decide(turn->store, message.authorization_id, turn->now, err);
}

enum status asking_sent(struct turn *turn, const struct effect *effect, enum effect_state state,
			enum post_end end, const char *answer, struct error *err)
{
	struct message message;
	int64_t id = 0;
	int number = 0;
	bool first = false;
	/* Refused for good, or never taken over: the address cannot answer. */
	if (state != EFFECT_STATE_VOID || end == POST_MAYBE ||
	    !asking_key_read(effect->idempotency_key, &id, &number) || number > 1)
		return OK;
	TRY(store_message_get(turn->store, id, &turn->arena, &message, err));
	if (message.state != MESSAGE_OPEN)
		return OK;
	TRY(store_message_bounce(turn->store, id, turn->now, answer, &first, err));
	return first ? asking_check_left(turn, message.authorization_id, err) : OK;
}

/* ---- begin ---- */

static enum status answers_rule(struct turn *turn, const struct authorization *authorization,
				const struct answer_rule **ret, struct error *err)
{
	const struct policy *policy = NULL;
	const struct pack *pack = NULL;
	TRY(engine_policy(turn->engine, &policy, err));
	TRY(policy_pack(policy, authorization->pack, &pack, err));
	return pack_answers(pack, turn->now, ret, err);
}

static enum status have_failed(struct turn *turn, struct authorization *authorization,
			       enum status why, const char *sentence, struct error *err)
{
	authorization->state = AUTHORIZATION_INVALID;
	authorization->code = status_code(why);
	authorization->sentence = sentence;
	authorization->hint = NULL;
	authorization->not_before_at = turn->now;
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err));
	TRY(store_schedule_drop(turn->store, DUTY_REMINDER, authorization->id, err));
	return store_schedule_drop(turn->store, DUTY_ANSWER_DUE, authorization->id, err);
}

enum status asking_begin(struct turn *turn, struct authorization *authorization,
			 const struct asking_list *list, struct error *err)
{
	const struct answer_rule *rule = NULL;
	struct asking asking;
	size_t written = 0;
	const struct asker *asker = asker_of(authorization->method);
	if (!asker)
		return fail(err, INTERNAL, "method %s asks nobody", authorization->method);
	TRY(answers_rule(turn, authorization, &rule, err));
	TRY(load_asking(turn, authorization, &asking, err));
	TRY(asking_void(turn, authorization->id, "whom to ask was looked up anew", err));
	for (size_t i = 0; i < list->count; i++) {
		if (is_left_out(authorization, list->rows[i].address))
			continue;
		TRY(asker->ask(&asking, &list->rows[i], err));
		written++;
	}
	if (written == 0)
		return have_failed(turn, authorization, DCV_ADDRESS,
				   "none of the addresses chosen is published any more", err);
	int64_t due_at = turn->now + rule->timeout_ms;
	if (due_at > asking.until_at)
		due_at = asking.until_at;
	authorization->state = AUTHORIZATION_ASKED;
	authorization->code = status_code(WAITING_FOR_PERSON);
	authorization->sentence = asker->sentence;
	authorization->hint = NULL;
	if (list->undeliverable_count)
		authorization->hint =
			arena_printf(&turn->arena, "%zu more cannot receive mail (%s: %s)",
				     list->undeliverable_count, status_code(MAIL_UNDELIVERABLE),
				     list->undeliverable);
	authorization->not_before_at = due_at;
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err));
	TRY(store_schedule_put(turn->store, DUTY_ANSWER_DUE, authorization->id, due_at, err));
	if (rule->reminder_ms == 0 || turn->now + rule->reminder_ms >= due_at)
		return OK;
	return store_schedule_put(turn->store, DUTY_REMINDER, authorization->id,
				  turn->now + rule->reminder_ms, err);
}

/* ---- time passes ---- */

enum status asking_expect(struct turn *turn, const struct authorization *authorization,
			  struct error *err)
{
	const struct answer_rule *rule = NULL;
	TRY(answers_rule(turn, authorization, &rule, err));
	return store_schedule_sooner(turn->store, DUTY_ANSWER_DUE, authorization->id,
				     turn->now + rule->timeout_ms, err);
}

enum status asking_anew(struct turn *turn, const struct authorization *authorization,
			struct error *err)
{
	TRY(store_authorization_addresses(turn->store, authorization->id, NULL, turn->now, err));
	TRY(store_authorization_renew(turn->store, authorization, turn->now, err));
	TRY(store_schedule_drop(turn->store, DUTY_REMINDER, authorization->id, err));
	TRY(store_schedule_drop(turn->store, DUTY_ANSWER_DUE, authorization->id, err));
	TRY(store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id, turn->now, err));
	return asking_expect(turn, authorization, err);
}

enum status asking_again(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct authorization authorization;
	bool left = false, bounced = false;
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	if (authorization.state != AUTHORIZATION_ASKED)
		return OK;
	TRY(asking_left(turn, authorization_id, authorization.attempt, &left, &bounced, err));
	return left ? OK : asking_anew(turn, &authorization, err);
}

/* Whether the mail server has not taken the last sending over yet. */
static enum status is_under_way(struct turn *turn, int64_t message_id, int sendings, bool *ret,
				struct error *err)
{
	struct effect last;
	int64_t id = 0;
	TRY(store_effect_find(turn->store, asking_key(message_id, sendings, &turn->arena), &id,
			      err));
	TRY(store_effect_get(turn->store, id, &turn->arena, &last, err));
	*ret = last.state == EFFECT_STATE_INTENDED;
	return OK;
}

enum status asking_remind(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct authorization authorization;
	int64_t after = 0;
	bool awaited = false;
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	TRY(store_schedule_drop(turn->store, DUTY_REMINDER, authorization_id, err));
	TRY(store_gate_awaited(turn->store, authorization_id, &awaited, err));
	if (authorization.state != AUTHORIZATION_ASKED || !awaited)
		return OK;
	TRY(calls_remind(turn, authorization_id, err));
	for (;;) {
		struct message message;
		int sendings = 0;
		bool under_way = false;
		enum status status = store_message_of_authorization(
			turn->store, authorization_id, after, &turn->arena, &message, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		after = message.id;
		if (message.state != MESSAGE_OPEN || message.bounced_at ||
		    message.until_at < turn->now)
			continue;
		TRY(asking_count(turn, message.id, &sendings, err));
		/* One that is still on its way needs no second. */
		TRY(is_under_way(turn, message.id, sendings, &under_way, err));
		if (under_way)
			continue;
		TRY(asking_send_again(turn, &message, sendings + 1, err));
		turn_record(turn, (struct journal_entry){
					  .kind = ENTRY_ACT,
					  .order_id = message.order_id,
					  .subject_id = message.id,
					  .name = "reminder",
					  .reason = "the same message again",
				  });
	}
}

enum status asking_due(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct authorization authorization;
	TRY(store_schedule_drop(turn->store, DUTY_ANSWER_DUE, authorization_id, err));
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	switch (authorization.state) {
	case AUTHORIZATION_ASKED:
		return asking_fail(turn, &authorization, ANSWER_TIMED_OUT,
				   "nobody said yes in time", err);
	case AUTHORIZATION_PENDING:
	case AUTHORIZATION_WORKING:
		return asking_fail(turn, &authorization, ANSWER_TIMED_OUT,
				   "it could not be learnt in time whom to ask", err);
	case AUTHORIZATION_VALID:
	case AUTHORIZATION_INVALID:
		return OK;
	}
	return OK;
}

/* ---- it ends ---- */

enum status asking_fail(struct turn *turn, struct authorization *authorization, enum status why,
			const char *sentence, struct error *err)
{
	const char *from = authorization_state_text(authorization->state);
	TRY(have_failed(turn, authorization, why, sentence, err));
	TRY(store_authorization_end(turn->store, authorization, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .subject_id = authorization->id,
				  .name = authorization->domain,
				  .from = from,
				  .to = authorization_state_text(authorization->state),
				  .code = authorization->code,
				  .reason = sentence,
			  });
	return store_schedule_decide(turn->store, authorization->id, turn->now, err);
}

static enum status move(struct turn *turn, const struct message *message, enum message_state to,
			const char *reason, struct error *err)
{
	TRY(store_message_move(turn->store, message->id, message->state, to, 0, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ANSWER,
				  .order_id = message->order_id,
				  .subject_id = message->id,
				  .from = message_state_text(message->state),
				  .to = message_state_text(to),
				  .reason = reason,
			  });
	return OK;
}

enum status asking_void(struct turn *turn, int64_t authorization_id, const char *reason,
			struct error *err)
{
	int64_t after = 0;
	TRY(calls_void(turn, authorization_id, reason, err));
	for (;;) {
		struct message message;
		enum status status = store_message_of_authorization(
			turn->store, authorization_id, after, &turn->arena, &message, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		after = message.id;
		if (message.state == MESSAGE_OPEN)
			TRY(move(turn, &message, MESSAGE_VOID, reason, err));
	}
}

enum status asking_check_left(struct turn *turn, int64_t authorization_id, struct error *err)
{
	struct authorization authorization;
	bool bounced = false, left = false;
	TRY(store_authorization_get(turn->store, authorization_id, &turn->arena, &authorization,
				    err));
	if (authorization.state != AUTHORIZATION_ASKED)
		return OK;
	TRY(asking_left(turn, authorization_id, authorization.attempt, &left, &bounced, err));
	if (left)
		return OK;
	return asking_fail(turn, &authorization, bounced ? MAIL_UNDELIVERABLE : METHOD_UNAVAILABLE,
			   bounced ? "no address that was asked could be delivered to"
				   : "nobody who was asked is a contact of the domain",
			   err);
}
