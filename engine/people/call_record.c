/* What comes of calls: see call.h. */
#include "engine/people/call.h"

#include "engine/people/answer.h"
#include "engine/order/authorization.h"
#include "engine/people/call_view.h"
#include "engine/evidence.h"
#include "store/gate.h"
#include "store/party.h"
#include "store/schedule.h"
#include "store/validation.h"
#include "validators/call.h"

#include <string.h>

enum { TRIES_MAX = 3 };

/* One call while it is recorded: prepared before the turn, as files are not read inside. */
struct dialled {
	struct call call;
	struct authorization authorization;
	struct applicant applicant;
	const struct pack *pack;
	const struct product *product;
	const struct call_rule *rule;
	bool of_organisation;
	enum call_outcome outcome;
	const char *value; /* that was read back; NULL */
	const char *with;  /* the call that this was combined with */
	struct attempt_record contacts;
	struct call_facts facts;
	struct verdict verdict;
	struct evidence_bytes evidence;
	struct answer_params said; /* of a domain, when somebody said something */
	struct reply *reply;       /* NULL when nobody did, or it does not count */
};

struct recording {
	struct engine *engine;
	const struct call_record_params *params;
	struct arena arena;
	int64_t now, at;
	struct dialled calls[1 + CALLS_COMBINED_MAX]; /* the first is the one recorded */
	size_t count;
};

static void recording_release(struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++) {
		evidence_bytes_release(&recording->calls[i].evidence);
		reply_freep(&recording->calls[i].reply);
	}
	arena_release(&recording->arena);
}

static bool is_said(enum call_outcome outcome)
{
	return outcome == CALL_OUTCOME_CONFIRMED || outcome == CALL_OUTCOME_REFUSED;
}

/* ---- read ---- */

static enum status load(struct recording *recording, int64_t call_id, struct dialled *ret,
			struct error *err)
{
	struct engine *engine = recording->engine;
	struct arena *arena = &recording->arena;
	const struct policy *policy = NULL;
	struct order order;
	TRY(store_call_get(engine->store, call_id, arena, &ret->call, err));
	TRY(store_authorization_get(engine->store, ret->call.authorization_id, arena,
				    &ret->authorization, err));
	TRY(store_applicant_get(engine->store, ret->authorization.applicant_id, arena,
				&ret->applicant, err));
	TRY(store_order_get(engine->store, ret->call.order_id, arena, &order, err));
	TRY(engine_policy(engine, &policy, err));
	TRY(policy_product(policy, order.product, &ret->product, err));
	TRY(policy_pack(policy, ret->authorization.pack, &ret->pack, err));
	ret->of_organisation = strcmp(ret->authorization.method, METHOD_ORGANISATION_CALL) == 0;
	return pack_calls(ret->pack, ret->of_organisation ? "organisation" : "domain",
			  recording->now, &ret->rule, err);
}

/* Of a domain: the evidence that names the number, decided again. */
static enum status load_contacts(struct recording *recording, struct dialled *dialled,
				 struct error *err)
{
	CLEANUP(buffer_release) struct buffer bytes = {.maximum = EVIDENCE_BYTES_MAX};
	struct engine *engine = recording->engine;
	struct arena *arena = &recording->arena;
	struct evidence row;
	char *hash = arena_new(arena, DIGEST_TEXT, 1);
	if (dialled->of_organisation)
		return OK;
	TRY(store_evidence_get(engine->store, dialled->call.contacts_id, arena, &row, err));
	TRY(evidence_load(engine, &row, &bytes, err));
	struct slice kept = slice_of(arena_bytes(arena, buffer_slice(&bytes)), bytes.length);
	dialled->facts.contacts = digest_text(row.hash, hash);
	return attempt_decide(kept, arena, &dialled->contacts, err);
}

/* ---- checked ---- */

static enum status check_value(const struct dialled *dialled, struct error *err)
{
	const struct call *call = &dialled->call;
	if (dialled->value && !call->value)
		return fail(err, NOT_APPLICABLE,
			    "a call to an organisation has no value to be read back");
	if (dialled->value &&
	    !digest_equal(question_value_digest(dialled->value), call->value_hash))
		return fail(err, NOT_FOUND, "the value read back is not that of call t-%lld",
			    (long long)call->id);
	if (dialled->outcome != CALL_OUTCOME_CONFIRMED || call->state != CALL_VOICEMAIL ||
	    !call->value || dialled->value)
		return OK;
	/* BR 3.2.2.4.16: "The Random Value MUST be returned to the CA to approve the request." */
	(void)fail(err, WAITING_FOR_PERSON,
		   "the value of call t-%lld was left on voicemail, and has to come back",
		   (long long)call->id);
	return fail_hint(err, WAITING_FOR_PERSON,
			 "have it read back, and record that with --value VALUE");
}

static enum status check_standing(const struct recording *recording, const struct dialled *dialled,
				  struct error *err)
{
	const struct call *call = &dialled->call;
	enum call_state to;
	bool awaited = true;
	char text[INSTANT_TEXT];
	TRY(call_move(call->state, dialled->outcome, &to, err));
	if (dialled->of_organisation)
		TRY(store_gate_awaited(recording->engine->store, call->authorization_id, &awaited,
				       err));
	if (!awaited)
		return fail(err, ANSWER_CLOSED, "nobody waits for call t-%lld any more",
			    (long long)call->id);
	if (call->until_at && call->until_at < recording->at)
		return fail(err, ANSWER_CLOSED, "the value of call t-%lld is too old",
			    (long long)call->id);
	if (recording->at < call->created_at)
		return fail(err, USAGE, "call t-%lld was not asked for before %s",
			    (long long)call->id, instant_text(call->created_at, text));
	return check_value(dialled, err);
}

/* BR 3.2.2.4.16: "Each phone call MAY confirm control of multiple ADNs provided that the same DNS
 * TXT Record Phone Contact phone number is listed for each ADN being verified and the recipient of
 * the phone call provides a confirming response for each ADN." */
static enum status check_combined(const struct dialled *first, const struct dialled *also,
				  struct error *err)
{
	if (strcmp(first->call.number, also->call.number) != 0)
		return fail(err, NOT_APPLICABLE, "calls t-%lld and t-%lld are to different numbers",
			    (long long)first->call.id, (long long)also->call.id);
	const struct call_rule *rule = first->of_organisation ? first->rule : also->rule;
	if (first->of_organisation != also->of_organisation && rule->combined == COMBINED_REFUSED)
		return fail(err, NOT_APPLICABLE,
			    "a call to an organisation is not combined with one about a domain "
			    "(%s)",
			    rule->citation);
	return OK;
}

static enum status check_params(const struct recording *recording, struct error *err)
{
	const struct call_record_params *params = recording->params;
	TRY(call_check_text("--callee", params->callee, err));
	TRY(call_check_text("--reason", params->note, err));
	if (params->role)
		TRY(call_check_role("--role", params->role, err));
	if (is_said(params->outcome) && (!params->callee || !params->callee[0] || !params->role))
		return fail(err, USAGE,
			    "who said it is part of the record: --callee NAME --role ROLE");
	if (params->also_count > 0 && !is_said(params->outcome))
		return fail(err, USAGE, "--also goes with a call in which somebody answered");
	if (params->value && !is_said(params->outcome))
		return fail(err, USAGE, "--value goes with a call in which somebody answered");
	if (recording->at > recording->now)
		return fail(err, USAGE, "a call that was made lies in the future");
	for (size_t i = 0; i < params->also_count; i++) {
		if (!is_said(params->also[i].outcome))
			return fail(err, USAGE, "--also says yes or no of each call");
		if (params->also[i].call_id == params->call_id)
			return fail(err, USAGE, "call t-%lld stands twice",
				    (long long)params->call_id);
		for (size_t k = 0; k < i; k++)
			if (params->also[k].call_id == params->also[i].call_id)
				return fail(err, USAGE, "call t-%lld stands twice",
					    (long long)params->also[i].call_id);
	}
	return OK;
}

/* ---- as evidence ---- */

static enum status find_label(const struct recording *recording, const struct dialled *dialled,
			      const char **ret, struct error *err)
{
	const struct method_rule *method = NULL;
	if (dialled->of_organisation) {
		*ret = dialled->rule->label ? dialled->rule->label : METHOD_ORGANISATION_CALL;
		return OK;
	}
	TRY(pack_method(dialled->pack, dialled->authorization.method, recording->now, &method,
			err));
	*ret = method_label(method, dialled->authorization.domain);
	return OK;
}

static const char *caller_of(const struct product *product)
{
	for (size_t i = 0; i < product->gate_count; i++)
		if (product->gates[i].caller == CALLER_CA)
			return "ca";
	return "us";
}

static enum status fill_facts(struct recording *recording, struct dialled *dialled,
			      struct error *err)
{
	const struct call_record_params *params = recording->params;
	const struct call *call = &dialled->call;
	struct arena *arena = &recording->arena;
	struct call_facts *facts = &dialled->facts;
	TRY(load_contacts(recording, dialled, err));
	TRY(find_label(recording, dialled, &facts->label, err));
	facts->call = arena_printf(arena, "t-%lld", (long long)call->id);
	facts->method = dialled->authorization.method;
	facts->domain = authorization_adn(dialled->authorization.domain);
	facts->order = arena_printf(arena, "o-%lld", (long long)call->order_id);
	facts->pack = dialled->pack->id;
	facts->pack_digest = digest_text(dialled->pack->digest, arena_new(arena, DIGEST_TEXT, 1));
	facts->number = call->number;
	facts->written = call->written;
	facts->roles = call->roles;
	facts->source = call->source;
	facts->person = call->person;
	facts->applicant = dialled->applicant.name;
	facts->applicant_type = dialled->applicant.type;
	facts->country = dialled->applicant.country;
	facts->entitled = call->entitled;
	facts->rule = call->rule;
	if (call->value)
		facts->value = digest_text(call->value_hash, arena_new(arena, DIGEST_TEXT, 1));
	facts->caller = dialled->of_organisation ? caller_of(dialled->product) : "us";
	facts->time = dialled->rule->time == CALL_AT_AGREED_TIME ? "agreed" : "any";
	facts->tolerance_ms = dialled->rule->tolerance_ms;
	facts->asked_ms = call->created_at;
	facts->agreed_ms = call->agreed_at;
	facts->until_ms = call->until_at;
	facts->at_ms = recording->at;
	facts->recorded_ms = recording->now;
	facts->outcome = call_outcome_text(dialled->outcome);
	facts->callee = params->callee;
	facts->callee_role = params->role;
	facts->with = dialled->with;
	facts->note = params->note;
	facts->actor = recording->engine->actor;
	return OK;
}

/* What was said in a call about a domain is an answer, which rests on the call. */
static enum status prepare_answer(struct recording *recording, struct dialled *dialled,
				  struct error *err)
{
	const struct call_record_params *params = recording->params;
	enum status status = dialled->verdict.status;
	if (dialled->of_organisation ||
	    (status != OK && status != ANSWER_REJECTED && status != DCV_ADDRESS))
		return OK;
	dialled->said = (struct answer_params){
		.said = status == OK                ? ANSWER_YES
			: status == ANSWER_REJECTED ? ANSWER_NO
						    : ANSWER_NOT_ME,
		.scope = ANSWER_FOR_DOMAIN,
		.value = "",
		.channel = "call",
		.actor = recording->engine->actor,
		.note = params->note,
		.callee = params->callee ? params->callee : "",
		.callee_role = params->role ? params->role : "",
		.at = recording->at,
	};
	TRY(reply_of_call(recording->engine, &dialled->call, &dialled->said, dialled->evidence.hash,
			  &dialled->reply, err));
	dialled->verdict = *reply_verdict(dialled->reply);
	return OK;
}

static enum status prepare(struct recording *recording, struct dialled *dialled, struct error *err)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = CALL_BYTES_MAX};
	TRY(check_standing(recording, dialled, err));
	TRY(fill_facts(recording, dialled, err));
	call_decide(&dialled->facts, dialled->of_organisation ? NULL : &dialled->contacts,
		    &dialled->verdict);
	if (dialled->verdict.status == EVIDENCE_BROKEN)
		return fail(err, EVIDENCE_BROKEN, "%s", dialled->verdict.sentence);
	call_write(&dialled->facts, &dialled->verdict, &text);
	if (text.overflowed)
		return fail(err, INPUT, "the call has more than %d octets", CALL_BYTES_MAX);
	TRY(evidence_prepare(recording->engine, CALL_EVIDENCE_KIND, buffer_slice(&text),
			     &dialled->evidence, err));
	return prepare_answer(recording, dialled, err);
}

static enum status prepare_all(struct recording *recording, struct error *err)
{
	const struct call_record_params *params = recording->params;
	CLEANUP(store_snapshot_end) struct store_snapshot snapshot = {0};
	TRY(store_snapshot_begin(recording->engine->store, &snapshot, err));
	for (size_t i = 0; i <= params->also_count; i++) {
		struct dialled *dialled = &recording->calls[i];
		const struct call_also *also = i ? &params->also[i - 1] : NULL;
		recording->count = i + 1;
		dialled->outcome = also ? also->outcome : params->outcome;
		dialled->value = also ? NULL : params->value;
		if (also)
			dialled->with = recording->calls[0].facts.call;
		TRY(load(recording, also ? also->call_id : params->call_id, dialled, err));
		if (also)
			TRY(check_combined(&recording->calls[0], dialled, err));
		TRY(prepare(recording, dialled, err));
	}
	return OK;
}

/* ---- what comes of it ---- */

/* The call counted as nothing: at another time, or with somebody who may not answer. */
static bool is_void(const struct dialled *dialled)
{
	return dialled->verdict.status == CALL_NOT_SCHEDULED ||
	       dialled->verdict.status == CALLEE_NOT_ENTITLED;
}

/* Whether it has to be made again. Of a domain a value left on voicemail may come back by itself.
 */
static bool is_again(const struct dialled *dialled, enum call_state to)
{
	if (is_void(dialled))
		return true;
	return (to == CALL_OPEN || to == CALL_VOICEMAIL) &&
	       (dialled->outcome != CALL_OUTCOME_VOICEMAIL || dialled->of_organisation);
}

static enum status keep_call(struct turn *turn, const struct recording *recording,
			     const struct dialled *dialled, enum call_state to, int64_t evidence_id,
			     struct error *err)
{
	struct call call = dialled->call;
	bool again = is_again(dialled, to);
	/* A call that was never agreed to may still be, for the time that was proposed. */
	bool early = dialled->verdict.status == CALL_NOT_SCHEDULED;
	call.outcome = dialled->outcome;
	call.called_at = recording->at;
	call.callee = recording->params->callee;
	call.callee_role = recording->params->role;
	call.officer = recording->engine->actor;
	call.code = dialled->verdict.status == OK ? NULL : status_code(dialled->verdict.status);
	call.evidence_id = evidence_id;
	if (!early) {
		call.proposed_at = again ? turn->now + dialled->rule->again_ms : 0;
		call.agreed_at = again ? 0 : call.agreed_at;
	}
	return store_call_dialled(turn->store, &call, err);
}

/* The state of a call that no answer moves. */
static enum status move_call(struct turn *turn, const struct dialled *dialled, enum call_state to,
			     struct error *err)
{
	const struct call *call = &dialled->call;
	if (to != call->state)
		TRY(store_call_move(turn->store, call->id, call->state, to, 0, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_CALL_STATE,
				  .order_id = call->order_id,
				  .subject_id = call->id,
				  .name = dialled->authorization.domain,
				  .from = call_state_text(call->state),
				  .to = call_state_text(to),
				  .code = status_code(dialled->verdict.status),
				  .reason = dialled->verdict.sentence,
			  });
	return OK;
}

static enum status keep_organisation(struct turn *turn, const struct recording *recording,
				     const struct dialled *dialled, int64_t evidence_id,
				     int64_t *ret_id, struct error *err)
{
	char digest[DIGEST_TEXT];
	struct validation_record validation = {
		.subject = VALIDATION_OF_ORGANISATION,
		.applicant_id = dialled->authorization.applicant_id,
		.domain = "",
		.method = METHOD_ORGANISATION_CALL,
		.label = dialled->facts.label,
		.ca = "",
		.authorization_id = dialled->authorization.id,
		.attempt = dialled->call.attempt,
		.evidence_id = evidence_id,
		.pack = dialled->pack->id,
		.pack_digest = digest_text(dialled->pack->digest, digest),
		.began_at = recording->at,
		.validated_at = turn->now,
	};
	return authorization_keep(turn, &validation, dialled->verdict.sentence, ret_id, err);
}

/* What an authorization of an organisation is after a call. */
static enum status end_organisation(struct turn *turn, const struct recording *recording,
				    const struct dialled *dialled, enum call_state to,
				    int64_t evidence_id, struct error *err)
{
	struct authorization row;
	TRY(store_authorization_get(turn->store, dialled->authorization.id, &turn->arena, &row,
				    err));
	if (row.attempt != dialled->call.attempt)
		return OK;
	row.validation_id = 0;
	row.evidence_id = evidence_id;
	row.code = status_code(dialled->verdict.status);
	row.sentence = dialled->verdict.sentence;
	row.hint = NULL;
	if (dialled->verdict.status == OK) {
		TRY(keep_organisation(turn, recording, dialled, evidence_id, &row.validation_id,
				      err));
		return authorization_ends_asking(turn, &row, dialled->verdict.sentence, err);
	}
	row.state = to == CALL_NO             ? AUTHORIZATION_INVALID
		    : to == CALL_WRONG_NUMBER ? AUTHORIZATION_PENDING
					      : AUTHORIZATION_ASKED;
	TRY(store_authorization_end(turn->store, &row, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .order_id = dialled->call.order_id,
				  .subject_id = row.id,
				  .from = authorization_state_text(AUTHORIZATION_ASKED),
				  .to = authorization_state_text(row.state),
				  .code = row.code,
				  .reason = row.sentence,
			  });
	return OK;
}

static enum status take(struct turn *turn, const struct recording *recording,
			const struct dialled *dialled, struct error *err)
{
	char digest[DIGEST_TEXT];
	int64_t evidence_id = 0;
	enum call_state to = dialled->call.state;
	if (!is_void(dialled))
		TRY(call_move(dialled->call.state, dialled->outcome, &to, err));
	TRY(authorization_keep_pack(turn, dialled->pack, digest_text(dialled->pack->digest, digest),
				    err));
	TRY(evidence_keep(turn, &dialled->evidence, dialled->call.order_id, &evidence_id, err));
	TRY(keep_call(turn, recording, dialled, to, evidence_id, err));
	if (dialled->reply)
		return reply_take(turn, dialled->reply, err);
	TRY(move_call(turn, dialled, to, err));
	if (dialled->of_organisation)
		TRY(end_organisation(turn, recording, dialled, to, evidence_id, err));
	return store_schedule_decide(turn->store, dialled->authorization.id, turn->now, err);
}

/* ---- the command ---- */

static enum status reply_object(struct engine *engine, const struct dialled *dialled, json_t **ret,
				struct error *err)
{
	json_t *object = NULL;
	TRY(view_call(engine, dialled->call.id, &object, err));
	if (dialled->verdict.status != OK)
		json_add_text(object, "code", status_code(dialled->verdict.status));
	json_add_text(object, "sentence", dialled->verdict.sentence);
	*ret = object;
	return OK;
}

static enum status make_reply(const struct recording *recording, json_t **ret, struct error *err)
{
	CLEANUP(json_releasep) json_t *first = NULL;
	CLEANUP(json_releasep) json_t *also = json_array();
	TRY(reply_object(recording->engine, &recording->calls[0], &first, err));
	for (size_t i = 1; i < recording->count; i++) {
		json_t *object = NULL;
		TRY(reply_object(recording->engine, &recording->calls[i], &object, err));
		(void)json_array_append_new(also, object);
	}
	if (recording->count > 1)
		json_add(first, "also", STEAL(also));
	*ret = STEAL(first);
	return OK;
}

static enum status take_all(const struct recording *recording, struct receipt *receipt,
			    struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	json_t *reply = NULL;
	TRY(turn_begin(&turn, recording->engine, recording->engine->actor, err));
	TRY(receipt_find(&turn, receipt, err));
	if (receipt->replayed)
		return OK;
	for (size_t i = 0; i < recording->count; i++)
		TRY(take(&turn, recording, &recording->calls[i], err));
	TRY(make_reply(recording, &reply, err));
	TRY(receipt_keep(&turn, receipt, reply, err));
	return turn_commit(&turn, err);
}

/* A reply that was kept is given before anything is looked at: the call is not what it was. */
static enum status find_replayed(struct engine *engine, struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	if (!receipt->request_id)
		return OK;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	return receipt_find(&turn, receipt, err);
}

static enum status record_once(struct engine *engine, const struct call_record_params *params,
			       struct receipt *receipt, struct error *err)
{
	CLEANUP(recording_release)
	struct recording recording = {
		.engine = engine,
		.params = params,
		.now = engine_now(engine),
	};
	TRY(find_replayed(engine, receipt, err));
	if (receipt->replayed)
		return OK;
	recording.at = params->at ? params->at : recording.now;
	TRY(check_params(&recording, err));
	TRY(prepare_all(&recording, err));
	return take_all(&recording, receipt, err);
}

enum status command_call_record(struct engine *engine, const struct call_record_params *params,
				struct receipt *receipt, struct error *err)
{
	enum status status = STALE;
	/* What the call rests on is read before the transaction: once more when that has changed.
	 */
	for (int tries = 0; status == STALE && tries < TRIES_MAX; tries++)
		status = record_once(engine, params, receipt, err);
	return status;
}
