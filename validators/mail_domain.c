/* Whether a domain takes mail: see mail_domain.h. */
#include "validators/mail_domain.h"

enum { MX_OCTETS_NULL = 3 };

/* RFC 7505 section 3: "a single MX RR … with an RDATA section consisting of preference number 0 and
 * a zero-length label, written in master files as '.', as the exchange domain". */
static bool is_null_mx(const struct lookup *lookup)
{
	if (lookup->record_count != 1)
		return false;
	struct slice rdata = lookup->records[0]->rdata;
	return rdata.length == MX_OCTETS_NULL && rdata.data[MX_OCTETS_NULL - 1] == 0;
}

static void finish(struct validation *validation, struct mail_domain *mail,
		   enum receivable receivable)
{
	mail->receivable = receivable;
	mail->said = lookup_text(&mail->lookup, validation->arena);
}

static void settle(struct validation *validation, struct mail_domain *mail)
{
	while (!mail->said && mail->lookup.outcome != LOOKUP_ASKING) {
		const struct lookup *lookup = &mail->lookup;
		if (lookup->outcome == LOOKUP_FAILED) {
			finish(validation, mail, RECEIVABLE_UNKNOWN);
		} else if (lookup->outcome == LOOKUP_NXDOMAIN) {
			finish(validation, mail, RECEIVABLE_NO);
		} else if (lookup->outcome == LOOKUP_FOUND) {
			bool refuses = lookup->type == DNS_TYPE_MX && is_null_mx(lookup);
			finish(validation, mail, refuses ? RECEIVABLE_NO : RECEIVABLE_YES);
			if (refuses)
				mail->said = arena_printf(validation->arena, "%s, a null MX",
							  mail->said);
		} else if (lookup->type == DNS_TYPE_AAAA) {
			finish(validation, mail, RECEIVABLE_NO);
		} else {
			/* RFC 5321 section 5.1: "If an empty list of MXs is returned, the address
			 * is treated as if it was associated with an implicit MX RR, with a
			 * preference of 0, pointing to that host." */
			uint16_t next = lookup->type == DNS_TYPE_MX ? DNS_TYPE_A : DNS_TYPE_AAAA;
			validation_lookup(validation, &mail->lookup, mail->domain, next);
		}
	}
}

void mail_domain_begin(struct validation *validation, struct mail_domain *mail, const char *domain)
{
	mail->domain = domain;
	validation_lookup(validation, &mail->lookup, domain, DNS_TYPE_MX);
	settle(validation, mail);
}

bool mail_domain_advance(struct validation *validation, struct mail_domain *mail,
			 const struct event *event)
{
	if (mail->said)
		return false;
	bool mine = lookup_advance(&mail->lookup, event, &validation->steps);
	settle(validation, mail);
	return mine;
}
