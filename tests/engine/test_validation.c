/* Until when a result counts, by the shipped packs: on both sides of each date of the rules. */
#include "engine/people/validation.h"

#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t instant(const char *text)
{
	int64_t at_ms = 0;
	assert_int_equal(instant_parse(text, 0, &at_ms), OK);
	return at_ms;
}

/* Results made at began, asked about at now; until NULL: the method is refused. */
static const struct row {
	const char *pack, *method, *began, *now, *until;
} rows[] = {
	/* RULES 1.4: 13 calendar months at +09:00, clamped, the last day included. */
	{"agency", "web-page", "2026-08-31T03:00:00Z", "2026-09-01T00:00:00Z",
	 "2027-09-30T14:59:59Z"},
	{"agency", "web-page", "2026-08-31T15:00:00Z", "2026-09-01T00:00:00Z",
	 "2027-10-01T14:59:59Z"},
	{"agency", "whois-email", "2027-01-31T00:00:00Z", "2027-02-01T00:00:00Z",
	 "2028-02-29T14:59:59Z"},
	{"agency", "web-page", "2026-08-31T03:00:00Z", "2030-01-01T00:00:00Z",
	 "2027-09-30T14:59:59Z"},
	/* A method that bounds its own results. */
	{"agency", "dns-persist-01", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z",
	 "2026-12-11T00:00:00Z"},
	/* RULES 1.2: 200 days, then 100, then 10: a row that comes into force binds earlier
	   results. */
	{"public-tls", "web-page", "2026-03-20T00:00:00Z", "2026-03-21T00:00:00Z",
	 "2026-10-06T00:00:00Z"},
	{"public-tls", "web-page", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z",
	 "2027-03-14T23:59:59Z"},
	{"public-tls", "web-page", "2027-01-10T00:00:00Z", "2027-01-11T00:00:00Z",
	 "2027-04-20T00:00:00Z"},
	{"public-tls", "web-page", "2029-03-10T00:00:00Z", "2029-03-11T00:00:00Z",
	 "2029-03-20T00:00:00Z"},
	{"public-tls", "web-page", "2029-02-01T00:00:00Z", "2029-02-02T00:00:00Z",
	 "2029-03-14T23:59:59Z"},
	/* A sunset takes the earlier results along. */
	{"public-tls", "constructed-email", "2028-01-10T00:00:00Z", "2028-01-11T00:00:00Z",
	 "2028-03-14T23:59:59Z"},
	{"public-tls", "constructed-email", "2028-01-10T00:00:00Z", "2028-03-15T00:00:00Z", NULL},
	{"public-tls", "whois-email", "2025-07-01T00:00:00Z", "2026-11-22T00:00:00Z", NULL},
};

static void test_until_when_a_result_counts(void **state)
{
	struct policy *policy = NULL;
	(void)state;
	assert_int_equal(policy_load(ISSUER_SOURCE_DIR "/policy/data", NULL, &policy, NULL), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		const struct pack *pack = NULL;
		struct error err = NO_ERROR;
		char text[INSTANT_TEXT];
		int64_t until_at = 0;
		struct validation_record validation = {
			.method = row->method,
			.began_at = instant(row->began),
		};
		assert_int_equal(policy_pack(policy, row->pack, &pack, NULL), OK);
		enum status status = validation_counts_until(pack, &validation, instant(row->now),
							     &until_at, &err);
		if (!row->until) {
			assert_int_equal(status, METHOD_RETIRED);
			assert_non_null(strstr(err.sentence, "BR 3.2.2.4"));
			continue;
		}
		assert_int_equal(status, OK);
		assert_string_equal(instant_text(until_at, text), row->until);
	}
	policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_until_when_a_result_counts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
