/*
 * The relevant CAA RRset judged: RFC 8659 section 4, and the parameters of
 * RFC 8657 with the labels of BR 4.2.2.1.2. One record that permits is enough;
 * one that is malformed, or critical and unknown, is enough to refuse.
 */
#include "validators/caa.h"

#include <string.h>

enum { SHOWN_VALUE = 80 };

/* Tags that are understood or known to concern something else, so that their critical flag does
 * not forbid: RFC 8659 section 4, RFC 9495, CA/B Forum appendix A.1 and VMC requirements. */
static const char *const known_tags[] = {
	"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc",
};

static bool among(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

struct judging {
	struct validation *validation;
	const struct lookup *lookup;
	struct caa_opinion *opinions;
	size_t count;
	const char *tag;        /* the property that decides: "issue" or "issuewild" */
	const char *against;    /* shown: a record that does not permit us; a narrowed one first */
	bool narrowed;          /* against names us, with a parameter that does not fit */
	const char *permitting; /* shown: the record that permits us */
};

static const char *shown_record(const struct judging *judging, const struct caa_record *record)
{
	struct validation *validation = judging->validation;
	return arena_printf(validation->arena, "%s CAA %u %s \"%s\"", judging->lookup->canonical,
			    (unsigned)record->flags,
			    validation_shown(validation, slice_text(record->tag), SHOWN_VALUE),
			    validation_shown(validation, record->value, SHOWN_VALUE));
}

/* --- what spoils the whole set --- */

static bool read_records(struct judging *judging)
{
	struct validation *validation = judging->validation;
	const struct lookup *lookup = judging->lookup;
	for (size_t i = 0; i < judging->count; i++) {
		struct error why = NO_ERROR;
		struct caa_opinion *opinion = &judging->opinions[i];
		if (caa_record_read(lookup->records[i]->rdata, validation->arena, &opinion->record,
				    &why) == OK)
			continue;
		opinion->effect = arena_printf(validation->arena, "is malformed: %s", why.sentence);
		validation_finish(validation, CAA_FORBIDDEN,
				  "a CAA record of %s is malformed, so none can be relied on: %s",
				  lookup->canonical, why.sentence);
		validation_hint(validation, "correct the malformed CAA record of %s",
				lookup->canonical);
	}
	return !validation->finished;
}

/* RFC 8659 section 4.1: with the critical flag, a CA "MUST NOT issue certificates for any FQDN if
 * the Relevant RRset for that FQDN contains a CAA critical Property for an unknown or unsupported
 * Property Tag". */
static bool no_unknown_critical(struct judging *judging)
{
	struct validation *validation = judging->validation;
	for (size_t i = 0; i < judging->count; i++) {
		struct caa_opinion *opinion = &judging->opinions[i];
		if (!caa_record_critical(&opinion->record) ||
		    among(opinion->record.tag, known_tags, ARRAY_LENGTH(known_tags)))
			continue;
		opinion->effect = "is critical, and this CA does not know the property";
		validation_finish(validation, CAA_FORBIDDEN,
				  "%s is critical and this CA does not know the property",
				  shown_record(judging, &opinion->record));
		validation_hint(validation, "remove the critical flag or the record from %s",
				judging->lookup->canonical);
	}
	return !validation->finished;
}

/* --- one record that decides --- */

/* RFC 8659 section 4.3: "If at least one issuewild Property is specified in the Relevant RRset for
 * a Wildcard Domain Name, all issue Properties MUST be ignored"; for other names issuewild "MUST
 * be ignored". */
static const char *deciding_tag(const struct judging *judging)
{
	if (!judging->validation->task->wildcard)
		return "issue";
	for (size_t i = 0; i < judging->count; i++)
		if (strcmp(judging->opinions[i].record.tag, "issuewild") == 0)
			return "issuewild";
	return "issue";
}

/* The value of a parameter; NULL when there is none. *ret_count tells how often it stands. */
static const char *parameter_of(const struct caa_issue *issue, const char *tag, size_t *ret_count)
{
	const char *value = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < issue->parameter_count; i++) {
		if (strcmp(issue->parameters[i].tag, tag) != 0)
			continue;
		value = issue->parameters[i].value;
		++*ret_count;
	}
	return value;
}

/* RFC 8657 section 3: "If a CA finds multiple "accounturi" parameters on the same Property, the
 * Property is unsatisfiable"; the URI must be that of the account that asks. NULL: it fits. */
static const char *account_misfit(const struct judging *judging, const struct caa_issue *issue)
{
	struct validation *validation = judging->validation;
	const char *ours = validation->task->account_uri;
	size_t count;
	const char *uri = parameter_of(issue, "accounturi", &count);
	if (!uri)
		return NULL;
	if (count > 1)
		return "names this CA with several accounts, which none can satisfy";
	if (ours && strcmp(uri, ours) == 0)
		return NULL;
	return arena_printf(validation->arena,
			    "names this CA for the account %s only, and the order's account is %s",
			    validation_shown(validation, slice_text(uri), SHOWN_VALUE),
			    ours ? ours : "none");
}

/* RFC 8657 section 4: value = [*(label ",") label], label = 1*(ALPHA / DIGIT / "-"). Labels are
 * compared as they are written: their canonical form is lower case (BR 4.2.2.1.2). */
static bool lists_method(const char *list, const struct validation_task *task, bool *ret_malformed)
{
	static const char label_octets[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	bool listed = false;
	*ret_malformed = false;
	while (*list) {
		size_t length = strspn(list, label_octets);
		for (size_t i = 0; i < task->caa_label_count; i++)
			listed |= strlen(task->caa_labels[i]) == length &&
				  memcmp(task->caa_labels[i], list, length) == 0;
		list += length;
		bool goes_on = *list == ',' && list[1] != '\0';
		*ret_malformed |= length == 0 || (*list != '\0' && !goes_on);
		if (!goes_on)
			break;
		list++;
	}
	return listed && !*ret_malformed;
}

static const char *method_misfit(const struct judging *judging, const struct caa_issue *issue)
{
	struct validation *validation = judging->validation;
	const struct validation_task *task = validation->task;
	size_t count;
	bool malformed = false;
	const char *list = parameter_of(issue, "validationmethods", &count);
	if (!list)
		return NULL;
	/* RFC 8657 leaves several lists open; none of them can be told to be the meant one. */
	if (count > 1)
		return "names this CA with several lists of validation methods";
	if (lists_method(list, task, &malformed))
		return NULL;
	const char *shown = validation_shown(validation, slice_text(list), SHOWN_VALUE);
	if (malformed)
		return arena_printf(validation->arena,
				    "names this CA with validationmethods=%s, which is no list of "
				    "methods",
				    shown);
	return arena_printf(validation->arena,
			    "names this CA for validation by %s only, and the order's method is %s",
			    *shown ? shown : "no method",
			    task->caa_label_count > 0 ? task->caa_labels[0] : "not known");
}

static void weigh(struct judging *judging, struct caa_opinion *opinion)
{
	const struct validation_task *task = judging->validation->task;
	struct arena *arena = judging->validation->arena;
	const char *shown = shown_record(judging, &opinion->record);
	struct error why = NO_ERROR;
	struct caa_issue issue;
	if (caa_issue_read(opinion->record.value, arena, &issue, &why) != OK) {
		opinion->effect = arena_printf(arena, "authorises nobody (%s)", why.sentence);
	} else if (!among(issue.issuer, task->identifiers, task->identifier_count)) {
		opinion->effect = "does not name this CA";
	} else {
		const char *misfit = account_misfit(judging, &issue);
		if (!misfit)
			misfit = method_misfit(judging, &issue);
		opinion->effect = misfit ? misfit : "permits this CA";
		if (!misfit)
			judging->permitting = shown;
		else if (!judging->narrowed)
			judging->against = NULL;
		judging->narrowed |= misfit != NULL;
	}
	if (!judging->against)
		judging->against = arena_printf(arena, "%s %s", shown, opinion->effect);
}

/* --- the set --- */

static void hint_permit(const struct judging *judging)
{
	struct validation *validation = judging->validation;
	const struct validation_task *task = validation->task;
	if (task->identifier_count == 0)
		validation_hint(validation, "set caa_identifiers in the CA row of the catalogue");
	else if (judging->narrowed)
		validation_hint(validation,
				"order by a method and an account that the record names, or add "
				"this record to the DNS: %s. CAA 0 %s \"%s\"",
				judging->lookup->canonical, judging->tag, task->identifiers[0]);
	else
		validation_hint(validation, "add this record to the DNS: %s. CAA 0 %s \"%s\"",
				judging->lookup->canonical, judging->tag, task->identifiers[0]);
}

static void conclude(struct judging *judging)
{
	struct validation *validation = judging->validation;
	const char *canonical = judging->lookup->canonical;
	if (judging->permitting) {
		validation_finish(validation, OK, "CAA permits this CA: %s", judging->permitting);
		return;
	}
	if (!judging->against) {
		validation_finish(validation, OK,
				  "CAA permits any CA: the %zu record%s of %s hold no %s property",
				  judging->count, judging->count == 1 ? "" : "s", canonical,
				  judging->tag);
		return;
	}
	validation_finish(validation, CAA_FORBIDDEN, "CAA of %s does not permit this CA: %s",
			  validation->task->domain, judging->against);
	hint_permit(judging);
}

void caa_judge(struct validation *validation, const struct lookup *lookup,
	       const struct caa_opinion **ret, size_t *ret_count)
{
	struct judging judging = {
		.validation = validation,
		.lookup = lookup,
		.opinions = arena_new(validation->arena, lookup->record_count,
				      sizeof(struct caa_opinion)),
		.count = lookup->record_count,
	};
	*ret = judging.opinions;
	*ret_count = judging.count;
	if (!read_records(&judging) || !no_unknown_critical(&judging))
		return;
	judging.tag = deciding_tag(&judging);
	for (size_t i = 0; i < judging.count; i++) {
		struct caa_opinion *opinion = &judging.opinions[i];
		if (strcmp(opinion->record.tag, judging.tag) == 0)
			weigh(&judging, opinion);
		else
			opinion->effect = "says nothing about this certificate";
	}
	conclude(&judging);
}
