/* The Authorization Domain Names of a name: see scope.h. */
#include "validators/scope.h"

#include <string.h>

/* BR 3.2.2.5 knows no Authorization Domain Names: what is shown for an address is the address.
 * BR 3.2.2.4, step 2: "If `A` is a Wildcard Domain Name, the CA MUST choose a validation method
 * with a check in the Wildcard column below." Step 4.1: "Remove "\*." from the left-most portion
 * of `A`." */
enum status scope_of(const char *name, const struct method_rule *rule,
		     const struct name_policy *names, struct scope *ret, struct error *err)
{
	bool wildcard = strncmp(name, "*.", 2) == 0;
	if (name_is_address(name)) {
		if (!rule->ip)
			return fail(err, IP_METHOD,
				    "control of the address %s cannot be shown by %s (%s)", name,
				    rule->id, rule->citation);
		*ret = (struct scope){name, name, name};
		return OK;
	}
	if (wildcard && !rule->wildcard)
		return fail(err, WILDCARD_METHOD,
			    "control of the wildcard name %s cannot be shown by %s (%s)", name,
			    rule->id, rule->citation);
	struct scope scope = {.nearest = wildcard ? name + 2 : name};
	/* Steps 3.2 and 4.2: "If the validation method has a check in the Prune column below and
	 * `A` is not equal to the Base Domain Name of `A`, the CA MAY replace `A` with the result
	 * of pruning the leftmost Domain Label from `A`. This step may be repeated." */
	if (!rule->prune || !name_base_domain(scope.nearest, names, &scope.farthest))
		scope.farthest = scope.nearest;
	switch (rule->scope) {
	case METHOD_SCOPE_NAME:
		scope.chosen = scope.nearest;
		break;
	case METHOD_SCOPE_BASE_DOMAIN:
		scope.chosen = scope.farthest;
		break;
	}
	*ret = scope;
	return OK;
}

const char *scope_above(const struct scope *scope, const char *domain)
{
	if (domain >= scope->farthest)
		return NULL;
	return strchr(domain, '.') + 1;
}
