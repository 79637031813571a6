/*
 * The account of an applicant at work: given with the applicant file, for "self"
 * by issuer.yaml, and changed without becoming another applicant (a key is rolled
 * over, an account is moved). Each change is an act in the journal.
 */
#ifndef ISSUER_ENGINE_ORDER_ACCOUNT_H
#define ISSUER_ENGINE_ORDER_ACCOUNT_H

#include "engine/turn.h"
#include "store/party.h"

/* Gives the applicant this account; NULL members stay as they are. When that changes something the
 * pending orders of the applicant are due to be decided, since what is to be published differs. */
STATUS account_set(struct turn *turn, struct applicant *applicant, const char *uri,
		   const char *thumbprint, struct error *err);
/* Whether the account is that of issuer.yaml; else it comes with the applicant file. */
bool account_is_configured(const struct applicant *applicant);
/* An applicant with the account that counts now: that of "self" is what issuer.yaml says. */
STATUS account_load(struct turn *turn, int64_t applicant_id, struct applicant *ret,
		    struct error *err);

/* What others are told of who asks: of the applicant that init made, the organization of the
 * configuration's ca. Borrowed from either. */
const char *account_legal_name(const struct applicant *applicant,
			       const struct configuration *configuration);

#endif
