/*
 * The journal: each committed transaction is one link, SHA-256(previous ‖ body).
 * The body is a BLOB of length-prefixed rows and is the truth; what is shown or
 * indexed is read from it, so that a later migration cannot break the chain.
 *
 * Body: u32 version (1), u64 seq, u64 at (ms), u32 rows, then for each row
 * u32 kind, u64 order, u64 subject, and the texts actor, name, from, to, code,
 * reason, each u32 length and bytes. All numbers big-endian.
 */
#ifndef ISSUER_STORE_JOURNAL_H
#define ISSUER_STORE_JOURNAL_H

#include "base/digest.h"
#include "store/states.h"
#include "store/store.h"

enum { JOURNAL_VERSION = 1, JOURNAL_BODY_MAX = 16 * 1024 * 1024 };

/* One thing that became true. Texts may be NULL (stored as empty). */
struct journal_entry {
	enum entry_kind kind;
	int64_t order_id;   /* 0: of no order */
	int64_t subject_id; /* authorization, evidence, effect, certificate … by kind; 0: none */
	const char *actor;  /* "engine", "cli:root" */
	const char *name;   /* gate "control:www.example.com", command "order create" … */
	const char *from;
	const char *to; /* states; for evidence, effects and certificates a digest */
	const char *code;
	const char *reason;
};

/* The rows of a transaction that is not committed yet. */
struct journal_draft {
	struct buffer rows;
	uint32_t count;
	int64_t *orders; /* the orders named, with repetitions */
	size_t order_count;
	size_t order_room;
};

void journal_draft_init(struct journal_draft *draft);
void journal_draft_release(struct journal_draft *draft);
void journal_draft_clear(struct journal_draft *draft);
void journal_draft_add(struct journal_draft *draft, const struct journal_entry *entry);
/* A place to fall back to when an event is undone. */
struct journal_mark {
	size_t length;
	uint32_t count;
	size_t order_count;
};
struct journal_mark journal_draft_mark(const struct journal_draft *draft);
void journal_draft_rewind(struct journal_draft *draft, struct journal_mark mark);

/* Adds the link, inside the open transaction. */
STATUS store_journal_append(struct store *store, const struct journal_draft *draft, int64_t at,
			    struct error *err);

struct journal_link {
	int64_t seq;
	int64_t at;
	struct digest previous;
	struct digest hash;
	struct slice body; /* in the arena */
};
/* The link after seq (0: the first), of an order or (order_id 0) of all; NOT_FOUND at the end. */
STATUS store_journal_read(struct store *store, int64_t order_id, int64_t seq, struct arena *arena,
			  struct journal_link *ret, struct error *err);
/* The newest link's number and hash; NOT_FOUND when the journal is empty. */
STATUS store_journal_head(struct store *store, int64_t *ret_seq, struct digest *ret_hash,
			  struct error *err);

/* What a body says; JOURNAL_BROKEN when it is not well formed. The entries are in the arena. */
struct journal_body {
	int64_t seq;
	int64_t at;
	struct journal_entry *entries;
	size_t count;
};
STATUS journal_body_read(struct slice body, struct arena *arena, struct journal_body *ret,
			 struct error *err);

#endif
