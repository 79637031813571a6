/*
 * The desk's CAA check: what the engine would be told about a name, looked up now
 * and explained. Nothing is stored. The report is made from the evidence, by the
 * same functions that decide it again offline.
 */
#ifndef ISSUER_ENGINE_CAA_CHECK_H
#define ISSUER_ENGINE_CAA_CHECK_H

#include "base/json.h"
#include "policy/policy.h"
#include "validators/attempt.h"

struct caa_check_params {
	const char *name;               /* as given; may be a wildcard */
	const char *const *identifiers; /* the CA's issuer domain names */
	size_t identifier_count;
	const char *account_uri; /* NULL: no account */
	const char *method;      /* of the pack, or what CAA calls one; NULL: not told */
	const struct pack *pack; /* its rules of CAA */
	const struct trust_anchors *anchors; /* NULL: the resolver is believed */
	struct attempt_setting setting;
};

struct caa_check;

/* Starts; the environment's wait() carries it on. Everything borrowed must outlive it. USAGE or
 * INPUT when the name is none or the rules do not say how. */
STATUS caa_check_start(const struct caa_check_params *params, struct caa_check **ret,
		       struct error *err);
bool caa_check_ended(const struct caa_check *check);
/*
 * {"name", "permitted", "code", "reason", "hint", "identifiers": [], "climb": [{"name",
 * "canonical", "outcome", "security", "reason", "ttl"}], "records": [{"name", "flags", "tag",
 * "value", "effect"}], "decided_by", "counts_for_s"}: permitted is false also when nobody could
 * tell (code "caa-unknown"). The caller drops the reference; only once it has ended.
 */
STATUS caa_check_report(const struct caa_check *check, json_t **ret, struct error *err);
/* OK when permitted; else the code. */
enum status caa_check_status(const struct caa_check *check);
/* NULL is allowed. */
void caa_check_free(struct caa_check *check);
void caa_check_freep(struct caa_check **check);

#endif
