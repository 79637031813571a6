/* Dated rows: every rule has an id, a citation and the dates between which it is in force. */
#ifndef ISSUER_POLICY_PERIOD_H
#define ISSUER_POLICY_PERIOD_H

#include "base/civil.h"

#include <stdbool.h>

struct in_force {
	int64_t from_ms;  /* first instant; INT64_MIN when not given */
	int64_t until_ms; /* first instant after; INT64_MAX when not given */
};

bool in_force_at(const struct in_force *dates, int64_t at_ms);

#endif
