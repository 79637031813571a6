/*
 * What never changes of a record, as one digest: it goes into the journal when
 * the record is made, and is computed again by the audit, so that an edit by hand
 * is found in every kind of record that a certificate rests on.
 */
#ifndef ISSUER_STORE_OBJECT_H
#define ISSUER_STORE_OBJECT_H

#include "base/digest.h"
#include "store/states.h"
#include "store/store.h"

/* NOT_FOUND without a sentence when there is no such record; INTERNAL for kinds without records. */
STATUS store_object_digest(struct store *store, enum entry_kind kind, int64_t id,
			   struct digest *ret, struct error *err);
/* How many records of the kind there are. */
STATUS store_object_count(struct store *store, enum entry_kind kind, int64_t *ret,
			  struct error *err);
/* The kinds that have records, one after another; false at the end. */
bool store_object_kind(size_t index, enum entry_kind *ret);

#endif
