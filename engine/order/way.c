/* The way of each name: see way.h. */
#include "engine/order/way.h"

#include "engine/order/alias.h"
#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/people/validation.h"
#include "store/schedule.h"
#include "validators/scope.h"

#include <string.h>

static struct order_name *name_of(const struct order_view *view, const char *name)
{
	for (size_t i = 0; i < view->name_count; i++)
		if (strcmp(view->names[i].name, name) == 0)
			return &view->names[i];
	return NULL;
}

const char *way_method(const struct order_view *view, const char *name)
{
	const struct order_name *row = name_of(view, name);
	return row && row->method ? row->method : view->order.method;
}

const char *way_domain(const struct order_view *view, const char *name)
{
	const struct order_name *row = name_of(view, name);
	return row ? row->domain : NULL;
}

int64_t way_reuse(const struct order_view *view, const char *name)
{
	const struct order_name *row = name_of(view, name);
	return row ? row->reuse : REUSE_UNDECIDED;
}

/* ---- another way ---- */

static enum status withdraw_caa(struct turn *turn, const struct order_view *view, int64_t id,
				struct error *err)
{
	struct validation_record validation;
	TRY(store_validation_get(turn->store, id, &turn->arena, &validation, err));
	return validation.withdrawn_at ? OK
				       : validation_withdraw(turn, &validation, view->order.id,
							     "the method was switched", err);
}

/* What CAA said was for the method before: the question is put again. */
static enum status ask_caa_again(struct turn *turn, const struct order_view *view, const char *name,
				 struct error *err)
{
	for (size_t i = 0; i < view->gate_count; i++) {
		const struct gate *gate = &view->gates[i];
		struct authorization authorization;
		if (gate->kind != GATE_KIND_CAA || strcmp(gate->name, name) != 0 ||
		    !gate->authorization_id)
			continue;
		TRY(store_authorization_get(turn->store, gate->authorization_id, &turn->arena,
					    &authorization, err));
		if (authorization.validation_id)
			TRY(withdraw_caa(turn, view, authorization.validation_id, err));
		/* An answer to the look-up on the wire would be for the method before: its
		 * completion is dropped as STALE once another attempt has begun. */
		TRY(store_authorization_again(turn->store, authorization.id, turn->now, err));
		TRY(store_schedule_put(turn->store, DUTY_ATTEMPT, authorization.id, turn->now,
				       err));
	}
	return OK;
}

static bool same_labels(const struct pack *pack, int64_t now, const char *a, const char *b)
{
	const struct method_rule *of_a = NULL, *of_b = NULL;
	if (strcmp(a, b) == 0)
		return true;
	if (pack_method(pack, a, now, &of_a, NULL) != OK ||
	    pack_method(pack, b, now, &of_b, NULL) != OK ||
	    of_a->caa_label_count != of_b->caa_label_count)
		return false;
	for (size_t i = 0; i < of_a->caa_label_count; i++)
		if (strcmp(of_a->caa_labels[i], of_b->caa_labels[i]) != 0)
			return false;
	return true;
}

enum status way_set(struct turn *turn, const struct order_view *view, const char *name,
		    const char *method, const char *domain, const char *reason, struct error *err)
{
	struct order_name *row = name_of(view, name);
	if (!row)
		return fail(err, NOT_FOUND, "order o-%lld has no name %s",
			    (long long)view->order.id, name);
	const char *before = way_method(view, name);
	row->method = method && strcmp(method, view->order.method) != 0 ? method : NULL;
	row->domain = domain;
	TRY(store_order_name_way(turn->store, view->order.id, row, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = view->order.id,
				  .name = name,
				  .from = before,
				  .to = way_method(view, name),
				  .reason = reason,
			  });
	if (same_labels(view->pack, turn->now, before, way_method(view, name)))
		return OK;
	return ask_caa_again(turn, view, name, err);
}

enum status way_set_reuse(struct turn *turn, const struct order_view *view, const char *name,
			  int64_t choice, struct error *err)
{
	struct order_name *row = name_of(view, name);
	if (!row)
		return fail(err, NOT_FOUND, "order o-%lld has no name %s",
			    (long long)view->order.id, name);
	row->reuse = choice;
	return store_order_name_reuse(turn->store, view->order.id, row, err);
}

/* ---- which other way ---- */

static bool listed(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

/* The authorization of the ADN by a method that asks; NOT_FOUND without a sentence. */
static enum status find_authorization(struct turn *turn, const struct order_view *view,
				      const char *method, const char *domain,
				      struct authorization *ret, struct error *err)
{
	struct authorization key = {
		.applicant_id = view->order.applicant_id,
		.domain = domain,
		.method = method,
		.ca = "",
		.order_id = authorization_is_alone(view->product, view->pack, turn->now)
				    ? view->order.id
				    : 0,
		.pack = view->pack->id,
	};
	return store_authorization_find(turn->store, &key, &turn->arena, ret, err);
}

/* The scopes in which the method may have asked about a name: its own, and with aliases that of the
 * name behind, which then is the one (BR 3.2.2.4, step 3.1). */
enum { SCOPES_MAX = 2 };

static enum status find_scopes(struct turn *turn, const struct order_view *view,
			       const struct method_rule *rule, const char *name,
			       struct scope ret[SCOPES_MAX], size_t *ret_count, struct error *err)
{
	struct name_policy names;
	struct alias alias;
	struct name target;
	TRY(engine_product_names(turn->engine, view->product, &names, err));
	TRY(scope_of(name, rule, &names, &ret[0], err));
	*ret_count = 1;
	if (!alias_applies(view, rule, name))
		return OK;
	TRY(alias_of(turn, view, rule, name, &alias, err));
	if (alias.target && name_parse(alias.target, &names, &target, NULL) == OK &&
	    target.kind != NAME_IP &&
	    scope_of(arena_text(&turn->arena, target.ascii), rule, &names, &ret[1], NULL) == OK)
		*ret_count = 2;
	return OK;
}

/* The newest of the method's authorizations for the name, of whichever ADN it may be: the scope may
 * have been another one. NOT_FOUND without a sentence. */
static enum status find_last(struct turn *turn, const struct order_view *view,
			     const struct method_rule *rule, const char *name,
			     struct authorization *ret, struct error *err)
{
	struct scope scopes[SCOPES_MAX];
	struct authorization last = {.id = 0};
	size_t count = 0;
	TRY(find_scopes(turn, view, rule, name, scopes, &count, err));
	for (size_t i = 0; i < count; i++) {
		for (const char *domain = scopes[i].nearest; domain;
		     domain = scope_above(&scopes[i], domain)) {
			struct authorization known;
			enum status status =
				find_authorization(turn, view, rule->id, domain, &known, err);
			if (status == NOT_FOUND)
				continue;
			TRY(status);
			if (!last.id || known.changed_at > last.changed_at)
				last = known;
		}
	}
	*ret = last;
	return last.id ? OK : NOT_FOUND;
}

/* Whether the method may show control of the name, and has not failed since the order was placed.
 */
static enum status is_left(struct turn *turn, const struct order_view *view, const char *name,
			   const char *method, bool *ret, struct error *err)
{
	const struct method_rule *rule = NULL;
	struct name_policy names;
	struct scope scope;
	struct authorization known;
	*ret = false;
	TRY(engine_product_names(turn->engine, view->product, &names, err));
	if (pack_method(view->pack, method, turn->now, &rule, NULL) != OK ||
	    scope_of(name, rule, &names, &scope, NULL) != OK)
		return OK;
	enum status status = find_last(turn, view, rule, name, &known, err);
	if (status != NOT_FOUND)
		TRY(status);
	*ret = status == NOT_FOUND || !asking_failed(&known) ||
	       known.changed_at < view->order.created_at;
	return OK;
}

enum status way_fall_back(struct turn *turn, const struct order_view *view, const char *name,
			  const struct authorization *failed, bool *ret_moved,
			  const char **ret_choices, struct error *err)
{
	const struct product *product = view->product;
	const struct answer_rule *rule = NULL;
	const char *choices = NULL;
	*ret_moved = false;
	*ret_choices = NULL;
	TRY(pack_answers(view->pack, turn->now, &rule, err));
	for (size_t i = 0; i < product->fallback_count; i++) {
		const char *method = product->fallbacks[i];
		bool left = false;
		if (strcmp(method, failed->method) != 0)
			TRY(is_left(turn, view, name, method, &left, err));
		if (!left)
			continue;
		if (rule->fallback == FALLBACK_AUTO) {
			TRY(way_set(turn, view, name, method, NULL,
				    arena_printf(&turn->arena, "%s failed (%s)", failed->method,
						 failed->code),
				    err));
			*ret_moved = true;
			return OK;
		}
		choices =
			choices ? arena_printf(&turn->arena, "%s or %s", choices, method) : method;
	}
	*ret_choices = choices;
	return OK;
}

/* REQUIREMENTS DCV-07: a fallback "only if the WHOIS mail cannot confirm". */
static enum status check_order(struct turn *turn, const struct order_view *view, const char *name,
			       const char *method, struct error *err)
{
	const struct answer_rule *answers = NULL;
	const struct method_rule *first = NULL;
	struct authorization known;
	TRY(pack_answers(view->pack, turn->now, &answers, err));
	if (answers->order == FALLBACK_FREE)
		return OK;
	/* A first method that the rules refuse by now has failed for good. */
	if (pack_method(view->pack, view->order.method, turn->now, &first, NULL) != OK)
		return OK;
	enum status status = find_last(turn, view, first, name, &known, err);
	if (status != NOT_FOUND)
		TRY(status);
	/* A failure of before the order was placed is not one of its asking. */
	if (status == OK && asking_failed(&known) && known.changed_at >= view->order.created_at)
		return OK;
	(void)fail(err, DCV_ORDER, "%s is a fallback, and %s has not failed for %s", method,
		   view->order.method, name);
	return fail_hint(err, DCV_ORDER,
			 "wait for its answers, or declare it failed: issuer validation give-up "
			 "o-%lld --name %s --reason TEXT",
			 (long long)view->order.id, name);
}

const char *way_methods_left(struct turn *turn, const struct product *product,
			     const struct pack *pack, enum way_methods which)
{
	const char *left = NULL;
	size_t count = product->method_count;
	if (which == METHODS_AND_FALLBACKS)
		count += product->fallback_count;
	for (size_t i = 0; i < count; i++) {
		const struct method_rule *rule = NULL;
		const char *id = i < product->method_count
					 ? product->methods[i]
					 : product->fallbacks[i - product->method_count];
		if (pack_method(pack, id, turn->now, &rule, NULL) != OK)
			continue;
		left = left ? arena_printf(&turn->arena, "%s or %s", left, id) : id;
	}
	return left;
}

enum status way_may_ask(const struct order_view *view, const char *method, struct error *err)
{
	if (view->product->mode != MODE_BROKER || !method_asks(method))
		return OK;
	return fail(err, NOT_APPLICABLE,
		    "%s is the CA's to do: product %s is brokered, and we ask no domain contact",
		    method, view->product->id);
}

enum status way_authorization(struct turn *turn, const struct order_view *view, const char *name,
			      struct authorization *ret, struct error *err)
{
	const struct method_rule *rule = NULL;
	const char *method = way_method(view, name), *domain = way_domain(view, name);
	struct scope scopes[SCOPES_MAX];
	size_t count = 0;
	TRY(pack_method(view->pack, method, turn->now, &rule, err));
	TRY(find_scopes(turn, view, rule, name, scopes, &count, err));
	if (count == SCOPES_MAX || !domain)
		domain = scopes[count - 1].chosen;
	return find_authorization(turn, view, method, domain, ret, err);
}

enum status way_go_back(struct turn *turn, const struct order_view *view, const char *name,
			bool *ret_moved, struct error *err)
{
	const struct answer_rule *rule = NULL;
	const struct method_rule *first = NULL;
	struct authorization known;
	*ret_moved = false;
	TRY(pack_answers(view->pack, turn->now, &rule, err));
	if (rule->order == FALLBACK_FREE ||
	    !listed(view->product->fallbacks, view->product->fallback_count,
		    way_method(view, name)) ||
	    pack_method(view->pack, view->order.method, turn->now, &first, NULL) != OK)
		return OK;
	/* Tried since the order was placed: the fallback came by itself, or an officer chose it. */
	enum status status = find_last(turn, view, first, name, &known, err);
	if (status != NOT_FOUND)
		TRY(status);
	if (status == OK && known.changed_at >= view->order.created_at)
		return OK;
	*ret_moved = true;
	return way_set(turn, view, name, NULL, NULL, "the earlier result counts no more", err);
}

enum status way_may(struct turn *turn, const struct order_view *view, const char *name,
		    const char *method, struct error *err)
{
	const struct product *product = view->product;
	const struct method_rule *rule = NULL;
	struct name_policy names;
	struct scope scope;
	enum status status = pack_method(view->pack, method, turn->now, &rule, err);
	const char *left =
		status == OK ? NULL
			     : way_methods_left(turn, product, view->pack, METHODS_AND_FALLBACKS);
	if (left)
		return fail_hint(err, status, "switch to %s", left);
	TRY(status);
	TRY(way_may_ask(view, method, err));
	TRY(engine_product_names(turn->engine, product, &names, err));
	TRY(scope_of(name, rule, &names, &scope, err));
	if (listed(product->methods, product->method_count, method))
		return OK;
	if (!listed(product->fallbacks, product->fallback_count, method))
		return fail(err, NOT_APPLICABLE, "%s is no method of product %s", method,
			    product->id);
	return check_order(turn, view, name, method, err);
}
