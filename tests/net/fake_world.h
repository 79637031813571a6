/*
 * A small world in tables: DNS rows and pages, delivered from wait() like the
 * real one's answers. What a test does not list does not exist (no such record,
 * connection refused), and everything that is asked is noted.
 */
#ifndef ISSUER_TESTS_NET_FAKE_WORLD_H
#define ISSUER_TESTS_NET_FAKE_WORLD_H

#include "base/environment.h"
#include "base/network.h"

#include <stdbool.h>

enum { FAKE_RECORDS_MAX = 12, FAKE_CONTACTS_MAX = 64 };

enum fake_dns_kind {
	FAKE_ANSWER, /* the records; none: no such record */
	FAKE_NXDOMAIN,
	FAKE_SERVFAIL,
	FAKE_REFUSED,
	FAKE_TIMEOUT,
	FAKE_UNREACHABLE,
	FAKE_GARBAGE,        /* bytes that are no packet */
	FAKE_OTHER_ID,       /* the records under another id */
	FAKE_LOWER_CASE,     /* the records, the question repeated in lower case */
	FAKE_OTHER_QUESTION, /* the records for a question nobody asked */
	FAKE_TRUNCATED,      /* TC over UDP, the records over TCP */
	FAKE_TRUNCATED_BOTH, /* TC over TCP as well */
};

struct fake_dns {
	const char *name;
	uint16_t type;
	enum fake_dns_kind kind;
	const char *records[FAKE_RECORDS_MAX]; /* zone file lines with absolute names */
	uint16_t server_port;                  /* only at the server with this port; 0: at all */
};

struct fake_page {
	const char *host, *target;
	const char *address; /* NULL: any */
	enum http_outcome outcome;
	int status;
	const char *headers; /* lines ending in CR LF, after the status line; NULL: none */
	const char *body;    /* NULL: empty */
	bool body_cut;
	const char *request; /* NULL: GET target with Host */
};

struct fake_service {
	const char *url;
	enum http_outcome outcome;
	int status;
	const char *body;   /* NULL: empty */
	const char *detail; /* NULL: "as the table says" */
};

/* What a WHOIS server says to a line. */
struct fake_line {
	const char *address; /* of the server */
	const char *line;    /* NULL: any */
	enum line_outcome outcome;
	const char *answer; /* NULL: empty */
	int64_t age_ms;
};

/* A server at port 443 of TLS. */
struct fake_tls {
	const char *server_name;
	const char *address; /* NULL: any */
	enum tls_outcome outcome;
	const char *protocol; /* that it chooses; NULL: none */
	struct slice certificate;
};

/* What the mail server at an address says to a message; the same reply every time. */
struct fake_mail {
	const char *address;
	struct mail_reply reply; /* MAIL_BROKEN with maybe: taken over, and the reply lost */
};

enum fake_order { FAKE_OLDEST_FIRST, FAKE_NEWEST_FIRST };

struct fake_delivery;

struct fake_world {
	struct environment environment;
	struct network network; /* one server, 127.0.0.1:53; 127/8 and ::1 allowed */
	const struct fake_dns *dns;
	size_t dns_count;
	/* Answers what no row does; NULL: nothing is there. */
	void (*zone_answer)(const void *zone, struct slice query, struct buffer *out);
	const void *zone;
	const struct fake_page *pages;
	size_t page_count;
	const struct fake_service *services; /* what api_call reaches */
	size_t service_count;
	const struct fake_line *lines;
	size_t line_count;
	const struct fake_tls *tls;
	size_t tls_count;
	const struct fake_mail *mails;
	size_t mail_count;
	size_t mails_taken; /* messages that a server took over */
	enum fake_order order;
	int64_t now_ms;
	uint8_t next_random;

	struct fake_delivery *deliveries;
	size_t udp_count, tcp_count; /* packets sent */
	/* "scheme host:port @address:port", "line question @address:port" */
	char contacts[FAKE_CONTACTS_MAX][96];
	size_t contact_count;
	char asked[16 << 10]; /* the body of the last api_call */
};

void fake_world_init(struct fake_world *world);
/* Drops what was not delivered, as the real loop does at its end. */
void fake_world_release(struct fake_world *world);
/* Delivers until nothing is under way. */
void fake_world_run(struct fake_world *world);
/* Whether the address was connected to, whatever the port. */
bool fake_world_contacted(const struct fake_world *world, const char *address);

/* The packet that answers a query with these records; appended to out. */
void fake_answer(const struct fake_dns *row, struct slice query, enum dns_transport transport,
		 struct buffer *out);

#endif
