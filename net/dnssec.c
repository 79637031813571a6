/*
 * A look-up that is believed only as far as it is signed: see dnssec.h.
 *
 *	name ── records there ─────────────> each RRset judged          FOUND
 *	  ├── CNAME, or DNAME above it ────> judged; on at its target
 *	  ├── none, and asked right here ──> the denial judged          EMPTY
 *	  └── none, by way of an alias ────> asked at this name
 *
 * An RRset is judged by the zone that its signature names; an unsigned one by
 * the zone in which its owner lies, which then must be unsigned.
 */
#include "net/dnssec.h"

#include "base/civil.h"
#include "base/memory.h"
#include "net/dns_name.h"
#include "net/dnssec_chain.h"

#include <stdio.h>
#include <string.h>

enum { RCODE_NOERROR = 0, RCODE_SERVFAIL = 2, RCODE_YXDOMAIN = 6, RCODE_NXDOMAIN = 3 };

static const char *const security_names[] = {
	[SECURITY_ASKING] = "asking",     [SECURITY_SECURE] = "secure",
	[SECURITY_INSECURE] = "insecure", [SECURITY_INDETERMINATE] = "indeterminate",
	[SECURITY_BOGUS] = "bogus",
};

const char *security_text(enum security security)
{
	return security_names[security];
}

/* A packet of an answer under judgement, and what has been found so far. */
struct judging {
	struct dnssec_run *run;
	const struct dnssec_question *question;
	const ldns_pkt *packet;
	struct dnssec_found found;
};

struct shown_name {
	char text[NAME_TEXT];
};

static const char *shown(const ldns_rdf *name, struct shown_name *text)
{
	if (dns_name_from_wire(name, text->text) != OK)
		return "a name";
	return text->text[0] ? text->text : ".";
}

/* --- one RRset --- */

/* The name whose zone has the records: a DS record belongs to the parent. */
static ldns_rdf home_of(const ldns_rdf *owner, ldns_rr_type type)
{
	size_t labels = dns_name_labels(owner);
	return dns_name_suffix(owner, labels - (type == LDNS_RR_TYPE_DS && labels > 0));
}

/* The signed zone that vouches for records of that owner and type; by its signer when a signature
 * names one. */
static enum security zone_by_signatures(struct dnssec_run *run, const ldns_rr_list *signatures,
					const ldns_rdf *home, struct dnssec_zone *ret)
{
	struct shown_name name, apex;
	for (size_t i = 0; i < ldns_rr_list_rr_count(signatures); i++) {
		const ldns_rdf *signer = rrsig_signer(ldns_rr_list_rr(signatures, i));
		if (!dnssec_may_sign(run, signer, home))
			continue;
		enum security security = dnssec_zone_of(run, signer, ret);
		if (security == SECURITY_SECURE && !dns_name_equal(&ret->apex, signer))
			return dnssec_because(run, SECURITY_BOGUS,
					      "the signer %s is not a zone: it lies in %s",
					      shown(signer, &name), shown(&ret->apex, &apex));
		return security;
	}
	enum security security = dnssec_zone_of(run, home, ret);
	if (security != SECURITY_SECURE)
		return security;
	return dnssec_because(run, SECURITY_BOGUS,
			      "the answer about %s is not signed, and %s is a signed zone",
			      shown(home, &name), shown(&ret->apex, &apex));
}

/* RFC 4035 section 5.3.4: an answer made from a wildcard needs the proof that nothing closer to its
 * name exists. */
static enum security judge_wildcard(struct dnssec_run *run, const struct dnssec_zone *zone,
				    const ldns_pkt *packet, const struct rrset *rrset,
				    const struct dnssec_signed *good)
{
	struct shown_name name;
	struct denial_subject subject = {
		.name = rrset->owner, .type = rrset->type, .closest = &good->closest};
	struct denial denial = dnssec_denial(run, zone, packet, &subject);
	if (denial.kind == DENIAL_NAME && !denial.opt_out)
		return SECURITY_SECURE;
	if (denial.kind == DENIAL_NAME || denial.kind == DENIAL_COSTLY)
		return dnssec_because(
			run, SECURITY_INSECURE,
			"%s is from a wildcard, and by opt-out an unsigned zone may be "
			"delegated there",
			shown(rrset->owner, &name));
	return dnssec_because(run, SECURITY_BOGUS,
			      "%s is from a wildcard, and nothing proves that it was to be used",
			      shown(rrset->owner, &name));
}

static void lower(uint32_t *ttl, int64_t other)
{
	if (other < *ttl)
		*ttl = other > 0 ? (uint32_t)other : 0;
}

/* RFC 4035 section 5.3.3: not longer than the original TTL and the signature's expiration. */
static void lower_to_signature(struct judging *judging, const ldns_rr *signature)
{
	uint32_t at_s = (uint32_t)(judging->run->dnssec->params.at_ms / SECOND_MS);
	uint32_t expiration = ldns_rdf2native_int32(ldns_rr_rrsig_expiration(signature));
	lower(&judging->found.ttl, ldns_rdf2native_int32(ldns_rr_rrsig_origttl(signature)));
	lower(&judging->found.ttl, (int32_t)(expiration - at_s));
}

/* What the signer's zone does not bear out is bogus, unless the name lies in an unsigned zone below
 * it: that zone may hold any signatures it likes. The reason for bogus stands already. */
static enum security unless_insecure(struct dnssec_run *run, const ldns_rdf *home)
{
	struct dnssec_zone zone;
	struct error why = run->why;
	enum dns_outcome dns = run->dnssec->dns;
	enum security security = dnssec_zone_of(run, home, &zone);
	if (security == SECURITY_ASKING || security == SECURITY_INSECURE)
		return security;
	run->why = why;
	run->dnssec->dns = dns;
	return SECURITY_BOGUS;
}

static enum security judge_rrset(struct judging *judging, const struct rrset *rrset)
{
	struct dnssec_run *run = judging->run;
	struct dnssec_zone zone;
	struct dnssec_signed good;
	ldns_rdf home = home_of(rrset->owner, rrset->type);
	enum security security = rrset->type == LDNS_RR_TYPE_RRSIG
					 ? dnssec_zone_of(run, &home, &zone)
					 : zone_by_signatures(run, rrset->signatures, &home, &zone);
	if (security != SECURITY_SECURE)
		return security;
	if (rrset->type == LDNS_RR_TYPE_RRSIG)
		return dnssec_because(run, SECURITY_INDETERMINATE,
				      "signatures are not signed themselves");
	if (dnssec_check(run, &zone, rrset, &good) != SECURITY_SECURE)
		return unless_insecure(run, &home);
	lower_to_signature(judging, good.signature);
	if (!good.from_wildcard)
		return SECURITY_SECURE;
	/* RFC 6672 gives DNAME records at wildcards no meaning to rely on. */
	if (rrset->type == LDNS_RR_TYPE_DNAME)
		return dnssec_because(run, SECURITY_BOGUS, "a DNAME above %s is from a wildcard",
				      judging->found.name);
	return judge_wildcard(run, &zone, judging->packet, rrset, &good);
}

/* --- what has been found --- */

static void add_record(struct judging *judging, const struct dns_record *record)
{
	struct dnssec_found *found = &judging->found;
	const struct dns_record **records =
		arena_new(judging->run->steps->arena, found->record_count + 1, sizeof(*records));
	for (size_t i = 0; i < found->record_count; i++)
		records[i] = found->records[i];
	records[found->record_count++] = record;
	found->records = records;
	lower(&found->ttl, record->ttl);
}

static void add_rrset(struct judging *judging, const struct rrset *rrset)
{
	const struct dns_message *message = &judging->question->message;
	char owner[NAME_TEXT];
	if (dns_name_from_wire(rrset->owner, owner) != OK)
		return;
	for (size_t i = 0; i < message->answer_count; i++)
		if (message->answers[i].type == (uint16_t)rrset->type &&
		    strcmp(message->answers[i].owner, owner) == 0)
			add_record(judging, &message->answers[i]);
}

/* --- how it goes on --- */

enum course {
	COURSE_ASKING,  /* an answer is awaited */
	COURSE_ENDED,   /* nothing more to do */
	COURSE_ALIAS,   /* the name has changed */
	COURSE_NOTHING, /* there is nothing of the kind at the name */
};

/* Lets the security of one part count. ENDED when the rest cannot mend it; otherwise then. */
static enum course weigh(struct judging *judging, enum security security, enum course then)
{
	struct dnssec_found *found = &judging->found;
	if (security == SECURITY_ASKING)
		return COURSE_ASKING;
	if (security > found->security) {
		found->security = security;
		memcpy(found->reason, judging->run->why.sentence, sizeof(found->reason));
	}
	bool failed = judging->run->dnssec->dns != DNS_ANSWERED;
	return failed || security == SECURITY_BOGUS ? COURSE_ENDED : then;
}

/* The look-up fails, whatever was signed on the way. */
static enum course give_up(struct judging *judging, int rcode)
{
	judging->run->dnssec->dns = DNS_MALFORMED;
	judging->run->dnssec->rcode = rcode;
	return weigh(judging, SECURITY_INDETERMINATE, COURSE_ENDED);
}

static enum course go_to(struct judging *judging, const ldns_rdf *target)
{
	struct dnssec_found *found = &judging->found;
	if (++found->aliases > DNSSEC_ALIASES_MAX) {
		(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
				     "the aliases of %s do not end within %d",
				     judging->run->dnssec->params.name, DNSSEC_ALIASES_MAX);
		return give_up(judging, RCODE_SERVFAIL);
	}
	if (dns_name_from_wire(target, found->name) == OK)
		return COURSE_ALIAS;
	(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
			     "%s is an alias of something that is not a host name", found->name);
	return give_up(judging, RCODE_SERVFAIL);
}

/* --- aliases --- */

/* The CNAME that RFC 6672 section 3.1 makes of a DNAME, with its TTL: whoever looks for one gets
 * ours, since nobody signs the one in the packet. */
static enum course take_made_alias(struct judging *judging, const ldns_rdf *target, uint32_t ttl)
{
	struct arena *arena = judging->run->steps->arena;
	struct dns_record *record = arena_new(arena, 1, sizeof(*record));
	struct slice wire = slice_of(ldns_rdf_data(target), ldns_rdf_size(target));
	record->type = DNS_TYPE_CNAME;
	record->ttl = ttl;
	record->rdata = slice_of(arena_bytes(arena, wire), wire.length);
	memcpy(record->owner, judging->found.name, sizeof(record->owner));
	if (dns_name_from_wire(target, record->target) != OK) {
		(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
				     "%s is an alias of something that is not a host name",
				     judging->found.name);
		return give_up(judging, RCODE_SERVFAIL);
	}
	add_record(judging, record);
	return COURSE_ENDED;
}

/* A DNAME above the name (RFC 6672 section 5.3.1): it is signed, the CNAME made from it is not, so
 * the target is worked out here. */
static enum course take_dname(struct judging *judging, const ldns_rdf *name,
			      const struct rrset *dname)
{
	uint8_t wire[DNS_NAME_WIRE];
	ldns_rdf target;
	add_rrset(judging, dname);
	enum course course = weigh(judging, judge_rrset(judging, dname), COURSE_ALIAS);
	if (course != COURSE_ALIAS)
		return course;
	size_t head = dns_name_labels(name) - dns_name_labels(dname->owner);
	const ldns_rr *rr = ldns_rr_list_rr(dname->records, 0);
	if (dns_name_join(name, head, ldns_rr_rdf(rr, 0), wire, &target) != OK) {
		/* RFC 6672 section 2.2: the name would be too long. */
		judging->run->dnssec->rcode = RCODE_YXDOMAIN;
		return COURSE_ENDED;
	}
	if (judging->run->dnssec->params.type == DNS_TYPE_CNAME)
		return take_made_alias(judging, &target, ldns_rr_ttl(rr));
	return go_to(judging, &target);
}

static enum course take_dname_above(struct judging *judging, const ldns_rdf *name)
{
	for (size_t labels = dns_name_labels(name); labels-- > 0;) {
		CLEANUP(rrset_release) struct rrset dname = RRSET_NONE;
		ldns_rdf above = dns_name_suffix(name, labels);
		if (rrset_find(ldns_pkt_answer(judging->packet), &above, LDNS_RR_TYPE_DNAME,
			       &dname))
			return take_dname(judging, name, &dname);
	}
	return COURSE_NOTHING;
}

static enum course take_cname(struct judging *judging, const ldns_rdf *name)
{
	CLEANUP(rrset_release) struct rrset cname = RRSET_NONE;
	if (!rrset_find(ldns_pkt_answer(judging->packet), name, LDNS_RR_TYPE_CNAME, &cname))
		return COURSE_NOTHING;
	add_rrset(judging, &cname);
	/* RFC 2181 section 10.1: an alias has one canonical name. */
	if (ldns_rr_list_rr_count(cname.records) > 1) {
		(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
				     "%s is an alias of two names", judging->found.name);
		return give_up(judging, RCODE_SERVFAIL);
	}
	enum course course = weigh(judging, judge_rrset(judging, &cname), COURSE_ALIAS);
	if (course != COURSE_ALIAS)
		return course;
	return go_to(judging, ldns_rr_rdf(ldns_rr_list_rr(cname.records, 0), 0));
}

/* --- records --- */

static enum course take_type(struct judging *judging, const ldns_rdf *name, ldns_rr_type type)
{
	CLEANUP(rrset_release) struct rrset rrset = RRSET_NONE;
	if (!rrset_find(ldns_pkt_answer(judging->packet), name, type, &rrset))
		return COURSE_NOTHING;
	add_rrset(judging, &rrset);
	if (judging->question->message.rcode == RCODE_NXDOMAIN) {
		(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
				     "%s has records, and the answer says that it does not exist",
				     judging->found.name);
		return give_up(judging, RCODE_NXDOMAIN);
	}
	return weigh(judging, judge_rrset(judging, &rrset), COURSE_ENDED);
}

/* Whether an earlier record of the section has the same owner and type. */
static bool is_repeated(const ldns_rr_list *section, size_t number)
{
	const ldns_rr *rr = ldns_rr_list_rr(section, number);
	for (size_t i = 0; i < number; i++) {
		const ldns_rr *other = ldns_rr_list_rr(section, i);
		if (ldns_rr_get_type(other) == ldns_rr_get_type(rr) &&
		    dns_name_equal(ldns_rr_owner(other), ldns_rr_owner(rr)))
			return true;
	}
	return false;
}

static enum course take_all_types(struct judging *judging, const ldns_rdf *name)
{
	const ldns_rr_list *section = ldns_pkt_answer(judging->packet);
	enum course course = COURSE_NOTHING;
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(section, i);
		ldns_rr_type type = ldns_rr_get_type(rr);
		if (type == LDNS_RR_TYPE_RRSIG || !dns_name_equal(ldns_rr_owner(rr), name) ||
		    is_repeated(section, i))
			continue;
		course = take_type(judging, name, type);
		if (course == COURSE_ASKING || judging->found.security == SECURITY_BOGUS)
			return course;
	}
	return course;
}

static enum course take_records(struct judging *judging, const ldns_rdf *name)
{
	ldns_rr_type type = (ldns_rr_type)judging->run->dnssec->params.type;
	if (type == LDNS_RR_TYPE_ANY)
		return take_all_types(judging, name);
	return take_type(judging, name, type);
}

/* Follows the name through one packet. */
static enum course follow(struct judging *judging)
{
	enum course course;
	do {
		CLEANUP(dns_name_freep) ldns_rdf *name = NULL;
		if (dns_name_to_wire(judging->found.name, &name) != OK) {
			(void)dnssec_because(judging->run, SECURITY_INDETERMINATE,
					     "\"%s\" is no name", judging->found.name);
			return give_up(judging, RCODE_SERVFAIL);
		}
		course = take_dname_above(judging, name);
		if (course == COURSE_NOTHING)
			course = take_records(judging, name);
		if (course == COURSE_NOTHING)
			course = take_cname(judging, name);
	} while (course == COURSE_ALIAS);
	return course;
}

/* --- denials --- */

/* The signatures in the authority section that a denial may hang on; a list of views. */
static ldns_rr_list *denial_signatures(const ldns_pkt *packet)
{
	ldns_rr_list *list = ldns_rr_list_new();
	const ldns_rr_list *authority = ldns_pkt_authority(packet);
	for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
		ldns_rr *rr = ldns_rr_list_rr(authority, i);
		ldns_rr_type covers = rrsig_covers(rr);
		if (covers != LDNS_RR_TYPE_NSEC && covers != LDNS_RR_TYPE_NSEC3 &&
		    covers != LDNS_RR_TYPE_SOA)
			continue;
		if (!ldns_rr_list_push_rr(list, rr))
			memory_exhausted();
	}
	return list;
}

/* What the proof makes of the answer's claim. */
static enum security judge_proof(struct judging *judging, struct denial denial)
{
	struct dnssec_run *run = judging->run;
	const char *name = judging->found.name;
	bool claims_no_name = judging->question->message.rcode == RCODE_NXDOMAIN;
	switch (denial.kind) {
	case DENIAL_COSTLY:
		return dnssec_because(run, SECURITY_INSECURE,
				      "the proof for %s takes more than %d NSEC3 iterations", name,
				      NSEC3_ITERATIONS_MAX);
	case DENIAL_DATA:
		/* An empty non-terminal that the server takes for nothing; the proof knows better.
		 */
		run->dnssec->rcode = RCODE_NOERROR;
		break;
	case DENIAL_DELEGATION:
	case DENIAL_NAME:
		if ((denial.kind == DENIAL_NAME) == claims_no_name)
			break;
		return dnssec_because(run, SECURITY_BOGUS,
				      "the answer and its proof disagree whether %s exists", name);
	case DENIAL_NONE:
		return dnssec_because(run, SECURITY_BOGUS,
				      claims_no_name
					      ? "it is not proven that %s does not exist"
					      : "it is not proven that %s has no such record",
				      name);
	}
	if (!denial.opt_out)
		return SECURITY_SECURE;
	return dnssec_because(run, SECURITY_INSECURE,
			      "by opt-out an unsigned zone may be delegated at %s", name);
}

static enum course take_denial(struct judging *judging)
{
	struct dnssec_run *run = judging->run;
	CLEANUP(dns_name_freep) ldns_rdf *name = NULL;
	if (dns_name_to_wire(judging->found.name, &name) != OK)
		return COURSE_ENDED;
	struct dnssec_zone zone;
	struct denial_subject subject = {.name = name,
					 .type = (ldns_rr_type)run->dnssec->params.type};
	ldns_rdf home = home_of(name, subject.type);
	ldns_rr_list *signatures = denial_signatures(judging->packet);
	enum security security = zone_by_signatures(run, signatures, &home, &zone);
	ldns_rr_list_free(signatures);
	if (security == SECURITY_SECURE)
		security =
			judge_proof(judging, dnssec_denial(run, &zone, judging->packet, &subject));
	lower(&judging->found.ttl, judging->question->message.negative_ttl);
	return weigh(judging, security, COURSE_ENDED);
}

/* --- the machine --- */

static void finish(struct dnssec *dnssec, const struct dnssec_found *found)
{
	dnssec->found = *found;
	if (found->ttl == UINT32_MAX)
		dnssec->found.ttl = 0;
	dnssec->security = found->security;
	(void)snprintf(dnssec->reason, sizeof(dnssec->reason), "%s",
		       found->security == SECURITY_SECURE
			       ? "every part is signed, by a chain from a trust anchor"
			       : found->reason);
}

/* One question about the name itself, with the aliases in its answer. */
static enum course judge_question(struct judging *judging)
{
	struct dnssec_run *run = judging->run;
	struct dnssec *dnssec = run->dnssec;
	CLEANUP(dns_name_freep) ldns_rdf *name = NULL;
	enum security security;
	if (dns_name_to_wire(judging->found.name, &name) != OK) {
		(void)dnssec_because(run, SECURITY_INDETERMINATE, "\"%s\" is no name",
				     judging->found.name);
		return give_up(judging, -1);
	}
	judging->question = dnssec_ask(run, name, (ldns_rr_type)dnssec->params.type, &security);
	if (!judging->question) {
		dnssec->rcode = dnssec_rcode(run, judging->found.name, dnssec->params.type);
		return weigh(judging, security, COURSE_ENDED);
	}
	dnssec->rcode = judging->question->message.rcode;
	judging->packet = dnssec_packet(run, judging->question);
	int aliases = judging->found.aliases;
	enum course course = follow(judging);
	if (course != COURSE_NOTHING)
		return course;
	/* Whether the server followed an alias to its end or stopped there cannot be told from the
	 * packet, so the end is asked about by itself. Names are not compared: one alias more each
	 * time is what ends this. */
	if (judging->found.aliases > aliases)
		return COURSE_ALIAS;
	return take_denial(judging);
}

/* Which security the zone of the name has that was come to. */
static void decide_zone(struct dnssec_run *run)
{
	struct dnssec *dnssec = run->dnssec;
	struct dnssec_zone zone;
	CLEANUP(dns_name_freep) ldns_rdf *name = NULL;
	enum dns_outcome dns = dnssec->dns;
	int tries = dnssec->tries;
	enum security security = SECURITY_INDETERMINATE;
	if (dns_name_to_wire(dnssec->found.name, &name) == OK) {
		ldns_rdf home = home_of(name, (ldns_rr_type)dnssec->params.type);
		security = dnssec_zone_of(run, &home, &zone);
	}
	/* They tell how the look-up itself failed. */
	dnssec->dns = dns;
	dnssec->tries = tries;
	dnssec->security = security;
	if (security != SECURITY_ASKING)
		(void)snprintf(dnssec->reason, sizeof(dnssec->reason), "%s",
			       security == SECURITY_SECURE ? "the zone is signed"
							   : run->why.sentence);
}

static void decide_once(struct dnssec *dnssec, struct steps *steps)
{
	CLEANUP(dnssec_run_release) struct dnssec_run run = {.dnssec = dnssec, .steps = steps};
	struct judging judging = {.run = &run, .found = dnssec->found};
	enum course course;
	if (dnssec->zone_only) {
		decide_zone(&run);
		return;
	}
	while ((course = judge_question(&judging)) == COURSE_ALIAS)
		/* What was judged so far stands. */
		dnssec->found = judging.found;
	if (course == COURSE_ENDED)
		finish(dnssec, &judging.found);
}

/* Whether the conversation may go on verifying; ends the look-up when not. */
static bool affordable(struct dnssec *dnssec)
{
	if (dnssec->shared->signatures < DNSSEC_SHARED_SIGNATURES_MAX &&
	    dnssec->shared->rounds < DNSSEC_SHARED_ROUNDS_MAX)
		return true;
	dnssec->found.security = dnssec->security = SECURITY_BOGUS;
	(void)snprintf(dnssec->reason, sizeof(dnssec->reason),
		       "the answers about %s and other names take more than %d signatures or %d "
		       "hashes to verify",
		       dnssec->params.name, DNSSEC_SHARED_SIGNATURES_MAX, DNSSEC_SHARED_ROUNDS_MAX);
	return false;
}

static void decide(struct dnssec *dnssec, struct steps *steps)
{
	unsigned signatures = dnssec->signatures, rounds = dnssec->rounds;
	if (!affordable(dnssec))
		return;
	decide_once(dnssec, steps);
	dnssec->shared->signatures += dnssec->signatures - signatures;
	dnssec->shared->rounds += dnssec->rounds - rounds;
}

void dnssec_begin(struct dnssec *dnssec, const struct dnssec_params *params, struct steps *steps)
{
	*dnssec = (struct dnssec){
		.params = *params,
		.rcode = -1,
		.found = {.security = SECURITY_SECURE, .ttl = UINT32_MAX},
	};
	dnssec->shared = params->shared ? params->shared : &dnssec->own;
	dnssec->params.name = arena_text(steps->arena, params->name);
	(void)snprintf(dnssec->found.name, sizeof(dnssec->found.name), "%s", params->name);
	decide(dnssec, steps);
}

bool dnssec_advance(struct dnssec *dnssec, const struct event *event, struct steps *steps)
{
	if (dnssec->security != SECURITY_ASKING || event->kind != STEP_DNS ||
	    event->id != dnssec->step_id)
		return false;
	dnssec_answer(dnssec, event, steps->arena);
	decide(dnssec, steps);
	return true;
}

void dnssec_begin_zone(struct dnssec *dnssec, struct steps *steps)
{
	dnssec->zone_only = true;
	dnssec->security = SECURITY_ASKING;
	decide(dnssec, steps);
}

const char *dns_rcode_text(int rcode, char *text)
{
	enum { RCODE_TEXT = 16 };
	static const char *const names[] = {
		[0] = "NOERROR", [1] = "FORMERR", [2] = "SERVFAIL", [3] = "NXDOMAIN",
		[4] = "NOTIMP",  [5] = "REFUSED", [6] = "YXDOMAIN", [7] = "YXRRSET",
		[8] = "NXRRSET", [9] = "NOTAUTH", [10] = "NOTZONE",
	};
	if (rcode < 0)
		text[0] = '\0';
	else if ((size_t)rcode < ARRAY_LENGTH(names))
		(void)snprintf(text, RCODE_TEXT, "%s", names[rcode]);
	else
		(void)snprintf(text, RCODE_TEXT, "RCODE%d", rcode);
	return text;
}
