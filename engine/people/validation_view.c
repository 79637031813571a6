/* Results as JSON: see validation_view.h. */
#include "engine/people/validation_view.h"

#include "engine/order/account.h"
#include "engine/order/authorization.h"
#include "engine/order/authorization_rules.h"
#include "engine/people/validation.h"
#include "engine/view.h"
#include "store/party.h"

#include <string.h>

enum { CERTIFICATES_MAX = 1000 };

/* ---- under each pack ---- */

static void say_why(json_t *object, enum status code, const char *why)
{
	json_add(object, "usable", json_false());
	json_add_text(object, "code", status_code(code));
	json_add_text(object, "why", why);
}

static json_t *pack_object(const struct pack *pack, const struct validation_record *validation,
			   const struct applicant *applicant, int64_t now, struct arena *arena)
{
	struct error refusal = NO_ERROR;
	const struct reuse_rule *rule = NULL;
	int64_t until_at = 0;
	json_t *object = json_object();
	json_add_text(object, "pack", pack->id);
	/* The method first: it is refused whoever made the result. */
	enum status status = validation_counts_until(pack, validation, now, &until_at, &refusal);
	if (status == OK)
		status = pack_reuse(pack, validation_reuse_id(validation), now, &rule, &refusal);
	if (status != OK) {
		say_why(object, status, refusal.sentence);
		return object;
	}
	if (strcmp(pack->id, validation->pack) != 0) {
		say_why(object, NOT_APPLICABLE,
			arena_printf(arena, "it was made under pack %s", validation->pack));
		return object;
	}
	json_add_instant(object, "until", until_at);
	if (validation->withdrawn_at)
		say_why(object, NOT_APPLICABLE, "it was withdrawn");
	else if (!authorization_for_account(validation, applicant))
		say_why(object, NOT_APPLICABLE, "it was shown for another account");
	else if (until_at < now)
		say_why(object, NOT_APPLICABLE,
			arena_printf(arena, "it is older than results may be (%s)",
				     rule->citation));
	else if (rule->mode == REUSE_NEVER)
		say_why(object, NOT_APPLICABLE,
			"only the order it was made for may use it (reuse mode never)");
	else
		json_add(object, "usable", json_true());
	if (rule->mode == REUSE_ASK)
		json_add(object, "asks", json_true());
	return object;
}

static enum status add_packs(struct engine *engine, const struct validation_record *validation,
			     const struct applicant *applicant, struct arena *arena, json_t *object,
			     struct error *err)
{
	const struct policy *policy = NULL;
	const struct pack *pack;
	json_t *list = json_array();
	json_add(object, "packs", list);
	TRY(engine_policy(engine, &policy, err));
	for (size_t i = 0; (pack = policy_pack_at(policy, i)); i++)
		(void)json_array_append_new(
			list, pack_object(pack, validation, applicant, engine_now(engine), arena));
	return OK;
}

/* ---- one ---- */

/* The applicant with the account that counts now (account.h). */
static enum status load_applicant(struct engine *engine, int64_t id, struct arena *arena,
				  struct applicant *ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	TRY(store_applicant_get(engine->store, id, arena, ret, err));
	TRY(engine_configuration(engine, &configuration, err));
	const char *uri = configuration_account(configuration)->uri;
	if (account_is_configured(ret) && uri)
		ret->account_uri = uri;
	return OK;
}

static enum status make_object(struct engine *engine, const struct validation_record *validation,
			       const struct applicant *applicant, struct arena *arena, json_t **ret,
			       struct error *err)
{
	const char *reason = NULL;
	const char *domain = authorization_adn(validation->domain);
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add(object, "validation", view_number("v", validation->id));
	json_add_text(object, "applicant", applicant->reference);
	json_add_text(object, "domain", domain);
	if (domain != validation->domain)
		json_add(object, "with_names_below", json_true());
	json_add_text(object, "method", validation->method);
	json_add_text(object, "label", validation->label);
	if (validation_is_alone(validation))
		json_add(object, "with_names_below", json_false());
	else
		json_add_text(object, "target", validation->target);
	json_add_text(object, "pack", validation->pack);
	json_add_instant(object, "began_at", validation->began_at);
	json_add_instant(object, "validated_at", validation->validated_at);
	json_add(object, "evidence", view_number("e", validation->evidence_id));
	json_add(object, "authorization", view_number("z", validation->authorization_id));
	json_add_integer(object, "attempt", validation->attempt);
	json_add_instant(object, "withdrawn_at", validation->withdrawn_at);
	TRY(store_validation_why(engine->store, validation->id, arena, &reason, err));
	json_add_text(object, "withdrawn_reason", reason);
	if (!is_question(validation->method))
		TRY(add_packs(engine, validation, applicant, arena, object, err));
	*ret = STEAL(object);
	return OK;
}

enum status view_validation(struct engine *engine, int64_t validation_id, json_t **ret,
			    struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = NULL;
	struct validation_record validation;
	struct applicant applicant;
	int64_t certificate_id = 0;
	TRY(store_validation_get(engine->store, validation_id, &arena, &validation, err));
	TRY(load_applicant(engine, validation.applicant_id, &arena, &applicant, err));
	TRY(make_object(engine, &validation, &applicant, &arena, &object, err));
	json_t *list = json_array();
	json_add(object, "certificates", list);
	while (json_array_size(list) < CERTIFICATES_MAX) {
		enum status status = store_validation_certificate(
			engine->store, &validation, certificate_id, &certificate_id, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		(void)json_array_append_new(list, view_number("c", certificate_id));
	}
	*ret = STEAL(object);
	return OK;
}

/* ---- many ---- */

/* Whether the result may be meant by somebody who asks about the name. */
static bool concerns(const struct validation_record *validation, const char *name)
{
	const char *domain = authorization_adn(validation->domain);
	size_t length = strlen(name), tail = strlen(domain);
	if (strcmp(name, domain) == 0)
		return true;
	return length > tail && name[length - tail - 1] == '.' &&
	       strcmp(name + length - tail, domain) == 0;
}

static bool is_wanted(const struct validation_filter *filter,
		      const struct validation_record *validation, const struct applicant *applicant)
{
	return !is_question(validation->method) &&
	       (!filter->name || concerns(validation, filter->name)) &&
	       (!filter->applicant || strcmp(applicant->reference, filter->applicant) == 0);
}

enum status view_validations(struct engine *engine, const struct validation_filter *filter,
			     json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *page = json_object();
	json_t *list = json_array();
	int64_t after = filter->after;
	bool more = true;
	json_add(page, "validations", list);
	while (json_array_size(list) < (size_t)filter->limit) {
		struct validation_record validation;
		struct applicant applicant;
		json_t *object = NULL;
		arena_clear(&arena);
		enum status status =
			store_validation_next(engine->store, after, &arena, &validation, err);
		more = status != NOT_FOUND;
		if (!more)
			break;
		TRY(status);
		after = validation.id;
		TRY(load_applicant(engine, validation.applicant_id, &arena, &applicant, err));
		if (!is_wanted(filter, &validation, &applicant))
			continue;
		TRY(make_object(engine, &validation, &applicant, &arena, &object, err));
		(void)json_array_append_new(list, object);
	}
	json_add(page, "next", more ? view_number("v", after) : json_null());
	*ret = STEAL(page);
	return OK;
}
