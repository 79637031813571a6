/* Accounts of applicants: see account.h. */
#include "engine/order/account.h"

#include "store/schedule.h"

#include <string.h>

bool account_is_configured(const struct applicant *applicant)
{
	/* No file can give this type: it is the applicant that init made. */
	return strcmp(applicant->type, "self") == 0;
}

const char *account_legal_name(const struct applicant *applicant,
			       const struct configuration *configuration)
{
	return account_is_configured(applicant) ? configuration_ca(configuration)->organization
						: applicant->name;
}

static bool replaces(const char *text, const char *known)
{
	return text && (!known || strcmp(text, known) != 0);
}

enum status account_set(struct turn *turn, struct applicant *applicant, const char *uri,
			const char *thumbprint, struct error *err)
{
	bool new_uri = replaces(uri, applicant->account_uri);
	bool new_key = replaces(thumbprint, applicant->account_thumbprint);
	if (!new_uri && !new_key)
		return OK;
	const char *before = applicant->account_thumbprint;
	if (new_uri)
		applicant->account_uri = uri;
	if (new_key)
		applicant->account_thumbprint = thumbprint;
	TRY(store_applicant_account(turn->store, applicant, err));
	/* The URI may name a person and stays outside; a thumbprint does not. */
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .subject_id = applicant->id,
				  .name = "applicant account",
				  .from = new_key ? before : NULL,
				  .to = new_key ? thumbprint : NULL,
				  .reason = new_uri && new_key ? "its URI and its key"
					    : new_uri          ? "its URI"
							       : "its key",
			  });
	return store_schedule_decide_applicant(turn->store, applicant->id, turn->now, err);
}

enum status account_load(struct turn *turn, int64_t applicant_id, struct applicant *ret,
			 struct error *err)
{
	const struct configuration *configuration = NULL;
	TRY(store_applicant_get(turn->store, applicant_id, &turn->arena, ret, err));
	if (!account_is_configured(ret))
		return OK;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const char *thumbprint = turn->engine->account_thumbprint;
	return account_set(turn, ret, configuration_account(configuration)->uri,
			   thumbprint[0] ? thumbprint : NULL, err);
}
