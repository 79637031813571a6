/* RDAP domain objects: see rdap.h. */
#include "validators/rdap.h"

#include "base/json.h"
#include "csr/names.h"
#include "validators/contact_value.h"
#include "validators/jcard.h"

#include <string.h>
#include <strings.h>

enum { HTTP_NOT_FOUND = 404, HTTP_TOO_MANY = 429 };

/* IANA registry "RDAP JSON Values", roles of RFC 9083 section 10.2.4. */
static const struct {
	const char *rdap;
	enum contact_role role;
} role_rows[] = {
	{"registrant", CONTACT_REGISTRANT},
	{"administrative", CONTACT_ADMIN},
	{"technical", CONTACT_TECH},
};

static bool has_role(const json_t *entity, const char *role)
{
	const json_t *roles = json_object_get(entity, "roles");
	size_t i;
	json_t *element;
	json_array_foreach(roles, i, element)
	{
		if (json_is_string(element) && strcasecmp(json_string_value(element), role) == 0)
			return true;
	}
	return false;
}

/* Who registers for others or takes complaints is not who holds the name, whatever else the entity
 * is called. */
static bool is_registrar(const json_t *entity)
{
	return has_role(entity, "registrar") || has_role(entity, "reseller");
}

static STATUS read_entity(const json_t *entity, struct arena *arena, struct contact_set *set,
			  struct error *err)
{
	const json_t *card = json_object_get(entity, "vcardArray");
	if (!json_is_object(entity))
		return fail(err, INPUT, "an entity is no object");
	if (is_registrar(entity))
		return OK;
	for (size_t i = 0; i < ARRAY_LENGTH(role_rows); i++) {
		struct contact_draft draft = {.role = role_rows[i].role};
		if (!has_role(entity, role_rows[i].rdap))
			continue;
		if (json_get_text(entity, "handle"))
			contact_draft_handle(&draft, json_get_text(entity, "handle"), arena);
		if (card)
			TRY(jcard_read(card, arena, &draft, err));
		contact_set_add(set, &draft, arena);
	}
	return OK;
}

/* RFC 9083 section 6: an answer that is an error has "errorCode", the HTTP status. */
static STATUS check_error(const json_t *object, const struct name *name, struct arena *arena,
			  struct error *err)
{
	const char *title = json_get_text(object, "title");
	const char *shown = contact_value_shown(title ? title : "", NAME_TEXT, arena);
	int64_t code = json_get_integer(object, "errorCode", 0);
	if (code == HTTP_NOT_FOUND)
		return fail(err, NOT_FOUND, "the server knows no %s", name->ascii);
	if (code == HTTP_TOO_MANY) {
		(void)fail(err, RATE_LIMITED, "the server would not say: \"%s\"", shown);
		return fail_hint(err, RATE_LIMITED,
				 "ask again later; this does not mean that "
				 "there are no contacts");
	}
	if (code != 0)
		return fail(err, INPUT, "the answer is error %lld: \"%s\"", (long long)code, shown);
	return OK;
}

/* RFC 9083 section 3: names may be written with a trailing dot. */
static bool is_name(const char *text, const struct name *asked)
{
	struct name named;
	return strcasecmp(text, asked->ascii) == 0 ||
	       (name_normalise(text, &named, NULL) == OK && strcmp(named.ascii, asked->ascii) == 0);
}

static STATUS check_domain(const json_t *object, const struct name *asked, struct arena *arena,
			   const char **ret, struct error *err)
{
	static const char *const members[] = {"ldhName", "unicodeName"};
	const char *class = json_get_text(object, "objectClassName");
	if (class && strcmp(class, "domain") != 0)
		return fail(err, INPUT, "the answer is a \"%s\", not a domain",
			    contact_value_shown(class, NAME_TEXT, arena));
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		const char *text = json_get_text(object, members[i]);
		if (!text)
			continue;
		if (!is_name(text, asked))
			return fail(err, NAME_MISMATCH, "the answer is about %s, not about %s",
				    contact_value_shown(text, NAME_TEXT, arena), asked->ascii);
		*ret = asked->ascii;
	}
	if (!class && !*ret)
		return fail(err, INPUT, "the answer is no RDAP domain object");
	return OK;
}

/* A registry that holds only what it must points to the registrar's object: a link of relation
 * "related" and the media type of RDAP (RFC 9083 section 4.2). */
static const char *related_of(const json_t *object, struct arena *arena)
{
	size_t i;
	const json_t *link;
	json_array_foreach(json_object_get(object, "links"), i, link)
	{
		const char *relation = json_get_text(link, "rel");
		const char *type = json_get_text(link, "type");
		const char *target = json_get_text(link, "href");
		if (relation && type && target && strcasecmp(relation, "related") == 0 &&
		    strncasecmp(type, "application/rdap+json", 21) == 0)
			return arena_text(arena, target);
	}
	return NULL;
}

enum status rdap_parse(struct slice bytes, const char *name_text, struct arena *arena,
		       struct contact_answer *ret, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct contact_answer answer = {.domain = NULL};
	const char *domain = NULL;
	struct name name;
	size_t i;
	json_t *entity;
	TRY(name_normalise(name_text, &name, err));
	if (bytes.length > CONTACT_ANSWER_MAX)
		return fail(err, INPUT, "the answer has %zu octets, more than %d", bytes.length,
			    CONTACT_ANSWER_MAX);
	if (bytes.length == 0)
		return fail(err, INPUT, "the answer is empty");
	TRY(json_read(bytes, &object, err));
	TRY(check_error(object, &name, arena, err));
	TRY(check_domain(object, &name, arena, &domain, err));
	const json_t *entities = json_object_get(object, "entities");
	if (entities && !json_is_array(entities))
		return fail(err, INPUT, "the entities of the answer are no array");
	json_array_foreach(entities, i, entity)
		TRY(read_entity(entity, arena, &answer.contacts, err));
	answer.domain = domain ? arena_text(arena, domain) : NULL;
	answer.related = related_of(object, arena);
	*ret = answer;
	return OK;
}
