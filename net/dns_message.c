/*
 * DNS packets into plain records: see dns_message.h. ldns does the parsing and
 * the decompression of names; this file takes the records over and refuses a
 * message as soon as one of them is not what its type promises.
 */
#include "net/dns_message.h"

#include "base/memory.h"
#include "net/dns_name.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

static void free_packet(ldns_pkt **packet)
{
	ldns_pkt_free(*packet);
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
	if (dns_name_from_wire(ldns_rr_owner(rr), ret->owner) != OK)
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
	if (ldns_rr_rd_count(rr) != 1 || dns_name_from_wire(ldns_rr_rdf(rr, 0), ret->target) != OK)
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
	if (dns_name_from_wire(ldns_rr_owner(question), asked) != OK || strcmp(asked, name) != 0 ||
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

/* RFC 8914 section 4; what a resolver says beyond the rcode. */
static const char *const extended_errors[] = {
	"Other Error",
	"Unsupported DNSKEY Algorithm",
	"Unsupported DS Digest Type",
	"Stale Answer",
	"Forged Answer",
	"DNSSEC Indeterminate",
	"DNSSEC Bogus",
	"Signature Expired",
	"Signature Not Yet Valid",
	"DNSKEY Missing",
	"RRSIGs Missing",
	"No Zone Key Bit Set",
	"NSEC Missing",
	"Cached Error",
	"Not Ready",
	"Blocked",
	"Censored",
	"Filtered",
	"Prohibited",
	"Stale NXDomain Answer",
	"Not Authoritative",
	"Not Supported",
	"No Reachable Authority",
	"Network Error",
	"Invalid Data",
};

/* The text is foreign: what is not printable ASCII is shown as '?', and it is cut. */
static const char *shown_error(struct slice option, struct arena *arena)
{
	unsigned code = (unsigned)(option.data[0] << 8 | option.data[1]);
	const char *name =
		code < ARRAY_LENGTH(extended_errors) ? extended_errors[code] : "Extended Error";
	char text[DNS_EXTENDED_ERROR_SHOWN + 1];
	size_t length = option.length - 2;
	if (length > DNS_EXTENDED_ERROR_SHOWN)
		length = DNS_EXTENDED_ERROR_SHOWN;
	for (size_t i = 0; i < length; i++) {
		uint8_t c = option.data[2 + i];
		text[i] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	text[length] = '\0';
	return arena_printf(arena, "%s (%u)%s%s", name, code, length > 0 ? ": " : "", text);
}

/* The first such option of the OPT record (RFC 6891 section 6.1.2: code, length, data). */
static const char *extended_error(const ldns_pkt *packet, struct arena *arena)
{
	enum { OPTION_EXTENDED_ERROR = 15, OPTION_HEAD = 4 };
	const ldns_rdf *data = ldns_pkt_edns_data(packet);
	struct slice left = data ? slice_of(ldns_rdf_data(data), ldns_rdf_size(data)) : SLICE_NONE;
	while (left.length >= OPTION_HEAD) {
		unsigned code = (unsigned)(left.data[0] << 8 | left.data[1]);
		size_t length = (size_t)(left.data[2] << 8 | left.data[3]);
		if (length > left.length - OPTION_HEAD)
			return NULL;
		if (code == OPTION_EXTENDED_ERROR && length >= 2)
			return shown_error(slice_of(left.data + OPTION_HEAD, length), arena);
		left = slice_of(left.data + OPTION_HEAD + length,
				left.length - OPTION_HEAD - length);
	}
	return NULL;
}

enum status dns_packet_parse(struct slice packet, ldns_pkt **ret, struct error *err)
{
	ldns_pkt *parsed = NULL;
	if (packet.length < LDNS_HEADER_SIZE)
		return fail(err, INPUT, "a packet of %zu octets is no DNS message", packet.length);
	ldns_status status = ldns_wire2pkt(&parsed, packet.data, packet.length);
	if (status != LDNS_STATUS_OK)
		return fail(err, INPUT, "the packet does not parse: %s",
			    ldns_get_errorstr_by_id(status));
	*ret = parsed;
	return OK;
}

enum status dns_message_read(struct slice packet, const char *name, uint16_t type,
			     struct arena *arena, struct dns_message *ret, struct error *err)
{
	CLEANUP(free_packet) ldns_pkt *parsed = NULL;
	TRY(dns_packet_parse(packet, &parsed, err));
	return dns_message_take(parsed, name, type, arena, ret, err);
}

enum status dns_message_take(const ldns_pkt *parsed, const char *name, uint16_t type,
			     struct arena *arena, struct dns_message *ret, struct error *err)
{
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
		.extended_error = extended_error(parsed, arena),
	};
	message.answers = arena_new(arena, message.answer_count + 1, sizeof(*message.answers));
	for (size_t i = 0; i < message.answer_count; i++)
		TRY(record_read(ldns_rr_list_rr(answers, i), arena, &message.answers[i], err));
	*ret = message;
	return OK;
}

/* ldns knows the names; "TYPE65280" (RFC 3597 section 5) is its form for the others too. */
const char *dns_type_text(uint16_t type, char *text)
{
	enum { TYPE_TEXT = 16 };
	CLEANUP(memory_freep) char *name = ldns_rr_type2str((ldns_rr_type)type);
	(void)snprintf(text, TYPE_TEXT, "%s", name ? name : "");
	return text;
}

enum status dns_type_parse(const char *text, uint16_t *ret)
{
	ldns_rr_type type = ldns_get_rr_type_by_name(text);
	if (type == LDNS_RR_TYPE_FIRST || type > LDNS_RR_TYPE_LAST)
		return INPUT;
	*ret = (uint16_t)type;
	return OK;
}

/* The record as a packet has it, but for its owner: the root. */
static ldns_rr *record_rr(const struct dns_record *record)
{
	enum { HEAD = 11, RDATA_MAX = 0xffff };
	size_t length = record->rdata.length, at = 0;
	if (length > RDATA_MAX)
		return NULL;
	CLEANUP(memory_freep) uint8_t *wire = memory_new(HEAD + length, 1);
	ldns_write_uint16(wire + 1, record->type);
	ldns_write_uint16(wire + 3, LDNS_RR_CLASS_IN);
	ldns_write_uint32(wire + 5, record->ttl);
	ldns_write_uint16(wire + 9, (uint16_t)length);
	memcpy(wire + HEAD, record->rdata.data, length);
	ldns_rr *rr = NULL;
	(void)ldns_wire2rr(&rr, wire, HEAD + length, &at, LDNS_SECTION_ANSWER);
	return rr;
}

const char *dns_record_text(const struct dns_record *record, struct arena *arena)
{
	/* Not as it came: it may be in the case in which the question was asked. */
	if (record->target[0])
		return arena_printf(arena, "%s.", record->target);
	struct buffer text;
	buffer_init(&text, 1 << 20);
	ldns_rr *rr = record_rr(record);
	for (size_t i = 0; rr && i < ldns_rr_rd_count(rr); i++) {
		/* ldns has no text for some fields that are empty. */
		CLEANUP(memory_freep) char *field = ldns_rdf2str(ldns_rr_rdf(rr, i));
		buffer_printf(&text, "%s%s", i > 0 ? " " : "", field ? field : "\"\"");
	}
	ldns_rr_free(rr);
	const char *copy = arena_text(arena, buffer_text(&text));
	buffer_release(&text);
	return copy;
}
