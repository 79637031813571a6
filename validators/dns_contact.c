/* Contacts in the DNS: see dns_contact.h. */
#include "validators/dns_contact.h"

#include "validators/caa_record.h"
#include "validators/mailbox.h"
#include "validators/telephone.h"
#include "validators/txt_record.h"

#include <string.h>

enum { NAME_OCTETS_MAX = 253 };

/* clang-format off */
static const struct {
	enum dns_contact_kind kind;
	const char *tag;   /* of the CAA property */
	const char *label; /* of the TXT record's name */
} kind_rows[] = {
	{DNS_CONTACT_EMAIL, "contactemail", "_validation-contactemail"},
	{DNS_CONTACT_PHONE, "contactphone", "_validation-contactphone"},
};
/* clang-format on */
_Static_assert((int)ARRAY_LENGTH(kind_rows) == (int)DNS_CONTACT_TXTS, "one TXT name a kind");

enum status dns_contact_value(enum dns_contact_kind kind, struct slice value, struct arena *arena,
			      const char **ret, struct error *err)
{
	struct mailbox mailbox;
	struct telephone telephone;
	if (value.length > 0 && memchr(value.data, '\0', value.length))
		return fail(err, INPUT, "the value holds a zero octet");
	switch (kind) {
	case DNS_CONTACT_EMAIL:
		TRY(mailbox_parse(value, &mailbox, err));
		*ret = arena_text(arena, mailbox.text);
		return OK;
	case DNS_CONTACT_PHONE:
		TRY(telephone_parse_global(arena_bytes(arena, value), &telephone, err));
		*ret = arena_text(arena, telephone.number);
		return OK;
	}
	return fail(err, INTERNAL, "there is no such kind of contact");
}

static void take_value(struct validation *validation, struct dns_contacts *contacts,
		       const struct dns_contact *found, struct slice value)
{
	struct dns_contact row = *found;
	if (dns_contact_value(row.kind, value, validation->arena, &row.value, NULL) != OK) {
		contacts->unusable++;
		return;
	}
	for (size_t i = 0; i < contacts->count; i++)
		if (contacts->rows[i].place == row.place && contacts->rows[i].kind == row.kind &&
		    strcmp(contacts->rows[i].value, row.value) == 0)
			return;
	if (contacts->count < DNS_CONTACTS_MAX)
		contacts->rows[contacts->count++] = row;
}

/* "example.com CAA: 2 records, 1 contact, 1 value that cannot be used" */
static const char *shown(struct validation *validation, const struct dns_contacts *contacts,
			 const struct lookup *lookup, size_t before)
{
	struct arena *arena = validation->arena;
	size_t found = contacts->count - before;
	const char *text = lookup_text(lookup, arena);
	if (lookup->outcome != LOOKUP_FOUND)
		return text;
	text = arena_printf(arena, "%s, %zu contact%s", text, found, found == 1 ? "" : "s");
	if (contacts->unusable == 0)
		return text;
	return arena_printf(arena, "%s, %zu value%s that cannot be used", text, contacts->unusable,
			    contacts->unusable == 1 ? "" : "s");
}

/* --- CAA --- */

static void take_property(struct validation *validation, struct dns_contacts *contacts,
			  const struct dns_record *record)
{
	struct caa_record property;
	if (caa_record_read(record->rdata, validation->arena, &property, NULL) != OK) {
		contacts->unusable++;
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(kind_rows); i++) {
		struct dns_contact row = {.place = DNS_CONTACT_CAA,
					  .kind = kind_rows[i].kind,
					  .owner = contacts->caa.canonical};
		if (strcmp(property.tag, kind_rows[i].tag) == 0)
			take_value(validation, contacts, &row, property.value);
	}
}

static void ask_caa(struct validation *validation, struct dns_contacts *contacts, const char *name)
{
	contacts->climbed = name;
	validation_lookup(validation, &contacts->caa, name, DNS_TYPE_CAA);
}

static void take_caa(struct validation *validation, struct dns_contacts *contacts)
{
	const struct lookup *lookup = &contacts->caa;
	size_t before = contacts->count;
	const char *dot = strchr(contacts->climbed, '.');
	/* RFC 8659 section 3: the first RRset met decides, even one without a contact. */
	if (dot && (lookup->outcome == LOOKUP_NO_DATA || lookup->outcome == LOOKUP_NXDOMAIN)) {
		ask_caa(validation, contacts, dot + 1);
		return;
	}
	contacts->unusable = 0;
	for (size_t i = 0; lookup->outcome == LOOKUP_FOUND && i < lookup->record_count; i++)
		take_property(validation, contacts, lookup->records[i]);
	contacts->caa_status = lookup->outcome == LOOKUP_FAILED ? DNS_FAILED : OK;
	contacts->caa_said = shown(validation, contacts, lookup, before);
}

/* --- TXT --- */

static void take_txt(struct validation *validation, struct dns_contacts *contacts, size_t index)
{
	const struct lookup *lookup = &contacts->txts[index];
	struct dns_contact row = {.place = DNS_CONTACT_TXT,
				  .kind = kind_rows[index].kind,
				  .owner = contacts->txt_names[index]};
	size_t before = contacts->count;
	contacts->unusable = 0;
	for (size_t i = 0; lookup->outcome == LOOKUP_FOUND && i < lookup->record_count; i++) {
		struct slice text;
		if (txt_join(lookup->records[i]->rdata, validation->arena, &text))
			take_value(validation, contacts, &row, text);
		else
			contacts->unusable++;
	}
	contacts->txt_status[index] = lookup->outcome == LOOKUP_FAILED ? DNS_FAILED : OK;
	contacts->txt_said[index] = shown(validation, contacts, lookup, before);
}

/* --- the machine --- */

/* Reads the look-ups that have ended; CAA goes on from name to name. */
static void settle(struct validation *validation, struct dns_contacts *contacts)
{
	bool said = true;
	while (!contacts->caa_said && contacts->caa.outcome != LOOKUP_ASKING)
		take_caa(validation, contacts);
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++) {
		if (!contacts->txt_said[i] && contacts->txts[i].outcome != LOOKUP_ASKING)
			take_txt(validation, contacts, i);
		said = said && contacts->txt_said[i];
	}
	contacts->finished = said && contacts->caa_said;
}

void dns_contacts_begin(struct validation *validation, struct dns_contacts *contacts,
			const char *name)
{
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++) {
		const char *owner =
			arena_printf(validation->arena, "%s.%s", kind_rows[i].label, name);
		contacts->txt_names[i] = owner;
		if (strlen(owner) <= NAME_OCTETS_MAX)
			validation_lookup(validation, &contacts->txts[i], owner, DNS_TYPE_TXT);
		else
			contacts->txt_said[i] = "the name of the record would be too long";
	}
	ask_caa(validation, contacts, name);
	settle(validation, contacts);
}

bool dns_contacts_advance(struct validation *validation, struct dns_contacts *contacts,
			  const struct event *event)
{
	if (contacts->finished)
		return false;
	/* Look-ups share questions: an answer may be for several. */
	bool mine = lookup_advance(&contacts->caa, event, &validation->steps);
	for (size_t i = 0; i < DNS_CONTACT_TXTS; i++)
		mine = lookup_advance(&contacts->txts[i], event, &validation->steps) || mine;
	settle(validation, contacts);
	return mine;
}
