/* RDAP from IANA's table to the contacts of a name, and what WHOIS is still asked. */
#include "tests/validators/registries.h"
#include "validators/rdap_bootstrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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

static void begin_rdap(struct trial *trial, const struct fake_page *pages, size_t count)
{
	registries_begin(trial, com_lines, ARRAY_LENGTH(com_lines));
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
	const struct contacts *contacts = registries_found(&trial, "www.example.com", OK);
	assert_string_equal(registries_shown(contacts),
			    "registrant robin@mihon.example - rdap rdap.registry.example"
			    "|tech toni@mihon.example - rdap rdap.registry.example");
	assert_false(fake_world_contacted(&trial.world, IANA));
	assert_int_equal(trial.world.contact_count, 2);
	registries_end(&trial);
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
	const struct contacts *contacts = registries_found(&trial, "example.com", OK);
	assert_string_equal(registries_shown(contacts),
			    "registrant robin@mihon.example - rdap rdap.registrar.example"
			    "|tech toni@mihon.example - rdap rdap.registrar.example");
	registries_end(&trial);
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
		const struct contacts *contacts = registries_found(&trial, "example.com", OK);
		assert_string_equal(contacts->registry.contacts.rows[0].source, rows[i].said);
		registries_end(&trial);
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
		const struct contacts *contacts = registries_found(&trial, "example.com", OK);
		assert_non_null(strstr(registries_shown(contacts), "whois whois.registry.example"));
		trial.world.lines = nobody;
		trial.world.line_count = ARRAY_LENGTH(nobody);
		(void)registries_found(&trial, "example.com", rows[i].status);
		registries_end(&trial);
	}
}

/* The only source there is could not be asked: nothing is known, whatever IANA says of WHOIS. */
static void test_rdap_is_all_there_is(void **state)
{
	(void)state;
	static const char *const iana[] = {
		"% IANA WHOIS server\n% This query returned 0 objects.\n",
		"No match for \"COM\".\n",
		"domain:       COM\n\nstatus:       ACTIVE\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(iana); i++) {
		const struct fake_line lines[] = {{IANA, NULL, LINE_ANSWERED, iana[i], 0}};
		const struct fake_page refused[] = {
			BOOTSTRAP_PAGE,
			{.host = "rdap.registry.example",
			 .target = "/v1/domain/example.com",
			 .outcome = HTTP_TLS_FAILED},
		};
		const struct fake_page silent[] = {BOOTSTRAP_PAGE,
						   REGISTRY_PAGE(200, DOMAIN_OBJECT(""))};
		struct trial trial;
		begin_rdap(&trial, refused, ARRAY_LENGTH(refused));
		trial.world.lines = lines;
		trial.world.line_count = 1;
		const struct contacts *contacts =
			registries_found(&trial, "example.com", CONNECT_FAILED);
		assert_int_equal(contacts->registry.status, CONNECT_FAILED);
		trial.world.pages = silent;
		contacts = registries_found(&trial, "example.com", NOT_FOUND);
		assert_int_equal(contacts->registry.status, OK);
		registries_end(&trial);
	}
}

static void test_rdap_not_registered(void **state)
{
	(void)state;
	static const struct fake_page pages[] = {BOOTSTRAP_PAGE, REGISTRY_PAGE(404, NULL)};
	struct trial trial;
	begin_rdap(&trial, pages, ARRAY_LENGTH(pages));
	(void)registries_found(&trial, "example.com", NOT_FOUND);
	assert_false(fake_world_contacted(&trial.world, IANA));
	registries_end(&trial);
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
	const struct contacts *contacts = registries_found(&trial, "example.com", OK);
	assert_non_null(strstr(registries_shown(contacts), "whois whois.registry.example"));
	trial.world.line_count = 0;
	(void)registries_found(&trial, "example.com", NOT_FOUND);
	trial.world.lines = limited;
	trial.world.line_count = 1;
	(void)registries_found(&trial, "example.com", RATE_LIMITED);
	registries_end(&trial);
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
		const struct contacts *contacts = registries_found(&trial, "example.com", OK);
		assert_non_null(strstr(registries_shown(contacts), "whois whois.registry.example"));
		registries_end(&trial);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rdap_first),
		cmocka_unit_test(test_rdap_related),
		cmocka_unit_test(test_rdap_redirect),
		cmocka_unit_test(test_rdap_refusals),
		cmocka_unit_test(test_rdap_is_all_there_is),
		cmocka_unit_test(test_rdap_not_registered),
		cmocka_unit_test(test_rdap_names_nobody),
		cmocka_unit_test(test_bootstrap),
		cmocka_unit_test(test_bootstrap_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
