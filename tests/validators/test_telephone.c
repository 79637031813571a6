/* Telephone numbers as registries print them, to E.164. */
#include "validators/telephone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *country;
		const char *number;
		const char *extension;
	} rows[] = {
		{"+81.355550100", NULL, "+81355550100", ""},
		{"+44 (0)20 7946 0000", NULL, "+442079460000", ""},
		{"+1 (503) 555-0102", NULL, "+15035550102", ""},
		{"tel:+1-555-555-1234;ext=102", NULL, "+15555551234", "102"},
		{"+1.5555550100x23", NULL, "+15555550100", "23"},
		{"+1.5555550100 ext. 23", NULL, "+15555550100", "23"},
		{"+1.5555550100x", NULL, "+15555550100", ""},
		{"+ 90-312-5550100-", NULL, "+903125550100", ""},
		{"(+1) 555 5550100", NULL, "+15555550100", ""},
		{"0049 69 5550100", NULL, "+49695550100", ""},
		{"03-5555-0100", "81", "+81355550100", ""},
		{"0355550100", "81", "+81355550100", ""},
		{"16505550100", "81", "16505550100", ""},
		{"03-5555-0100", NULL, "0355550100", ""},
		{"Tel: +27.115550100", NULL, "+27115550100", ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct telephone telephone;
		struct error err = NO_ERROR;
		if (telephone_parse(rows[i].text, rows[i].country, &telephone, &err) != OK)
			fail_msg("%s", err.sentence);
		assert_string_equal(telephone.number, rows[i].number);
		assert_string_equal(telephone.extension, rows[i].extension);
	}
}

static void test_national(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *country;
		const char *number; /* NULL: refused */
	} rows[] = {
		{"03-5555-0100", "JP", "+81355550100"},
		{"03-5555-0100", "jp", "+81355550100"},
		{"+44 20 7946 0000", "JP", "+442079460000"},
		{"020 7946 0000", "GB", "+442079460000"},
		/* no trunk prefix: the 0 belongs to the number */
		{"06 5550 1000", "IT", "+390655501000"},
		{"91 555 01 00", "ES", "+34915550100"},
		{"1-650-555-0100", "US", "+16505550100"},
		{"(650) 555-0100", "US", "+16505550100"},
		{"8 (495) 555-01-00", "RU", "+74955550100"},
		{"812 555-01-00", "RU", "+78125550100"},
		{"06 1 555 0100", "HU", "+3615550100"},
		{"0049 69 5550100", "JP", "+49695550100"},
		{"5555-0100", "JP", NULL},
		{"03-5555-0100", NULL, NULL},
		{"03-5555-0100", "XX", NULL},
		{"0123456789012345", "DE", NULL},
		{"012345678901234", "DE", NULL},
		{"none", "JP", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct telephone telephone = {.number = "untouched"};
		struct error err = NO_ERROR;
		enum status status =
			telephone_parse_national(rows[i].text, rows[i].country, &telephone, &err);
		if (status != (rows[i].number ? OK : INPUT))
			fail_msg("%s: %s", rows[i].text, err.sentence);
		assert_string_equal(telephone.number,
				    rows[i].number ? rows[i].number : "untouched");
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"-",
		"REDACTED FOR PRIVACY",
		"+0.0000000000",
		"+1.0000000000",
		"000000000",
		"1234",
		"+1234567890123456",
		"call +15555550100",
		"+64 +64 45550",
		"+1.5555550100 or so",
		"info@example.org",
		"11111111111",
		"+",
		"+1 555 0100x1234567890123",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct telephone telephone = {.number = "untouched"};
		if (telephone_parse(texts[i], NULL, &telephone, NULL) != INPUT)
			fail_msg("accepted: %s", texts[i]);
		assert_string_equal(telephone.number, "untouched");
	}
}

/* RULES 1.4 A.2: leading "+", spaces allowed as separators. */
static void test_global(void **state)
{
	(void)state;
	struct telephone telephone;
	assert_int_equal(telephone_parse_global("+81 3 5555 0100", &telephone, NULL), OK);
	assert_string_equal(telephone.number, "+81355550100");
	assert_int_equal(telephone_parse_global("0081 3 5555 0100", &telephone, NULL), INPUT);
	assert_int_equal(telephone_parse_global("+81 3 5555 0100;ext=1", &telephone, NULL), INPUT);
	assert_int_equal(telephone_parse_global("tel:+81355550100", &telephone, NULL), INPUT);
	assert_int_equal(telephone_parse_global(" +81355550100", &telephone, NULL), INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_national),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_global),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
