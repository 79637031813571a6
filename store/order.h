/* Contracts, orders under them, their names and references. */
#ifndef ISSUER_STORE_ORDER_H
#define ISSUER_STORE_ORDER_H

#include "base/digest.h"
#include "store/states.h"
#include "store/store.h"

struct contract {
	int64_t id;
	int64_t tenant_id;
	int64_t applicant_id;
	const char *product;
	const char *common_name; /* immutable */
	int64_t paid_from_at;
	int64_t paid_until_at;   /* 0: open */
	const char *csr_creator; /* "provider" or "customer" (REQUIREMENTS IIJ-13) */
	int licence_count;
	int64_t created_at;
};

struct order {
	int64_t id;
	const char *network_id; /* random, 32 hexadecimal digits */
	int64_t contract_id;
	int64_t tenant_id;
	int64_t applicant_id;
	enum order_kind kind;
	const char *product;
	enum order_state state;
	const char *code;     /* why it is in this state; NULL: no more to say */
	const char *reason;   /* one sentence; NULL likewise */
	const char *method;   /* how control is to be shown */
	const char *key_type; /* the engine makes such a key; NULL: the request is given */
	int64_t created_at;
	int64_t state_at;
	int64_t give_up_at;     /* 0: never */
	int64_t request_id;     /* 0: none yet */
	int64_t certificate_id; /* 0: none yet */
	int alias;              /* whether aliases of its names may be followed; 0: no */
};

/* An officer's choice about results from before the order (reuse mode "ask"): one of these, or the
 * number of the validation to use. */
enum { REUSE_UNDECIDED = 0, REUSE_DECLINED = -1 };

struct order_name {
	int position;
	const char *name;    /* A-labels */
	const char *display; /* U-labels */
	bool wildcard;
	/* How its control is to be shown; NULL: as the order says. */
	const char *method;
	const char *domain; /* the ADN that was chosen; NULL: as the method's row says */
	int64_t reuse;
};

/* One line of a list. */
struct order_line {
	int64_t id;
	const char *product;
	enum order_state state;
	const char *code;
	const char *reason;
	int64_t created_at;
	int64_t state_at;
	const char *name; /* the first, as displayed */
	int64_t name_count;
	const char *reference; /* NULL: none */
};

STATUS store_contract_insert(struct store *store, const struct contract *contract,
			     const char *data_json, int64_t *ret_id, struct error *err);

STATUS store_order_insert(struct store *store, const struct order *order, int64_t *ret_id,
			  struct error *err);
/* NOT_FOUND. */
STATUS store_order_get(struct store *store, int64_t id, struct arena *arena, struct order *ret,
		       struct error *err);
/* Compare and set: STALE when the order is not in state from. engine/order/order_state.c is the
 * only caller: it journals the move. */
STATUS store_order_move(struct store *store, int64_t id, enum order_state from, enum order_state to,
			const char *code, const char *reason, int64_t at, struct error *err);
/* key_type: of the key that the engine made for it; NULL when the request was given. */
STATUS store_order_set_request(struct store *store, int64_t id, int64_t request_id,
			       const char *key_type, struct error *err);
/* The engine is to make a key of that type; the request so far is no longer the order's. */
STATUS store_order_set_key_type(struct store *store, int64_t id, const char *key_type,
				struct error *err);
STATUS store_order_set_certificate(struct store *store, int64_t id, int64_t certificate_id,
				   struct error *err);

STATUS store_order_name_insert(struct store *store, int64_t order_id, const struct order_name *name,
			       struct error *err);
STATUS store_order_names(struct store *store, int64_t order_id, struct arena *arena,
			 struct order_name **ret, size_t *ret_count, struct error *err);

/* Another method or ADN for one name of an order. */
STATUS store_order_name_way(struct store *store, int64_t order_id, const struct order_name *name,
			    struct error *err);

STATUS store_order_name_reuse(struct store *store, int64_t order_id, const struct order_name *name,
			      struct error *err);

/* Orders with a number above after, at most limit; state 0: all. */
STATUS store_order_list(struct store *store, int64_t after, enum order_state state, int limit,
			struct arena *arena, struct order_line **ret, size_t *ret_count,
			struct error *err);

/* A reference belongs to one order for ever. */
STATUS store_reference_insert(struct store *store, int64_t tenant_id, const char *reference,
			      struct digest content, int64_t order_id, struct error *err);
/* NOT_FOUND when the reference is free. */
STATUS store_reference_get(struct store *store, int64_t tenant_id, const char *reference,
			   struct digest *ret_content, int64_t *ret_order_id, struct error *err);
/* NULL when the order has none. */
STATUS store_order_reference(struct store *store, int64_t order_id, struct arena *arena,
			     const char **ret, struct error *err);

/* A mutating command that was done under a --request-id: its output is replayed. */
struct command_record {
	struct digest digest; /* of the arguments */
	const char *output;
	int exit;
};
STATUS store_command_insert(struct store *store, int64_t tenant_id, const char *request_id,
			    const struct command_record *record, int64_t at, struct error *err);
/* NOT_FOUND when the id is free. */
STATUS store_command_get(struct store *store, int64_t tenant_id, const char *request_id,
			 struct arena *arena, struct command_record *ret, struct error *err);

#endif
