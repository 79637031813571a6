/*
 * Whether a domain takes mail (REQUIREMENTS DCV-13): its MX records, and without
 * any its addresses (RFC 5321 section 5.1); a null MX says that it does not
 * (RFC 7505). A pure machine inside a validator.
 */
#ifndef ISSUER_VALIDATORS_MAIL_DOMAIN_H
#define ISSUER_VALIDATORS_MAIL_DOMAIN_H

#include "validators/recipient.h"

struct mail_domain {
	const char *domain; /* lower-case A-labels */
	enum receivable receivable;
	const char *said; /* one lower-case sentence part; NULL: not known yet */

	/* The machine's own. */
	struct lookup lookup;
};

/* domain outlives the conversation. */
void mail_domain_begin(struct validation *validation, struct mail_domain *mail, const char *domain);
/* true when the event belonged to it; it may belong to others of the conversation too. */
bool mail_domain_advance(struct validation *validation, struct mail_domain *mail,
			 const struct event *event);

#endif
