/* Placing an order. */
#ifndef ISSUER_ENGINE_ORDER_ORDER_CREATE_H
#define ISSUER_ENGINE_ORDER_ORDER_CREATE_H

#include "engine/order/gate.h"

enum { ORDER_NAMES_MAX = 250, REFERENCE_MAX = 128 };

/* As given on the command line or over the API; NULL and 0: not given. Borrowed. */
struct order_params {
	const char *const *names; /* UTF-8; may be none when csr is given */
	size_t name_count;
	const char *product;   /* default: local-dv */
	const char *applicant; /* a reference of the tenant; default: self */
	const struct applicant_params *applicant_data; /* found or made by its reference */
	struct slice csr;                              /* PEM or DER */
	const char *key_type;
	bool follow_aliases; /* control may be shown of the name behind an alias */
	const char *method;
	const char *reference; /* unique per tenant for ever */
};

struct applicant_params {
	const char *reference;
	const char *name;
	const char *type;
	const char *country;
	const char *account_uri;        /* NULL: as it is */
	const char *account_thumbprint; /* NULL: as it is */
};

enum order_created { ORDER_IS_NEW, ORDER_WAS_THERE };

/*
 * Makes contract, order, names, gates and authorizations in this turn, decides the gates once, and
 * schedules what is due. With a reference that is known: the same content gives the same order
 * (ORDER_WAS_THERE), other content is REFERENCE_REUSED. Refusals: the codes of name_parse,
 * request_read and request_match, PRODUCT_UNKNOWN, NAME_DUPLICATE, NAMES_TOO_MANY, WILDCARD_METHOD,
 * IP_METHOD, METHOD_*, KEY_TYPE, KEY_ENGINE_MADE.
 */
STATUS order_create(struct turn *turn, const struct order_params *params, int64_t *ret_id,
		    enum order_created *ret_created, struct error *err);

#endif
