/*
 * The pages that a person sees, as HTML and as the text that is kept with an answer.
 * Both are written by the same calls, so what is kept is what was shown. Pages have
 * no script and nothing from elsewhere; all that comes from outside is escaped, and
 * set apart so that it cannot turn the direction of what stands around it.
 * Neither the question's value nor its link is in them. Pure.
 */
#ifndef ISSUER_GATEWAY_ANSWER_VIEW_H
#define ISSUER_GATEWAY_ANSWER_VIEW_H

#include "engine/people/answer.h"
#include "gateway/answer_text.h"

enum { ANSWER_HTML_MAX = 256 * 1024 };

struct answer_view {
	enum language language;
	struct arena arena;
	struct buffer html;
	struct buffer text; /* of <main>, a line a block; at most ANSWER_PAGE_MAX */
};

/* The names of the form's fields, and of their values besides answer_said_text's. */
#define ANSWER_FIELD_SAID "said"
#define ANSWER_FIELD_SCOPE "scope"
#define ANSWER_FIELD_READ "read"
#define ANSWER_FIELD_LANGUAGE "lang"
#define ANSWER_FIELD_TOKEN "token"
#define ANSWER_SCOPE_DOMAIN "domain"
#define ANSWER_SCOPE_NAMES "names"

void answer_view_init(struct answer_view *view, enum language language);
void answer_view_release(struct answer_view *view);

/*
 * An open question with its form, but for the form's end, so that the form can hold
 * a token of view->text, which is whole now: answer_view_question_end is next.
 * notice: said above, and no part of the text; ANSWER_WORD_COUNT: none. INPUT when it
 * cannot be shown whole: nobody may agree to half of a list.
 */
STATUS answer_view_question(struct answer_view *view, const struct question *question,
			    enum answer_word notice, struct error *err);
void answer_view_question_end(struct answer_view *view, const char *token);
/* A question that cannot be answered any more: answered, withdrawn, or past its time. */
void answer_view_closed(struct answer_view *view, const struct question *question);
/* A heading and a sentence. */
void answer_view_message(struct answer_view *view, enum answer_word heading,
			 enum answer_word sentence);

/* The one style sheet, as it stands in each page. */
struct slice answer_view_style(void);

#endif
