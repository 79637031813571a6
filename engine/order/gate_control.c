/*
 * Gate control: the applicant has shown control of one name, or of a name above it
 * that may stand for it, not longer ago than results may be reused. The truth is
 * the newest validation and the rules at this instant; an authorization only
 * stands for the work of getting one.
 * Sources: REQUIREMENTS DCV-03, DCV-07, DCV-12, A10, A11; RULES 1.2, 1.3, 1.4.
 */
#include "engine/order/account.h"
#include "engine/order/alias.h"
#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/order/gate.h"
#include "engine/people/rejection.h"
#include "engine/people/validation.h"
#include "engine/order/way.h"
#include "store/schedule.h"
#include "store/validation.h"
#include "validators/scope.h"

#include <string.h>

/* A validation that counts now. */
struct usable {
	struct validation_record validation; /* id 0: there is none */
	int64_t last_at;                     /* counts until */
	bool undecided;                      /* an officer has to say whether it is used */
};

/* A method of showing control: its row, and how it shows. */
struct method {
	const char *id;
	const struct method_rule *rule;
	const struct validator *validator; /* NULL: this version has none */
	const char *ca;                    /* of authorizations and validations: whom it is for */
};

static void earlier(int64_t *at, int64_t other)
{
	if (other < *at)
		*at = other;
}

/* Whether a result that was there before the order may serve the name. */
static bool may_reuse(const struct order_view *view, const struct reuse_rule *rule,
		      const char *name, const struct validation_record *validation)
{
	return rule->mode != REUSE_ASK || validation->validated_at >= view->order.created_at ||
	       way_reuse(view, name) == validation->id;
}

/* The newest of an ADN; of the order's own authorization alone when results are never reused.
 * NOT_FOUND without a sentence. */
static enum status find_newest(struct turn *turn, const struct order_view *view,
			       const struct method *method, const struct reuse_rule *rule,
			       const char *domain, struct validation_record *ret, struct error *err)
{
	struct validation_record key = {
		.applicant_id = view->order.applicant_id,
		.domain = domain,
		.method = method->id,
		.ca = method->ca,
		.pack = view->pack->id,
	};
	struct authorization own = {
		.applicant_id = key.applicant_id,
		.domain = domain,
		.method = method->id,
		.ca = method->ca,
		.order_id = view->order.id,
		.pack = view->pack->id,
	};
	if (rule->mode != REUSE_NEVER)
		return store_validation_newest(turn->store, &key, &turn->arena, ret, err);
	TRY(store_authorization_find(turn->store, &own, &turn->arena, &own, err));
	return store_validation_newest_of(turn->store, own.id, key.pack, &turn->arena, ret, err);
}

/* The newest validation of one ADN, when it may be used for the name now. */
static enum status find_usable(struct turn *turn, const struct order_view *view,
			       const struct method *method, const struct reuse_rule *rule,
			       const char *name, const char *domain, struct usable *ret,
			       struct error *err)
{
	struct validation_record validation;
	*ret = (struct usable){0};
	enum status status = find_newest(turn, view, method, rule, domain, &validation, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	struct applicant applicant;
	TRY(account_load(turn, view->order.applicant_id, &applicant, err));
	if (!authorization_for_account(&validation, &applicant))
		return OK;
	/* Who said yes to one name alone did not speak of those below it. */
	if (validation_is_alone(&validation) && strcmp(name, domain) != 0)
		return OK;
	/* The clock went back: what lies in the future does not count. */
	if (validation.began_at > turn->now)
		return OK;
	int64_t last_at = 0;
	TRY(validation_counts_until(view->pack, &validation, turn->now, &last_at, err));
	if (turn->now > last_at)
		return OK;
	bool asked = !may_reuse(view, rule, name, &validation);
	if (!asked || way_reuse(view, name) != REUSE_DECLINED)
		*ret = (struct usable){validation, last_at, asked};
	return OK;
}

static bool below_apart(const struct method *method)
{
	return method->validator && method->validator->below_apart;
}

/* What records call an ADN that was shown with the names below it. */
static const char *with_names_below(struct turn *turn, const char *domain)
{
	return arena_printf(&turn->arena, "*.%s", domain);
}

/* Takes the validation of the domain when it is newer. */
static enum status take_newer(struct turn *turn, const struct order_view *view,
			      const struct method *method, const struct reuse_rule *rule,
			      const char *name, const char *domain, struct usable *best,
			      struct error *err)
{
	struct usable found;
	TRY(find_usable(turn, view, method, rule, name, domain, &found, err));
	if (found.validation.validated_at > best->validation.validated_at)
		*best = found;
	return OK;
}

/* Reuse mode "ask": nobody is asked anew before an officer has chosen. */
static enum status wait_for_choice(struct turn *turn, const struct order_view *view,
				   const struct usable *best, struct gate *gate, struct error *err)
{
	const struct validation_record *validation = &best->validation;
	char from[INSTANT_TEXT], until[INSTANT_TEXT];
	gate->state = GATE_WAITING;
	gate->turn = TURN_OPERATOR;
	gate->until_at = view->order.give_up_at;
	gate->authorization_id = 0;
	gate->validation_id = validation->id;
	gate->lapses_at = best->last_at;
	gate->code = status_code(WAITING_FOR_PERSON);
	gate->sentence = arena_printf(
		&turn->arena, "control of %s was shown at %s (%s, v-%lld), which counts until %s",
		authorization_adn(validation->domain), instant_text(validation->validated_at, from),
		validation->label, (long long)validation->id, instant_text(best->last_at, until));
	gate->action = arena_printf(&turn->arena,
				    "use it: issuer validation reuse o-%lld --name %s; or have it "
				    "shown anew: the same with --refuse",
				    (long long)view->order.id, gate->name);
	/* Once it has lapsed there is nothing to choose. */
	return store_schedule_sooner(turn->store, DUTY_ORDER_DECIDE, view->order.id,
				     best->last_at + 1, err);
}

/* Opens the gate by the newest validation of any ADN that may stand for the name, or has it wait
 * for an officer's choice: either way gate->validation_id is set. */
static enum status use_validation(struct turn *turn, const struct order_view *view,
				  const struct method *method, const struct scope *scope,
				  struct gate *gate, struct error *err)
{
	const struct reuse_rule *rule = NULL;
	struct usable best = {0};
	bool apart = below_apart(method);
	TRY(pack_reuse(view->pack, "control", turn->now, &rule, err));
	for (const char *domain = scope->nearest; domain; domain = scope_above(scope, domain)) {
		if (!apart || strcmp(domain, gate->name) == 0)
			TRY(take_newer(turn, view, method, rule, gate->name, domain, &best, err));
		if (apart)
			TRY(take_newer(turn, view, method, rule, gate->name,
				       with_names_below(turn, domain), &best, err));
	}
	if (!best.validation.id)
		return OK;
	if (best.undecided)
		return wait_for_choice(turn, view, &best, gate, err);
	gate->state = GATE_OPEN;
	gate->turn = TURN_NOBODY;
	gate->validation_id = best.validation.id;
	gate->authorization_id = best.validation.authorization_id;
	gate->lapses_at = best.last_at;
	/* BR 5.4.1: records name the ADN when it is not the name itself. */
	const char *adn = authorization_adn(best.validation.domain);
	if (strcmp(adn, gate->name) != 0)
		gate->sentence =
			arena_printf(&turn->arena, "control of %s (%s, v-%lld) covers the name",
				     adn, best.validation.label, (long long)best.validation.id);
	return OK;
}

/* What was published is seen from here: only other perspectives are in the way. */
static bool seen_here(enum status last)
{
	return last == CORROBORATION_FAILED || last == PERSPECTIVES_UNREACHABLE ||
	       last == PERSPECTIVES_MISSING;
}

/* Whose turn it is while people are asked, or it is found out whom to ask. */
static enum status describe_asking(struct turn *turn, const struct order_view *view,
				   const struct authorization *authorization,
				   const struct publication *publication, struct gate *gate,
				   struct error *err)
{
	const struct validator *validator = validator_find(authorization->method);
	bool asked = authorization->state == AUTHORIZATION_ASKED;
	enum status last =
		authorization->code ? status_from_code(authorization->code) : WAITING_FOR_PERSON;
	gate->code = status_code(last == STATUS_COUNT ? WAITING_FOR_PERSON : last);
	gate->sentence = authorization->sentence ? authorization->sentence : publication->unseen;
	gate->until_at = authorization->not_before_at;
	if (!asked) {
		gate->state = GATE_WORKING;
		gate->turn = TURN_US;
		gate->action = authorization->hint ? authorization->hint
						   : "nothing: the next run finds out whom to ask";
		return OK;
	}
	const char *stands = NULL;
	bool left = true;
	TRY(asking_stands(turn, authorization, &stands, &left, err));
	if (last == WAITING_FOR_PERSON)
		gate->sentence = stands;
	gate->state = GATE_WAITING;
	gate->turn = validator->asks == ASKS_BY_PHONE ? TURN_OPERATOR : TURN_DOMAIN_OWNER;
	gate->action = publication->action;
	if (validator->asks == ASKS_BY_MAIL)
		gate->action = arena_printf(&turn->arena, "%s (which: issuer mail list o-%lld)",
					    publication->action, (long long)view->order.id);
	if (!left) {
		gate->turn = TURN_OPERATOR;
		gate->action = arena_printf(
			&turn->arena,
			"nobody is left to answer: issuer validation give-up o-%lld --name %s "
			"--reason TEXT, or wait until then",
			(long long)view->order.id, gate->name);
	}
	if (!gate->until_at)
		gate->until_at = view->order.give_up_at;
	return OK;
}

/* Tells whose turn it is while control is not shown. */
static enum status describe(struct turn *turn, const struct order_view *view,
			    const struct authorization *authorization,
			    const struct applicant *applicant, struct gate *gate, struct error *err)
{
	const struct ca_row *ca = authorization->ca[0] ? view->ca : NULL;
	struct publication publication =
		authorization_publication(authorization, applicant, ca, &turn->arena);
	enum status last =
		authorization->code ? status_from_code(authorization->code) : WAITING_FOR_PERSON;
	gate->authorization_id = authorization->id;
	if (method_asks(authorization->method))
		return describe_asking(turn, view, authorization, &publication, gate, err);
	gate->code = status_code(last == STATUS_COUNT ? WAITING_FOR_PERSON : last);
	gate->sentence = authorization->sentence ? authorization->sentence : publication.unseen;
	gate->action = publication.action;
	const char *content = publication.content;
	if (authorization->hint && content && strstr(authorization->hint, content))
		gate->action = authorization->hint;
	else if (authorization->hint && seen_here(last))
		gate->action = authorization->hint;
	else if (authorization->hint)
		gate->action = arena_printf(&turn->arena, "%s; then %s", authorization->hint,
					    publication.action);
	switch (last == STATUS_COUNT ? EXIT_STATUS_PERSON : status_exit(last)) {
	case EXIT_STATUS_LATER:
		/* The network failed: the next attempt is ours, what is published may be right
		 * already. */
		gate->state = GATE_WORKING;
		gate->turn = TURN_US;
		gate->until_at = authorization->not_before_at;
		return OK;
	case EXIT_STATUS_REFUSED:
		gate->state = GATE_REFUSED;
		gate->turn = TURN_APPLICANT;
		gate->until_at = authorization->not_before_at;
		return OK;
	case EXIT_STATUS_DONE:
	case EXIT_STATUS_USAGE:
	case EXIT_STATUS_PERSON:
	case EXIT_STATUS_BROKEN:
		gate->state = GATE_WAITING;
		gate->turn = last == PERSPECTIVES_MISSING ? TURN_AGENT : TURN_APPLICANT;
		gate->until_at = view->order.give_up_at;
		if (authorization->value_until_at &&
		    (authorization->value_until_at < gate->until_at || !gate->until_at))
			gate->until_at = authorization->value_until_at;
		return OK;
	}
	return OK;
}

/* The scope of the gate's name by a method as it is in force now, or the refusal. */
static enum status find_scope(const struct turn *turn, const struct order_view *view,
			      const struct gate *gate, const char *id,
			      const struct name_policy *names, struct method *ret_method,
			      struct scope *ret, struct error *refusal)
{
	struct method method = {.id = id, .validator = validator_find(id), .ca = ""};
	struct name address;
	/* What the policy excludes while the order waits is not issued. */
	if (name_is_address(gate->name))
		TRY(name_parse(gate->name, names, &address, refusal));
	TRY(pack_method(view->pack, id, turn->now, &method.rule, refusal));
	if (method.validator && method.validator->needs_identifiers)
		method.ca = view->ca->id;
	*ret_method = method;
	struct scope scope;
	TRY(scope_of(gate->name, method.rule, names, &scope, refusal));
	/* An officer's choice of the ADN, when it is one that may stand for the name. */
	const char *wanted = way_domain(view, gate->name);
	for (const char *domain = scope.nearest; domain && wanted;
	     domain = scope_above(&scope, domain))
		if (strcmp(domain, wanted) == 0)
			scope.chosen = domain;
	*ret = scope;
	return OK;
}

/* Whether an authorization of the ADN has to show it with the names below: when the gate's name, or
 * another one of the order that waits for the same ADN, is not the ADN itself. */
static bool covers_below(const struct order_view *view, const struct method *method,
			 const struct name_policy *names, const char *adn)
{
	for (size_t i = 0; below_apart(method) && i < view->name_count; i++) {
		struct scope scope;
		const char *name = view->names[i].name;
		if (strcmp(name, adn) != 0 &&
		    scope_of(name, method->rule, names, &scope, NULL) == OK &&
		    strcmp(scope.chosen, adn) == 0)
			return true;
	}
	return false;
}

/* A configuration or rule that refuses may be changed: decided again at the pack's interval. */
static enum status refuse(struct turn *turn, const struct order_view *view, struct gate *gate,
			  const struct error *refusal, const char *action, struct error *err)
{
	const struct engine_rule *rule = NULL;
	gate->state = GATE_REFUSED;
	gate->turn = TURN_AGENT;
	gate->until_at = view->order.give_up_at;
	gate->authorization_id = 0;
	gate->code = status_code(refusal->status);
	gate->sentence = arena_text(&turn->arena, refusal->sentence);
	gate->action = action;
	TRY(pack_engine(view->pack, turn->now, &rule, err));
	return store_schedule_sooner(turn->store, DUTY_ORDER_DECIDE, view->order.id,
				     turn->now + rule->refused_again_ms, err);
}

/* The method failed: the next one, or an officer's choice. */
static enum status fall_back(struct turn *turn, const struct order_view *view,
			     const struct authorization *failed, struct gate *gate, bool *ret_moved,
			     struct error *err)
{
	const char *choices = NULL;
	TRY(way_fall_back(turn, view, gate->name, failed, ret_moved, &choices, err));
	gate->authorization_id = failed->id;
	gate->state = choices ? GATE_WAITING : GATE_REFUSED;
	gate->turn = TURN_OPERATOR;
	gate->until_at = view->order.give_up_at;
	gate->code = failed->code;
	gate->sentence = arena_printf(&turn->arena, "%s: %s", failed->method,
				      failed->sentence ? failed->sentence : "it failed");
	gate->action =
		choices ? arena_printf(&turn->arena,
				       "choose %s: issuer validation switch o-%lld --name %s "
				       "--method METHOD --reason TEXT",
				       choices, (long long)view->order.id, gate->name)
			: arena_printf(&turn->arena,
				       "ask again, or by another method: issuer validation switch "
				       "o-%lld --name %s --method METHOD --reason TEXT",
				       (long long)view->order.id, gate->name);
	return OK;
}

/* Makes or finds the authorization that is to show control of a name of the scope, and tells whose
 * turn it is. *ret_moved: the method failed, and the name's way is another one now. */
static enum status get_shown(struct turn *turn, const struct order_view *view,
			     const struct method *method, const struct name_policy *names,
			     const struct scope *scope, struct gate *gate, bool *ret_moved,
			     struct error *err)
{
	struct error refusal = NO_ERROR;
	struct authorization_need need = {
		.order = &view->order,
		.product = view->product,
		.pack = view->pack,
		.domain = covers_below(view, method, names, scope->chosen)
				  ? with_names_below(turn, scope->chosen)
				  : scope->chosen,
		.method = method->id,
		.ca = method->ca,
	};
	struct authorization authorization;
	struct applicant applicant;
	enum status status = authorization_ensure(turn, &need, &authorization, &refusal);
	if (status == ACCOUNT_MISSING || status == NOT_APPLICABLE) {
		return refuse(turn, view, gate, &refusal, arena_text(&turn->arena, refusal.hint),
			      err);
	}
	if (status != OK && err)
		*err = refusal;
	TRY(status);
	TRY(account_load(turn, view->order.applicant_id, &applicant, err));
	/* A validation that lapsed: the authorization is done and must be tried once more. */
	if (authorization.state == AUTHORIZATION_VALID)
		TRY(authorization_refresh(turn, &authorization, err));
	if (asking_failed(&authorization))
		return fall_back(turn, view, &authorization, gate, ret_moved, err);
	return describe(turn, view, &authorization, &applicant, gate, err);
}

/* --- by the name behind an alias --- */

/* The question is asked again once its answer has lapsed; one that fails is asked in its own time.
 */
static enum status wait_for_alias(struct turn *turn, const struct alias *alias, struct gate *gate,
				  struct error *err)
{
	const struct authorization *authorization = &alias->authorization;
	const char *code = authorization->code;
	enum status last = code ? status_from_code(code) : STATUS_COUNT;
	bool person = last != STATUS_COUNT && status_exit(last) == EXIT_STATUS_PERSON;
	gate->state = person ? GATE_WAITING : GATE_WORKING;
	gate->turn = !person                        ? TURN_US
		     : last == PERSPECTIVES_MISSING ? TURN_AGENT
						    : TURN_DOMAIN_OWNER;
	gate->validation_id = 0;
	gate->lapses_at = 0;
	gate->authorization_id = authorization->id;
	gate->until_at = authorization->not_before_at;
	gate->code = code ? code : status_code(WAITING_FOR_PERSON);
	gate->sentence = code ? authorization->sentence
			      : "it was not looked up yet of what the name is an alias";
	gate->action = authorization->hint
			       ? authorization->hint
			       : arena_text(&turn->arena, "nothing: the next run looks it up");
	return authorization->state == AUTHORIZATION_VALID
		       ? authorization_refresh(turn, authorization, err)
		       : OK;
}

/* Whether a gate opened by a validation of the name behind may stay open: the answer that led there
 * must be fresh. */
static enum status hold_alias(struct turn *turn, const struct alias *alias, struct gate *gate,
			      struct error *err)
{
	if (turn->now > alias->last_at)
		return wait_for_alias(turn, alias, gate, err);
	earlier(&gate->lapses_at, alias->last_at);
	gate->sentence = arena_printf(&turn->arena, "%s, an alias of %s (v-%lld)",
				      gate->sentence ? gate->sentence : "control covers the name",
				      alias->target, (long long)alias->validation_id);
	return OK;
}

/* The scope of the name behind; false when there is none that may stand for the name: one that may
 * not be ordered may not, nor may what reads as an address. */
static bool find_scope_behind(struct turn *turn, const struct method *method,
			      const struct name_policy *names, const struct alias *alias,
			      struct scope *ret)
{
	struct name target;
	return alias->target && name_parse(alias->target, names, &target, NULL) == OK &&
	       target.kind != NAME_IP &&
	       scope_of(arena_text(&turn->arena, target.ascii), method->rule, names, ret, NULL) ==
		       OK;
}

/* A no of a domain contact holds the name, whoever else said yes, until an officer releases it. */
static enum status hold_rejected(struct turn *turn, const struct order_view *view, const char *name,
				 struct gate *gate, bool *ret_held, struct error *err)
{
	struct rejection rejection;
	enum status status =
		rejection_of_name(turn, view->order.applicant_id, name, 0, &rejection, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	*ret_held = true;
	gate->state = GATE_REFUSED;
	gate->turn = TURN_OPERATOR;
	gate->until_at = view->order.give_up_at;
	gate->code = status_code(ANSWER_REJECTED);
	gate->sentence = arena_printf(&turn->arena, "a domain contact of %s said no (r-%lld)",
				      rejection.domain, (long long)rejection.id);
	gate->action = arena_printf(&turn->arena,
				    "find out why; then cancel the order, or issuer order release "
				    "o-%lld --name %s --reason TEXT",
				    (long long)view->order.id, gate->name);
	return OK;
}

/* BR 3.2.2.4, steps 3.1 and 3.2: first the alias, then its pruning, never the reverse. *ret_scope
 * is that of the name behind, when there is one to show control of. */
static enum status decide_by_alias(struct turn *turn, const struct order_view *view,
				   const struct method *method, const struct name_policy *names,
				   struct gate *gate, struct scope *ret_scope, bool *ret_decided,
				   struct error *err)
{
	struct alias alias;
	struct scope scope;
	*ret_decided = true;
	TRY(alias_of(turn, view, method->rule, gate->name, &alias, err));
	bool behind = find_scope_behind(turn, method, names, &alias, &scope), held = false;
	/* Those who said no may have been asked about the name behind. */
	if (behind)
		TRY(hold_rejected(turn, view, scope.nearest, gate, &held, err));
	if (held)
		return OK;
	if (behind) {
		TRY(use_validation(turn, view, method, &scope, gate, err));
		if (gate->validation_id)
			return gate->state == GATE_OPEN ? hold_alias(turn, &alias, gate, err) : OK;
	}
	/* What is to be published, and where, is told by an answer that counts: the alias may have
	 * been made or moved since the last one. */
	if (alias.authorization.state != AUTHORIZATION_VALID || turn->now > alias.last_at)
		return wait_for_alias(turn, &alias, gate, err);
	*ret_decided = false;
	if (behind)
		*ret_scope = scope;
	return OK;
}

/* An earlier result by another method of the product counts too; the name's way becomes that one,
 * so that CAA is asked for it. Only where the product has more than one way. */
static enum status use_other_method(struct turn *turn, const struct order_view *view,
				    const char *own, const struct name_policy *names,
				    struct gate *gate, struct error *err)
{
	const struct product *product = view->product;
	size_t count =
		product->fallback_count ? product->method_count + product->fallback_count : 0;
	for (size_t i = 0; i < count; i++) {
		const char *id = i < product->method_count
					 ? product->methods[i]
					 : product->fallbacks[i - product->method_count];
		struct method method;
		struct scope scope;
		if (strcmp(id, own) == 0 ||
		    find_scope(turn, view, gate, id, names, &method, &scope, NULL) != OK)
			continue;
		TRY(use_validation(turn, view, &method, &scope, gate, err));
		if (gate->validation_id)
			return gate->state != GATE_OPEN
				       ? OK
				       : way_set(turn, view, gate->name, id, NULL,
						 "an earlier result of this method counts", err);
	}
	return OK;
}

/* Decides by the name's way as it is now; *ret_moved: it failed, and there is another one. */
static enum status decide_by_way(struct turn *turn, const struct order_view *view,
				 const struct name_policy *names, struct gate *gate,
				 bool *ret_moved, struct error *err)
{
	struct error refusal = NO_ERROR;
	struct method method;
	struct scope scope;
	bool decided = false;
	const char *id = way_method(view, gate->name);
	*ret_moved = false;
	enum status status = way_may_ask(view, id, &refusal);
	if (status == OK)
		status = find_scope(turn, view, gate, id, names, &method, &scope, &refusal);
	if (status != OK)
		return refuse(turn, view, gate, &refusal,
			      status == IP_EXCLUDED || status == IP_NOT_GLOBAL
				      ? "cancel the order, or admit the address in issuer.yaml"
				      : "cancel the order and order again with another method",
			      err);
	TRY(use_validation(turn, view, &method, &scope, gate, err));
	if (gate->validation_id)
		return OK;
	TRY(use_other_method(turn, view, id, names, gate, err));
	if (gate->validation_id)
		return OK;
	TRY(way_go_back(turn, view, gate->name, ret_moved, err));
	if (*ret_moved)
		return OK;
	if (alias_applies(view, method.rule, gate->name))
		TRY(decide_by_alias(turn, view, &method, names, gate, &scope, &decided, err));
	return decided ? OK : get_shown(turn, view, &method, names, &scope, gate, ret_moved, err);
}

enum status gate_control_decide(struct turn *turn, const struct order_view *view, struct gate *gate,
				struct error *err)
{
	struct name_policy names;
	bool moved = true, held = false;
	TRY(engine_product_names(turn->engine, view->product, &names, err));
	TRY(hold_rejected(turn, view, authorization_adn(gate->name), gate, &held, err));
	/* Every method fails at most once: one pass each, one to tell that none is left, and one
	 * for a way back. */
	for (int pass = 0; moved && !held && pass <= PRODUCT_LIST_MAX + 1; pass++)
		TRY(decide_by_way(turn, view, &names, gate, &moved, err));
	return OK;
}
