/*
 * The layouts of JPRS (RULES 3.1): "[Label]  value", in English and Japanese,
 * the column counted by display width, so a line is split at its first "]".
 * General-use and prefecture domains publish one contact window beside the
 * registrant's name: who answers there answers for the registrant. Organisational
 * domains (co.jp, ac.jp, …) publish keys only; CONTACT asks for what stands
 * behind a key and gives the third form.
 */
#include "validators/whois.h"

#include "validators/contact_value.h"
#include "validators/whois_text.h"

#include <string.h>
#include <strings.h>

/* Lines of one label that are read. */
enum { VALUES_MAX = 16 };

enum jprs_part {
	PART_DOMAIN,
	PART_REGISTRANT,   /* general-use: the registrant's name */
	PART_ORGANIZATION, /* organisational: the registrant's name */
	PART_ADMIN,
	PART_TECH,
	PART_NAME,
	PART_EMAIL,
	PART_PHONE,
	PART_HANDLE, /* of a CONTACT answer */
};

struct jprs_row {
	const char *label;
	enum jprs_part part;
};

/* The English label first where an answer has both: values in Latin letters are preferred. */
static const struct jprs_row jprs_rows[] = {
	{"Domain Name", PART_DOMAIN},
	{"ドメイン名", PART_DOMAIN},
	{"Registrant", PART_REGISTRANT},
	{"登録者名", PART_REGISTRANT},
	{"Organization", PART_ORGANIZATION},
	{"組織名", PART_ORGANIZATION},
	{"Administrative Contact", PART_ADMIN},
	{"登録担当者", PART_ADMIN},
	{"Technical Contact", PART_TECH},
	{"技術連絡担当者", PART_TECH},
	{"Name", PART_NAME},
	{"Last, First", PART_NAME},
	{"名前", PART_NAME},
	{"氏名", PART_NAME},
	{"Email", PART_EMAIL},
	{"E-Mail", PART_EMAIL},
	{"電子メイル", PART_EMAIL},
	{"Phone", PART_PHONE},
	{"TEL", PART_PHONE},
	{"電話番号", PART_PHONE},
	{"JPNIC Handle", PART_HANDLE},
	{"JPRS Handle", PART_HANDLE},
	{"JPNICハンドル", PART_HANDLE},
	{"JPRSハンドル", PART_HANDLE},
};

/* E.164 country code of Japan: what a number with a leading 0 means here. */
static const char japan[] = "81";

static bool is_text(const char *value, const char *text)
{
	return strcasestr(value, text) != NULL;
}

bool whois_is_jprs(const struct whois_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct whois_line *line = &lines->lines[i];
		if (line->kind == LINE_TEXT && is_text(line->value, "[ JPRS database"))
			return true;
		if (line->kind == LINE_PAIR && line->indent == 0 &&
		    (strcmp(line->label, "登録者名") == 0 ||
		     strcmp(line->label, "登録担当者") == 0 ||
		     strcmp(line->label, "JPNICハンドル") == 0))
			return true;
	}
	return false;
}

/* One value of a part, in the preferred language; nth counts the lines of one label. */
static const char *value_of(const struct whois_lines *lines, enum jprs_part part, size_t nth)
{
	for (size_t row = 0; row < ARRAY_LENGTH(jprs_rows); row++) {
		size_t seen = 0;
		if (jprs_rows[row].part != part)
			continue;
		for (size_t i = 0; i < lines->count; i++) {
			const struct whois_line *line = &lines->lines[i];
			if (line->kind != LINE_PAIR ||
			    strcasecmp(line->label, jprs_rows[row].label) != 0)
				continue;
			if (contact_value_says(line->value) && seen++ == nth)
				return line->value;
		}
	}
	return NULL;
}

/* "[Administrative Contact]  AB12345JP": one contact of which only the key is known. */
static void add_keys(const struct whois_reading *reading, enum jprs_part part,
		     enum contact_role role, struct contact_set *set)
{
	const char *key;
	for (size_t nth = 0; nth < VALUES_MAX && (key = value_of(&reading->lines, part, nth));
	     nth++) {
		struct contact_draft draft = {.role = role};
		contact_draft_handle(&draft, key, reading->arena);
		contact_set_add(set, &draft, reading->arena);
	}
}

static void take(struct contact_draft *draft, enum jprs_part part,
		 const struct whois_reading *reading)
{
	const char *value;
	for (size_t nth = 0; nth < VALUES_MAX && (value = value_of(&reading->lines, part, nth));
	     nth++) {
		if (part == PART_EMAIL)
			(void)contact_draft_email(draft, value, reading->arena);
		else if (part == PART_PHONE)
			(void)contact_draft_phone(draft, value, japan, reading->arena);
		else if (part == PART_NAME)
			contact_draft_name(draft, value, reading->arena);
		else if (part == PART_HANDLE)
			contact_draft_handle(draft, value, reading->arena);
		else
			contact_draft_organization(draft, value, reading->arena);
	}
}

/* What stands behind a key, or the registrant of a general-use domain. */
static void take_person(struct contact_draft *draft, const struct whois_reading *reading)
{
	take(draft, PART_ORGANIZATION, reading);
	take(draft, PART_NAME, reading);
	take(draft, PART_EMAIL, reading);
	take(draft, PART_PHONE, reading);
	take(draft, PART_HANDLE, reading);
}

enum status whois_read_jprs(const struct whois_reading *reading, struct contact_answer *ret,
			    struct error *err)
{
	const char *domain = value_of(&reading->lines, PART_DOMAIN, 0);
	const char *key = value_of(&reading->lines, PART_HANDLE, 0);
	struct contact_draft registrant = {.role = CONTACT_REGISTRANT};
	if (!domain)
		return fail(err, NAME_MISMATCH, "the answer is about %s%s, not about %s",
			    key ? "the contact " : "no domain name",
			    key ? contact_value_shown(key, NAME_TEXT, reading->arena) : "",
			    reading->name->ascii);
	if (!whois_names(reading, domain))
		return fail(err, NAME_MISMATCH, "the answer is about %s, not about %s",
			    contact_value_shown(domain, NAME_TEXT, reading->arena),
			    reading->name->ascii);
	take(&registrant, PART_REGISTRANT, reading);
	take_person(&registrant, reading);
	contact_set_add(&ret->contacts, &registrant, reading->arena);
	add_keys(reading, PART_ADMIN, CONTACT_ADMIN, &ret->contacts);
	add_keys(reading, PART_TECH, CONTACT_TECH, &ret->contacts);
	ret->domain = reading->name->ascii;
	return OK;
}

enum status whois_parse_jprs_contact(struct slice answer, const char *handle,
				     enum contact_role role, struct arena *arena,
				     struct contact_set *set, struct error *err)
{
	struct whois_reading reading = {.arena = arena};
	struct contact_draft draft = {.role = role};
	if (answer.length == 0)
		return fail(err, INPUT, "the answer is empty");
	if (answer.length > CONTACT_ANSWER_MAX)
		return fail(err, INPUT, "the answer has %zu octets, more than %d", answer.length,
			    CONTACT_ANSWER_MAX);
	TRY(whois_lines_read(whois_text(answer, ".jp", arena), arena, &reading.lines, err));
	TRY(whois_refusal(&reading, err));
	const char *key = value_of(&reading.lines, PART_HANDLE, 0);
	if (!key || strcasecmp(key, handle) != 0)
		return fail(err, NAME_MISMATCH, "the answer is about %s, not about %s",
			    key ? contact_value_shown(key, NAME_TEXT, arena) : "no contact",
			    handle);
	take_person(&draft, &reading);
	contact_set_add(set, &draft, arena);
	return OK;
}
