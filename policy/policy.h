/*
 * All rules of one home: the shipped packs and catalogue, with the home's rows in
 * their place (a whole row by id, never a merge) or added to them.
 */
#ifndef ISSUER_POLICY_POLICY_H
#define ISSUER_POLICY_POLICY_H

#include "policy/catalogue.h"
#include "policy/pack.h"

struct policy;

/*
 * Reads <data_dir>/packs/NAME.yaml, catalogue/{products,cas,providers}.yaml and templates/, then
 * <home_dir>/rules/NAME.yaml (same pack id: rows replaced or added) and <home_dir>/catalogue/
 * and templates/.
 * home_dir may be NULL. POLICY_ROW errors cite file, row id, key, and the nearest known key. Cross
 * references (product → ca, pack, methods, provider; after cycles) are checked.
 */
STATUS policy_load(const char *data_dir, const char *home_dir, struct policy **ret,
		   struct error *err);
void policy_free(struct policy *policy);
void policy_freep(struct policy **policy);

/* PRODUCT_UNKNOWN with the nearest known ids. */
STATUS policy_product(const struct policy *policy, const char *id, const struct product **ret,
		      struct error *err);
/* POLICY_ROW when there is none. */
STATUS policy_ca(const struct policy *policy, const char *id, const struct ca_row **ret,
		 struct error *err);
STATUS policy_pack(const struct policy *policy, const char *id, const struct pack **ret,
		   struct error *err);

/* The packs, one after another; NULL after the last. */
const struct pack *policy_pack_at(const struct policy *policy, size_t index);

/* POLICY_ROW when there is none. */
STATUS policy_provider(const struct policy *policy, const char *id, const struct provider **ret,
		       struct error *err);
/* All of them. */
const struct provider *policy_providers(const struct policy *policy, size_t *ret_count);
/* The texts of a provider's mails; of this installation's without one (NULL). */
const struct message_templates *policy_templates(const struct policy *policy,
						 const struct provider *provider);

/* Whether a product with the pack has us decide ourselves, and not a CA elsewhere. */
bool policy_is_authoritative(const struct policy *policy, const struct pack *pack);

/* The last second (inclusive) of a certificate that starts at not_before_ms: the strictest of the
 * CA row's validity and the pack's ceiling in force at now. VALIDITY when the ceiling is shorter
 * than a second. */
STATUS policy_not_after(const struct policy *policy, const struct ca_row *ca,
			const struct pack *pack, int64_t not_before_ms, int64_t now_ms,
			int64_t *ret_ms, struct error *err);

#endif
