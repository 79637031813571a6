/*
 * Aliases of an order's names (BR 3.2.2.4, step 3.1, before any pruning): a hosting
 * company that shows control of the name that its customers' names lead to need not
 * bother them. Only for orders that ask for it, and methods with a check in the CNAME
 * column.
 */
#ifndef ISSUER_ENGINE_ORDER_ALIAS_H
#define ISSUER_ENGINE_ORDER_ALIAS_H

#include "engine/order/authorization.h"
#include "engine/order/gate.h"

/* What is known of the name behind one name. */
struct alias {
	struct authorization authorization; /* that of the question */
	const char
		*target; /* the name that the newest answer led to; NULL: none yet, or no alias */
	int64_t validation_id;
	int64_t last_at; /* the answer counts until then, also that it is no alias; past: it must be
			  * asked again */
};

/* Whether aliases of the name may be followed at all. */
bool alias_applies(const struct order_view *view, const struct method_rule *rule, const char *name);
/* What is known; sees to it that the question is asked when nothing is. */
STATUS alias_of(struct turn *turn, const struct order_view *view, const struct method_rule *rule,
		const char *name, struct alias *ret, struct error *err);

#endif
