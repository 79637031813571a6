/*
 * Control of a name by a TXT record: BR 3.2.2.4.7 "DNS Change". The record stands
 * at one label below the Authorization Domain Name, which may delegate that label
 * elsewhere by CNAME; what the aliases lead to changes nothing about the name
 * whose control is shown.
 *
 *   _issuer-validation.<ADN> ── TXT, aliases followed ──> one record equals the value
 */
#include "validators/txt_record.h"

/* BR 3.2.2.4.7: the value is "in a DNS CNAME, TXT or CAA record returned in a query for either:
 * 1. the ADN; or 2. the ADN prefixed with a Domain Label that begins with an underscore
 * character." Without the underscore it would be a host name like any other, which a site may give
 * to its users. */
#define RECORD_LABEL "_issuer-validation."

static const char *record_name(const struct validation_task *task, struct arena *arena)
{
	return arena_printf(arena, RECORD_LABEL "%s", task->domain);
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	txt_record_publish(record_name(task, arena), task->value, arena, ret);
}

static void begin(struct validation *validation)
{
	txt_record_begin(validation, validation->state,
			 record_name(validation->task, validation->arena), validation->task->value);
}

static void advance(struct validation *validation, const struct event *event)
{
	if (txt_record_advance(validation, validation->state, event))
		txt_record_compare(validation, validation->state);
}

const struct validator validator_dns_txt = {
	.method = "dns-txt",
	.evidence_kind = "dns",
	.state_size = sizeof(struct txt_record),
	.place = PUBLISH_RECORD,
	.value = VALUE_RANDOM,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};
