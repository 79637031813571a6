/*
 * Methods that ask a person. An attempt finds out whom: the contacts of the
 * registry, those in the DNS, or the five constructed addresses; of mailboxes
 * also whether their domains take mail. The asking itself, and what is answered,
 * are the engine's.
 *
 *   verdict: WAITING_FOR_PERSON  recipients_of() names whom to ask
 *            METHOD_UNAVAILABLE  nobody is published who could be asked (DCV-05)
 *            MAIL_UNDELIVERABLE  some are, and none of them can receive mail (DCV-13)
 *            any other           it could not be learnt now
 */
#include "validators/contacts.h"
#include "validators/mail_domain.h"
#include "validators/mailbox.h"
#include "validators/recipient.h"

#include <string.h>

enum { MAIL_DOMAINS_MAX = 8 };

enum ask_source { ASK_REGISTRY, ASK_DNS, ASK_CONSTRUCTED };

struct ask_row {
	const struct validator *validator;
	enum ask_source source;
	enum dns_contact_kind kind; /* mailboxes or numbers */
};

struct ask {
	const struct ask_row *row;
	const char *base; /* the domain that the registry knows */
	struct registry registry;
	struct dns_contacts dns;
	bool listed; /* recipients are complete */
	struct recipients recipients;
	struct mail_domain domains[MAIL_DOMAINS_MAX];
	size_t domain_count;
};

static const struct ask_row rows[] = {
	{&validator_whois_email, ASK_REGISTRY, DNS_CONTACT_EMAIL},
	{&validator_constructed_email, ASK_CONSTRUCTED, DNS_CONTACT_EMAIL},
	{&validator_dns_contact_email, ASK_DNS, DNS_CONTACT_EMAIL},
	{&validator_whois_phone, ASK_REGISTRY, DNS_CONTACT_PHONE},
	{&validator_dns_contact_phone, ASK_DNS, DNS_CONTACT_PHONE},
};

static const struct ask_row *row_of(const struct validator *validator)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (rows[i].validator == validator)
			return &rows[i];
	return NULL;
}

const struct recipients *recipients_of(const struct attempt_record *record)
{
	const struct validator *validator = validator_find(record->task.method);
	if (!validator || !row_of(validator))
		return NULL;
	const struct ask *ask = record->validation->state;
	return &ask->recipients;
}

/* ---- whom ---- */

static void list_registry(struct validation *validation, struct ask *ask)
{
	const struct contact_set *set = &ask->registry.contacts;
	for (size_t i = 0; i < set->count; i++) {
		const struct contact *contact = &set->rows[i];
		struct recipient row = {
			.roles = contact_role_text(contact->role),
			.source = contact->source,
			.person = contact->name ? contact->name : contact->organization,
		};
		if (ask->row->kind == DNS_CONTACT_EMAIL) {
			row.address = contact->email;
		} else if (contact->role == CONTACT_REGISTRANT) {
			/* REQUIREMENTS DCV-09: the registrant's number alone. One that is not
			 * international can be dialled by nobody. */
			bool dialled = contact->phone && contact->phone[0] == '+';
			row.address = dialled ? contact->phone : NULL;
			row.written = contact->phone_written;
		}
		if (row.address)
			recipients_add(&ask->recipients, &row, validation->arena);
	}
}

/* One place after the other, whichever answered first. */
static void list_place(struct validation *validation, struct ask *ask, enum dns_contact_place place)
{
	for (size_t i = 0; i < ask->dns.count; i++) {
		const struct dns_contact *contact = &ask->dns.rows[i];
		if (contact->place != place || contact->kind != ask->row->kind)
			continue;
		struct recipient row = {
			.address = contact->value,
			.roles = contact->place == DNS_CONTACT_CAA ? "dns-caa" : "dns-txt",
			.source = arena_printf(validation->arena, "dns %s", contact->owner),
		};
		recipients_add(&ask->recipients, &row, validation->arena);
	}
}

static void list_dns(struct validation *validation, struct ask *ask)
{
	list_place(validation, ask, DNS_CONTACT_CAA);
	list_place(validation, ask, DNS_CONTACT_TXT);
}

/* ---- whether they take mail ---- */

static struct mail_domain *domain_of(struct ask *ask, const char *domain)
{
	for (size_t i = 0; i < ask->domain_count; i++)
		if (strcmp(ask->domains[i].domain, domain) == 0)
			return &ask->domains[i];
	return NULL;
}

/* Why the address cannot be written to, whatever its domain takes; NULL when it can. One such
 * address is not in the way of the others. */
static const char *unwritable(const char *address, struct mailbox *ret)
{
	if (mailbox_parse(slice_text(address), ret, NULL) != OK)
		return "it is longer than an address may be, or none";
	return mailbox_unwritable(ret);
}

static void check_domains(struct validation *validation, struct ask *ask)
{
	for (size_t i = 0; i < ask->recipients.count; i++) {
		struct mailbox mailbox;
		if (unwritable(ask->recipients.rows[i].address, &mailbox) ||
		    domain_of(ask, mailbox.domain) || ask->domain_count == MAIL_DOMAINS_MAX)
			continue;
		mail_domain_begin(validation, &ask->domains[ask->domain_count++],
				  arena_text(validation->arena, mailbox.domain));
	}
}

static bool domains_known(const struct ask *ask)
{
	for (size_t i = 0; i < ask->domain_count; i++)
		if (!ask->domains[i].said)
			return false;
	return true;
}

static void mark_recipients(struct ask *ask)
{
	for (size_t i = 0; ask->row->kind == DNS_CONTACT_EMAIL && i < ask->recipients.count; i++) {
		struct recipient *row = &ask->recipients.rows[i];
		struct mailbox mailbox;
		row->why = unwritable(row->address, &mailbox);
		if (row->why) {
			row->receivable = RECEIVABLE_NO;
			continue;
		}
		const struct mail_domain *domain = domain_of(ask, mailbox.domain);
		if (!domain)
			continue;
		row->receivable = domain->receivable;
		row->why = domain->receivable == RECEIVABLE_NO ? domain->said : NULL;
	}
}

/* ---- the verdict ---- */

/* "registrant, admin tech": no addresses, for the sentence goes into the journal, which keeps no
 * personal data (DESIGN.md, Words). */
static const char *shown_roles(struct validation *validation, const struct ask *ask)
{
	const char *text = "";
	const char *before = "";
	for (size_t i = 0; i < ask->recipients.count; i++) {
		const struct recipient *row = &ask->recipients.rows[i];
		/* The five constructed ones are told once. */
		if (row->receivable == RECEIVABLE_NO || strcmp(row->roles, before) == 0)
			continue;
		text = arena_printf(validation->arena, "%s%s%s", text, text[0] ? ", " : "",
				    row->roles);
		before = row->roles;
	}
	return text;
}

/* What the places that were asked said. */
static const char *shown_sources(struct validation *validation, const struct ask *ask)
{
	struct arena *arena = validation->arena;
	const char *text = "";
	if (ask->row->source == ASK_DNS) {
		text = ask->dns.caa_said;
		for (size_t i = 0; i < DNS_CONTACT_TXTS; i++)
			text = arena_printf(arena, "%s; %s", text, ask->dns.txt_said[i]);
		return text;
	}
	for (size_t i = 0; i < ask->registry.source_count; i++) {
		const struct registry_source *source = &ask->registry.sources[i];
		text = arena_printf(arena, "%s%s%s %s: %s", text, i > 0 ? "; " : "",
				    source->protocol, source->server, source->said);
	}
	return text;
}

static const char *what_text(const struct ask *ask)
{
	return ask->row->kind == DNS_CONTACT_EMAIL ? "mail address" : "telephone number";
}

/* "1 mail address", "3 telephone numbers" */
static const char *counted(struct validation *validation, const struct ask *ask, size_t count)
{
	bool mail = ask->row->kind == DNS_CONTACT_EMAIL;
	return arena_printf(validation->arena, "%zu %s%s", count, what_text(ask),
			    count == 1 ? ""
			    : mail     ? "es"
				       : "s");
}

static void finish_undeliverable(struct validation *validation, const struct ask *ask)
{
	validation_finish(validation, MAIL_UNDELIVERABLE,
			  "none of %zu mail addresses for %s can receive mail: %s",
			  ask->recipients.count, validation->task->domain,
			  ask->recipients.rows[0].why);
	validation_hint(validation,
			"let the domain of an address receive mail, publish another address, or "
			"show control by another method");
}

static void finish_nobody(struct validation *validation, const struct ask *ask)
{
	validation_finish(
		validation, METHOD_UNAVAILABLE, "no %s%s is published for %s: %s", what_text(ask),
		validation->validator == &validator_whois_phone ? " of the registrant" : "",
		validation->task->domain, shown_sources(validation, ask));
	validation_hint(validation, "show control by another method");
}

static void finish_askable(struct validation *validation, const struct ask *ask, size_t askable)
{
	validation_finish(validation, WAITING_FOR_PERSON, "%s for %s: %s",
			  counted(validation, ask, askable), validation->task->domain,
			  shown_roles(validation, ask));
	validation_hint(validation, "wait for an answer");
}

static void finish_listed(struct validation *validation, struct ask *ask)
{
	size_t askable = recipients_askable(&ask->recipients);
	if (ask->recipients.count == 0)
		finish_nobody(validation, ask);
	else if (askable == 0)
		finish_undeliverable(validation, ask);
	else
		finish_askable(validation, ask, askable);
}

static enum status dns_status(const struct dns_contacts *dns)
{
	enum status status = dns->caa_status;
	for (size_t i = 0; status == OK && i < DNS_CONTACT_TXTS; i++)
		status = dns->txt_status[i];
	return status;
}

/* Why whom to ask is not known; OK: it is. A registry that does not know the name has said all. */
static enum status source_status(const struct ask *ask)
{
	switch (ask->row->source) {
	case ASK_REGISTRY:
		return ask->registry.status == NOT_FOUND ? OK : ask->registry.status;
	case ASK_DNS:
		return dns_status(&ask->dns);
	case ASK_CONSTRUCTED:
		return OK;
	}
	return OK;
}

static bool source_finished(const struct ask *ask)
{
	switch (ask->row->source) {
	case ASK_REGISTRY:
		return ask->registry.finished;
	case ASK_DNS:
		return ask->dns.finished;
	case ASK_CONSTRUCTED:
		return true;
	}
	return true;
}

static void list(struct validation *validation, struct ask *ask)
{
	switch (ask->row->source) {
	case ASK_REGISTRY:
		list_registry(validation, ask);
		break;
	case ASK_DNS:
		list_dns(validation, ask);
		break;
	case ASK_CONSTRUCTED:
		recipients_constructed(&ask->recipients, validation->task->domain,
				       validation->arena);
		break;
	}
	ask->listed = true;
	if (ask->row->kind == DNS_CONTACT_EMAIL)
		check_domains(validation, ask);
}

static void settle(struct validation *validation, struct ask *ask)
{
	if (!source_finished(ask))
		return;
	enum status status = source_status(ask);
	if (status != OK) {
		validation_finish(validation, status, "could not learn whom to ask about %s: %s",
				  validation->task->domain, shown_sources(validation, ask));
		validation_hint(validation, "it is tried again; this does not mean that nobody "
					    "can be asked");
		return;
	}
	if (!ask->listed)
		list(validation, ask);
	if (!domains_known(ask))
		return;
	mark_recipients(ask);
	finish_listed(validation, ask);
}

/* ---- the machine ---- */

static void begin(struct validation *validation)
{
	static const struct name_policy public_names = {.private_suffix_count = 0};
	struct ask *ask = validation->state;
	const char *domain = validation->task->domain;
	ask->row = row_of(validation->validator);
	if (!name_base_domain(domain, &public_names, &ask->base))
		ask->base = domain;
	if (ask->row->source == ASK_REGISTRY)
		registry_begin(validation, &ask->registry, ask->base);
	if (ask->row->source == ASK_DNS)
		dns_contacts_begin(validation, &ask->dns, domain);
	settle(validation, ask);
}

static void advance(struct validation *validation, const struct event *event)
{
	struct ask *ask = validation->state;
	if (ask->row->source == ASK_REGISTRY && !ask->registry.finished)
		(void)registry_advance(validation, &ask->registry, event);
	if (ask->row->source == ASK_DNS && !ask->dns.finished)
		(void)dns_contacts_advance(validation, &ask->dns, event);
	for (size_t i = 0; i < ask->domain_count; i++)
		(void)mail_domain_advance(validation, &ask->domains[i], event);
	settle(validation, ask);
}

/* ---- the words ---- */

static void publish_mail(const struct validation_task *task, struct arena *arena,
			 struct publication *ret)
{
	ret->action = arena_printf(arena, "answer one of the mails about %s", task->domain);
	ret->unseen = "it was not looked up yet whom to write to";
}

static void publish_phone(const struct validation_task *task, struct arena *arena,
			  struct publication *ret)
{
	ret->action = arena_printf(arena,
				   "call about %s: issuer call list names the number, issuer call "
				   "script t-N says the words",
				   task->domain);
	ret->unseen = "it was not looked up yet whom to call";
}

/* clang-format off */
#define ASKS(name, kind, wanted, of) \
	.method = (name), .asks = (wanted), .publish = (of), .evidence_kind = (kind), \
	.state_size = sizeof(struct ask), .begin = begin, .advance = advance
/* clang-format on */

const struct validator validator_whois_email = {
	ASKS("whois-email", "whois", ASKS_BY_MAIL, publish_mail), .asks_registries = true};
const struct validator validator_constructed_email = {
	ASKS("constructed-email", "dns", ASKS_BY_MAIL, publish_mail)};
const struct validator validator_dns_contact_email = {
	ASKS("dns-contact-email", "dns", ASKS_BY_MAIL, publish_mail)};
const struct validator validator_whois_phone = {
	ASKS("whois-phone", "whois", ASKS_BY_PHONE, publish_phone), .asks_registries = true};
const struct validator validator_dns_contact_phone = {
	ASKS("dns-contact-phone", "dns", ASKS_BY_PHONE, publish_phone)};
