/* The answer page in issuer.yaml: see answer_part.h. */
#include "policy/answer_part.h"

#include "csr/names.h"

#include <string.h>

enum { HTTPS_PORT = 443, LOOPBACK_OCTET = 127 };

static const char *const language_names[] = {
	[LANGUAGE_JA] = "ja", [LANGUAGE_EN] = "en", [LANGUAGE_COUNT] = NULL};

/* clang-format off */
#define LIST(key, member, number, limit) \
	{(key), COLUMN_TEXTS, NEED_NEVER, AT(answer_part, member), \
	 .count_offset = offsetof(struct answer_part, number), .most = (limit)}

static const struct column answer_columns[] = {
	{"url",         COLUMN_TEXT, NEED_ALWAYS, AT(answer_part, answers.url)},
	{"listen",      COLUMN_TEXT, NEED_NEVER,  AT(answer_part, listen)},
	{"certificate", COLUMN_TEXT, NEED_NEVER,  AT(answer_part, answers.certificate)},
	{"key",         COLUMN_TEXT, NEED_NEVER,  AT(answer_part, answers.key)},
	LIST("proxies", proxies, proxy_count, ANSWER_PROXIES_MAX),
	LIST("agent_domains", agent_domains, agent_domain_count, ANSWER_AGENTS_MAX),
	{"language",    COLUMN_WORD, NEED_NEVER,  AT(answer_part, language), .words = language_names},
};
const struct group answer_group = {
	.what = "answers", .size = sizeof(struct answer_part), .columns = answer_columns,
	.column_count = ARRAY_LENGTH(answer_columns), .initial = NULL};
/* clang-format on */

/* Scheme, host, port and path, to which "/answer/..." is added; nothing that has to be escaped in a
 * header or an attribute. */
static bool is_public_url(const char *url)
{
	static const char scheme[] = "https://";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~:/[]";
	size_t length = strlen(url), start = strlen(scheme);
	return strncmp(url, scheme, start) == 0 && length > start && url[start] != '/' &&
	       url[length - 1] != '/' && strspn(url, plain) == length;
}

static bool is_loopback(const struct address *address)
{
	static const struct address loopback = {ADDRESS_V6, {[15] = 1}};
	return address->family == ADDRESS_V4 ? address->bytes[0] == LOOPBACK_OCTET
					     : address_equal(address, &loopback);
}

static enum status take_listen(const struct answer_part *part, struct configuration_answers *ret,
			       struct error *err)
{
	if (!ret->certificate != !ret->key)
		return fail(err, CONFIGURATION, "answers: certificate and key go together");
	if (!part->listen)
		return OK;
	if (endpoint_parse(part->listen, HTTPS_PORT, &ret->listen) != OK)
		return fail(err, CONFIGURATION,
			    "answers: listen is \"%.80s\", not ADDR:PORT or [V6]:PORT",
			    part->listen);
	if (!ret->certificate && !is_loopback(&ret->listen.address))
		return fail(err, CONFIGURATION,
			    "answers: listen is %.80s, and without certificate and key only an "
			    "address of this machine may be listened on, for a proxy",
			    part->listen);
	if (!ret->certificate && part->proxy_count == 0)
		return fail(err, CONFIGURATION,
			    "answers: without certificate and key proxies must name the proxy, "
			    "or all clients would be one");
	ret->serves = true;
	return OK;
}

static enum status take_proxies(struct answer_part *part, struct error *err)
{
	for (size_t i = 0; i < part->proxy_count; i++)
		if (address_prefix_parse(part->proxies[i], &part->prefixes[i]) != OK)
			return fail(err, CONFIGURATION,
				    "answers: proxies names \"%.80s\", not ADDRESS/BITS without "
				    "bits behind the prefix",
				    part->proxies[i]);
	part->answers.proxies = part->prefixes;
	part->answers.proxy_count = part->proxy_count;
	return OK;
}

static enum status take_agents(struct arena *arena, struct answer_part *part, struct error *err)
{
	for (size_t i = 0; i < part->agent_domain_count; i++) {
		char host[NAME_TEXT];
		if (name_host(part->agent_domains[i], host, NULL) != OK)
			return fail(err, CONFIGURATION,
				    "answers: agent_domains names \"%.80s\", not a domain name of "
				    "A-labels",
				    part->agent_domains[i]);
		part->agent_domains[i] = arena_text(arena, host);
	}
	part->answers.agent_domains = part->agent_domains;
	part->answers.agent_domain_count = part->agent_domain_count;
	return OK;
}

enum status answers_take(struct arena *arena, struct answer_part *part, struct error *err)
{
	struct configuration_answers *answers = &part->answers;
	answers->language = (enum language)part->language;
	if (!answers->url)
		return OK;
	if (!is_public_url(answers->url))
		return fail(err, CONFIGURATION,
			    "answers: url is \"%.80s\", not like https://ca.example.jp",
			    answers->url);
	TRY(take_listen(part, answers, err));
	TRY(take_proxies(part, err));
	return take_agents(arena, part, err);
}
