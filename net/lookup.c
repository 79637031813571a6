/*
 * A look-up that follows aliases: see lookup.h.
 *
 *   asked name ──CNAME──> … ──CNAME──> canonical ── records     FOUND
 *                                      │ rcode NXDOMAIN          NXDOMAIN
 *                                      │ asked here, nothing     NO_DATA
 *                                      └ not asked here yet      one more question
 *
 * A chain that ends without records is always asked about at its end. Whether
 * the server had followed it or stopped there cannot be told from the packet,
 * and "there is no CAA record" must not rest on a guess.
 */
#include "net/lookup.h"

#include <stdio.h>
#include <string.h>

enum { RCODE_NOERROR = 0, RCODE_NXDOMAIN = 3 };

static void ask(struct lookup *lookup, struct steps *steps)
{
	struct step *step = steps_add(steps, STEP_DNS);
	(void)snprintf(step->dns.name, sizeof(step->dns.name), "%s", lookup->canonical);
	step->dns.type = lookup->type;
	lookup->step_id = step->id;
	lookup->outcome = LOOKUP_ASKING;
}

static void lower_ttl(struct lookup *lookup, uint32_t ttl)
{
	if (ttl < lookup->ttl)
		lookup->ttl = ttl;
}

static void end_failed(struct lookup *lookup, enum dns_outcome dns)
{
	lookup->outcome = LOOKUP_FAILED;
	lookup->dns = dns;
	lookup->records = NULL;
	lookup->record_count = 0;
	lookup->ttl = 0;
}

static void end_empty(struct lookup *lookup, enum lookup_outcome outcome, uint32_t negative_ttl)
{
	lookup->outcome = outcome;
	lower_ttl(lookup, negative_ttl);
}

static bool collect_records(struct lookup *lookup, const struct dns_message *message,
			    struct arena *arena)
{
	const struct dns_record **records =
		arena_new(arena, message->answer_count + 1, sizeof(const struct dns_record *));
	size_t count = 0;
	for (size_t i = 0; i < message->answer_count; i++) {
		const struct dns_record *record = &message->answers[i];
		if (record->type == lookup->type && strcmp(record->owner, lookup->canonical) == 0)
			records[count++] = record;
	}
	if (count == 0)
		return false;
	for (size_t i = 0; i < count; i++)
		lower_ttl(lookup, records[i]->ttl);
	lookup->records = records;
	lookup->record_count = count;
	return true;
}

enum chain_end { CHAIN_ENDS, CHAIN_GOES_ON, CHAIN_BROKEN };

/* An alias has one canonical name (RFC 2181 section 10.1), so two CNAMEs break the chain. */
static enum chain_end follow_alias(struct lookup *lookup, const struct dns_message *message)
{
	const struct dns_record *alias = NULL;
	for (size_t i = 0; i < message->answer_count; i++) {
		const struct dns_record *record = &message->answers[i];
		if (record->type != DNS_TYPE_CNAME || strcmp(record->owner, lookup->canonical) != 0)
			continue;
		if (alias && strcmp(alias->target, record->target) != 0)
			return CHAIN_BROKEN;
		alias = record;
	}
	if (!alias)
		return CHAIN_ENDS;
	if (++lookup->cnames > LOOKUP_CNAMES_MAX)
		return CHAIN_BROKEN;
	lower_ttl(lookup, alias->ttl);
	memcpy(lookup->canonical, alias->target, sizeof(lookup->canonical));
	return CHAIN_GOES_ON;
}

static void take_message(struct lookup *lookup, const struct dns_message *message,
			 struct steps *steps)
{
	int cnames_before = lookup->cnames;
	enum chain_end chain = CHAIN_GOES_ON;
	bool found = false;
	while (chain == CHAIN_GOES_ON) {
		found = collect_records(lookup, message, steps->arena);
		chain = found ? CHAIN_ENDS : follow_alias(lookup, message);
	}
	bool nxdomain = message->rcode == RCODE_NXDOMAIN;
	if (chain == CHAIN_BROKEN || (found && nxdomain))
		end_failed(lookup, DNS_MALFORMED);
	else if (found)
		lookup->outcome = LOOKUP_FOUND;
	else if (nxdomain)
		/* RFC 6604 section 3: the rcode is that of the end of the chain. */
		end_empty(lookup, LOOKUP_NXDOMAIN, message->negative_ttl);
	else if (lookup->cnames > cnames_before)
		ask(lookup, steps);
	else
		end_empty(lookup, LOOKUP_NO_DATA, message->negative_ttl);
}

static void take_plain(struct lookup *lookup, const struct event *event, struct steps *steps)
{
	struct dns_message message;
	bool readable = dns_message_read(event->dns.answer, lookup->canonical, lookup->type,
					 steps->arena, &message, NULL) == OK;
	lookup->tries = event->dns.tries;
	if (event->dns.outcome == DNS_ANSWERED && readable) {
		take_message(lookup, &message, steps);
		return;
	}
	end_failed(lookup, event->dns.outcome == DNS_ANSWERED ? DNS_MALFORMED : event->dns.outcome);
	if (event->dns.outcome != DNS_ANSWERED && readable)
		lookup->extended = message.extended_error;
}

/* --- with trust anchors --- */

static void keep_records(struct lookup *lookup, const struct dnssec_found *found,
			 struct arena *arena)
{
	const struct dns_record **records =
		arena_new(arena, found->record_count + 1, sizeof(const struct dns_record *));
	for (size_t i = 0; i < found->record_count; i++)
		if (found->records[i]->type == lookup->type &&
		    strcmp(found->records[i]->owner, found->name) == 0)
			records[lookup->record_count++] = found->records[i];
	lookup->records = records;
}

/* What the validated look-up came to, once it has ended. */
static void take_validated(struct lookup *lookup, struct arena *arena)
{
	const struct dnssec *dnssec = lookup->validated;
	lookup->step_id = dnssec->step_id;
	if (dnssec->security == SECURITY_ASKING)
		return;
	if (dnssec->zone_only) {
		lookup->outcome = LOOKUP_FAILED;
		lookup->zone = dnssec->security;
		return;
	}
	memcpy(lookup->canonical, dnssec->found.name, sizeof(lookup->canonical));
	lookup->cnames = dnssec->found.aliases;
	lookup->security = dnssec->security;
	lookup->tries = dnssec->tries;
	lookup->reason = arena_text(arena, dnssec->reason);
	bool believed =
		dnssec->security == SECURITY_SECURE || dnssec->security == SECURITY_INSECURE;
	bool told = dnssec->rcode == RCODE_NOERROR || dnssec->rcode == RCODE_NXDOMAIN;
	if (dnssec->dns != DNS_ANSWERED || !believed || !told) {
		bool unreadable = dnssec->dns == DNS_ANSWERED && !told;
		end_failed(lookup, unreadable ? DNS_MALFORMED : dnssec->dns);
		return;
	}
	lower_ttl(lookup, dnssec->found.ttl);
	keep_records(lookup, &dnssec->found, arena);
	if (lookup->record_count > 0)
		lookup->outcome = LOOKUP_FOUND;
	else
		lookup->outcome =
			dnssec->rcode == RCODE_NXDOMAIN ? LOOKUP_NXDOMAIN : LOOKUP_NO_DATA;
}

static void begin_validated(struct lookup *lookup, struct lookup_trust *trust, struct steps *steps)
{
	struct dnssec_params params = {
		.name = lookup->name,
		.type = lookup->type,
		.anchors = trust->anchors,
		.at_ms = trust->at_ms,
		.shared = &trust->shared,
	};
	lookup->validated = arena_new(steps->arena, 1, sizeof(*lookup->validated));
	dnssec_begin(lookup->validated, &params, steps);
	take_validated(lookup, steps->arena);
}

bool lookup_may_begin_zone(const struct lookup *lookup)
{
	return lookup->outcome == LOOKUP_FAILED && lookup->validated &&
	       !lookup->validated->zone_only;
}

void lookup_begin_zone(struct lookup *lookup, struct steps *steps)
{
	lookup->outcome = LOOKUP_ASKING;
	dnssec_begin_zone(lookup->validated, steps);
	take_validated(lookup, steps->arena);
}

/* --- the machine --- */

void lookup_begin(struct lookup *lookup, const char *name, uint16_t type,
		  struct lookup_trust *trust, struct steps *steps)
{
	*lookup = (struct lookup){
		.type = type, .ttl = UINT32_MAX, .security = SECURITY_INDETERMINATE};
	(void)snprintf(lookup->name, sizeof(lookup->name), "%s", name);
	(void)snprintf(lookup->canonical, sizeof(lookup->canonical), "%s", name);
	if (trust->anchors)
		begin_validated(lookup, trust, steps);
	else
		ask(lookup, steps);
}

bool lookup_advance(struct lookup *lookup, const struct event *event, struct steps *steps)
{
	if (lookup->outcome != LOOKUP_ASKING || event->kind != STEP_DNS ||
	    event->id != lookup->step_id)
		return false;
	if (lookup->validated) {
		(void)dnssec_advance(lookup->validated, event, steps);
		take_validated(lookup, steps->arena);
	} else {
		take_plain(lookup, event, steps);
	}
	return true;
}

/* --- words --- */

static const char *failure_text(enum dns_outcome outcome)
{
	switch (outcome) {
	case DNS_ANSWERED:
		return "answered";
	case DNS_SERVFAIL:
		return "the resolver answered SERVFAIL";
	case DNS_REFUSED:
		return "the resolver refused";
	case DNS_TIMED_OUT:
		return "no answer in time";
	case DNS_UNREACHABLE:
		return "no resolver could be reached";
	case DNS_MALFORMED:
		return "the answer is malformed or its CNAME chain does not end";
	}
	return "";
}

const char *lookup_advice(const struct lookup *lookup, struct arena *arena)
{
	char type[16];
	switch (lookup->dns) {
	case DNS_ANSWERED:
		return arena_printf(arena,
				    "mend the DNSSEC of %s (its signatures, or the DS record at "
				    "the registry); an answer that is not proven does not count",
				    lookup->canonical);
	case DNS_UNREACHABLE:
	case DNS_REFUSED:
		return "let a resolver answer this machine (dns.servers in issuer.yaml, or "
		       "--server)";
	case DNS_SERVFAIL:
	case DNS_TIMED_OUT:
	case DNS_MALFORMED:
		break;
	}
	return arena_printf(arena, "let the name servers of %s answer questions of type %s",
			    lookup->canonical, dns_type_text(lookup->type, type));
}

const char *lookup_text(const struct lookup *lookup, struct arena *arena)
{
	char type[16];
	(void)dns_type_text(lookup->type, type);
	const char *alias = strcmp(lookup->name, lookup->canonical) == 0
				    ? ""
				    : arena_printf(arena, " (alias of %s)", lookup->canonical);
	switch (lookup->outcome) {
	case LOOKUP_ASKING:
		return arena_printf(arena, "%s %s: asked", lookup->name, type);
	case LOOKUP_FOUND:
		return arena_printf(arena, "%s%s %s: %zu record%s", lookup->name, alias, type,
				    lookup->record_count, lookup->record_count == 1 ? "" : "s");
	case LOOKUP_NO_DATA:
		return arena_printf(arena, "%s%s %s: no such record", lookup->name, alias, type);
	case LOOKUP_NXDOMAIN:
		return arena_printf(arena, "%s%s %s: the name does not exist", lookup->name, alias,
				    type);
	case LOOKUP_FAILED:
		/* A validated look-up tells which of its questions failed. */
		if (lookup->validated && lookup->dns != DNS_ANSWERED)
			return lookup->reason;
		if (lookup->validated)
			return arena_printf(arena, "%s%s %s: %s: %s", lookup->name, alias, type,
					    security_text(lookup->security), lookup->reason);
		return arena_printf(arena, "%s%s %s: %s%s%s%s", lookup->name, alias, type,
				    failure_text(lookup->dns), lookup->extended ? " (" : "",
				    lookup->extended ? lookup->extended : "",
				    lookup->extended ? ")" : "");
	}
	return "";
}
