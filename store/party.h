/* Tenants (who pays and may see) and applicants (whose certificate it is). */
#ifndef ISSUER_STORE_PARTY_H
#define ISSUER_STORE_PARTY_H

#include "store/store.h"

struct applicant {
	int64_t id;
	int64_t tenant_id;
	const char *reference; /* the tenant's own word for it */
	const char *name;      /* legal name; another name is another applicant */
	const char *type;      /* data value, for example "registered_corporation" */
	const char *country;   /* NULL: not given */
	int64_t created_at;
	const char *account_uri;        /* RFC 8657 section 3; NULL: none */
	const char *account_thumbprint; /* of the account's key, RFC 7638; NULL: none */
};

STATUS store_tenant_insert(struct store *store, const char *name, int64_t at, int64_t *ret_id,
			   struct error *err);
STATUS store_tenant_by_name(struct store *store, const char *name, int64_t *ret_id,
			    struct error *err);
STATUS store_applicant_insert(struct store *store, const struct applicant *applicant,
			      int64_t *ret_id, struct error *err);
/* Writes both members of the account. */
STATUS store_applicant_account(struct store *store, const struct applicant *applicant,
			       struct error *err);
STATUS store_applicant_get(struct store *store, int64_t id, struct arena *arena,
			   struct applicant *ret, struct error *err);
/* The newest of that reference; NOT_FOUND. */
STATUS store_applicant_by_reference(struct store *store, int64_t tenant_id, const char *reference,
				    struct arena *arena, struct applicant *ret, struct error *err);

#endif
