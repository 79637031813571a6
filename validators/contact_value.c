/* What a printed contact value says: see contact_value.h. */
#include "validators/contact_value.h"

#include "validators/mailbox.h"

#include <string.h>
#include <strings.h>

/* --- phrases that stand where a value was --- */

/* Anywhere in the value. */
static const char *const refusals[] = {
	"redacted",
	"not disclosed",
	"data not disclosed",
	"non-public data",
	"not shown",
	"not published",
	"not available",
	"not applicable",
	"withheld",
	"hidden upon",
	"hidden!",
	"statutory masking",
	"gdpr masked",
	"data protected",
	"undisclosed",
	"please query",
	"rdds service",
	"please visit",
	"for webbased whois",
	"visit www",
	"visit whois",
	"select contact",
	"contact the registrar",
	"see privacy",
	"restricted access",
	"non-disclosure",
};

/* The whole value. */
static const char *const nothings[] = {
	"",
	"-",
	"--",
	"---",
	"n/a",
	"na",
	"none",
	"null",
	"nil",
	".",
	"*",
	"_",
	"unknown",
	"hidden",
	"private",
	"not set",
	"not specified",
	"no",
	"empty",
	"(none)",
	"***n/a***",
	"anonymous",
	"-----",
	"confidential",
	"masked",
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool contact_value_says(const char *value)
{
	while (is_blank(*value))
		value++;
	for (size_t i = 0; i < ARRAY_LENGTH(nothings); i++)
		if (strcasecmp(value, nothings[i]) == 0)
			return false;
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
		if (strcasestr(value, refusals[i]))
			return false;
	return strncasecmp(value, "http://", 7) != 0 && strncasecmp(value, "https://", 8) != 0 &&
	       strncasecmp(value, "www.", 4) != 0;
}

const char *contact_value_shown(const char *text, size_t limit, struct arena *arena)
{
	size_t length = strnlen(text, limit);
	char *shown = arena_bytes(arena, slice_of(text, length));
	for (size_t i = 0; i < length; i++)
		if (shown[i] < 0x20 || shown[i] > 0x7e)
			shown[i] = '?';
	return shown;
}

/* --- hidden "@" and dots --- */

struct disguise {
	const char *written;
	char meant;
	bool bare; /* letters between blanks, not brackets: upper case only */
};

static const struct disguise disguises[] = {
	{"[at]", '@', false},  {"(at)", '@', false},  {"{at}", '@', false},  {"<at>", '@', false},
	{"[dot]", '.', false}, {"(dot)", '.', false}, {"{dot}", '.', false}, {"<dot>", '.', false},
	{"(a)", '@', false},   {"[a]", '@', false},   {"[@]", '@', false},   {"(@)", '@', false},
	{" AT ", '@', true},   {" DOT ", '.', true},  {"&lt;", '<', false},  {"&gt;", '>', false},
};

/* What the text at this place is meant to be; NULL when it is meant as it stands. */
static const struct disguise *disguise_at(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(disguises); i++) {
		const struct disguise *row = &disguises[i];
		size_t length = strlen(row->written);
		if (row->bare ? strncmp(text, row->written, length) == 0
			      : strncasecmp(text, row->written, length) == 0)
			return row;
	}
	return NULL;
}

/* "a at b.c", "a at b dot c" as the whole value: words without "@" around a lower-case "at". */
static bool is_spelled_out(const char *value)
{
	size_t local = strcspn(value, " @");
	const char *at = value + local;
	if (local == 0 || strncasecmp(at, " at ", 4) != 0)
		return false;
	const char *domain = at + 4;
	bool dots = strchr(domain, '.') != NULL;
	while (domain[strcspn(domain, " @")] == ' ') {
		domain += strcspn(domain, " ");
		if (strncasecmp(domain, " dot ", 5) != 0)
			return false;
		domain += 5;
		dots = true;
	}
	return dots && domain[0] != '\0' && domain[strcspn(domain, " @")] == '\0';
}

/* "localATexample.com" as the whole value: where the "AT" stands; NULL: it is none. */
static const char *glued_at(const char *value)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t local = strspn(value, letters);
	const char *at = value + local;
	if (local == 0 || strncmp(at, "AT", 2) != 0)
		return NULL;
	size_t domain = strspn(at + 2, letters);
	return domain > 0 && at[2 + domain] == '\0' && strchr(at + 2, '.') ? at : NULL;
}

static char *undisguised(const char *value, struct arena *arena)
{
	size_t length = strlen(value);
	char *text = arena_new(arena, length + 1, 1);
	size_t at = 0;
	bool spelled_out = is_spelled_out(value);
	const char *glued = glued_at(value);
	for (const char *c = value; *c;) {
		if (c == glued) {
			text[at++] = '@';
			c += 2;
			continue;
		}
		const struct disguise *row = disguise_at(c);
		if (!row && spelled_out && strncasecmp(c, " at ", 4) == 0) {
			text[at++] = '@';
			c += 4;
			continue;
		}
		if (!row && spelled_out && strncasecmp(c, " dot ", 5) == 0) {
			text[at++] = '.';
			c += 5;
			continue;
		}
		if (!row) {
			text[at++] = *c++;
			continue;
		}
		while (at > 0 && is_blank(text[at - 1]))
			at--;
		text[at++] = row->meant;
		c += strlen(row->written);
		while (is_blank(*c))
			c++;
	}
	text[at] = '\0';
	return text;
}

/* --- mailboxes --- */

/* Mailboxes of the form that nobody reads: they stand where an address was taken out. */
static bool is_placeholder(const struct mailbox *mailbox)
{
	static const char *const words[] = {"redacted", "gdpr-mask", "not-disclosed",
					    "notdisclosed", "not.disclosed"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasestr(mailbox->text, words[i]))
			return true;
	/* RFC 2606 section 2: ".invalid" is for names that are "sure to be invalid". A "*" is an
	 * atext, but here it covers what was taken out. */
	size_t length = strlen(mailbox->domain);
	return strchr(mailbox->text, '*') ||
	       (length > 8 && strcmp(mailbox->domain + length - 8, ".invalid") == 0);
}

size_t contact_value_addresses(const char *value, struct arena *arena,
			       void (*found)(void *context, const char *address), void *context)
{
	static const char separators[] = " \t,;<>()[]{}|\"";
	size_t count = 0;
	char *text = undisguised(value, arena);
	while (*text) {
		size_t length = strcspn(text, separators);
		struct slice token = slice_of(text, length);
		text += length;
		text += strspn(text, separators);
		if (token.length > 7 && strncasecmp((const char *)token.data, "mailto:", 7) == 0)
			token = slice_of(token.data + 7, token.length - 7);
		while (token.length > 0 && strchr(".:/", token.data[token.length - 1]))
			token.length--;
		/* "/" is an atext, but a token with "://" is a page with a user or a query. */
		struct mailbox mailbox;
		if (slice_find(token, slice_text("://")) >= 0 ||
		    mailbox_parse(token, &mailbox, NULL) != OK || is_placeholder(&mailbox))
			continue;
		found(context, arena_text(arena, mailbox.text));
		count++;
	}
	return count;
}
