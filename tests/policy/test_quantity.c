/* Numbers with units: what is read, what is refused, and that what is written reads back. */
#include "policy/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void integers(void **state)
{
	(void)state;
	int64_t value = -1;
	assert_int_equal(quantity_integer("0", &value), OK);
	assert_int_equal(value, 0);
	assert_int_equal(quantity_integer("1000000000", &value), OK);
	assert_int_equal(value, 1000000000);
	static const char *const refused[] = {
		"",   "3x",   "010", "-1",  "+1",         " 1",
		"1 ", "0x10", "1.5", "1e3", "1000000001", "99999999999999999999999"};
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		value = 7;
		assert_int_equal(quantity_integer(refused[i], &value), INPUT);
		assert_int_equal(value, 7);
	}
}

static void durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
		const char *written;
	} rows[] = {
		{"250 ms", 250, "250 ms"},
		{"90 s", 90000, "90 s"},
		{"10 minutes", 600000, "10 minutes"},
		{"1 hour", HOUR_MS, "1 hour"},
		{"1 hours", HOUR_MS, "1 hour"},
		{"8 hours", 8 * HOUR_MS, "8 hours"},
		{"30 days", 30 * DAY_MS, "30 days"},
		{"24 hours", DAY_MS, "1 day"},
		{"60 s", MINUTE_MS, "1 minute"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t ms = -1;
		char text[QUANTITY_TEXT];
		assert_int_equal(quantity_duration(rows[i].text, &ms), OK);
		assert_int_equal(ms, rows[i].ms);
		assert_string_equal(quantity_duration_text(ms, text), rows[i].written);
		assert_int_equal(quantity_duration(text, &ms), OK);
		assert_int_equal(ms, rows[i].ms);
	}
	static const char *const refused[] = {"30",       "30days",    "30  days",  "30 Days",
					      "days",     "1.5 hours", "13 months", "-1 s",
					      "30 days ", "1h"};
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		int64_t ms = 7;
		assert_int_equal(quantity_duration(refused[i], &ms), INPUT);
		assert_int_equal(ms, 7);
	}
}

static void periods(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum period_unit unit;
		int count;
	} rows[] = {
		{"13 months", PERIOD_MONTHS, 13}, {"30 civil-days", PERIOD_CIVIL_DAYS, 30},
		{"398 days", PERIOD_DAYS, 398},   {"8 hours", PERIOD_HOURS, 8},
		{"90 s", PERIOD_SECONDS, 90},     {"1 month", PERIOD_MONTHS, 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct period period;
		char text[QUANTITY_TEXT];
		assert_int_equal(quantity_period(rows[i].text, &period), OK);
		assert_int_equal(period.unit, rows[i].unit);
		assert_int_equal(period.count, rows[i].count);
		assert_string_equal(quantity_period_text(period, text), rows[i].text);
	}
	struct period period;
	assert_int_equal(quantity_period("10 minutes", &period), INPUT);
	assert_int_equal(quantity_period("13", &period), INPUT);
}

static void sizes(void **state)
{
	(void)state;
	int64_t bytes;
	char text[QUANTITY_TEXT];
	assert_int_equal(quantity_size("64 KiB", &bytes), OK);
	assert_int_equal(bytes, 65536);
	assert_string_equal(quantity_size_text(bytes, text), "64 KiB");
	assert_string_equal(quantity_size_text(1000, text), "1000 bytes");
	assert_string_equal(quantity_size_text(1 << 20, text), "1 MiB");
	assert_int_equal(quantity_size("64 kB", &bytes), INPUT);
	assert_int_equal(quantity_size("64KiB", &bytes), INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(durations),
		cmocka_unit_test(periods),
		cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
