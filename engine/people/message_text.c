/*
 * The mail that asks: see message_text.h. Each fact first becomes a value, one
 * line of visible UTF-8; values stand in text as they are and in HTML escaped;
 * headers hold checked mailboxes and encoded words alone.
 */
#include "engine/people/message_text.h"

#include "base/civil.h"
#include "base/mime.h"
#include "base/utf8.h"
#include "validators/mailbox.h"

#include <stdio.h>
#include <string.h>

enum { BOUNDARY_LEAST = 16, MESSAGE_ID_MAX = 200, BODY_MAX = MESSAGE_TEXT_MAX / 2 };

/* ---- what is checked, because the mail depends on its form ---- */

#define DIGITS_AND_LETTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static enum status check_span(const char *what, const char *text, const char *allowed, size_t least,
			      size_t most, struct error *err)
{
	size_t length = text ? strlen(text) : 0;
	if (length < least || length > most || strspn(text, allowed) != length)
		return fail(err, INPUT, "the %s cannot be written into a mail", what);
	return OK;
}

/* A mailbox of a header. */
static enum status check_mailbox(const char *header, const char *text, struct mailbox *ret,
				 struct error *err)
{
	struct error why = NO_ERROR;
	if (mailbox_parse(slice_text(text), ret, &why) != OK)
		return fail(err, INPUT, "%s is not a mailbox: %s", header, why.sentence);
	if (mailbox_unwritable(ret))
		return fail(err, INPUT, "%s is a mailbox that a header cannot hold", header);
	/* The domain as the DNS has it, which is ASCII. */
	char *domain = strrchr(ret->text, '@') + 1;
	(void)snprintf(domain, sizeof(ret->text) - (size_t)(domain - ret->text), "%s", ret->domain);
	return OK;
}

static enum status check_url(const char *url, struct error *err)
{
	bool web = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
	TRY(check_span("link", url, DIGITS_AND_LETTERS "-._~:/?#[]@!$&()*+,;=%", 9, MESSAGE_URL_MAX,
		       err));
	return web ? OK : fail(err, INPUT, "the link is not an http or https URL");
}

static enum status check_message_id(const char *id, struct error *err)
{
	TRY(check_span("Message-ID", id, DIGITS_AND_LETTERS "-._@", 3, MESSAGE_ID_MAX, err));
	const char *at = strchr(id, '@');
	if (!at || strchr(at + 1, '@') || at == id || !at[1] || strstr(id, "..") || id[0] == '.' ||
	    at[-1] == '.' || at[1] == '.' || id[strlen(id) - 1] == '.')
		return fail(err, INPUT, "the Message-ID is not one");
	return OK;
}

struct addresses {
	struct mailbox from, reply_to, to;
};

static enum status check_facts(const struct message_facts *facts, struct addresses *ret,
			       struct error *err)
{
	TRY(check_mailbox("From", facts->from, &ret->from, err));
	TRY(check_mailbox("To", facts->to, &ret->to, err));
	if (facts->reply_to)
		TRY(check_mailbox("Reply-To", facts->reply_to, &ret->reply_to, err));
	TRY(check_message_id(facts->message_id, err));
	TRY(check_span("boundary", facts->boundary, DIGITS_AND_LETTERS, BOUNDARY_LEAST,
		       MESSAGE_BOUNDARY_MAX, err));
	TRY(check_url(facts->url, err));
	return check_span("value", facts->value, DIGITS_AND_LETTERS "-_", 1, MESSAGE_VALUE_MAX,
			  err);
}

/* ---- facts as values ---- */

/* One language's values; of NAME there are several. */
struct values {
	const char *of[TEMPLATE_WORD_COUNT];
	const char *names[MESSAGE_NAMES_SHOWN];
	size_t name_count;
};

static const struct {
	const char *tag, *separator;
	enum template_file subject, text, html, call, organisation_call;
} languages[] = {
	[MESSAGE_JA] = {"ja", "、", TEMPLATE_SUBJECT_JA, TEMPLATE_TEXT_JA, TEMPLATE_HTML_JA,
			TEMPLATE_CALL_JA, TEMPLATE_ORGANISATION_CALL_JA},
	[MESSAGE_EN] = {"en", ", ", TEMPLATE_SUBJECT_EN, TEMPLATE_TEXT_EN, TEMPLATE_HTML_EN,
			TEMPLATE_CALL_EN, TEMPLATE_ORGANISATION_CALL_EN},
};

static const char *shown(const char *text, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out = {.maximum = 8 * MESSAGE_FACT_SHOWN};
	if (!text || !text[0])
		return NULL;
	utf8_append_shown(&out, text, MESSAGE_FACT_SHOWN);
	return arena_text(arena, buffer_text(&out));
}

/* To the minute before, which is early enough for an end. */
static const char *time_text(const struct message_facts *facts, int64_t at,
			     enum message_language language, struct arena *arena)
{
	static const char months[12][10] = {"January",   "February", "March",    "April",
					    "May",       "June",     "July",     "August",
					    "September", "October",  "November", "December"};
	struct civil date = civil_of(at, facts->zone_s);
	int64_t minute = (at - civil_start(date, facts->zone_s)) / MINUTE_MS;
	int hours = (int)(minute / 60), minutes = (int)(minute % 60);
	int zone = facts->zone_s < 0 ? -facts->zone_s : facts->zone_s;
	const char *offset =
		zone ? arena_printf(arena, "UTC%c%02d:%02d", facts->zone_s < 0 ? '-' : '+',
				    zone / 3600, zone / 60 % 60)
		     : "UTC";
	switch (language) {
	case MESSAGE_JA:
		return arena_printf(arena, "%d年%d月%d日 %02d:%02d (%s)", date.year, date.month,
				    date.day, hours, minutes, offset);
	case MESSAGE_EN:
	case MESSAGE_LANGUAGE_COUNT:
		break;
	}
	return arena_printf(arena, "%d %s %d, %02d:%02d (%s)", date.day, months[date.month - 1],
			    date.year, hours, minutes, offset);
}

/* The words of a role; a role that has none is shown as it is. */
static const char *role_words(const struct message_templates *templates,
			      enum message_language language, const char *role)
{
	for (int i = 0; i < TEMPLATE_ROLE_COUNT; i++) {
		if (strcmp(role, template_role_text((enum template_role)i)) == 0)
			return templates->roles[language][i];
	}
	return role;
}

static const char *roles_text(const struct message_templates *templates, const char *roles,
			      enum message_language language, struct arena *arena)
{
	const char *text = NULL;
	for (const char *rest = roles; *rest;) {
		size_t length = strcspn(rest, " ");
		const char *role = arena_bytes(arena, slice_of(rest, length));
		if (length)
			text = arena_printf(arena, "%s%s%s", text ? text : "",
					    text ? languages[language].separator : "",
					    role_words(templates, language, role));
		rest += length + (rest[length] == ' ');
	}
	return shown(text, arena);
}

static const char *domain_text(const struct message_facts *facts, struct arena *arena)
{
	const char *display = facts->domain_display ? facts->domain_display : facts->domain;
	if (strcmp(display, facts->domain) == 0)
		return shown(display, arena);
	return arena_printf(arena, "%s (%s)", shown(display, arena), shown(facts->domain, arena));
}

static void take_values(const struct message_templates *templates,
			const struct message_facts *facts, enum message_language language,
			struct arena *arena, struct values *ret)
{
	size_t count =
		facts->name_count < MESSAGE_NAMES_SHOWN ? facts->name_count : MESSAGE_NAMES_SHOWN;
	*ret = (struct values){
		.of = {[TEMPLATE_APPLICANT] = shown(facts->applicant, arena),
		       [TEMPLATE_COUNTRY] = shown(facts->country, arena),
		       [TEMPLATE_PRODUCT] = shown(facts->product, arena),
		       [TEMPLATE_CA] = shown(facts->ca, arena),
		       [TEMPLATE_DOMAIN] = domain_text(facts, arena),
		       [TEMPLATE_ROLES] = roles_text(templates, facts->roles, language, arena),
		       [TEMPLATE_SOURCE] = shown(facts->source, arena),
		       [TEMPLATE_LINK] = facts->url,
		       [TEMPLATE_VALUE] = facts->value,
		       [TEMPLATE_UNTIL] = time_text(facts, facts->until_at, language, arena)},
		.name_count = count,
	};
	if (count < facts->name_count)
		ret->of[TEMPLATE_MORE] = arena_printf(arena, "%zu", facts->name_count - count);
	for (size_t i = 0; i < count; i++)
		ret->names[i] = shown(facts->names[i], arena);
}

/* ---- templates filled in ---- */

enum form { FORM_TEXT, FORM_HTML };

static void append_html(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buffer_append_text(out, "&amp;");
			break;
		case '<':
			buffer_append_text(out, "&lt;");
			break;
		case '>':
			buffer_append_text(out, "&gt;");
			break;
		case '"':
			buffer_append_text(out, "&quot;");
			break;
		case '\'':
			buffer_append_text(out, "&#39;");
			break;
		default:
			buffer_append_byte(out, (uint8_t)*text);
		}
	}
}

static const char *value_of(const struct values *values, enum template_word word, size_t name)
{
	if (word == TEMPLATE_NAME)
		return name < values->name_count ? values->names[name] : NULL;
	return values->of[word];
}

/* False when a placeholder of the line has no value. */
static bool has_values(const struct template_line *line, const struct values *values, size_t name)
{
	for (size_t i = 0; i < line->count; i++) {
		enum template_word word = line->pieces[i].word;
		if (word != TEMPLATE_WORD_COUNT && !value_of(values, word, name))
			return false;
	}
	return true;
}

static bool is_of_names(const struct template_line *line)
{
	for (size_t i = 0; i < line->count; i++) {
		if (line->pieces[i].word == TEMPLATE_NAME)
			return true;
	}
	return false;
}

static void append_line(struct buffer *out, const struct template_line *line,
			const struct values *values, size_t name, enum form form)
{
	for (size_t i = 0; i < line->count; i++) {
		enum template_word word = line->pieces[i].word;
		buffer_append_slice(out, line->pieces[i].text);
		if (word == TEMPLATE_WORD_COUNT)
			continue;
		/* The body of the frame is HTML already. */
		if (form == FORM_TEXT || word == TEMPLATE_BODY)
			buffer_append_text(out, value_of(values, word, name));
		else
			append_html(out, value_of(values, word, name));
	}
}

static void append_lines(struct buffer *out, const struct template_text *text,
			 const struct values *values, enum form form)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct template_line *line = &text->lines[i];
		size_t times = is_of_names(line) ? values->name_count : 1;
		for (size_t name = 0; name < times; name++) {
			if (!has_values(line, values, name))
				continue;
			append_line(out, line, values, name, form);
			buffer_append_text(out, "\r\n");
		}
	}
}

/* ---- the mail ---- */

/* Everything that one mail is written from. */
struct letter {
	const struct message_templates *templates;
	const struct message_facts *facts;
	struct addresses addresses;
	struct values values[MESSAGE_LANGUAGE_COUNT];
	enum message_language first, last;
};

static void take_mail_values(struct letter *letter, enum message_language language,
			     struct arena *arena)
{
	const struct addresses *addresses = &letter->addresses;
	struct values *values = &letter->values[language];
	take_values(letter->templates, letter->facts, language, arena, values);
	values->of[TEMPLATE_ADDRESS] = arena_text(arena, addresses->to.text);
	values->of[TEMPLATE_CONTACT] = arena_text(
		arena, letter->facts->reply_to ? addresses->reply_to.text : addresses->from.text);
}

static void append_subject(struct buffer *out, const struct letter *letter)
{
	CLEANUP(buffer_release) struct buffer subject = {.maximum = BODY_MAX};
	for (int i = (int)letter->first; i <= (int)letter->last; i++) {
		const struct template_text *text = &letter->templates->files[languages[i].subject];
		if (subject.length)
			buffer_append_text(&subject, " / ");
		append_line(&subject, &text->lines[0], &letter->values[i], 0, FORM_TEXT);
	}
	buffer_append_text(out, "Subject: ");
	mime_append_unstructured(out, buffer_slice(&subject), strlen("Subject: "));
	buffer_append_text(out, "\r\n");
}

static void append_from(struct buffer *out, const struct letter *letter)
{
	CLEANUP(buffer_release) struct buffer name = {.maximum = BODY_MAX};
	const char *address = letter->addresses.from.text;
	if (!letter->facts->from_name || !letter->facts->from_name[0]) {
		buffer_printf(out, "From: %s\r\n", address);
		return;
	}
	utf8_append_shown(&name, letter->facts->from_name, MESSAGE_FACT_SHOWN);
	buffer_append_text(out, "From: ");
	mime_append_phrase(out, buffer_slice(&name), strlen("From: "));
	buffer_printf(out, "\r\n <%s>\r\n", address);
}

static void append_head(struct buffer *out, const struct letter *letter)
{
	append_from(out, letter);
	buffer_printf(out, "To: %s\r\n", letter->addresses.to.text);
	if (letter->facts->reply_to)
		buffer_printf(out, "Reply-To: %s\r\n", letter->addresses.reply_to.text);
	append_subject(out, letter);
	buffer_append_text(out, "Date: ");
	mime_append_date(out, letter->facts->at);
	buffer_printf(out, "\r\nMessage-ID: <%s>\r\n", letter->facts->message_id);
	/* RFC 3834 section 5: no person wrote it; so that it is not answered by a program either,
	 * also those that read only the second header. Reports of non-delivery are wanted. */
	buffer_append_text(out, "Auto-Submitted: auto-generated\r\n"
				"X-Auto-Response-Suppress: OOF, AutoReply\r\n"
				"Content-Language: ");
	for (int i = (int)letter->first; i <= (int)letter->last; i++)
		buffer_printf(out, "%s%s", i > (int)letter->first ? ", " : "", languages[i].tag);
	buffer_printf(out,
		      "\r\nMIME-Version: 1.0\r\n"
		      "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
		      letter->facts->boundary);
}

static void append_part(struct buffer *out, const struct letter *letter, const char *type,
			const struct buffer *body)
{
	buffer_printf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\n", letter->facts->boundary,
		      type);
	mime_append_text_part(out, buffer_slice(body));
	out->overflowed |= body->overflowed;
}

static void append_text(struct buffer *out, const struct letter *letter)
{
	CLEANUP(buffer_release) struct buffer body = {.maximum = BODY_MAX};
	for (int i = (int)letter->first; i <= (int)letter->last; i++) {
		if (body.length)
			buffer_append_text(&body, "\r\n"
						  "----------------------------------------"
						  "----------------------------\r\n\r\n");
		append_lines(&body, &letter->templates->files[languages[i].text],
			     &letter->values[i], FORM_TEXT);
	}
	append_part(out, letter, "text/plain", &body);
}

static void append_html_part(struct buffer *out, const struct letter *letter)
{
	CLEANUP(buffer_release) struct buffer inner = {.maximum = BODY_MAX};
	CLEANUP(buffer_release) struct buffer body = {.maximum = BODY_MAX};
	for (int i = (int)letter->first; i <= (int)letter->last; i++)
		append_lines(&inner, &letter->templates->files[languages[i].html],
			     &letter->values[i], FORM_HTML);
	struct values frame = {.of = {[TEMPLATE_BODY] = buffer_text(&inner)}};
	append_lines(&body, &letter->templates->files[TEMPLATE_FRAME], &frame, FORM_HTML);
	body.overflowed |= inner.overflowed;
	append_part(out, letter, "text/html", &body);
}

enum status message_compose(const struct message_templates *templates,
			    const struct message_facts *facts, struct buffer *out,
			    struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer mail = {.maximum = MESSAGE_TEXT_MAX};
	struct letter letter = {
		.templates = templates,
		.facts = facts,
		.first = facts->languages == MESSAGE_ONLY_EN ? MESSAGE_EN : MESSAGE_JA,
		.last = facts->languages == MESSAGE_ONLY_JA ? MESSAGE_JA : MESSAGE_EN,
	};
	TRY(check_facts(facts, &letter.addresses, err));
	for (int i = (int)letter.first; i <= (int)letter.last; i++)
		take_mail_values(&letter, (enum message_language)i, &arena);
	append_head(&mail, &letter);
	append_text(&mail, &letter);
	append_html_part(&mail, &letter);
	buffer_printf(&mail, "--%s--\r\n", facts->boundary);
	if (mail.overflowed)
		return fail(err, INPUT, "the mail to %s would be longer than %d octets",
			    letter.addresses.to.text, MESSAGE_TEXT_MAX);
	buffer_append_slice(out, buffer_slice(&mail));
	return OK;
}

/* ---- the script of a call ---- */

/* What base32 writes, in groups of four, as one reads it aloud. */
static const char *grouped(const char *value, struct arena *arena)
{
	const char *text = "";
	for (; *value; value += strnlen(value, 4))
		text = arena_printf(arena, "%s%s%.4s", text, *text ? "-" : "", value);
	return text;
}

void message_script(const struct message_templates *templates, const struct message_facts *facts,
		    enum message_language language, struct buffer *out)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer lines = {.maximum = BODY_MAX};
	struct values values;
	take_values(templates, facts, language, &arena, &values);
	values.of[TEMPLATE_NUMBER] = shown(facts->number, &arena);
	values.of[TEMPLATE_PERSON] = shown(facts->person, &arena);
	values.of[TEMPLATE_ENTITLED] = shown(facts->entitled, &arena);
	values.of[TEMPLATE_CONTACT] =
		shown(facts->reply_to ? facts->reply_to : facts->from, &arena);
	if (facts->agreed_at)
		values.of[TEMPLATE_TIME] = time_text(facts, facts->agreed_at, language, &arena);
	if (facts->value)
		values.of[TEMPLATE_VALUE] = grouped(facts->value, &arena);
	append_lines(&lines,
		     &templates->files[facts->entitled ? languages[language].organisation_call
						       : languages[language].call],
		     &values, FORM_TEXT);
	/* For a terminal: lines end with LF. */
	for (size_t i = 0; i < lines.length; i++)
		if (lines.data[i] != '\r')
			buffer_append_byte(out, lines.data[i]);
}
