/* issuer.yaml: defaults, the template that documents them, each member, each refusal. */
#include "folder.h"
#include "policy/configuration.h"
#include "policy/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The file's text, in the arena; data NULL when there is none. */
static struct slice text_of(const char *path, struct arena *arena)
{
	struct slice text = SLICE_NONE;
	enum status status = document_bytes(path, CONFIGURATION, arena, &text, NULL);
	return status == OK ? text : SLICE_NONE;
}

/* Loads issuer.yaml (and resolv.conf) of the folder. */
static enum status load(const struct folder *folder, struct configuration **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	char path[2 * FOLDER_PATH], resolv_conf[2 * FOLDER_PATH];
	(void)snprintf(path, sizeof(path), "%s/issuer.yaml", folder->path);
	(void)snprintf(resolv_conf, sizeof(resolv_conf), "%s/resolv.conf", folder->path);
	return configuration_read(path, text_of(path, &arena), text_of(resolv_conf, &arena), ret,
				  err);
}

static struct configuration *loaded(const struct folder *folder)
{
	struct configuration *configuration = NULL;
	struct error err = NO_ERROR;
	if (load(folder, &configuration, &err) != OK)
		fail_msg("%s", err.sentence);
	return configuration;
}

static void assert_server(const struct network *network, size_t i, const char *expected)
{
	char text[ENDPOINT_TEXT];
	assert_true(i < network->server_count);
	assert_string_equal(endpoint_text(&network->servers[i], text), expected);
}

static void assert_defaults(const struct configuration *configuration)
{
	const struct network *network = configuration_network(configuration);
	size_t suffix_count = 7;
	assert_null(configuration_account(configuration)->uri);
	assert_null(configuration_account(configuration)->key);
	(void)configuration_private_suffixes(configuration, &suffix_count);
	assert_int_equal(suffix_count, 0);
	assert_int_equal(network->server_count, 0);
	assert_int_equal(network->allowed_count, 0);
	assert_int_equal(network->port_count, 0);
	assert_int_equal(network_port(network, 80), 80);
	assert_int_equal(configuration_kek(configuration), KEK_FILE);
	const struct configuration_ca *ca = configuration_ca(configuration);
	assert_string_equal(ca->organization, "issuer");
	assert_null(ca->country);
	assert_string_equal(ca->root_name, "issuer local root");
	assert_string_equal(ca->issuing_name, "issuer local CA");
	assert_string_equal(ca->key_type, "ec-p256");
	assert_int_equal(ca->root_years, 20);
	assert_int_equal(ca->issuing_years, 10);
	assert_string_equal(network->registry.whois_server, "whois.iana.org");
	assert_int_equal(network->registry.whois_per_minute, 20);
	assert_string_equal(network->registry.rdap_bootstrap,
			    "https://data.iana.org/rdap/dns.json");
	assert_string_equal(network->registry.ca_file, "/etc/ssl/certs/ca-certificates.crt");
	assert_int_equal(network->registry.rdap_per_minute, 30);
	const struct configuration_iodef *iodef = configuration_iodef(configuration);
	assert_false(configuration_mail(configuration)->is_set);
	assert_int_equal(iodef->send, IODEF_NEVER);
	assert_int_equal(iodef->tries, 8);
	assert_int_equal(iodef->timeout_ms, 20000);
	assert_true(iodef->retry.first_ms == 5 * MINUTE_MS && iodef->retry.factor == 3 &&
		    iodef->retry.longest_ms == DAY_MS);
	assert_string_equal(iodef->ca_file, "/etc/ssl/certs/ca-certificates.crt");
	const struct configuration_answers *answers = configuration_answers(configuration);
	assert_true(!answers->url && !answers->serves && answers->agent_domain_count == 0);
}

static void an_absent_file_is_the_defaults(void **state)
{
	struct configuration *configuration = loaded(*state);
	assert_defaults(configuration);
	configuration_free(configuration);
}

static void trust_anchors(void **state)
{
	static const struct {
		const char *text;
		enum trust_source source;
		const char *file;
	} rows[] = {
		{"dns: {servers: [192.0.2.1]}\n", TRUST_ROOT, NULL},
		{"dns: {trust_anchors: root}\n", TRUST_ROOT, NULL},
		{"dns: {trust_anchors: none}\n", TRUST_NONE, NULL},
		{"dns: {trust_anchors: rules/anchors.txt}\n", TRUST_FILE, "rules/anchors.txt"},
	};
	struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *file = NULL;
		folder_write(folder, "issuer.yaml", rows[i].text);
		struct configuration *configuration = loaded(folder);
		assert_int_equal(configuration_trust(configuration, &file), rows[i].source);
		if (rows[i].file)
			assert_string_equal(file, rows[i].file);
		configuration_free(configuration);
	}
}

static void the_template_is_the_defaults(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml", configuration_template());
	struct configuration *configuration = loaded(folder);
	assert_defaults(configuration);
	configuration_free(configuration);
}

/* A member of several lines too. */
static void the_answers_of_the_template(void **state)
{
	static const char *const lines[] = {"answers:\n#   url",       "  url",
					    "  listen: 192.0.2.7:443", "  certificate: answers",
					    "  key: answers",          "  proxies",
					    "  agent_domains",         "  language"};
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml", configuration_template());
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		char commented[64];
		(void)snprintf(commented, sizeof(commented), "# %s", lines[i]);
		folder_replace(folder, "issuer.yaml", commented, lines[i]);
	}
	struct configuration *configuration = loaded(folder);
	const struct configuration_answers *answers = configuration_answers(configuration);
	assert_string_equal(answers->url, "https://ca.example.jp");
	assert_string_equal(answers->key, "answers.key");
	assert_true(answers->serves && answers->language == LANGUAGE_JA);
	configuration_free(configuration);
}

/* The commented member of the template is one that loads. */
static void the_template_without_its_comment(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml", configuration_template());
	folder_replace(folder, "issuer.yaml", "# country: JP", "country: JP");
	folder_replace(folder, "issuer.yaml", "# account: {", "account: {");
	folder_replace(folder, "issuer.yaml", "# mail: {", "mail: {");
	struct configuration *configuration = loaded(folder);
	assert_string_equal(configuration_account(configuration)->uri, "acct:self@example.jp");
	assert_string_equal(configuration_account(configuration)->key, "account.pem");
	assert_string_equal(configuration_ca(configuration)->country, "JP");
	const struct configuration_mail *mail = configuration_mail(configuration);
	assert_true(mail->is_set && mail->server.port == 25);
	assert_string_equal(mail->from, "ca@example.jp");
	assert_int_equal(mail->starttls, MAIL_TLS_REQUIRED);
	assert_int_equal(mail->timeout_ms, 60000);
	assert_null(mail->from_name);
	assert_null(mail->reply_to);
	assert_int_equal(mail->tries, 12);
	assert_true(mail->retry.first_ms == 5 * MINUTE_MS && mail->retry.factor == 2 &&
		    mail->retry.longest_ms == 4 * HOUR_MS);
	/* Who is written from is who is asked, unless it is set. */
	assert_string_equal(configuration_iodef(configuration)->contact, "ca@example.jp");
	configuration_free(configuration);
}

static void every_member(void **state)
{
	struct folder *folder = *state;
	folder_write(
		folder, "issuer.yaml",
		"dns: {servers: [\"127.0.0.1:5353\", 192.0.2.1, \"[2001:db8::1]:54\"]}\n"
		"net:\n"
		"  allow_prefixes: [127.0.0.0/8, \"fd00::/8\"]\n"
		"  port_map: {http: 18080, https: 18443, dns: 53, smtp: 10025, whois: 10043}\n"
		"names: {private_suffixes: [Test, corp.example], excluded_prefixes: "
		"[203.0.113.0/24]}\n"
		"keys: {kek: file}\n"
		"whois: {server: 127.43.0.1, per_minute: 1}\n"
		"rdap: {bootstrap: \"https://rdap.test/\", ca_file: roots.pem, per_minute: 60}\n"
		"ca: {organization: Example KK, country: JP, key_type: ec-p384, root_years: 15}\n");
	folder_write(folder, "resolv.conf", "nameserver 192.0.2.53\n");
	struct configuration *configuration = loaded(folder);
	const struct network *network = configuration_network(configuration);
	assert_int_equal(network->server_count, 3);
	assert_server(network, 0, "127.0.0.1:5353");
	assert_server(network, 1, "192.0.2.1:53");
	assert_server(network, 2, "[2001:db8::1]:54");
	assert_int_equal(network->allowed_count, 2);
	assert_int_equal(network->allowed[0].bits, 8);
	/* dns: 53 translates nothing, and is no translation. */
	assert_int_equal(network->port_count, 4);
	assert_int_equal(network_port(network, 80), 18080);
	assert_int_equal(network_port(network, 443), 18443);
	assert_int_equal(network_port(network, 53), 53);
	assert_int_equal(network_port(network, 25), 10025);
	assert_int_equal(network_port(network, 43), 10043);
	assert_string_equal(network->registry.whois_server, "127.43.0.1");
	assert_int_equal(network->registry.whois_per_minute, 1);
	assert_string_equal(network->registry.rdap_bootstrap, "https://rdap.test/");
	assert_string_equal(network->registry.ca_file, "roots.pem");
	assert_int_equal(network->registry.rdap_per_minute, 60);
	size_t count;
	const char *const *suffixes = configuration_private_suffixes(configuration, &count);
	assert_int_equal(count, 2);
	assert_string_equal(suffixes[0], "test");
	assert_string_equal(suffixes[1], "corp.example");
	const struct address_prefix *excluded =
		configuration_excluded_prefixes(configuration, &count);
	assert_int_equal(count, 1);
	assert_int_equal(excluded[0].bits, 24);
	assert_int_equal(excluded[0].address.bytes[0], 203);
	assert_string_equal(configuration_ca(configuration)->organization, "Example KK");
	assert_string_equal(configuration_ca(configuration)->country, "JP");
	assert_string_equal(configuration_ca(configuration)->root_name, "issuer local root");
	assert_int_equal(configuration_ca(configuration)->root_years, 15);
	configuration_free(configuration);
}

#define MAIL "mail: {server: \"192.0.2.25\", from: \"ca@example.jp\""
#define NAME_OF_127                                                                                \
	"見本認証局見本認証局見本認証局見本認証局見本認証局見本認証局見本認証局見本認証局見abcd"

static void mail_to_people(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml",
		     MAIL
		     ", from_name: \"見本認証局 (Sample CA)\", reply_to: desk@example.jp, tries: 3,"
		     " retry_first: 1 minutes, retry_factor: 1, retry_longest: 2 hours}\n");
	struct configuration *configuration = loaded(folder);
	const struct configuration_mail *mail = configuration_mail(configuration);
	assert_string_equal(mail->from_name, "見本認証局 (Sample CA)");
	assert_string_equal(mail->reply_to, "desk@example.jp");
	assert_int_equal(mail->tries, 3);
	assert_true(mail->retry.first_ms == MINUTE_MS && mail->retry.factor == 1 &&
		    mail->retry.longest_ms == 2 * HOUR_MS);
	configuration_free(configuration);

	/* As long as may be: 41 characters of three octets and five of one; then one more. */
	struct error err = NO_ERROR;
	folder_write(folder, "issuer.yaml", MAIL ", from_name: " NAME_OF_127 "h}\n");
	configuration = loaded(folder);
	configuration_free(configuration);
	folder_write(folder, "issuer.yaml", MAIL ", from_name: " NAME_OF_127 "hi}\n");
	assert_int_equal(load(folder, &configuration, &err), CONFIGURATION);
	assert_non_null(strstr(err.sentence, "from_name has 129 octets, more than 128"));
}

static void servers_of_the_system(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "resolv.conf",
		     "# nameserver 203.0.113.1\n"
		     "search example.jp\n"
		     "nameserver 192.0.2.53\n"
		     "nameserver\t2001:db8::53 \r\n"
		     "nameserver fe80::1%eth0\n"
		     "nameserver\n"
		     "nameserver 192.0.2.54");
	folder_write(folder, "issuer.yaml", "names: {private_suffixes: [test]}\n");
	struct configuration *configuration = loaded(folder);
	const struct network *network = configuration_network(configuration);
	assert_int_equal(network->server_count, 3);
	assert_server(network, 0, "192.0.2.53:53");
	assert_server(network, 1, "[2001:db8::53]:53");
	assert_server(network, 2, "192.0.2.54:53");
	configuration_free(configuration);
}

static void more_servers_than_fit(void **state)
{
	struct folder *folder = *state;
	char text[1024] = "";
	for (int i = 0; i < NETWORK_SERVERS_MAX + 3; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "nameserver 192.0.2.%d\n", i + 1);
	folder_write(folder, "resolv.conf", text);
	struct configuration *configuration = loaded(folder);
	assert_int_equal(configuration_network(configuration)->server_count, NETWORK_SERVERS_MAX);
	configuration_free(configuration);
}

#define CORROBORATION(url, address, latitude, longitude)                                           \
	"corroboration: {certificate: c.pem, key: c.key, ca: ca.pem, rir: apnic, latitude: 1.35, " \
	"longitude: 103.82, perspectives: [{id: tokyo, url: \"" url "\", address: \"" address      \
	"\", rir: apnic, latitude: \"" latitude "\", longitude: \"" longitude "\"}]}\n"

static void other_perspectives(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml", "names: {private_suffixes: [test]}\n");
	struct configuration *configuration = loaded(folder);
	assert_null(configuration_corroboration(configuration));
	assert_null(configuration_perspective(configuration));
	configuration_free(configuration);

	folder_write(
		folder, "issuer.yaml",
		"corroboration:\n"
		"  certificate: c.pem\n"
		"  key: c.key\n"
		"  ca: ca.pem\n"
		"  rir: apnic\n"
		"  latitude: 1.35\n"
		"  longitude: 103.82\n"
		"  perspectives:\n"
		"    - {id: tokyo, url: \"https://tokyo.example:8443/v3\", address: "
		"\"[2001:db8::1]:1\","
		" rir: apnic, latitude: 35.68, longitude: 139.77}\n"
		"    - {id: lima, url: \"https://lima.example\", address: 192.0.2.1, rir: lacnic,"
		" latitude: -12.05, longitude: -77.04,"
		" resolver: {rir: lacnic, latitude: -33.45, longitude: -70.67}}\n"
		"perspective: {listen: \"192.0.2.7:8443\", certificate: p.pem, key: p.key,"
		" client_ca: ca.pem}\n");
	configuration = loaded(folder);
	const struct configuration_corroboration *own = configuration_corroboration(configuration);
	assert_string_equal(own->certificate, "c.pem");
	assert_string_equal(own->ca, "ca.pem");
	assert_int_equal(own->primary.place.longitude_udeg, 103820000);
	assert_int_equal(own->remote_count, 2);
	const struct perspective *tokyo = &own->remotes[0], *lima = &own->remotes[1];
	assert_string_equal(tokyo->url, "https://tokyo.example:8443/v3");
	assert_int_equal(tokyo->address.port, 1);
	/* Without a place of its own the resolver is where its perspective is. */
	assert_memory_equal(&tokyo->resolver, &tokyo->place, sizeof(tokyo->place));
	assert_int_equal(lima->address.port, 443);
	assert_int_equal(lima->place.region, REGION_LACNIC);
	assert_int_equal(lima->resolver.latitude_udeg, -33450000);
	const struct configuration_perspective *served = configuration_perspective(configuration);
	assert_int_equal(served->listen.port, 8443);
	assert_string_equal(served->pack, "public-tls");
	configuration_free(configuration);
}

static void a_perspective_stands_once(void **state)
{
	struct folder *folder = *state;
	struct configuration *configuration = NULL;
	struct error err = NO_ERROR;
	folder_write(folder, "issuer.yaml",
		     CORROBORATION("https://a.example", "192.0.2.1:1", "1", "2"));
	folder_replace(folder, "issuer.yaml", "}]}",
		       "}, {id: tokyo, url: \"https://b.example\", address: \"192.0.2.2:1\", rir: "
		       "arin, latitude: 3, longitude: 4}]}");
	assert_int_equal(load(folder, &configuration, &err), CONFIGURATION);
	assert_non_null(strstr(err.sentence, "\"tokyo\" stands twice"));
}

static void the_answer_page(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "issuer.yaml",
		     "answers: {url: \"https://ca.example.jp:8443/dcv\", listen: \"[::1]:8080\","
		     " proxies: [127.0.0.0/8, \"fd00::/8\"], agent_domains: [Reseller.example],"
		     " language: en}\n");
	struct configuration *configuration = loaded(folder);
	const struct configuration_answers *answers = configuration_answers(configuration);
	assert_string_equal(answers->url, "https://ca.example.jp:8443/dcv");
	assert_true(answers->serves && !answers->certificate);
	assert_int_equal(answers->listen.port, 8080);
	assert_int_equal(answers->proxy_count, 2);
	assert_int_equal(answers->proxies[1].address.bytes[0], 0xfd);
	assert_int_equal(answers->agent_domain_count, 1);
	assert_string_equal(answers->agent_domains[0], "reseller.example");
	assert_int_equal(answers->language, LANGUAGE_EN);
	configuration_free(configuration);

	/* Mails may lead to a page that somebody else serves. */
	folder_write(folder, "issuer.yaml", "answers: {url: \"https://ca.example.jp\"}\n");
	configuration = loaded(folder);
	answers = configuration_answers(configuration);
	assert_false(answers->serves);
	assert_int_equal(answers->language, LANGUAGE_JA);
	configuration_free(configuration);

	/* Not only this machine: with TLS. */
	folder_write(folder, "issuer.yaml",
		     "answers: {url: \"https://ca.example.jp\", listen: 192.0.2.7, certificate: c, "
		     "key: k}\n");
	configuration = loaded(folder);
	assert_int_equal(configuration_answers(configuration)->listen.port, 443);
	configuration_free(configuration);
}

struct refusal {
	const char *text;
	const char *where;
	const char *words; /* in the sentence or the hint */
};

static void assert_refused(struct folder *folder, const struct refusal *refusal)
{
	struct configuration *configuration = NULL;
	struct error err = NO_ERROR;
	folder_write(folder, "issuer.yaml", refusal->text);
	assert_int_equal(load(folder, &configuration, &err), CONFIGURATION);
	assert_int_equal(err.status, CONFIGURATION);
	assert_null(configuration);
	if (!strstr(err.sentence, "issuer.yaml") || !strstr(err.sentence, refusal->where) ||
	    (!strstr(err.sentence, refusal->words) && !strstr(err.hint, refusal->words)))
		fail_msg("%s [%s]", err.sentence, err.hint);
	assert_int_equal(load(folder, &configuration, NULL), CONFIGURATION);
}

static void refusals_of_mail(void **state)
{
	static const struct refusal rows[] = {
		{MAIL ", from_name: \"\"}\n", "mail: from_name", "1 to 400 octets"},
		{MAIL ", from_name: \"CA\\r\\nBcc: x@y.example\"}\n", "mail: from_name",
		 "not a line"},
		{MAIL ", from_name: \"CA\\x7f\"}\n", "mail: from_name", "not a line"},
		{MAIL ", from_name: \"CA\xe9\"}\n", "issuer.yaml", "UTF-8"},
		{MAIL ", tries: 0}\n", "tries", "1 to 100"},
		{MAIL ", retry_longest: 8 days}\n", "retry_longest", "7 days"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_refused(*state, &rows[i]);
}

static void refusals(void **state)
{
	static const struct refusal rows[] = {
		{"", "issuer.yaml", "the file is empty"},
		{"dns: {trust_anchors: [root]}\n", "trust_anchors", "one value"},
		{"dns: {server: []}\n", "unknown key \"server\"", "\"servers\""},
		{"dsn: {servers: []}\n", "unknown key \"dsn\"", "\"dns\""},
		{"net: {port_map: {htp: 80}}\n", "unknown key \"htp\"", "\"http\""},
		{"dns: {servers: [resolver.example]}\n", "servers names \"resolver.example\"",
		 "ADDR:PORT"},
		{"dns: {servers: 192.0.2.1}\n", "\"servers\" takes a list", "near line 1"},
		{"dns: {servers: [a, b, c, d, e, f, g, h, i]}\n", "servers has 9 entries",
		 "at most 8"},
		{"net: {allow_prefixes: [127.0.0.1/8]}\n", "allow_prefixes names \"127.0.0.1/8\"",
		 "ADDRESS/BITS"},
		{"net: {port_map: {http: 0}}\n", "port_map: http is \"0\"", "from 1 to 65535"},
		{"net: {port_map: {http: 65536}}\n", "http is \"65536\"", "from 1 to 65535"},
		{"net: {port_map: {http: 80x}}\n", "http is \"80x\"", "whole number"},
		{"names: {private_suffixes: [.test]}\n", "private_suffixes names \".test\"",
		 "domain name"},
		{"names: {excluded_prefixes: [203.0.113.7]}\n",
		 "excluded_prefixes names \"203.0.113.7\"", "ADDRESS/BITS"},
		{"keys: {kek: pkcs11}\n", "keys: kek is \"pkcs11\"", "one of file"},
		{"corroboration: {certificate: a, key: b}\n", "corroboration", "ca is missing"},
		{CORROBORATION("https://a.example/", "192.0.2.1:1", "1.5", "2"), "tokyo",
		 "not like https://HOST:PORT"},
		{CORROBORATION("http://a.example", "192.0.2.1:1", "1.5", "2"), "tokyo",
		 "not like https://HOST:PORT"},
		{CORROBORATION("https://a.example", "a.example:1", "1.5", "2"), "tokyo",
		 "address is \"a.example:1\""},
		{CORROBORATION("https://a.example", "192.0.2.1:1", "91", "2"), "tokyo",
		 "latitude is \"91\""},
		{CORROBORATION("https://a.example", "192.0.2.1:1", "1", "east"), "tokyo",
		 "longitude is \"east\""},
		{"perspective: {listen: here, certificate: a, key: b, client_ca: c}\n",
		 "listen is \"here\"", "ADDR:PORT"},
		{"answers: {listen: \"127.0.0.1:1\"}\n", "answers", "url is missing"},
		{"answers: {url: \"http://ca.example.jp\"}\n", "url is \"http://", "https://"},
		{"answers: {url: \"https://ca.example.jp/\"}\n", "url is", "https://"},
		{"answers: {url: \"https://ca.example.jp/?a\"}\n", "url is", "https://"},
		{"answers: {url: \"https://a\", listen: \"192.0.2.1:80\"}\n",
		 "listen is 192.0.2.1:80", "for a proxy"},
		{"answers: {url: \"https://a\", listen: \"[::2]:80\"}\n", "listen is [::2]:80",
		 "for a proxy"},
		{"answers: {url: \"https://a\", listen: here}\n", "listen is \"here\"",
		 "ADDR:PORT"},
		{"answers: {url: \"https://a\", listen: \"127.0.0.1:80\"}\n", "answers",
		 "proxies must name"},
		{"answers: {url: \"https://a\", certificate: c}\n", "answers", "go together"},
		{"answers: {url: \"https://a\", proxies: [10.0.0.1/8]}\n",
		 "proxies names \"10.0.0.1/8\"", "ADDRESS/BITS"},
		{"answers: {url: \"https://a\", agent_domains: [\"a b\"]}\n",
		 "agent_domains names \"a b\"", "A-labels"},
		{"answers: {url: \"https://a\", language: fr}\n", "language is \"fr\"",
		 "one of ja, en"},
		{"account: {uri: self}\n", "account: uri", "not the URI of an account"},
		{"ca: {country: Japan}\n", "country is \"Japan\"", "two capital letters"},
		{"ca: {key_type: rsa-1024}\n", "key_type", "rsa-1024"},
		{"ca: {root_years: 5}\n", "issuing_years is 10", "root_years"},
		{"whois: {server: \"a b\"}\n", "whois: server is \"a b\"", "host name"},
		{"whois: {per_minute: 61}\n", "per_minute is \"61\"", "from 1 to 60"},
		{"rdap: {bootstrap: \"http://rdap.test/\"}\n", "rdap: bootstrap is \"http://",
		 "https://"},
		{"ca: {organization: \"a\\0b\"}\n", "issuer.yaml", "NUL"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_refused(*state, &rows[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_absent_file_is_the_defaults),
		TEST(the_template_is_the_defaults),
		TEST(the_template_without_its_comment),
		TEST(the_answers_of_the_template),
		TEST(every_member),
		TEST(trust_anchors),
		TEST(servers_of_the_system),
		TEST(more_servers_than_fit),
		TEST(other_perspectives),
		TEST(a_perspective_stands_once),
		TEST(the_answer_page),
		TEST(mail_to_people),
		TEST(refusals_of_mail),
		TEST(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
