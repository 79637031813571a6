/*
 * The commands that change an order, whole: cli/ parses and prints around them,
 * the replay tests call them as they are. Each opens its own turns.
 */
#ifndef ISSUER_ENGINE_COMMAND_H
#define ISSUER_ENGINE_COMMAND_H

#include "engine/drive/driver.h"
#include "engine/order/order_create.h"
#include "engine/receipt.h"

/* One turn around order_create. receipt (in and out) may be NULL; with a known request id nothing
 * is done, *ret_id is 0 and the receipt holds the earlier reply. */
STATUS command_create(struct engine *engine, const struct order_params *params,
		      struct receipt *receipt, int64_t *ret_id, enum order_created *ret_created,
		      struct error *err);
/* One turn around order_set_csr; csr empty: order_generate with key_type (NULL: the product's). */
STATUS command_csr(struct engine *engine, int64_t order_id, struct slice csr, const char *key_type,
		   struct receipt *receipt, struct error *err);
/* Ends a draft or pending order: ORDER_STATE otherwise. */
STATUS command_cancel(struct engine *engine, int64_t order_id, const char *reason,
		      struct receipt *receipt, struct error *err);

/* The private key that the engine made for a certificate, as PEM; that it was taken out is
 * journalled first. KEY_MISSING when the customer made the key. */
STATUS command_take_key(struct engine *engine, int64_t certificate_id, struct secret **ret,
			struct error *err);

enum validate_wait { VALIDATE_ONCE, VALIDATE_WAIT };

struct validate_params {
	int64_t order_id;
	const char *name; /* A-labels: only this name's gates; NULL: all */
	enum validate_wait wait;
	int64_t timeout_ms; /* VALIDATE_WAIT: give up after; 0: the pack's */
	/* Called after each commit that may have changed the order; NULL: not. */
	void (*progress)(void *context);
	bool (*interrupted)(void *context);
	void *context;
};

/*
 * Tries the order's open checks now, driving this home when nobody does, and judges its control and
 * CAA gates: DONE when all pass, REFUSED, PERSON or LATER (the worst of them in this order).
 * Errors: BUSY (a driver is at work and will do it; not with VALIDATE_WAIT), TIMED_OUT,
 * INTERRUPTED, and those of the home.
 */
STATUS command_validate(struct engine *engine, const struct validate_params *params,
			enum exit_status *ret_judgement, struct error *err);

/* Drives everything due. OK also when another process drives (ret_report->elsewhere). */
STATUS command_run(struct engine *engine, bool (*interrupted)(void *context), void *context,
		   struct driver_report *ret_report, struct error *err);

#endif
