/*
 * Answers that are none: the server knows no such name, or will not say now, or
 * it is no WHOIS answer at all. The
 * first line that says either decides, because legal text behind an answer
 * speaks of "exceeding query rates" too. An answer that names a domain is taken
 * for an answer, unless a remark in it says that it was cut for asking too often.
 */
#include "validators/whois.h"

#include "validators/contact_value.h"
#include "validators/whois_label.h"

#include <string.h>
#include <strings.h>

/* Said of an answer that was held back; strong enough to count in a full answer. */
static const char *const limit_words[] = {
	"limit exceeded",         "quota exceeded",       "queries exceeded",
	"exceeded your query",    "too many queries",     "too many requests",
	"too many connection",    "exceeded the maximum", "query limit reached",
	"queries limit exceeded", "rate limit reached",   "lookup quota",
	"exceeded allowed",       "exceeded allotted",
};

/* Said by servers that give nothing else. */
static const char *const busy_words[] = {
	"exceeded",
	"try again later",
	"try again in",
	"try again after",
	"retry later",
	"excessive quer",
	"still in grace",
	"access denied",
	"temporarily blocked",
	"blacklisted",
	"connection refused",
	"temporarily unavailable",
	"server is busy",
	"too fast",
	"quota",
	"been throttled",
	"has been limited",
	"please wait",
	"rate limit",
	"unable to process",
	"access to this service has been",
	"temporarily denied",
	"service unavailable",
	"service is unavailable",
};

static const char *const absence_words[] = {
	"no match",
	"not found",
	"no entries found",
	"no data found",
	"no object found",
	"no objects found",
	"nothing found",
	"not registered",
	"no such domain",
	"domain unknown",
	"does not exist",
	"not exist in",
	"no information available",
	"nomatch",
	"is available for",
	"is free",
	"status: free",
	"status: available",
	"available for purchase",
	"available for registration",
	"is not available in",
	"no record",
	"no matching record",
	"not been registered",
	"no_se_encontro",
	"no se encuentra",
	"no existe",
	"domain not known",
	"no entry found",
	"no found",
	"object_not_found",
	"registration status: available",
	"invalid query",
	"returned 0 objects",
	"unassigned",
};

/* A line of prose is legal text; what servers say is short. */
enum { SAID_MAX = 160 };

/* A line as it was said, in lower case; "" for one that is no saying. */
struct said {
	char text[SAID_MAX + 1];
};

static size_t append_lower(struct said *said, size_t at, const char *text)
{
	for (; *text && at <= SAID_MAX; text++)
		said->text[at++] = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
	return at;
}

static struct said said_by(const struct whois_line *line)
{
	struct said said;
	size_t at = 0;
	if (line->kind == LINE_PAIR) {
		at = append_lower(&said, at, line->label);
		at = append_lower(&said, at, ": ");
	}
	at = append_lower(&said, at, line->value);
	said.text[at > SAID_MAX ? 0 : at] = '\0';
	return said;
}

static bool says(const struct said *said, const char *const *words, size_t count)
{
	for (size_t i = 0; said->text[0] && i < count; i++)
		if (strstr(said->text, words[i]))
			return true;
	return false;
}

/* For people. */
static const char *text_of(const struct whois_line *line, struct arena *arena)
{
	return line->kind == LINE_PAIR ? arena_printf(arena, "%s: %s", line->label, line->value)
				       : line->value;
}

/* Whether any line names a domain as the subject of the answer. */
static bool names_a_domain(const struct whois_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->lines[i].kind == LINE_PAIR && lines->lines[i].means.kind == LABEL_DOMAIN)
			return true;
	return false;
}

static STATUS limited(const struct whois_reading *reading, const struct whois_line *line,
		      struct error *err)
{
	const char *text = text_of(line, reading->arena);
	(void)fail(err, RATE_LIMITED, "the server would not say: \"%s\"",
		   contact_value_shown(text, SAID_MAX, reading->arena));
	return fail_hint(err, RATE_LIMITED,
			 "ask again later; this does not mean that there are "
			 "no contacts");
}

static STATUS absent(const struct whois_reading *reading, const struct whois_line *line,
		     struct error *err)
{
	const char *text = text_of(line, reading->arena);
	return fail(err, NOT_FOUND, "the server knows no %s: \"%s\"",
		    reading->name ? reading->name->ascii : "such contact",
		    contact_value_shown(text, SAID_MAX, reading->arena));
}

/* "Status: free", "state: available" of an answer that names the domain all the same. */
static bool is_free(const struct whois_line *line)
{
	static const char *const values[] = {"free",  "available",       "not registered",
					     "avail", "no object found", "unassigned"};
	char label[32];
	char value[32];
	if (line->kind != LINE_PAIR)
		return false;
	whois_label_normalise(line->label, label, sizeof(label));
	if (strcmp(label, "status") != 0 && strcmp(label, "state") != 0 &&
	    strcmp(label, "domain status") != 0 && strcmp(label, "registration status") != 0)
		return false;
	whois_label_normalise(line->value, value, sizeof(value));
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
		if (strcmp(value, values[i]) == 0)
			return true;
	return false;
}

enum status whois_refusal(const struct whois_reading *reading, struct error *err)
{
	bool named = names_a_domain(&reading->lines);
	bool only_comments = true;
	for (size_t i = 0; i < reading->lines.count; i++)
		only_comments = only_comments && (reading->lines.lines[i].kind == LINE_BLANK ||
						  reading->lines.lines[i].kind == LINE_COMMENT);
	for (size_t i = 0; i < reading->lines.count; i++) {
		const struct whois_line *line = &reading->lines.lines[i];
		if (line->kind == LINE_BLANK || line->kind == LINE_END)
			continue;
		if (is_free(line))
			return absent(reading, line, err);
		if (line->kind == LINE_PAIR && named)
			continue;
		const struct said said = said_by(line);
		if (says(&said, limit_words, ARRAY_LENGTH(limit_words)))
			return limited(reading, line, err);
		if (named)
			continue;
		if (says(&said, absence_words, ARRAY_LENGTH(absence_words)))
			return absent(reading, line, err);
		/* Comments in front of an answer are terms of use. */
		if ((line->kind != LINE_COMMENT || only_comments) &&
		    says(&said, busy_words, ARRAY_LENGTH(busy_words)))
			return limited(reading, line, err);
	}
	return OK;
}

/* --- bytes of something else --- */

/* Lines of an answer that does not name the domain. */
enum { KNOWN_LINES_MIN = 2 };

/* What other protocols and files begin with. */
static const char *const foreign_starts[] = {"<!doctype", "<html", "<?xml", "http/1.",
					     "http/2",    "{",     "[{"};

/* What registrations have besides contacts. */
static const char *const record_starts[] = {
	"domain", "record", "registered", "registration", "creat",  "expir",
	"renew",  "status", "last updat", "updated",      "source", "dnssec",
};

static bool tells_of_record(const char *label)
{
	char text[64];
	whois_label_normalise(label, text, sizeof(text));
	for (size_t i = 0; i < ARRAY_LENGTH(record_starts); i++)
		if (strncmp(text, record_starts[i], strlen(record_starts[i])) == 0)
			return true;
	return false;
}

static bool is_known(const struct whois_line *line)
{
	if (line->kind != LINE_PAIR)
		return false;
	if (tells_of_record(line->label))
		return true;
	switch (line->means.kind) {
	case LABEL_DOMAIN:
	case LABEL_ROLE:
	case LABEL_ROLE_FIELD:
	case LABEL_OTHER:
		return true;
	case LABEL_UNKNOWN:
	case LABEL_FIELD:
	case LABEL_ADDRESS:
		return false;
	}
	return false;
}

static bool mentions(const struct whois_line *line, const char *name)
{
	return line->kind != LINE_BLANK && line->kind != LINE_END && strcasestr(line->value, name);
}

bool whois_is_foreign(const char *text)
{
	text += strspn(text, " \t\r\n");
	for (size_t i = 0; i < ARRAY_LENGTH(foreign_starts); i++)
		if (strncasecmp(text, foreign_starts[i], strlen(foreign_starts[i])) == 0)
			return true;
	return false;
}

bool whois_is_answer(const struct whois_reading *reading)
{
	size_t known = 0;
	for (size_t i = 0; i < reading->lines.count && known < KNOWN_LINES_MIN; i++) {
		if (mentions(&reading->lines.lines[i], reading->name->ascii))
			return true;
		known += is_known(&reading->lines.lines[i]);
	}
	return known >= KNOWN_LINES_MIN;
}
