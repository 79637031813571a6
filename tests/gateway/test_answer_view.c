/* The pages: what others wrote stays text, what is kept is what is shown, every state has a page.
 */
#include "gateway/answer_view.h"

#include "gateway/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *names[] = {"www.例え.example", "mail.example.jp"};

static struct question plain_question(void)
{
	return (struct question){
		.message_id = 7,
		.state = MESSAGE_OPEN,
		.recipient = "admin@example.jp",
		.roles = "registrant admin",
		.source = "whois whois.jprs.jp",
		.applicant = "例示株式会社",
		.country = "JP",
		.product = "Local certificate",
		.ca = "issuer local CA",
		.domain = "xn--r8jz45g.example",
		.domain_display = "例え.example",
		.names = names,
		.name_count = ARRAY_LENGTH(names),
		.may_narrow = true,
		.asked_at = INT64_C(1795359899000),
		.until_at = INT64_C(1797951899000),
		.zone_s = 9 * 3600,
	};
}

static void shown(struct answer_view *view, const struct question *question, enum language language,
		  enum answer_word notice)
{
	answer_view_init(view, language);
	assert_int_equal(answer_view_question(view, question, notice, NULL), OK);
	answer_view_question_end(view, "TOKEN");
}

static void assert_has(const struct answer_view *view, const char *part)
{
	if (!strstr(buffer_text(&view->html), part))
		fail_msg("not in the page: %s", part);
}

static void all_facts_are_shown_and_kept(void **state)
{
	static const char *const facts[] = {
		"例示株式会社 (JP)",       "Local certificate",
		"issuer local CA",         "例え.example",
		"xn--r8jz45g.example",     "www.例え.example",
		"www.xn--r8jz45g.example", "mail.example.jp",
		"admin@example.jp",        "whois whois.jprs.jp",
	};
	(void)state;
	for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
		struct question question = plain_question();
		struct answer_view view;
		shown(&view, &question, language, ANSWER_WORD_COUNT);
		for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
			assert_non_null(strstr(buffer_text(&view.text), facts[i]));
		assert_has(&view, "name=\"token\" value=\"TOKEN\"");
		assert_has(&view, "value=\"yes\"");
		assert_has(&view, "value=\"no\"");
		assert_has(&view, "value=\"not-me\"");
		assert_has(&view, "value=\"domain\" checked");
		assert_has(&view, "value=\"names\"");
		assert_null(strstr(buffer_text(&view.html), "{}"));
		assert_null(strstr(buffer_text(&view.text), "TOKEN"));
		answer_view_release(&view);
	}
}

/* What is between the tags of <main>, without the tags and with the entities as they read, is the
 * text that is kept. */
static void what_is_kept_is_what_is_shown(void **state)
{
	static const struct {
		const char *entity;
		char octet;
	} entities[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
	struct question question = plain_question();
	struct answer_view view;
	char read[ANSWER_HTML_MAX];
	size_t length = 0;
	(void)state;
	question.applicant = "A & B \"<Sons>\" 'Ltd'";
	shown(&view, &question, LANGUAGE_EN, ANSWER_WORD_COUNT);
	const char *at = strstr(buffer_text(&view.html), "<main>"), *end = strstr(at, "</main>");
	while (at < end) {
		if (*at == '<') {
			at = strchr(at, '>') + 1;
			continue;
		}
		read[length++] = *at;
		for (size_t i = 0; i < ARRAY_LENGTH(entities); i++)
			if (strncmp(at, entities[i].entity, strlen(entities[i].entity)) == 0) {
				read[length - 1] = entities[i].octet;
				at += strlen(entities[i].entity) - 1;
			}
		at++;
	}
	read[length] = '\0';
	/* Line ends apart: blocks may open on a line of their own. */
	const char *kept = buffer_text(&view.text), *seen = read;
	for (; *kept; kept++) {
		if (*kept == '\n')
			continue;
		while (*seen == '\n')
			seen++;
		if (*seen++ != *kept)
			fail_msg("kept: %.40s, shown: %.40s", kept, seen - 1);
	}
	assert_int_equal(seen[strspn(seen, "\n")], '\0');
	answer_view_release(&view);
}

static void what_others_wrote_is_text(void **state)
{
	static const char hostile[] =
		"</bdi><script>alert(1)</script>\"'><img src=x onerror=a>&amp;\n\r\t\x1b[2J\x7f";
	struct question question = plain_question();
	struct answer_view view;
	const char *one[] = {hostile};
	(void)state;
	question.applicant = question.country = question.product = question.ca = hostile;
	question.recipient = question.roles = question.source = hostile;
	question.domain = question.domain_display = hostile;
	question.names = one;
	question.name_count = 1;
	shown(&view, &question, LANGUAGE_JA, WORD_STALE);
	const char *html = buffer_text(&view.html);
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "<img"));
	assert_null(strchr(html, '\x1b'));
	assert_null(strchr(html, '\x7f'));
	assert_non_null(strstr(html, "&lt;/bdi&gt;&lt;script&gt;"));
	/* No attribute holds any of it. */
	for (const char *at = html; (at = strchr(at, '<')); at++) {
		const char *close = strchr(at, '>');
		assert_null(memmem(at, (size_t)(close - at), "onerror", 7));
	}
	assert_true(form_is_text(buffer_slice(&view.text)));
	answer_view_release(&view);

	/* Bytes that are no UTF-8 cannot be kept with the evidence. */
	question = plain_question();
	question.applicant = "caf\xe9";
	shown(&view, &question, LANGUAGE_EN, ANSWER_WORD_COUNT);
	assert_has(&view, "<bdi>caf? (JP)</bdi>");
	assert_true(form_is_text(buffer_slice(&view.text)));
	answer_view_release(&view);
}

static void a_choice_only_where_there_is_one(void **state)
{
	struct question question = plain_question();
	struct answer_view view;
	(void)state;
	question.may_narrow = false;
	shown(&view, &question, LANGUAGE_EN, ANSWER_WORD_COUNT);
	assert_null(strstr(buffer_text(&view.html), "type=\"radio\""));
	assert_has(&view, "Your yes is for <bdi>例え.example</bdi>, with");
	answer_view_release(&view);
}

/* The notice is said, and is no part of the question that is answered. */
static void a_notice(void **state)
{
	struct question question = plain_question();
	struct answer_view with, without;
	(void)state;
	shown(&with, &question, LANGUAGE_EN, WORD_STALE);
	shown(&without, &question, LANGUAGE_EN, ANSWER_WORD_COUNT);
	assert_has(&with, "role=\"alert\">Nothing was recorded yet.");
	assert_true(slice_equal(buffer_slice(&with.text), buffer_slice(&without.text)));
	answer_view_release(&with);
	answer_view_release(&without);
}

/* Nobody agrees to half of a list. */
static void more_names_than_fit(void **state)
{
	static char name[1000][64];
	static const char *many[1000];
	struct question question = plain_question();
	struct answer_view view;
	struct error err = NO_ERROR;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(many); i++) {
		(void)snprintf(name[i], sizeof(name[i]), "%03zu%040d.example", i, 0);
		many[i] = name[i];
	}
	question.names = many;
	question.name_count = 500;
	shown(&view, &question, LANGUAGE_EN, ANSWER_WORD_COUNT);
	assert_has(&view, name[499]);
	assert_has(&view, "Only the names listed above");
	answer_view_release(&view);
	question.name_count = ARRAY_LENGTH(many);
	answer_view_init(&view, LANGUAGE_EN);
	assert_int_equal(answer_view_question(&view, &question, ANSWER_WORD_COUNT, &err), INPUT);
	assert_non_null(strstr(err.sentence, "1000 names"));
	answer_view_release(&view);
}

static void questions_that_are_closed(void **state)
{
	static const struct {
		enum message_state state;
		bool expired;
		const char *text;
	} rows[] = {
		{MESSAGE_YES, false, "Yes, I agree"},
		{MESSAGE_NO, true, "No, I do not agree"},
		{MESSAGE_NOT_ME, false, "This is not for me"},
		{MESSAGE_VOID, false, "This question was withdrawn"},
		{MESSAGE_OPEN, true, "The time to answer is over"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct question question = plain_question();
		struct answer_view view;
		question.state = rows[i].state;
		question.expired = rows[i].expired;
		question.answered_at = INT64_C(1795359899000);
		answer_view_init(&view, LANGUAGE_EN);
		answer_view_closed(&view, &question);
		assert_has(&view, rows[i].text);
		assert_null(strstr(buffer_text(&view.html), "<form"));
		assert_non_null(strstr(buffer_text(&view.html), "</html>"));
		answer_view_release(&view);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_facts_are_shown_and_kept),
		cmocka_unit_test(what_is_kept_is_what_is_shown),
		cmocka_unit_test(what_others_wrote_is_text),
		cmocka_unit_test(a_choice_only_where_there_is_one),
		cmocka_unit_test(a_notice),
		cmocka_unit_test(more_names_than_fit),
		cmocka_unit_test(questions_that_are_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
