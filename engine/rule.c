/* Label and limits of a check: see rule.h. */
#include "engine/rule.h"

#include <string.h>

struct validation_limits rule_method_limits(const struct method_rule *rule)
{
	return (struct validation_limits){
		.redirects_max = rule->redirects_max,
		.body_max = rule->body_max,
		.connect_timeout_ms = rule->connect_timeout_ms,
		.timeout_ms = rule->timeout_ms,
		.dns_timeout_ms = rule->dns_timeout_ms,
		.dns_tries = rule->dns_tries,
	};
}

struct validation_limits rule_caa_limits(const struct caa_rule *rule)
{
	return (struct validation_limits){
		.dns_timeout_ms = rule->dns_timeout_ms,
		.dns_tries = rule->dns_tries,
		.failure_permits = rule->lookup_failure == CAA_FAILURE_INSECURE,
	};
}

enum status rule_of_task(const struct pack *pack, int64_t now_ms, struct validation_task *task,
			 struct error *err)
{
	const struct method_rule *method = NULL;
	const struct caa_rule *caa = NULL;
	if (strcmp(task->method, "caa") == 0) {
		TRY(pack_caa(pack, now_ms, &caa, err));
		task->label = "RFC 8659";
		task->limits = rule_caa_limits(caa);
		return OK;
	}
	TRY(pack_method(pack, task->method, now_ms, &method, err));
	task->label = method_label(method, task->domain);
	task->limits = rule_method_limits(method);
	return OK;
}
