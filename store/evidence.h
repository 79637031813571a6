/*
 * Evidence by the hash of its bytes. Up to EVIDENCE_INLINE_MAX bytes stand in
 * the row; of larger ones the row holds hash and size, and the bytes are a file
 * that was durable before this row was committed (engine/evidence.c).
 */
#ifndef ISSUER_STORE_EVIDENCE_H
#define ISSUER_STORE_EVIDENCE_H

#include "base/digest.h"
#include "store/store.h"

enum { EVIDENCE_INLINE_MAX = 64 * 1024 };

struct evidence {
	int64_t id;
	struct digest hash;
	const char *kind; /* "http", "dns" … */
	int64_t size;
	struct slice bytes; /* data NULL: in a file */
	int64_t created_at;
};

/* Gives the number of the row with that hash, inserted if it was not there. */
STATUS store_evidence_put(struct store *store, const struct evidence *evidence, int64_t *ret_id,
			  struct error *err);
STATUS store_evidence_get(struct store *store, int64_t id, struct arena *arena,
			  struct evidence *ret, struct error *err);
/* NOT_FOUND without a sentence. */
STATUS store_evidence_of_hash(struct store *store, struct digest hash, struct arena *arena,
			      struct evidence *ret, struct error *err);
/* The next by number; NOT_FOUND at the end. */
STATUS store_evidence_next(struct store *store, int64_t after, struct arena *arena,
			   struct evidence *ret, struct error *err);

#endif
