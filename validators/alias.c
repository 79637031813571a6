/*
 * Which name is the name an alias of? BR 3.2.2.4, step 3.1: "the CA MAY replace
 * `A` with the result of a CNAME lookup of `A`. This step may be repeated." No
 * control is shown by it: it tells for which name control may be shown instead.
 *
 *   www.example.jp ── CNAME ──> site.host.example ── CNAME? ──> none: it ends here
 */
#include "validators/validator.h"

#include <stdio.h>
#include <string.h>

struct alias {
	struct lookup lookup;
	char name[NAME_TEXT]; /* come to so far */
	int steps;
};

static struct alias *state_of(struct validation *validation)
{
	return validation->state;
}

static void ask(struct validation *validation)
{
	struct alias *alias = state_of(validation);
	validation_lookup(validation, &alias->lookup, alias->name, DNS_TYPE_CNAME);
}

static void end(struct validation *validation)
{
	const struct alias *alias = state_of(validation);
	const char *domain = validation->task->domain;
	memcpy(validation->verdict.decided_by, alias->name, sizeof(alias->name));
	if (alias->steps == 0)
		validation_finish(validation, OK, "%s is no alias", domain);
	else
		validation_finish(validation, OK, "%s is an alias of %s", domain, alias->name);
}

static void follow(struct validation *validation)
{
	struct alias *alias = state_of(validation);
	const struct dns_record *record = alias->lookup.records[0];
	/* RFC 2181 section 10.1: an alias has one canonical name. */
	if (alias->lookup.record_count > 1 || !record->target[0]) {
		validation_finish(validation, RECORD_WRONG,
				  "%s has %zu CNAME records that lead to no one name", alias->name,
				  alias->lookup.record_count);
		validation_hint(validation, "leave one CNAME record at %s", alias->name);
		return;
	}
	if (++alias->steps > LOOKUP_CNAMES_MAX) {
		validation_finish(validation, RECORD_WRONG,
				  "the aliases of %s do not end within %d",
				  validation->task->domain, LOOKUP_CNAMES_MAX);
		validation_hint(validation, "let the CNAME records of %s come to an end",
				validation->task->domain);
		return;
	}
	memcpy(alias->name, record->target, sizeof(alias->name));
	ask(validation);
}

static void failed(struct validation *validation)
{
	const struct alias *alias = state_of(validation);
	validation_finish(validation, DNS_FAILED, "could not tell of what %s is an alias: %s",
			  alias->name, lookup_text(&alias->lookup, validation->arena));
	validation_hint(validation, "%s", lookup_advice(&alias->lookup, validation->arena));
}

/* A look-up may end as it begins, by an answer that an earlier one asked for. */
static void go_on(struct validation *validation)
{
	while (!validation->finished) {
		switch (state_of(validation)->lookup.outcome) {
		case LOOKUP_ASKING:
			return;
		case LOOKUP_FOUND:
			follow(validation);
			break;
		case LOOKUP_NO_DATA:
		case LOOKUP_NXDOMAIN:
			end(validation);
			break;
		case LOOKUP_FAILED:
			failed(validation);
			break;
		}
	}
}

static void begin(struct validation *validation)
{
	struct alias *alias = state_of(validation);
	(void)snprintf(alias->name, sizeof(alias->name), "%s", validation->task->domain);
	ask(validation);
	go_on(validation);
}

static void advance(struct validation *validation, const struct event *event)
{
	if (lookup_advance(&state_of(validation)->lookup, event, &validation->steps))
		go_on(validation);
}

const struct validator validator_alias = {
	.method = "alias",
	.evidence_kind = "dns",
	.state_size = sizeof(struct alias),
	.begin = begin,
	.advance = advance,
};
