/* Places on Earth: degrees as written, and distances that are known. */
#include "base/perspective.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void degrees(void **state)
{
	static const struct {
		const char *text;
		int most;
		int udeg;
	} rows[] = {
		{"35.68", 90, 35680000},
		{"-139.7", 180, -139700000},
		{"0", 90, 0},
		{"90", 90, 90000000},
		{"-0.000001", 90, -1},
		{"180.000000", 180, 180000000},
	};
	static const char *const wrong[] = {"",          "-",     "90.000001", "35.",  ".5",
					    "1.1234567", "1e1",   "+1",        " 1",   "1 ",
					    "91",        "1.2.3", "0x1",       "1000", "north"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int udeg = 7;
		assert_int_equal(place_degrees_parse(rows[i].text, rows[i].most, &udeg), OK);
		assert_int_equal(udeg, rows[i].udeg);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		int udeg = 7;
		assert_int_equal(place_degrees_parse(wrong[i], 90, &udeg), INPUT);
		assert_int_equal(udeg, 7);
	}
}

static void distances(void **state)
{
	/* Straight lines, not along the ground: a pole is not 10,007 km from the equator. */
	static const struct {
		struct place a, b;
		int least, most;
	} rows[] = {
		{{.latitude_udeg = 0}, {.latitude_udeg = 0}, 0, 0},
		{{.latitude_udeg = 0}, {.latitude_udeg = 90000000}, 9000, 9020},
		{{.longitude_udeg = 0}, {.longitude_udeg = 180000000}, 12741, 12742},
		/* Tokyo and Osaka; Frankfurt and Munich; across the date line. */
		{{.latitude_udeg = 35680000, .longitude_udeg = 139770000},
		 {.latitude_udeg = 34690000, .longitude_udeg = 135500000},
		 390,
		 405},
		{{.latitude_udeg = 50110000, .longitude_udeg = 8680000},
		 {.latitude_udeg = 48140000, .longitude_udeg = 11580000},
		 295,
		 310},
		{{.longitude_udeg = 179000000}, {.longitude_udeg = -179000000}, 221, 223},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_in_range(place_distance_km(&rows[i].a, &rows[i].b), rows[i].least,
				rows[i].most);
		assert_int_equal(place_distance_km(&rows[i].a, &rows[i].b),
				 place_distance_km(&rows[i].b, &rows[i].a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(degrees),
		cmocka_unit_test(distances),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
