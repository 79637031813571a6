/* The addresses of a host, judged and ordered: see destination.h. */
#include "validators/destination.h"

#include "net/address_policy.h"

#include <stdio.h>
#include <string.h>

static const uint16_t family_types[DESTINATION_FAMILIES] = {DNS_TYPE_AAAA, DNS_TYPE_A};

/* Takes an address as a candidate unless the policy forbids it. */
static bool admit(struct destination *destination, struct validation *validation,
		  const struct address *address)
{
	const char *why = "";
	if (!address_may_be_contacted(validation->network, address, &why)) {
		destination->refused = *address;
		destination->refused_why = why;
		return false;
	}
	destination->candidates[destination->candidate_count++] = *address;
	return true;
}

/* One address of a family at most. */
static void admit_found(struct destination *destination, struct validation *validation,
			const struct lookup *lookup)
{
	if (lookup->outcome != LOOKUP_FOUND)
		return;
	for (size_t i = 0; i < lookup->record_count; i++) {
		struct slice rdata = lookup->records[i]->rdata;
		struct address address = {.family = lookup->type == DNS_TYPE_AAAA ? ADDRESS_V6
										  : ADDRESS_V4};
		memcpy(address.bytes, rdata.data, rdata.length);
		if (admit(destination, validation, &address))
			return;
	}
}

/* Takes the addresses once both look-ups have ended; whether they have. */
static bool settle(struct destination *destination, struct validation *validation)
{
	for (int i = 0; i < DESTINATION_FAMILIES; i++)
		if (destination->lookups[i].outcome == LOOKUP_ASKING)
			return false;
	destination->settled = true;
	for (int i = 0; i < DESTINATION_FAMILIES; i++)
		admit_found(destination, validation, &destination->lookups[i]);
	return true;
}

bool destination_begin(struct destination *destination, struct validation *validation,
		       const char *host, const struct address *literal)
{
	*destination = (struct destination){.candidate_count = 0};
	(void)snprintf(destination->host, sizeof(destination->host), "%s", host);
	if (literal->family != ADDRESS_NONE) {
		destination->settled = true;
		(void)admit(destination, validation, literal);
		return false;
	}
	for (int i = 0; i < DESTINATION_FAMILIES; i++)
		validation_lookup(validation, &destination->lookups[i], host, family_types[i]);
	/* What was looked up before in the conversation (a redirect to the same host) is known at
	 * once where answers are validated. */
	return !settle(destination, validation);
}

bool destination_advance(struct destination *destination, struct validation *validation,
			 const struct event *event)
{
	/* Answers that nobody waits for any more may come late. */
	if (destination->settled)
		return false;
	for (int i = 0; i < DESTINATION_FAMILIES; i++)
		(void)lookup_advance(&destination->lookups[i], event, &validation->steps);
	return settle(destination, validation);
}

bool destination_has_more(const struct destination *destination)
{
	return destination->tried < destination->candidate_count;
}

bool destination_next(struct destination *destination, struct address *ret)
{
	if (!destination_has_more(destination))
		return false;
	*ret = destination->candidates[destination->tried++];
	return true;
}

static const char *shown_address(struct validation *validation, const struct address *address)
{
	return address_text(address, arena_new(validation->arena, ADDRESS_TEXT, 1));
}

const char *destination_shown(const struct destination *destination, struct validation *validation)
{
	return shown_address(validation, &destination->candidates[destination->tried - 1]);
}

void destination_finish(const struct destination *destination, struct validation *validation,
			const char *what)
{
	const char *host = destination->host;
	if (destination->refused_why) {
		validation_finish(validation, ADDRESS_REFUSED,
				  "%s leads to %s, which is never contacted (%s)", what,
				  shown_address(validation, &destination->refused),
				  destination->refused_why);
		validation_hint(validation,
				"let %s have a global address; a private network is allowed by "
				"net.allow_prefixes in the configuration",
				host);
		return;
	}
	const char *v6 = lookup_text(&destination->lookups[0], validation->arena);
	const char *v4 = lookup_text(&destination->lookups[1], validation->arena);
	for (int i = 0; i < DESTINATION_FAMILIES; i++) {
		const struct lookup *lookup = &destination->lookups[i];
		if (lookup->outcome != LOOKUP_FAILED)
			continue;
		validation_finish(validation, DNS_FAILED,
				  "could not find the address of %s: %s; %s", host, v6, v4);
		validation_hint(validation, "%s", lookup_advice(lookup, validation->arena));
		return;
	}
	validation_finish(validation, NAME_NOT_IN_DNS, "%s has no address: %s; %s", host, v6, v4);
	validation_hint(validation, "publish an A or AAAA record for %s", host);
}
