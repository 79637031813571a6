/* Pages as HTML and text: see answer_view.h. */
#include "gateway/answer_view.h"

#include "csr/names.h"
#include "gateway/form.h"

#include <string.h>

enum { NAMES_IN_A_LINE = 3 };

/* Colours meet a contrast of 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3), edges of controls 3 to 1
 * (1.4.11); what is pressed is at least 44 pixels high (2.5.5). */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--soft:#55565c;--line:#767780;"
	"--act:#0b57a4;--on-act:#fff;--note:#fff4ce}"
	"@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#17181c;--soft:#b4b5be;"
	"--line:#8d8f99;--act:#a9cbff;--on-act:#0a1a30;--note:#3b3416}}"
	"*{box-sizing:border-box}"
	"body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.65 "
	"system-ui,sans-serif;"
	"overflow-wrap:anywhere}"
	"header,main{max-width:44rem;margin:0 auto;padding:.75rem 1rem}"
	"nav ul{display:flex;gap:1rem;justify-content:flex-end;list-style:none;margin:0;padding:0}"
	"nav a,nav span{display:inline-block;padding:.5rem}"
	"a{color:var(--act)}"
	"h1{font-size:1.5rem;line-height:1.35;margin:.5rem 0 1rem}"
	"h2{font-size:1.15rem;margin:2rem 0 .5rem}"
	"dl{margin:0;border-bottom:1px solid var(--line)}"
	"dt{color:var(--soft);font-size:.9rem;padding-top:.5rem;border-top:1px solid var(--line)}"
	"dd{margin:0;padding-bottom:.5rem}dd ul{margin:0;padding-left:1.25rem}"
	"fieldset{border:1px solid var(--line);border-radius:.5rem;margin:1rem 0;padding:.5rem "
	"1rem}"
	"legend{padding:0 .5rem}"
	"label{display:flex;gap:.75rem;align-items:flex-start;padding:.6rem 0;min-height:2.75rem}"
	"input{width:1.25rem;height:1.25rem;margin:.2rem 0 0;flex:none;accent-color:var(--act)}"
	"button{display:block;width:100%;min-height:3rem;padding:.6rem 1rem;border-radius:.5rem;"
	"border:2px solid var(--act);background:transparent;color:var(--act);font:inherit;"
	"font-weight:600;cursor:pointer}"
	"button.yes{background:var(--act);color:var(--on-act)}"
	".help{margin:.25rem 0 1.5rem;color:var(--soft)}"
	".notice{background:var(--note);border:1px solid var(--line);border-radius:.5rem;"
	"padding:.75rem 1rem}"
	":focus-visible{outline:3px solid var(--act);outline-offset:3px}"
	"@media print{form,nav{display:none}}";

struct slice answer_view_style(void)
{
	return slice_of(style, sizeof(style) - 1);
}

void answer_view_init(struct answer_view *view, enum language language)
{
	*view = (struct answer_view){.language = language, .arena = ARENA_NONE};
	buffer_init(&view->html, ANSWER_HTML_MAX);
	buffer_init(&view->text, ANSWER_PAGE_MAX);
}

void answer_view_release(struct answer_view *view)
{
	arena_release(&view->arena);
	buffer_release(&view->html);
	buffer_release(&view->text);
}

/* ---- writing ---- */

static void markup(struct answer_view *view, const char *html)
{
	buffer_append_text(&view->html, html);
}

static void escaped(struct answer_view *view, struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		switch (text.data[i]) {
		case '&':
			markup(view, "&amp;");
			break;
		case '<':
			markup(view, "&lt;");
			break;
		case '>':
			markup(view, "&gt;");
			break;
		case '"':
			markup(view, "&quot;");
			break;
		case '\'':
			markup(view, "&#39;");
			break;
		default:
			buffer_append_byte(&view->html, text.data[i]);
			break;
		}
	}
}

/* What is said by ourselves. */
static void say(struct answer_view *view, struct slice text)
{
	escaped(view, text);
	buffer_append_slice(&view->text, text);
}

/* What others wrote, on one line, and as text in UTF-8 whatever it was. */
static struct slice tame(struct answer_view *view, const char *foreign)
{
	char *text = arena_text(&view->arena, foreign);
	bool plain = form_is_text(slice_text(text));
	for (char *octet = text; *octet; octet++) {
		unsigned char value = (unsigned char)*octet;
		if (value < ' ' || value == 0x7f)
			*octet = ' ';
		else if (value > 0x7f && !plain)
			*octet = '?';
	}
	return slice_text(text);
}

static void quote(struct answer_view *view, const char *foreign)
{
	markup(view, "<bdi>");
	say(view, tame(view, foreign));
	markup(view, "</bdi>");
}

/* A word of the table; "{}" in it is what others wrote. */
static void word(struct answer_view *view, enum answer_word which, const char *foreign)
{
	struct slice text = slice_text(answer_word(which, view->language));
	ptrdiff_t gap = foreign ? slice_find(text, slice_text("{}")) : -1;
	if (gap < 0) {
		say(view, text);
		return;
	}
	say(view, slice_of(text.data, (size_t)gap));
	quote(view, foreign);
	say(view, slice_of(text.data + gap + 2, text.length - (size_t)gap - 2));
}

static void line_end(struct answer_view *view, const char *html)
{
	markup(view, html);
	markup(view, "\n");
	buffer_append_text(&view->text, "\n");
}

static void heading(struct answer_view *view, enum answer_word which)
{
	markup(view, "<h2>");
	word(view, which, NULL);
	line_end(view, "</h2>");
}

static void paragraph(struct answer_view *view, enum answer_word which, const char *foreign)
{
	markup(view, "<p>");
	word(view, which, foreign);
	line_end(view, "</p>");
}

/* A row of a list of facts: its term; the fact follows, and row_end. */
static void row_begin(struct answer_view *view, enum answer_word term)
{
	markup(view, "<dt>");
	word(view, term, NULL);
	line_end(view, "</dt>");
	markup(view, "<dd>");
}

static void row_end(struct answer_view *view)
{
	line_end(view, "</dd>");
}

static void row(struct answer_view *view, enum answer_word term, const char *foreign)
{
	row_begin(view, term);
	quote(view, foreign);
	row_end(view);
}

/* A name as people read it, and as machines do where that differs. */
static void name_both(struct answer_view *view, const char *shown, const char *ascii)
{
	quote(view, shown);
	if (strcmp(shown, ascii) == 0)
		return;
	say(view, slice_text(" ("));
	quote(view, ascii);
	say(view, slice_text(")"));
}

/* ---- the frame ---- */

static void switch_language(struct answer_view *view)
{
	markup(view, "<header><nav aria-label=\"");
	escaped(view, slice_text(answer_word(WORD_LANGUAGES, view->language)));
	markup(view, "\"><ul>\n");
	for (enum language i = 0; i < LANGUAGE_COUNT; i++) {
		const char *tag = language_tag(i), *name = language_name(i);
		if (i == view->language)
			buffer_printf(
				&view->html,
				"<li><span lang=\"%s\" aria-current=\"true\">%s</span></li>\n", tag,
				name);
		else
			buffer_printf(&view->html,
				      "<li><a href=\"?" ANSWER_FIELD_LANGUAGE
				      "=%s\" hreflang=\"%s\" lang=\"%s\">%s</a></li>\n",
				      tag, tag, tag, name);
	}
	markup(view, "</ul></nav></header>\n");
}

static void frame_begin(struct answer_view *view, enum answer_word title)
{
	buffer_printf(&view->html,
		      "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"ltr\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>",
		      language_tag(view->language));
	escaped(view, slice_text(answer_word(title, view->language)));
	buffer_printf(&view->html, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
	switch_language(view);
	markup(view, "<main>\n");
}

static void frame_end(struct answer_view *view)
{
	markup(view, "</main>\n</body>\n</html>\n");
}

/* ---- the question ---- */

static void names(struct answer_view *view, const struct question *question)
{
	row_begin(view, WORD_NAMES);
	markup(view, "<ul>\n");
	for (size_t i = 0; i < question->name_count; i++) {
		struct name name;
		bool known = name_normalise(question->names[i], &name, NULL) == OK;
		markup(view, "<li>");
		name_both(view, question->names[i], known ? name.ascii : question->names[i]);
		line_end(view, "</li>");
	}
	markup(view, "</ul></dd>\n");
}

static void facts(struct answer_view *view, const struct question *question)
{
	struct arena *arena = &view->arena;
	const char *applicant = question->applicant;
	if (question->country)
		applicant = arena_printf(arena, "%s (%s)", applicant, question->country);
	heading(view, WORD_REQUEST);
	markup(view, "<dl>\n");
	row(view, WORD_APPLICANT, applicant);
	row(view, WORD_PRODUCT, question->product);
	row(view, WORD_CA, question->ca);
	row_begin(view, WORD_DOMAIN);
	name_both(view, question->domain_display, question->domain);
	row_end(view);
	names(view, question);
	row(view, WORD_RECIPIENT, question->recipient);
	row(view, WORD_ROLES, answer_roles(question->roles, view->language, arena));
	row(view, WORD_SOURCE, question->source);
	row(view, WORD_ASKED_AT,
	    answer_time(question->asked_at, question->zone_s, view->language, arena));
	row(view, WORD_UNTIL_AT,
	    answer_time(question->until_at, question->zone_s, view->language, arena));
	markup(view, "</dl>\n");
}

static void meaning(struct answer_view *view)
{
	heading(view, WORD_MEANS);
	paragraph(view, WORD_MEANS_SHOWN, NULL);
	paragraph(view, WORD_MEANS_LATER, NULL);
	heading(view, WORD_UNSURE);
	paragraph(view, WORD_UNSURE_HOW, NULL);
}

/* A few names in a line; many stand in the list above. */
static const char *names_line(struct answer_view *view, const struct question *question)
{
	const char *line = question->names[0];
	for (size_t i = 1; i < question->name_count; i++)
		line = arena_printf(&view->arena, "%s%s%s", line,
				    answer_word(WORD_AND, view->language), question->names[i]);
	return line;
}

static void scope(struct answer_view *view, const struct question *question)
{
	if (!question->may_narrow || question->name_count == 0) {
		paragraph(view, WORD_SCOPE_FIXED, question->domain_display);
		return;
	}
	markup(view, "<fieldset><legend>");
	word(view, WORD_SCOPE, NULL);
	line_end(view, "</legend>");
	markup(view, "<label><input type=\"radio\" name=\"" ANSWER_FIELD_SCOPE
		     "\" value=\"" ANSWER_SCOPE_DOMAIN "\" checked required><span>");
	word(view, WORD_SCOPE_DOMAIN, question->domain_display);
	line_end(view, "</span></label>");
	markup(view, "<label><input type=\"radio\" name=\"" ANSWER_FIELD_SCOPE
		     "\" value=\"" ANSWER_SCOPE_NAMES "\"><span>");
	if (question->name_count <= NAMES_IN_A_LINE)
		word(view, WORD_SCOPE_NAMES, names_line(view, question));
	else
		word(view, WORD_SCOPE_LISTED, NULL);
	line_end(view, "</span></label>");
	markup(view, "</fieldset>\n");
}

static const struct {
	enum answer_said said;
	enum answer_word label, help;
	const char *class;
} buttons[] = {
	{ANSWER_YES, WORD_YES, WORD_YES_HELP, "yes"},
	{ANSWER_NO, WORD_NO, WORD_NO_HELP, "no"},
	{ANSWER_NOT_ME, WORD_NOT_ME, WORD_NOT_ME_HELP, "no"},
};

/* One tick before any answer: a program that sends the form as it finds it has not read it. */
static void form(struct answer_view *view, const struct question *question)
{
	heading(view, WORD_ANSWER);
	markup(view, "<form method=\"post\" accept-charset=\"utf-8\" autocomplete=\"off\">\n");
	scope(view, question);
	markup(view, "<label><input type=\"checkbox\" name=\"" ANSWER_FIELD_READ
		     "\" value=\"on\" required><span>");
	word(view, WORD_READ, NULL);
	line_end(view, "</span></label>");
	for (size_t i = 0; i < ARRAY_LENGTH(buttons); i++) {
		const char *said = answer_said_text(buttons[i].said);
		buffer_printf(&view->html,
			      "<button type=\"submit\" class=\"%s\" name=\"" ANSWER_FIELD_SAID
			      "\" value=\"%s\" aria-describedby=\"help-%s\">",
			      buttons[i].class, said, said);
		word(view, buttons[i].label, NULL);
		line_end(view, "</button>");
		buffer_printf(&view->html, "<p class=\"help\" id=\"help-%s\">", said);
		word(view, buttons[i].help, NULL);
		line_end(view, "</p>");
	}
}

enum status answer_view_question(struct answer_view *view, const struct question *question,
				 enum answer_word notice, struct error *err)
{
	frame_begin(view, WORD_TITLE);
	if (notice != ANSWER_WORD_COUNT) {
		markup(view, "<p class=\"notice\" role=\"alert\">");
		escaped(view, slice_text(answer_word(notice, view->language)));
		markup(view, "</p>\n");
	}
	markup(view, "<h1>");
	word(view, WORD_ASK, question->domain_display);
	line_end(view, "</h1>");
	paragraph(view, WORD_WHY_YOU, NULL);
	facts(view, question);
	meaning(view);
	form(view, question);
	if (view->text.overflowed || view->html.overflowed)
		return fail(err, INPUT, "the page about %s has %zu names, too many to show",
			    question->domain, question->name_count);
	return OK;
}

void answer_view_question_end(struct answer_view *view, const char *token)
{
	buffer_printf(&view->html,
		      "<input type=\"hidden\" name=\"" ANSWER_FIELD_LANGUAGE "\" value=\"%s\">\n"
		      "<input type=\"hidden\" name=\"" ANSWER_FIELD_TOKEN "\" value=\"%s\">\n"
		      "</form>\n",
		      language_tag(view->language), token);
	frame_end(view);
}

/* ---- the others ---- */

static void message_begin(struct answer_view *view, enum answer_word title)
{
	frame_begin(view, title);
	markup(view, "<h1>");
	word(view, title, NULL);
	line_end(view, "</h1>");
}

static enum answer_word said_of(enum message_state state)
{
	switch (state) {
	case MESSAGE_YES:
		return WORD_YES;
	case MESSAGE_NO:
		return WORD_NO;
	case MESSAGE_NOT_ME:
		return WORD_NOT_ME;
	case MESSAGE_OPEN:
	case MESSAGE_VOID:
		break;
	}
	return ANSWER_WORD_COUNT;
}

void answer_view_closed(struct answer_view *view, const struct question *question)
{
	enum answer_word said = said_of(question->state);
	if (said == ANSWER_WORD_COUNT) {
		if (question->state == MESSAGE_VOID)
			answer_view_message(view, WORD_VOID, WORD_VOID_NEXT);
		else
			answer_view_message(view, WORD_LATE, WORD_LATE_NEXT);
		return;
	}
	message_begin(view, WORD_SAID);
	markup(view, "<dl>\n");
	row_begin(view, WORD_DOMAIN);
	name_both(view, question->domain_display, question->domain);
	row_end(view);
	row_begin(view, WORD_SAID_WHAT);
	word(view, said, NULL);
	row_end(view);
	row(view, WORD_SAID_AT,
	    answer_time(question->answered_at, question->zone_s, view->language, &view->arena));
	markup(view, "</dl>\n");
	paragraph(view, WORD_SAID_NEXT, NULL);
	paragraph(view, WORD_SAID_WRONG, NULL);
	frame_end(view);
}

void answer_view_message(struct answer_view *view, enum answer_word title,
			 enum answer_word sentence)
{
	message_begin(view, title);
	paragraph(view, sentence, NULL);
	frame_end(view);
}
