/*
 * The way in which control of one name of an order is shown: the order's method,
 * or the one that it was switched to or fell back on, and the ADN when another one
 * was chosen than the method's row says.
 *
 *   first method ──failed──► the product's fallbacks, one after the other or as an
 *                            officer chooses (REQUIREMENTS DCV-07, A8)
 */
#ifndef ISSUER_ENGINE_ORDER_WAY_H
#define ISSUER_ENGINE_ORDER_WAY_H

#include "engine/order/gate.h"
#include "store/authorization.h"

/* The method of the name. */
const char *way_method(const struct order_view *view, const char *name);
/* An officer's choice about results from before the order (store/order.h). */
int64_t way_reuse(const struct order_view *view, const char *name);
/* The ADN that was chosen; NULL: as the method's row says. */
const char *way_domain(const struct order_view *view, const char *name);

/* Sets the way of a name (method, domain NULL: as the order and the row say) in store and view,
 * with a journal row, and has CAA asked again: what it permits depends on the method (RFC 8657). */
STATUS way_set(struct turn *turn, const struct order_view *view, const char *name,
	       const char *method, const char *domain, const char *reason, struct error *err);

/* Sets that choice in store and view. */
STATUS way_set_reuse(struct turn *turn, const struct order_view *view, const char *name,
		     int64_t choice, struct error *err);

/* After the method of the name failed with why: takes the next fallback by itself where the pack
 * says so; *ret_moved: whether the way is another one now. *ret_choices names those that an officer
 * may choose, "constructed-email or web-page"; NULL when none is left. */
STATUS way_fall_back(struct turn *turn, const struct order_view *view, const char *name,
		     const struct authorization *failed, bool *ret_moved, const char **ret_choices,
		     struct error *err);

enum way_methods { METHODS_FIRST, METHODS_AND_FALLBACKS };
/* The product's methods that are in force: "web-page or dns-txt"; NULL: none. */
const char *way_methods_left(struct turn *turn, const struct product *product,
			     const struct pack *pack, enum way_methods which);
/* In broker mode a CA upstream decides, and we never bother its domain contacts (DESIGN.md, Trust,
 * modes, packs): NOT_APPLICABLE. */
STATUS way_may_ask(const struct order_view *view, const char *method, struct error *err);

/* A fallback that only an earlier result had brought in, and which counts no more, comes before its
 * time: back to the first method; *ret_moved: whether it was so. */
STATUS way_go_back(struct turn *turn, const struct order_view *view, const char *name,
		   bool *ret_moved, struct error *err);

/* Whether an officer may switch the name to the method now: NOT_APPLICABLE for a method that is
 * none of the product, DCV_ORDER while the first has not failed, WILDCARD_METHOD, METHOD_RETIRED …
 */
STATUS way_may(struct turn *turn, const struct order_view *view, const char *name,
	       const char *method, struct error *err);

/* The authorization by which the name's control would be shown in its way; NOT_FOUND without a
 * sentence when none was made yet. */
STATUS way_authorization(struct turn *turn, const struct order_view *view, const char *name,
			 struct authorization *ret, struct error *err);

#endif
