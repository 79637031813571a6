/*
 * Instants and civil dates. An instant is milliseconds since 1970-01-01T00:00Z
 * (int64_t, names end in _ms or _at). A zone is a fixed offset in seconds: the
 * rule packs know UTC and Asia/Tokyo (+09:00), which has had no daylight saving
 * time since 1951.
 */
#ifndef ISSUER_BASE_CIVIL_H
#define ISSUER_BASE_CIVIL_H

#include "base/error.h"

#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

struct civil {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

enum { CIVIL_TEXT = 12, INSTANT_TEXT = 32 };

/* The civil date of an instant in a zone. */
struct civil civil_of(int64_t at_ms, int zone_s);
/* The first instant of the date in the zone. */
int64_t civil_start(struct civil date, int zone_s);
/* Adds calendar months; a day past the month's end is clamped to it (REQUIREMENTS A10). */
struct civil civil_add_months(struct civil date, int months);
struct civil civil_add_days(struct civil date, int days);
/* Negative, zero or positive. */
int civil_compare(struct civil a, struct civil b);
/* YYYY-MM-DD, exactly; INPUT otherwise. */
STATUS civil_parse(const char *text, struct civil *ret);
/* YYYY-MM-DD into text[CIVIL_TEXT]; returns text. */
const char *civil_text(struct civil date, char *text);

/* RFC 3339 in UTC, seconds ("2026-11-22T04:16:38Z"), into text[INSTANT_TEXT]; returns text. */
const char *instant_text(int64_t at_ms, char *text);
/* RFC 3339 with seconds and Z or an offset, or a date (its first instant in zone_s). */
STATUS instant_parse(const char *text, int zone_s, int64_t *ret_ms);

/* A length of time as rule rows give it. */
enum period_unit {
	PERIOD_MONTHS,     /* calendar months, clamped, the last day included */
	PERIOD_CIVIL_DAYS, /* dates, the last day included */
	PERIOD_DAYS,       /* 86,400 s each */
	PERIOD_HOURS,
	PERIOD_SECONDS,
};

struct period {
	enum period_unit unit;
	int count;
};

/* The last instant (inclusive) at which something of from_ms is still inside the period. */
int64_t period_last(struct period period, int64_t from_ms, int zone_s);
/* For example "13 months"; into text[32]; returns text. */
const char *period_text(struct period period, char *text);

#endif
