/*
 * The words in which a pure validator or CA back end speaks with the world: it
 * asks for steps, each step is answered by one event. Validators never see a
 * socket, the clock or the store; whoever runs them (validators/attempt.h)
 * carries steps out and writes both sides into the evidence, so the same
 * functions decide again, offline, from the evidence alone.
 */
#ifndef ISSUER_NET_STEP_H
#define ISSUER_NET_STEP_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/environment.h"
#include "csr/names.h"

enum { STEPS_MAX = 16, URL_TARGET_MAX = 2048 };

enum step_kind { STEP_DNS, STEP_HTTP, STEP_TLS, STEP_LINE, STEP_PERSPECTIVE };

/* What an answer is to hold besides the records asked for. */
enum dns_records {
	DNS_RECORDS_PLAIN,
	DNS_RECORDS_SIGNED, /* signatures and denials too, whatever the resolver thinks of them */
};

struct step_dns {
	char name[NAME_TEXT]; /* lower-case, no trailing dot; "" is the root */
	uint16_t type;        /* RR type number */
	enum dns_records records;
};

struct step_http {
	enum http_scheme scheme;
	char host[NAME_TEXT];
	uint16_t port;      /* logical */
	const char *target; /* in the conversation's arena */
	struct address address;
	enum http_trust trust;
	struct manners manners; /* not recorded: they are no part of the question */
	struct http_post post;  /* not recorded: whoever asks keeps what is sent */
};

/* One line to a WHOIS server (RFC 3912). */
struct step_line {
	char host[NAME_TEXT]; /* as it was named; the address is of it */
	uint16_t port;        /* logical */
	const char *line;     /* without CR LF; in the conversation's arena */
	struct address address;
	struct manners manners;
};

/* One question to another network perspective (BR 3.2.2.9). Strings are in the conversation's
 * arena.
 */
struct step_perspective {
	const char *id; /* which one */
	const char *url;
	struct endpoint address;
	const char *request; /* JSON */
};

struct step_tls {
	char server_name[NAME_TEXT]; /* SNI */
	const char *protocol;        /* offered by ALPN; in the conversation's arena, or static */
	uint16_t port;               /* logical */
	struct address address;
};

struct step {
	enum step_kind kind;
	uint32_t id; /* set by step_add: 1, 2, 3 … within one conversation */
	union {
		struct step_dns dns;
		struct step_http http;
		struct step_perspective perspective;
		struct step_line line;
		struct step_tls tls;
	};
};

/* The steps asked for at one activation. */
struct steps {
	struct step list[STEPS_MAX];
	size_t count;
	uint32_t next_id;
	struct arena *arena; /* lives as long as the conversation */
};

/* Reserves one step with its id; a validator never asks for more than STEPS_MAX at once. */
struct step *steps_add(struct steps *steps, enum step_kind kind);

/* How a question ended, told apart because rules differ by it. */
enum dns_outcome {
	DNS_ANSWERED, /* a packet with rcode NOERROR or NXDOMAIN */
	DNS_SERVFAIL,
	DNS_REFUSED, /* and every other error rcode */
	DNS_TIMED_OUT,
	DNS_UNREACHABLE,
	DNS_MALFORMED, /* a packet that does not parse or answers another question */
};

/* Wire names, as evidence and messages have them: "answered", "servfail", "refused",
 * "timed-out", "unreachable", "malformed". */
const char *dns_outcome_text(enum dns_outcome outcome);
STATUS dns_outcome_parse(const char *text, enum dns_outcome *ret);
const char *http_outcome_text(enum http_outcome outcome);
STATUS http_outcome_parse(const char *text, enum http_outcome *ret);
const char *line_outcome_text(enum line_outcome outcome);
STATUS line_outcome_parse(const char *text, enum line_outcome *ret);
const char *tls_outcome_text(enum tls_outcome outcome);
STATUS tls_outcome_parse(const char *text, enum tls_outcome *ret);

struct event_dns {
	enum dns_outcome outcome;
	struct slice answer;    /* the packet; may be empty unless answered */
	struct endpoint server; /* the last server asked */
	int tries;              /* packets sent to get it, over all servers; 0: from memory */
};

/* Borrowed bytes live only during the activation. */
struct event {
	enum step_kind kind;
	uint32_t id;
	int64_t at_ms; /* when the answer came; one that was remembered came then */
	union {
		struct event_dns dns;
		struct http_reply http;
		struct api_reply perspective;
		struct line_reply line;
		struct tls_reply tls;
	};
};

#endif
