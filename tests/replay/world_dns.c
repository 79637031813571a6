/*
 * The DNS of the world: one resolver that knows everything, and answers late,
 * wrongly, partly or never. See world.h.
 */
#include "tests/replay/world.h"

#include <ctype.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET_MAX = 4096, TTL = 300, RECORD_TEXT = 256, CUT_LEAST = 3 };

#define TXT_CONTACT_OWNER "_validation-contactemail." WORLD_TXT_BASE

static void push(ldns_pkt *packet, ldns_pkt_section section, const char *line)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, line, TTL, NULL, NULL) != LDNS_STATUS_OK) {
		fprintf(stderr, "replay: the record \"%s\" cannot be read\n", line);
		exit(1);
	}
	ldns_pkt_push_rr(packet, section, rr);
}

__attribute__((format(printf, 3, 4))) static void
push_text(ldns_pkt *packet, ldns_pkt_section section, const char *format, ...)
{
	char line[RECORD_TEXT];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	push(packet, section, line);
}

/* ---- the truth ---- */

static bool is_below(const char *name, const char *ancestor)
{
	size_t length = strlen(name), above = strlen(ancestor);
	return length > above && name[length - above - 1] == '.' &&
	       strcmp(name + length - above, ancestor) == 0;
}

static bool exists(const struct world *world, const char *name)
{
	for (const struct record *record = world->records; record; record = record->next)
		if (strcmp(record->owner, name) == 0 || is_below(record->owner, name))
			return true;
	for (size_t i = 0; i < world_site_count; i++)
		if (strcmp(world_sites[i].name, name) == 0 || is_below(world_sites[i].name, name))
			return true;
	for (size_t i = 0; i < WORLD_CAA_OWNERS; i++)
		if (strcmp(world_caa_owners[i], name) == 0)
			return true;
	for (size_t i = 0; i < WORLD_MANY; i++)
		if (strcmp(world_many[i], name) == 0 || is_below(world_many[i], name))
			return true;
	return world_mail_domain(name) || world_server_address(name) ||
	       strcmp(name, TXT_CONTACT_OWNER) == 0;
}

static enum caa_records caa_at(const struct world *world, const char *name)
{
	for (size_t i = 0; i < WORLD_CAA_OWNERS; i++)
		if (strcmp(world_caa_owners[i], name) == 0)
			return world->caa[i];
	return CAA_ABSENT;
}

static void push_caa(ldns_pkt *packet, const char *name, enum caa_records records)
{
	switch (records) {
	case CAA_ABSENT:
	case CAA_RECORDS_COUNT:
		return;
	case CAA_HARMLESS:
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN CAA 0 iodef \"mailto:ca@%s\"",
			  name, name);
		push_text(packet, LDNS_SECTION_ANSWER,
			  "%s. 300 IN CAA 0 contactemail \"" WORLD_CAA_CONTACT "\"", name);
		return;
	case CAA_FORBIDS:
		push_text(packet, LDNS_SECTION_ANSWER,
			  "%s. 300 IN CAA 0 issue \"other-ca.example\"", name);
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN CAA 0 iodef \"mailto:owner@%s\"",
			  name, name);
		return;
	}
}

static void push_txt(ldns_pkt *packet, const struct record *record)
{
	for (size_t i = 0; record && i < record->count && i < RECORDS_MAX; i++)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN TXT \"%s\"", record->owner,
			  record->texts[i]);
}

/* One base domain of the world names a contact in its DNS (BR B.2.1). */
static void push_contact(ldns_pkt *packet, const char *owner)
{
	if (strcmp(owner, TXT_CONTACT_OWNER) == 0)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN TXT \"" WORLD_TXT_CONTACT "\"",
			  owner);
}

static void push_exchanger(ldns_pkt *packet, const char *domain)
{
	const char *exchanger = world_exchanger(domain);
	if (!exchanger)
		return;
	if (strcmp(exchanger, ".") == 0)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN MX 0 .", domain);
	else
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN MX 10 %s.", domain, exchanger);
}

/* The records of a name, behind its alias when the server follows it. */
static void push_truth(struct world *world, ldns_pkt *packet, const char *name, ldns_rr_type type)
{
	const struct site *site = world_site(name);
	const char *owner = name;
	const char *server = world_server_address(name);
	if (site && site->alias) {
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN CNAME %s.", name, site->alias);
		owner = site->alias;
		/* Some servers leave the rest to whoever asks. */
		if (chance_percent(&world->chance, 30))
			return;
	}
	if (type == LDNS_RR_TYPE_CAA)
		push_caa(packet, owner, caa_at(world, owner));
	else if (type == LDNS_RR_TYPE_TXT && world_record(world, name))
		push_txt(packet, world_record(world, name));
	else if (type == LDNS_RR_TYPE_TXT)
		push_contact(packet, name);
	else if (type == LDNS_RR_TYPE_MX)
		push_exchanger(packet, name);
	else if (server && type == LDNS_RR_TYPE_A)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN A %s", owner, server);
	else if (site && site->v4 && type == LDNS_RR_TYPE_A)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN A %s", owner, site->v4);
	else if (site && site->v6 && type == LDNS_RR_TYPE_AAAA)
		push_text(packet, LDNS_SECTION_ANSWER, "%s. 300 IN AAAA %s", owner, site->v6);
	if (!exists(world, name))
		ldns_pkt_set_rcode(packet, LDNS_RCODE_NXDOMAIN);
	if (ldns_rr_list_rr_count(ldns_pkt_answer(packet)) == 0)
		push(packet, LDNS_SECTION_AUTHORITY,
		     "example.com. 300 IN SOA ns.example.com. dns.example.com. 1 2 3 4 300");
}

/* For the oracle: what a careful reader may conclude from this answer. */
static void note_caa(struct world *world, const char *name, bool lie)
{
	if (world->caa_answer_count == WORLD_ANSWERS_MAX)
		return;
	const struct site *site = world_site(name);
	const char *owner = site && site->alias ? site->alias : name;
	enum caa_records records = lie ? CAA_ABSENT : caa_at(world, owner);
	struct caa_answer *answer = &world->caa_answers[world->caa_answer_count++];
	*answer = (struct caa_answer){
		.records = records != CAA_ABSENT,
		.permits = records == CAA_HARMLESS,
	};
	(void)snprintf(answer->name, sizeof(answer->name), "%s", name);
}

static void note_txt(struct world *world, const char *name)
{
	const struct record *record = world_record(world, name);
	for (size_t i = 0; record && i < record->count && i < RECORDS_MAX; i++)
		world_note_value(world, name + strlen(WORLD_RECORD_LABEL), record->texts[i]);
}

/* ---- the faults ---- */

static enum dns_fault draw_fault(struct world *world, const struct dns_ask *ask)
{
	if (!chance_percent(&world->chance, world->fault_percent))
		return DNS_FAULT_NONE;
	enum dns_fault fault = (enum dns_fault)chance_below(&world->chance, DNS_FAULT_NONE);
	if (fault == DNS_FAULT_TRUNCATED && ask->transport == DNS_TCP)
		return DNS_FAULT_NONE;
	tally_add(world->tally, (enum tally_kind)(TALLY_DNS_LATE + (int)fault));
	return fault;
}

/* The rcode of a fault that is told by one alone. */
static ldns_pkt_rcode rcode_of(enum dns_fault fault)
{
	if (fault == DNS_FAULT_SERVFAIL)
		return LDNS_RCODE_SERVFAIL;
	if (fault == DNS_FAULT_REFUSED)
		return LDNS_RCODE_REFUSED;
	return fault == DNS_FAULT_NXDOMAIN ? LDNS_RCODE_NXDOMAIN : LDNS_RCODE_NOERROR;
}

static void write_packet(struct world *world, const ldns_pkt *packet, enum dns_fault fault,
			 struct buffer *out)
{
	/* Not ldns_pkt2wire, which takes 64 KiB for every packet. */
	ldns_buffer *wire = ldns_buffer_new(PACKET_MAX);
	if (ldns_pkt2buffer_wire(wire, packet) != LDNS_STATUS_OK) {
		fprintf(stderr, "replay: an answer cannot be written\n");
		exit(1);
	}
	size_t length = ldns_buffer_position(wire);
	if (fault == DNS_FAULT_CUT)
		length = CUT_LEAST + chance_below(&world->chance, (uint32_t)(length - CUT_LEAST));
	buffer_append(out, ldns_buffer_begin(wire), length);
	ldns_buffer_free(wire);
}

static void answer(struct world *world, const ldns_pkt *asked, enum dns_fault fault,
		   struct buffer *out)
{
	ldns_rr *question = ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(asked), 0));
	ldns_rr_type type = ldns_rr_get_type(question);
	char *name = ldns_rdf2str(ldns_rr_owner(question));
	name[strlen(name) - 1] = '\0';
	/* Questions come in any case (draft-vixie-dnsext-dns0x20). */
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	ldns_pkt *packet = ldns_pkt_new();
	bool wrong_id = fault == DNS_FAULT_WRONG_ID;
	ldns_pkt_set_id(packet, (uint16_t)(ldns_pkt_id(asked) ^ (wrong_id ? 1 : 0)));
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_tc(packet, fault == DNS_FAULT_TRUNCATED);
	ldns_pkt_set_rcode(packet, (uint8_t)rcode_of(fault));
	if (fault == DNS_FAULT_WRONG_QUESTION)
		ldns_rr_set_type(question, LDNS_RR_TYPE_HINFO);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
	bool good = fault == DNS_FAULT_NONE || fault == DNS_FAULT_LATE;
	if (fault != DNS_FAULT_TRUNCATED && rcode_of(fault) == LDNS_RCODE_NOERROR)
		push_truth(world, packet, name, type);
	if (type == LDNS_RR_TYPE_CAA && (good || fault == DNS_FAULT_NXDOMAIN))
		note_caa(world, name, !good);
	if (type == LDNS_RR_TYPE_TXT && good)
		note_txt(world, name);
	write_packet(world, packet, fault, out);
	ldns_pkt_free(packet);
	free(name);
}

void world_dns(struct world *world, const struct dns_ask *ask, struct world_dns *ret)
{
	ldns_pkt *asked = NULL;
	*ret = (struct world_dns){
		.outcome = DNS_EXCHANGE_ANSWERED,
		.after_ms = chance_between(&world->chance, 1, 80),
	};
	buffer_init(&ret->packet, PACKET_MAX);
	if (ldns_wire2pkt(&asked, ask->query.data, ask->query.length) != LDNS_STATUS_OK) {
		fprintf(stderr, "replay: a question does not parse\n");
		exit(1);
	}
	enum dns_fault fault = draw_fault(world, ask);
	if (fault == DNS_FAULT_LATE)
		ret->after_ms = chance_between(&world->chance, 500, ask->timeout_ms - 1);
	if (fault == DNS_FAULT_TIMED_OUT) {
		ret->outcome = DNS_EXCHANGE_TIMED_OUT;
		ret->after_ms = ask->timeout_ms;
	} else if (fault == DNS_FAULT_UNREACHABLE) {
		ret->outcome = DNS_EXCHANGE_UNREACHABLE;
	} else if (fault != DNS_FAULT_EMPTY) {
		answer(world, asked, fault, &ret->packet);
	}
	ldns_pkt_free(asked);
}
