/*
 * The desk's question "who may answer for this name?": asked of registries and
 * the DNS (`issuer contact show`), or read from an answer that was saved
 * (`issuer contact parse`). Nothing is stored but IANA's answers, and when who was
 * asked, in a home that is there (net/courtesy.h).
 */
#ifndef ISSUER_ENGINE_PEOPLE_CONTACT_H
#define ISSUER_ENGINE_PEOPLE_CONTACT_H

#include "base/json.h"
#include "validators/attempt.h"

#include <stdbool.h>

enum contact_format {
	CONTACT_FORMAT_DETECTED, /* by the bytes */
	CONTACT_FORMAT_WHOIS,
	CONTACT_FORMAT_RDAP,
};

/* "whois" or "rdap", NULL for CONTACT_FORMAT_DETECTED; USAGE. */
STATUS contact_format_parse(const char *text, enum contact_format *ret, struct error *err);

/*
 * {"name", "format", "contacts": [{"role", "name", "organization", "email",
 * "phone", …}], "referral"}: null where the answer does not say. The caller
 * drops the reference. Statuses of validators/whois.h and validators/rdap.h.
 */
STATUS contact_parse(struct slice answer, const char *name, enum contact_format format,
		     json_t **ret, struct error *err);

/* {"role", "name", …} of one contact. The caller owns it. */
struct contact;
json_t *contact_object(const struct contact *contact);

struct contact_inquiry;

/* Asks; the environment's wait() brings the answers. What the setting names, and the anchors (NULL:
 * the resolver is believed), must outlive the inquiry. NAME_INVALID. */
STATUS contact_inquire(const struct attempt_setting *setting, const struct trust_anchors *anchors,
		       const char *name, struct contact_inquiry **ret, struct error *err);
bool contact_inquiry_answered(const struct contact_inquiry *inquiry);
/*
 * {"name", "domain", "code", "detail", "complete", "contacts": [{"role", "name",
 * "organization", "email", "phone", "source", …}], "methods": {…}, "sources":
 * [{"protocol", "server", "question", "code", "said", "at"}]} of an inquiry that
 * is answered. Roles are registrant, admin, tech, dns-caa and dns-txt. *ret_status:
 * OK when somebody can be asked and everybody was learnt, NOT_FOUND when there is
 * nobody, else why something could not be learnt. The caller drops the reference.
 */
STATUS contact_inquiry_report(const struct contact_inquiry *inquiry, json_t **ret,
			      enum status *ret_status, struct error *err);
void contact_inquiry_free(struct contact_inquiry *inquiry);
void contact_inquiry_freep(struct contact_inquiry **inquiry);

#endif
