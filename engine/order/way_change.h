/*
 * Another way to show control of names of an order, as an officer chooses: method,
 * ADN, addresses, in one command (REQUIREMENTS DCV-07, DCV-08, A7, A8). What is
 * left behind counts no more, unless another name still waits for it.
 */
#ifndef ISSUER_ENGINE_ORDER_WAY_CHANGE_H
#define ISSUER_ENGINE_ORDER_WAY_CHANGE_H

#include "engine/receipt.h"

/* At least one of method, scope and addresses. */
struct way_change {
	int64_t order_id;
	const char *name;      /* A-labels; NULL: all names */
	const char *method;    /* NULL: as it is */
	const char *scope;     /* "base", "name" or the ADN; NULL: as it is, or as another method's
				  row says */
	const char *addresses; /* whom alone to ask, one a line; NULL: all whom the method names */
	const char *reason;
};

/* NOT_APPLICABLE, DCV_ORDER, METHOD_RETIRED … by the rules of the method (way.h); DCV_ADDRESS for
 * an address that it does not allow; NOT_APPLICABLE for an ADN that cannot stand for a name, for a
 * name whose control is shown, and when nothing would change. Nothing is done for any name then. */
STATUS command_switch(struct engine *engine, const struct way_change *change,
		      struct receipt *receipt, struct error *err);

#endif
