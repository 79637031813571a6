/* Answers as evidence: see answer.h. */
#include "validators/answer.h"

#include "base/json.h"
#include "base/json_text.h"
#include "validators/contact.h"
#include "validators/mailbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_VERSION = 1 };

/* The members that are texts, written and read by one table. */
/* clang-format off */
#define TEXT(name, member, needed) {(name), offsetof(struct answer_facts, member), (needed)}
static const struct text_member {
	const char *name;
	size_t offset;
	bool needed;
} text_members[] = {
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
static const struct instant_member {
	const char *name;
	size_t offset;
} instant_members[] = {
	{"asked", offsetof(struct answer_facts, asked_ms)},
	{"until", offsetof(struct answer_facts, until_ms)},
	{"at",    offsetof(struct answer_facts, at_ms)},
};
/* clang-format on */

static const char **text_of(struct answer_facts *facts, const struct text_member *member)
{
	return (const char **)(void *)((char *)facts + member->offset);
}

static int64_t *instant_of(struct answer_facts *facts, const struct instant_member *member)
{
	return (int64_t *)(void *)((char *)facts + member->offset);
}

void answer_write(const struct answer_facts *facts, const struct verdict *verdict,
		  struct buffer *out)
{
	struct answer_facts copy = *facts;
	json_text_open(out, NULL, '{');
	json_text_integer(out, "version", ANSWER_VERSION);
	for (size_t i = 0; i < ARRAY_LENGTH(text_members); i++)
		json_text_string(out, text_members[i].name, *text_of(&copy, &text_members[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(instant_members); i++)
		json_text_instant(out, instant_members[i].name,
				  *instant_of(&copy, &instant_members[i]));
	json_text_open(out, "names", '[');
	for (size_t i = 0; i < facts->name_count; i++)
		json_text_string(out, NULL, facts->names[i]);
	json_text_close(out, ']');
	json_text_boolean(out, "by_agent", facts->by_agent);
	json_text_open(out, "verdict", '{');
	json_text_string(out, "code", status_code(verdict->status));
	json_text_string(out, "sentence", verdict->sentence);
	json_text_close(out, '}');
	json_text_close(out, '}');
}

/* ---- read ---- */

static STATUS broken(struct error *err, const char *member)
{
	return fail(err, EVIDENCE_BROKEN, "the member \"%s\" is missing or not usable", member);
}

static STATUS read_names(const json_t *list, struct arena *arena, struct answer_facts *ret,
			 struct error *err)
{
	size_t count = json_array_size(list);
	if (!json_is_array(list) || count > ANSWER_NAMES_MAX)
		return broken(err, "names");
	const char **names = arena_new(arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			return broken(err, "names");
		names[i] = arena_text(arena, text);
	}
	ret->names = names;
	ret->name_count = count;
	return OK;
}

static STATUS read_verdict(const json_t *verdict, enum status *ret, struct error *err)
{
	const char *code = json_get_text(verdict, "code");
	enum status status = code ? status_from_code(code) : STATUS_COUNT;
	if (status == STATUS_COUNT)
		return broken(err, "verdict");
	*ret = status;
	return OK;
}

static STATUS read_members(const json_t *object, struct arena *arena, struct answer_record *ret,
			   struct error *err)
{
	struct answer_record record = {.recorded = OK};
	if (json_get_integer(object, "version", 0) != ANSWER_VERSION)
		return broken(err, "version");
	for (size_t i = 0; i < ARRAY_LENGTH(text_members); i++) {
		const struct text_member *member = &text_members[i];
		const char *text = json_get_text(object, member->name);
		if (!text && member->needed)
			return broken(err, member->name);
		*text_of(&record.facts, member) = arena_text(arena, text);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(instant_members); i++) {
		int64_t at = json_get_instant(object, instant_members[i].name);
		if (at == 0)
			return broken(err, instant_members[i].name);
		*instant_of(&record.facts, &instant_members[i]) = at;
	}
	record.facts.by_agent = json_is_true(json_object_get(object, "by_agent"));
	TRY(read_names(json_object_get(object, "names"), arena, &record.facts, err));
	TRY(read_verdict(json_object_get(object, "verdict"), &record.recorded, err));
	*ret = record;
	return OK;
}

enum status answer_read(struct slice evidence, struct arena *arena, struct answer_record *ret,
			struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct error why = NO_ERROR;
	if (json_read(evidence, &object, &why) != OK)
		return fail(err, EVIDENCE_BROKEN, "%s", why.sentence);
	return read_members(object, arena, ret, err);
}

/* ---- decide ---- */

__attribute__((format(printf, 3, 4))) static void decided(struct verdict *ret, enum status status,
							  const char *format, ...)
{
	va_list arguments;
	*ret = (struct verdict){.status = status};
	va_start(arguments, format);
	(void)vsnprintf(ret->sentence, sizeof(ret->sentence), format, arguments);
	va_end(arguments);
}

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
		decided(ret, ANSWERED_BY_AGENT,
			"the yes for %s came from an address of the agent, which does not count",
			facts->domain);
	else if (strcmp(facts->quorum, "registrant") == 0 &&
		 !is_registrant(contacts, facts->recipient))
		decided(ret, WAITING_FOR_PERSON,
			"a yes for %s came (%s); that of the registrant is needed", facts->domain,
			facts->roles);
	else if (facts->name_count > 0)
		decided(ret, OK, "a contact of %s (%s) said yes for %s%s", facts->domain,
			facts->roles, facts->names[0], facts->name_count > 1 ? " and others" : "");
	else
		decided(ret, OK, "a contact of %s (%s) said yes", facts->domain, facts->roles);
}

void answer_decide(const struct answer_facts *facts, const struct attempt_record *contacts,
		   struct verdict *ret)
{
	const char *why = contradiction(facts, contacts);
	if (why)
		decided(ret, EVIDENCE_BROKEN, "the answer for %s cannot count: %s", facts->domain,
			why);
	else if (strcmp(facts->said, "yes") == 0)
		decide_yes(facts, contacts, ret);
	else if (strcmp(facts->said, "no") == 0)
		decided(ret, ANSWER_REJECTED, "a contact of %s (%s) said no", facts->domain,
			facts->roles);
	else if (strcmp(facts->said, "not-me") == 0)
		decided(ret, DCV_ADDRESS, "an address for %s (%s) is not that of a contact",
			facts->domain, facts->roles);
	else
		decided(ret, EVIDENCE_BROKEN, "the answer for %s is neither yes nor no",
			facts->domain);
}
