/*
 * A validation method as a pure machine. begin() and advance() are functions of
 * (state, task, event): they ask for steps and at last set a verdict. One more
 * method is one file with one struct validator, and one row in validators[].
 */
#ifndef ISSUER_VALIDATORS_VALIDATOR_H
#define ISSUER_VALIDATORS_VALIDATOR_H

#include "base/network.h"
#include "net/lookup.h"
#include "policy/quorum.h"

#include <stdbool.h>

enum { VALIDATION_IDENTIFIERS_MAX = 16 };

/* Limits taken from the rule row; recorded in the evidence, so that it re-decides alone. */
struct validation_limits {
	int redirects_max;
	int body_max;
	int connect_timeout_ms;
	int timeout_ms;
	int dns_timeout_ms;
	int dns_tries;
	int failure_permits; /* caa: 1 when a failed look-up in an insecure zone is no record */
};

/* Who else must see what was shown, by which rule (validators/corroboration.h). */
struct corroboration_plan {
	struct quorum quorum;
	struct perspective primary;
	const struct perspective *remotes;
	size_t remote_count;
	/* How we show who we are; not in the evidence. PEM files; may be NULL without remotes. */
	const char *ca_file;
	const char *certificate_file;
	const char *key_file;
};

/* What is to be shown. All strings are borrowed and must outlive the attempt. */
struct validation_task {
	const char *method; /* "web-page", "dns-txt", "caa" */
	const char *label;  /* what records call it, from the rule row */
	const char *domain; /* ADN, or for caa the name without "*." ; A-labels */
	/* caa: the name ordered is a wildcard; dns-persist-01: it is for names below the domain */
	bool wildcard;
	const char *file_name;          /* web-page: the last path segment; ACME: the token */
	const char *value;              /* what is expected to be found; NULL for caa */
	const char *account_uri;        /* of the applicant's account (RFC 8657 3); NULL: none */
	const char *const *identifiers; /* caa, dns-persist-01: this CA's issuer domain names */
	size_t identifier_count;
	const char *const
		*caa_labels; /* caa: what the order's method is called there, RFC 8657 4 */
	size_t caa_label_count;
	struct http_post post;   /* iodef: the report; value is the URL */
	const char *pack;        /* pack id and digest, for the record */
	const char *pack_digest; /* hexadecimal */
	struct validation_limits limits;
	const struct corroboration_plan *corroboration; /* NULL: nobody else need see it */
	/* How far DNS answers are believed: struct lookup_trust. The instant is set by
	 * attempt_start, by the clock of the world: a rehearsal moves no signature. */
	const struct trust_anchors *anchors; /* NULL: the resolver is believed */
	int64_t anchors_at_ms;
	/* Of the run, set by attempt_start; NULL: every signature is verified. */
	struct signature_memory *verified;
};

struct verdict {
	enum status status; /* OK: shown or permitted; else the code */
	char sentence[640]; /* what was seen, one lower-case sentence */
	char hint[320];     /* what the person whose turn it is must do */
	uint32_t ttl_s;     /* caa: TTL that bounds freshness */
	/* caa, dns-txt: owner of the RRset that decided; web-page, http-01: the final URL's host;
	 * tls-alpn-01: the domain */
	char decided_by[NAME_TEXT];
	char quorum[16]; /* "3/4": of four perspectives asked three corroborate; "" when none was */
};

struct corroboration_state;

struct validation {
	const struct validation_task *task;
	const struct validator *validator;
	const struct network *network; /* for the address policy */
	struct arena *arena;
	struct lookup_trust trust;
	struct steps steps; /* asked for at this activation */
	bool finished;
	struct verdict verdict; /* when finished */
	void *state;            /* the method's own, zeroed, of state_size */
	/* Not NULL once other perspectives are asked; the method's own look is over then. */
	struct corroboration_state *corroboration;
};

/* What a person has to publish for a task, and where: the words of the method. Strings are in the
 * arena, or the task's. */
struct publication {
	const char *url;       /* of a page; NULL when there is none to publish */
	const char *file_name; /* its last path segment */
	const char *record;    /* name of a DNS record; NULL when there is none to publish */
	const char *type;      /* "TXT" */
	const char *content;
	const char *action; /* "publish the text … at …" */
	const char *unseen; /* what is known before the first attempt */
};

enum publication_place {
	PUBLISH_NOTHING,
	PUBLISH_FILE,
	PUBLISH_RECORD,
	PUBLISH_TLS, /* a certificate; a task has a file_name, the token */
};

/* What the value of a task is, and so who makes it. */
enum value_kind {
	VALUE_NONE,   /* there is none */
	VALUE_RANDOM, /* a random value (BR 1.6.1) */
	/* RFC 8555 section 8.1: file_name, the token, then "." and the thumbprint of the key of the
	 * applicant's account. */
	VALUE_KEY_AUTHORIZATION,
};

/* Methods that ask a person: an attempt only finds out whom (validators/recipient.h). */
enum asks { ASKS_NOBODY, ASKS_BY_MAIL, ASKS_BY_PHONE };

struct validator {
	const char *method;
	/* With PUBLISH_FILE a task has a file_name; all but PUBLISH_NOTHING have publish(). */
	enum publication_place place;
	enum value_kind value;
	enum asks asks;
	bool needs_account_uri; /* a task has account_uri */
	/* A task has the issuer domain names of the CA, and what is shown counts for that CA alone.
	 */
	bool needs_identifiers;
	/* Wildcard names and names below the domain need more to be shown than the domain itself: a
	 * task for these says wildcard. Engine and store write its domain with "*.". */
	bool below_apart;
	void (*publish)(const struct validation_task *task, struct arena *arena,
			struct publication *ret);
	const char *evidence_kind; /* "http", "dns", "tls", "whois" */
	bool asks_registries;      /* evidence then holds where they were looked for */
	size_t state_size;
	void (*begin)(struct validation *validation);
	void (*advance)(struct validation *validation, const struct event *event);
};

/* NULL when this version has none of that name. */
const struct validator *validator_find(const char *method);

/* Readies the conversation and lets the method begin: its first steps, or a verdict. Everything
 * borrowed must outlive the conversation. */
void validation_begin(struct validation *validation, const struct validator *validator,
		      const struct validation_task *task, const struct network *network,
		      struct arena *arena);

/* Whether an answer to such a step still counts: those that the method waits for no more do not. */
bool validation_awaits(const struct validation *validation, enum step_kind kind);
/* Takes the answer to one step: more steps, or a verdict. */
void validation_advance(struct validation *validation, const struct event *event);

/* Frees what look-ups hold beside the arena, when the conversation goes on no more: after the
 * verdict, or without one. */
void validation_release(struct validation *validation);

/* Begins a look-up of the conversation, believed as far as the task says. */
void validation_lookup(struct validation *validation, struct lookup *lookup, const char *name,
		       uint16_t type);

/* Ends the conversation: sets the verdict. Returns nothing; later events are dropped. */
__attribute__((format(printf, 3, 4))) void
validation_finish(struct validation *validation, enum status status, const char *format, ...);
/* What the person whose turn it is must do. */
__attribute__((format(printf, 2, 3))) void validation_hint(struct validation *validation,
							   const char *format, ...);
/* At most limit bytes from outside, fit for a sentence: what is not printable ASCII is shown as
 * '?', a cut as "...". In the conversation's arena. */
const char *validation_shown(struct validation *validation, struct slice bytes, size_t limit);

extern const struct validator validator_alias;       /* alias.c */
extern const struct validator validator_web_page;    /* web_page.c */
extern const struct validator validator_http_01;     /* http_01.c */
extern const struct validator validator_tls_alpn_01; /* tls_alpn_01.c */
extern const struct validator validator_dns_txt;     /* dns_txt.c */
extern const struct validator validator_dns_01;      /* dns_01.c */
extern const struct validator validator_dns_account_01;
extern const struct validator validator_dns_persist_01; /* dns_persist_01.c */
extern const struct validator validator_caa;            /* caa.c */
extern const struct validator validator_contacts;       /* contacts.c */
extern const struct validator validator_iodef;          /* iodef.c */
extern const struct validator validator_whois_email;    /* ask.c */
extern const struct validator validator_constructed_email;
extern const struct validator validator_dns_contact_email;
extern const struct validator validator_whois_phone;
extern const struct validator validator_dns_contact_phone;

#endif
