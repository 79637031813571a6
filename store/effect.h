/*
 * Effects: what changes the world outside of the store, written down before it
 * happens. The idempotency key is unique, so one duty never has two intents.
 */
#ifndef ISSUER_STORE_EFFECT_H
#define ISSUER_STORE_EFFECT_H

#include "store/states.h"
#include "store/store.h"

struct effect {
	int64_t id;
	enum effect_kind kind;
	enum effect_class class;
	const char *idempotency_key;
	int64_t order_id;
	struct slice intent; /* exactly what will be done */
	enum effect_state state;
	int64_t created_at;
	int64_t done_at;
	int tries;          /* begun; only of kinds that are tried again */
	const char *answer; /* what came of the last of them; NULL: nothing is known of it */
};

STATUS store_effect_insert(struct store *store, const struct effect *effect, int64_t *ret_id,
			   struct error *err);
STATUS store_effect_get(struct store *store, int64_t id, struct arena *arena, struct effect *ret,
			struct error *err);
/* An intended effect becomes done or void; STALE when it is not intended any more. */
STATUS store_effect_end(struct store *store, int64_t id, enum effect_state state, int64_t at,
			struct error *err);
/* The intent with the key; NOT_FOUND without a sentence. */
STATUS store_effect_find(struct store *store, const char *key, int64_t *ret_id, struct error *err);
/* The order's next effect after id; NOT_FOUND at the end. */
STATUS store_effect_next(struct store *store, int64_t order_id, int64_t after, struct arena *arena,
			 struct effect *ret, struct error *err);
/* A try begins, after the tries known; its answer is open. STALE when it is not intended any more.
 */
STATUS store_effect_try(struct store *store, int64_t id, int tries, struct error *err);
/* What came of the try with that number; STALE when it is not the last, or of an ended effect. */
STATUS store_effect_answer(struct store *store, int64_t id, int number, const char *answer,
			   struct error *err);
/* How many intents the order has had. */
STATUS store_effect_count(struct store *store, int64_t order_id, int64_t *ret, struct error *err);

#endif
