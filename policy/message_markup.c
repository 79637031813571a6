/*
 * HTML of mails: a small scanner that admits tags and attributes which shape
 * text, and nothing else (see message_template.h). It is stricter than a browser:
 * what it does not know, it refuses, so that what a browser would make of it does
 * not matter.
 */
#include "policy/message_template.h"

#include <string.h>
#include <strings.h>

static const char *const tags[] = {
	"!doctype", "html", "head",   "meta", "title", "style", "body",  "div",   "p",     "a",
	"ul",       "ol",   "li",     "h1",   "h2",    "h3",    "table", "tbody", "tr",    "th",
	"td",       "span", "strong", "em",   "b",     "br",    "hr",    "code",  "small", NULL};
static const char *const attributes[] = {"href", "class",   "style", "lang",  "charset",
					 "name", "content", "role",  "width", "align",
					 "dir",  "html",    "xmlns", NULL};
/* In styles: what fetches something, or hides other text (a backslash spells any of these). */
static const char *const style_words[] = {"url",     "import", "expression", "\\", "behavior",
					  "binding", "image",  "content",    NULL};

struct markup {
	const char *path;
	struct slice text;
	size_t at;
};

static size_t line_of(const struct markup *markup)
{
	size_t line = 1;
	for (size_t i = 0; i < markup->at && i < markup->text.length; i++)
		line += markup->text.data[i] == '\n';
	return line;
}

static bool is_one_of(struct slice word, const char *const *list)
{
	for (; *list; list++) {
		if (word.length == strlen(*list) &&
		    strncasecmp((const char *)word.data, *list, word.length) == 0)
			return true;
	}
	return false;
}

static bool at_end(const struct markup *markup)
{
	return markup->at >= markup->text.length;
}

static uint8_t next(const struct markup *markup)
{
	return at_end(markup) ? 0 : markup->text.data[markup->at];
}

static bool is_of_name(uint8_t c)
{
	return c == '!' || c == '-' || (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static struct slice take_name(struct markup *markup)
{
	size_t start = markup->at;
	while (!at_end(markup) && is_of_name(next(markup)))
		markup->at++;
	return slice_of(markup->text.data + start, markup->at - start);
}

static void skip_space(struct markup *markup)
{
	while (!at_end(markup) && strchr(" \t\r\n", next(markup)) && next(markup))
		markup->at++;
}

static enum status refuse(const struct markup *markup, struct slice what, const char *why,
			  struct error *err)
{
	return fail(err, POLICY_ROW, "%s:%zu: \"%.*s\" %s", markup->path, line_of(markup),
		    what.length > 60 ? 60 : (int)what.length, (const char *)what.data, why);
}

/* Styles are held to plain properties. */
static enum status check_style(const struct markup *markup, struct slice style, struct error *err)
{
	for (size_t i = 0; i < style.length; i++) {
		for (const char *const *word = style_words; *word; word++) {
			if (style.length - i >= strlen(*word) &&
			    strncasecmp((const char *)style.data + i, *word, strlen(*word)) == 0)
				return refuse(markup, slice_text(*word),
					      "has no place in the style of a mail", err);
		}
	}
	if (slice_find(style, slice_text("{{")) >= 0)
		return refuse(markup, slice_text("{{"), "has no place in a style", err);
	return OK;
}

static bool starts_with(struct slice text, const char *start)
{
	return text.length >= strlen(start) && memcmp(text.data, start, strlen(start)) == 0;
}

static enum status check_attribute(const struct markup *markup, struct slice name,
				   struct slice value, struct error *err)
{
	if (!is_one_of(name, attributes))
		return refuse(markup, name, "is no attribute that a mail may have", err);
	if (strncasecmp((const char *)name.data, "style", name.length) == 0)
		return check_style(markup, value, err);
	bool link = slice_equal(value, slice_text("{{link}}"));
	if (strncasecmp((const char *)name.data, "href", name.length) == 0)
		return link || starts_with(value, "https://") || starts_with(value, "mailto:")
			       ? OK
			       : refuse(markup, value,
					"is not {{link}}, nor an https: or mailto: URL", err);
	if (slice_find(value, slice_text("{{")) >= 0)
		return refuse(markup, value, "has a placeholder in an attribute", err);
	return OK;
}

static enum status take_attribute(struct markup *markup, struct error *err)
{
	struct slice name = take_name(markup), value = SLICE_NONE;
	if (!name.length)
		return refuse(markup, slice_of(markup->text.data + markup->at, !at_end(markup)),
			      "cannot stand in a tag", err);
	if (next(markup) == '=') {
		markup->at++;
		size_t start = markup->at + 1;
		struct slice rest =
			slice_of(markup->text.data + start,
				 start < markup->text.length ? markup->text.length - start : 0);
		ptrdiff_t end = next(markup) == '"' && start <= markup->text.length
					? slice_find(rest, slice_text("\""))
					: -1;
		if (end < 0)
			return refuse(markup, name, "has a value without double quotes", err);
		value = slice_of(rest.data, (size_t)end);
		markup->at = start + (size_t)end + 1;
	}
	return check_attribute(markup, name, value, err);
}

/* After "<". */
static enum status take_tag(struct markup *markup, struct error *err)
{
	bool closes = next(markup) == '/';
	markup->at += closes;
	struct slice name = take_name(markup);
	if (!is_one_of(name, tags))
		return refuse(markup, name, "is no tag that a mail may have", err);
	for (skip_space(markup); next(markup) != '>'; skip_space(markup)) {
		if (at_end(markup))
			return refuse(markup, name, "is a tag without an end", err);
		if (next(markup) == '/' && !closes)
			markup->at++;
		else
			TRY(take_attribute(markup, err));
	}
	markup->at++;
	if (closes || !is_one_of(name, (const char *const[]){"style", NULL}))
		return OK;
	struct slice rest =
		slice_of(markup->text.data + markup->at, markup->text.length - markup->at);
	ptrdiff_t end = slice_find(rest, slice_text("</style>"));
	if (end < 0)
		return refuse(markup, name, "is not closed", err);
	TRY(check_style(markup, slice_of(rest.data, (size_t)end), err));
	markup->at += (size_t)end;
	return OK;
}

enum status message_markup_check(const char *path, struct slice text, struct error *err)
{
	struct markup markup = {path, text, 0};
	while (!at_end(&markup)) {
		if (markup.text.data[markup.at++] == '<')
			TRY(take_tag(&markup, err));
	}
	return OK;
}
