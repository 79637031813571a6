/* The rules of an authorization's attempts: see authorization_rules.h. */
#include "engine/order/authorization_rules.h"

#include "engine/order/authorization.h"
#include "engine/rule.h"

#include <string.h>

bool is_question(const char *method)
{
	return strcmp(method, METHOD_CAA) == 0 || strcmp(method, METHOD_ALIAS) == 0;
}

/* The method by which the name that a question is about is to be shown (way.h). */
static enum status method_of_question(struct turn *turn, const struct authorization *authorization,
				      const char **ret, struct error *err)
{
	struct order order;
	struct order_name *names = NULL;
	size_t count = 0;
	TRY(store_order_get(turn->store, authorization->order_id, &turn->arena, &order, err));
	TRY(store_order_names(turn->store, order.id, &turn->arena, &names, &count, err));
	*ret = order.method;
	for (size_t i = 0; i < count; i++)
		if (names[i].method && strcmp(names[i].name, authorization->domain) == 0)
			*ret = names[i].method;
	return OK;
}

static enum status caa_rules(struct turn *turn, const struct pack *pack,
			     const struct authorization *authorization,
			     struct authorization_rules *ret, struct error *err)
{
	const struct caa_rule *rule = NULL;
	const struct method_rule *method = NULL;
	TRY(pack_caa(pack, turn->now, &rule, err));
	const char *way = NULL;
	TRY(method_of_question(turn, authorization, &way, err));
	*ret = (struct authorization_rules){
		.label = "RFC 8659",
		.limits = rule_caa_limits(rule),
		.retry = &rule->retry,
	};
	/* A method that is retired by now is refused by the control gates, not here. */
	if (pack_method(pack, way, turn->now, &method, NULL) != OK)
		return OK;
	ret->caa_labels = method->caa_labels;
	ret->caa_label_count = method->caa_label_count;
	return OK;
}

/* As the method for whose sake the alias is followed. */
static enum status alias_rules(struct turn *turn, const struct pack *pack,
			       const struct authorization *authorization,
			       struct authorization_rules *ret, struct error *err)
{
	const struct method_rule *method = NULL;
	const char *way = NULL;
	TRY(method_of_question(turn, authorization, &way, err));
	TRY(pack_method(pack, way, turn->now, &method, err));
	*ret = (struct authorization_rules){
		.label = "BR 3.2.2.4",
		.limits = {.dns_timeout_ms = method->dns_timeout_ms,
			   .dns_tries = method->dns_tries},
		.retry = &method->retry,
	};
	return OK;
}

enum status authorization_rules(struct turn *turn, const struct pack *pack,
				const struct authorization *authorization,
				struct authorization_rules *ret, struct error *err)
{
	const struct method_rule *rule = NULL;
	if (strcmp(authorization->method, METHOD_CAA) == 0)
		return caa_rules(turn, pack, authorization, ret, err);
	if (strcmp(authorization->method, METHOD_ALIAS) == 0)
		return alias_rules(turn, pack, authorization, ret, err);
	TRY(pack_method(pack, authorization->method, turn->now, &rule, err));
	*ret = (struct authorization_rules){
		.label = method_label(rule, authorization->domain),
		.limits = rule_method_limits(rule),
		.retry = &rule->retry,
	};
	return OK;
}
