/*
 * May this CA issue for the name? RFC 8659, BR 4.2.2.1, REQUIREMENTS CAA-01 and
 * CAA-02. Climbs from the name up to its top-level label; the first CAA RRset
 * met decides, and the tree above the target of an alias is never climbed.
 *
 *   www.example.com ── none ──> example.com ── none ──> com ── none ──> permitted
 *         │                           │
 *         └ found: judge it           └ could not be looked up: unknown
 *
 * Questions are asked side by side, the nearest ones first; they are judged in
 * the order of the climb, so a failure below the first hit decides.
 */
#include "validators/caa_record.h"
#include "validators/validator.h"

#include <string.h>

enum { QUESTIONS_AT_ONCE = 8, SHOWN_VALUE = 80 };
_Static_assert((int)QUESTIONS_AT_ONCE <= (int)STEPS_MAX, "one activation may ask them all");

struct caa {
	struct lookup *climb; /* the name, its parent … its top-level label; in the arena */
	const char **names;
	size_t count;
	size_t asked;
};

/* Tags that are understood or known to concern something else, so that their critical flag does
 * not forbid: RFC 8659 section 4, RFC 9495, CA/B Forum appendix A.1 and VMC requirements. */
static const char *const known_tags[] = {
	"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc",
};

/* RFC 8657 parameters narrow a permission; whoever wrote one would not have it ignored. */
static const char *const narrowing_parameters[] = {"accounturi", "validationmethods"};

static bool among(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

static struct caa *state_of(struct validation *validation)
{
	return validation->state;
}

static void ask_more(struct validation *validation)
{
	struct caa *caa = state_of(validation);
	size_t open = 0;
	for (size_t i = 0; i < caa->asked; i++)
		open += caa->climb[i].outcome == LOOKUP_ASKING;
	for (; caa->asked < caa->count && open < QUESTIONS_AT_ONCE; caa->asked++, open++)
		validation_lookup(validation, &caa->climb[caa->asked], caa->names[caa->asked],
				  DNS_TYPE_CAA);
}

static void begin(struct validation *validation)
{
	struct caa *caa = state_of(validation);
	const char *domain = validation->task->domain;
	caa->count = 1;
	for (const char *c = domain; *c; c++)
		caa->count += *c == '.';
	caa->climb = arena_new(validation->arena, caa->count, sizeof(*caa->climb));
	caa->names = arena_new(validation->arena, caa->count, sizeof(*caa->names));
	for (size_t i = 0; i < caa->count; i++) {
		caa->names[i] = domain;
		const char *dot = strchr(domain, '.');
		domain = dot ? dot + 1 : domain;
	}
	ask_more(validation);
}

/* --- the words --- */

/* "www.example.com CAA: no such record; example.com CAA: 1 record" */
static const char *shown_climb(struct validation *validation, size_t levels)
{
	const struct caa *caa = state_of(validation);
	const char *text = "";
	for (size_t i = 0; i < levels; i++)
		text = arena_printf(validation->arena, "%s%s%s", text, i > 0 ? "; " : "",
				    lookup_text(&caa->climb[i], validation->arena));
	return text;
}

/* How the deciding RRset was come upon; "" when it stands at the name itself. */
static const char *shown_way(struct validation *validation, const struct lookup *lookup)
{
	const struct caa *caa = state_of(validation);
	size_t level = (size_t)(lookup - caa->climb);
	if (level == 0 && lookup->cnames == 0)
		return "";
	return arena_printf(validation->arena, " (%s)", shown_climb(validation, level + 1));
}

static const char *shown_record(struct validation *validation, const struct lookup *lookup,
				const struct caa_record *record)
{
	return arena_printf(validation->arena, "%s CAA %u %s \"%s\"", lookup->canonical,
			    (unsigned)record->flags,
			    validation_shown(validation, slice_text(record->tag), SHOWN_VALUE),
			    validation_shown(validation, record->value, SHOWN_VALUE));
}

static void hint_permit(struct validation *validation, const struct lookup *lookup, const char *tag)
{
	const struct validation_task *task = validation->task;
	if (task->identifier_count == 0)
		validation_hint(validation, "set caa_identifiers in the CA row of the catalogue");
	else
		validation_hint(validation, "add this record to the DNS: %s. CAA 0 %s \"%s\"",
				lookup->canonical, tag, task->identifiers[0]);
}

/* --- the relevant RRset --- */

struct judged {
	const struct lookup *lookup;
	struct caa_record *records;
	size_t count;
	const char *tag;        /* the property that decides: "issue" or "issuewild" */
	const char *other;      /* shown: a record that does not permit us */
	const char *narrowed;   /* shown: a record for us with a parameter that is not processed */
	const char *permitting; /* shown: the record that permits us */
};

static bool read_records(struct validation *validation, struct judged *judged)
{
	const struct lookup *lookup = judged->lookup;
	judged->count = lookup->record_count;
	judged->records = arena_new(validation->arena, judged->count, sizeof(*judged->records));
	for (size_t i = 0; i < judged->count; i++) {
		struct error why = NO_ERROR;
		if (caa_record_read(lookup->records[i]->rdata, validation->arena,
				    &judged->records[i], &why) == OK)
			continue;
		validation_finish(validation, CAA_FORBIDDEN,
				  "a CAA record of %s is malformed, so none can be relied on: %s",
				  lookup->canonical, why.sentence);
		validation_hint(validation, "correct the malformed CAA record of %s",
				lookup->canonical);
		return false;
	}
	return true;
}

/* RFC 8659 section 4.1: with the critical flag, a CA "MUST NOT issue certificates for any FQDN if
 * the Relevant RRset for that FQDN contains a CAA critical Property for an unknown or unsupported
 * Property Tag". */
static bool no_unknown_critical(struct validation *validation, const struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		const struct caa_record *record = &judged->records[i];
		if (!caa_record_critical(record) ||
		    among(record->tag, known_tags, ARRAY_LENGTH(known_tags)))
			continue;
		validation_finish(validation, CAA_FORBIDDEN,
				  "%s is critical and this CA does not know the property",
				  shown_record(validation, judged->lookup, record));
		validation_hint(validation, "remove the critical flag or the record from %s",
				judged->lookup->canonical);
		return false;
	}
	return true;
}

/* RFC 8659 section 4.3: "If at least one issuewild Property is specified in the Relevant RRset for
 * a Wildcard Domain Name, all issue Properties MUST be ignored"; for other names issuewild "MUST
 * be ignored". */
static const char *deciding_tag(const struct validation_task *task, const struct judged *judged)
{
	if (!task->wildcard)
		return "issue";
	for (size_t i = 0; i < judged->count; i++)
		if (strcmp(judged->records[i].tag, "issuewild") == 0)
			return "issuewild";
	return "issue";
}

static void weigh_record(struct validation *validation, struct judged *judged,
			 const struct caa_record *record)
{
	const struct validation_task *task = validation->task;
	const char *shown = shown_record(validation, judged->lookup, record);
	struct error why = NO_ERROR;
	struct caa_issue issue;
	if (caa_issue_read(record->value, validation->arena, &issue, &why) != OK) {
		judged->other = arena_printf(validation->arena, "%s authorises nobody (%s)", shown,
					     why.sentence);
		return;
	}
	if (!among(issue.issuer, task->identifiers, task->identifier_count)) {
		judged->other = arena_printf(validation->arena, "%s does not name this CA", shown);
		return;
	}
	for (size_t i = 0; i < issue.parameter_count; i++)
		if (among(issue.parameters[i].tag, narrowing_parameters,
			  ARRAY_LENGTH(narrowing_parameters))) {
			judged->narrowed = arena_printf(
				validation->arena,
				"%s has the parameter %s, which this CA does not process", shown,
				issue.parameters[i].tag);
			return;
		}
	judged->permitting = shown;
}

static void judge(struct validation *validation, const struct lookup *lookup)
{
	struct judged judged = {.lookup = lookup};
	if (!read_records(validation, &judged) || !no_unknown_critical(validation, &judged))
		return;
	judged.tag = deciding_tag(validation->task, &judged);
	for (size_t i = 0; i < judged.count; i++)
		if (strcmp(judged.records[i].tag, judged.tag) == 0)
			weigh_record(validation, &judged, &judged.records[i]);

	if (judged.permitting) {
		validation_finish(validation, OK, "CAA permits this CA: %s%s", judged.permitting,
				  shown_way(validation, lookup));
		return;
	}
	const char *against = judged.narrowed ? judged.narrowed : judged.other;
	if (!against) {
		validation_finish(validation, OK,
				  "CAA permits any CA: the %zu record%s of %s hold no %s property",
				  judged.count, judged.count == 1 ? "" : "s", lookup->canonical,
				  judged.tag);
		return;
	}
	validation_finish(validation, CAA_FORBIDDEN, "CAA of %s does not permit this CA: %s%s",
			  validation->task->domain, against, shown_way(validation, lookup));
	hint_permit(validation, lookup, judged.tag);
}

/* --- the climb --- */

/* The smallest TTL of what the decision rests on: the RRset that decides and the emptiness of the
 * levels below it. */
static uint32_t smallest_ttl(const struct caa *caa, size_t levels)
{
	uint32_t ttl = UINT32_MAX;
	for (size_t i = 0; i < levels; i++)
		if (caa->climb[i].ttl < ttl)
			ttl = caa->climb[i].ttl;
	return ttl;
}

static void finish_found(struct validation *validation, size_t level)
{
	const struct lookup *lookup = &state_of(validation)->climb[level];
	validation->verdict.ttl_s = smallest_ttl(state_of(validation), level + 1);
	memcpy(validation->verdict.decided_by, lookup->canonical, sizeof(lookup->canonical));
	judge(validation, lookup);
}

static void finish_unknown(struct validation *validation, size_t level)
{
	const struct lookup *lookup = &state_of(validation)->climb[level];
	validation_finish(validation, CAA_UNKNOWN, "CAA could not be looked up: %s",
			  shown_climb(validation, level + 1));
	validation_hint(validation,
			"let the name servers of %s answer questions of type CAA; without an "
			"answer nothing is issued",
			lookup->canonical);
}

/* Judges as far as the answers reach from the name upwards. */
static void climb(struct validation *validation)
{
	const struct caa *caa = state_of(validation);
	for (size_t i = 0; i < caa->asked; i++) {
		switch (caa->climb[i].outcome) {
		case LOOKUP_ASKING:
			return;
		case LOOKUP_FAILED:
			finish_unknown(validation, i);
			return;
		case LOOKUP_FOUND:
			finish_found(validation, i);
			return;
		case LOOKUP_NO_DATA:
		case LOOKUP_NXDOMAIN:
			break;
		}
	}
	if (caa->asked < caa->count)
		return;
	validation->verdict.ttl_s = smallest_ttl(caa, caa->count);
	validation_finish(validation, OK, "no CAA record restricts %s: %s",
			  validation->task->domain, shown_climb(validation, caa->count));
}

static void advance(struct validation *validation, const struct event *event)
{
	struct caa *caa = state_of(validation);
	for (size_t i = 0; i < caa->asked; i++)
		if (lookup_advance(&caa->climb[i], event, &validation->steps))
			break;
	climb(validation);
	if (!validation->finished)
		ask_more(validation);
}

const struct validator validator_caa = {
	.method = "caa",
	.evidence_kind = "dns",
	.state_size = sizeof(struct caa),
	.begin = begin,
	.advance = advance,
};
