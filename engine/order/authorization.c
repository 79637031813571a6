/* Authorizations at work: see authorization.h. */
#include "engine/order/authorization.h"

#include "base/encode.h"
#include "csr/account.h"
#include "engine/order/account.h"
#include "engine/order/authorization_rules.h"
#include "engine/order/gate.h"
#include "store/gate.h"
#include "store/schedule.h"
#include "store/validation.h"

#include <string.h>

enum { VALUE_BYTES_MAX = 64 };

/* ---- made when needed ---- */

/* A random value of at least bits of entropy, in base64url (BR 1.6.1: at least 112 bits). */
static const char *random_value(struct engine *engine, int bits, struct arena *arena)
{
	uint8_t bytes[VALUE_BYTES_MAX];
	size_t length = ((size_t)bits + 7) / 8;
	if (length > sizeof(bytes))
		length = sizeof(bytes);
	engine->environment->random(engine->environment->self, bytes, length);
	struct buffer text;
	buffer_init(&text, 2 * VALUE_BYTES_MAX);
	encode_base64url(slice_of(bytes, length), &text);
	const char *value = arena_bytes(arena, buffer_slice(&text));
	buffer_release(&text);
	return value;
}

static enum value_kind value_kind_of(const char *method)
{
	const struct validator *validator = validator_find(method);
	return validator ? validator->value : VALUE_RANDOM;
}

static void fill_random(struct turn *turn, const struct method_rule *rule,
			struct authorization *authorization)
{
	const struct validator *validator = validator_find(authorization->method);
	/* The file name is a second random id: knowing the URL does not tell the value. */
	if (validator && validator->place == PUBLISH_FILE)
		authorization->file_name = arena_printf(
			&turn->arena, "%s.txt", engine_random_text(turn->engine, &turn->arena));
	authorization->value = random_value(turn->engine, rule->value_bits, &turn->arena);
}

static void fill_value(struct turn *turn, const struct method_rule *rule, int zone_s,
		       const struct applicant *applicant, struct authorization *authorization)
{
	int bits = rule->value_bits > TOKEN_BITS_MIN ? rule->value_bits : TOKEN_BITS_MIN;
	switch (value_kind_of(authorization->method)) {
	case VALUE_NONE:
		authorization->file_name = authorization->value = NULL;
		authorization->value_until_at = 0;
		return;
	case VALUE_RANDOM:
		fill_random(turn, rule, authorization);
		break;
	case VALUE_KEY_AUTHORIZATION:
		authorization->file_name = random_value(turn->engine, bits, &turn->arena);
		authorization->value = key_authorization(
			authorization->file_name, applicant->account_thumbprint, &turn->arena);
		break;
	}
	authorization->value_until_at = period_last(rule->value_life, turn->now, zone_s);
}

/* Whether the value is made with another key than the applicant's account has now. */
static bool of_another_key(const struct authorization *authorization,
			   const struct applicant *applicant)
{
	if (!authorization->value || !applicant->account_thumbprint ||
	    value_kind_of(authorization->method) != VALUE_KEY_AUTHORIZATION)
		return false;
	const char *dot = strchr(authorization->value, '.');
	return !dot || strcmp(dot + 1, applicant->account_thumbprint) != 0;
}

/* ---- what a method needs ---- */

static enum status fail_no_account(const struct authorization_need *need,
				   const struct applicant *applicant, const char *what,
				   const char *member, struct error *err)
{
	(void)fail(err, ACCOUNT_MISSING, "%s needs the %s of the account of applicant \"%s\"",
		   need->method, what, applicant->reference);
	if (account_is_configured(applicant))
		return fail_hint(err, ACCOUNT_MISSING, "set account: %s in issuer.yaml", member);
	return fail_hint(err, ACCOUNT_MISSING,
			 "set account_%s in the applicant file, and give the order again with "
			 "--applicant FILE",
			 member);
}

/* Checked before anything is made, so that no authorization is half made. */
static enum status check_needs(struct turn *turn, const struct authorization_need *need,
			       const struct applicant *applicant, struct error *err)
{
	const struct validator *validator = validator_find(need->method);
	const struct policy *policy = NULL;
	const struct ca_row *ca = NULL;
	if (!validator)
		return OK;
	TRY(asking_is_possible(turn->engine, need->method, err));
	if (validator->value == VALUE_KEY_AUTHORIZATION && !applicant->account_thumbprint)
		return fail_no_account(need, applicant, "key", "key", err);
	if (validator->needs_account_uri && !applicant->account_uri)
		return fail_no_account(need, applicant, "URI", "uri", err);
	if (!validator->needs_identifiers)
		return OK;
	TRY(engine_policy(turn->engine, &policy, err));
	TRY(policy_ca(policy, need->ca, &ca, err));
	if (ca->caa_identifier_count > 0)
		return OK;
	(void)fail(err, NOT_APPLICABLE,
		   "the CA %s has no issuer domain name that a record could name", ca->id);
	return fail_hint(err, NOT_APPLICABLE, "set caa_identifiers in its row of the catalogue");
}

/* ---- made, found, renewed ---- */

static enum status make(struct turn *turn, const struct authorization_need *need,
			const struct applicant *applicant, struct authorization *authorization,
			struct error *err)
{
	authorization->network_id = engine_random_text(turn->engine, &turn->arena);
	authorization->pack = need->pack->id;
	authorization->state = AUTHORIZATION_PENDING;
	authorization->created_at = turn->now;
	authorization->not_before_at = turn->now;
	if (!is_question(need->method)) {
		const struct method_rule *rule = NULL;
		TRY(pack_method(need->pack, need->method, turn->now, &rule, err));
		fill_value(turn, rule, need->pack->zone_s, applicant, authorization);
	}
	TRY(store_authorization_insert(turn->store, authorization, &authorization->id, err));
	TRY(store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id, turn->now, err));
	if (method_asks(need->method))
		TRY(asking_expect(turn, authorization, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .order_id = need->order->id,
				  .subject_id = authorization->id,
				  .name = need->domain,
				  .to = authorization_state_text(AUTHORIZATION_PENDING),
				  .code = need->method,
			  });
	return OK;
}

/* A value past its life, or of a key that the account no longer has: a new attempt with a new value
 * (DESIGN.md, Settled). */
static enum status renew(struct turn *turn, const struct authorization_need *need,
			 const struct applicant *applicant, struct authorization *authorization,
			 struct error *err)
{
	const struct method_rule *rule = NULL;
	bool other_key = of_another_key(authorization, applicant);
	TRY(pack_method(need->pack, need->method, turn->now, &rule, err));
	fill_value(turn, rule, need->pack->zone_s, applicant, authorization);
	authorization->pack = need->pack->id;
	TRY(store_authorization_renew(turn->store, authorization, turn->now, err));
	TRY(store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id, turn->now, err));
	turn_record(turn,
		    (struct journal_entry){
			    .kind = ENTRY_AUTHORIZATION,
			    .order_id = need->order->id,
			    .subject_id = authorization->id,
			    .name = need->domain,
			    .to = authorization_state_text(AUTHORIZATION_PENDING),
			    .code = status_code(VALUE_EXPIRED),
			    .reason = other_key ? "the key of the account changed; a new "
						  "value was made"
						: "the value was past its life; a new one was "
						  "made",
		    });
	return store_authorization_get(turn->store, authorization->id, &turn->arena, authorization,
				       err);
}

/* An asking that failed stays so for the orders of its time; one placed later asks again. */
static enum status ask_later_order(struct turn *turn, const struct authorization_need *need,
				   struct authorization *authorization, struct error *err)
{
	if (authorization->state != AUTHORIZATION_INVALID ||
	    need->order->created_at <= authorization->changed_at)
		return OK;
	TRY(asking_anew(turn, authorization, err));
	return store_authorization_get(turn->store, authorization->id, &turn->arena, authorization,
				       err);
}

/* One that nobody waited for any more was taken off the schedule: back to its own time. */
static enum status keep_due(struct turn *turn, const struct authorization *authorization,
			    struct error *err)
{
	int64_t due_at = authorization->not_before_at;
	if (method_asks(authorization->method))
		TRY(asking_expect(turn, authorization, err));
	return store_schedule_sooner(turn->store, DUTY_ATTEMPT, authorization->id,
				     due_at > turn->now ? due_at : turn->now, err);
}

/* Whether its value may not be used any more. */
static bool is_dead(const struct turn *turn, const struct authorization *authorization,
		    const struct applicant *applicant)
{
	return authorization->value && (authorization->value_until_at < turn->now ||
					of_another_key(authorization, applicant));
}

enum status authorization_ensure(struct turn *turn, const struct authorization_need *need,
				 struct authorization *ret, struct error *err)
{
	/* BR 3.2.2.4.18: a random value is unique to each certificate request. Private products
	 * share one authorization among the orders of an applicant. What CAA says may depend on
	 * the method of the order (RFC 8657), so each order asks its questions itself. */
	bool alone = is_question(need->method) ||
		     authorization_is_alone(need->product, need->pack, turn->now);
	struct applicant applicant;
	TRY(account_load(turn, need->order->applicant_id, &applicant, err));
	TRY(check_needs(turn, need, &applicant, err));
	struct authorization authorization = {
		.pack = need->pack->id,
		.applicant_id = need->order->applicant_id,
		.domain = need->domain,
		.method = need->method,
		.ca = need->ca,
		.order_id = alone ? need->order->id : 0,
	};
	enum status status = store_authorization_find(turn->store, &authorization, &turn->arena,
						      &authorization, err);
	if (status == NOT_FOUND)
		status = make(turn, need, &applicant, &authorization, err);
	else if (status == OK && is_dead(turn, &authorization, &applicant) &&
		 authorization.state != AUTHORIZATION_WORKING)
		status = renew(turn, need, &applicant, &authorization, err);
	else if (status == OK && method_asks(need->method) &&
		 authorization.state != AUTHORIZATION_PENDING)
		status = ask_later_order(turn, need, &authorization, err);
	else if (status == OK && authorization.state != AUTHORIZATION_VALID)
		status = keep_due(turn, &authorization, err);
	TRY(status);
	*ret = authorization;
	return OK;
}

bool authorization_is_alone(const struct product *product, const struct pack *pack, int64_t now)
{
	const struct reuse_rule *rule = NULL;
	if (product->trust == TRUST_PUBLIC)
		return true;
	return pack_reuse(pack, "control", now, &rule, NULL) == OK && rule->mode == REUSE_NEVER;
}

enum { REFRESH_AFTER_MS = 60 * 1000 };

enum status authorization_refresh(struct turn *turn, const struct authorization *authorization,
				  struct error *err)
{
	int64_t at = turn->now;
	/* A result that does not count although it is new (rows that contradict each other, a clock
	 * that jumped) is not asked for again at once. */
	if (authorization->changed_at <= at && at - authorization->changed_at < REFRESH_AFTER_MS)
		at = authorization->changed_at + REFRESH_AFTER_MS;
	if (method_asks(authorization->method)) {
		/* Whom alone to ask was chosen for the time before. */
		TRY(store_authorization_addresses(turn->store, authorization->id, NULL,
						  authorization->changed_at, err));
		TRY(asking_expect(turn, authorization, err));
	}
	return store_schedule_sooner(turn->store, DUTY_ATTEMPT, authorization->id, at, err);
}

bool authorization_may_try(const struct authorization *authorization)
{
	return !method_asks(authorization->method) ||
	       authorization->state == AUTHORIZATION_PENDING ||
	       authorization->state == AUTHORIZATION_WORKING;
}

enum status authorization_try_now(struct turn *turn, const struct authorization *authorization,
				  struct error *err)
{
	if (authorization->state == AUTHORIZATION_WORKING || !authorization_may_try(authorization))
		return OK;
	TRY(store_authorization_again(turn->store, authorization->id, turn->now, err));
	return store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id, turn->now, err);
}

const char *authorization_adn(const char *domain)
{
	return strncmp(domain, "*.", 2) == 0 ? domain + 2 : domain;
}

struct publication authorization_publication(const struct authorization *authorization,
					     const struct applicant *applicant,
					     const struct ca_row *ca, struct arena *arena)
{
	const struct validator *validator = validator_find(authorization->method);
	struct publication publication = {
		.action = "order again with another method",
		.unseen = "this version does not know the method",
	};
	struct validation_task task = {
		.method = authorization->method,
		.domain = authorization_adn(authorization->domain),
		.wildcard = authorization_adn(authorization->domain) != authorization->domain,
		.file_name = authorization->file_name,
		.value = authorization->value,
		.account_uri = applicant->account_uri,
		.identifiers = ca ? ca->caa_identifiers : NULL,
		.identifier_count = ca ? ca->caa_identifier_count : 0,
	};
	if (validator && validator->publish)
		validator->publish(&task, arena, &publication);
	return publication;
}

/* ---- an attempt begins ---- */

/* Whom the records must name. */
static enum status fill_identifiers(const struct policy *policy,
				    const struct authorization *authorization,
				    struct validation_task *task, struct error *err)
{
	const struct ca_row *ca = NULL;
	TRY(policy_ca(policy, authorization->ca, &ca, err));
	task->identifiers = ca->caa_identifiers;
	task->identifier_count = ca->caa_identifier_count;
	return OK;
}

/* Whether other network perspectives must see the same, and which those are. Without any in the
 * configuration the attempt will say what to configure. */
static enum status fill_corroboration(struct turn *turn, const struct policy *policy,
				      const struct pack *pack, struct validation_task *task,
				      struct error *err)
{
	const struct method_rule *method = NULL;
	const struct configuration *configuration = NULL;
	const struct quorum_rule *rule = pack_quorum(pack, turn->now);
	if (!rule || !policy_is_authoritative(policy, pack))
		return OK;
	/* Questions are never without: a forged alias would be as good as a forged value. */
	if (!is_question(task->method)) {
		TRY(pack_method(pack, task->method, turn->now, &method, err));
		if (!method->corroborated)
			return OK;
	}
	TRY(engine_configuration(turn->engine, &configuration, err));
	const struct configuration_corroboration *own = configuration_corroboration(configuration);
	struct corroboration_plan *plan = arena_new(&turn->arena, 1, sizeof(*plan));
	plan->quorum = rule->quorum;
	plan->primary.id = "primary";
	if (own) {
		plan->primary = own->primary;
		plan->remotes = own->remotes;
		plan->remote_count = own->remote_count;
		plan->ca_file = engine_file(turn->engine, own->ca, &turn->arena);
		plan->certificate_file = engine_file(turn->engine, own->certificate, &turn->arena);
		plan->key_file = engine_file(turn->engine, own->key, &turn->arena);
	}
	task->corroboration = plan;
	return OK;
}

/* Fills what the rules say: label and limits, the names of the CA where they are needed, and who
 * else must see it. */
static enum status fill_task(struct turn *turn, const struct policy *policy,
			     const struct pack *pack, const struct authorization *authorization,
			     struct validation_task *task, struct error *err)
{
	struct authorization_rules rules;
	TRY(authorization_rules(turn, pack, authorization, &rules, err));
	task->label = rules.label;
	task->limits = rules.limits;
	task->caa_labels = rules.caa_labels;
	task->caa_label_count = rules.caa_label_count;
	if (authorization->ca[0])
		TRY(fill_identifiers(policy, authorization, task, err));
	return fill_corroboration(turn, policy, pack, task, err);
}

enum status authorization_keep_pack(struct turn *turn, const struct pack *pack, const char *digest,
				    struct error *err)
{
	if (strcmp(turn->engine->kept_pack, digest) == 0)
		return OK;
	TRY(store_pack_keep(turn->store, digest, pack->id, pack->text, err));
	memcpy(turn->engine->kept_pack, digest, DIGEST_TEXT);
	return OK;
}

/* Whether the attempt may begin: somebody waits for it, and its value is alive. A dead value is
 * replaced when the gates are decided. */
static enum status may_begin(struct turn *turn, const struct authorization *authorization,
			     const struct applicant *applicant, bool *ret, struct error *err)
{
	bool awaited = false;
	bool dead = is_dead(turn, authorization, applicant);
	TRY(store_gate_awaited(turn->store, authorization->id, &awaited, err));
	*ret = awaited && !dead;
	if (*ret)
		return OK;
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err));
	TRY(store_authorization_again(turn->store, authorization->id, turn->now, err));
	return store_schedule_decide(turn->store, authorization->id, turn->now, err);
}

/* The rules refuse the attempt itself (a method retired since): the gates will say so. */
static enum status refuse_attempt(struct turn *turn, int64_t id, struct error *err)
{
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, id, err));
	return store_schedule_decide(turn->store, id, turn->now, err);
}

enum status authorization_begin(struct turn *turn, int64_t id, struct error *err)
{
	struct authorization authorization;
	struct applicant applicant;
	const struct policy *policy = NULL;
	const struct pack *pack = NULL;
	bool may = false;
	TRY(store_authorization_get(turn->store, id, &turn->arena, &authorization, err));
	TRY(account_load(turn, authorization.applicant_id, &applicant, err));
	TRY(may_begin(turn, &authorization, &applicant, &may, err));
	if (!may)
		return OK;
	TRY(engine_policy(turn->engine, &policy, err));
	TRY(policy_pack(policy, authorization.pack, &pack, err));

	const char *domain = authorization_adn(authorization.domain);
	char *digest = arena_new(&turn->arena, DIGEST_TEXT, 1);
	struct validation_task task = {
		.method = authorization.method,
		.domain = domain,
		.wildcard = domain != authorization.domain,
		.file_name = authorization.file_name,
		.value = authorization.value,
		.account_uri = applicant.account_uri,
		.pack = pack->id,
		.pack_digest = digest_text(pack->digest, digest),
	};
	enum status status = fill_task(turn, policy, pack, &authorization, &task, err);
	if (status != OK && status_exit(status) == EXIT_STATUS_REFUSED)
		return refuse_attempt(turn, id, err);
	TRY(status);
	TRY(authorization_keep_pack(turn, pack, digest, err));
	TRY(store_authorization_begin(turn->store, id, authorization.attempt, turn->now, err));
	TRY(store_schedule_on_wire(turn->store, DUTY_ATTEMPT, id, turn->now, err));
	struct launch *launch = turn_launch(turn, LAUNCH_ATTEMPT, id);
	launch->attempt = authorization.attempt + 1;
	launch->task = task;
	return OK;
}

/* ---- an attempt ends ---- */

/* Whether what is found depends on the account that asks: RFC 8657 section 3, BR 3.2.2.4.22. */
static bool names_account(const char *method)
{
	const struct validator *validator = validator_find(method);
	return strcmp(method, METHOD_CAA) == 0 || (validator && validator->needs_account_uri);
}

bool authorization_for_account(const struct validation_record *validation,
			       const struct applicant *applicant)
{
	const char *then = validation->target ? validation->target : "";
	const char *now = applicant->account_uri ? applicant->account_uri : "";
	return !names_account(validation->method) || strcmp(then, now) == 0;
}

enum status authorization_keep(struct turn *turn, const struct validation_record *validation,
			       const char *sentence, int64_t *ret_id, struct error *err)
{
	TRY(store_validation_insert(turn->store, validation, ret_id, err));
	return turn_record_object(turn,
				  (struct journal_entry){
					  .kind = ENTRY_VALIDATION,
					  .subject_id = *ret_id,
					  .name = validation->domain,
					  .code = validation->label,
					  .reason = sentence,
				  },
				  err);
}

static enum status keep_validation(struct turn *turn, const struct authorization *authorization,
				   const struct attempt_outcome *outcome, const struct pack *pack,
				   int64_t *ret_id, struct error *err)
{
	char digest[DIGEST_TEXT], value_hash[DIGEST_TEXT];
	const char *value = authorization->value;
	bool is_alias = strcmp(authorization->method, METHOD_ALIAS) == 0;
	struct authorization_rules rules;
	TRY(authorization_rules(turn, pack, authorization, &rules, err));
	struct validation_record validation = {
		.subject = VALIDATION_OF_NAME,
		.applicant_id = authorization->applicant_id,
		.domain = authorization->domain,
		.method = authorization->method,
		.label = rules.label,
		.ca = authorization->ca,
		.authorization_id = authorization->id,
		.attempt = outcome->attempt,
		.evidence_id = authorization->evidence_id,
		.pack = pack->id,
		.pack_digest = digest_text(pack->digest, digest),
		.began_at = outcome->began_at,
		.validated_at = turn->now,
		.ttl_s = outcome->verdict.ttl_s,
		.target = is_alias                               ? outcome->verdict.decided_by
			  : names_account(authorization->method) ? outcome->account_uri
								 : NULL,
		.value_hash = value ? digest_text(digest_of(slice_text(value)), value_hash) : NULL,
	};
	return authorization_keep(turn, &validation, outcome->verdict.sentence, ret_id, err);
}

/* When the next attempt may start after this one failed. */
static enum status back_off(struct turn *turn, const struct pack *pack,
			    const struct authorization *authorization, enum status code,
			    int64_t *ret_at, struct error *err)
{
	if (status_exit(code) == EXIT_STATUS_REFUSED) {
		const struct engine_rule *rule = NULL;
		TRY(pack_engine(pack, turn->now, &rule, err));
		*ret_at = turn->now + rule->refused_again_ms;
		return OK;
	}
	struct authorization_rules rules;
	TRY(authorization_rules(turn, pack, authorization, &rules, err));
	*ret_at = turn->now + retry_wait_ms(rules.retry, (int)authorization->failures);
	return OK;
}

static enum status end_passed(struct turn *turn, struct authorization *authorization,
			      const struct attempt_outcome *outcome, const struct pack *pack,
			      struct error *err)
{
	TRY(keep_validation(turn, authorization, outcome, pack, &authorization->validation_id,
			    err));
	authorization->state = AUTHORIZATION_VALID;
	authorization->failures = 0;
	authorization->code = NULL;
	authorization->sentence = outcome->verdict.sentence;
	authorization->hint = NULL;
	return store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err);
}

static enum status end_failed(struct turn *turn, struct authorization *authorization,
			      const struct attempt_outcome *outcome, const struct pack *pack,
			      struct error *err)
{
	enum status code = outcome->verdict.status;
	authorization->failures++;
	TRY(back_off(turn, pack, authorization, code, &authorization->not_before_at, err));
	bool refused = status_exit(code) == EXIT_STATUS_REFUSED;
	authorization->state = refused ? AUTHORIZATION_INVALID : AUTHORIZATION_PENDING;
	authorization->code = status_code(code);
	authorization->sentence = outcome->verdict.sentence;
	authorization->hint = outcome->verdict.hint[0] ? outcome->verdict.hint : NULL;
	/* A method that finds nobody to ask has failed: it is not tried again for these orders. */
	if (refused && method_asks(authorization->method))
		return store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err);
	return store_schedule_put(turn->store, DUTY_ATTEMPT, authorization->id,
				  authorization->not_before_at, err);
}

/* The last order that waited ended while it was found out whom to ask: nobody is bothered, and the
 * next order looks again. */
static enum status end_unawaited(struct turn *turn, struct authorization *authorization,
				 struct error *err)
{
	authorization->state = AUTHORIZATION_PENDING;
	authorization->code = authorization->sentence = authorization->hint = NULL;
	authorization->not_before_at = turn->now;
	return store_schedule_drop(turn->store, DUTY_ATTEMPT, authorization->id, err);
}

enum status authorization_finish(struct turn *turn, const struct attempt_outcome *outcome,
				 struct error *err)
{
	struct authorization authorization;
	const struct policy *policy = NULL;
	const struct pack *pack = NULL;
	bool awaited = false;
	TRY(store_authorization_get(turn->store, outcome->authorization_id, &turn->arena,
				    &authorization, err));
	/* One that was given up or left meanwhile awaits nothing, although no other attempt began.
	 */
	if (authorization.attempt != outcome->attempt ||
	    authorization.state != AUTHORIZATION_WORKING)
		return fail(err, STALE, "authorization z-%lld is at attempt %lld, %s",
			    (long long)authorization.id, (long long)authorization.attempt,
			    authorization_state_text(authorization.state));
	TRY(engine_policy(turn->engine, &policy, err));
	TRY(policy_pack(policy, authorization.pack, &pack, err));
	TRY(store_gate_awaited(turn->store, authorization.id, &awaited, err));
	TRY(evidence_keep(turn, &outcome->evidence, 0, &authorization.evidence_id, err));
	if (outcome->verdict.status == OK)
		TRY(end_passed(turn, &authorization, outcome, pack, err));
	else if (outcome->people.count > 0 && !awaited)
		TRY(end_unawaited(turn, &authorization, err));
	else if (outcome->people.count > 0)
		TRY(asking_begin(turn, &authorization, &outcome->people, err));
	else
		TRY(end_failed(turn, &authorization, outcome, pack, err));
	TRY(store_authorization_end(turn->store, &authorization, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .subject_id = authorization.id,
				  .name = authorization.domain,
				  .from = authorization_state_text(AUTHORIZATION_WORKING),
				  .to = authorization_state_text(authorization.state),
				  .code = authorization.code,
				  .reason = authorization.sentence,
			  });
	TRY(iodef_intend(turn, &authorization, &outcome->verdict, &outcome->wanted, err));
	/* Each order is an event of its own: one that fails does not undo this result. */
	return store_schedule_decide(turn->store, authorization.id, turn->now, err);
}

/* ---- answers of people ---- */

enum status authorization_answered(struct turn *turn, struct authorization *row, struct error *err)
{
	struct authorization known;
	enum status status = store_authorization_find(turn->store, row, &turn->arena, &known, err);
	if (status == NOT_FOUND) {
		row->network_id = engine_random_text(turn->engine, &turn->arena);
		row->state = AUTHORIZATION_PENDING;
		row->created_at = turn->now;
		row->attempt = 0;
		TRY(store_authorization_insert(turn->store, row, &row->id, err));
	} else {
		TRY(status);
		row->id = known.id;
		row->attempt = known.attempt;
	}
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, row->id, err));
	TRY(store_authorization_begin(turn->store, row->id, row->attempt, turn->now, err));
	row->attempt++;
	row->failures = 0;
	row->not_before_at = turn->now;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .subject_id = row->id,
				  .name = row->domain,
				  .to = authorization_state_text(AUTHORIZATION_VALID),
				  .code = row->method,
				  .reason = "confirmed by an answer to another question",
			  });
	return OK;
}

enum status authorization_ends_asking(struct turn *turn, struct authorization *row,
				      const char *sentence, struct error *err)
{
	const char *from = authorization_state_text(row->state);
	row->state = AUTHORIZATION_VALID;
	row->failures = 0;
	row->code = row->hint = NULL;
	row->sentence = sentence;
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, row->id, err));
	TRY(store_schedule_drop(turn->store, DUTY_REMINDER, row->id, err));
	TRY(store_schedule_drop(turn->store, DUTY_ANSWER_DUE, row->id, err));
	TRY(store_authorization_end(turn->store, row, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_AUTHORIZATION,
				  .subject_id = row->id,
				  .name = row->domain,
				  .from = from,
				  .to = authorization_state_text(row->state),
				  .reason = sentence,
			  });
	return OK;
}
