/* Answers as evidence: see answer.h. */
#include "validators/answer.h"

#include "base/json_text.h"
#include "validators/contact.h"
#include "validators/evidence_member.h"
#include "validators/mailbox.h"

#include <string.h>

enum { ANSWER_VERSION = 1 };

/* The members that are texts, written and read by one table. */
/* clang-format off */
#define TEXT(name, member, needed) {(name), offsetof(struct answer_facts, member), (needed)}
static const struct fact_member text_members[] = {
	TEXT("method", method, true), TEXT("label", label, true), TEXT("domain", domain, true),
	TEXT("pack", pack, true), TEXT("pack_digest", pack_digest, true),
	TEXT("contacts", contacts, true), TEXT("recipient", recipient, true), TEXT("roles", roles, true),
	TEXT("message", message, false), TEXT("value", value, false),
	TEXT("said", said, true), TEXT("channel", channel, true), TEXT("client", client, false),
	TEXT("user_agent", user_agent, false), TEXT("language", language, false),
	TEXT("note", note, false), TEXT("actor", actor, true), TEXT("quorum", quorum, true),
	TEXT("callee", callee, false), TEXT("callee_role", callee_role, false),
	TEXT("page", page, false),
};
static const struct fact_member instant_members[] = {
	{"asked", offsetof(struct answer_facts, asked_ms), true},
	{"until", offsetof(struct answer_facts, until_ms), true},
	{"at",    offsetof(struct answer_facts, at_ms), true},
};
/* clang-format on */
static const struct fact_table table = {
	.version = ANSWER_VERSION,
	.texts = text_members,
	.text_count = ARRAY_LENGTH(text_members),
	.instants = instant_members,
	.instant_count = ARRAY_LENGTH(instant_members),
};

void answer_write(const struct answer_facts *facts, const struct verdict *verdict,
		  struct buffer *out)
{
	facts_open(out, &table, facts);
	json_text_open(out, "names", '[');
	for (size_t i = 0; i < facts->name_count; i++)
		json_text_string(out, NULL, facts->names[i]);
	json_text_close(out, ']');
	json_text_boolean(out, "by_agent", facts->by_agent);
	facts_close(out, verdict);
}

/* ---- read ---- */

static STATUS read_names(const json_t *list, struct arena *arena, struct answer_facts *ret,
			 struct error *err)
{
	size_t count = json_array_size(list);
	if (!json_is_array(list) || count > ANSWER_NAMES_MAX)
		return member_broken(err, "names");
	const char **names = arena_new(arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			return member_broken(err, "names");
		names[i] = arena_text(arena, text);
	}
	ret->names = names;
	ret->name_count = count;
	return OK;
}

enum status answer_read(struct slice evidence, struct arena *arena, struct answer_record *ret,
			struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct answer_record record = {.recorded = OK};
	TRY(facts_read(evidence, &table, arena, &record.facts, &record.recorded, &object, err));
	record.facts.by_agent = json_is_true(json_object_get(object, "by_agent"));
	TRY(read_names(json_object_get(object, "names"), arena, &record.facts, err));
	*ret = record;
	return OK;
}

/* ---- decide ---- */

static const struct recipient *find_recipient(const struct attempt_record *contacts,
					      const char *address)
{
	const struct recipients *recipients = recipients_of(contacts);
	for (size_t i = 0; recipients && i < recipients->count; i++) {
		const struct recipient *row = &recipients->rows[i];
		bool same = strchr(row->address, '@') ? mailbox_same(row->address, address)
						      : strcmp(row->address, address) == 0;
		if (same && row->receivable != RECEIVABLE_NO)
			return row;
	}
	return NULL;
}

/* The domain itself or a name below it, with or without "*.". */
static bool is_within(const char *name, const char *domain)
{
	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	size_t length = strlen(name), tail = strlen(domain);
	if (length < tail || strcmp(name + length - tail, domain) != 0)
		return false;
	return length == tail || name[length - tail - 1] == '.';
}

/* Why the answer cannot rest on what it names; NULL when it can. Of the domain only what was asked
 * counts, never what the address or the answer says (the incident of April 2025: a mailbox's domain
 * was taken for the one confirmed). */
static const char *contradiction(const struct answer_facts *facts,
				 const struct attempt_record *contacts)
{
	if (strcmp(contacts->task.method, facts->method) != 0 ||
	    strcmp(contacts->task.domain, facts->domain) != 0)
		return "the contacts it rests on are those of another domain or method";
	if (contacts->decided.status != WAITING_FOR_PERSON ||
	    !find_recipient(contacts, facts->recipient))
		return "the contacts it rests on do not name the person";
	if (contacts->began_ms > facts->asked_ms || facts->asked_ms > facts->at_ms)
		return "its times are out of order";
	if (facts->at_ms > facts->until_ms)
		return "it came after the value's last day";
	if (strcmp(facts->channel, "call") == 0 && (!facts->callee || !facts->callee_role))
		return "it does not say who took the call";
	for (size_t i = 0; i < facts->name_count; i++)
		if (!is_within(facts->names[i], facts->domain))
			return "it confirms a name that nobody was asked about";
	return NULL;
}

static bool is_registrant(const struct attempt_record *contacts, const char *address)
{
	const struct recipient *row = find_recipient(contacts, address);
	return row && strstr(row->roles, contact_role_text(CONTACT_REGISTRANT));
}

static void decide_yes(const struct answer_facts *facts, const struct attempt_record *contacts,
		       struct verdict *ret)
{
	if (facts->by_agent)
		verdict_say(
			ret, ANSWERED_BY_AGENT,
			"the yes for %s came from an address of the agent, which does not count",
			facts->domain);
	else if (strcmp(facts->quorum, "registrant") == 0 &&
		 !is_registrant(contacts, facts->recipient))
		verdict_say(ret, WAITING_FOR_PERSON,
			    "a yes for %s came (%s); that of the registrant is needed",
			    facts->domain, facts->roles);
	else if (facts->name_count > 0)
		verdict_say(ret, OK, "a contact of %s (%s) said yes for %s%s", facts->domain,
			    facts->roles, facts->names[0],
			    facts->name_count > 1 ? " and others" : "");
	else
		verdict_say(ret, OK, "a contact of %s (%s) said yes", facts->domain, facts->roles);
}

void answer_decide(const struct answer_facts *facts, const struct attempt_record *contacts,
		   struct verdict *ret)
{
	const char *why = contradiction(facts, contacts);
	if (why)
		verdict_say(ret, EVIDENCE_BROKEN, "the answer for %s cannot count: %s",
			    facts->domain, why);
	else if (strcmp(facts->said, "yes") == 0)
		decide_yes(facts, contacts, ret);
	else if (strcmp(facts->said, "no") == 0)
		verdict_say(ret, ANSWER_REJECTED, "a contact of %s (%s) said no", facts->domain,
			    facts->roles);
	else if (strcmp(facts->said, "not-me") == 0)
		verdict_say(ret, DCV_ADDRESS, "an address for %s (%s) is not that of a contact",
			    facts->domain, facts->roles);
	else
		verdict_say(ret, EVIDENCE_BROKEN, "the answer for %s is neither yes nor no",
			    facts->domain);
}
