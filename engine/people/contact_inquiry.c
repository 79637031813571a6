/*
 * One inquiry after the contacts of a name: an attempt of the method "contacts"
 * on the wire, and a report read off its evidence. See contact.h.
 */
#include "engine/people/contact.h"

#include "base/civil.h"
#include "base/memory.h"
#include "validators/contacts.h"
#include "validators/transcript.h"

#include <stdlib.h>
#include <string.h>

/* A person waits. An answer is at most 1 MiB, however it comes. */
static const struct validation_limits limits = {
	.redirects_max = 3,
	.body_max = CONTACT_ANSWER_MAX,
	.connect_timeout_ms = 5000,
	.timeout_ms = 15000,
	.dns_timeout_ms = 2000,
	.dns_tries = 3,
};

struct contact_inquiry {
	struct attempt *attempt; /* NULL once it is answered */
	struct buffer evidence;
	char name[NAME_TEXT];
};

static void answered(void *context, const struct attempt_result *result)
{
	struct contact_inquiry *inquiry = context;
	inquiry->attempt = NULL;
	buffer_append_slice(&inquiry->evidence, result->evidence);
}

enum status contact_inquire(const struct attempt_setting *setting,
			    const struct trust_anchors *anchors, const char *name_text,
			    struct contact_inquiry **ret, struct error *err)
{
	struct name name;
	TRY(name_normalise(name_text, &name, err));
	if (name.kind == NAME_IP)
		return fail(err, NAME_INVALID, "%s is an address; a domain name has contacts",
			    name.ascii);
	CLEANUP(contact_inquiry_freep)
	struct contact_inquiry *inquiry = memory_new(1, sizeof(*inquiry));
	buffer_init(&inquiry->evidence, TRANSCRIPT_MAX);
	memcpy(inquiry->name, name_without_wildcard(&name),
	       strlen(name_without_wildcard(&name)) + 1);
	struct validation_task task = {
		.method = "contacts",
		.label = "contact show",
		.domain = inquiry->name,
		.pack = "",
		.pack_digest = "",
		.limits = limits,
		.anchors = anchors,
	};
	inquiry->attempt = attempt_start(setting, &task, answered, inquiry);
	*ret = STEAL(inquiry);
	return OK;
}

bool contact_inquiry_answered(const struct contact_inquiry *inquiry)
{
	return !inquiry->attempt;
}

void contact_inquiry_free(struct contact_inquiry *inquiry)
{
	if (!inquiry)
		return;
	if (inquiry->attempt)
		attempt_abandon(inquiry->attempt);
	buffer_release(&inquiry->evidence);
	free(inquiry);
}

void contact_inquiry_freep(struct contact_inquiry **inquiry)
{
	contact_inquiry_free(*inquiry);
	*inquiry = NULL;
}

/* --- the report --- */

static json_t *dns_contact_object(const struct dns_contact *row)
{
	bool email = row->kind == DNS_CONTACT_EMAIL;
	json_t *object = json_object();
	json_add_text(object, "role", row->place == DNS_CONTACT_CAA ? "dns-caa" : "dns-txt");
	json_add(object, "name", json_null());
	json_add(object, "organization", json_null());
	json_add(object, "email", email ? json_string(row->value) : json_null());
	json_add(object, "phone", email ? json_null() : json_string(row->value));
	CLEANUP(memory_freep) char *source = memory_printf("dns %s", row->owner);
	json_add_text(object, "source", source);
	return object;
}

static json_t *contacts_array(const struct contacts *contacts)
{
	json_t *list = json_array();
	const struct contact_set *set = &contacts->registry.contacts;
	for (size_t i = 0; i < set->count; i++)
		(void)json_array_append_new(list, contact_object(&set->rows[i]));
	for (size_t i = 0; i < contacts->dns.count; i++)
		(void)json_array_append_new(list, dns_contact_object(&contacts->dns.rows[i]));
	return list;
}

static json_t *source_object(const struct registry_source *source)
{
	char at[INSTANT_TEXT];
	json_t *object = json_object();
	json_add_text(object, "protocol", source->protocol);
	json_add_text(object, "server", source->server);
	json_add_text(object, "question", source->question);
	json_add_text(object, "code", status_code(source->status));
	json_add_text(object, "said", source->said);
	if (source->at_ms != 0)
		json_add_text(object, "at", instant_text(source->at_ms, at));
	return object;
}

static void add_dns_source(json_t *list, const char *question, enum status status, const char *said)
{
	const struct registry_source source = {.protocol = "dns",
					       .server = "resolver",
					       .question = question,
					       .status = status,
					       .said = said};
	(void)json_array_append_new(list, source_object(&source));
}

static json_t *sources_array(const struct contacts *contacts, const char *name)
{
	json_t *list = json_array();
	const struct registry *registry = &contacts->registry;
	const struct dns_contacts *dns = &contacts->dns;
	for (size_t i = 0; i < registry->source_count; i++)
		(void)json_array_append_new(list, source_object(&registry->sources[i]));
	CLEANUP(memory_freep) char *caa = memory_printf("%s CAA", name);
	add_dns_source(list, caa, dns->caa_status, dns->caa_said);
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++) {
		CLEANUP(memory_freep) char *txt = memory_printf("%s TXT", dns->txt_names[i]);
		add_dns_source(list, txt, dns->txt_status[i], dns->txt_said[i]);
	}
	return list;
}

/* REQUIREMENTS DCV-05 and DCV-09: mail goes to everybody, a call to the registrant alone. Unknown
 * while the registry has not said all. */
static json_t *methods_object(const struct contacts *contacts)
{
	const struct registry *registry = &contacts->registry;
	bool known = registry->status == OK || registry->status == NOT_FOUND;
	bool email = false, phone = false;
	for (size_t i = 0; i < registry->contacts.count; i++) {
		const struct contact *row = &registry->contacts.rows[i];
		email = email || row->email;
		phone = phone || (row->phone && row->role == CONTACT_REGISTRANT);
	}
	const char *absent = known ? "unavailable" : NULL;
	json_t *object = json_object();
	const char *mail_text = email ? "available" : absent;
	const char *call_text = phone ? "available" : absent;
	json_add(object, "whois-email", mail_text ? json_string(mail_text) : json_null());
	json_add(object, "whois-phone", call_text ? json_string(call_text) : json_null());
	return object;
}

enum status contact_inquiry_report(const struct contact_inquiry *inquiry, json_t **ret,
				   enum status *ret_status, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	TRY(attempt_decide(buffer_slice(&inquiry->evidence), &arena, &record, err));
	const struct contacts *contacts = contacts_of(&record);
	if (!contacts)
		return fail(err, INTERNAL, "the inquiry after %s left no contacts", inquiry->name);
	enum status status = record.decided.status;
	json_t *object = json_object();
	json_add_text(object, "name", inquiry->name);
	json_add_text(object, "domain", contacts->domain);
	json_add_text(object, "code", status_code(status));
	json_add_text(object, "detail", record.decided.sentence);
	json_add(object, "complete", json_boolean(status == OK || status == NOT_FOUND));
	json_add(object, "contacts", contacts_array(contacts));
	json_add(object, "methods", methods_object(contacts));
	json_add(object, "sources", sources_array(contacts, inquiry->name));
	*ret = object;
	*ret_status = status;
	return OK;
}
