/*
 * Results as JSON: what was shown, by what, and until when it can be used under
 * each pack of the home, computed at this instant. See view.h for the members.
 */
#ifndef ISSUER_ENGINE_PEOPLE_VALIDATION_VIEW_H
#define ISSUER_ENGINE_PEOPLE_VALIDATION_VIEW_H

#include "base/json.h"
#include "engine/engine.h"

struct validation_filter {
	const char *name;      /* A-labels: results of it and of names above it; NULL: all */
	const char *applicant; /* reference; NULL: all */
	int64_t after;
	int limit;
};

/* {validations: [{validation, applicant, domain, method, label, began_at, validated_at, evidence,
 * authorization, withdrawn_at, withdrawn_reason, packs: [{pack, usable, until, code, why}]}],
 * next}. Answers to questions (CAA, aliases) are no results. */
STATUS view_validations(struct engine *engine, const struct validation_filter *filter, json_t **ret,
			struct error *err);
/* One of them, with the certificates issued on it. NOT_FOUND. */
STATUS view_validation(struct engine *engine, int64_t validation_id, json_t **ret,
		       struct error *err);

#endif
