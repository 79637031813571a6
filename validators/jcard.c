/*
 * jCards by RFC 7095 section 3.3: see jcard.h. ["vcard", [[name, {parameters},
 * type, value…], …]]. A value may be an array (a structured value) of texts or
 * arrays of texts, and no deeper.
 */
#include "validators/jcard.h"

#include "validators/contact_value.h"

#include <string.h>
#include <strings.h>

enum { PROPERTY_NAME, PROPERTY_PARAMETERS, PROPERTY_TYPE, PROPERTY_VALUE };

/* --- the form --- */

/* levels: how many arrays may still stand around what is inside. */
static bool is_value(const json_t *value, int levels)
{
	size_t i;
	json_t *element;
	if (json_is_object(value))
		return false;
	if (!json_is_array(value))
		return true;
	json_array_foreach(value, i, element)
	{
		if (levels == 0 || !is_value(element, levels - 1))
			return false;
	}
	return levels > 0;
}

/* RFC 7095 section 3.5: a parameter is a text or an array of texts; RDAP servers also write
 * numbers ("pref": 1). */
static bool are_parameters(const json_t *parameters)
{
	const char *name;
	json_t *value;
	if (!json_is_object(parameters))
		return false;
	json_object_foreach((json_t *)(uintptr_t)parameters, name, value)
	{
		if (json_is_object(value) || json_is_null(value))
			return false;
	}
	return true;
}

/* RFC 7095 section 3.3: "Each individual vCard property is represented in jCard by an array with
 * three fixed elements, followed by one or more additional elements". */
static STATUS check_property(const json_t *property, size_t at, struct error *err)
{
	if (!json_is_array(property) || json_array_size(property) <= PROPERTY_VALUE)
		return fail(err, INPUT, "property %zu of a jCard has not four elements", at);
	if (!json_is_string(json_array_get(property, PROPERTY_NAME)))
		return fail(err, INPUT, "property %zu of a jCard has no name", at);
	if (!are_parameters(json_array_get(property, PROPERTY_PARAMETERS)))
		return fail(err, INPUT, "the parameters of property %zu of a jCard are no object",
			    at);
	if (!json_is_string(json_array_get(property, PROPERTY_TYPE)))
		return fail(err, INPUT, "property %zu of a jCard has no type", at);
	for (size_t i = PROPERTY_VALUE; i < json_array_size(property); i++)
		if (!is_value(json_array_get(property, i), 2))
			return fail(err, INPUT, "property %zu of a jCard has no such value", at);
	return OK;
}

/* --- the properties --- */

static bool has_type(const json_t *property, const char *type)
{
	const json_t *types =
		json_object_get(json_array_get(property, PROPERTY_PARAMETERS), "type");
	size_t i;
	json_t *element;
	if (json_is_string(types))
		return strcasecmp(json_string_value(types), type) == 0;
	json_array_foreach(types, i, element)
	{
		if (json_is_string(element) && strcasecmp(json_string_value(element), type) == 0)
			return true;
	}
	return false;
}

/* The texts of a value, structured ones joined by a blank. */
static const char *text_of(const json_t *value, struct arena *arena)
{
	const char *joined = "";
	size_t i;
	json_t *element;
	if (json_is_string(value))
		return json_string_value(value);
	json_array_foreach(value, i, element)
	{
		const char *text = text_of(element, arena);
		if (*text)
			joined = arena_printf(arena, "%s%s%s", joined, *joined ? " " : "", text);
	}
	return joined;
}

/* A telephone that is only for facsimile, pagers or texts is nobody to talk to. */
static bool is_voice(const json_t *property)
{
	return has_type(property, "voice") ||
	       (!has_type(property, "fax") && !has_type(property, "pager") &&
		!has_type(property, "textphone"));
}

static void take_property(const json_t *property, struct contact_draft *draft, struct arena *arena)
{
	const char *name = json_string_value(json_array_get(property, PROPERTY_NAME));
	for (size_t i = PROPERTY_VALUE; i < json_array_size(property); i++) {
		const char *value = text_of(json_array_get(property, i), arena);
		if (strcasecmp(name, "fn") == 0)
			contact_draft_name(draft, value, arena);
		else if (strcasecmp(name, "org") == 0)
			contact_draft_organization(draft, value, arena);
		else if (strcasecmp(name, "email") == 0)
			(void)contact_draft_email(draft, value, arena);
		else if (strcasecmp(name, "tel") == 0 && is_voice(property))
			(void)contact_draft_phone(draft, value, NULL, arena);
	}
}

enum status jcard_read(const json_t *card, struct arena *arena, struct contact_draft *draft,
		       struct error *err)
{
	const json_t *word = json_array_get(card, 0);
	const json_t *properties = json_array_get(card, 1);
	size_t i;
	json_t *property;
	if (!json_is_array(card) || json_array_size(card) != 2 || !json_is_string(word) ||
	    strcasecmp(json_string_value(word), "vcard") != 0)
		return fail(err, INPUT, "a jCard is not [\"vcard\", [...]]");
	if (!json_is_array(properties))
		return fail(err, INPUT, "the properties of a jCard are no array");
	json_array_foreach(properties, i, property) TRY(check_property(property, i, err));
	json_array_foreach(properties, i, property) take_property(property, draft, arena);
	return OK;
}
