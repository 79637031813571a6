/* Calls as they are shown: see call_view.h. */
#include "engine/people/call_view.h"

#include "base/memory.h"
#include "engine/people/answer.h"
#include "engine/people/message_text.h"
#include "engine/view.h"
#include "store/authorization.h"
#include "store/call.h"
#include "store/gate.h"
#include "store/order.h"
#include "validators/call.h"

#include <string.h>

enum { SCRIPT_MAX = 64 * 1024 };

/* A call with what it is about. */
struct shown {
	struct call call;
	struct authorization authorization;
	struct question question;
	const struct call_rule *rule; /* NULL: no row is in force */
	bool of_organisation;
	bool stands;
};

static enum status load(struct engine *engine, int64_t call_id, struct arena *arena,
			struct shown *ret, struct error *err)
{
	const struct policy *policy = NULL;
	const struct pack *pack = NULL;
	TRY(store_call_get(engine->store, call_id, arena, &ret->call, err));
	TRY(store_authorization_get(engine->store, ret->call.authorization_id, arena,
				    &ret->authorization, err));
	TRY(question_of_call(engine, &ret->call, arena, &ret->question, err));
	TRY(engine_policy(engine, &policy, err));
	TRY(policy_pack(policy, ret->authorization.pack, &pack, err));
	ret->of_organisation = strcmp(ret->authorization.method, METHOD_ORGANISATION_CALL) == 0;
	ret->stands = ret->call.state == CALL_OPEN || ret->call.state == CALL_VOICEMAIL;
	if (pack_calls(pack, ret->of_organisation ? "organisation" : "domain", engine_now(engine),
		       &ret->rule, NULL) != OK)
		ret->rule = NULL;
	return OK;
}

static bool lacks_agreement(const struct shown *shown)
{
	return shown->rule && shown->rule->time == CALL_AT_AGREED_TIME && !shown->call.agreed_at;
}

/* When an officer has something to do; 0: only when the person moves. */
static int64_t due_at(const struct shown *shown)
{
	const struct call *call = &shown->call;
	if (call->agreed_at)
		return call->agreed_at;
	/* A time is agreed before it comes. */
	if (lacks_agreement(shown) && !call->tries)
		return call->created_at;
	if (call->proposed_at)
		return call->proposed_at;
	return call->state == CALL_VOICEMAIL ? 0 : call->created_at;
}

static const char *waits_for(const struct engine *engine, const struct shown *shown)
{
	if (lacks_agreement(shown))
		return "agreement";
	int64_t at = due_at(shown);
	if (at == 0)
		return "value";
	return at > engine_now(engine) ? "time" : "call";
}

static json_t *about(const struct shown *shown)
{
	const struct question *question = &shown->question;
	json_t *object = json_object();
	json_t *names = json_array();
	json_add(object, "order", view_number("o", shown->call.order_id));
	json_add_text(object, "kind", shown->of_organisation ? "organisation" : "domain");
	if (!shown->of_organisation)
		json_add_text(object, "domain", question->domain);
	json_add_text(object, "applicant", question->applicant);
	for (size_t i = 0; i < question->name_count; i++)
		(void)json_array_append_new(names, json_string(question->names[i]));
	json_add(object, "names", names);
	return object;
}

static json_t *object_of(const struct engine *engine, const struct shown *shown)
{
	const struct call *call = &shown->call;
	char hash[DIGEST_TEXT];
	json_t *object = json_object();
	json_add(object, "call", view_number("t", call->id));
	json_add_text(object, "state", call_state_text(call->state));
	if (shown->stands) {
		json_add_text(object, "waits_for", waits_for(engine, shown));
		json_add_instant(object, "due_at", due_at(shown));
	}
	json_add_text(object, "number", call->number);
	json_add_text(object, "written", call->written);
	json_add_text(object, "source", call->source);
	json_add_text(object, "roles", call->roles);
	json_add_text(object, "person", call->person);
	json_add_text(object, "method", shown->authorization.method);
	json_add(object, "for", about(shown));
	json_add_text(object, "entitled", call->entitled);
	json_add_text(object, "rule", call->rule);
	json_add_instant(object, "created_at", call->created_at);
	json_add_instant(object, "proposed_at", call->proposed_at);
	json_add_instant(object, "agreed_at", call->agreed_at);
	json_add_instant(object, "until", call->until_at);
	json_add_integer(object, "tries", call->tries);
	if (call->outcome)
		json_add_text(object, "outcome", call_outcome_text(call->outcome));
	json_add_text(object, "code", call->code);
	json_add_instant(object, "called_at", call->called_at);
	json_add_text(object, "callee", call->callee);
	json_add_text(object, "callee_role", call->callee_role);
	json_add_text(object, "officer", call->officer);
	if (call->value)
		json_add_text(object, "value_sha256", digest_text(call->value_hash, hash));
	if (call->contacts_id)
		json_add(object, "contacts", view_number("e", call->contacts_id));
	if (call->evidence_id)
		json_add(object, "evidence", view_number("e", call->evidence_id));
	return object;
}

enum status view_call(struct engine *engine, int64_t call_id, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct shown shown;
	TRY(load(engine, call_id, &arena, &shown, err));
	*ret = object_of(engine, &shown);
	return OK;
}

/* Whether somebody still waits for what the call may bring. */
static enum status is_awaited(struct engine *engine, const struct shown *shown, bool *ret,
			      struct error *err)
{
	*ret = false;
	if (shown->authorization.state != AUTHORIZATION_ASKED ||
	    shown->authorization.attempt != shown->call.attempt)
		return OK;
	return store_gate_awaited(engine->store, shown->authorization.id, ret, err);
}

enum status view_calls(struct engine *engine, enum calls_shown which, int64_t after, int limit,
		       json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *page = json_object();
	CLEANUP(store_snapshot_end) struct store_snapshot snapshot = {0};
	json_t *list = json_array();
	json_add(page, "calls", list);
	TRY(store_snapshot_begin(engine->store, &snapshot, err));
	for (;; arena_clear(&arena)) {
		struct call call;
		struct shown shown;
		bool awaited = false;
		enum status status = store_call_standing(engine->store, after, &arena, &call, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		if ((int)json_array_size(list) == limit) {
			json_add(page, "next", view_number("t", after));
			break;
		}
		after = call.id;
		TRY(load(engine, call.id, &arena, &shown, err));
		TRY(is_awaited(engine, &shown, &awaited, err));
		int64_t at = due_at(&shown);
		bool due = at != 0 && at <= engine_now(engine);
		if (awaited && (which == CALLS_STANDING || due))
			(void)json_array_append_new(list, object_of(engine, &shown));
	}
	*ret = STEAL(page);
	return OK;
}

/* ---- the script ---- */

static const char *number_text(const struct call *call, struct arena *arena)
{
	if (!call->written || strcmp(call->written, call->number) == 0)
		return call->number;
	return arena_printf(arena, "%s (%s)", call->number, call->written);
}

/* In whose name, as far as that is set up: a call needs no mail. */
static enum status find_sender(struct engine *engine, const struct call *call, struct arena *arena,
			       struct message_facts *facts, const struct message_templates **ret,
			       struct error *err)
{
	const struct policy *policy = NULL;
	const struct product *product = NULL;
	const struct provider *provider = NULL;
	const struct configuration *configuration = NULL;
	struct order order;
	TRY(store_order_get(engine->store, call->order_id, arena, &order, err));
	TRY(engine_policy(engine, &policy, err));
	TRY(engine_configuration(engine, &configuration, err));
	TRY(policy_product(policy, order.product, &product, err));
	if (product->provider)
		TRY(policy_provider(policy, product->provider, &provider, err));
	const struct configuration_mail *mail = configuration_mail(configuration);
	facts->from = provider ? provider->from : mail->from;
	facts->reply_to = provider ? provider->reply_to : mail->reply_to;
	*ret = policy_templates(policy, provider);
	return OK;
}

enum status view_call_script(struct engine *engine, int64_t call_id, enum message_language language,
			     json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text = {.maximum = SCRIPT_MAX};
	const struct message_templates *templates = NULL;
	struct message_facts facts = {0};
	struct shown shown;
	TRY(load(engine, call_id, &arena, &shown, err));
	const struct call *call = &shown.call;
	const struct question *question = &shown.question;
	if (!shown.stands)
		return fail(err, ANSWER_CLOSED, "call t-%lld stands at \"%s\"", (long long)call_id,
			    call_state_text(call->state));
	TRY(find_sender(engine, call, &arena, &facts, &templates, err));
	facts.applicant = question->applicant;
	facts.country = question->country;
	facts.product = question->product;
	facts.ca = question->ca;
	facts.domain = question->domain;
	facts.domain_display = question->domain_display;
	facts.names = question->names;
	facts.name_count = question->name_count;
	facts.roles = call->roles;
	facts.source = call->source;
	facts.value = call->value;
	facts.until_at = call->until_at;
	facts.zone_s = question->zone_s;
	facts.number = number_text(call, &arena);
	facts.person = call->person;
	facts.entitled = call->entitled;
	facts.agreed_at = call->agreed_at;
	message_script(templates, &facts, language, &text);
	if (text.overflowed)
		return fail(err, INTERNAL, "the script is longer than %d octets", SCRIPT_MAX);
	json_t *object = json_object();
	json_add(object, "call", view_number("t", call->id));
	json_add_text(object, "language", language == MESSAGE_JA ? "ja" : "en");
	json_add_text(object, "script", buffer_text(&text));
	*ret = object;
	return OK;
}
