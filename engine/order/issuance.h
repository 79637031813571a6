/*
 * From open gates to a certificate: the intent is written, then signed, then the
 * certificate is stored. The intent is the bytes to be signed (serial, validity
 * and all), so a crash anywhere repeats the same signature and nothing else.
 */
#ifndef ISSUER_ENGINE_ORDER_ISSUANCE_H
#define ISSUER_ENGINE_ORDER_ISSUANCE_H

#include "engine/order/gate.h"

/* ready → issuing: writes the intent, and adds its launch. */
STATUS issuance_intend(struct turn *turn, struct order_view *view, struct error *err);
/* The duty: carries out an intent that waited. Every gate is decided again first; when one is shut,
 * or the intent is a day old, it is voided and the order goes back to pending. */
STATUS issuance_resume(struct turn *turn, int64_t effect_id, struct error *err);
/* Who signs intents (ca_local_issue), its key loaded; outside of a transaction. Borrowed from the
 * engine. */
STATUS issuance_authority(struct engine *engine, const struct ca_row *ca,
			  const struct ca_local **ret, struct error *err);
/* issuing → issued (→ installed → completed when nothing is to be installed). STALE when the effect
 * was done already. */
STATUS issuance_store(struct turn *turn, int64_t effect_id, struct slice der, struct error *err);

/* The duty and its completion for keys that the engine makes. */
STATUS key_make_begin(struct turn *turn, int64_t order_id, struct error *err);
STATUS key_make_finish(struct turn *turn, int64_t order_id, const char *key_type, struct key *key,
		       struct error *err);
/* Puts a customer's request under an order: checks names and key, replaces an earlier one. Only
 * while the order is draft or pending (ORDER_STATE). */
/* Fills *key_type (NULL: the product's first) with what the engine may make for the product:
 * KEY_ENGINE_MADE, KEY_TYPE. A request that is given is bound by RULES 1.9 alone. */
STATUS order_choose_key(const struct product *product, const char **key_type, struct error *err);
/* Drops the order's request; the engine makes a new key of that type (NULL: the product's first).
 */
STATUS order_generate(struct turn *turn, int64_t order_id, const char *key_type, struct error *err);
STATUS order_set_csr(struct turn *turn, int64_t order_id, struct slice csr, struct error *err);

#endif
