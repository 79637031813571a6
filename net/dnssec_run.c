/*
 * One activation of a validated look-up: see dnssec_run.h. Questions are found
 * among those answered or asked; what a packet holds counts only by its signatures.
 */
#include "net/dnssec_run.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/dns_name.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- questions --- */

void dnssec_shared_release(struct dnssec_shared *shared)
{
	for (struct dnssec_question *question = shared->questions; question;
	     question = question->next) {
		ldns_pkt_free(question->parsed);
		question->parsed = NULL;
	}
}

void dnssec_run_release(struct dnssec_run *run)
{
	if (run->dnssec->shared == &run->dnssec->own)
		dnssec_shared_release(run->dnssec->shared);
}

static const char *failure_text(enum dns_outcome outcome)
{
	switch (outcome) {
	case DNS_ANSWERED:
		return "the answer cannot be read";
	case DNS_SERVFAIL:
		return "the resolver answered SERVFAIL";
	case DNS_REFUSED:
		return "the resolver answered an error";
	case DNS_TIMED_OUT:
		return "no answer in time";
	case DNS_UNREACHABLE:
		return "no resolver could be reached";
	case DNS_MALFORMED:
		return "the answer is malformed";
	}
	return "";
}

static const char *shown(const char *name)
{
	return name[0] ? name : ".";
}

enum security dnssec_because(struct dnssec_run *run, enum security security, const char *format,
			     ...)
{
	char sentence[sizeof(run->why.sentence)];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	/* What is missing may be among the signatures that were not verified any more. */
	if (security == SECURITY_BOGUS && run->dnssec->signatures >= SIGNATURES_MAX)
		(void)snprintf(sentence, sizeof(sentence),
			       "the answers hold more than %d signatures to verify",
			       SIGNATURES_MAX);
	(void)fail(&run->why, DNS_FAILED, "%s", sentence);
	return security;
}

/* A resolver that cannot tell gives no security (RFC 4035 section 4.3, indeterminate). */
static enum security fail_question(struct dnssec_run *run, const struct dnssec_question *question)
{
	char type[16], rcode[16];
	const char *extended = question->readable ? question->message.extended_error : NULL;
	const char *text = failure_text(question->outcome);
	if (question->outcome == DNS_REFUSED && question->readable)
		text = dns_rcode_text(question->message.rcode, rcode);
	run->dnssec->dns = question->outcome == DNS_ANSWERED ? DNS_MALFORMED : question->outcome;
	run->dnssec->tries = question->tries;
	return dnssec_because(run, SECURITY_INDETERMINATE, "%s %s: %s%s%s%s",
			      shown(question->ask.name), dns_type_text(question->ask.type, type),
			      text, extended ? " (" : "", extended ? extended : "",
			      extended ? ")" : "");
}

static enum security ask(struct dnssec_run *run, const char *name, uint16_t type)
{
	struct dnssec *dnssec = run->dnssec;
	if (dnssec->question_count++ >= DNSSEC_QUESTIONS_MAX)
		return dnssec_because(run, SECURITY_BOGUS,
				      "the answer takes more than %d questions",
				      DNSSEC_QUESTIONS_MAX);
	struct step *step = steps_add(run->steps, STEP_DNS);
	(void)snprintf(step->dns.name, sizeof(step->dns.name), "%s", name);
	step->dns.type = type;
	step->dns.records = DNS_RECORDS_SIGNED;
	struct dnssec_question *question = arena_new(run->steps->arena, 1, sizeof(*question));
	question->ask = step->dns;
	question->step_id = step->id;
	question->next = dnssec->shared->questions;
	dnssec->shared->questions = question;
	dnssec->step_id = step->id;
	return SECURITY_ASKING;
}

static struct dnssec_question *find_question(const struct dnssec *dnssec, const char *name,
					     uint16_t type)
{
	struct dnssec_question *question = dnssec->shared->questions;
	while (question && (question->ask.type != type || strcmp(question->ask.name, name) != 0))
		question = question->next;
	return question;
}

const struct dnssec_question *dnssec_ask(struct dnssec_run *run, const ldns_rdf *name,
					 ldns_rr_type type, enum security *ret)
{
	char text[NAME_TEXT];
	if (dns_name_from_wire(name, text) != OK) {
		run->dnssec->dns = DNS_MALFORMED;
		*ret = dnssec_because(run, SECURITY_INDETERMINATE,
				      "the answer leads to something that is not a host name");
		return NULL;
	}
	const struct dnssec_question *question = find_question(run->dnssec, text, (uint16_t)type);
	if (!question) {
		*ret = ask(run, text, (uint16_t)type);
		return NULL;
	}
	if (!question->answered) {
		run->dnssec->step_id = question->step_id;
		*ret = SECURITY_ASKING;
		return NULL;
	}
	if (question->outcome == DNS_ANSWERED && question->readable)
		return question;
	*ret = fail_question(run, question);
	return NULL;
}

void dnssec_answer(struct dnssec *dnssec, const struct event *event, struct arena *arena)
{
	struct dnssec_question *question = dnssec->shared->questions;
	struct slice packet = event->dns.answer;
	while (question->step_id != event->id)
		question = question->next;
	if (question->answered)
		return;
	question->answered = true;
	question->outcome = event->dns.outcome;
	question->tries = event->dns.tries;
	question->packet = slice_of(arena_bytes(arena, packet), packet.length);
	question->readable =
		dns_packet_parse(question->packet, &question->parsed, NULL) == OK &&
		dns_message_take(question->parsed, question->ask.name, question->ask.type, arena,
				 &question->message, NULL) == OK;
}

int dnssec_rcode(const struct dnssec_run *run, const char *name, uint16_t type)
{
	const struct dnssec_question *question = find_question(run->dnssec, name, type);
	return question && question->readable ? question->message.rcode : -1;
}

const ldns_pkt *dnssec_packet(struct dnssec_run *run, const struct dnssec_question *question)
{
	struct dnssec_question *parsing =
		find_question(run->dnssec, question->ask.name, question->ask.type);
	if (!parsing->parsed && ldns_wire2pkt(&parsing->parsed, parsing->packet.data,
					      parsing->packet.length) != LDNS_STATUS_OK)
		memory_exhausted(); /* it was parsed before */
	return parsing->parsed;
}

/* --- signatures and denials of a zone --- */

static struct signature_keys keys_of(struct dnssec_run *run, const struct dnssec_zone *zone)
{
	return (struct signature_keys){
		.zone = &zone->apex,
		.dnskeys = zone->dnskeys,
		.at_s = run->dnssec->params.at_ms / SECOND_MS,
		.tried = &run->dnssec->signatures,
		.memory = run->dnssec->shared->verified,
	};
}

enum security dnssec_check(struct dnssec_run *run, const struct dnssec_zone *zone,
			   const struct rrset *rrset, struct dnssec_signed *ret)
{
	struct signature_keys keys = keys_of(run, zone);
	const ldns_rr *signature = NULL;
	if (signature_check(&keys, rrset, &signature, &run->why) != OK)
		return SECURITY_BOGUS;
	/* RFC 4035 section 5.3.4: fewer labels in the signature than in the owner name. */
	size_t labels = ldns_rdf2native_int8(ldns_rr_rrsig_labels(signature));
	size_t owner_labels =
		dns_name_labels(rrset->owner) - (dns_name_is_wildcard(rrset->owner) ? 1 : 0);
	*ret = (struct dnssec_signed){
		.signature = signature,
		.from_wildcard = labels < owner_labels,
		.closest = dns_name_suffix(rrset->owner, labels),
	};
	return SECURITY_SECURE;
}

/* Adds the records of one owner in the authority section, when they are signed as they stand: one
 * that came from a wildcard says nothing of the name it now bears (CVE-2017-15105). */
static void collect(struct dnssec_run *run, const struct dnssec_zone *zone, const ldns_pkt *packet,
		    const ldns_rr *record, ldns_rr_list *list)
{
	CLEANUP(rrset_release) struct rrset rrset = RRSET_NONE;
	struct dnssec_signed found;
	if (!dns_name_within(ldns_rr_owner(record), &zone->apex) ||
	    !rrset_find(ldns_pkt_authority(packet), ldns_rr_owner(record), ldns_rr_get_type(record),
			&rrset) ||
	    ldns_rr_list_rr(rrset.records, 0) != record ||
	    dnssec_check(run, zone, &rrset, &found) != SECURITY_SECURE || found.from_wildcard)
		return;
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrset.records); i++)
		if (!ldns_rr_list_push_rr(list, ldns_rr_list_rr(rrset.records, i)))
			memory_exhausted();
}

static ldns_rr_list *collect_type(struct dnssec_run *run, const struct dnssec_zone *zone,
				  const ldns_pkt *packet, ldns_rr_type type)
{
	ldns_rr_list *list = ldns_rr_list_new();
	if (!list)
		memory_exhausted();
	const ldns_rr_list *authority = ldns_pkt_authority(packet);
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		const ldns_rr *record = ldns_rr_list_rr(authority, i);
		if (ldns_rr_get_type(record) == type)
			collect(run, zone, packet, record, list);
	}
	return list;
}

/* The two kinds of denial and their proofs. */
static const struct denial_method {
	ldns_rr_type type;
	struct denial (*deny)(const struct denial_records *, const struct denial_subject *);
} denial_methods[] = {
	{LDNS_RR_TYPE_NSEC, nsec_deny},
	{LDNS_RR_TYPE_NSEC3, nsec3_deny},
};

struct denial dnssec_denial(struct dnssec_run *run, const struct dnssec_zone *zone,
			    const ldns_pkt *packet, const struct denial_subject *subject)
{
	struct denial denial = {DENIAL_NONE, false};
	for (size_t i = 0; i < ARRAY_LENGTH(denial_methods) && denial.kind == DENIAL_NONE; i++) {
		ldns_rr_list *list = collect_type(run, zone, packet, denial_methods[i].type);
		struct denial_records records = {
			.zone = &zone->apex,
			.list = list,
			.rounds = &run->dnssec->rounds,
		};
		denial = denial_methods[i].deny(&records, subject);
		ldns_rr_list_free(list);
	}
	return denial;
}
