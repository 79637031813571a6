/*
 * The cut between the engine and the world. The program fills this table from
 * net/ (net/loop.h); the replay tests fill it with fakes driven by one seed.
 * Everything above it (retries, redirects, address policy, rules, the store)
 * runs the same code in both.
 *
 * Calls with a completion never run it before they have returned: it comes from
 * inside wait(). The asker's memory (ask, query, names) must live until the
 * completion; what the reply points at lives only until the completion returns.
 */
#ifndef ISSUER_BASE_ENVIRONMENT_H
#define ISSUER_BASE_ENVIRONMENT_H

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* How a server that many depend on is asked: registries count questions. All zero: no rule. */
struct manners {
	int per_minute;   /* more wait for their turn, which comes one at a time */
	int64_t reuse_ms; /* an answer that old may stand for a new one */
	/* Whether an answer is worth remembering: a refusal never is. */
	bool (*reusable)(struct slice answer);
};

/* One DNS packet to one server; no retry, no TCP fall-back. */
enum dns_transport { DNS_UDP, DNS_TCP };
enum dns_exchange_outcome {
	DNS_EXCHANGE_ANSWERED,
	DNS_EXCHANGE_TIMED_OUT,
	DNS_EXCHANGE_UNREACHABLE
};

struct dns_ask {
	struct endpoint server; /* the port really used */
	enum dns_transport transport;
	struct slice query; /* the packet, RFC 1035 section 4 */
	int timeout_ms;
};

struct dns_reply {
	enum dns_exchange_outcome outcome;
	struct slice answer; /* the raw packet; empty unless answered */
};

/* One HTTP GET, or POST, of one hop: no resolving, no redirect, no authentication, no proxy. */
enum http_scheme { HTTP_PLAIN, HTTP_TLS };
/* https: whether the server must show a certificate that is valid for the host. */
enum http_trust { HTTP_ANY_SERVER, HTTP_VERIFIED_SERVER };
enum http_outcome {
	HTTP_ANSWERED,       /* a whole response, or as much as body_limit allows */
	HTTP_TIMED_OUT,      /* no whole response in time */
	HTTP_CONNECT_FAILED, /* refused, unreachable */
	HTTP_TLS_FAILED,     /* the handshake failed */
	HTTP_BROKEN,         /* the connection broke or the response is not HTTP */
};

/* What a POST brings. All zero: a GET. */
struct http_post {
	struct slice body;        /* not empty */
	const char *content_type; /* of a header field: no control characters */
	const char *id;           /* the same for every repeat (Idempotency-Key); likewise */
};

struct http_ask {
	enum http_scheme scheme;
	const char *host;           /* for Host and SNI: A-label or address literal */
	uint16_t port;              /* the port of the URL; in Host unless the scheme's default */
	const char *target;         /* path and query, starts with '/' */
	struct endpoint connect_to; /* the address and port really used */
	int connect_timeout_ms;
	int timeout_ms;    /* for the whole exchange */
	size_t body_limit; /* bytes kept; one more byte sets body_cut and ends the transfer */
	size_t header_limit;
	enum http_trust trust;
	const char *ca_file; /* PEM, for HTTP_VERIFIED_SERVER; NULL: the system's */
	struct manners manners;
	struct http_post post;
};

struct http_reply {
	enum http_outcome outcome;
	int status;           /* 0 unless a status line came */
	struct slice request; /* the request header block as sent */
	struct slice headers; /* the response header block as received, status line first */
	struct slice body;
	int body_cut;             /* the body was longer than body_limit */
	struct slice certificate; /* DER of the server's certificate (not verified); https only */
	const char *detail;       /* the library's words when not answered; never NULL */
	int64_t age_ms;           /* of an answer that was remembered; 0: it came just now */
};

/* One line to a server, and all that it says until it closes (RFC 3912). */
enum line_outcome {
	LINE_ANSWERED,       /* the whole answer, or as much as limit allows; may be empty */
	LINE_TIMED_OUT,      /* no whole answer in time */
	LINE_CONNECT_FAILED, /* refused, unreachable */
	LINE_BROKEN,         /* the connection broke */
};

struct line_ask {
	const char *line;           /* without its CR LF */
	struct endpoint connect_to; /* the address and port really used */
	int connect_timeout_ms;
	int timeout_ms; /* for the whole exchange */
	size_t limit;   /* bytes kept; one more byte sets cut and ends the exchange */
	struct manners manners;
};

struct line_reply {
	enum line_outcome outcome;
	struct slice answer;
	bool cut;           /* the answer was longer than limit */
	const char *detail; /* the system's words when not answered; never NULL */
	int64_t age_ms;     /* as of http_reply */
};

/* One POST of JSON to a service that the configuration names, over TLS: the service's certificate
 * is verified against ca_file and the URL's host, ours is shown. Nothing is resolved or followed.
 */
struct api_ask {
	const char *url;            /* https */
	struct endpoint connect_to; /* the address and port really used */
	struct slice body;
	const char *ca_file; /* PEM files */
	const char *certificate_file;
	const char *key_file;
	int timeout_ms;    /* for the whole exchange */
	size_t body_limit; /* a longer answer is HTTP_BROKEN */
};

struct api_reply {
	enum http_outcome outcome;
	int status; /* 0 unless a status line came */
	struct slice body;
	struct slice certificate; /* DER of the service's certificate, when it was verified */
	const char *detail;       /* the library's words when not answered; never NULL */
};

/* One TLS handshake, TLS 1.2 or later, and the end of the connection: no data is sent, and nothing
 * about the server is verified. */
enum tls_outcome {
	TLS_AGREED,         /* the handshake was completed */
	TLS_TIMED_OUT,      /* not completed in time */
	TLS_CONNECT_FAILED, /* refused, unreachable */
	TLS_REFUSED,        /* the server ended the handshake with an alert */
	TLS_BROKEN,         /* the connection broke, or what came is not TLS or not acceptable */
};

struct tls_ask {
	const char *server_name;    /* for SNI (RFC 6066 section 3) */
	const char *protocol;       /* the only one offered by ALPN (RFC 7301) */
	struct endpoint connect_to; /* the address and port really used */
	int connect_timeout_ms;
	int timeout_ms; /* for the whole exchange */
};

struct tls_reply {
	enum tls_outcome outcome;
	struct slice protocol;    /* that the server chose by ALPN; empty: none */
	struct slice certificate; /* DER of the server's own; may be there when not agreed */
	const char *detail;       /* the library's words when not agreed; never NULL */
};

/* One message to one mailbox, by one SMTP server (RFC 5321): the server is not looked up, and
 * nothing is tried twice. Addresses are those of RFC 5321 without quoted local parts, in ASCII;
 * what could end a command or a header is never sent. */
enum mail_security {
	MAIL_TLS_REQUIRED, /* STARTTLS (RFC 3207) with a verified certificate, or nothing is sent */
	MAIL_TLS_IF_OFFERED, /* STARTTLS where the server offers it, verified then */
	MAIL_PLAIN,
};
enum mail_outcome {
	MAIL_ACCEPTED,       /* the server took the message over: 2yz after its end */
	MAIL_DEFERRED,       /* 4yz, or the server does not know our user */
	MAIL_REFUSED,        /* 5yz, or an address or message that cannot be sent */
	MAIL_TIMED_OUT,      /* no whole dialogue in time */
	MAIL_CONNECT_FAILED, /* refused, unreachable */
	MAIL_TLS_FAILED,     /* no STARTTLS, no handshake, or no certificate to be trusted */
	MAIL_BROKEN,         /* the connection broke, or what came is not SMTP */
};

struct mail_ask {
	struct endpoint connect_to; /* the address and port really used */
	const char *server_name;    /* whose the certificate must be; NULL: the address's */
	enum mail_security security;
	const char *ca_file;  /* PEM; NULL: the system's */
	const char *user;     /* NULL: none; never sent without TLS */
	const char *password; /* with user */
	const char *from, *to;
	struct slice message; /* headers and body; lines end with CR LF */
	int connect_timeout_ms;
	int timeout_ms; /* for the whole dialogue */
};

struct mail_reply {
	enum mail_outcome outcome;
	int code;           /* of the server's last reply; 0: none came */
	const char *text;   /* of that reply as it came, lines apart by a space; never NULL */
	bool maybe;         /* not accepted, but the whole message was sent: it may have been */
	const char *detail; /* the library's words when not accepted; never NULL */
};

enum lock_outcome { LOCK_TAKEN, LOCK_HELD_BY_ANOTHER };

typedef void dns_done(void *context, const struct dns_reply *reply);
typedef void http_done(void *context, const struct http_reply *reply);
typedef void api_done(void *context, const struct api_reply *reply);
typedef void line_done(void *context, const struct line_reply *reply);
typedef void tls_done(void *context, const struct tls_reply *reply);
typedef void mail_done(void *context, const struct mail_reply *reply);

struct environment {
	void *self;

	/* Milliseconds since 1970; may jump. Rules, records and schedules use it. */
	int64_t (*now)(void *self);
	/* Milliseconds of a clock that never goes back; for deadlines within one run. */
	int64_t (*monotonic)(void *self);
	/* Cryptographically strong bytes. */
	void (*random)(void *self, void *out, size_t length);

	void (*dns_exchange)(void *self, const struct dns_ask *ask, dns_done *done, void *context);
	void (*http_fetch)(void *self, const struct http_ask *ask, http_done *done, void *context);
	void (*api_call)(void *self, const struct api_ask *ask, api_done *done, void *context);
	void (*line_query)(void *self, const struct line_ask *ask, line_done *done, void *context);
	void (*tls_probe)(void *self, const struct tls_ask *ask, tls_done *done, void *context);
	void (*mail_send)(void *self, const struct mail_ask *ask, mail_done *done, void *context);

	/* Runs run(context) on a worker thread (inline in replay), then done(context) from wait().
	 * run touches nothing but its context. */
	void (*work)(void *self, void (*run)(void *context), void (*done)(void *context),
		     void *context);

	/* Delivers completions until at least one was delivered or until_ms (monotonic) passed. */
	void (*wait)(void *self, int64_t until_ms);

	/* Files. A write is whole or not at all: temporary file, fsync, rename, fsync of the
	 * directory; mode is that of the new file. FILE_FAILED, STORE_FULL, PERMISSIONS. */
	STATUS(*file_write)
	(void *self, const char *path, struct slice bytes, unsigned mode, struct error *err);
	/* Appends the whole file; NOT_FOUND, PERMISSIONS, or FILE_FAILED (also when longer than the
	 * buffer). */
	STATUS (*file_read)(void *self, const char *path, struct buffer *out, struct error *err);
	/* NOT_FOUND, PERMISSIONS or FILE_FAILED. */
	STATUS (*file_remove)(void *self, const char *path, struct error *err);
	/* Makes a folder with its missing parents, durable, mode 0700; one that is there stays. */
	STATUS (*folder_make)(void *self, const char *path, struct error *err);
	/* Appends the names of the regular files in a folder, in the order of their octets, each
	 * with its NUL, at most so many; those that start with a dot are left out. NOT_FOUND,
	 * PERMISSIONS or FILE_FAILED. */
	STATUS(*folder_list)
	(void *self, const char *path, size_t most, struct buffer *out, struct error *err);
	/* Renames a file, durably. NOT_FOUND, PERMISSIONS or FILE_FAILED. */
	STATUS (*file_move)(void *self, const char *from, const char *to, struct error *err);
	/* NOT_FOUND, or PERMISSIONS (with the fix as hint) when the file or folder belongs to
	 * another user or has mode bits beyond mode. */
	STATUS (*file_check)(void *self, const char *path, unsigned mode, struct error *err);

	/* An exclusive lock that the kernel frees when the process dies. *ret_lock is an opaque
	 * number for file_unlock. */
	STATUS(*file_lock)
	(void *self, const char *path, enum lock_outcome *ret_outcome, int *ret_lock,
	 struct error *err);
	void (*file_unlock)(void *self, int lock);
};

#endif
