/* Contacts in the DNS: CAA is climbed to, TXT stands at the name itself, and a value is usable as a
 * whole or not at all. */
#include "net/dns_message.h"
#include "tests/validators/registries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define NOBODY                                                                                     \
	{                                                                                          \
		IANA, NULL, LINE_ANSWERED, "domain:       COM\n\nstatus:       ACTIVE\n", 0        \
	}

static const struct fake_line nobody_lines[] = {NOBODY};

/* "caa e-mail …|txt phone …" of the contacts in the DNS. */
static const char *shown_dns(const struct contacts *contacts)
{
	static char text[1024];
	size_t length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < contacts->dns.count; i++) {
		const struct dns_contact *row = &contacts->dns.rows[i];
		length += (size_t)snprintf(
			text + length, sizeof(text) - length, "%s%s %s %s", i > 0 ? "|" : "",
			row->place == DNS_CONTACT_CAA ? "caa" : "txt", row->owner, row->value);
	}
	return text;
}

static const char *dns_found(const struct fake_dns *rows, size_t count, const char *domain,
			     enum status status)
{
	static char text[1024];
	struct fake_dns dns[16] = {HOST("whois.iana.org", IANA)};
	struct trial trial;
	registries_begin(&trial, nobody_lines, ARRAY_LENGTH(nobody_lines));
	memcpy(dns + 1, rows, count * sizeof(*rows));
	trial.world.dns = dns;
	trial.world.dns_count = count + 1;
	(void)snprintf(text, sizeof(text), "%s",
		       shown_dns(registries_found(&trial, domain, status)));
	registries_end(&trial);
	return text;
}

static void test_dns_contacts(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {
		{"example.com",
		 DNS_TYPE_CAA,
		 FAKE_ANSWER,
		 {"example.com. 60 IN CAA 0 issue \";\"",
		  "example.com. 60 IN CAA 0 contactemail \"caa@mihon.example\"",
		  "example.com. 60 IN CAA 0 ContactPhone \"+81 3 5555 0100\""},
		 0},
		{"_validation-contactemail.www.example.com",
		 DNS_TYPE_TXT,
		 FAKE_ANSWER,
		 {"_validation-contactemail.www.example.com. 60 IN TXT \"txt@mihon\" \".example\""},
		 0},
		{"_validation-contactphone.www.example.com",
		 DNS_TYPE_TXT,
		 FAKE_ANSWER,
		 {"_validation-contactphone.www.example.com. 60 IN TXT \"+1 555 555 0123\""},
		 0},
	};
	/* CAA is climbed to, TXT stands at the name itself. */
	const char *text = dns_found(rows, ARRAY_LENGTH(rows), "www.example.com", OK);
	assert_non_null(strstr(text, "caa example.com caa@mihon.example"));
	assert_non_null(strstr(text, "caa example.com +81355550100"));
	assert_non_null(
		strstr(text, "txt _validation-contactemail.www.example.com txt@mihon.example"));
	assert_non_null(strstr(text, "txt _validation-contactphone.www.example.com +15555550123"));
	/* TXT is never climbed to. */
	assert_null(strstr(dns_found(rows, ARRAY_LENGTH(rows), "a.www.example.com", OK), "txt"));
}

/* The first RRset met decides, also one without a contact. */
static void test_dns_first_rrset(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {
		{"www.example.com",
		 DNS_TYPE_CAA,
		 FAKE_ANSWER,
		 {"www.example.com. 60 IN CAA 0 issue \"ca.example\""},
		 0},
		{"example.com",
		 DNS_TYPE_CAA,
		 FAKE_ANSWER,
		 {"example.com. 60 IN CAA 0 contactemail \"caa@mihon.example\""},
		 0},
	};
	assert_string_equal(dns_found(rows, ARRAY_LENGTH(rows), "www.example.com", NOT_FOUND), "");
	assert_string_equal(dns_found(rows, ARRAY_LENGTH(rows), "mail.example.com", OK),
			    "caa example.com caa@mihon.example");
}

/* RULES 1.4 A.1, A.2: the entire value, or it cannot be used. */
static void test_dns_values(void **state)
{
	(void)state;
	static const struct {
		enum dns_contact_kind kind;
		const char *value;
		const char *usable; /* NULL: not */
	} rows[] = {
		{DNS_CONTACT_EMAIL, "a@mihon.example", "a@mihon.example"},
		{DNS_CONTACT_EMAIL, " a@mihon.example", NULL},
		{DNS_CONTACT_EMAIL, "a@mihon.example ", NULL},
		{DNS_CONTACT_EMAIL, "mailto:a@mihon.example", NULL},
		{DNS_CONTACT_EMAIL, "A <a@mihon.example>", NULL},
		{DNS_CONTACT_EMAIL, "a@mihon.example,b@mihon.example", NULL},
		{DNS_CONTACT_EMAIL, "", NULL},
		{DNS_CONTACT_PHONE, "+81 3 5555 0100", "+81355550100"},
		{DNS_CONTACT_PHONE, "03-5555-0100", NULL},
		{DNS_CONTACT_PHONE, "tel:+81355550100", NULL},
		{DNS_CONTACT_PHONE, "+", NULL},
	};
	struct arena local = ARENA_NONE;
	const char *value = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		enum status status = dns_contact_value(rows[i].kind, slice_text(rows[i].value),
						       &local, &value, NULL);
		assert_int_equal(status, rows[i].usable ? OK : INPUT);
		if (rows[i].usable)
			assert_string_equal(value, rows[i].usable);
	}
	assert_int_equal(dns_contact_value(DNS_CONTACT_EMAIL, slice_of("a@b.example\0x", 13),
					   &local, &value, NULL),
			 INPUT);
	arena_release(&local);
}

static void test_dns_failures(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {
		{"www.example.com", DNS_TYPE_CAA, FAKE_SERVFAIL, {NULL}, 0},
		{"_validation-contactphone.a.example.com", DNS_TYPE_TXT, FAKE_TIMEOUT, {NULL}, 0},
	};
	(void)dns_found(rows, 1, "www.example.com", DNS_FAILED);
	(void)dns_found(rows, ARRAY_LENGTH(rows), "a.example.com", DNS_FAILED);
	(void)dns_found(rows, ARRAY_LENGTH(rows), "b.example.com", NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dns_contacts),
		cmocka_unit_test(test_dns_first_rrset),
		cmocka_unit_test(test_dns_values),
		cmocka_unit_test(test_dns_failures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
