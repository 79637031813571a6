/*
 * Methods that ask a person: whom they find, each once with all roles, who cannot
 * receive mail, and what an answer is worth given that evidence.
 */
#include "base/civil.h"
#include "net/dns_message.h"
#include "tests/validators/registries.h"
#include "validators/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 32 };

static struct arena arena;

/* The same world with more DNS rows; whom the method finds, "address roles|…". */
struct asked_world {
	struct trial trial;
	struct fake_dns dns[ROWS_MAX];
	struct attempt_record record;
	char text[1024];
};

static void world_begin(struct asked_world *world, const struct fake_line *lines, size_t count,
			const struct fake_dns *rows, size_t row_count)
{
	registries_begin(&world->trial, lines, count);
	size_t there = world->trial.world.dns_count;
	assert_true(there + row_count <= ROWS_MAX);
	memcpy(world->dns, world->trial.world.dns, there * sizeof(*world->dns));
	if (row_count > 0)
		memcpy(world->dns + there, rows, row_count * sizeof(*rows));
	world->trial.world.dns = world->dns;
	world->trial.world.dns_count = there + row_count;
}

static const char *ask(struct asked_world *world, const char *method, const char *domain,
		       enum status status)
{
	struct validation_task task = {
		.method = method,
		.label = "test",
		.domain = domain,
		.pack = "",
		.pack_digest = "",
		.limits = {.redirects_max = 3,
			   .body_max = CONTACT_ANSWER_MAX,
			   .connect_timeout_ms = 1000,
			   .timeout_ms = 1000,
			   .dns_timeout_ms = 100,
			   .dns_tries = 1},
	};
	trial_run(&world->trial, &task);
	if (world->trial.verdict.status != status)
		fail_msg("%s: %s", status_code(world->trial.verdict.status),
			 world->trial.verdict.sentence);
	arena_release(&arena);
	arena_init(&arena);
	assert_int_equal(
		attempt_decide(buffer_slice(&world->trial.evidence), &arena, &world->record, NULL),
		OK);
	const struct recipients *recipients = recipients_of(&world->record);
	assert_non_null(recipients);
	size_t length = 0;
	world->text[0] = '\0';
	for (size_t i = 0; i < recipients->count; i++) {
		const struct recipient *row = &recipients->rows[i];
		length += (size_t)snprintf(world->text + length, sizeof(world->text) - length,
					   "%s%s %s%s", i ? "|" : "", row->address, row->roles,
					   row->receivable == RECEIVABLE_NO ? " (no mail)" : "");
	}
	return world->text;
}

static void world_end(struct asked_world *world)
{
	registries_end(&world->trial);
	arena_release(&arena);
}

#define MX(name)                                                                                   \
	{                                                                                          \
		name, DNS_TYPE_MX, FAKE_ANSWER, {name ". 60 IN MX 10 mx." name "."}, 0             \
	}

/* REQUIREMENTS DCV-05: registrant, admin and tech, all of them, each address once. */
static void test_whois_email_names_everybody(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {MX("mihon.example")};
	static struct asked_world world;
	world_begin(&world, com_lines, ARRAY_LENGTH(com_lines), rows, ARRAY_LENGTH(rows));
	assert_string_equal(ask(&world, "whois-email", "example.com", WAITING_FOR_PERSON),
			    "robin@mihon.example registrant|alex@mihon.example admin|"
			    "toni@mihon.example tech");
	/* No address in the sentence: it goes into the journal. */
	assert_string_equal(world.trial.verdict.sentence,
			    "3 mail addresses for example.com: registrant, admin, tech");
	world_end(&world);
}

/* The organisational domains of JPRS: the registrant has no address, one person two roles. */
static void test_roles_are_joined(void **state)
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
	static const struct fake_dns rows[] = {MX("mihon.example")};
	static struct asked_world world;
	world_begin(&world, lines, ARRAY_LENGTH(lines), rows, ARRAY_LENGTH(rows));
	assert_string_equal(ask(&world, "whois-email", "example.co.jp", WAITING_FOR_PERSON),
			    "hanako@mihon.example admin tech|taro@mihon.example tech");
	/* RULES 3.1: the registrant of such a domain has no number. */
	assert_string_equal(ask(&world, "whois-phone", "example.co.jp", METHOD_UNAVAILABLE), "");
	world_end(&world);
}

/* REQUIREMENTS DCV-09: the registrant's number alone. */
static void test_whois_phone_is_the_registrants(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
		{JPRS, "example.jp/e", LINE_ANSWERED, JP_GENERAL, 0},
	};
	static struct asked_world world;
	world_begin(&world, com_lines, ARRAY_LENGTH(com_lines), NULL, 0);
	assert_string_equal(ask(&world, "whois-phone", "example.com", WAITING_FOR_PERSON),
			    "+15555550123 registrant");
	world_end(&world);
	world_begin(&world, lines, ARRAY_LENGTH(lines), NULL, 0);
	assert_string_equal(ask(&world, "whois-phone", "example.jp", WAITING_FOR_PERSON),
			    "+81355550100 registrant");
	assert_string_equal(recipients_of(&world.record)->rows[0].written, "03-5555-0100");
	assert_string_equal(recipients_of(&world.record)->rows[0].source, "whois whois.jprs.jp");
	world_end(&world);
}

/* "Too many queries" is never "nobody". */
static void test_what_could_not_be_learnt(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, "domain example.com", LINE_ANSWERED, TOO_MANY, 0},
	};
	static struct asked_world world;
	world_begin(&world, lines, ARRAY_LENGTH(lines), NULL, 0);
	(void)ask(&world, "whois-email", "example.com", RATE_LIMITED);
	world_end(&world);
}

/* REQUIREMENTS DCV-08: exactly five. */
static void test_constructed_addresses(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {MX("example.com")};
	static struct asked_world world;
	world_begin(&world, NULL, 0, rows, ARRAY_LENGTH(rows));
	assert_string_equal(ask(&world, "constructed-email", "example.com", WAITING_FOR_PERSON),
			    "admin@example.com constructed|administrator@example.com constructed|"
			    "webmaster@example.com constructed|hostmaster@example.com constructed|"
			    "postmaster@example.com constructed");
	assert_string_equal(world.trial.verdict.sentence,
			    "5 mail addresses for example.com: constructed");
	world_end(&world);
	assert_true(recipient_is_constructed("webmaster@example.com", "example.com"));
	assert_false(recipient_is_constructed("info@example.com", "example.com"));
	assert_false(recipient_is_constructed("admin@www.example.com", "example.com"));
	assert_false(recipient_is_constructed("adminx@example.com", "example.com"));
	assert_false(recipient_is_constructed("admi@example.com", "example.com"));
}

/* REQUIREMENTS DCV-13. */
static void test_domains_that_take_no_mail(void **state)
{
	(void)state;
	static const struct {
		struct fake_dns rows[2];
		size_t count;
		enum status status;
		const char *words; /* of the sentence */
	} cases[] = {
		/* RFC 7505 */
		{{{"example.com", DNS_TYPE_MX, FAKE_ANSWER, {"example.com. 60 IN MX 0 ."}, 0}},
		 1,
		 MAIL_UNDELIVERABLE,
		 "a null MX"},
		{{{"example.com", DNS_TYPE_MX, FAKE_NXDOMAIN, {NULL}, 0}},
		 1,
		 MAIL_UNDELIVERABLE,
		 "the name does not exist"},
		/* Neither MX nor an address. */
		{{{NULL, 0, FAKE_ANSWER, {NULL}, 0}}, 0, MAIL_UNDELIVERABLE, "AAAA"},
		/* RFC 5321 5.1: an address alone is an implicit MX. */
		{{HOST("example.com", "198.41.3.77")}, 1, WAITING_FOR_PERSON, "5 mail addresses"},
		{{{"example.com",
		   DNS_TYPE_AAAA,
		   FAKE_ANSWER,
		   {"example.com. 60 IN AAAA 2001:503:eea3::30"},
		   0}},
		 1,
		 WAITING_FOR_PERSON,
		 "5 mail addresses"},
		/* Not known is not no. */
		{{{"example.com", DNS_TYPE_MX, FAKE_SERVFAIL, {NULL}, 0}},
		 1,
		 WAITING_FOR_PERSON,
		 "5 mail addresses"},
	};
	static struct asked_world world;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		world_begin(&world, NULL, 0, cases[i].rows, cases[i].count);
		(void)ask(&world, "constructed-email", "example.com", cases[i].status);
		if (!strstr(world.trial.verdict.sentence, cases[i].words))
			fail_msg("%zu: %s", i, world.trial.verdict.sentence);
		world_end(&world);
	}
}

/* One of two domains takes none: the others are asked. */
static void test_some_can_receive(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {
		{"example.com",
		 DNS_TYPE_CAA,
		 FAKE_ANSWER,
		 {"example.com. 60 IN CAA 0 contactemail \"caa@mihon.example\"",
		  "example.com. 60 IN CAA 0 contactemail \"caa@gone.example\"",
		  "example.com. 60 IN CAA 0 contactphone \"+81 3 5555 0100\""},
		 0},
		{"_validation-contactemail.example.com",
		 DNS_TYPE_TXT,
		 FAKE_ANSWER,
		 {"_validation-contactemail.example.com. 60 IN TXT \"CAA@mihon.example\""},
		 0},
		MX("mihon.example"),
		{"gone.example", DNS_TYPE_MX, FAKE_NXDOMAIN, {NULL}, 0},
	};
	static struct asked_world world;
	world_begin(&world, NULL, 0, rows, ARRAY_LENGTH(rows));
	assert_string_equal(ask(&world, "dns-contact-email", "example.com", WAITING_FOR_PERSON),
			    "caa@mihon.example dns-caa dns-txt|caa@gone.example dns-caa (no mail)");
	assert_string_equal(world.trial.verdict.sentence,
			    "1 mail address for example.com: dns-caa dns-txt");
	assert_string_equal(ask(&world, "dns-contact-phone", "example.com", WAITING_FOR_PERSON),
			    "+81355550100 dns-caa");
	world_end(&world);
	world_begin(&world, NULL, 0, NULL, 0);
	assert_string_equal(ask(&world, "dns-contact-email", "example.com", METHOD_UNAVAILABLE),
			    "");
	world_end(&world);
}

/* ---- answers ---- */

static struct answer_facts usual_facts(const struct attempt_record *contacts)
{
	return (struct answer_facts){
		.method = "whois-email",
		.label = "BR 3.2.2.4.2",
		.domain = "example.com",
		.pack = "agency",
		.pack_digest = "00",
		.contacts = "11",
		.recipient = "robin@mihon.example",
		.roles = "registrant",
		.message = "22",
		.value = "33",
		.asked_ms = contacts->began_ms + SECOND_MS,
		.until_ms = contacts->began_ms + 30 * DAY_MS,
		.at_ms = contacts->began_ms + DAY_MS,
		.said = "yes",
		.channel = "page",
		.client = "198.51.100.7",
		.language = "ja",
		.page = "誰が何を頼んだか",
		.actor = "answer:m-1",
		.quorum = "any",
	};
}

struct change {
	const char *what;
	enum status status;
	void (*make)(struct answer_facts *facts);
};

static void said_no(struct answer_facts *facts)
{
	facts->said = "no";
}
static void said_not_me(struct answer_facts *facts)
{
	facts->said = "not-me";
}
static void said_maybe(struct answer_facts *facts)
{
	facts->said = "maybe";
}
static void of_agent(struct answer_facts *facts)
{
	facts->by_agent = true;
}
static void wants_registrant(struct answer_facts *facts)
{
	facts->quorum = "registrant";
}
static void tech_for_registrant(struct answer_facts *facts)
{
	facts->quorum = "registrant";
	facts->recipient = "toni@mihon.example";
	facts->roles = "tech";
}
static void nobody(struct answer_facts *facts)
{
	facts->recipient = "mallory@mihon.example";
}
/* Incident of April 2025: the mailbox's domain is not what was asked about. */
static void mailbox_domain(struct answer_facts *facts)
{
	facts->domain = "mihon.example";
}
static void other_method(struct answer_facts *facts)
{
	facts->method = "constructed-email";
}
static void too_late(struct answer_facts *facts)
{
	facts->at_ms = facts->until_ms + 1;
}
static void before_the_question(struct answer_facts *facts)
{
	facts->at_ms = facts->asked_ms - 1;
}
static void before_the_look_up(struct answer_facts *facts)
{
	facts->asked_ms -= 2 * SECOND_MS;
}
static void below(struct answer_facts *facts)
{
	static const char *const names[] = {"www.example.com", "example.com", "*.a.example.com"};
	facts->names = names;
	facts->name_count = 3;
}
static void beside(struct answer_facts *facts)
{
	static const char *const names[] = {"www.example.com", "wwwexample.com"};
	facts->names = names;
	facts->name_count = 2;
}
static void above(struct answer_facts *facts)
{
	static const char *const names[] = {"com"};
	facts->names = names;
	facts->name_count = 1;
}

static const struct change changes[] = {
	{"said no", ANSWER_REJECTED, said_no},
	{"said not me", DCV_ADDRESS, said_not_me},
	{"said maybe", EVIDENCE_BROKEN, said_maybe},
	{"of the agent", ANSWERED_BY_AGENT, of_agent},
	{"registrant wanted and there", OK, wants_registrant},
	{"registrant wanted, tech said yes", WAITING_FOR_PERSON, tech_for_registrant},
	{"of nobody", EVIDENCE_BROKEN, nobody},
	{"of the mailbox's domain", EVIDENCE_BROKEN, mailbox_domain},
	{"of another method", EVIDENCE_BROKEN, other_method},
	{"too late", EVIDENCE_BROKEN, too_late},
	{"before the question", EVIDENCE_BROKEN, before_the_question},
	{"before the look-up", EVIDENCE_BROKEN, before_the_look_up},
	{"for names below", OK, below},
	{"for a name beside", EVIDENCE_BROKEN, beside},
	{"for a name above", EVIDENCE_BROKEN, above},
};

static void test_what_an_answer_is_worth(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {MX("mihon.example")};
	static struct asked_world world;
	struct verdict verdict;
	world_begin(&world, com_lines, ARRAY_LENGTH(com_lines), rows, ARRAY_LENGTH(rows));
	(void)ask(&world, "whois-email", "example.com", WAITING_FOR_PERSON);
	struct answer_facts facts = usual_facts(&world.record);
	answer_decide(&facts, &world.record, &verdict);
	assert_int_equal(verdict.status, OK);
	assert_string_equal(verdict.sentence, "a contact of example.com (registrant) said yes");
	for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
		facts = usual_facts(&world.record);
		changes[i].make(&facts);
		answer_decide(&facts, &world.record, &verdict);
		if (verdict.status != changes[i].status)
			fail_msg("%s: %s", changes[i].what, verdict.sentence);
		/* No address in any sentence. */
		assert_null(strchr(verdict.sentence, '@'));
	}
	world_end(&world);
}

static void test_an_address_without_mail_answers_nothing(void **state)
{
	(void)state;
	static const struct fake_dns rows[] = {
		{"example.com",
		 DNS_TYPE_CAA,
		 FAKE_ANSWER,
		 {"example.com. 60 IN CAA 0 contactemail \"caa@mihon.example\"",
		  "example.com. 60 IN CAA 0 contactemail \"caa@gone.example\""},
		 0},
		MX("mihon.example"),
		{"gone.example", DNS_TYPE_MX, FAKE_NXDOMAIN, {NULL}, 0},
	};
	static struct asked_world world;
	struct verdict verdict;
	world_begin(&world, NULL, 0, rows, ARRAY_LENGTH(rows));
	(void)ask(&world, "dns-contact-email", "example.com", WAITING_FOR_PERSON);
	struct answer_facts facts = usual_facts(&world.record);
	facts.method = "dns-contact-email";
	facts.recipient = "caa@gone.example";
	answer_decide(&facts, &world.record, &verdict);
	assert_int_equal(verdict.status, EVIDENCE_BROKEN);
	world_end(&world);
}

static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_true(a == b);
	else
		assert_string_equal(a, b);
}

static void test_answers_are_read_as_written(void **state)
{
	(void)state;
	static const char *const names[] = {"www.example.com"};
	struct attempt_record contacts = {.began_ms = 1795000000000};
	struct answer_facts facts = usual_facts(&contacts);
	struct verdict verdict = {.status = ANSWERED_BY_AGENT, .sentence = "a sentence"};
	struct answer_record record;
	struct error err = NO_ERROR;
	struct arena local = ARENA_NONE;
	facts.names = names;
	facts.name_count = 1;
	facts.by_agent = true;
	facts.note = "read out by phone";
	CLEANUP(buffer_release) struct buffer text = {.maximum = ANSWER_BYTES_MAX};
	answer_write(&facts, &verdict, &text);
	assert_int_equal(answer_read(buffer_slice(&text), &local, &record, &err), OK);
	assert_int_equal(record.recorded, ANSWERED_BY_AGENT);
	assert_int_equal(record.facts.name_count, 1);
	same_text(record.facts.names[0], names[0]);
	assert_true(record.facts.by_agent);
	assert_int_equal(record.facts.asked_ms, facts.asked_ms);
	assert_int_equal(record.facts.until_ms, facts.until_ms);
	assert_int_equal(record.facts.at_ms, facts.at_ms);
	same_text(record.facts.page, facts.page);
	same_text(record.facts.note, facts.note);
	same_text(record.facts.client, facts.client);
	same_text(record.facts.user_agent, NULL);
	same_text(record.facts.recipient, facts.recipient);
	/* Without a member that is needed it is no evidence. */
	static const char *const needed[] = {"\"said\"",    "\"until\"", "\"contacts\"",
					     "\"verdict\"", "\"names\"", "\"domain\"",
					     "\"version\""};
	for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
		char *at = strstr((char *)text.data, needed[i]);
		assert_non_null(at);
		at[1] ^= 1;
		assert_int_equal(answer_read(buffer_slice(&text), &local, &record, NULL),
				 EVIDENCE_BROKEN);
		at[1] ^= 1;
	}
	arena_release(&local);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whois_email_names_everybody),
		cmocka_unit_test(test_roles_are_joined),
		cmocka_unit_test(test_whois_phone_is_the_registrants),
		cmocka_unit_test(test_what_could_not_be_learnt),
		cmocka_unit_test(test_constructed_addresses),
		cmocka_unit_test(test_domains_that_take_no_mail),
		cmocka_unit_test(test_some_can_receive),
		cmocka_unit_test(test_what_an_answer_is_worth),
		cmocka_unit_test(test_an_address_without_mail_answers_nothing),
		cmocka_unit_test(test_answers_are_read_as_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
