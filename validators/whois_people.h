/*
 * The people of one WHOIS answer while it is read: contacts of a role, paragraphs
 * that somebody's key will claim, and keys. Who is who is decided at the end,
 * because keys stand before and after what they are keys of. Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_PEOPLE_H
#define ISSUER_VALIDATORS_WHOIS_PEOPLE_H

#include "validators/contact.h"

enum { WHOIS_DRAFTS_MAX = 48, WHOIS_OBJECTS_MAX = 64, WHOIS_KEYS_MAX = 32 };

/* "admin-c: KEY" */
struct whois_reference {
	enum contact_role role;
	const char *key;
	const struct contact_draft *within; /* the object that says so; NULL: not in one */
};

/* Zeroed but for the arena, it is empty. What is past the limits of a hostile answer is dropped. */
struct whois_people {
	struct arena *arena;
	struct contact_draft *latest[CONTACT_ROLE_COUNT]; /* the newest of each role; may be NULL */
	struct contact_draft *beside; /* the object in the paragraph after the domain's */

	struct contact_draft *drafts[WHOIS_DRAFTS_MAX];
	size_t draft_count;
	struct contact_draft *objects[WHOIS_OBJECTS_MAX];
	size_t object_count;
	struct contact_draft scrap;
	struct whois_reference references[WHOIS_KEYS_MAX];
	size_t reference_count;
};

/* A new contact of the role. Never NULL. */
struct contact_draft *whois_people_add(struct whois_people *people, enum contact_role role);
/* The newest contact of the role, a new one when there is none. */
struct contact_draft *whois_people_latest(struct whois_people *people, enum contact_role role);
/* A new paragraph of somebody. Never NULL. */
struct contact_draft *whois_people_add_object(struct whois_people *people);
/* The contact of the role has this key; within: the object that the line stands in, or NULL. The
 * key must outlive the people. */
void whois_people_refer(struct whois_people *people, enum contact_role role, const char *key,
			const struct contact_draft *within);
/* Whether a contact of some role was said to have this key. */
bool whois_people_refer_to(const struct whois_people *people, const char *key);
/* All that was said so far was about another domain. */
void whois_people_forget(struct whois_people *people);
/* Resolves the keys and adds everybody with a role to the set. */
void whois_people_gather(struct whois_people *people, struct contact_set *set);

#endif
