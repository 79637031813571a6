/*
 * When a dated row is in force. Dates are already instants here: the pack's zone
 * was applied when the row was read (policy/column.c), so 2026-03-15 begins nine
 * hours earlier in a pack of Asia/Tokyo than in one of UTC.
 */
#include "policy/period.h"

bool in_force_at(const struct in_force *dates, int64_t at_ms)
{
	return dates->from_ms <= at_ms && at_ms < dates->until_ms;
}
