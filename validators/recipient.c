/* Whom a method asks: see recipient.h. */
#include "validators/recipient.h"

#include "validators/mailbox.h"

#include <string.h>

static const char *const local_parts[] = {"admin", "administrator", "webmaster", "hostmaster",
					  "postmaster"};

static bool same_address(const char *a, const char *b)
{
	return strchr(a, '@') ? mailbox_same(a, b) : strcmp(a, b) == 0;
}

/* Whether the word is one of those in the list, which are apart by a space. */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

void recipients_add(struct recipients *recipients, const struct recipient *recipient,
		    struct arena *arena)
{
	for (size_t i = 0; i < recipients->count; i++) {
		struct recipient *row = &recipients->rows[i];
		if (!same_address(row->address, recipient->address))
			continue;
		if (!has_word(row->roles, recipient->roles))
			row->roles = arena_printf(arena, "%s %s", row->roles, recipient->roles);
		if (!row->person)
			row->person = recipient->person;
		return;
	}
	if (recipients->count < RECIPIENTS_MAX)
		recipients->rows[recipients->count++] = *recipient;
}

size_t recipients_askable(const struct recipients *recipients)
{
	size_t count = 0;
	for (size_t i = 0; i < recipients->count; i++)
		count += recipients->rows[i].receivable != RECEIVABLE_NO;
	return count;
}

void recipients_constructed(struct recipients *recipients, const char *domain, struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_LENGTH(local_parts); i++) {
		struct recipient row = {
			.address = arena_printf(arena, "%s@%s", local_parts[i], domain),
			.roles = "constructed",
			.source = "BR 3.2.2.4.4",
		};
		recipients_add(recipients, &row, arena);
	}
}

bool recipient_is_constructed(const char *address, const char *domain)
{
	const char *at = strrchr(address, '@');
	if (!at || strcmp(at + 1, domain) != 0)
		return false;
	size_t length = (size_t)(at - address);
	for (size_t i = 0; i < ARRAY_LENGTH(local_parts); i++)
		if (strlen(local_parts[i]) == length &&
		    memcmp(local_parts[i], address, length) == 0)
			return true;
	return false;
}
