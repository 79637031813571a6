/*
 * Control of a name by a record that stays: BR 3.2.2.4.22 "DNS TXT Record with
 * Persistent Value" and draft-ietf-acme-dns-persist. The record names the CA and
 * the account; there is no challenge, so a record that stands validates at once.
 * Where the two differ the stricter one counts: the draft asks for
 * policy=wildcard before a record serves wildcard names or names below the ADN.
 *
 * An address has its record in the reverse namespace (BR 3.2.2.5.8).
 *
 *   _validation-persist.<ADN> ── TXT ──> "ca.example; accounturi=URI; policy=wildcard;
 *                                         persistUntil=1790000000"
 */
#include "base/civil.h"
#include "validators/caa_record.h"
#include "validators/txt_record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RECORD_LABEL "_validation-persist."
/* BR 3.2.2.5.8, of an address: at this label of its reverse name. */
#define ADDRESS_LABEL "_ip-validation-persist."

/* The parameters of the record that are known; caa_issue_read gives tags in lower case. */
enum parameter { ACCOUNT_URI, POLICY, PERSIST_UNTIL, PARAMETER_COUNT };
static const char *const parameter_tags[] = {
	[ACCOUNT_URI] = "accounturi", [POLICY] = "policy", [PERSIST_UNTIL] = "persistuntil"};
_Static_assert(ARRAY_LENGTH(parameter_tags) == PARAMETER_COUNT, "one tag a parameter");

/* What one record shows, the nearer to what is wanted the later. */
enum finding {
	OTHER_ISSUER, /* of another CA: none of our business */
	MALFORMED,
	OTHER_ACCOUNT,
	NAME_ALONE, /* without policy=wildcard, which the task needs */
	EXPIRED,
	SHOWN,
	FINDING_COUNT
};

static const char *const finding_words[] = {
	[OTHER_ISSUER] = "none names this CA",
	[MALFORMED] = "the one for this CA is malformed",
	[OTHER_ACCOUNT] = "the one for this CA does not name the account",
	[NAME_ALONE] = "the one for the account has no policy=wildcard, as names below need",
	[EXPIRED] = "the persistUntil of the one for the account has passed",
	[SHOWN] = "one names this CA and the account",
};
_Static_assert(ARRAY_LENGTH(finding_words) == FINDING_COUNT, "words for every finding");

static const char *record_name(const struct validation_task *task, struct arena *arena)
{
	struct address address;
	char reverse[ADDRESS_REVERSE_TEXT];
	if (address_parse(task->domain, &address) == OK)
		return arena_printf(arena, ADDRESS_LABEL "%s",
				    address_reverse_name(&address, reverse));
	return arena_printf(arena, RECORD_LABEL "%s", task->domain);
}

/* NULL when the task names no CA or no account. */
static const char *content_of(const struct validation_task *task, struct arena *arena)
{
	if (task->identifier_count == 0 || !task->account_uri)
		return NULL;
	return arena_printf(arena, "%s; accounturi=%s%s", task->identifiers[0], task->account_uri,
			    task->wildcard ? "; policy=wildcard" : "");
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	txt_record_publish(record_name(task, arena), content_of(task, arena), arena, ret);
}

static void begin(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	txt_record_begin(validation, validation->state, record_name(task, validation->arena),
			 content_of(task, validation->arena));
}

/* --- one record --- */

static bool names_this_ca(const struct validation_task *task, const char *issuer)
{
	for (size_t i = 0; i < task->identifier_count; i++)
		if (strcasecmp(task->identifiers[i], issuer) == 0)
			return true;
	return false;
}

/* The known parameters, NULL where absent; unknown ones are ignored. false when a known one stands
 * twice. */
static bool take_parameters(const struct caa_issue *issue, const char *values[PARAMETER_COUNT])
{
	for (size_t i = 0; i < issue->parameter_count; i++) {
		for (size_t k = 0; k < PARAMETER_COUNT; k++) {
			if (strcmp(issue->parameters[i].tag, parameter_tags[k]) != 0)
				continue;
			if (values[k])
				return false;
			values[k] = issue->parameters[i].value;
		}
	}
	return true;
}

/* Base-10 seconds since 1970, digits alone; false when it is none or too large for an instant. */
static bool read_seconds(const char *text, int64_t *ret)
{
	enum { DIGITS_MAX = 15 };
	size_t length = strlen(text);
	if (length == 0 || length > DIGITS_MAX || strspn(text, "0123456789") != length)
		return false;
	*ret = strtoll(text, NULL, 10);
	return true;
}

/* BR 3.2.2.4.22: the record is refused once the time of the check is past persistUntil. The clock
 * is the instant of the answer, in the whole seconds that evidence keeps. */
static enum finding judge(const struct validation_task *task, const struct caa_issue *issue,
			  int64_t at_ms)
{
	const char *values[PARAMETER_COUNT] = {NULL};
	int64_t until_s = 0;
	if (!take_parameters(issue, values) || !values[ACCOUNT_URI] ||
	    (values[PERSIST_UNTIL] && !read_seconds(values[PERSIST_UNTIL], &until_s)))
		return MALFORMED;
	/* RFC 8657 section 3, by RFC 3986 section 6.2.1: simple string comparison. */
	if (strcmp(values[ACCOUNT_URI], task->account_uri) != 0)
		return OTHER_ACCOUNT;
	if (task->wildcard && (!values[POLICY] || strcasecmp(values[POLICY], "wildcard") != 0))
		return NAME_ALONE;
	if (values[PERSIST_UNTIL] && at_ms / SECOND_MS > until_s)
		return EXPIRED;
	return SHOWN;
}

static enum finding weigh(struct validation *validation, struct slice text, int64_t at_ms)
{
	struct caa_issue issue;
	const struct validation_task *task = validation->task;
	if (caa_issue_read(text, validation->arena, &issue, NULL) != OK) {
		/* Whose it was meant to be is told by how it begins, for the sentence alone. */
		ptrdiff_t end = slice_find(text, slice_text(";"));
		const char *name = arena_printf(validation->arena, "%.*s",
						(int)(end < 0 ? (ptrdiff_t)text.length : end),
						(const char *)text.data);
		return names_this_ca(task, name) ? MALFORMED : OTHER_ISSUER;
	}
	return names_this_ca(task, issue.issuer) ? judge(task, &issue, at_ms) : OTHER_ISSUER;
}

/* --- the records --- */

static void advance(struct validation *validation, const struct event *event)
{
	struct txt_record *record = validation->state;
	enum finding best = OTHER_ISSUER;
	if (!txt_record_advance(validation, record, event))
		return;
	for (size_t i = 0; i < record->lookup.record_count; i++) {
		struct slice text;
		enum finding finding = OTHER_ISSUER;
		if (txt_record_text(validation, record, i, &text))
			finding = weigh(validation, text, event->at_ms);
		if (finding > best)
			best = finding;
	}
	validation->verdict.ttl_s = record->lookup.ttl;
	if (best == SHOWN)
		validation_finish(validation, OK, "%s, %s",
				  lookup_text(&record->lookup, validation->arena),
				  finding_words[best]);
	else
		txt_record_wrong(validation, record, finding_words[best]);
}

const struct validator validator_dns_persist_01 = {
	.method = "dns-persist-01",
	.evidence_kind = "dns",
	.state_size = sizeof(struct txt_record),
	.place = PUBLISH_RECORD,
	.value = VALUE_NONE,
	.needs_account_uri = true,
	.needs_identifiers = true,
	.below_apart = true,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};
