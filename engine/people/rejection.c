/* Rejections that hold names: see rejection.h. */
#include "engine/people/rejection.h"

#include <string.h>

static bool holds(const struct rejection *rejection, const char *name)
{
	size_t length = strlen(name), tail = strlen(rejection->domain);
	bool below = length > tail && name[length - tail - 1] == '.' &&
		     strcmp(name + length - tail, rejection->domain) == 0;
	return below || strcmp(name, rejection->domain) == 0;
}

enum status rejection_of_name(struct turn *turn, int64_t applicant_id, const char *name,
			      int64_t after, struct rejection *ret, struct error *err)
{
	struct rejection rejection = {.id = after};
	do
		TRY(store_rejection_standing(turn->store, applicant_id, rejection.id, &turn->arena,
					     &rejection, err));
	while (!holds(&rejection, name));
	*ret = rejection;
	return OK;
}

enum status rejection_lift(struct turn *turn, const struct rejection *rejection, int64_t order_id,
			   const char *reason, struct error *err)
{
	TRY(store_rejection_lift(turn->store, rejection->id, turn->now, reason, err));
	/* What is recorded of it has changed: who lifts one by hand is found out. */
	return turn_record_object(
		turn,
		(struct journal_entry){
			.kind = ENTRY_REJECTION,
			.order_id = order_id,
			.subject_id = rejection->id,
			.name = rejection->domain,
			.reason = arena_printf(&turn->arena, "lifted: %s", reason),
		},
		err);
}
