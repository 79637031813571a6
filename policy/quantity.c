/*
 * Numbers with units: see quantity.h. One table for each kind of quantity serves
 * reading and writing, so what is written reads back as the same value. "1 hours"
 * and "2 hour" are accepted like "1 hour" and "2 hours"; "1.5 hours", "2h" and
 * "-1 days" are not.
 */
#include "policy/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *one;
	const char *many;
	int64_t factor;
};

/* Each table ends with its largest unit. */
static const struct unit durations[] = {
	{"ms", "ms", 1},
	{"s", "s", SECOND_MS},
	{"minute", "minutes", MINUTE_MS},
	{"hour", "hours", HOUR_MS},
	{"day", "days", DAY_MS},
};

static const struct unit sizes[] = {
	{"byte", "bytes", 1},
	{"KiB", "KiB", 1024},
	{"MiB", "MiB", 1024 * 1024},
};

static const struct unit periods[] = {
	[PERIOD_MONTHS] = {"month", "months", 1},
	[PERIOD_CIVIL_DAYS] = {"civil-day", "civil-days", 1},
	[PERIOD_DAYS] = {"day", "days", 1},
	[PERIOD_HOURS] = {"hour", "hours", 1},
	[PERIOD_SECONDS] = {"s", "s", 1},
};

/* Enough for every date and size of a rule; keeps number * factor far from overflow. */
static const int64_t number_max = 1000000000;

/* The digits at text; *ret_rest is what follows them. */
static enum status leading_number(const char *text, int64_t *ret, const char **ret_rest)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || (digits > 1 && text[0] == '0'))
		return INPUT;
	int64_t value = 0;
	for (size_t i = 0; i < digits; i++) {
		value = value * 10 + (text[i] - '0');
		if (value > number_max)
			return INPUT;
	}
	*ret = value;
	*ret_rest = text + digits;
	return OK;
}

/* "NUMBER UNIT" with a unit of the table. */
static enum status read_quantity(const char *text, const struct unit *units, size_t unit_count,
				 int64_t *ret_number, size_t *ret_unit)
{
	const char *rest;
	int64_t number;
	TRY(leading_number(text, &number, &rest));
	if (rest[0] != ' ')
		return INPUT;
	for (size_t i = 0; i < unit_count; i++) {
		if (strcmp(rest + 1, units[i].one) != 0 && strcmp(rest + 1, units[i].many) != 0)
			continue;
		*ret_number = number;
		*ret_unit = i;
		return OK;
	}
	return INPUT;
}

enum status quantity_integer(const char *text, int64_t *ret)
{
	const char *rest;
	int64_t number;
	TRY(leading_number(text, &number, &rest));
	if (rest[0] != '\0')
		return INPUT;
	*ret = number;
	return OK;
}

enum status quantity_duration(const char *text, int64_t *ret_ms)
{
	int64_t number;
	size_t unit;
	TRY(read_quantity(text, durations, ARRAY_LENGTH(durations), &number, &unit));
	*ret_ms = number * durations[unit].factor;
	return OK;
}

enum status quantity_size(const char *text, int64_t *ret_bytes)
{
	int64_t number;
	size_t unit;
	TRY(read_quantity(text, sizes, ARRAY_LENGTH(sizes), &number, &unit));
	*ret_bytes = number * sizes[unit].factor;
	return OK;
}

enum status quantity_period(const char *text, struct period *ret)
{
	int64_t number;
	size_t unit;
	TRY(read_quantity(text, periods, ARRAY_LENGTH(periods), &number, &unit));
	*ret = (struct period){.unit = (enum period_unit)unit, .count = (int)number};
	return OK;
}

static const char *write_quantity(int64_t number, const struct unit *unit, char *text)
{
	(void)snprintf(text, QUANTITY_TEXT, "%" PRId64 " %s", number,
		       number == 1 ? unit->one : unit->many);
	return text;
}

/* The largest unit that divides the value. */
static const struct unit *unit_of(int64_t value, const struct unit *units, size_t unit_count)
{
	size_t i = unit_count - 1;
	while (i > 0 && value % units[i].factor != 0)
		i--;
	return &units[i];
}

const char *quantity_duration_text(int64_t duration_ms, char *text)
{
	const struct unit *unit = unit_of(duration_ms, durations, ARRAY_LENGTH(durations));
	return write_quantity(duration_ms / unit->factor, unit, text);
}

const char *quantity_size_text(int64_t bytes, char *text)
{
	const struct unit *unit = unit_of(bytes, sizes, ARRAY_LENGTH(sizes));
	return write_quantity(bytes / unit->factor, unit, text);
}

const char *quantity_period_text(struct period period, char *text)
{
	return write_quantity(period.count, &periods[period.unit], text);
}
