/* Civil dates, instants and periods. */
#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { TOKYO_S = 9 * 3600 };

static struct civil date_of(const char *text)
{
	struct civil date = {0, 0, 0};
	assert_int_equal(civil_parse(text, &date), OK);
	return date;
}

static int64_t at(const char *text)
{
	int64_t at_ms = 0;
	assert_int_equal(instant_parse(text, 0, &at_ms), OK);
	return at_ms;
}

static void assert_date(struct civil date, const char *text)
{
	char buffer[CIVIL_TEXT];
	assert_string_equal(civil_text(date, buffer), text);
}

static void assert_instant(int64_t at_ms, const char *text)
{
	char buffer[INSTANT_TEXT];
	assert_string_equal(instant_text(at_ms, buffer), text);
}

/* Every day of four centuries, against the C library. */
static void test_days_agree_with_gmtime(void **state)
{
	(void)state;
	for (int64_t day = -80000; day < 80000; day++) {
		time_t seconds = (time_t)(day * 86400);
		struct tm tm;
		assert_non_null(gmtime_r(&seconds, &tm));
		struct civil date = civil_of(day * DAY_MS, 0);
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
		assert_int_equal(civil_start(date, 0), day * DAY_MS);
	}
}

static void test_zones(void **state)
{
	(void)state;
	assert_date(civil_of(at("2026-11-22T14:59:59Z"), TOKYO_S), "2026-11-22");
	assert_date(civil_of(at("2026-11-22T15:00:00Z"), TOKYO_S), "2026-11-23");
	assert_date(civil_of(at("2026-11-22T15:00:00Z"), 0), "2026-11-22");
	assert_instant(civil_start(date_of("2026-11-23"), TOKYO_S), "2026-11-22T15:00:00Z");
	/* Before 1970 too. */
	assert_date(civil_of(-1, 0), "1969-12-31");
	assert_date(civil_of(-1, TOKYO_S), "1970-01-01");
	assert_instant(-1, "1969-12-31T23:59:59Z");
}

static void test_months_are_clamped_to_their_end(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		int months;
		const char *to;
	} cases[] = {
		{"2026-01-31", 1, "2026-02-28"},  {"2024-01-31", 1, "2024-02-29"},
		{"2026-01-31", 13, "2027-02-28"}, {"2023-01-31", 13, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
		{"2096-02-29", 48, "2100-02-28"}, {"2026-03-31", -1, "2026-02-28"},
		{"2026-08-31", 1, "2026-09-30"},  {"2026-12-15", 1, "2027-01-15"},
		{"2026-01-15", -1, "2025-12-15"}, {"2026-01-15", -13, "2024-12-15"},
		{"2026-05-15", 0, "2026-05-15"},  {"2026-11-30", 3, "2027-02-28"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_date(civil_add_months(date_of(cases[i].from), cases[i].months), cases[i].to);
}

static void test_days_and_comparison(void **state)
{
	(void)state;
	assert_date(civil_add_days(date_of("2024-02-28"), 1), "2024-02-29");
	assert_date(civil_add_days(date_of("2023-02-28"), 1), "2023-03-01");
	assert_date(civil_add_days(date_of("2027-01-01"), -1), "2026-12-31");
	assert_date(civil_add_days(date_of("2026-11-22"), 397), "2027-12-24");
	assert_true(civil_compare(date_of("2026-11-22"), date_of("2026-11-23")) < 0);
	assert_true(civil_compare(date_of("2027-01-01"), date_of("2026-12-31")) > 0);
	assert_int_equal(civil_compare(date_of("2026-11-22"), date_of("2026-11-22")), 0);
}

static void test_dates_that_are_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"2026",
		"2026-1-1",
		"2026-13-01",
		"2026-00-10",
		"2026-04-31",
		"2026-02-29",
		"2026-02-30",
		"2100-02-29",
		"2026-01-00",
		"2026-01-32",
		"2026/01/01",
		"20260101",
		" 2026-01-01",
		"2026-01-01 ",
		"0000-01-01",
		"-026-01-01",
		"2026-01-1x",
		"2026-01-01T",
		"+026-01-01",
		"2026-01-011",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct civil date = {1, 2, 3};
		if (civil_parse(texts[i], &date) != INPUT)
			fail_msg("\"%s\" was accepted", texts[i]);
		assert_int_equal(date.year * 100 + date.month * 10 + date.day, 123);
	}
}

static void test_instants(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int zone_s;
		const char *utc;
	} cases[] = {
		{"2026-11-22T04:16:38Z", 0, "2026-11-22T04:16:38Z"},
		{"2026-11-22T04:16:38Z", TOKYO_S, "2026-11-22T04:16:38Z"},
		{"2026-11-22T04:16:38+09:00", 0, "2026-11-21T19:16:38Z"},
		{"2026-11-22T04:16:38-09:30", 0, "2026-11-22T13:46:38Z"},
		{"2026-11-22", 0, "2026-11-22T00:00:00Z"},
		{"2026-11-22", TOKYO_S, "2026-11-21T15:00:00Z"},
		{"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
		{"2016-12-31T23:59:60Z", 0, "2017-01-01T00:00:00Z"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t at_ms = -1;
		assert_int_equal(instant_parse(cases[i].text, cases[i].zone_s, &at_ms), OK);
		assert_instant(at_ms, cases[i].utc);
	}
}

static void test_instants_that_are_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"2026-11-22T",
		"2026-11-22 04:16:38Z",
		"2026-11-22T04:16:38",
		"2026-11-22T04:16Z",
		"2026-11-22T24:00:00Z",
		"2026-11-22T04:60:00Z",
		"2026-11-22T04:16:61Z",
		"2026-11-22T04:16:38z",
		"2026-11-22T04:16:38ZZ",
		"2026-11-22T04:16:38.5Z",
		"2026-11-22T04:16:38+0900",
		"2026-11-22T04:16:38+24:00",
		"2026-11-22T04:16:38+09:60",
		"2026-11-22T04:16:38 09:00",
		"2026-02-30T04:16:38Z",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		int64_t at_ms = 42;
		if (instant_parse(texts[i], 0, &at_ms) != INPUT)
			fail_msg("\"%s\" was accepted", texts[i]);
		assert_int_equal(at_ms, 42);
	}
}

static void test_last_instant_of_a_period(void **state)
{
	(void)state;
	static const struct {
		struct period period;
		const char *from;
		int zone_s;
		const char *last; /* its second; the next millisecond is one too late */
		const char *next;
	} cases[] = {
		/* 13 months, the last day included to its end. */
		{{PERIOD_MONTHS, 13},
		 "2026-01-15T10:00:00Z",
		 0,
		 "2027-02-15T23:59:59Z",
		 "2027-02-16T00:00:00Z"},
		{{PERIOD_MONTHS, 13},
		 "2026-01-31T10:00:00Z",
		 0,
		 "2027-02-28T23:59:59Z",
		 "2027-03-01T00:00:00Z"},
		/* The same instant lies on the next day in Tokyo. */
		{{PERIOD_MONTHS, 13},
		 "2026-01-15T15:00:00Z",
		 TOKYO_S,
		 "2027-02-16T14:59:59Z",
		 "2027-02-16T15:00:00Z"},
		{{PERIOD_CIVIL_DAYS, 30},
		 "2026-11-22T23:00:00Z",
		 0,
		 "2026-12-22T23:59:59Z",
		 "2026-12-23T00:00:00Z"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t last = period_last(cases[i].period, at(cases[i].from), cases[i].zone_s);
		assert_instant(last, cases[i].last);
		assert_instant(last + 1, cases[i].next);
	}
	int64_t from = at("2026-11-22T04:16:38Z");
	assert_int_equal(period_last((struct period){PERIOD_DAYS, 398}, from, TOKYO_S) - from,
			 398 * DAY_MS);
	assert_int_equal(period_last((struct period){PERIOD_HOURS, 8}, from, 0) - from,
			 8 * HOUR_MS);
	assert_int_equal(period_last((struct period){PERIOD_SECONDS, 90}, from, 0) - from, 90000);
}

static void test_period_text(void **state)
{
	(void)state;
	char text[32];
	assert_string_equal(period_text((struct period){PERIOD_MONTHS, 13}, text), "13 months");
	assert_string_equal(period_text((struct period){PERIOD_MONTHS, 1}, text), "1 month");
	assert_string_equal(period_text((struct period){PERIOD_CIVIL_DAYS, 30}, text), "30 days");
	assert_string_equal(period_text((struct period){PERIOD_DAYS, 1}, text), "1 day");
	assert_string_equal(period_text((struct period){PERIOD_HOURS, 8}, text), "8 hours");
	assert_string_equal(period_text((struct period){PERIOD_SECONDS, 0}, text), "0 seconds");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_agree_with_gmtime),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_months_are_clamped_to_their_end),
		cmocka_unit_test(test_days_and_comparison),
		cmocka_unit_test(test_dates_that_are_refused),
		cmocka_unit_test(test_instants),
		cmocka_unit_test(test_instants_that_are_refused),
		cmocka_unit_test(test_last_instant_of_a_period),
		cmocka_unit_test(test_period_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
