/* Answers of people: see answer.h. */
#include "engine/people/answer.h"

#include "base/memory.h"
#include "engine/people/agreement.h"
#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/evidence.h"
#include "engine/people/posed.h"
#include "engine/view.h"
#include "store/effect.h"
#include "store/gate.h"
#include "store/rejection.h"
#include "store/schedule.h"
#include "validators/answer.h"
#include "validators/mailbox.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_OCTETS_MAX = 1024, VALUE_OCTETS_MAX = 256, TRIES_MAX = 3 };

/* ---- the answer as evidence ---- */

/* What is prepared before the transaction: files are not read inside. */
struct reply {
	const struct answer_params *params;
	struct asked asked;
	struct arena arena;
	struct attempt_record contacts;
	const char *contacts_hash;
	struct verdict verdict;
	struct evidence_bytes evidence;
	const char **narrow; /* names confirmed alone; NULL: the whole ADN */
	size_t narrow_count;
	const char *actor;
	int64_t at;
	bool by_agent;
	bool all;                   /* the pack wants a yes of everybody */
	struct agreement agreement; /* all: of the others */
};

static void reply_release(struct reply *reply)
{
	evidence_bytes_release(&reply->evidence);
	arena_release(&reply->arena);
}

static enum status check_text(const char *what, const char *text, size_t most, struct error *err)
{
	size_t length = text ? strlen(text) : 0;
	if (length > most)
		return fail(err, INPUT, "the %s has more than %zu octets", what, most);
	return OK;
}

static enum status check_params(const struct answer_params *params, struct error *err)
{
	TRY(check_text("value", params->value, VALUE_OCTETS_MAX - 1, err));
	TRY(check_text("client's address", params->client, TEXT_OCTETS_MAX, err));
	TRY(check_text("user agent", params->user_agent, TEXT_OCTETS_MAX, err));
	TRY(check_text("language", params->language, TEXT_OCTETS_MAX, err));
	TRY(check_text("note", params->note, TEXT_OCTETS_MAX, err));
	TRY(check_text("callee", params->callee, TEXT_OCTETS_MAX, err));
	TRY(check_text("callee's role", params->callee_role, TEXT_OCTETS_MAX, err));
	if (params->page.length > ANSWER_PAGE_MAX)
		return fail(err, INPUT, "the page's text has more than %d octets", ANSWER_PAGE_MAX);
	return OK;
}

static enum status check_open(const struct asked *asked, int64_t now, struct error *err)
{
	const struct message *message = &asked->message;
	const char *noun = asked->form->noun;
	if (message->state != MESSAGE_OPEN)
		return fail(err, ANSWER_CLOSED,
			    "the question %s-%lld is closed: it stands at \"%s\"", noun,
			    (long long)message->id, message_state_text(message->state));
	if (asked->withdrawn)
		return fail(err, ANSWER_CLOSED,
			    "the question %s-%lld is closed: the order was withdrawn", noun,
			    (long long)message->id);
	if (message->until_at < now)
		return fail(err, ANSWER_CLOSED, "the value of the question %s-%lld is too old",
			    noun, (long long)message->id);
	/* The clock went back: evidence would say that the answer came before its question. */
	if (now < message->created_at)
		return fail(err, STALE,
			    "the question %s-%lld was put at a later time than the clock has now",
			    noun, (long long)message->id);
	return OK;
}

/* The evidence that names the person, decided again. */
static enum status load_contacts(struct engine *engine, struct reply *reply, struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	struct evidence row;
	char *hash = arena_new(&reply->arena, DIGEST_TEXT, 1);
	TRY(store_evidence_get(engine->store, reply->asked.message.contacts_id, &reply->arena, &row,
			       err));
	TRY(evidence_load(engine, &row, &bytes, err));
	struct slice kept =
		slice_of(arena_bytes(&reply->arena, buffer_slice(&bytes)), bytes.length);
	reply->contacts_hash = digest_text(row.hash, hash);
	return attempt_decide(kept, &reply->arena, &reply->contacts, err);
}

static bool is_domain(const char *domain, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], domain) == 0)
			return true;
	return false;
}

/* Whether mail of one address comes from the domain of the other's. */
static bool is_of_sender(const struct mailbox *of, const char *from)
{
	struct mailbox sender;
	return from && mailbox_parse(slice_text(from), &sender, NULL) == OK &&
	       name_is_within(of->domain, sender.domain);
}

/* An address of ours, or of a reseller; also below their domains. */
static bool is_agents(const struct configuration *configuration, const struct provider *provider,
		      const char *address)
{
	const struct configuration_answers *answers = configuration_answers(configuration);
	const struct configuration_mail *mail = configuration_mail(configuration);
	struct mailbox of;
	if (mailbox_parse(slice_text(address), &of, NULL) != OK)
		return false;
	for (size_t i = 0; i < answers->agent_domain_count; i++)
		if (name_is_within(of.domain, answers->agent_domains[i]))
			return true;
	return is_of_sender(&of, mail->is_set ? mail->from : NULL) ||
	       is_of_sender(&of, provider ? provider->from : NULL);
}

/* Whether the person saw the name: on the page, or in the mail, which a later order is not in. */
static enum status was_shown(struct engine *engine, struct reply *reply, size_t i, bool *ret,
			     struct error *err)
{
	const struct asked *asked = &reply->asked;
	const struct answer_params *params = reply->params;
	struct order order;
	if (params->shown) {
		*ret = is_domain(asked->displays[i], params->shown, params->shown_count);
		return OK;
	}
	TRY(store_order_get(engine->store, asked->order_ids[i], &reply->arena, &order, err));
	*ret = order.created_at <= asked->message.created_at;
	return OK;
}

static void add_narrow(struct reply *reply, const char *name)
{
	if (!is_domain(name, reply->narrow, reply->narrow_count))
		reply->narrow[reply->narrow_count++] = name;
}

/* Whom the person was shown does not wait any more, and others do: the names of the mail's order.
 */
static enum status narrow_to_order(struct engine *engine, struct reply *reply, struct error *err)
{
	const struct asked *asked = &reply->asked;
	const char *domain = authorization_adn(asked->authorization.domain);
	struct order_name *rows = NULL;
	size_t count = 0;
	TRY(store_order_names(engine->store, asked->order.id, &reply->arena, &rows, &count, err));
	reply->narrow = arena_new(&reply->arena, count + 1, sizeof(*reply->narrow));
	for (size_t i = 0; i < count; i++) {
		const char *name = authorization_adn(rows[i].name);
		if (name_is_within(name, domain) && strcmp(name, domain) != 0)
			add_narrow(reply, rows[i].name);
	}
	return reply->narrow_count ? OK
				   : fail(err, NOT_APPLICABLE,
					  "no name that %s-%lld asked about can be confirmed alone",
					  asked->form->noun, (long long)asked->message.id);
}

/* A yes for the domain's own name is asked for with the names below it, so there is no yes for it
 * and some others alone; nor for an alias, about which the contacts of the domain can say nothing
 * but that. */
static enum status check_narrow(const struct asked *asked, struct error *err)
{
	const char *domain = authorization_adn(asked->authorization.domain);
	bool alias = false;
	for (size_t i = 0; i < asked->name_count; i++)
		alias = alias || !name_is_within(authorization_adn(asked->names[i]), domain);
	if (asked_may_narrow(asked))
		return OK;
	(void)fail(err, NOT_APPLICABLE, "%s %s%s",
		   alias ? "a name of the certificate is an alias of" : "the certificate is for",
		   domain,
		   alias ? " or a name below it"
			 : " itself, and control of it covers all names below it");
	return fail_hint(err, NOT_APPLICABLE, "answer for the whole domain");
}

/* A wildcard name stands for the one below which it is, too. */
static enum status narrow(struct engine *engine, struct reply *reply, struct error *err)
{
	const struct asked *asked = &reply->asked;
	if (reply->params->said != ANSWER_YES || reply->params->scope != ANSWER_FOR_NAMES ||
	    asked_count_whole(asked) == asked->name_count)
		return OK;
	TRY(check_narrow(asked, err));
	reply->narrow = arena_new(&reply->arena, asked->name_count + 1, sizeof(*reply->narrow));
	for (size_t i = 0; i < asked->name_count; i++) {
		const char *name = asked->names[i];
		const char *wildcard = arena_printf(&reply->arena, "*.%s", name);
		bool shown = false;
		TRY(was_shown(engine, reply, i, &shown, err));
		if (shown && !is_domain(wildcard, asked->names, asked->name_count))
			add_narrow(reply, name);
	}
	return reply->narrow_count ? OK : narrow_to_order(engine, reply, err);
}

/* What asked, by its hash: the mail, or the call. */
static enum status hash_asked(struct engine *engine, struct reply *reply, const char **ret,
			      struct error *err)
{
	struct effect effect;
	struct post_intent intent;
	int64_t id = 0;
	char *text = arena_new(&reply->arena, DIGEST_TEXT, 1);
	if (reply->asked.form == &question_by_phone) {
		*ret = digest_text(reply->asked.by_hash, text);
		return OK;
	}
	const char *key = asking_key(reply->asked.message.id, 1, &reply->arena);
	TRY(store_effect_find(engine->store, key, &id, err));
	TRY(store_effect_get(engine->store, id, &reply->arena, &effect, err));
	TRY(post_intent_read(effect.intent, &reply->arena, &intent, err));
	*ret = digest_text(digest_of(intent.body), text);
	return OK;
}

static enum status fill_facts(struct engine *engine, struct reply *reply, struct answer_facts *ret,
			      struct error *err)
{
	const struct configuration *configuration = NULL;
	const struct method_rule *method = NULL;
	const struct provider *provider = NULL;
	const struct answer_rule *rule = NULL;
	const struct asked *asked = &reply->asked;
	const struct answer_params *params = reply->params;
	static const char *const quorums[] = {
		[QUORUM_ANY] = "any", [QUORUM_REGISTRANT] = "registrant", [QUORUM_ALL] = "all"};
	char *value = arena_new(&reply->arena, DIGEST_TEXT, 1);
	char *pack = arena_new(&reply->arena, DIGEST_TEXT, 1);
	TRY(engine_configuration(engine, &configuration, err));
	TRY(pack_method(asked->pack, asked->authorization.method, reply->at, &method, err));
	TRY(pack_answers(asked->pack, reply->at, &rule, err));
	if (asked->product->provider)
		TRY(policy_provider(asked->policy, asked->product->provider, &provider, err));
	reply->by_agent = rule->agent == AGENT_REFUSED &&
			  is_agents(configuration, provider, asked->message.recipient);
	reply->all = rule->quorum == QUORUM_ALL;
	*ret = (struct answer_facts){
		.method = asked->authorization.method,
		.label = method_label(method, asked->authorization.domain),
		.domain = authorization_adn(asked->authorization.domain),
		.names = reply->narrow,
		.name_count = reply->narrow_count,
		.pack = asked->pack->id,
		.pack_digest = digest_text(asked->pack->digest, pack),
		.contacts = reply->contacts_hash,
		.recipient = asked->message.recipient,
		.roles = asked->message.roles,
		.value = digest_text(asked->message.value_hash, value),
		.asked_ms = asked->message.created_at,
		.until_ms = asked->message.until_at,
		.at_ms = reply->at,
		.said = answer_said_text(params->said),
		.channel = params->channel,
		.client = params->client,
		.user_agent = params->user_agent,
		.language = params->language,
		.page = params->page.length ? arena_bytes(&reply->arena, params->page) : NULL,
		.note = params->note,
		.actor = reply->actor,
		.by_agent = reply->by_agent,
		.callee = params->callee,
		.callee_role = params->callee_role,
		.quorum = quorums[rule->quorum],
	};
	return hash_asked(engine, reply, &ret->message, err);
}

static enum status prepare(struct engine *engine, struct reply *reply, struct error *err)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = ANSWER_BYTES_MAX};
	struct answer_facts facts;
	TRY(load_contacts(engine, reply, err));
	TRY(narrow(engine, reply, err));
	TRY(fill_facts(engine, reply, &facts, err));
	if (reply->all)
		TRY(agreement_load(engine, &reply->asked.message, &reply->arena, &reply->agreement,
				   err));
	answer_decide(&facts, &reply->contacts, &reply->verdict);
	if (reply->verdict.status == EVIDENCE_BROKEN)
		return fail(err, EVIDENCE_BROKEN, "%s", reply->verdict.sentence);
	answer_write(&facts, &reply->verdict, &text);
	if (text.overflowed)
		return fail(err, INPUT, "the answer has more than %d octets", ANSWER_BYTES_MAX);
	return evidence_prepare(engine, ANSWER_EVIDENCE_KIND, buffer_slice(&text), &reply->evidence,
				err);
}

/* ---- what comes of it ---- */

static enum status keep_validation(struct turn *turn, const struct reply *reply,
				   const struct authorization *authorization, bool alone,
				   const struct agreed *basis, int64_t *ret_id, struct error *err)
{
	const struct asked *asked = &reply->asked;
	const struct method_rule *method = NULL;
	char digest[DIGEST_TEXT], value[DIGEST_TEXT];
	TRY(pack_method(asked->pack, authorization->method, turn->now, &method, err));
	struct validation_record validation = {
		.subject = VALIDATION_OF_NAME,
		.applicant_id = authorization->applicant_id,
		.domain = authorization->domain,
		.method = authorization->method,
		.label = method_label(method, authorization->domain),
		.ca = authorization->ca,
		.authorization_id = authorization->id,
		.attempt = authorization->attempt,
		.evidence_id = basis->evidence_id,
		.pack = asked->pack->id,
		.pack_digest = digest_text(asked->pack->digest, digest),
		/* The age counts from the first byte that the result rests on (BR 4.2.1). */
		.began_at = reply->contacts.began_ms,
		.validated_at = turn->now,
		.value_hash = digest_text(basis->value_hash, value),
		.target = alone ? VALIDATION_ALONE : NULL,
	};
	return authorization_keep(turn, &validation, basis->sentence, ret_id, err);
}

/* A yes for the names alone: each has an authorization of its own, which is valid at once. */
static enum status keep_narrow(struct turn *turn, const struct reply *reply, const char *name,
			       const struct agreed *basis, struct error *err)
{
	struct authorization row = reply->asked.authorization;
	bool alone = strncmp(name, "*.", 2) != 0;
	row.domain = authorization_adn(name);
	TRY(authorization_answered(turn, &row, err));
	TRY(keep_validation(turn, reply, &row, alone, basis, &row.validation_id, err));
	row.state = AUTHORIZATION_VALID;
	row.code = row.hint = NULL;
	row.sentence = basis->sentence;
	row.evidence_id = basis->evidence_id;
	return store_authorization_end(turn->store, &row, turn->now, err);
}

static enum status confirm(struct turn *turn, const struct reply *reply, const struct agreed *basis,
			   struct error *err)
{
	const struct asked *asked = &reply->asked;
	struct authorization row;
	TRY(store_authorization_get(turn->store, asked->authorization.id, &turn->arena, &row, err));
	/* A second yes changes nothing. One that comes while it is looked up anew whom to ask
	 * counts as before: its value becomes void only when others are asked. */
	if (row.state == AUTHORIZATION_VALID)
		return OK;
	/* Those who waited for it have gone another way meanwhile, and no gate leads back to them.
	 */
	if (row.state == AUTHORIZATION_INVALID)
		TRY(store_schedule_decide_applicant(turn->store, row.applicant_id, turn->now, err));
	row.validation_id = 0;
	for (size_t i = 0; i < basis->name_count; i++)
		TRY(keep_narrow(turn, reply, basis->names[i], basis, err));
	if (!basis->names)
		TRY(keep_validation(turn, reply, &row, false, basis, &row.validation_id, err));
	return authorization_ends_asking(turn, &row, basis->sentence, err);
}

static enum status take_yes(struct turn *turn, const struct reply *reply, int64_t evidence_id,
			    struct error *err)
{
	const struct agreed *others = &reply->agreement.basis;
	bool waits = false;
	struct agreement all = {
		.basis = {.evidence_id = evidence_id,
			  .value_hash = reply->asked.message.value_hash,
			  .names = reply->narrow,
			  .name_count = reply->narrow_count,
			  .sentence = reply->verdict.sentence},
	};
	if (reply->all)
		TRY(agreement_check(turn, &reply->asked.message, &reply->agreement, &waits, err));
	if (waits)
		return OK;
	if (others->evidence_id)
		agreement_join(&all, others, &turn->arena);
	return confirm(turn, reply, &all.basis, err);
}

/* When all have to say yes, those who are no contacts are not waited for. */
static enum status take_not_me(struct turn *turn, const struct reply *reply, struct error *err)
{
	bool waits = false;
	if (reply->all)
		TRY(agreement_check(turn, &reply->asked.message, &reply->agreement, &waits, err));
	if (!waits && reply->agreement.basis.evidence_id)
		return confirm(turn, reply, &reply->agreement.basis, err);
	return asking_check_left(turn, reply->asked.message.authorization_id, err);
}

static enum status reject(struct turn *turn, const struct reply *reply, const char *domain,
			  int64_t evidence_id, struct error *err)
{
	const struct asked *asked = &reply->asked;
	struct rejection rejection = {
		.applicant_id = asked->authorization.applicant_id,
		.domain = domain,
		.authorization_id = asked->authorization.id,
		.evidence_id = evidence_id,
		.said_by = asked->message.recipient,
		.created_at = turn->now,
	};
	TRY(store_rejection_insert(turn->store, &rejection, &rejection.id, err));
	return turn_record_object(turn,
				  (struct journal_entry){
					  .kind = ENTRY_REJECTION,
					  .order_id = asked->message.order_id,
					  .subject_id = rejection.id,
					  .name = rejection.domain,
					  .code = status_code(ANSWER_REJECTED),
					  .reason = reply->verdict.sentence,
				  },
				  err);
}

/* Holds the ADN with the names below it, and the aliases that wait for it, by whatever method they
 * are shown later. */
static enum status take_no(struct turn *turn, const struct reply *reply, int64_t evidence_id,
			   struct error *err)
{
	const struct asked *asked = &reply->asked;
	const char *domain = authorization_adn(asked->authorization.domain);
	TRY(reject(turn, reply, domain, evidence_id, err));
	for (size_t i = 0; asked->awaited && i < asked->name_count; i++)
		if (!name_is_within(authorization_adn(asked->names[i]), domain))
			TRY(reject(turn, reply, authorization_adn(asked->names[i]), evidence_id,
				   err));
	return store_schedule_decide_applicant(turn->store, asked->authorization.applicant_id,
					       turn->now, err);
}

/* A yes that does not count: why the gate stays shut. */
static enum status take_unfit_yes(struct turn *turn, const struct reply *reply, struct error *err)
{
	struct authorization row;
	TRY(store_authorization_get(turn->store, reply->asked.authorization.id, &turn->arena, &row,
				    err));
	if (row.state != AUTHORIZATION_ASKED || row.attempt != reply->asked.message.attempt)
		return OK;
	row.code = status_code(reply->verdict.status);
	row.sentence = reply->verdict.sentence;
	return store_authorization_end(turn->store, &row, turn->now, err);
}

enum status reply_take(struct turn *turn, const struct reply *reply, struct error *err)
{
	const struct message *message = &reply->asked.message;
	const struct question_form *form = reply->asked.form;
	const char *from = NULL, *to = NULL;
	int64_t evidence_id = 0;
	char digest[DIGEST_TEXT];
	TRY(authorization_keep_pack(turn, reply->asked.pack,
				    digest_text(reply->asked.pack->digest, digest), err));
	TRY(evidence_keep(turn, &reply->evidence, message->order_id, &evidence_id, err));
	enum status status =
		form->move(turn, message->id, reply->params->said, evidence_id, &from, &to, err);
	if (status == STALE)
		return fail(err, ANSWER_CLOSED, "the question %s-%lld was answered meanwhile",
			    form->noun, (long long)message->id);
	TRY(status);
	turn_record(turn, (struct journal_entry){
				  .kind = form->entry,
				  .order_id = message->order_id,
				  .subject_id = message->id,
				  .name = reply->asked.authorization.domain,
				  .from = from,
				  .to = to,
				  .code = status_code(reply->verdict.status),
				  .reason = reply->verdict.sentence,
			  });
	switch (reply->params->said) {
	case ANSWER_YES:
		TRY(reply->verdict.status == OK ? take_yes(turn, reply, evidence_id, err)
						: take_unfit_yes(turn, reply, err));
		break;
	case ANSWER_NO:
		TRY(take_no(turn, reply, evidence_id, err));
		break;
	case ANSWER_NOT_ME:
		TRY(take_not_me(turn, reply, err));
		break;
	}
	return store_schedule_decide(turn->store, message->authorization_id, turn->now, err);
}

/* ---- on the telephone ---- */

enum status reply_of_call(struct engine *engine, const struct call *call,
			  const struct answer_params *params, struct digest by_hash,
			  struct reply **ret, struct error *err)
{
	CLEANUP(reply_freep) struct reply *reply = memory_new(1, sizeof(*reply));
	reply->params = params;
	reply->at = params->at ? params->at : engine_now(engine);
	reply->actor = params->actor;
	reply->asked = asked_by_call(call);
	reply->asked.by_hash = by_hash;
	TRY(check_params(params, err));
	TRY(asked_load(engine, &reply->arena, &reply->asked, err));
	TRY(check_open(&reply->asked, reply->at, err));
	TRY(prepare(engine, reply, err));
	*ret = STEAL(reply);
	return OK;
}

const struct verdict *reply_verdict(const struct reply *reply)
{
	return &reply->verdict;
}

void reply_free(struct reply *reply)
{
	if (!reply)
		return;
	reply_release(reply);
	free(reply);
}

void reply_freep(struct reply **reply)
{
	reply_free(*reply);
	*reply = NULL;
}

/* ---- the command ---- */

/* Before anything else: a repeat finds its question closed. */
static enum status find_receipt(struct engine *engine, struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	if (!receipt || !receipt->request_id)
		return OK;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	return receipt_find(&turn, receipt, err);
}

/* What the operator is told; the value is in nothing that is kept or shown. */
static json_t *reply_object(const struct reply *reply)
{
	const struct asked *asked = &reply->asked;
	json_t *object = json_object();
	json_add(object, asked->form->member, view_number(asked->form->noun, asked->message.id));
	json_add(object, "order", view_number("o", asked->message.order_id));
	json_add_text(object, "domain", authorization_adn(asked->authorization.domain));
	json_add_text(object, "method", asked->authorization.method);
	json_add_text(object, "recipient", asked->message.recipient);
	json_add_text(object, "state", message_state_text(answer_said_state(reply->params->said)));
	if (reply->verdict.status != OK)
		json_add_text(object, "code", status_code(reply->verdict.status));
	json_add_text(object, "sentence", reply->verdict.sentence);
	return object;
}

static enum status answer_once(struct engine *engine, const struct answer_params *params,
			       struct answered *ret, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	CLEANUP(reply_release) struct reply reply = {.params = params};
	TRY(asked_by_value(engine->store, params->value, &reply.arena, &reply.asked, err));
	TRY(asked_load(engine, &reply.arena, &reply.asked, err));
	reply.at = engine_now(engine);
	reply.actor = params->actor
			      ? params->actor
			      : arena_printf(&reply.arena, "answer:%s-%lld", reply.asked.form->noun,
					     (long long)reply.asked.message.id);
	TRY(check_open(&reply.asked, reply.at, err));
	/* Nobody but an officer can have it from a call that was not made. */
	if (reply.asked.unheard)
		return fail(err, ANSWER_CLOSED,
			    "nobody was told the value of call t-%lld yet: record the call first",
			    (long long)reply.asked.message.id);
	TRY(prepare(engine, &reply, err));
	TRY(turn_begin(&turn, engine, reply.actor, err));
	TRY(reply_take(&turn, &reply, err));
	TRY(receipt_keep(&turn, params->receipt, reply_object(&reply), err));
	TRY(turn_commit(&turn, err));
	*ret = (struct answered){
		.message_id = reply.asked.form == &question_by_mail ? reply.asked.message.id : 0,
		.call_id = reply.asked.form == &question_by_phone ? reply.asked.message.id : 0,
		.state = answer_said_state(params->said),
		.by_agent = reply.by_agent,
	};
	return OK;
}

enum status command_answer(struct engine *engine, const struct answer_params *params,
			   struct answered *ret, struct error *err)
{
	enum status status = STALE;
	TRY(check_params(params, err));
	TRY(find_receipt(engine, params->receipt, err));
	if (params->receipt && params->receipt->replayed) {
		*ret = (struct answered){0};
		return OK;
	}
	/* What others said is read before the transaction: once more when it was not all. */
	for (int tries = 0; status == STALE && tries < TRIES_MAX; tries++)
		status = answer_once(engine, params, ret, err);
	return status;
}
