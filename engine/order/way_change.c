/* Another way for names of an order: see way_change.h. */
#include "engine/order/way_change.h"

#include "engine/order/alias.h"
#include "engine/people/asking.h"
#include "engine/order/authorization.h"
#include "engine/order/authorization_rules.h"
#include "engine/command_turn.h"
#include "engine/order/way.h"
#include "store/gate.h"
#include "store/schedule.h"
#include "validators/mailbox.h"
#include "validators/scope.h"

#include <string.h>

/* One name that is switched, with what its gate waited for before. */
struct switching {
	const char *name;
	const struct gate *gate; /* control */
	int64_t left_id;         /* authorization that the gate waited for; 0: none */
	const char *method;      /* from now on */
	const char *domain;      /* the ADN; NULL: as the method's row says */
	const char *adn;         /* the same, spelt out */
};

/* ---- what may be ---- */

/* The ADN that the words of an officer mean. */
static enum status find_domain(const char *scope_words, const struct scope *scope,
			       const struct method_rule *rule, const char **ret, struct error *err)
{
	struct name name;
	if (strcmp(scope_words, "name") == 0) {
		*ret = scope->nearest;
		return OK;
	}
	if (strcmp(scope_words, "base") == 0) {
		*ret = scope->farthest;
		return rule->prune ? OK
				   : fail(err, NOT_APPLICABLE,
					  "%s shows control of the name itself alone (%s)",
					  rule->id, rule->citation);
	}
	TRY(name_normalise(scope_words, &name, err));
	for (const char *domain = scope->nearest; domain; domain = scope_above(scope, domain)) {
		if (strcmp(domain, name.ascii) != 0)
			continue;
		*ret = domain;
		return OK;
	}
	return fail(err, NOT_APPLICABLE, "by %s control of %s may be shown of %s%s%s, not of %s",
		    rule->id, scope->nearest, scope->nearest,
		    scope->farthest != scope->nearest ? " up to " : " alone",
		    scope->farthest != scope->nearest ? scope->farthest : "", name.ascii);
}

static enum status check_address(const char *address, const char *method, const char *adn,
				 struct error *err)
{
	struct mailbox mailbox;
	if (strcmp(method, "constructed-email") == 0 && !recipient_is_constructed(address, adn)) {
		(void)fail(err, DCV_ADDRESS, "%s is none of the constructed addresses of %s",
			   address, adn);
		return fail_hint(err, DCV_ADDRESS,
				 "admin, administrator, webmaster, hostmaster or postmaster at it "
				 "(DCV-08; BR 3.2.2.4.4)");
	}
	if (validator_find(method)->asks == ASKS_BY_MAIL)
		TRY(mailbox_parse(slice_text(address), &mailbox, err));
	return OK;
}

/* REQUIREMENTS DCV-05: one mail to every address of the registry's contacts; DCV-09: the
 * registrant's number there and no other. Which addresses the DNS publishes is seen when they are
 * looked up. */
static enum status check_addresses(struct turn *turn, const struct switching *one,
				   const char *addresses, struct error *err)
{
	const char *line = addresses;
	if (!addresses)
		return OK;
	if (!method_asks(one->method))
		return fail(err, NOT_APPLICABLE, "%s asks nobody at an address", one->method);
	if (validator_find(one->method)->asks_registries)
		return fail(err, DCV_ADDRESS,
			    "%s asks all whom the registry names, and nobody else (DCV-05, DCV-09)",
			    one->method);
	while (*line) {
		size_t length = strcspn(line, "\n");
		const char *address =
			arena_bytes(&turn->arena, slice_of((const uint8_t *)line, length));
		TRY(check_address(address, one->method, one->adn, err));
		line += length + (line[length] == '\n');
	}
	return OK;
}

/* Whether anything would be another way than it is; a method that failed is asked anew. */
static enum status changes(struct turn *turn, const struct order_view *view,
			   const struct way_change *change, const struct switching *one, bool *ret,
			   struct error *err)
{
	struct authorization authorization;
	*ret = true;
	const char *domain = way_domain(view, one->name);
	bool same_domain = domain ? one->domain && strcmp(domain, one->domain) == 0 : !one->domain;
	if (change->addresses || !same_domain ||
	    strcmp(way_method(view, one->name), one->method) != 0)
		return OK;
	enum status status = way_authorization(turn, view, one->name, &authorization, err);
	if (status != NOT_FOUND)
		TRY(status);
	*ret = status == OK && (asking_failed(&authorization) || authorization.addresses);
	return OK;
}

static enum status plan_one(struct turn *turn, const struct order_view *view,
			    const struct way_change *change, const struct gate *gate,
			    struct switching *ret, struct error *err)
{
	const struct method_rule *rule = NULL;
	struct name_policy names;
	struct scope scope;
	struct switching one = {
		.name = gate->name,
		.gate = gate,
		.left_id = gate->authorization_id,
		.method = change->method ? change->method : way_method(view, gate->name),
	};
	if (gate_passes(gate->state))
		return fail(err, NOT_APPLICABLE, "control of %s is shown already", gate->name);
	TRY(way_may(turn, view, gate->name, one.method, err));
	TRY(pack_method(view->pack, one.method, turn->now, &rule, err));
	TRY(engine_product_names(turn->engine, view->product, &names, err));
	TRY(scope_of(gate->name, rule, &names, &scope, err));
	one.adn = scope.chosen;
	if (change->scope)
		TRY(find_domain(change->scope, &scope, rule, &one.adn, err));
	else if (strcmp(one.method, way_method(view, gate->name)) == 0 &&
		 way_domain(view, gate->name))
		one.adn = way_domain(view, gate->name);
	if (strcmp(one.adn, scope.chosen) != 0)
		one.domain = one.adn;
	if (change->addresses && alias_applies(view, rule, gate->name))
		return fail(err, NOT_APPLICABLE,
			    "whom to ask about %s is not known before its alias is", gate->name);
	TRY(check_addresses(turn, &one, change->addresses, err));
	*ret = one;
	return OK;
}

/* ---- what is begun ---- */

/* Whether some other name than those switched waits for the authorization. */
static bool waited_by_others(const struct awaiting_name *rows, size_t count, int64_t order_id,
			     const struct switching *list, size_t list_count)
{
	for (size_t i = 0; i < count; i++) {
		bool switched = false;
		for (size_t k = 0; k < list_count; k++)
			switched = switched || (rows[i].order_id == order_id &&
						strcmp(rows[i].name, list[k].name) == 0);
		if (!switched)
			return true;
	}
	return false;
}

/* A method that failed, or is to ask others than before, asks anew. */
static enum status ask_anew(struct turn *turn, const struct order_view *view,
			    const struct way_change *change, const struct switching *list,
			    size_t count, const struct switching *one, struct error *err)
{
	enum { ROWS_MAX = 1000 };
	struct authorization authorization;
	struct awaiting_name *rows = NULL;
	size_t row_count = 0;
	if (!method_asks(one->method))
		return OK;
	enum status status = way_authorization(turn, view, one->name, &authorization, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	TRY(store_gates_awaiting(turn->store, authorization.id, ROWS_MAX, &turn->arena, &rows,
				 &row_count, err));
	/* Asked by others as it stands: the name joins them. */
	if (!asking_failed(&authorization) && !change->addresses &&
	    waited_by_others(rows, row_count, view->order.id, list, count))
		return OK;
	TRY(asking_void(turn, authorization.id, change->reason, err));
	TRY(asking_anew(turn, &authorization, err));
	return store_authorization_addresses(turn->store, authorization.id, change->addresses,
					     turn->now, err);
}

/* An authorization that this switch had made asks those chosen. */
static enum status choose_addresses(struct turn *turn, const struct way_change *change,
				    const struct switching *one, struct error *err)
{
	/* ask_anew has seen to one that was there. */
	if (!change->addresses || !one->gate->authorization_id ||
	    one->gate->authorization_id == one->left_id)
		return OK;
	return store_authorization_addresses(turn->store, one->gate->authorization_id,
					     change->addresses, turn->now, err);
}

/* ---- what is left behind ---- */

/* A value that was to be published is dead: who comes back gets a new one. */
static enum status expire_value(struct turn *turn, struct authorization *authorization,
				struct error *err)
{
	authorization->value_until_at = turn->now - 1;
	return store_authorization_renew(turn->store, authorization, turn->now, err);
}

static enum status leave(struct turn *turn, int64_t id, const char *reason, struct error *err)
{
	struct authorization authorization;
	bool awaited = false;
	if (!id)
		return OK;
	TRY(store_gate_awaited(turn->store, id, &awaited, err));
	if (awaited)
		return OK;
	TRY(store_authorization_get(turn->store, id, &turn->arena, &authorization, err));
	if (is_question(authorization.method))
		return OK;
	TRY(store_schedule_drop(turn->store, DUTY_ATTEMPT, id, err));
	TRY(store_schedule_drop(turn->store, DUTY_REMINDER, id, err));
	TRY(store_schedule_drop(turn->store, DUTY_ANSWER_DUE, id, err));
	TRY(asking_void(turn, id, reason, err));
	if (authorization.value)
		return expire_value(turn, &authorization, err);
	/* What has failed stays so; what was open is as if it had not begun. */
	if (asking_failed(&authorization))
		return OK;
	TRY(store_authorization_addresses(turn->store, id, NULL, turn->now, err));
	return store_authorization_renew(turn->store, &authorization, turn->now, err);
}

/* ---- the command ---- */

static enum status plan(struct turn *turn, const struct order_view *view,
			const struct way_change *change, struct switching **ret, size_t *ret_count,
			struct error *err)
{
	struct switching *list = arena_new(&turn->arena, view->gate_count + 1, sizeof(*list));
	size_t count = 0;
	for (size_t i = 0; i < view->gate_count; i++) {
		const struct gate *gate = &view->gates[i];
		if (gate->kind != GATE_KIND_CONTROL ||
		    (change->name && strcmp(gate->name, change->name) != 0))
			continue;
		/* "All names" are those that are not shown yet. */
		if (!change->name && gate_passes(gate->state))
			continue;
		bool other = false;
		TRY(plan_one(turn, view, change, gate, &list[count], err));
		TRY(changes(turn, view, change, &list[count], &other, err));
		count += other;
	}
	*ret = list;
	*ret_count = count;
	return count ? OK
		     : fail(err, NOT_APPLICABLE,
			    "o-%lld has no name whose control would be shown another way",
			    (long long)change->order_id);
}

static enum status set_way(struct turn *turn, const struct order_view *view,
			   const struct way_change *change, const struct switching *one,
			   struct error *err)
{
	const struct reuse_rule *rule = NULL;
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = view->order.id,
				  .name = "validation switch",
				  .from = one->name,
				  .to = one->adn,
				  .code = one->method,
				  .reason = change->reason,
			  });
	TRY(way_set(turn, view, one->name, one->method, one->domain, change->reason, err));
	/* Who chooses a way has it shown, and does not use what was shown before. */
	TRY(pack_reuse(view->pack, "control", turn->now, &rule, err));
	return rule->mode == REUSE_ASK ? way_set_reuse(turn, view, one->name, REUSE_DECLINED, err)
				       : OK;
}

static enum status change_ways(struct turn *turn, struct order_view *view,
			       const struct way_change *change, struct error *err)
{
	struct switching *list = NULL;
	size_t count = 0;
	TRY(plan(turn, view, change, &list, &count, err));
	for (size_t i = 0; i < count; i++)
		TRY(set_way(turn, view, change, &list[i], err));
	for (size_t i = 0; i < count; i++)
		TRY(ask_anew(turn, view, change, list, count, &list[i], err));
	TRY(gates_decide(turn, view, err));
	for (size_t i = 0; i < count; i++) {
		TRY(choose_addresses(turn, change, &list[i], err));
		TRY(leave(turn, list[i].left_id, change->reason, err));
	}
	return OK;
}

enum status command_switch(struct engine *engine, const struct way_change *change,
			   struct receipt *receipt, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	struct order_view view;
	TRY(command_begin(&turn, engine, receipt, change->order_id, &view, err));
	if (command_replayed(receipt))
		return OK;
	if (change->name)
		TRY(command_has_name(&view, change->name, err));
	TRY(change_ways(&turn, &view, change, err));
	return command_end(&turn, receipt, change->order_id, err);
}
