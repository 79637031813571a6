/* What the rules in force say of a check: its label and its limits, the same here and for others.
 */
#ifndef ISSUER_ENGINE_RULE_H
#define ISSUER_ENGINE_RULE_H

#include "policy/pack.h"
#include "validators/validator.h"

struct validation_limits rule_method_limits(const struct method_rule *rule);
struct validation_limits rule_caa_limits(const struct caa_rule *rule);
/* Fills label and limits by the row for task->method. POLICY_ROW, or the refusal of pack_method. */
STATUS rule_of_task(const struct pack *pack, int64_t now_ms, struct validation_task *task,
		    struct error *err);

#endif
