/*
 * What the rules say of an authorization's attempts. Besides the methods of a pack,
 * which show control, there are two questions of our own: "caa", whether this CA
 * may issue, and "alias", which name the name is an alias of. Questions have no
 * value, and count for the order that asked them.
 */
#ifndef ISSUER_ENGINE_ORDER_AUTHORIZATION_RULES_H
#define ISSUER_ENGINE_ORDER_AUTHORIZATION_RULES_H

#include "engine/turn.h"
#include "store/authorization.h"
#include "validators/validator.h"

#define METHOD_CAA "caa"
#define METHOD_ALIAS "alias"

bool is_question(const char *method);

struct authorization_rules {
	const char *label; /* what records call it */
	struct validation_limits limits;
	const struct retry_rule *retry;
	const char *const *caa_labels; /* caa: of the order's method */
	size_t caa_label_count;
};

/* Those in force at turn->now; statuses of policy/pack.h. */
STATUS authorization_rules(struct turn *turn, const struct pack *pack,
			   const struct authorization *authorization,
			   struct authorization_rules *ret, struct error *err);

#endif
