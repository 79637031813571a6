/* WHOIS from IANA to the contacts of a name: who is asked, and what may be concluded. */
#include "base/civil.h"
#include "net/dns_message.h"
#include "tests/validators/registries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static bool asked(const struct trial *trial, const char *question)
{
	for (size_t i = 0; i < trial->world.contact_count; i++)
		if (strcmp(trial->world.contacts[i], question) == 0)
			return true;
	return false;
}

static void test_jp_general(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
		{JPRS, "example.jp/e", LINE_ANSWERED, JP_GENERAL, 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	/* The registry is asked about the base domain. */
	const struct contacts *contacts = registries_found(&trial, "www.example.jp", OK);
	assert_string_equal(contacts->domain, "example.jp");
	assert_string_equal(registries_shown(contacts),
			    "registrant desk@sample.example +81355550100 whois whois.jprs.jp");
	assert_int_equal(contacts->registry.source_count, 2);
	assert_string_equal(contacts->registry.sources[0].said, "refers to whois.jprs.jp");
	assert_string_equal(contacts->registry.sources[1].question, "example.jp/e");
	registries_end(&trial);
}

static void test_jp_organisational(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
		{JPRS, "example.co.jp/e", LINE_ANSWERED, JP_ORGANISATIONAL, 0},
		{JPRS, "CONTACT TM00001JP/e", LINE_ANSWERED,
		 JP_PERSON("TM00001JP", "Mihon, Hanako", "hanako@mihon.example"), 0},
		{JPRS, "CONTACT TM00002JP/e", LINE_ANSWERED,
		 JP_PERSON("TM00002JP", "Mihon, Taro", "taro@mihon.example"), 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = registries_found(&trial, "example.co.jp", OK);
	/* The registrant has a name and no address; the same person in two roles is asked for
	 * once. */
	assert_string_equal(registries_shown(contacts),
			    "registrant - - whois whois.jprs.jp"
			    "|admin hanako@mihon.example +81355550123 whois whois.jprs.jp"
			    "|tech hanako@mihon.example +81355550123 whois whois.jprs.jp"
			    "|tech taro@mihon.example +81355550123 whois whois.jprs.jp");
	assert_string_equal(contacts->registry.contacts.rows[0].organization, "Mihon Co.,Ltd.");
	assert_int_equal(trial.world.contact_count, 4);
	registries_end(&trial);
}

/* A handle that cannot be asked about now leaves something open, a withdrawn one does not. */
static void test_jp_handles(void **state)
{
	(void)state;
	static const struct {
		const char *answer;
		enum status status;
	} rows[] = {
		{TOO_MANY, RATE_LIMITED},
		{"", ANSWER_UNUSABLE},
		{BANNER "No match!!\r\n", OK},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fake_line lines[] = {
			{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
			{JPRS, "example.co.jp/e", LINE_ANSWERED, JP_ORGANISATIONAL, 0},
			{JPRS, "CONTACT TM00001JP/e", LINE_ANSWERED,
			 JP_PERSON("TM00001JP", "Mihon, Hanako", "hanako@mihon.example"), 0},
			{JPRS, "CONTACT TM00002JP/e", LINE_ANSWERED, rows[i].answer, 0},
		};
		struct trial trial;
		registries_begin(&trial, lines, ARRAY_LENGTH(lines));
		const struct contacts *contacts =
			registries_found(&trial, "example.co.jp", rows[i].status);
		assert_non_null(strstr(registries_shown(contacts), "admin hanako@mihon.example"));
		registries_end(&trial);
	}
}

/* watchTowr, September 2024: the server of .mobi had moved, its old name was bought by strangers,
 * and many still asked there. Whatever a server was called once, IANA's word of today is asked. */
static void test_mobi_incident(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "mobi", LINE_ANSWERED, REFER("MOBI", "whois.registry.example"), 0},
		{REGISTRY, "example.mobi", LINE_ANSWERED,
		 "Domain Name: EXAMPLE.MOBI\r\nRegistrant Name: Robin Mihon\r\n"
		 "Registrant Email: robin@mihon.example\r\n",
		 0},
		{STRANGER, NULL, LINE_ANSWERED,
		 "Domain Name: EXAMPLE.MOBI\r\nRegistrant Email: thief@strangers.example\r\n", 0},
	};
	/* The old names of that server and of its registry lead to the strangers. */
	static const struct fake_dns dns[] = {
		HOST("whois.iana.org", IANA),
		HOST("whois.registry.example", REGISTRY),
		HOST("whois.dotmobiregistry.net", STRANGER),
		HOST("whois.nic.mobi", STRANGER),
		HOST("mobi.whois-servers.net", STRANGER),
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	const struct contacts *contacts = registries_found(&trial, "example.mobi", OK);
	assert_string_equal(registries_shown(contacts),
			    "registrant robin@mihon.example - whois whois.registry.example");
	assert_false(fake_world_contacted(&trial.world, STRANGER));
	assert_int_equal(trial.world.contact_count, 2);
	registries_end(&trial);
}

static void test_thin_registry(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, "domain example.com", LINE_ANSWERED, THIN("whois.registrar.example"), 0},
		{REGISTRAR, "example.com", LINE_ANSWERED, THICK, 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = registries_found(&trial, "example.com", OK);
	assert_string_equal(
		registries_shown(contacts),
		"registrant robin@mihon.example +15555550123 whois whois.registrar.example"
		"|admin alex@mihon.example - whois whois.registrar.example"
		"|tech toni@mihon.example - whois whois.registrar.example");
	registries_end(&trial);
}

/* A registry that names the contacts itself need not be followed to the registrar. */
static void test_thick_registry(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, "domain example.com", LINE_ANSWERED, THICK, 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	(void)registries_found(&trial, "example.com", OK);
	assert_false(fake_world_contacted(&trial.world, REGISTRAR));
	registries_end(&trial);
}

/* Servers that name each other are asked once each. */
static void test_referral_loop(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, NULL, LINE_ANSWERED, THIN("whois.registrar.example"), 0},
		{REGISTRAR, NULL, LINE_ANSWERED, THIN("whois.registry.example"), 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	(void)registries_found(&trial, "example.com", NOT_FOUND);
	assert_int_equal(trial.world.contact_count, 3);
	registries_end(&trial);
}

/* A chain that does not end is given up, and says nothing about who is there. */
static void test_referral_chain(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.w0.example"), 0},
		{"198.41.3.50", NULL, LINE_ANSWERED, THIN("whois.w1.example"), 0},
		{"198.41.3.51", NULL, LINE_ANSWERED, THIN("whois.w2.example"), 0},
		{"198.41.3.52", NULL, LINE_ANSWERED, THIN("whois.w3.example"), 0},
		{"198.41.3.53", NULL, LINE_ANSWERED, THIN("whois.w4.example"), 0},
		{"198.41.3.54", NULL, LINE_ANSWERED, THIN("whois.w5.example"), 0},
		{"198.41.3.55", NULL, LINE_ANSWERED, THICK, 0},
	};
	static const struct fake_dns dns[] = {
		HOST("whois.iana.org", IANA),
		HOST("whois.w0.example", "198.41.3.50"),
		HOST("whois.w1.example", "198.41.3.51"),
		HOST("whois.w2.example", "198.41.3.52"),
		HOST("whois.w3.example", "198.41.3.53"),
		HOST("whois.w4.example", "198.41.3.54"),
		HOST("whois.w5.example", "198.41.3.55"),
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	(void)registries_found(&trial, "example.com", ANSWER_UNUSABLE);
	assert_false(fake_world_contacted(&trial.world, "198.41.3.55"));
	registries_end(&trial);
}

/* What each server on the way may say instead of an answer; none of it is "no contacts". */
static const struct {
	struct fake_line line; /* address and question are of the server that says it */
	enum status status;
} refusals[] = {
	{{.outcome = LINE_ANSWERED, .answer = TOO_MANY}, RATE_LIMITED},
	{{.outcome = LINE_ANSWERED, .answer = ""}, ANSWER_UNUSABLE},
	{{.outcome = LINE_ANSWERED, .answer = "Domain Name: EXAMPLE.NET\r\n"}, ANSWER_UNUSABLE},
	{{.outcome = LINE_TIMED_OUT}, TIMED_OUT},
	{{.outcome = LINE_CONNECT_FAILED}, CONNECT_FAILED},
	{{.outcome = LINE_BROKEN}, CONNECT_FAILED},
};

static void test_refusals(void **state)
{
	(void)state;
	static const char *const servers[] = {IANA, REGISTRY, REGISTRAR};
	for (size_t s = 0; s < ARRAY_LENGTH(servers); s++) {
		for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
			struct fake_line lines[] = {
				refusals[i].line,
				{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"),
				 0},
				{REGISTRY, NULL, LINE_ANSWERED, THIN("whois.registrar.example"), 0},
				{REGISTRAR, NULL, LINE_ANSWERED, THICK, 0},
			};
			struct trial trial;
			lines[0].address = servers[s];
			registries_begin(&trial, lines, ARRAY_LENGTH(lines));
			const struct contacts *contacts =
				registries_found(&trial, "example.com", refusals[i].status);
			assert_int_equal(status_exit(contacts->registry.status), EXIT_STATUS_LATER);
			assert_string_equal(registries_shown(contacts), "");
			registries_end(&trial);
		}
	}
}

static void test_not_registered(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
		{JPRS, NULL, LINE_ANSWERED, BANNER "No match!!\r\n", 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = registries_found(&trial, "example.jp", NOT_FOUND);
	assert_int_equal(contacts->registry.status, NOT_FOUND);
	registries_end(&trial);
}

static void test_no_whois_server(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "zz", LINE_ANSWERED,
		 "domain:       ZZ\n\ncontact:      administrative\n"
		 "e-mail:       tld-admin@registry.example\n\nstatus:       ACTIVE\n",
		 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = registries_found(&trial, "example.zz", NOT_FOUND);
	assert_string_equal(registries_shown(contacts), "");
	assert_string_equal(contacts->registry.sources[0].said, "names no WHOIS server for .zz");
	registries_end(&trial);
}

/* A referral leads nowhere inside, whoever gives it. */
static void test_address_policy(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, NULL, LINE_ANSWERED, THIN("whois.inside.example"), 0},
		{"10.0.0.1", NULL, LINE_ANSWERED, THICK, 0},
	};
	struct trial trial;
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	(void)registries_found(&trial, "example.com", ADDRESS_REFUSED);
	assert_false(fake_world_contacted(&trial.world, "10.0.0.1"));
	registries_end(&trial);
}

static void test_long_answer(void **state)
{
	(void)state;
	static char longer[8192];
	struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, NULL, LINE_ANSWERED, longer, 0},
	};
	struct trial trial;
	/* Contacts at its beginning, and legal text past the limit of the task (4,096 octets). */
	(void)snprintf(longer, sizeof(longer), "%s%*s", THICK, 4096, "x");
	registries_begin(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = registries_found(&trial, "example.com", ANSWER_UNUSABLE);
	assert_string_equal(registries_shown(contacts), "");
	registries_end(&trial);
}

/* BR 3.2.2.4.12: what IANA said more than 48 hours ago leads nowhere. */
static void test_old_referral(void **state)
{
	(void)state;
	static const struct {
		int64_t age_ms;
		enum status status;
	} rows[] = {
		{47 * HOUR_MS, OK},
		{48 * HOUR_MS - 10 * SECOND_MS, OK},
		{48 * HOUR_MS + 10 * SECOND_MS, STALE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fake_line lines[] = {
			{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"),
			 rows[i].age_ms},
			{REGISTRY, NULL, LINE_ANSWERED, THICK, 0},
		};
		struct trial trial;
		registries_begin(&trial, lines, ARRAY_LENGTH(lines));
		(void)registries_found(&trial, "example.com", rows[i].status);
		registries_end(&trial);
	}
}

/* What is asked of whom, in the words of the questions. */
static void test_questions(void **state)
{
	(void)state;
	struct trial trial;
	registries_begin(&trial, com_lines, ARRAY_LENGTH(com_lines));
	(void)registries_found(&trial, "a.b.example.com", OK);
	assert_true(asked(&trial, "line com @" IANA ":43"));
	assert_true(asked(&trial, "line domain example.com @" REGISTRY ":43"));
	assert_int_equal(trial.world.contact_count, 2);
	registries_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jp_general),      cmocka_unit_test(test_jp_organisational),
		cmocka_unit_test(test_jp_handles),      cmocka_unit_test(test_mobi_incident),
		cmocka_unit_test(test_thin_registry),   cmocka_unit_test(test_thick_registry),
		cmocka_unit_test(test_referral_loop),   cmocka_unit_test(test_referral_chain),
		cmocka_unit_test(test_refusals),        cmocka_unit_test(test_not_registered),
		cmocka_unit_test(test_no_whois_server), cmocka_unit_test(test_address_policy),
		cmocka_unit_test(test_long_answer),     cmocka_unit_test(test_old_referral),
		cmocka_unit_test(test_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
