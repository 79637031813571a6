/*
 * The world outside: names, web servers and CAA records as they truly are, and
 * how they answer, with faults by chance. What was answered is noted for the
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

enum { WORLD_ANSWERS_MAX = 4096 };

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
};

void world_init(struct world *world, uint64_t seed, struct tally *tally);
void world_release(struct world *world);

/* Where BR 3.2.2.4.7 has the value, for a second time. */
#define WORLD_RECORD_LABEL "_issuer-validation."

/* Puts a page there, in place of an earlier one. */
void world_publish(struct world *world, const char *name, const char *file_name, const char *text);
/* Adds a TXT record for the control of a domain. */
void world_publish_record(struct world *world, const char *domain, const char *text);
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

/* The oracle has looked: forgets what was answered. */
void world_forget(struct world *world);

#endif
