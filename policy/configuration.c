/*
 * issuer.yaml: see configuration.h. Read by the same strict tables as the rule
 * files. The template of a new home documents every member; a test holds it to
 * the defaults.
 */
#include "policy/configuration.h"

#include "base/memory.h"
#include "csr/account.h"
#include "csr/key.h"
#include "csr/names.h"
#include "policy/answer_part.h"
#include "policy/column.h"
#include "policy/mail_part.h"
#include "policy/perspective_part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DNS_PORT = 53 };

enum service {
	SERVICE_HTTP,
	SERVICE_HTTPS,
	SERVICE_DNS,
	SERVICE_SMTP,
	SERVICE_WHOIS,
	SERVICE_COUNT
};

/* The file as it stands, one struct for each mapping. */
struct dns_part {
	const char *servers[NETWORK_SERVERS_MAX];
	size_t server_count;
	const char *trust_anchors; /* "root", "none" or a file */
};

#define DNS_DEFAULTS                                                                               \
	{                                                                                          \
		.trust_anchors = "root"                                                            \
	}

struct port_map_part {
	int ports[SERVICE_COUNT];
};

struct net_part {
	const char *prefixes[NETWORK_PREFIXES_MAX];
	size_t prefix_count;
	struct port_map_part port_map;
};

struct names_part {
	const char *suffixes[CONFIGURATION_SUFFIXES_MAX];
	size_t suffix_count;
	const char *excluded[CONFIGURATION_EXCLUDED_MAX];
	size_t excluded_count;
};

struct keys_part {
	int kek; /* enum kek_source */
};

struct whois_part {
	const char *server;
	int per_minute;
};

struct rdap_part {
	const char *bootstrap;
	const char *ca_file;
	int per_minute;
};

struct configuration_file {
	struct whois_part whois;
	struct rdap_part rdap;
	struct mail_part mail;
	struct iodef_part iodef;
	struct corroboration_part corroboration;
	struct perspective_part perspective;
	struct answer_part answers;
	struct dns_part dns;
	struct net_part net;
	struct names_part names;
	struct keys_part keys;
	struct configuration_ca ca;
	struct configuration_account account;
};

struct configuration {
	struct arena arena;
	struct configuration_file file;
	struct network network;
	struct perspective remotes[PERSPECTIVES_MAX];
	struct configuration_corroboration corroboration;
	struct configuration_perspective perspective;
	const char *suffixes[CONFIGURATION_SUFFIXES_MAX];
	struct address_prefix excluded[CONFIGURATION_EXCLUDED_MAX];
};

static const int logical_ports[SERVICE_COUNT] = {
	[SERVICE_HTTP] = 80, [SERVICE_HTTPS] = 443, [SERVICE_DNS] = 53,
	[SERVICE_SMTP] = 25, [SERVICE_WHOIS] = 43,
};
static_assert((int)NETWORK_PORTS_MAX >= (int)SERVICE_COUNT, "every service can be translated");

static const char *const kek_names[] = {[KEK_FILE] = "file", NULL};

#define CA_DEFAULTS                                                                                \
	{                                                                                          \
		.organization = "issuer", .root_name = "issuer local root",                        \
		.issuing_name = "issuer local CA", .key_type = "ec-p256", .root_years = 20,        \
		.issuing_years = 10,                                                               \
	}

#define WHOIS_DEFAULTS                                                                             \
	{                                                                                          \
		.server = "whois.iana.org", .per_minute = 20                                       \
	}
#define RDAP_DEFAULTS                                                                              \
	{                                                                                          \
		.bootstrap = "https://data.iana.org/rdap/dns.json", .per_minute = 30,              \
		.ca_file = "/etc/ssl/certs/ca-certificates.crt",                                   \
	}

static const struct configuration_ca ca_initial = CA_DEFAULTS;
static const struct whois_part whois_initial = WHOIS_DEFAULTS;
static const struct rdap_part rdap_initial = RDAP_DEFAULTS;
static const struct dns_part dns_initial = DNS_DEFAULTS;
static const struct configuration_file file_initial = {.dns = DNS_DEFAULTS,
						       .ca = CA_DEFAULTS,
						       .whois = WHOIS_DEFAULTS,
						       .rdap = RDAP_DEFAULTS,
						       .mail = MAIL_DEFAULTS,
						       .iodef = IODEF_DEFAULTS};

/* clang-format off */
#define GROUP(name, type, table, ...) \
	{.what = (name), .size = sizeof(struct type), .columns = (table), \
	 .column_count = ARRAY_LENGTH(table), __VA_ARGS__}
#define PORT(key, service) \
	{(key), COLUMN_INTEGER, NEED_NEVER, AT(port_map_part, ports[service]), .least = 1, .most = 65535}
#define PART(key, member, its_group) \
	{(key), COLUMN_GROUP, NEED_NEVER, AT(configuration_file, member), .group = &(its_group)}

static const struct column dns_columns[] = {
	{"servers", COLUMN_TEXTS, NEED_NEVER, AT(dns_part, servers),
	 .count_offset = offsetof(struct dns_part, server_count), .most = NETWORK_SERVERS_MAX},
	{"trust_anchors", COLUMN_TEXT, NEED_NEVER, AT(dns_part, trust_anchors)},
};
static const struct group dns_group = GROUP("dns", dns_part, dns_columns, .initial = &dns_initial);

static const struct column port_map_columns[] = {
	PORT("http",  SERVICE_HTTP),
	PORT("https", SERVICE_HTTPS),
	PORT("dns",   SERVICE_DNS),
	PORT("smtp",  SERVICE_SMTP),
	PORT("whois", SERVICE_WHOIS),
};
static_assert(ARRAY_LENGTH(port_map_columns) == SERVICE_COUNT, "one key a service");
static const struct group port_map_group = GROUP("port_map", port_map_part, port_map_columns, .initial = NULL);

static const struct column net_columns[] = {
	{"allow_prefixes", COLUMN_TEXTS, NEED_NEVER, AT(net_part, prefixes),
	 .count_offset = offsetof(struct net_part, prefix_count), .most = NETWORK_PREFIXES_MAX},
	{"port_map", COLUMN_GROUP, NEED_NEVER, AT(net_part, port_map), .group = &port_map_group},
};
static const struct group net_group = GROUP("net", net_part, net_columns, .initial = NULL);

static const struct column names_columns[] = {
	{"private_suffixes", COLUMN_TEXTS, NEED_NEVER, AT(names_part, suffixes),
	 .count_offset = offsetof(struct names_part, suffix_count), .most = CONFIGURATION_SUFFIXES_MAX},
	{"excluded_prefixes", COLUMN_TEXTS, NEED_NEVER, AT(names_part, excluded),
	 .count_offset = offsetof(struct names_part, excluded_count), .most = CONFIGURATION_EXCLUDED_MAX},
};
static const struct group names_group = GROUP("names", names_part, names_columns, .initial = NULL);

static const struct column keys_columns[] = {
	{"kek", COLUMN_WORD, NEED_NEVER, AT(keys_part, kek), .words = kek_names},
};
static const struct group keys_group = GROUP("keys", keys_part, keys_columns, .initial = NULL);

static const struct column whois_columns[] = {
	{"server",     COLUMN_TEXT,    NEED_NEVER, AT(whois_part, server)},
	{"per_minute", COLUMN_INTEGER, NEED_NEVER, AT(whois_part, per_minute), .least = 1, .most = 60},
};
static const struct group whois_group = GROUP("whois", whois_part, whois_columns, .initial = &whois_initial);

static const struct column rdap_columns[] = {
	{"bootstrap",  COLUMN_TEXT,    NEED_NEVER, AT(rdap_part, bootstrap)},
	{"ca_file",    COLUMN_TEXT,    NEED_NEVER, AT(rdap_part, ca_file)},
	{"per_minute", COLUMN_INTEGER, NEED_NEVER, AT(rdap_part, per_minute), .least = 1, .most = 60},
};
static const struct group rdap_group = GROUP("rdap", rdap_part, rdap_columns, .initial = &rdap_initial);

static const struct column ca_columns[] = {
	{"organization",  COLUMN_TEXT,    NEED_NEVER, AT(configuration_ca, organization)},
	{"country",       COLUMN_TEXT,    NEED_NEVER, AT(configuration_ca, country)},
	{"root_name",     COLUMN_TEXT,    NEED_NEVER, AT(configuration_ca, root_name)},
	{"issuing_name",  COLUMN_TEXT,    NEED_NEVER, AT(configuration_ca, issuing_name)},
	{"key_type",      COLUMN_ID,      NEED_NEVER, AT(configuration_ca, key_type)},
	{"root_years",    COLUMN_INTEGER, NEED_NEVER, AT(configuration_ca, root_years), .least = 1, .most = 50},
	{"issuing_years", COLUMN_INTEGER, NEED_NEVER, AT(configuration_ca, issuing_years), .least = 1, .most = 50},
};
static const struct group ca_group = GROUP("ca", configuration_ca, ca_columns, .initial = &ca_initial);

static const struct column account_columns[] = {
	{"uri", COLUMN_TEXT, NEED_NEVER, AT(configuration_account, uri)},
	{"key", COLUMN_TEXT, NEED_NEVER, AT(configuration_account, key)},
};
static const struct group account_group = GROUP("account", configuration_account, account_columns, .initial = NULL);

static const struct column file_columns[] = {
	PART("dns",   dns,   dns_group),
	PART("net",   net,   net_group),
	PART("names", names, names_group),
	PART("keys",  keys,  keys_group),
	PART("ca",    ca,    ca_group),
	PART("mail",  mail,  mail_group),
	PART("iodef", iodef, iodef_group),
	PART("corroboration", corroboration, corroboration_group),
	PART("perspective",   perspective,   perspective_group),
	PART("answers", answers, answer_group),
	PART("whois", whois, whois_group),
	PART("rdap",  rdap,  rdap_group),
	PART("account", account, account_group),
};
static const struct group file_group = GROUP(NULL, configuration_file, file_columns,
                                             .initial = &file_initial);
/* clang-format on */

static const char template_text[] =
	"# How this home is set up. Every member is shown with its default;\n"
	"# the file may also be deleted.\n"
	"\n"
	"dns:\n"
	"  # Resolvers, asked in this order: ADDR or ADDR:PORT, [V6]:PORT.\n"
	"  # An empty list takes the nameserver lines of /etc/resolv.conf.\n"
	"  servers: []\n"
	"  # Where the validation of answers starts (DNSSEC): root (the IANA root's keys,\n"
	"  # built in), or a file of DS and DNSKEY records, one a line. none believes the\n"
	"  # resolver without proof; public products refuse that.\n"
	"  trust_anchors: root\n"
	"\n"
	"net:\n"
	"  # Addresses that are not global are never contacted, except these (ADDR/BITS);\n"
	"  # private products may name them in certificates.\n"
	"  allow_prefixes: []\n"
	"  # The port really connected to for each service; rules, URLs and evidence keep\n"
	"  # the first one. For laboratories only: public products refuse a changed map.\n"
	"  port_map: {http: 80, https: 443, dns: 53, smtp: 25, whois: 43}\n"
	"\n"
	"# Where registries are found (contact show). A question may wait for its turn.\n"
	"whois:\n"
	"  # IANA's server, whose referrals are followed: a host name or an address.\n"
	"  server: whois.iana.org\n"
	"  # Questions to one server in any minute (1 to 60).\n"
	"  per_minute: 20\n"
	"\n"
	"rdap:\n"
	"  # IANA's table of RDAP servers: an https URL.\n"
	"  bootstrap: https://data.iana.org/rdap/dns.json\n"
	"  # PEM file of the roots that RDAP servers are verified by.\n"
	"  ca_file: /etc/ssl/certs/ca-certificates.crt\n"
	"  per_minute: 30\n"
	"\n"
	"names:\n"
	"  # Suffixes outside the public domain name space (A-labels, without a leading\n"
	"  # dot) that private products may use, for example [test, corp.internal].\n"
	"  private_suffixes: []\n"
	"  # Addresses (ADDR/BITS) that may not be ordered, global or not.\n"
	"  excluded_prefixes: []\n"
	"\n"
	"keys:\n"
	"  # Where the key that encrypts all private keys is kept: file (in this home).\n"
	"  kek: file\n"
	"\n"
	"# The account of the applicant \"self\", for the methods of ACME. A change counts\n"
	"# from the next command on and is journalled.\n"
	"# uri (RFC 8657) is acct:NAME@HOST or the URL of an ACME account; key is a file\n"
	"# with its public key, PEM or JWK, seen from this home.\n"
	"# account: {uri: \"acct:self@example.jp\", key: account.pem}\n"
	"\n"
	"# How mail is sent: the server (ADDR:PORT) that takes all of it, such as a relay, "
	"and\n"
	"# the address that it is from. starttls is required, opportunistic or none; the\n"
	"# certificate is verified by ca_file, for name, or for the address without one. A\n"
	"# user logs in with the first line of password_file, seen from this home, mode "
	"0600.\n"
	"# from_name (any script) is shown beside from, and answers go to reply_to, or to from.\n"
	"# Mail that asks people has the language both (Japanese and English), ja or en; it is\n"
	"# tried so often: tries (12), retry_first (5 minutes), then that times retry_factor\n"
	"# (2), at most retry_longest (4 hours). bounces is a folder (Maildir, or one file a\n"
	"# message) whose reports of mail that was not delivered are read. Other members:\n"
	"# timeout (60 s). Without this no mail is sent.\n"
	"# mail: {server: \"192.0.2.25:25\", from: \"ca@example.jp\", starttls: required}\n"
	"\n"
	"# Reports to the owner of a domain of issuances that its CAA records prevented\n"
	"# (RFC 8659 4.4, BR 4.2.2.1), to the mailto: and https: URLs of its iodef "
	"records.\n"
	"iodef:\n"
	"  # never, mail, https or both\n"
	"  send: never\n"
	"  # Whom the report names to ask: a mail address; that of mail: from unless set.\n"
	"  # contact: caa@example.jp\n"
	"  # PEM file of the roots that https servers are verified by.\n"
	"  ca_file: /etc/ssl/certs/ca-certificates.crt\n"
	"  timeout: 20 s\n"
	"  # How often one report is tried, and how long it waits between: retry_first, "
	"then\n"
	"  # that times retry_factor, at most retry_longest.\n"
	"  tries: 8\n"
	"  retry_first: 5 minutes\n"
	"  retry_factor: 3\n"
	"  retry_longest: 24 hours\n"
	"\n"
	"# The page on which people answer whether they agree (`issuer serve`), and where "
	"the\n"
	"# public finds it: the mails lead to url/answer/VALUE. Without certificate and key "
	"it\n"
	"# listens without TLS, on an address of this machine, for a proxy that has TLS; "
	"the\n"
	"# client's address is then taken from the X-Forwarded-For of proxies "
	"(ADDRESS/BITS).\n"
	"# agent_domains are the mail domains of ourselves and of resellers: where the rules "
	"do\n"
	"# not let an agent answer for its customer, answers from there do not count. "
	"language\n"
	"# (ja or en) is for readers who prefer neither. Without this nobody is asked by "
	"mail.\n"
	"# answers:\n"
	"#   url: https://ca.example.jp\n"
	"#   listen: 192.0.2.7:443\n"
	"#   certificate: answers.pem                    # with its chain\n"
	"#   key: answers.key\n"
	"#   proxies: []\n"
	"#   agent_domains: []\n"
	"#   language: ja\n"
	"\n"
	"# What `issuer init` puts into the local CA; later changes have no effect.\n"
	"ca:\n"
	"  organization: issuer\n"
	"  # Two capital letters; no country unless set.\n"
	"  # country: JP\n"
	"  root_name: issuer local root\n"
	"  issuing_name: issuer local CA\n"
	"  # ec-p256, ec-p384, rsa-2048, rsa-3072 or rsa-4096\n"
	"  key_type: ec-p256\n"
	"  root_years: 20\n"
	"  issuing_years: 10\n"
	"\n"
	"# The other network perspectives that must see what this home sees, where the "
	"rules\n"
	"# want them (BR 3.2.2.9). None unless set. Files are relative to this folder.\n"
	"# corroboration:\n"
	"#   certificate: corroboration/controller.pem   # ours, with its chain\n"
	"#   key: corroboration/controller.key\n"
	"#   ca: corroboration/perspectives-ca.pem       # of the perspectives' "
	"certificates\n"
	"#   # Where this home looks from; rir: afrinic, apnic, arin, lacnic or ripe-ncc.\n"
	"#   rir: apnic\n"
	"#   latitude: 35.68\n"
	"#   longitude: 139.77\n"
	"#   perspectives:\n"
	"#     - id: frankfurt\n"
	"#       url: https://frankfurt.perspectives.example:8443\n"
	"#       address: 192.0.2.7:8443                 # connected to; nothing is "
	"resolved\n"
	"#       rir: ripe-ncc\n"
	"#       latitude: 50.11\n"
	"#       longitude: 8.68\n"
	"#       # Where its DNS resolver is, when elsewhere:\n"
	"#       # resolver: {rir: ripe-ncc, latitude: 48.14, longitude: 11.58}\n"
	"\n"
	"# For `issuer perspective serve`, which needs no home but a file like this.\n"
	"# perspective:\n"
	"#   listen: 192.0.2.7:8443\n"
	"#   certificate: perspective.pem                # with its chain\n"
	"#   key: perspective.key\n"
	"#   client_ca: controllers-ca.pem               # of the controllers' "
	"certificates\n"
	"#   pack: public-tls                            # whose limits checks have\n";

const char *configuration_template(void)
{
	return template_text;
}

/* Servers -------------------------------------------------------------------- */

static enum status take_servers(const struct dns_part *dns, struct network *network,
				struct error *err)
{
	for (size_t i = 0; i < dns->server_count; i++) {
		if (endpoint_parse(dns->servers[i], DNS_PORT, &network->servers[i]) != OK)
			return fail(
				err, CONFIGURATION,
				"dns: servers names \"%.80s\", not ADDR, ADDR:PORT or [V6]:PORT",
				dns->servers[i]);
	}
	network->server_count = dns->server_count;
	return OK;
}

/* resolv.conf(5): "nameserver Name server IP address", one a line; the rest is for a stub resolver.
 */
static void take_nameserver(char *line, struct network *network)
{
	char *rest = NULL;
	const char *keyword = strtok_r(line, " \t\r", &rest);
	const char *address = strtok_r(NULL, " \t\r", &rest);
	struct endpoint *server = &network->servers[network->server_count];
	if (!keyword || strcmp(keyword, "nameserver") != 0 || !address ||
	    network->server_count == NETWORK_SERVERS_MAX)
		return;
	/* A link-local address with a zone ("fe80::1%eth0") cannot be written as an endpoint. */
	if (address_parse(address, &server->address) != OK)
		return;
	server->port = DNS_PORT;
	network->server_count++;
}

/* Without a line there are no servers; who asks the DNS then says so. */
static void take_resolv_conf(struct slice text, struct arena *arena, struct network *network)
{
	char *rest = NULL;
	for (char *line = strtok_r(arena_bytes(arena, text), "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		take_nameserver(line, network);
}

/* The other members ------------------------------------------------------------ */

static enum status take_prefixes(const char *key, const char *const *texts, size_t count,
				 struct address_prefix *ret, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (address_prefix_parse(texts[i], &ret[i]) != OK)
			return fail(err, CONFIGURATION,
				    "%s names \"%.80s\", not ADDRESS/BITS without bits behind the "
				    "prefix",
				    key, texts[i]);
	return OK;
}

static enum status take_net(const struct net_part *net, struct network *network, struct error *err)
{
	TRY(take_prefixes("net: allow_prefixes", net->prefixes, net->prefix_count, network->allowed,
			  err));
	network->allowed_count = net->prefix_count;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		int physical = net->port_map.ports[i];
		if (physical == 0 || physical == logical_ports[i])
			continue;
		network->ports[network->port_count++] =
			(struct port_translation){(uint16_t)logical_ports[i], (uint16_t)physical};
	}
	return OK;
}

static void take_registry(const struct configuration_file *file, struct network *network)
{
	network->registry = (struct registry_access){
		.whois_server = file->whois.server,
		.whois_per_minute = file->whois.per_minute,
		.rdap_bootstrap = file->rdap.bootstrap,
		.rdap_per_minute = file->rdap.per_minute,
		.ca_file = file->rdap.ca_file,
	};
}

static enum status check_registry(const struct configuration_file *file, struct error *err)
{
	struct address literal;
	char host[NAME_TEXT];
	if (address_parse(file->whois.server, &literal) != OK &&
	    name_host(file->whois.server, host, NULL) != OK)
		return fail(err, CONFIGURATION,
			    "whois: server is \"%.80s\", neither a host name nor an address",
			    file->whois.server);
	if (strncmp(file->rdap.bootstrap, "https://", 8) != 0)
		return fail(err, CONFIGURATION,
			    "rdap: bootstrap is \"%.80s\", not a URL that begins with https://",
			    file->rdap.bootstrap);
	return OK;
}

static enum status take_names(const struct names_part *names, struct configuration *configuration,
			      struct error *err)
{
	TRY(take_prefixes("names: excluded_prefixes", names->excluded, names->excluded_count,
			  configuration->excluded, err));
	for (size_t i = 0; i < names->suffix_count; i++) {
		char host[NAME_TEXT];
		if (name_host(names->suffixes[i], host, err) != OK)
			return fail(err, CONFIGURATION,
				    "names: private_suffixes names \"%.80s\", not a domain name of "
				    "A-labels",
				    names->suffixes[i]);
		configuration->suffixes[i] = arena_text(&configuration->arena, host);
	}
	return OK;
}

static enum status check_ca(const struct configuration_ca *ca, struct error *err)
{
	enum key_type type;
	const char *capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	if (ca->country && (strlen(ca->country) != 2 || strspn(ca->country, capitals) != 2))
		return fail(err, CONFIGURATION, "ca: country is \"%.20s\", not two capital letters",
			    ca->country);
	struct error reason = NO_ERROR;
	if (key_type_parse(ca->key_type, &type, &reason) != OK)
		return fail(err, CONFIGURATION, "ca: key_type: %s", reason.sentence);
	if (ca->issuing_years > ca->root_years)
		return fail(err, CONFIGURATION,
			    "ca: issuing_years is %d, more than root_years, which is %d",
			    ca->issuing_years, ca->root_years);
	return OK;
}

static enum status take_file(struct configuration *configuration, struct error *err)
{
	TRY(take_servers(&configuration->file.dns, &configuration->network, err));
	TRY(take_net(&configuration->file.net, &configuration->network, err));
	TRY(check_registry(&configuration->file, err));
	TRY(take_names(&configuration->file.names, configuration, err));
	TRY(mail_take(&configuration->network, &configuration->file.mail, err));
	TRY(iodef_take(&configuration->file.mail.mail, &configuration->file.iodef, err));
	TRY(corroboration_take(&configuration->file.corroboration, configuration->remotes,
			       &configuration->corroboration, err));
	TRY(perspective_take(&configuration->file.perspective, &configuration->perspective, err));
	TRY(answers_take(&configuration->arena, &configuration->file.answers, err));
	const char *uri = configuration->file.account.uri;
	struct error why = NO_ERROR;
	if (uri && account_uri_check(uri, &why) != OK)
		return fail(err, CONFIGURATION, "account: uri: %s", why.sentence);
	return check_ca(&configuration->file.ca, err);
}

/* Loading ------------------------------------------------------------------------ */

static enum status read_file(const char *path, struct slice text,
			     struct configuration *configuration, struct error *err)
{
	struct arena *arena = &configuration->arena;
	struct reading reading = {.path = path, .status = CONFIGURATION, .arena = arena};
	const struct cell *cells = NULL;
	/* Values point into the text. */
	struct slice kept = slice_of(arena_bytes(arena, text), text.length);
	TRY(document_read(kept, path, &file_group, CONFIGURATION, arena, &cells, err));
	TRY(group_read(&file_group, cells, &reading, &configuration->file, err));
	enum status status = take_file(configuration, err);
	if (status != OK)
		(void)fail_prefix(err, "%s", path);
	return status;
}

enum status configuration_read(const char *path, struct slice text, struct slice resolv_conf,
			       struct configuration **ret, struct error *err)
{
	CLEANUP(configuration_freep)
	struct configuration *configuration = memory_new(1, sizeof(*configuration));
	arena_init(&configuration->arena);
	configuration->file = file_initial;
	if (text.data)
		TRY(read_file(path, text, configuration, err));
	take_registry(&configuration->file, &configuration->network);
	if (configuration->network.server_count == 0)
		take_resolv_conf(resolv_conf, &configuration->arena, &configuration->network);
	*ret = STEAL(configuration);
	return OK;
}

void configuration_free(struct configuration *configuration)
{
	if (!configuration)
		return;
	arena_release(&configuration->arena);
	free(configuration);
}

void configuration_freep(struct configuration **configuration)
{
	configuration_free(*configuration);
	*configuration = NULL;
}

const struct network *configuration_network(const struct configuration *configuration)
{
	return &configuration->network;
}

enum trust_source configuration_trust(const struct configuration *configuration,
				      const char **ret_file)
{
	const char *source = configuration->file.dns.trust_anchors;
	if (strcmp(source, "root") == 0)
		return TRUST_ROOT;
	if (strcmp(source, "none") == 0)
		return TRUST_NONE;
	*ret_file = source;
	return TRUST_FILE;
}

const char *const *configuration_private_suffixes(const struct configuration *configuration,
						  size_t *ret_count)
{
	*ret_count = configuration->file.names.suffix_count;
	return configuration->suffixes;
}

const struct address_prefix *
configuration_excluded_prefixes(const struct configuration *configuration, size_t *ret_count)
{
	*ret_count = configuration->file.names.excluded_count;
	return configuration->excluded;
}

enum kek_source configuration_kek(const struct configuration *configuration)
{
	return (enum kek_source)configuration->file.keys.kek;
}

const struct configuration_account *configuration_account(const struct configuration *configuration)
{
	return &configuration->file.account;
}

const struct configuration_mail *configuration_mail(const struct configuration *configuration)
{
	return &configuration->file.mail.mail;
}

const struct configuration_iodef *configuration_iodef(const struct configuration *configuration)
{
	return &configuration->file.iodef.iodef;
}

const struct configuration_answers *configuration_answers(const struct configuration *configuration)
{
	return &configuration->file.answers.answers;
}

const struct configuration_ca *configuration_ca(const struct configuration *configuration)
{
	return &configuration->file.ca;
}

const struct configuration_corroboration *
configuration_corroboration(const struct configuration *configuration)
{
	return configuration->corroboration.certificate ? &configuration->corroboration : NULL;
}

const struct configuration_perspective *
configuration_perspective(const struct configuration *configuration)
{
	return configuration->perspective.certificate ? &configuration->perspective : NULL;
}
