/*
 * A jCard (RFC 7095) as RDAP uses it (RFC 9083 section 5.1): strict about the
 * form, because a form that was not understood may hide an address. Pure.
 */
#ifndef ISSUER_VALIDATORS_JCARD_H
#define ISSUER_VALIDATORS_JCARD_H

#include "base/json.h"
#include "validators/contact.h"

/* Fills draft with names, mailboxes and telephone numbers (not fax). INPUT when card is no jCard.
 */
STATUS jcard_read(const json_t *card, struct arena *arena, struct contact_draft *draft,
		  struct error *err);

#endif
