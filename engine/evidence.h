/*
 * Evidence kept by hash. Small ones stand in the row; large ones are a file that
 * is durable before the transaction that names it begins.
 */
#ifndef ISSUER_ENGINE_EVIDENCE_H
#define ISSUER_ENGINE_EVIDENCE_H

#include "engine/turn.h"
#include "store/evidence.h"

/* Evidence on its way into the store. */
struct evidence_bytes {
	const char *kind; /* static */
	struct digest hash;
	int64_t size;
	struct buffer bytes; /* empty when the bytes are in a file */
};

void evidence_bytes_release(struct evidence_bytes *evidence);

/* Outside of a transaction: hashes, and writes a large one to its file. */
STATUS evidence_prepare(struct engine *engine, const char *kind, struct slice bytes,
			struct evidence_bytes *ret, struct error *err);
/* Inside a turn: the row (one for each hash) and its journal row when it is new. */
STATUS evidence_keep(struct turn *turn, const struct evidence_bytes *evidence, int64_t order_id,
		     int64_t *ret_id, struct error *err);
/* Appends the bytes of a row, from the row or its file, and checks their hash: EVIDENCE_BROKEN. */
STATUS evidence_load(struct engine *engine, const struct evidence *evidence, struct buffer *out,
		     struct error *err);

enum { EVIDENCE_BYTES_MAX = 24 * 1024 * 1024 };

#endif
