/* Saved answers of registries as an object: see contact.h. */
#include "engine/people/contact.h"

#include "validators/rdap.h"
#include "validators/whois.h"

#include <string.h>

typedef STATUS contact_parser(struct slice answer, const char *name, struct arena *arena,
			      struct contact_answer *ret, struct error *err);

static const struct {
	const char *text;
	contact_parser *parse;
} format_rows[] = {
	[CONTACT_FORMAT_WHOIS] = {"whois", whois_parse},
	[CONTACT_FORMAT_RDAP] = {"rdap", rdap_parse},
};

enum status contact_format_parse(const char *text, enum contact_format *ret, struct error *err)
{
	if (!text) {
		*ret = CONTACT_FORMAT_DETECTED;
		return OK;
	}
	for (size_t i = CONTACT_FORMAT_WHOIS; i < ARRAY_LENGTH(format_rows); i++) {
		if (strcmp(format_rows[i].text, text) == 0) {
			*ret = (enum contact_format)i;
			return OK;
		}
	}
	return fail(err, USAGE, "an answer is whois or rdap, not \"%s\"", text);
}

/* RDAP is a JSON object (RFC 9083); no WHOIS answer begins with a brace. */
static enum contact_format detected(struct slice answer)
{
	size_t at = 0;
	while (at < answer.length && memchr(" \t\r\n", answer.data[at], 4))
		at++;
	return at < answer.length && answer.data[at] == '{' ? CONTACT_FORMAT_RDAP
							    : CONTACT_FORMAT_WHOIS;
}

static void add_text_or_null(json_t *object, const char *name, const char *text)
{
	json_add(object, name, text ? json_string(text) : json_null());
}

json_t *contact_object(const struct contact *contact)
{
	json_t *object = json_object();
	json_add_text(object, "role", contact_role_text(contact->role));
	add_text_or_null(object, "name", contact->name);
	add_text_or_null(object, "organization", contact->organization);
	add_text_or_null(object, "email", contact->email);
	add_text_or_null(object, "phone", contact->phone);
	json_add_text(object, "phone_written", contact->phone_written);
	json_add_text(object, "handle", contact->handle);
	json_add_text(object, "source", contact->source);
	return object;
}

enum status contact_parse(struct slice bytes, const char *name, enum contact_format format,
			  json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct contact_answer answer;
	if (format == CONTACT_FORMAT_DETECTED)
		format = detected(bytes);
	TRY(format_rows[format].parse(bytes, name, &arena, &answer, err));
	json_t *object = json_object();
	json_t *contacts = json_array();
	for (size_t i = 0; i < answer.contacts.count; i++)
		(void)json_array_append_new(contacts, contact_object(&answer.contacts.rows[i]));
	json_add_text(object, "name", name);
	json_add_text(object, "format", format_rows[format].text);
	json_add(object, "contacts", contacts);
	json_add_text(object, "referral", answer.referral);
	*ret = object;
	return OK;
}
