/*
 * From open gates to a certificate: the intent is written, then signed, then the
 * certificate is stored. The intent is the bytes to be signed (serial, validity
 * and all), so a crash anywhere repeats the same signature and nothing else.
 */
#ifndef ISSUER_ENGINE_ISSUANCE_H
#define ISSUER_ENGINE_ISSUANCE_H

#include "engine/gate.h"

/* ready → issuing: writes the intent, and adds its launch. */
STATUS issuance_intend(struct turn *turn, struct order_view *view, struct error *err);
/* The duty: launches an intent that was written before a crash. */
STATUS issuance_resume(struct turn *turn, int64_t effect_id, struct error *err);
/* Outside of a transaction: signs an intent. DER appended. */
STATUS issuance_sign(struct engine *engine, struct slice intent, struct buffer *ret_der,
		     struct error *err);
/* issuing → issued (→ installed → completed when nothing is to be installed). STALE when the effect
 * was done already. */
STATUS issuance_store(struct turn *turn, int64_t effect_id, struct slice der, struct error *err);

/* The duty and its completion for keys that the engine makes. */
STATUS key_make_begin(struct turn *turn, int64_t order_id, struct error *err);
STATUS key_make_finish(struct turn *turn, int64_t order_id, struct key *key, struct error *err);
/* Puts a customer's request under an order: checks names and key, replaces an earlier one. Only
 * while the order is draft or pending (ORDER_STATE). */
/* Drops the order's request; the engine makes a new key of that type (NULL: the product's first).
 */
STATUS order_generate(struct turn *turn, int64_t order_id, const char *key_type, struct error *err);
STATUS order_set_csr(struct turn *turn, int64_t order_id, struct slice csr, struct error *err);

#endif
