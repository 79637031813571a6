/*
 * What the journal says is gathered here in temporary tables, and held against
 * the records: a state that was edited by hand differs.
 */
#ifndef ISSUER_STORE_AUDIT_H
#define ISSUER_STORE_AUDIT_H

#include "store/journal.h"

/* Begins with empty tables. */
STATUS store_audit_begin(struct store *store, struct error *err);
/* Takes one entry in, in journal order. JOURNAL_BROKEN when an order moves from a state that the
 * journal did not put it into. */
STATUS store_audit_add(struct store *store, const struct journal_entry *entry, struct error *err);
/* JOURNAL_BROKEN with the first record that differs from what the journal says. */
STATUS store_audit_compare(struct store *store, struct error *err);

#endif
