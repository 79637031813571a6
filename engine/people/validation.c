/* Results at use: see validation.h. */
#include "engine/people/validation.h"

#include "store/schedule.h"

enum { RULE_CHANGES_MAX = 64 };

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

const char *validation_reuse_id(const struct validation_record *validation)
{
	return validation->subject == VALIDATION_OF_ORGANISATION ? "organisation-call" : "control";
}

/* The rows that bind the result at one instant; there is no method of calls to organisations. */
static enum status rows_at(const struct pack *pack, const struct validation_record *validation,
			   int64_t at, const struct method_rule **ret_method,
			   const struct reuse_rule **ret, struct error *err)
{
	static const struct method_rule none = {
		.dates = {.from_ms = INT64_MIN, .until_ms = INT64_MAX}};
	*ret_method = &none;
	if (validation->subject != VALIDATION_OF_ORGANISATION)
		TRY(pack_method(pack, validation->method, at, ret_method, err));
	return pack_reuse(pack, validation_reuse_id(validation), at, ret, err);
}

/* As the rows in force at one instant say: the reuse rule, and no longer than the method allows. */
static int64_t last_of_rows(const struct method_rule *method, const struct reuse_rule *rule,
			    const struct validation_record *validation, int zone_s)
{
	/* The age counts from the first byte that the result rests on (BR 4.2.1: "obtained"). */
	int64_t last_at = period_last(rule->period, validation->began_at, zone_s);
	if (method->reuse.count > 0)
		last_at = sooner(last_at, period_last(method->reuse, validation->began_at, zone_s));
	if (method->reuse_ttl)
		last_at = sooner(last_at, validation->began_at + validation->ttl_s * SECOND_MS);
	return last_at;
}

enum status validation_counts_until(const struct pack *pack,
				    const struct validation_record *validation, int64_t now,
				    int64_t *ret_at, struct error *err)
{
	int64_t at = now;
	/* A method whose sunset has passed loses its earlier results too (RULES 1.1), and a row of
	 * the reuse table that comes into force binds what was obtained before it. */
	for (int changes = 0; changes < RULE_CHANGES_MAX; changes++) {
		const struct method_rule *method = NULL;
		const struct reuse_rule *rule = NULL;
		enum status status = rows_at(pack, validation, at, &method, &rule, err);
		if (status != OK && changes == 0)
			return status;
		if (status != OK)
			break;
		int64_t last_at = last_of_rows(method, rule, validation, pack->zone_s);
		int64_t edge = sooner(method->dates.until_ms, rule->dates.until_ms);
		if (last_at < edge) {
			/* Not one instant of a row that begins later. */
			*ret_at = changes > 0 && last_at < at ? at - 1 : last_at;
			return OK;
		}
		at = edge;
	}
	*ret_at = at - 1;
	return OK;
}

enum status validation_withdraw(struct turn *turn, const struct validation_record *validation,
				int64_t order_id, const char *reason, struct error *err)
{
	TRY(store_validation_withdraw(turn->store, validation->id, turn->now, reason, err));
	/* What is recorded of it has changed: the journal takes its digest anew. */
	TRY(turn_record_object(
		turn,
		(struct journal_entry){
			.kind = ENTRY_VALIDATION,
			.order_id = order_id,
			.subject_id = validation->id,
			.name = validation->domain,
			.code = validation->label,
			.reason = arena_printf(&turn->arena, "withdrawn: %s", reason),
		},
		err));
	return store_schedule_decide(turn->store, validation->authorization_id, turn->now, err);
}
