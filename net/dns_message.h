/*
 * DNS answers read by ldns into plain records. Every record counts: one that
 * cannot be read makes the message malformed, it is never skipped.
 */
#ifndef ISSUER_NET_DNS_MESSAGE_H
#define ISSUER_NET_DNS_MESSAGE_H

#include "base/arena.h"
#include "base/endpoint.h"
#include "csr/names.h"

#include <stdbool.h>

enum {
	DNS_TYPE_A = 1,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_MX = 15,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_DNAME = 39,
	DNS_TYPE_CAA = 257
};

enum { DNS_EXTENDED_ERROR_SHOWN = 120 };

struct dns_record {
	char owner[NAME_TEXT]; /* lower-case, no trailing dot; "" is the root */
	uint16_t type;
	uint32_t ttl;
	struct slice rdata;     /* raw; in the arena; names inside are not expanded */
	char target[NAME_TEXT]; /* CNAME and DNAME only */
};

struct dns_message {
	int rcode;
	bool truncated;
	uint16_t id;
	struct dns_record *answers;
	size_t answer_count;
	uint32_t negative_ttl; /* min(SOA TTL, SOA minimum) of the authority section; 0 without */
	const char
		*extended_error; /* RFC 8914, "DNSSEC Bogus (6): text"; in the arena; NULL: none */
};

struct ldns_struct_pkt;

/* The packet as ldns has it; the caller frees it. INPUT when it does not parse. */
STATUS dns_packet_parse(struct slice packet, struct ldns_struct_pkt **ret, struct error *err);
/* What a parsed packet says; INPUT when its question is not (name, type). Nothing points into it.
 */
STATUS dns_message_take(const struct ldns_struct_pkt *parsed, const char *name, uint16_t type,
			struct arena *arena, struct dns_message *ret, struct error *err);
/* Both. INPUT when the packet does not parse or its question is not (name, type). */
STATUS dns_message_read(struct slice packet, const char *name, uint16_t type, struct arena *arena,
			struct dns_message *ret, struct error *err);

/* "A", "CAA", "TYPE65280". Into text[16]; returns text. */
const char *dns_type_text(uint16_t type, char *text);
/* Also of types that are not named here, as RFC 3597 writes them; any case. INPUT otherwise. */
STATUS dns_type_parse(const char *text, uint16_t *ret);
/* The data of a record as a zone file has it; into arena. */
const char *dns_record_text(const struct dns_record *record, struct arena *arena);

#endif
