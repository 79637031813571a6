/* Who is who in a WHOIS answer: see whois_people.h. */
#include "validators/whois_people.h"

#include "validators/contact_value.h"

#include <string.h>
#include <strings.h>

/* --- while reading --- */

/* One word with digits, as keys of registries are: its object is kept back. */
static bool looks_like_key(const char *text)
{
	size_t length = strlen(text);
	return length >= 5 && strpbrk(text, "0123456789") && !strpbrk(text, " .,&()/@") &&
	       (strchr(text, '-') ||
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length);
}

static struct contact_draft *kept(struct whois_people *people, struct contact_draft **list,
				  size_t *count, size_t most)
{
	if (*count == most)
		return &people->scrap;
	return list[(*count)++] = arena_new(people->arena, 1, sizeof(struct contact_draft));
}

struct contact_draft *whois_people_add(struct whois_people *people, enum contact_role role)
{
	struct contact_draft *draft =
		kept(people, people->drafts, &people->draft_count, WHOIS_DRAFTS_MAX);
	draft->role = role;
	people->latest[role] = draft;
	return draft;
}

struct contact_draft *whois_people_latest(struct whois_people *people, enum contact_role role)
{
	return people->latest[role] ? people->latest[role] : whois_people_add(people, role);
}

struct contact_draft *whois_people_add_object(struct whois_people *people)
{
	return kept(people, people->objects, &people->object_count, WHOIS_OBJECTS_MAX);
}

void whois_people_refer(struct whois_people *people, enum contact_role role, const char *key,
			const struct contact_draft *within)
{
	if (!contact_value_says(key) || people->reference_count == WHOIS_KEYS_MAX)
		return;
	people->references[people->reference_count++] =
		(struct whois_reference){.role = role, .key = key, .within = within};
}

bool whois_people_refer_to(const struct whois_people *people, const char *key)
{
	for (size_t i = 0; i < people->reference_count; i++)
		if (strcasecmp(people->references[i].key, key) == 0)
			return true;
	for (size_t i = 0; i < people->draft_count; i++)
		if (people->drafts[i]->name && looks_like_key(key) &&
		    strcasecmp(people->drafts[i]->name, key) == 0)
			return true;
	return false;
}

void whois_people_forget(struct whois_people *people)
{
	*people = (struct whois_people){.arena = people->arena};
}

/* --- at the end --- */

static const struct contact_draft *object_of(const struct whois_people *people, const char *key)
{
	for (size_t i = 0; key && i < people->object_count; i++)
		if (people->objects[i]->handle && strcasecmp(people->objects[i]->handle, key) == 0)
			return people->objects[i];
	return NULL;
}

/* "registrant: KEY" looks like a name until the object of that key is seen. */
static void resolve_names(struct whois_people *people)
{
	for (size_t i = 0; i < people->draft_count; i++) {
		struct contact_draft *draft = people->drafts[i];
		const struct contact_draft *object = object_of(people, draft->name);
		if (!object && draft->name && looks_like_key(draft->name)) {
			draft->handle = draft->handle ? draft->handle : draft->name;
			draft->name = NULL;
		}
		if (!object)
			continue;
		struct contact_draft resolved = *object;
		resolved.role = draft->role;
		resolved.also = draft->also;
		*draft = resolved;
	}
}

static bool says_who(const struct contact_draft *draft)
{
	return draft->name || draft->organization || draft->email_count > 0;
}

/* A key completes the contact of its role that has a name only ("owner:" beside "owner-c:"), or is
 * one of its own. */
static void resolve_reference(struct whois_people *people, struct whois_reference reference)
{
	const struct contact_draft *object = object_of(people, reference.key);
	struct contact_draft *latest = people->latest[reference.role];
	struct arena *arena = people->arena;
	/* The contacts of a contact are not the domain's. */
	if (reference.within && reference.within->handle)
		return;
	bool joins = latest && !latest->handle;
	/* "Registrant ID:" beside "Registrant Contact ID:" is no second registrant. */
	if (latest && latest->handle && !object && says_who(latest))
		return;
	if (joins && object) {
		const char *organization =
			latest->organization ? latest->organization : latest->name;
		joins = latest->email_count == 0 && latest->phone_count == 0;
		if (joins) {
			*latest = *object;
			latest->role = reference.role;
			latest->organization = organization ? organization : object->organization;
			return;
		}
	}
	struct contact_draft *draft = joins ? latest : whois_people_add(people, reference.role);
	if (object)
		*draft = *object;
	draft->role = reference.role;
	contact_draft_handle(draft, reference.key, arena);
}

void whois_people_gather(struct whois_people *people, struct contact_set *set)
{
	resolve_names(people);
	for (size_t i = 0; i < people->reference_count; i++)
		resolve_reference(people, people->references[i]);
	/* A nameless paragraph right after the domain's is its holder's when nobody else is. */
	if (!people->latest[CONTACT_REGISTRANT] && people->beside && !people->beside->handle)
		*whois_people_add(people, CONTACT_REGISTRANT) = *people->beside;
	for (size_t i = 0; i < people->draft_count; i++)
		contact_set_add(set, people->drafts[i], people->arena);
}
