/*
 * What a printed contact value says. Registries print phrases where a value was
 * ("REDACTED FOR PRIVACY", "Please query the RDDS service of the Registrar"),
 * addresses of forms instead of mailboxes, and mailboxes that harvesters are not
 * to see ("info AT example.org"). Pure.
 */
#ifndef ISSUER_VALIDATORS_CONTACT_VALUE_H
#define ISSUER_VALIDATORS_CONTACT_VALUE_H

#include "base/arena.h"

#include <stdbool.h>

/* false for an empty value, a dash, a phrase of refusal, an address of a page. */
bool contact_value_says(const char *value);

/* At most limit bytes of foreign text, fit for a sentence: what is not printable ASCII is shown as
 * '?'. In the arena. */
const char *contact_value_shown(const char *text, size_t limit, struct arena *arena);

/* Calls found(context, address) for each mailbox in the value, hidden "@" and dots restored; the
 * address lives in the arena. Returns how many. */
size_t contact_value_addresses(const char *value, struct arena *arena,
			       void (*found)(void *context, const char *address), void *context);

#endif
