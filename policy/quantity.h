/*
 * Numbers with units as rule rows write them: "30 days", "13 months", "90 s",
 * "64 KiB". One number, one space, one unit; nothing else.
 */
#ifndef ISSUER_POLICY_QUANTITY_H
#define ISSUER_POLICY_QUANTITY_H

#include "base/civil.h"

enum { QUANTITY_TEXT = 40 };

/* Decimal digits without sign or leading zero; INPUT otherwise. */
STATUS quantity_integer(const char *text, int64_t *ret);
/* A fixed length: ms, s, minutes, hours, days (86,400 s). */
STATUS quantity_duration(const char *text, int64_t *ret_ms);
/* A length of time by the calendar or the clock: s, hours, days, civil-days, months. */
STATUS quantity_period(const char *text, struct period *ret);
/* bytes, KiB, MiB. */
STATUS quantity_size(const char *text, int64_t *ret_bytes);

/* The texts that read back as the same value, into text[QUANTITY_TEXT]; return text. */
const char *quantity_duration_text(int64_t duration_ms, char *text);
const char *quantity_period_text(struct period period, char *text);
const char *quantity_size_text(int64_t bytes, char *text);

#endif
