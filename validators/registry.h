/*
 * Whose a domain name is, asked of its registry: contacts with their roles, by
 * RDAP where IANA names a server for the name, else by WHOIS. Where to ask is
 * never a table of ours: BR 3.2.2.4.12 has IANA's WHOIS server and its
 * referrals, IANA's RDAP bootstrap, and nothing of these older than 48 hours
 * (RULES section 3). A pure machine inside a validator.
 */
#ifndef ISSUER_VALIDATORS_REGISTRY_H
#define ISSUER_VALIDATORS_REGISTRY_H

#include "validators/contact.h"
#include "validators/exchange.h"

enum {
	REGISTRY_SOURCES_MAX = 40,
	REGISTRY_REFERRALS_MAX = 4, /* WHOIS servers, or RDAP servers, one after the other */
	REGISTRY_HANDLES_MAX = 16,  /* of JPRS */
	REGISTRY_AGE_MAX_S = 48 * 3600,
};

/* One question and what came of it. Strings live in the arena or are static. */
struct registry_source {
	const char *protocol; /* "rdap" or "whois" */
	const char *server;   /* host name */
	const char *question; /* the line, or the URL */
	enum status status;   /* OK, or why the answer cannot be used */
	const char *said;     /* one lower-case sentence */
	int64_t at_ms;        /* when the answer came; 0: none came */
};

enum registry_purpose {
	REGISTRY_BOOTSTRAP, /* which RDAP server? */
	REGISTRY_RDAP,      /* the domain object */
	REGISTRY_IANA,      /* which WHOIS server? */
	REGISTRY_WHOIS,     /* the domain */
	REGISTRY_HANDLE,    /* what stands behind a key of JPRS */
};

struct registry {
	const char *domain; /* asked about; A-labels */
	bool finished;
	/* OK: all that had to be asked was answered, though perhaps nobody is named. NOT_FOUND:
	 * there is no such name. Else why it could not be learnt: never "no contacts". */
	enum status status;
	struct contact_set contacts;
	struct registry_source sources[REGISTRY_SOURCES_MAX];
	size_t source_count;

	/* The machine's own. */
	enum registry_purpose purpose; /* of the exchange under way */
	struct exchange exchange;
	struct url url;          /* of the page under way */
	const char *line;        /* the line under way */
	enum status rdap_status; /* as of the RDAP servers alone; OK also when there is none */
	bool rdap_answered;
	int64_t referred_at_s; /* when IANA's answer came that led here */
	unsigned hops;
	int redirects;
	char whois_host[NAME_TEXT];
	const char *visited[REGISTRY_REFERRALS_MAX + 1];
	size_t visited_count;
	const char *handles[REGISTRY_HANDLES_MAX];
	size_t handle_count;
	size_t handles_asked;
};

/* domain outlives the conversation. */
void registry_begin(struct validation *validation, struct registry *registry, const char *domain);
/* true when the event belonged to it; it may belong to others of the conversation too. */
bool registry_advance(struct validation *validation, struct registry *registry,
		      const struct event *event);
/* Whether any contact has an address or a number. */
bool registry_names_anybody(const struct registry *registry);

#endif
