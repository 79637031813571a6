/* Contacts gathered and made one row a role and address: see contact.h. */
#include "validators/contact.h"

#include "validators/contact_value.h"
#include "validators/mailbox.h"
#include "validators/telephone.h"

#include <string.h>
#include <strings.h>

static const char *const role_texts[] = {
#define X(name, wire) [CONTACT_##name] = wire,
	CONTACT_ROLES(X)
#undef X
};

const char *contact_role_text(enum contact_role role)
{
	return role_texts[role];
}

/* --- a draft --- */

/* Escapes in a value would speak to the terminal of whoever reads it. */
static const char *plain_text(const char *value, struct arena *arena)
{
	char *text = arena_text(arena, value);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	return text;
}

static void take(const char **field, const char *value, struct arena *arena)
{
	if (!*field && contact_value_says(value))
		*field = plain_text(value, arena);
}

void contact_draft_name(struct contact_draft *draft, const char *value, struct arena *arena)
{
	take(&draft->name, value, arena);
}

void contact_draft_organization(struct contact_draft *draft, const char *value, struct arena *arena)
{
	take(&draft->organization, value, arena);
}

void contact_draft_handle(struct contact_draft *draft, const char *value, struct arena *arena)
{
	take(&draft->handle, value, arena);
}

static void add_email(void *context, const char *address)
{
	struct contact_draft *draft = context;
	for (size_t i = 0; i < draft->email_count; i++)
		if (mailbox_same(draft->emails[i], address))
			return;
	if (draft->email_count < CONTACT_EMAILS_MAX)
		draft->emails[draft->email_count++] = address;
}

bool contact_draft_email(struct contact_draft *draft, const char *value, struct arena *arena)
{
	return contact_value_addresses(value, arena, add_email, draft) > 0;
}

static bool add_phone(struct contact_draft *draft, const char *value, const char *country,
		      struct arena *arena)
{
	struct telephone telephone;
	if (telephone_parse(value, country, &telephone, NULL) != OK)
		return false;
	for (size_t i = 0; i < draft->phone_count; i++)
		if (strcmp(draft->phones[i], telephone.number) == 0)
			return true;
	if (draft->phone_count == CONTACT_PHONES_MAX)
		return true;
	draft->phones[draft->phone_count] = arena_text(arena, telephone.number);
	draft->phones_written[draft->phone_count++] = plain_text(value, arena);
	return true;
}

/* "+1 555 5550100, fax +1 555 5550101": the numbers of a value that are no fax. */
bool contact_draft_phone(struct contact_draft *draft, const char *value, const char *country,
			 struct arena *arena)
{
	static const char first[] = "+(0123456789";
	bool found = false;
	if (add_phone(draft, value, country, arena))
		return true;
	while (*value) {
		size_t words = strcspn(value, first);
		const char *number = value + words;
		size_t length = *number ? 1 + (number[1] == '+') : 0;
		length += strspn(number + length, "0123456789 .-()/");
		char *before = arena_bytes(arena, slice_of(value, words));
		char *piece = arena_bytes(arena, slice_of(number, length));
		if (!strcasestr(before, "fax") && !strcasestr(before, "facs"))
			found = add_phone(draft, piece, country, arena) || found;
		value = number + length;
	}
	return found;
}

bool contact_draft_empty(const struct contact_draft *draft)
{
	return !draft->name && !draft->given_name && !draft->family_name && !draft->organization &&
	       !draft->handle && draft->email_count == 0 && draft->phone_count == 0;
}

/* --- the set --- */

static bool same_text(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* Whether two rows of a role may be one: what both say, they say alike. */
static bool agrees(const char *a, const char *b)
{
	return !a || !b || strcasecmp(a, b) == 0;
}

static void complete(const char **field, const char *value)
{
	if (!*field)
		*field = value;
}

static void merge(struct contact *into, const struct contact *from)
{
	complete(&into->name, from->name);
	complete(&into->organization, from->organization);
	complete(&into->email, from->email);
	complete(&into->handle, from->handle);
	complete(&into->source, from->source);
	if (!into->phone) {
		into->phone = from->phone;
		into->phone_written = from->phone_written;
	}
}

/* The same address in the same role is the same contact, in however many languages it is printed;
 * without an address, the same handle or name. */
static bool is_same(const struct contact *a, const struct contact *b)
{
	if (a->role != b->role || !agrees(a->email, b->email) || !agrees(a->phone, b->phone))
		return false;
	if (same_text(a->email, b->email))
		return true;
	if (!agrees(a->handle, b->handle))
		return false;
	return same_text(a->handle, b->handle) ||
	       (same_text(a->name, b->name) && agrees(a->organization, b->organization)) ||
	       (same_text(a->organization, b->organization) && agrees(a->name, b->name));
}

static void add_row(struct contact_set *set, const struct contact *row)
{
	for (size_t i = 0; i < set->count; i++) {
		if (is_same(&set->rows[i], row)) {
			merge(&set->rows[i], row);
			return;
		}
	}
	if (set->count == CONTACTS_MAX)
		return;
	size_t at = set->count++;
	for (; at > 0 && set->rows[at - 1].role > row->role; at--)
		set->rows[at] = set->rows[at - 1];
	set->rows[at] = *row;
}

static const char *full_name(const struct contact_draft *draft, struct arena *arena)
{
	if (draft->name || !draft->given_name || !draft->family_name)
		return draft->name         ? draft->name
		       : draft->given_name ? draft->given_name
					   : draft->family_name;
	return arena_printf(arena, "%s %s", draft->given_name, draft->family_name);
}

static void add_rows(struct contact_set *set, const struct contact_draft *draft,
		     enum contact_role role, const char *name)
{
	size_t rows =
		draft->email_count > draft->phone_count ? draft->email_count : draft->phone_count;
	for (size_t i = 0; i == 0 || i < rows; i++) {
		struct contact row = {
			.role = role,
			.name = name,
			.organization = draft->organization,
			.handle = draft->handle,
		};
		if (i < draft->email_count)
			row.email = draft->emails[i];
		if (i < draft->phone_count) {
			row.phone = draft->phones[i];
			row.phone_written = draft->phones_written[i];
		}
		add_row(set, &row);
	}
}

void contact_set_add(struct contact_set *set, const struct contact_draft *draft,
		     struct arena *arena)
{
	const char *name = full_name(draft, arena);
	if (contact_draft_empty(draft))
		return;
	for (unsigned role = 0; role < CONTACT_ROLE_COUNT; role++)
		if (role == draft->role || (draft->also & 1u << role))
			add_rows(set, draft, (enum contact_role)role, name);
}

void contact_set_merge(struct contact_set *set, const struct contact_set *from, const char *source)
{
	for (size_t i = 0; i < from->count; i++) {
		struct contact row = from->rows[i];
		row.source = source;
		add_row(set, &row);
	}
}
