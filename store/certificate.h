/* Sealed keys, requests, the CA's own certificates, and certificates issued. */
#ifndef ISSUER_STORE_CERTIFICATE_H
#define ISSUER_STORE_CERTIFICATE_H

#include "base/digest.h"
#include "store/store.h"

struct key_record {
	int64_t id;
	const char *owner; /* the record it is sealed for: "order:12", "authority:local:root" */
	const char *type;  /* "ec-p256" */
	const char *kek_id;
	struct slice sealed;
	int64_t created_at;
};

STATUS store_key_insert(struct store *store, const struct key_record *key, int64_t *ret_id,
			struct error *err);
STATUS store_key_get(struct store *store, int64_t id, struct arena *arena, struct key_record *ret,
		     struct error *err);

/* The id of the key encryption key that the home's first key is sealed under; NULL while there is
 * no key. */
STATUS store_kek_id(struct store *store, struct arena *arena, char **ret, struct error *err);

struct request_record {
	int64_t id;
	int64_t order_id;
	int64_t key_id;      /* 0: the key is the customer's */
	const char *creator; /* "provider" or "customer" */
	struct slice der;
	struct slice spki;
	const char *key_type;
	int64_t created_at;
};

STATUS store_request_insert(struct store *store, const struct request_record *request,
			    int64_t *ret_id, struct error *err);
STATUS store_request_get(struct store *store, int64_t id, struct arena *arena,
			 struct request_record *ret, struct error *err);

struct authority {
	int64_t id;
	const char *ca;   /* the CA row */
	const char *role; /* "root" or "issuing" */
	struct slice der;
	int64_t key_id;
};

STATUS store_authority_insert(struct store *store, const struct authority *authority, int64_t at,
			      int64_t *ret_id, struct error *err);
STATUS store_authority_get(struct store *store, const char *ca, const char *role,
			   struct arena *arena, struct authority *ret, struct error *err);

struct certificate {
	int64_t id;
	int64_t order_id;
	int64_t contract_id;
	const char *ca;
	const char *serial; /* hexadecimal */
	struct digest fingerprint;
	int64_t not_before_at;
	int64_t not_after_at;
	struct slice der;
	int64_t effect_id; /* the intent that it fulfils; unique */
	int64_t issued_at;
};

STATUS store_certificate_insert(struct store *store, const struct certificate *certificate,
				int64_t *ret_id, struct error *err);
STATUS store_certificate_get(struct store *store, int64_t id, struct arena *arena,
			     struct certificate *ret, struct error *err);
/* The next by number; NOT_FOUND at the end. */
STATUS store_certificate_next(struct store *store, int64_t after, struct arena *arena,
			      struct certificate *ret, struct error *err);

#endif
