/* Aliases of an order's names: see alias.h. */
#include "engine/order/alias.h"

#include "engine/order/authorization_rules.h"
#include "store/validation.h"

#include <string.h>

bool alias_applies(const struct order_view *view, const struct method_rule *rule, const char *name)
{
	/* Step 4 of BR 3.2.2.4, of Wildcard Domain Names, has no CNAME look-up. */
	return view->order.alias && rule->cname && rule->alias_life.count > 0 &&
	       strncmp(name, "*.", 2) != 0 && !name_is_address(name);
}

enum status alias_of(struct turn *turn, const struct order_view *view,
		     const struct method_rule *rule, const char *name, struct alias *ret,
		     struct error *err)
{
	struct authorization_need need = {
		.order = &view->order,
		.product = view->product,
		.pack = view->pack,
		.domain = name,
		.method = METHOD_ALIAS,
		.ca = "",
	};
	struct alias alias = {0};
	struct validation_record validation;
	TRY(authorization_ensure(turn, &need, &alias.authorization, err));
	*ret = alias;
	if (!alias.authorization.validation_id)
		return OK;
	TRY(store_validation_get(turn->store, alias.authorization.validation_id, &turn->arena,
				 &validation, err));
	/* One that was withdrawn, or lies in the future since the clock went back, counts no more.
	 */
	if (validation.withdrawn_at || validation.began_at > turn->now || !validation.target)
		return OK;
	alias.last_at = period_last(rule->alias_life, validation.began_at, view->pack->zone_s);
	alias.validation_id = validation.id;
	if (strcmp(validation.target, name) != 0)
		alias.target = validation.target;
	*ret = alias;
	return OK;
}
