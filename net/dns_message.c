/*
 * DNS packets into plain records: see dns_message.h. ldns does the parsing and
 * the decompression of names; this file takes the records over and refuses a
 * message as soon as one of them is not what its type promises.
 */
#include "net/dns_message.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

struct type_name {
	uint16_t type;
	const char *name;
};

static const struct type_name type_names[] = {
	{DNS_TYPE_A, "A"},       {DNS_TYPE_CNAME, "CNAME"}, {DNS_TYPE_TXT, "TXT"},
	{DNS_TYPE_AAAA, "AAAA"}, {DNS_TYPE_DNAME, "DNAME"}, {DNS_TYPE_CAA, "CAA"},
};

static void free_packet(ldns_pkt **packet)
{
	ldns_pkt_free(*packet);
}

static bool is_host_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* An uncompressed wire name as lower-case text without trailing dot; INPUT when a label holds an
 * octet that no host name has. A wire name has at most 255 octets, so the text fits. */
static STATUS name_from_wire(const ldns_rdf *wire, char *ret)
{
	if (!wire || ldns_rdf_size(wire) == 0 || ldns_rdf_size(wire) >= NAME_TEXT)
		return INPUT;
	const uint8_t *data = ldns_rdf_data(wire);
	size_t size = ldns_rdf_size(wire), at = 0, out = 0;
	char text[NAME_TEXT];
	while (at < size && data[at] != 0) {
		size_t label = data[at++];
		if (label > 63 || at + label >= size)
			return INPUT;
		if (out > 0)
			text[out++] = '.';
		for (; label > 0; label--, at++) {
			uint8_t c = data[at];
			if (c >= 'A' && c <= 'Z')
				c = (uint8_t)(c - 'A' + 'a');
			if (!is_host_octet(c))
				return INPUT;
			text[out++] = (char)c;
		}
	}
	text[out] = '\0';
	memcpy(ret, text, out + 1);
	return OK;
}

static struct slice raw_rdata(const ldns_rr *rr, struct arena *arena)
{
	size_t length = 0, at = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		length += ldns_rdf_size(ldns_rr_rdf(rr, i));
	uint8_t *bytes = arena_new(arena, length + 1, 1);
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);
		memcpy(bytes + at, ldns_rdf_data(field), ldns_rdf_size(field));
		at += ldns_rdf_size(field);
	}
	return slice_of(bytes, length);
}

static STATUS record_read(const ldns_rr *rr, struct arena *arena, struct dns_record *ret,
			  struct error *err)
{
	char type[16];
	ret->type = (uint16_t)ldns_rr_get_type(rr);
	ret->ttl = ldns_rr_ttl(rr);
	(void)dns_type_text(ret->type, type);
	if (name_from_wire(ldns_rr_owner(rr), ret->owner) != OK)
		return fail(err, INPUT, "the owner of a %s record is not a host name", type);
	if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
		return fail(err, INPUT, "a %s record of %s is of class %d, not IN", type,
			    ret->owner, (int)ldns_rr_get_class(rr));
	ret->rdata = raw_rdata(rr, arena);
	if (ret->type == DNS_TYPE_A && ret->rdata.length != 4)
		return fail(err, INPUT, "an A record of %s has %zu octets", ret->owner,
			    ret->rdata.length);
	if (ret->type == DNS_TYPE_AAAA && ret->rdata.length != 16)
		return fail(err, INPUT, "an AAAA record of %s has %zu octets", ret->owner,
			    ret->rdata.length);
	if (ret->type != DNS_TYPE_CNAME && ret->type != DNS_TYPE_DNAME)
		return OK;
	if (ldns_rr_rd_count(rr) != 1 || name_from_wire(ldns_rr_rdf(rr, 0), ret->target) != OK)
		return fail(err, INPUT, "the %s of %s leads to something that is not a host name",
			    type, ret->owner);
	return OK;
}

static STATUS check_question(const ldns_pkt *packet, const char *name, uint16_t type,
			     struct error *err)
{
	if (!ldns_pkt_qr(packet) || ldns_pkt_get_opcode(packet) != LDNS_PACKET_QUERY)
		return fail(err, INPUT, "the packet is not a response to a query");
	const ldns_rr_list *questions = ldns_pkt_question(packet);
	if (ldns_rr_list_rr_count(questions) != 1)
		return fail(err, INPUT, "the response repeats %zu questions, not one",
			    ldns_rr_list_rr_count(questions));
	const ldns_rr *question = ldns_rr_list_rr(questions, 0);
	char asked[NAME_TEXT], type_asked[16];
	if (name_from_wire(ldns_rr_owner(question), asked) != OK || strcmp(asked, name) != 0 ||
	    ldns_rr_get_type(question) != (ldns_rr_type)type ||
	    ldns_rr_get_class(question) != LDNS_RR_CLASS_IN)
		return fail(err, INPUT, "the response answers another question than %s %s", name,
			    dns_type_text(type, type_asked));
	return OK;
}

/* RFC 2308 section 3: the TTL of a negative answer is "the minimum of the MINIMUM field of the SOA
 * record and the TTL of the SOA itself". */
static uint32_t negative_ttl(const ldns_pkt *packet)
{
	enum { SOA_MINIMUM = 6 };
	const ldns_rr_list *authority = ldns_pkt_authority(packet);
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(authority, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA ||
		    ldns_rr_rd_count(rr) != SOA_MINIMUM + 1)
			continue;
		uint32_t minimum = ldns_rdf2native_int32(ldns_rr_rdf(rr, SOA_MINIMUM));
		return minimum < ldns_rr_ttl(rr) ? minimum : ldns_rr_ttl(rr);
	}
	return 0;
}

enum status dns_message_read(struct slice packet, const char *name, uint16_t type,
			     struct arena *arena, struct dns_message *ret, struct error *err)
{
	if (packet.length < LDNS_HEADER_SIZE)
		return fail(err, INPUT, "a packet of %zu octets is no DNS message", packet.length);
	CLEANUP(free_packet) ldns_pkt *parsed = NULL;
	ldns_status status = ldns_wire2pkt(&parsed, packet.data, packet.length);
	if (status != LDNS_STATUS_OK)
		return fail(err, INPUT, "the packet does not parse: %s",
			    ldns_get_errorstr_by_id(status));
	TRY(check_question(parsed, name, type, err));

	const ldns_rr_list *answers = ldns_pkt_answer(parsed);
	struct dns_message message = {
		/* RFC 6891 section 6.1.3: the OPT record holds the upper eight bits. */
		.rcode = (ldns_pkt_edns_extended_rcode(parsed) << 4) |
			 (int)ldns_pkt_get_rcode(parsed),
		.truncated = ldns_pkt_tc(parsed),
		.id = ldns_pkt_id(parsed),
		.answer_count = ldns_rr_list_rr_count(answers),
		.negative_ttl = negative_ttl(parsed),
	};
	message.answers = arena_new(arena, message.answer_count + 1, sizeof(*message.answers));
	for (size_t i = 0; i < message.answer_count; i++)
		TRY(record_read(ldns_rr_list_rr(answers, i), arena, &message.answers[i], err));
	*ret = message;
	return OK;
}

const char *dns_type_text(uint16_t type, char *text)
{
	enum { TYPE_TEXT = 16 };
	for (size_t i = 0; i < ARRAY_LENGTH(type_names); i++) {
		if (type_names[i].type != type)
			continue;
		(void)snprintf(text, TYPE_TEXT, "%s", type_names[i].name);
		return text;
	}
	/* RFC 3597 section 5 */
	(void)snprintf(text, TYPE_TEXT, "TYPE%u", (unsigned)type);
	return text;
}
