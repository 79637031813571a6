/*
 * One question carried to the resolvers: see resolver.h.
 *
 *   try 1 ── server 1 ── UDP ──TC──> TCP, same server
 *     │ not usable
 *   try 2 ── server 2 ── UDP …       (server 1 again when there is only one)
 *     │
 *   tries used up: the last outcome is told
 */
#include "net/resolver.h"

#include "base/memory.h"
#include "net/dns_message.h"
#include "net/dns_name.h"

#include <ctype.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUERY_MAX = 512,
	DNS_HEADER = 12,
	RCODE_NOERROR = 0,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	/* The size that the DNS Flag Day 2020 settled on: it fits every path unfragmented. */
	EDNS_PAYLOAD = 1232,
};

struct asking {
	struct environment *environment;
	const struct network *network;
	const struct resolver_limits *limits;
	struct step_dns question;
	resolver_done *done;
	void *context;

	struct buffer query;
	struct dns_ask ask;
	int tries;
	struct event_dns last;
};

static void send_query(struct asking *asking, enum dns_transport transport);

static void finish(struct asking *asking)
{
	asking->done(asking->context, &asking->last);
	buffer_release(&asking->query);
	free(asking);
}

static uint16_t query_id(const struct asking *asking)
{
	return (uint16_t)(asking->query.data[0] << 8 | asking->query.data[1]);
}

/* Truncation is read from the header alone, since what follows may be cut anywhere. */
static bool is_truncated_reply(const struct asking *asking, struct slice packet)
{
	enum { FLAG_QR = 0x80, FLAG_TC = 0x02 };
	return packet.length >= DNS_HEADER &&
	       (packet.data[0] << 8 | packet.data[1]) == query_id(asking) &&
	       (packet.data[2] & FLAG_QR) && (packet.data[2] & FLAG_TC);
}

/* --- case --- */

/* Where the name of the question ends in the query: after its empty label. */
static size_t name_end(struct slice query)
{
	size_t at = DNS_HEADER;
	while (at < query.length && query.data[at] != 0)
		at += 1u + query.data[at];
	return at;
}

/* Lengths of labels are below the letters, so every octet may be looked at alike. */
static void mix_case(struct asking *asking)
{
	enum { CASE_BIT = 0x20 };
	uint8_t bits[DNS_NAME_WIRE];
	const struct resolver_memory *memory = asking->limits->memory;
	bool mixed = memory && resolver_memory_case(memory, &asking->ask.server) != CASE_CHANGED;
	size_t end = name_end(buffer_slice(&asking->query));
	if (mixed)
		asking->environment->random(asking->environment->self, bits, sizeof(bits));
	for (size_t at = DNS_HEADER; at < end; at++) {
		uint8_t *octet = &asking->query.data[at];
		if (!isalpha(*octet))
			continue;
		*octet |= CASE_BIT;
		if (mixed && (bits[at - DNS_HEADER] & 1))
			*octet &= (uint8_t)~CASE_BIT;
	}
}

/* Whether the case of the answer's question is right: the packet has been parsed. */
static bool case_is_right(const struct asking *asking, struct slice packet)
{
	struct resolver_memory *memory = asking->limits->memory;
	if (!memory)
		return true;
	struct slice query = buffer_slice(&asking->query);
	size_t length = name_end(query) - DNS_HEADER;
	bool same = packet.length >= DNS_HEADER + length &&
		    memcmp(packet.data + DNS_HEADER, query.data + DNS_HEADER, length) == 0;
	/* A server that has kept the case before has not sent this. */
	if (!same && resolver_memory_case(memory, &asking->ask.server) == CASE_KEPT)
		return false;
	bool has_letters =
		asking->question.name[strcspn(asking->question.name, "abcdefghijklmnopqrstuvwxyz")];
	if (has_letters)
		resolver_memory_note_case(memory, &asking->ask.server,
					  same ? CASE_KEPT : CASE_CHANGED);
	return true;
}

/* --- answers --- */

static void remember(const struct asking *asking, const struct dns_message *message,
		     struct slice packet)
{
	struct environment *environment = asking->environment;
	struct event_dns answer = {
		.outcome = DNS_ANSWERED, .answer = packet, .server = asking->ask.server};
	if (!asking->limits->memory || !resolver_memory_serves(&asking->question))
		return;
	uint32_t ttl = message->answer_count > 0 ? UINT32_MAX : message->negative_ttl;
	for (size_t i = 0; i < message->answer_count; i++)
		if (message->answers[i].ttl < ttl)
			ttl = message->answers[i].ttl;
	resolver_memory_keep(asking->limits->memory, &asking->question, &answer, ttl,
			     environment->monotonic(environment->self));
}

static enum dns_outcome judge_packet(const struct asking *asking, struct slice packet)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct dns_message message;
	if (dns_message_read(packet, asking->question.name, asking->question.type, &arena, &message,
			     NULL) != OK)
		return DNS_MALFORMED;
	if (message.id != query_id(asking) || message.truncated || !case_is_right(asking, packet))
		return DNS_MALFORMED;
	if (message.rcode == RCODE_NOERROR || message.rcode == RCODE_NXDOMAIN) {
		remember(asking, &message, packet);
		return DNS_ANSWERED;
	}
	return message.rcode == RCODE_SERVFAIL ? DNS_SERVFAIL : DNS_REFUSED;
}

static enum dns_outcome judge(const struct asking *asking, const struct dns_reply *reply)
{
	switch (reply->outcome) {
	case DNS_EXCHANGE_ANSWERED:
		return judge_packet(asking, reply->answer);
	case DNS_EXCHANGE_TIMED_OUT:
		return DNS_TIMED_OUT;
	case DNS_EXCHANGE_UNREACHABLE:
		return DNS_UNREACHABLE;
	}
	return DNS_MALFORMED;
}

static void on_reply(void *context, const struct dns_reply *reply)
{
	struct asking *asking = context;
	if (reply->outcome == DNS_EXCHANGE_ANSWERED && asking->ask.transport == DNS_UDP &&
	    is_truncated_reply(asking, reply->answer)) {
		send_query(asking, DNS_TCP);
		return;
	}
	asking->last = (struct event_dns){
		.outcome = judge(asking, reply),
		.answer = reply->outcome == DNS_EXCHANGE_ANSWERED ? reply->answer : SLICE_NONE,
		.server = asking->ask.server,
		.tries = asking->tries,
	};
	if (asking->last.outcome == DNS_ANSWERED || asking->tries >= asking->limits->tries) {
		finish(asking);
		return;
	}
	send_query(asking, DNS_UDP);
}

/* UDP begins the next try, at the next server; TCP repeats the present one. */
static void send_query(struct asking *asking, enum dns_transport transport)
{
	const struct network *network = asking->network;
	if (transport == DNS_UDP) {
		size_t turn = (size_t)asking->tries++ % network->server_count;
		asking->ask.server = network->servers[turn];
	}
	/* A fresh id each time: an answer to an earlier packet must not pass for this one's. */
	asking->environment->random(asking->environment->self, asking->query.data, 2);
	mix_case(asking);
	asking->ask.transport = transport;
	asking->ask.query = buffer_slice(&asking->query);
	asking->ask.timeout_ms = asking->limits->timeout_ms;
	asking->environment->dns_exchange(asking->environment->self, &asking->ask, on_reply,
					  asking);
}

static void nothing_to_run(void *context)
{
	(void)context;
}

static void finish_unsent(void *context)
{
	finish(context);
}

bool resolver_recall(struct environment *environment, const struct resolver_limits *limits,
		     const struct step_dns *question, struct event_dns *ret)
{
	return limits->memory && resolver_memory_serves(question) &&
	       resolver_memory_find(limits->memory, question,
				    environment->monotonic(environment->self), ret);
}

/* Answers from memory; the packet lies in the query's buffer, which is not needed otherwise. */
static bool recall(struct asking *asking)
{
	struct event_dns known;
	if (!resolver_recall(asking->environment, asking->limits, &asking->question, &known))
		return false;
	asking->query.maximum = RESOLVER_ANSWER_OCTETS_MAX;
	buffer_append_slice(&asking->query, known.answer);
	asking->last = known;
	asking->last.answer = buffer_slice(&asking->query);
	return true;
}

void resolver_ask(struct environment *environment, const struct network *network,
		  const struct resolver_limits *limits, const struct step_dns *question,
		  resolver_done *done, void *context)
{
	struct asking *asking = memory_new(1, sizeof(*asking));
	asking->environment = environment;
	asking->network = network;
	asking->limits = limits;
	asking->question = *question;
	asking->done = done;
	asking->context = context;
	buffer_init(&asking->query, QUERY_MAX);
	if (recall(asking)) {
		environment->work(environment->self, nothing_to_run, finish_unsent, asking);
		return;
	}
	bool sendable = resolver_query(&asking->question, 0, &asking->query, NULL) == OK;
	if (sendable && network->server_count > 0) {
		send_query(asking, DNS_UDP);
		return;
	}
	/* Nothing goes out, but done may come from wait() only: the worker carries it there. */
	asking->last.outcome = sendable ? DNS_UNREACHABLE : DNS_MALFORMED;
	environment->work(environment->self, nothing_to_run, finish_unsent, asking);
}

enum status resolver_query(const struct step_dns *question, uint16_t id, struct buffer *out,
			   struct error *err)
{
	ldns_rdf *name = NULL;
	if (dns_name_to_wire(question->name, &name) != OK)
		return fail(err, INPUT, "\"%s\" cannot be asked of the DNS", question->name);
	/* The packet owns the name from here on. */
	ldns_pkt *packet =
		ldns_pkt_query_new(name, (ldns_rr_type)question->type, LDNS_RR_CLASS_IN, LDNS_RD);
	if (!packet) {
		ldns_rdf_deep_free(name);
		return fail(err, INPUT, "\"%s\" cannot be asked of the DNS", question->name);
	}
	ldns_pkt_set_id(packet, id);
	ldns_pkt_set_edns_udp_size(packet, EDNS_PAYLOAD);
	/* Signatures are wanted as they are, not as the resolver judges them (RFC 4035 section
	 * 3.2.2: CD). */
	ldns_pkt_set_edns_do(packet, question->records == DNS_RECORDS_SIGNED);
	ldns_pkt_set_cd(packet, question->records == DNS_RECORDS_SIGNED);
	/* Not ldns_pkt2wire, which takes 64 KiB for every packet. */
	ldns_buffer *wire = ldns_buffer_new(QUERY_MAX);
	ldns_status status = wire ? ldns_pkt2buffer_wire(wire, packet) : LDNS_STATUS_MEM_ERR;
	ldns_pkt_free(packet);
	if (status == LDNS_STATUS_OK)
		buffer_append(out, ldns_buffer_begin(wire), ldns_buffer_position(wire));
	ldns_buffer_free(wire);
	if (status != LDNS_STATUS_OK)
		return fail(err, INPUT, "\"%s\" cannot be asked of the DNS: %s", question->name,
			    ldns_get_errorstr_by_id(status));
	return OK;
}
