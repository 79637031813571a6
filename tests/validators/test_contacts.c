/*
 * Who is asked about a name, and what may be concluded: the method "contacts" in
 * a scripted world of registries. Every conversation is decided twice (trial.h).
 */
#include "validators/contacts.h"

#include "base/civil.h"
#include "tests/validators/trial.h"
#include "validators/rdap_bootstrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Addresses of the servers of this world. */
#define IANA "192.0.32.59"
#define DATA "192.0.33.8"
#define JPRS "117.104.133.169"
#define REGISTRY "198.41.3.39"
#define REGISTRAR "198.41.3.40"
#define STRANGER "198.41.3.66"

#define HOST(name, address)                                                                        \
	{                                                                                          \
		name, DNS_TYPE_A, FAKE_ANSWER, {name ". 60 IN A " address}, 0                      \
	}

static const struct fake_dns hosts[] = {
	HOST("whois.iana.org", IANA),
	HOST("data.iana.org", DATA),
	HOST("whois.jprs.jp", JPRS),
	HOST("whois.registry.example", REGISTRY),
	HOST("rdap.registry.example", REGISTRY),
	HOST("whois.registrar.example", REGISTRAR),
	HOST("rdap.registrar.example", REGISTRAR),
	HOST("whois.inside.example", "10.0.0.1"),
};

/* IANA's answers also name who runs the top-level domain: nobody's contact. */
#define REFER(tld, host)                                                                           \
	"% IANA WHOIS server\n\nrefer:        " host "\n\ndomain:       " tld "\n\n"               \
	"organisation: Some Registry\n\ncontact:      administrative\nname:         Registry "     \
	"Desk\n"                                                                                   \
	"e-mail:       tld-admin@registry.example\nphone:        +81 3 5215 8451\n\n"              \
	"contact:      technical\nname:         Registry Lab\ne-mail:       "                      \
	"tld@registry.example\n\n"                                                                 \
	"whois:        " host "\n\nstatus:       ACTIVE\n"

#define BANNER                                                                                     \
	"[ JPRS database provides information on network administration. Its use is    ]\r\n"      \
	"[ restricted to network administration purposes. For further information,     ]\r\n\r\n"

#define JP_GENERAL                                                                                 \
	BANNER "Domain Information:\r\n[Domain Name]                   EXAMPLE.JP\r\n\r\n"         \
	       "[Registrant]                    Sample K.K.\r\n\r\n"                               \
	       "Contact Information:\r\n[Name]                          Sample Desk\r\n"           \
	       "[Email]                         desk@sample.example\r\n"                           \
	       "[Phone]                         03-5555-0100\r\n"

#define JP_ORGANISATIONAL                                                                          \
	BANNER "Domain Information:\r\na. [Domain Name]                EXAMPLE.CO.JP\r\n"          \
	       "g. [Organization]               Mihon Co.,Ltd.\r\n"                                \
	       "l. [Organization Type]          Corporation\r\n"                                   \
	       "m. [Administrative Contact]     TM00001JP\r\n"                                     \
	       "n. [Technical Contact]          TM00001JP\r\n"                                     \
	       "n. [Technical Contact]          TM00002JP\r\n"                                     \
	       "[State]                         Connected (2027/01/31)\r\n"

#define JP_PERSON(handle, name, email)                                                             \
	BANNER "Contact Information:\r\na. [JPNIC Handle]               " handle "\r\n"            \
	       "c. [Last, First]                " name "\r\n"                                      \
	       "d. [E-Mail]                     " email "\r\n"                                     \
	       "o. [TEL]                        03-5555-0123\r\n"

#define THIN(referral)                                                                             \
	"   Domain Name: EXAMPLE.COM\r\n   Registrar WHOIS Server: " referral "\r\n"               \
	"   Registrar: Sample Registrar, Inc.\r\n"                                                 \
	"   Registrar Abuse Contact Email: abuse@registrar.example\r\n"                            \
	"   Registrar Abuse Contact Phone: +1.5555550111\r\n"

#define THICK                                                                                      \
	"Domain Name: EXAMPLE.COM\r\nRegistrar WHOIS Server: whois.registrar.example\r\n"          \
	"Registrar: Sample Registrar, Inc.\r\nRegistrar Abuse Contact Email: "                     \
	"abuse@registrar.example\r\nRegistrant Name: Robin Mihon\r\n"                              \
	"Registrant Email: robin@mihon.example\r\nRegistrant Phone: +1.5555550123\r\n"             \
	"Admin Name: Alex Mihon\r\nAdmin Email: alex@mihon.example\r\n"                            \
	"Tech Name: Toni Mihon\r\nTech Email: toni@mihon.example\r\n"

#define TOO_MANY "Number of queries exceeded: too many queries, try again later.\r\n"

static void begin(struct trial *trial)
{
	trial_init(trial);
	trial->world.dns = hosts;
	trial->world.dns_count = ARRAY_LENGTH(hosts);
	trial->world.network.registry = (struct registry_access){
		.whois_server = "whois.iana.org", .whois_per_minute = 20, .rdap_per_minute = 30};
}

static void begin_whois(struct trial *trial, const struct fake_line *lines, size_t count)
{
	begin(trial);
	trial->world.lines = lines;
	trial->world.line_count = count;
}

static struct validation_task task_of(const char *domain)
{
	struct validation_task task = trial_caa(domain);
	task.method = "contacts";
	task.label = "contacts";
	task.identifier_count = 0;
	return task;
}

static struct arena arena; /* of what found() gives */

/* Runs, holds to the status, and reads the contacts off the evidence. */
static const struct contacts *found(struct trial *trial, const char *domain, enum status status)
{
	struct validation_task task = task_of(domain);
	struct attempt_record record;
	trial_run(trial, &task);
	if (trial->verdict.status != status)
		fail_msg("%s: %s", status_code(trial->verdict.status), trial->verdict.sentence);
	assert_string_equal(trial->evidence_kind, "whois");
	arena_release(&arena);
	arena_init(&arena);
	assert_int_equal(attempt_decide(buffer_slice(&trial->evidence), &arena, &record, NULL), OK);
	const struct contacts *contacts = contacts_of(&record);
	assert_non_null(contacts);
	return contacts;
}

static void end(struct trial *trial)
{
	trial_release(trial);
	arena_release(&arena);
}

/* "registrant email phone source|admin …"; "-" where there is none. */
static const char *shown(const struct contacts *contacts)
{
	static char text[1024];
	size_t length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < contacts->registry.contacts.count; i++) {
		const struct contact *row = &contacts->registry.contacts.rows[i];
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s %s %s",
					   i > 0 ? "|" : "", contact_role_text(row->role),
					   row->email ? row->email : "-",
					   row->phone ? row->phone : "-", row->source);
	}
	return text;
}

static bool asked(const struct trial *trial, const char *question)
{
	for (size_t i = 0; i < trial->world.contact_count; i++)
		if (strcmp(trial->world.contacts[i], question) == 0)
			return true;
	return false;
}

/* --- WHOIS --- */

static void test_jp_general(void **state)
{
	(void)state;
	static const struct fake_line lines[] = {
		{IANA, "jp", LINE_ANSWERED, REFER("JP", "whois.jprs.jp"), 0},
		{JPRS, "example.jp/e", LINE_ANSWERED, JP_GENERAL, 0},
	};
	struct trial trial;
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	/* The registry is asked about the base domain. */
	const struct contacts *contacts = found(&trial, "www.example.jp", OK);
	assert_string_equal(contacts->domain, "example.jp");
	assert_string_equal(shown(contacts),
			    "registrant desk@sample.example +81355550100 whois whois.jprs.jp");
	assert_int_equal(contacts->registry.source_count, 2);
	assert_string_equal(contacts->registry.sources[0].said, "refers to whois.jprs.jp");
	assert_string_equal(contacts->registry.sources[1].question, "example.jp/e");
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = found(&trial, "example.co.jp", OK);
	/* The registrant has a name and no address; the same person in two roles is asked for
	 * once. */
	assert_string_equal(shown(contacts),
			    "registrant - - whois whois.jprs.jp"
			    "|admin hanako@mihon.example +81355550123 whois whois.jprs.jp"
			    "|tech hanako@mihon.example +81355550123 whois whois.jprs.jp"
			    "|tech taro@mihon.example +81355550123 whois whois.jprs.jp");
	assert_string_equal(contacts->registry.contacts.rows[0].organization, "Mihon Co.,Ltd.");
	assert_int_equal(trial.world.contact_count, 4);
	end(&trial);
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
		begin_whois(&trial, lines, ARRAY_LENGTH(lines));
		const struct contacts *contacts = found(&trial, "example.co.jp", rows[i].status);
		assert_non_null(strstr(shown(contacts), "admin hanako@mihon.example"));
		end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	const struct contacts *contacts = found(&trial, "example.mobi", OK);
	assert_string_equal(shown(contacts),
			    "registrant robin@mihon.example - whois whois.registry.example");
	assert_false(fake_world_contacted(&trial.world, STRANGER));
	assert_int_equal(trial.world.contact_count, 2);
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = found(&trial, "example.com", OK);
	assert_string_equal(
		shown(contacts),
		"registrant robin@mihon.example +15555550123 whois whois.registrar.example"
		"|admin alex@mihon.example - whois whois.registrar.example"
		"|tech toni@mihon.example - whois whois.registrar.example");
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	(void)found(&trial, "example.com", OK);
	assert_false(fake_world_contacted(&trial.world, REGISTRAR));
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	(void)found(&trial, "example.com", NOT_FOUND);
	assert_int_equal(trial.world.contact_count, 3);
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	(void)found(&trial, "example.com", ANSWER_UNUSABLE);
	assert_false(fake_world_contacted(&trial.world, "198.41.3.55"));
	end(&trial);
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
			begin_whois(&trial, lines, ARRAY_LENGTH(lines));
			const struct contacts *contacts =
				found(&trial, "example.com", refusals[i].status);
			assert_int_equal(status_exit(contacts->registry.status), EXIT_STATUS_LATER);
			assert_string_equal(shown(contacts), "");
			end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = found(&trial, "example.jp", NOT_FOUND);
	assert_int_equal(contacts->registry.status, NOT_FOUND);
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = found(&trial, "example.zz", NOT_FOUND);
	assert_string_equal(shown(contacts), "");
	assert_string_equal(contacts->registry.sources[0].said, "names no WHOIS server for .zz");
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	(void)found(&trial, "example.com", ADDRESS_REFUSED);
	assert_false(fake_world_contacted(&trial.world, "10.0.0.1"));
	end(&trial);
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
	begin_whois(&trial, lines, ARRAY_LENGTH(lines));
	const struct contacts *contacts = found(&trial, "example.com", ANSWER_UNUSABLE);
	assert_string_equal(shown(contacts), "");
	end(&trial);
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
		begin_whois(&trial, lines, ARRAY_LENGTH(lines));
		(void)found(&trial, "example.com", rows[i].status);
		end(&trial);
	}
}

/* --- RDAP --- */

#define BOOTSTRAP_URL "https://data.iana.org/rdap/dns.json"
#define BOOTSTRAP                                                                                  \
	"{\"version\":\"1.0\",\"services\":[[[\"net\",\"org\"],[\"https://rdap.other.example/"     \
	"\"]],"                                                                                    \
	"[[\"com\"],[\"http://rdap.registry.example/\",\"https://rdap.registry.example/v1\"]],"    \
	"[[\"plain\"],[\"http://rdap.registry.example/\"]]]}"
#define ENTITY(role, email)                                                                        \
	"{\"objectClassName\":\"entity\",\"roles\":[\"" role "\"],\"vcardArray\":[\"vcard\","      \
	"[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\",\"Robin Mihon\"],"                 \
	"[\"email\",{},\"text\",\"" email "\"]]]}"
#define DOMAIN_OBJECT(more) "{\"objectClassName\":\"domain\",\"ldhName\":\"EXAMPLE.COM\"" more "}"
#define RDAP_FULL                                                                                  \
	DOMAIN_OBJECT(",\"entities\":[" ENTITY("registrant", "robin@mihon.example") "," ENTITY(    \
		"technical", "toni@mihon.example") "," ENTITY("abuse",                             \
							      "abuse@registrar.example") "]")
#define RDAP_THIN                                                                                  \
	DOMAIN_OBJECT(                                                                             \
		",\"links\":[{\"rel\":\"self\",\"href\":\"https://rdap.registry.example/v1/"       \
		"domain/example.com\",\"type\":\"application/rdap+json\"},{\"rel\":"               \
		"\"related\",\"href\":\"https://rdap.registrar.example/domain/EXAMPLE.COM\","      \
		"\"type\":\"application/rdap+json\"}]")

#define PAGE(its_host, its_target, its_status, its_body)                                           \
	{                                                                                          \
		.host = its_host, .target = its_target, .outcome = HTTP_ANSWERED,                  \
		.status = its_status, .body = its_body                                             \
	}
#define REGISTRY_PAGE(status, body)                                                                \
	PAGE("rdap.registry.example", "/v1/domain/example.com", status, body)
#define BOOTSTRAP_PAGE PAGE("data.iana.org", "/rdap/dns.json", 200, BOOTSTRAP)

static const struct fake_line com_lines[] = {
	{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
	{REGISTRY, NULL, LINE_ANSWERED, THICK, 0},
};

static void begin_rdap(struct trial *trial, const struct fake_page *pages, size_t count)
{
	begin_whois(trial, com_lines, ARRAY_LENGTH(com_lines));
	trial->world.network.registry.rdap_bootstrap = BOOTSTRAP_URL;
	trial->world.pages = pages;
	trial->world.page_count = count;
}

static void test_rdap_first(void **state)
{
	(void)state;
	static const struct fake_page pages[] = {BOOTSTRAP_PAGE, REGISTRY_PAGE(200, RDAP_FULL)};
	struct trial trial;
	begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
	const struct contacts *contacts = found(&trial, "www.example.com", OK);
	assert_string_equal(shown(contacts),
			    "registrant robin@mihon.example - rdap rdap.registry.example"
			    "|tech toni@mihon.example - rdap rdap.registry.example");
	assert_false(fake_world_contacted(&trial.world, IANA));
	assert_int_equal(trial.world.contact_count, 2);
	end(&trial);
}

/* A registry that holds no contacts names the registrar's server. */
static void test_rdap_related(void **state)
{
	(void)state;
	static const struct fake_page pages[] = {
		BOOTSTRAP_PAGE,
		REGISTRY_PAGE(200, RDAP_THIN),
		PAGE("rdap.registrar.example", "/domain/EXAMPLE.COM", 200, RDAP_FULL),
	};
	struct trial trial;
	begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
	const struct contacts *contacts = found(&trial, "example.com", OK);
	assert_string_equal(shown(contacts),
			    "registrant robin@mihon.example - rdap rdap.registrar.example"
			    "|tech toni@mihon.example - rdap rdap.registrar.example");
	end(&trial);
}

static void test_rdap_redirect(void **state)
{
	(void)state;
	static const struct {
		const char *location;
		const char *said; /* by which server the registrant is known in the end */
	} rows[] = {
		{"Location: https://rdap.registrar.example/there\r\n",
		 "rdap rdap.registrar.example"},
		/* Unverified, and so not followed. */
		{"Location: http://rdap.registrar.example/there\r\n",
		 "whois whois.registry.example"},
		{"Location: https://rdap.registry.example/v1/domain/example.com\r\n",
		 "whois whois.registry.example"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct fake_page pages[] = {
			BOOTSTRAP_PAGE,
			REGISTRY_PAGE(302, NULL),
			PAGE("rdap.registrar.example", "/there", 200, RDAP_FULL),
		};
		struct trial trial;
		pages[1].headers = rows[i].location;
		begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
		const struct contacts *contacts = found(&trial, "example.com", OK);
		assert_string_equal(contacts->registry.contacts.rows[0].source, rows[i].said);
		end(&trial);
	}
}

/* An RDAP server that gives nothing leaves WHOIS to ask; what WHOIS cannot give then stays open. */
static void test_rdap_refusals(void **state)
{
	(void)state;
	static const struct fake_line nobody[] = {
		{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
		{REGISTRY, NULL, LINE_ANSWERED, THIN("whois.registry.example"), 0},
	};
	static const struct {
		struct fake_page page;
		enum status status;
	} rows[] = {
		{REGISTRY_PAGE(429, NULL), RATE_LIMITED},
		{REGISTRY_PAGE(500, NULL), ANSWER_UNUSABLE},
		{REGISTRY_PAGE(200, "<html>"), ANSWER_UNUSABLE},
		{REGISTRY_PAGE(200, "{\"errorCode\":429,\"title\":\"slow down\"}"), RATE_LIMITED},
		{{.host = "rdap.registry.example",
		  .target = "/v1/domain/example.com",
		  .outcome = HTTP_TLS_FAILED},
		 CONNECT_FAILED},
		{{.host = "nowhere.example", .target = "/"}, CONNECT_FAILED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fake_page pages[] = {BOOTSTRAP_PAGE, rows[i].page};
		struct trial trial;
		begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
		const struct contacts *contacts = found(&trial, "example.com", OK);
		assert_non_null(strstr(shown(contacts), "whois whois.registry.example"));
		trial.world.lines = nobody;
		trial.world.line_count = ARRAY_LENGTH(nobody);
		(void)found(&trial, "example.com", rows[i].status);
		end(&trial);
	}
}

static void test_rdap_not_registered(void **state)
{
	(void)state;
	static const struct fake_page pages[] = {BOOTSTRAP_PAGE, REGISTRY_PAGE(404, NULL)};
	struct trial trial;
	begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
	(void)found(&trial, "example.com", NOT_FOUND);
	assert_false(fake_world_contacted(&trial.world, IANA));
	end(&trial);
}

/* RDAP that names nobody with an address: WHOIS may, and its silence does not spoil the answer,
 * but its "too many queries" does. */
static void test_rdap_names_nobody(void **state)
{
	(void)state;
	static const struct fake_page pages[] = {BOOTSTRAP_PAGE,
						 REGISTRY_PAGE(200, DOMAIN_OBJECT(""))};
	static const struct fake_line limited[] = {{IANA, NULL, LINE_ANSWERED, TOO_MANY, 0}};
	struct trial trial;
	begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
	const struct contacts *contacts = found(&trial, "example.com", OK);
	assert_non_null(strstr(shown(contacts), "whois whois.registry.example"));
	trial.world.line_count = 0;
	(void)found(&trial, "example.com", NOT_FOUND);
	trial.world.lines = limited;
	trial.world.line_count = 1;
	(void)found(&trial, "example.com", RATE_LIMITED);
	end(&trial);
}

/* No entry, or none that can be verified: WHOIS. Also for a table that is none or cannot be had. */
static void test_bootstrap(void **state)
{
	(void)state;
	static const struct fake_page tables[] = {
		PAGE("data.iana.org", "/rdap/dns.json", 200,
		     "{\"services\":[[[\"om\",\"example\"],[\"https://rdap.other.example/\"]]]}"),
		PAGE("data.iana.org", "/rdap/dns.json", 200,
		     "{\"services\":[[[\"com\"],[\"http://rdap.registry.example/\"]]]}"),
		PAGE("data.iana.org", "/rdap/dns.json", 200, "[]"),
		PAGE("data.iana.org", "/rdap/dns.json", 503, BOOTSTRAP),
		{.host = "data.iana.org", .target = "/rdap/dns.json", .outcome = HTTP_TLS_FAILED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		struct trial trial;
		begin_rdap(&trial, &tables[i], 1);
		const struct contacts *contacts = found(&trial, "example.com", OK);
		assert_non_null(strstr(shown(contacts), "whois whois.registry.example"));
		end(&trial);
	}
}

/* RFC 9224 section 4: the longest match of whole labels. */
static void test_bootstrap_match(void **state)
{
	(void)state;
	static const char table[] =
		"{\"services\":[[[\"jp\"],[\"https://jp.example/\"]],"
		"[[\"co.jp\",\"x\"],[\"http://no.example/\",\"https://co.example/a/\"]],"
		"[[\"p\"],[\"https://p.example/\"]]]}";
	static const struct {
		const char *name;
		const char *url; /* NULL: none */
	} rows[] = {
		{"example.jp", "https://jp.example/domain/example.jp"},
		{"example.co.jp", "https://co.example/a/domain/example.co.jp"},
		{"examplejp", NULL},
		{"example.com", NULL},
	};
	struct arena local = ARENA_NONE;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct url base, url;
		enum status status =
			rdap_bootstrap_find(slice_text(table), rows[i].name, &local, &base, NULL);
		assert_int_equal(status, rows[i].url ? OK : NOT_FOUND);
		if (!rows[i].url)
			continue;
		assert_int_equal(rdap_domain_url(&base, rows[i].name, &local, &url, NULL), OK);
		assert_string_equal(url_text(&url, &local), rows[i].url);
	}
	arena_release(&local);
}

/* --- the DNS --- */

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
	begin_whois(&trial, nobody_lines, ARRAY_LENGTH(nobody_lines));
	memcpy(dns + 1, rows, count * sizeof(*rows));
	trial.world.dns = dns;
	trial.world.dns_count = count + 1;
	(void)snprintf(text, sizeof(text), "%s", shown_dns(found(&trial, domain, status)));
	end(&trial);
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

/* What is asked of whom, in the words of the questions. */
static void test_questions(void **state)
{
	(void)state;
	struct trial trial;
	begin_whois(&trial, com_lines, ARRAY_LENGTH(com_lines));
	(void)found(&trial, "a.b.example.com", OK);
	assert_true(asked(&trial, "line com @" IANA ":43"));
	assert_true(asked(&trial, "line domain example.com @" REGISTRY ":43"));
	assert_int_equal(trial.world.contact_count, 2);
	end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jp_general),
		cmocka_unit_test(test_jp_organisational),
		cmocka_unit_test(test_jp_handles),
		cmocka_unit_test(test_mobi_incident),
		cmocka_unit_test(test_thin_registry),
		cmocka_unit_test(test_thick_registry),
		cmocka_unit_test(test_referral_loop),
		cmocka_unit_test(test_referral_chain),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_not_registered),
		cmocka_unit_test(test_no_whois_server),
		cmocka_unit_test(test_address_policy),
		cmocka_unit_test(test_long_answer),
		cmocka_unit_test(test_old_referral),
		cmocka_unit_test(test_rdap_first),
		cmocka_unit_test(test_rdap_related),
		cmocka_unit_test(test_rdap_redirect),
		cmocka_unit_test(test_rdap_refusals),
		cmocka_unit_test(test_rdap_not_registered),
		cmocka_unit_test(test_rdap_names_nobody),
		cmocka_unit_test(test_bootstrap),
		cmocka_unit_test(test_bootstrap_match),
		cmocka_unit_test(test_dns_contacts),
		cmocka_unit_test(test_dns_first_rrset),
		cmocka_unit_test(test_dns_values),
		cmocka_unit_test(test_dns_failures),
		cmocka_unit_test(test_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
