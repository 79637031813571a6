/*
 * The world outside: names, web servers, CAA records, registries and mailboxes as
 * they truly are, and how they answer, with faults by chance. What was answered is noted for the
 * oracle, until world_forget.
 *
 * Nothing in it is contacted: the names are public-looking because the engine
 * refuses others, and the addresses are global for the same reason.
 */
#ifndef ISSUER_TESTS_REPLAY_WORLD_H
#define ISSUER_TESTS_REPLAY_WORLD_H

#include "base/digest.h"
#include "base/environment.h"
#include "tests/replay/chance.h"
#include "tests/replay/tally.h"

enum site_kind {
	SITE_PLAIN, /* serves the page over http */
	SITE_HTTPS, /* sends http to https */
	SITE_LONG, /* sends on and on, with long headers and bodies: more than 64 KiB of evidence */
};

struct site {
	const char *name;
	const char *alias; /* the name that it is an alias of; NULL: none */
	const char *v4;    /* NULL: none */
	const char *v6;    /* the same */
	enum site_kind kind;
};

extern const struct site world_sites[];
extern const size_t world_site_count;

/* Web servers that are known by their address. */
enum { WORLD_ADDRESSES = 2 };
extern const struct site world_addresses[WORLD_ADDRESSES];

/* The names whose CAA records people change. */
enum caa_records { CAA_ABSENT, CAA_HARMLESS, CAA_FORBIDS, CAA_RECORDS_COUNT };
enum { WORLD_CAA_OWNERS = 3 };
extern const char *const world_caa_owners[WORLD_CAA_OWNERS];

/* Twenty names below one base domain, all of one web server. */
enum { WORLD_MANY = 20 };
extern const char *const world_many[WORLD_MANY];

/* Domains as registries know them, and who is published for each: one of the sets at a time. */
enum { WORLD_BASES = 4, WORLD_SETS = 5, WORLD_ROLES = 3, MAILBOX_MAX = 64 };
extern const char *const world_bases[WORLD_BASES];
enum world_set { SET_THREE, SET_AGENT, SET_NOBODY, SET_UNREACHABLE, SET_ALONE };

struct registration {
	enum world_set set;    /* published now */
	bool ever[WORLD_SETS]; /* published at any time */
};

/* What asks a person, as it arrived in a mailbox: once, however often it came. */
enum { LETTER_VALUE_MAX = 64, LETTER_ID_MAX = 128 };
struct letter {
	char to[MAILBOX_MAX];
	char id[LETTER_ID_MAX]; /* Message-ID */
	char value[LETTER_VALUE_MAX];
	char *text; /* what a person reads, decoded */
	struct digest bytes;
	int64_t arrivals;
};

struct page; /* published by people */

/* TXT records at one name, as people put them there; the oldest gives way. */
enum { RECORDS_MAX = 6, RECORD_TEXT_MAX = 96 };
struct record {
	struct record *next;
	char *owner;
	char texts[RECORDS_MAX][RECORD_TEXT_MAX];
	size_t count;
};

/* One CAA answer as it went out. */
struct caa_answer {
	char name[64];
	bool records; /* there were any */
	bool permits; /* and none of them forbids */
};

/* A page, or the text of a record, as it went out whole. */
struct value_answer {
	char name[64]; /* the site, or the domain whose control the record shows */
	struct digest value;
};

enum { WORLD_ANSWERS_MAX = 4096, WORLD_MAILS_MAX = 4096 };

struct world {
	struct chance chance;
	struct tally *tally;
	uint32_t fault_percent; /* 0: all goes well */
	struct page *pages;
	struct record *records;
	enum caa_records caa[WORLD_CAA_OWNERS];
	char wrong_contact[160]; /* somebody connected to an address that is not the host's */

	struct caa_answer caa_answers[WORLD_ANSWERS_MAX];
	size_t caa_answer_count;
	struct value_answer value_answers[WORLD_ANSWERS_MAX];
	size_t value_answer_count;

	/* Messages that the mail server took over, each once; never forgotten. */
	struct chance mail_chance;
	struct digest mails[WORLD_MAILS_MAX];
	size_t mail_count;
	struct letter *letters; /* the mails among them that ask a person */
	size_t letter_count;
	char wrong_mail[320]; /* a mail that must not be */

	struct chance registry_chance;
	struct registration registrations[WORLD_BASES];
	bool bootstrap_answers; /* IANA's table of RDAP servers can be had */
};

void world_init(struct world *world, uint64_t seed, struct tally *tally);
void world_release(struct world *world);

/* Contacts in the DNS: in CAA records that are harmless, and in a TXT record of one base domain. */
#define WORLD_CAA_CONTACT "keeper@corp.example"
#define WORLD_TXT_CONTACT "dnsmaster@corp.example"
#define WORLD_TXT_BASE "example.com"

/* Where BR 3.2.2.4.7 has the value, for a second time. */
#define WORLD_RECORD_LABEL "_issuer-validation."

/* Puts a page there, in place of an earlier one. */
void world_publish(struct world *world, const char *name, const char *file_name, const char *text);
/* Adds a TXT record for the control of a domain. */
void world_publish_record(struct world *world, const char *domain, const char *text);
/* Other contacts are published for a base domain. */
void world_register(struct world *world, size_t base, enum world_set set);
/* Whether the address was ever published for the domain, or is one of the five constructed. */
bool world_may_be_asked(const struct world *world, const char *address, const char *domain);
/* The mailbox of an agent of the installation's (issuer.yaml, answers.agent_domains). */
#define WORLD_AGENT_DOMAIN "agent.example"
bool world_is_agent(const char *address);
/* Whether mail to the address is refused for good. */
bool world_refuses(const char *address);
/* The letter with the value; NULL: none arrived. */
const struct letter *world_letter(const struct world *world, const char *value);
/* Whether a name stands in the letter as a word of its own. */
bool letter_names(const struct letter *letter, const char *name);
/* The records at a name; NULL: none. */
const struct record *world_record(const struct world *world, const char *owner);
const struct site *world_site(const char *name);
/* For the oracle: a value went out. */
void world_note_value(struct world *world, const char *name, const char *text);

/* An answer, and how long it takes; packet, headers and body go into the buffers. */
struct world_dns {
	enum dns_exchange_outcome outcome;
	int64_t after_ms;
	struct buffer packet;
};
void world_dns(struct world *world, const struct dns_ask *ask, struct world_dns *ret);

struct world_http {
	struct http_reply reply; /* its slices point into the buffers */
	int64_t after_ms;
	struct buffer request, headers, body, certificate;
};
void world_http(struct world *world, const struct http_ask *ask, struct world_http *ret);

/* Answers of WHOIS servers. */
struct world_line {
	struct line_reply reply; /* its slice points into the buffer */
	int64_t after_ms;
	struct buffer answer;
};
void world_line(struct world *world, const struct line_ask *ask, struct world_line *ret);

/* Servers that are asked and are no sites: registries, IANA, mail exchangers. NULL: none. */
const char *world_server_address(const char *name);
/* The mail exchanger of a domain, "." for one that takes no mail; NULL: it has none. */
const char *world_exchanger(const char *domain);
bool world_mail_domain(const char *domain);

/* The page to answer on is below this. */
#define WORLD_ANSWER_URL "https://answers.ca.example"

/* A message to the mail server; its reply may be lost. The slices of the reply are static. */
struct world_mail {
	struct mail_reply reply;
	int64_t after_ms;
};
void world_mail(struct world *world, const struct mail_ask *ask, struct world_mail *ret);

/* The oracle has looked: forgets what was answered. */
void world_forget(struct world *world);

#endif
