/*
 * Proof that can be checked by anybody: the journal's chain, the states rebuilt
 * from it, and every decision made again from the bytes it rested on.
 */
#ifndef ISSUER_ENGINE_AUDIT_H
#define ISSUER_ENGINE_AUDIT_H

#include "engine/engine.h"

enum { HEAD_TEXT = 96 };

struct audit_report {
	int64_t links;
	int64_t entries;
	char head[HEAD_TEXT]; /* "SEQ:HASH" of the newest link; "0:" when empty */
};

/* JOURNAL_BROKEN naming the first link or record at fault. head (may be NULL): "SEQ:HASH" noted
 * earlier, which the chain must still hold; else its tail was cut. */
STATUS audit_verify(struct engine *engine, const char *head, struct audit_report *ret,
		    struct error *err);

struct evidence_report {
	int64_t evidence;    /* decided again */
	int64_t validations; /* held against their evidence */
};

/* Decides every stored evidence (or, when id is not 0, that one) again from its bytes, and holds
 * validations against the outcome. EVIDENCE_BROKEN naming the first that does not stand. */
STATUS evidence_verify(struct engine *engine, int64_t id, struct evidence_report *ret,
		       struct error *err);

#endif
