/* Steps get ids; the wire names of outcomes are told and read alike. */
#include "net/step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_ids(void **state)
{
	(void)state;
	struct steps steps = {0};
	for (uint32_t i = 1; i <= STEPS_MAX; i++)
		assert_int_equal(steps_add(&steps, STEP_DNS)->id, i);
	steps.count = 0;
	struct step *next = steps_add(&steps, STEP_HTTP);
	assert_int_equal(next->id, STEPS_MAX + 1);
	assert_int_equal(next->kind, STEP_HTTP);
	assert_null(next->http.target);
}

static void test_outcomes(void **state)
{
	(void)state;
	for (int i = DNS_ANSWERED; i <= DNS_MALFORMED; i++) {
		enum dns_outcome outcome = DNS_ANSWERED;
		assert_int_equal(dns_outcome_parse(dns_outcome_text((enum dns_outcome)i), &outcome),
				 OK);
		assert_int_equal(outcome, i);
	}
	for (int i = HTTP_ANSWERED; i <= HTTP_BROKEN; i++) {
		enum http_outcome outcome = HTTP_ANSWERED;
		assert_int_equal(
			http_outcome_parse(http_outcome_text((enum http_outcome)i), &outcome), OK);
		assert_int_equal(outcome, i);
	}
	for (int i = TLS_AGREED; i <= TLS_BROKEN; i++) {
		enum tls_outcome outcome = TLS_AGREED;
		assert_int_equal(tls_outcome_parse(tls_outcome_text((enum tls_outcome)i), &outcome),
				 OK);
		assert_int_equal(outcome, i);
	}
	enum dns_outcome dns = DNS_REFUSED;
	enum http_outcome http = HTTP_BROKEN;
	assert_int_equal(dns_outcome_parse("Answered", &dns), INPUT);
	assert_int_equal(http_outcome_parse("", &http), INPUT);
	enum tls_outcome tls = TLS_BROKEN;
	assert_int_equal(tls_outcome_parse("answered", &tls), INPUT);
	assert_int_equal(tls, TLS_BROKEN);
	assert_string_equal(tls_outcome_text(TLS_REFUSED), "refused");
	assert_int_equal(dns, DNS_REFUSED);
	assert_int_equal(http, HTTP_BROKEN);
	assert_string_equal(dns_outcome_text(DNS_SERVFAIL), "servfail");
	assert_string_equal(http_outcome_text(HTTP_CONNECT_FAILED), "connect-failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_outcomes),
	};
	return cmocka_run_group_tests_name("net.step", tests, NULL, NULL);
}
