/*
 * The method "contacts": see contacts.h. The registry and the DNS are asked side
 * by side.
 *
 *   verdict: OK          somebody can be written to or called, and all was asked
 *            NOT_FOUND   nobody can, and all was asked
 *            any other   something could not be asked: it may change the answer
 */
#include "validators/contacts.h"

#include <string.h>

static struct contacts *state_of(struct validation *validation)
{
	return validation->state;
}

const struct contacts *contacts_of(const struct attempt_record *record)
{
	const struct validator *validator = validator_find(record->task.method);
	return validator == &validator_contacts ? record->validation->state : NULL;
}

static enum status dns_status(const struct dns_contacts *dns)
{
	if (dns->caa_status != OK)
		return dns->caa_status;
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++)
		if (dns->txt_status[i] != OK)
			return dns->txt_status[i];
	return OK;
}

/* "whois whois.iana.org: refers to whois.jprs.jp; whois whois.jprs.jp: names 3 contacts" */
static const char *shown_sources(struct validation *validation)
{
	const struct contacts *contacts = state_of(validation);
	const struct registry *registry = &contacts->registry;
	struct arena *arena = validation->arena;
	const char *text = "";
	for (size_t i = 0; i < registry->source_count; i++) {
		const struct registry_source *source = &registry->sources[i];
		text = arena_printf(arena, "%s%s%s %s: %s", text, i > 0 ? "; " : "",
				    source->protocol, source->server, source->said);
	}
	return text;
}

static const char *shown_dns(struct validation *validation)
{
	const struct dns_contacts *dns = &state_of(validation)->dns;
	const char *text = dns->caa_said;
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++)
		text = arena_printf(validation->arena, "%s; %s", text, dns->txt_said[i]);
	return text;
}

static void finish_unknown(struct validation *validation, enum status status)
{
	const struct contacts *contacts = state_of(validation);
	bool registry = contacts->registry.status != OK;
	validation_finish(validation, status, "could not learn all contacts of %s: %s",
			  validation->task->domain,
			  registry ? shown_sources(validation) : shown_dns(validation));
	validation_hint(validation,
			"ask again later; this does not mean that there are no contacts");
}

static void finish_known(struct validation *validation)
{
	const struct contacts *contacts = state_of(validation);
	const struct registry *registry = &contacts->registry;
	const char *domain = validation->task->domain;
	if (!registry_names_anybody(registry) && contacts->dns.count == 0) {
		validation_finish(validation, NOT_FOUND,
				  "nobody is published who could be asked about %s: %s; %s", domain,
				  shown_sources(validation), shown_dns(validation));
		validation_hint(validation,
				"publish a contact at the registrar of %s, or show control by a "
				"web page or a DNS record",
				contacts->domain);
		return;
	}
	validation_finish(validation, OK, "%zu contact%s of %s and %zu in its DNS: %s; %s",
			  registry->contacts.count, registry->contacts.count == 1 ? "" : "s",
			  contacts->domain, contacts->dns.count, shown_sources(validation),
			  shown_dns(validation));
}

static void decide(struct validation *validation)
{
	const struct contacts *contacts = state_of(validation);
	enum status registry = contacts->registry.status;
	enum status dns = dns_status(&contacts->dns);
	if (!contacts->registry.finished || !contacts->dns.finished)
		return;
	/* A registry that does not know the name has said all. */
	if (registry != OK && registry != NOT_FOUND)
		finish_unknown(validation, registry);
	else if (dns != OK)
		finish_unknown(validation, dns);
	else
		finish_known(validation);
}

static void begin(struct validation *validation)
{
	static const struct name_policy public_names = {.private_suffix_count = 0};
	struct contacts *contacts = state_of(validation);
	const char *domain = validation->task->domain;
	if (!name_base_domain(domain, &public_names, &contacts->domain))
		contacts->domain = domain;
	registry_begin(validation, &contacts->registry, contacts->domain);
	dns_contacts_begin(validation, &contacts->dns, domain);
	decide(validation);
}

static void advance(struct validation *validation, const struct event *event)
{
	struct contacts *contacts = state_of(validation);
	(void)registry_advance(validation, &contacts->registry, event);
	(void)dns_contacts_advance(validation, &contacts->dns, event);
	decide(validation);
}

const struct validator validator_contacts = {
	.method = "contacts",
	.evidence_kind = "whois",
	.asks_registries = true,
	.state_size = sizeof(struct contacts),
	.begin = begin,
	.advance = advance,
};
