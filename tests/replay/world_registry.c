/*
 * Registries of the world: IANA's WHOIS server refers to one for each top-level
 * domain, and each says in its own layout who is published. See world.h.
 *
 *   com  thin, and the registrar knows     net  flat lines
 *   org  paragraphs found by their keys    jp   one contact, as JPRS prints it
 */
#include "tests/replay/world.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MAX = 16 * 1024 };

const char *const world_bases[WORLD_BASES] = {"example.com", "example.net", "example.org",
					      "example.jp"};

/* Registrant, admin, tech; "%s" is the base domain, NULL nobody. */
static const char *const sets[WORLD_SETS][WORLD_ROLES] = {
	[SET_THREE] = {"hanako@%s", "jiro@corp.example", "noc@hoster.example"},
	[SET_AGENT] = {"hanako@%s", "hanako@%s", "desk@" WORLD_AGENT_DOMAIN},
	[SET_NOBODY] = {NULL, NULL, NULL},
	[SET_UNREACHABLE] = {NULL, "closed@hoster.example", "lost@gone.example"},
	[SET_ALONE] = {"taro@%s", NULL, NULL},
};
static const char *const constructed[] = {"admin", "administrator", "webmaster", "hostmaster",
					  "postmaster"};

/* ---- servers, and who takes mail ---- */

static const struct {
	const char *name, *address;
} servers[] = {
	{"whois.iana.org", "192.0.32.59"},         {"data.iana.org", "192.0.33.8"},
	{"whois.registry.example", "198.41.3.39"}, {"whois.registrar.example", "198.41.3.40"},
	{"whois.net.example", "198.41.3.41"},      {"whois.org.example", "198.41.3.42"},
	{"whois.jprs.jp", "117.104.133.169"},
};

const char *world_server_address(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(servers); i++)
		if (strcmp(servers[i].name, name) == 0)
			return servers[i].address;
	return NULL;
}

static const struct {
	const char *domain, *exchanger;
} exchangers[] = {
	{"example.com", "mx.example.com"},        {"example.org", "mx.example.org"},
	{"example.jp", "mx.example.jp"},          {"example.net", "."},
	{"corp.example", "mx.corp.example"},      {"hoster.example", "mx.hoster.example"},
	{WORLD_AGENT_DOMAIN, "mx.agent.example"},
};

const char *world_exchanger(const char *domain)
{
	for (size_t i = 0; i < ARRAY_LENGTH(exchangers); i++)
		if (strcmp(exchangers[i].domain, domain) == 0)
			return exchangers[i].exchanger;
	return NULL;
}

bool world_mail_domain(const char *domain)
{
	return world_exchanger(domain) != NULL;
}

bool world_is_agent(const char *address)
{
	return strcmp(strchr(address, '@') + 1, WORLD_AGENT_DOMAIN) == 0;
}

bool world_refuses(const char *address)
{
	/* Two of the five are no mailboxes at one of the domains. */
	return strncmp(address, "closed@", 7) == 0 || strcmp(address, "admin@example.org") == 0 ||
	       strcmp(address, "administrator@example.org") == 0;
}

/* ---- who is published ---- */

void world_register(struct world *world, size_t base, enum world_set set)
{
	world->registrations[base].set = set;
	world->registrations[base].ever[set] = true;
}

static const char *mailbox(enum world_set set, size_t role, const char *base,
			   char text[MAILBOX_MAX])
{
	const char *at = sets[set][role] ? strchr(sets[set][role], '@') : NULL;
	if (!at)
		return NULL;
	if (strcmp(at, "@%s") == 0)
		(void)snprintf(text, MAILBOX_MAX, "%.*s@%s", (int)(at - sets[set][role]),
			       sets[set][role], base);
	else
		(void)snprintf(text, MAILBOX_MAX, "%s", sets[set][role]);
	return text;
}

static bool is_within(const char *name, const char *base)
{
	size_t length = strlen(name), above = strlen(base);
	return length >= above && strcmp(name + length - above, base) == 0 &&
	       (length == above || name[length - above - 1] == '.');
}

static bool was_published(const struct world *world, const char *address, size_t base)
{
	char text[MAILBOX_MAX];
	for (size_t set = 0; set < WORLD_SETS; set++)
		for (size_t role = 0; role < WORLD_ROLES; role++)
			if (world->registrations[base].ever[set] &&
			    mailbox((enum world_set)set, role, world_bases[base], text) &&
			    strcmp(text, address) == 0)
				return true;
	return false;
}

static bool is_constructed(const char *address, const char *domain)
{
	const char *at = strchr(address, '@');
	for (size_t i = 0; i < ARRAY_LENGTH(constructed); i++)
		if (strlen(constructed[i]) == (size_t)(at - address) &&
		    strncmp(constructed[i], address, (size_t)(at - address)) == 0)
			return strcmp(at + 1, domain) == 0;
	return false;
}

bool world_may_be_asked(const struct world *world, const char *address, const char *domain)
{
	if (is_constructed(address, domain))
		return true;
	if (strcmp(address, WORLD_TXT_CONTACT) == 0)
		return strcmp(domain, WORLD_TXT_BASE) == 0;
	if (strcmp(address, WORLD_CAA_CONTACT) == 0)
		return is_within(domain, "example.org") || is_within(domain, "shop1.example.com") ||
		       is_within(domain, "shop2.example.net");
	for (size_t i = 0; i < WORLD_BASES; i++)
		if (is_within(domain, world_bases[i]) && was_published(world, address, i))
			return true;
	return false;
}

/* ---- what servers say ---- */

static void say_iana(const char *top_level, struct buffer *out)
{
	static const struct {
		const char *top_level, *server;
	} rows[] = {{"com", "whois.registry.example"},
		    {"net", "whois.net.example"},
		    {"org", "whois.org.example"},
		    {"jp", "whois.jprs.jp"}};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (strcmp(rows[i].top_level, top_level) == 0)
			buffer_printf(out,
				      "%% IANA WHOIS server\n\nrefer:        %s\n\ndomain:       "
				      "%s\n\ncontact:      administrative\nname:         Registry\n"
				      "e-mail:       tld-admin@registry.example\n\nwhois:        "
				      "%s\n\nstatus:       ACTIVE\n",
				      rows[i].server, top_level, rows[i].server);
}

static void say_thin(const char *base, struct buffer *out)
{
	buffer_printf(out,
		      "   Domain Name: %s\r\n   Registrar WHOIS Server: whois.registrar.example\r\n"
		      "   Registrar: Sample Registrar, Inc.\r\n   Registrar Abuse Contact Email: "
		      "abuse@registrar.example\r\n",
		      base);
}

static void say_flat(const struct world *world, size_t base, struct buffer *out)
{
	static const char *const labels[WORLD_ROLES] = {"Registrant", "Admin", "Tech"};
	char text[MAILBOX_MAX];
	buffer_printf(out,
		      "Domain Name: %s\r\nRegistrar: Sample Registrar, Inc.\r\n"
		      "Registrar Abuse Contact Email: abuse@registrar.example\r\n",
		      world_bases[base]);
	for (size_t role = 0; role < WORLD_ROLES; role++)
		if (mailbox(world->registrations[base].set, role, world_bases[base], text))
			buffer_printf(out, "%s Name: Somebody\r\n%s Email: %s\r\n", labels[role],
				      labels[role], text);
}

static void say_objects(const struct world *world, size_t base, struct buffer *out)
{
	static const char *const labels[WORLD_ROLES] = {"registrant", "admin-c", "tech-c"};
	char text[MAILBOX_MAX];
	enum world_set set = world->registrations[base].set;
	buffer_printf(out, "%% Terms of use\n\ndomain:       %s\n", world_bases[base]);
	for (size_t role = 0; role < WORLD_ROLES; role++)
		if (mailbox(set, role, world_bases[base], text))
			buffer_printf(out, "%s:      P%zu\n", labels[role], role);
	buffer_append_text(out, "registrar:    REG-SAMPLE\n");
	for (size_t role = 0; role < WORLD_ROLES; role++)
		if (mailbox(set, role, world_bases[base], text))
			buffer_printf(out,
				      "\ncontact:      P%zu\nname:         Somebody\ne-mail:       "
				      "%s\n",
				      role, text);
}

/* A general-use name of JPRS has one contact; it is read as registrant and both others. */
static void say_jprs(const struct world *world, size_t base, struct buffer *out)
{
	char text[MAILBOX_MAX];
	buffer_append_text(out, "[ JPRS database provides information on network administration. "
				"Its use is    ]\r\n[ restricted to network administration "
				"purposes. ]\r\n\r\nDomain Information:\r\n");
	buffer_printf(out, "[Domain Name]                   %s\r\n\r\n", world_bases[base]);
	buffer_append_text(out, "[Registrant]                    Sample K.K.\r\n\r\n"
				"Contact Information:\r\n[Name]                          Desk\r\n");
	for (size_t role = 0; role < WORLD_ROLES; role++) {
		if (!mailbox(world->registrations[base].set, role, world_bases[base], text))
			continue;
		buffer_printf(out, "[Email]                         %s\r\n", text);
		return;
	}
}

/* The base domain in a question: "domain example.com", "example.jp/e". */
static size_t base_of(const char *line)
{
	const char *blank = strrchr(line, ' ');
	const char *name = blank ? blank + 1 : line;
	size_t length = strcspn(name, "/");
	for (size_t i = 0; i < WORLD_BASES; i++)
		if (strlen(world_bases[i]) == length &&
		    strncasecmp(world_bases[i], name, length) == 0)
			return i;
	return WORLD_BASES;
}

static void say(struct world *world, const char *server, const char *line, struct buffer *out)
{
	size_t base = base_of(line);
	if (strcmp(server, "whois.iana.org") == 0)
		say_iana(line, out);
	else if (base == WORLD_BASES)
		buffer_printf(out, "No match for \"%s\".\r\n", line);
	else if (strcmp(server, "whois.registry.example") == 0)
		say_thin(world_bases[base], out);
	else if (strcmp(server, "whois.org.example") == 0)
		say_objects(world, base, out);
	else if (strcmp(server, "whois.jprs.jp") == 0)
		say_jprs(world, base, out);
	else
		say_flat(world, base, out);
}

/* ---- line queries, and what goes wrong with them ---- */

static const char *server_at(const struct endpoint *endpoint)
{
	char text[ADDRESS_TEXT];
	(void)address_text(&endpoint->address, text);
	for (size_t i = 0; i < ARRAY_LENGTH(servers); i++)
		if (strcmp(servers[i].address, text) == 0)
			return servers[i].name;
	return NULL;
}

static enum line_fault draw_fault(struct world *world)
{
	if (!chance_percent(&world->registry_chance, world->fault_percent))
		return LINE_FAULT_NONE;
	enum line_fault fault =
		(enum line_fault)chance_below(&world->registry_chance, LINE_FAULT_NONE);
	tally_add(world->tally, (enum tally_kind)(TALLY_LINE_LATE + (int)fault));
	return fault;
}

static void go_wrong(struct world *world, const char *server, const struct line_ask *ask,
		     enum line_fault fault, struct world_line *ret)
{
	switch (fault) {
	case LINE_FAULT_NONE:
		say(world, server, ask->line, &ret->answer);
		return;
	case LINE_FAULT_LATE:
		ret->after_ms = chance_between(&world->registry_chance, 1000, ask->timeout_ms - 1);
		say(world, server, ask->line, &ret->answer);
		return;
	case LINE_FAULT_TIMED_OUT:
		ret->after_ms = ask->timeout_ms;
		ret->reply = (struct line_reply){.outcome = LINE_TIMED_OUT, .detail = "silence"};
		return;
	case LINE_FAULT_CONNECT_FAILED:
		ret->reply = (struct line_reply){.outcome = LINE_CONNECT_FAILED,
						 .detail = "connection refused"};
		return;
	case LINE_FAULT_BROKEN:
		ret->reply =
			(struct line_reply){.outcome = LINE_BROKEN, .detail = "connection reset"};
		return;
	case LINE_FAULT_TOO_MANY:
		buffer_append_text(&ret->answer,
				   "Number of queries exceeded: too many queries, try again "
				   "later.\r\n");
		return;
	case LINE_FAULT_EMPTY:
		return;
	case LINE_FAULT_ANOTHER:
		buffer_append_text(&ret->answer,
				   "Domain Name: another.example\r\nRegistrant Name: Stranger\r\n"
				   "Registrant Email: stranger@another.example\r\n");
		return;
	}
}

void world_line(struct world *world, const struct line_ask *ask, struct world_line *ret)
{
	const char *server = server_at(&ask->connect_to);
	*ret = (struct world_line){
		.reply = {.outcome = LINE_ANSWERED, .detail = ""},
		.after_ms = chance_between(&world->registry_chance, 20, 900),
	};
	buffer_init(&ret->answer, ANSWER_MAX);
	if (!server)
		(void)snprintf(world->wrong_contact, sizeof(world->wrong_contact),
			       "\"%.60s\" was asked of a stranger", ask->line);
	else
		go_wrong(world, server, ask, draw_fault(world), ret);
	ret->reply.answer = buffer_slice(&ret->answer);
}
