/* Proleptic Gregorian dates by day number (the algorithm of days from civil): see civil.h. */
#include "base/civil.h"

#include <stdio.h>
#include <string.h>

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return a % b < 0 ? q - 1 : q;
}

/* Days since 1970-01-01; years are counted from March so that the leap day comes last. */
static int64_t day_number(struct civil date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static struct civil from_day_number(int64_t number)
{
	number += 719468;
	int64_t era = floor_div(number, 146097);
	int64_t day_of_era = number - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct civil date = {
		.year = (int)(year_of_era + era * 400),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
	if (date.month <= 2)
		date.year++;
	return date;
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

struct civil civil_of(int64_t at_ms, int zone_s)
{
	return from_day_number(floor_div(at_ms + zone_s * SECOND_MS, DAY_MS));
}

int64_t civil_start(struct civil date, int zone_s)
{
	return day_number(date) * DAY_MS - zone_s * SECOND_MS;
}

struct civil civil_add_months(struct civil date, int months)
{
	int64_t index = (int64_t)date.year * 12 + date.month - 1 + months;
	struct civil moved = {
		.year = (int)floor_div(index, 12),
		.month = (int)(index - floor_div(index, 12) * 12) + 1,
		.day = date.day,
	};
	int last = month_days(moved.year, moved.month);
	if (moved.day > last)
		moved.day = last;
	return moved;
}

struct civil civil_add_days(struct civil date, int days)
{
	return from_day_number(day_number(date) + days);
}

int civil_compare(struct civil a, struct civil b)
{
	int64_t difference = day_number(a) - day_number(b);
	return difference < 0 ? -1 : difference > 0;
}

/* Exactly count digits at text; -1 otherwise. */
static int digits(const char *text, int count)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static enum status date_at(const char *text, struct civil *ret)
{
	struct civil date = {.year = digits(text, 4)};
	if (date.year < 1 || text[4] != '-')
		return INPUT;
	date.month = digits(text + 5, 2);
	if (date.month < 1 || date.month > 12 || text[7] != '-')
		return INPUT;
	date.day = digits(text + 8, 2);
	if (date.day < 1 || date.day > month_days(date.year, date.month))
		return INPUT;
	*ret = date;
	return OK;
}

enum status civil_parse(const char *text, struct civil *ret)
{
	return strlen(text) == 10 ? date_at(text, ret) : INPUT;
}

const char *civil_text(struct civil date, char *text)
{
	(void)snprintf(text, CIVIL_TEXT, "%04u-%02u-%02u", (unsigned)date.year % 10000U,
		       (unsigned)date.month % 100U, (unsigned)date.day % 100U);
	return text;
}

const char *instant_text(int64_t at_ms, char *text)
{
	char date[CIVIL_TEXT];
	int64_t seconds = floor_div(at_ms, SECOND_MS);
	int64_t of_day = seconds - floor_div(seconds, 86400) * 86400;
	(void)snprintf(text, INSTANT_TEXT, "%sT%02u:%02u:%02uZ",
		       civil_text(civil_of(at_ms, 0), date), (unsigned)(of_day / 3600),
		       (unsigned)(of_day / 60 % 60), (unsigned)(of_day % 60));
	return text;
}

enum status instant_parse(const char *text, int zone_s, int64_t *ret_ms)
{
	size_t length = strlen(text);
	struct civil date;
	if (length < 10 || date_at(text, &date) != OK)
		return INPUT;
	if (length == 10) {
		*ret_ms = civil_start(date, zone_s);
		return OK;
	}
	if (length < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':')
		return INPUT;
	int hour = digits(text + 11, 2), minute = digits(text + 14, 2),
	    second = digits(text + 17, 2);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return INPUT;
	int offset_s = 0;
	const char *zone = text + 19;
	if (strcmp(zone, "Z") != 0) {
		if (strlen(zone) != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
			return INPUT;
		int hours = digits(zone + 1, 2), minutes = digits(zone + 4, 2);
		if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
			return INPUT;
		offset_s = (hours * 60 + minutes) * 60 * (zone[0] == '-' ? -1 : 1);
	}
	*ret_ms = civil_start(date, offset_s) + (hour * 3600 + minute * 60 + second) * SECOND_MS;
	return OK;
}

int64_t period_last(struct period period, int64_t from_ms, int zone_s)
{
	struct civil date = civil_of(from_ms, zone_s);
	switch (period.unit) {
	case PERIOD_MONTHS:
		date = civil_add_months(date, period.count);
		return civil_start(civil_add_days(date, 1), zone_s) - 1;
	case PERIOD_CIVIL_DAYS:
		date = civil_add_days(date, period.count);
		return civil_start(civil_add_days(date, 1), zone_s) - 1;
	case PERIOD_DAYS:
		return from_ms + period.count * DAY_MS;
	case PERIOD_HOURS:
		return from_ms + period.count * HOUR_MS;
	case PERIOD_SECONDS:
		return from_ms + period.count * SECOND_MS;
	}
	return from_ms;
}

const char *period_text(struct period period, char *text)
{
	static const char *const units[] = {
		[PERIOD_MONTHS] = "month", [PERIOD_CIVIL_DAYS] = "day", [PERIOD_DAYS] = "day",
		[PERIOD_HOURS] = "hour",   [PERIOD_SECONDS] = "second",
	};
	(void)snprintf(text, 32, "%d %s%s", period.count, units[period.unit],
		       period.count == 1 ? "" : "s");
	return text;
}
