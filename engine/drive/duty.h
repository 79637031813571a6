/* What each duty of the schedule does when it is due: one row a duty. */
#ifndef ISSUER_ENGINE_DRIVE_DUTY_H
#define ISSUER_ENGINE_DRIVE_DUTY_H

#include "engine/turn.h"
#include "store/schedule.h"

/* Carries a due row out, inside a turn, or launches its work. */
STATUS duty_perform(struct turn *turn, const struct schedule_row *row, struct error *err);

#endif
