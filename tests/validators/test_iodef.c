/* Where reports may go: values of iodef records read strictly, and how many of one RRset count. */
#include "validators/iodef.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *text; /* NULL: refused */
	} rows[] = {
		{"mailto:owner@example.com", "mailto:owner@example.com"},
		{"MAILTO:Owner@Example.COM", "mailto:Owner@example.com"},
		{"mailto:owner@example.com?subject=x&bcc=c@d.example", "mailto:owner@example.com"},
		{"mailto:a%2Bb@example.com", "mailto:a+b@example.com"},
		{"https://report.example.com/iodef?x=1", "https://report.example.com/iodef?x=1"},
		{"https://report.example.com", "https://report.example.com/"},
		{"https://report.example.com:4590/", "https://report.example.com:4590/"},
		{"http://report.example.com/", NULL}, /* BR 4.2.2.1: mailto: and https: */
		{"ftp://report.example.com/", NULL},
		{"owner@example.com", NULL},
		{"mailto:", NULL},
		{"mailto:a@b.example,c@d.example", NULL},
		{"mailto:a%40b@c.example", NULL},
		{"mailto:a%0D%0ARCPT%20TO:c@d.example", NULL},
		{"mailto:a%00@b.example", NULL},
		{"mailto:a%@b.example", NULL},
		{"mailto:a%4", NULL},
		{"mailto:%22a%22@b.example", NULL},
		{"mailto:%C3%A9@b.example", NULL},
		{"mailto:a@[192.0.2.1]", NULL},
		{"mailto:a@b.example\r\nX: y", NULL},
		{"https://user@report.example.com/", NULL},
		{"https://report.example.com/a b", NULL},
		{"https:///x", NULL},
		{"https://", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct iodef_url url;
		enum status status = iodef_read(slice_text(rows[i].value), &arena, &url, NULL);
		if ((status == OK) != (rows[i].text != NULL))
			fail_msg("%s: %s", rows[i].value, status_code(status));
		if (status == OK)
			assert_string_equal(url.text, rows[i].text);
		assert_true(status != OK ||
			    (url.kind == IODEF_TO_MAILBOX) == (url.mailbox != NULL));
		assert_true(status != OK || (url.kind == IODEF_TO_SERVER) == (url.host != NULL));
	}
}

/* Each once, other properties and unusable ones not, and no more than IODEF_URLS_MAX. */
static void test_list(void **state)
{
	(void)state;
	enum { MANY = IODEF_URLS_MAX + 4 };
	static const char *const values[MANY] = {"http://a.example/",   "mailto:a@b.example",
						 "mailto:a@B.example",  "https://a.example/1",
						 "https://a.example/2", "https://a.example/3",
						 "https://a.example/4", "https://a.example/5"};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct caa_opinion opinions[MANY + 2] = {
		{.record = {.tag = NULL}},
		{.record = {.tag = "issue", .value = slice_text("ca.example")}}};
	for (size_t i = 0; i < MANY; i++)
		opinions[i + 2].record =
			(struct caa_record){.tag = "iodef", .value = slice_text(values[i])};
	struct caa_view view = {.opinions = opinions, .opinion_count = ARRAY_LENGTH(opinions)};
	struct iodef_url urls[IODEF_URLS_MAX];
	assert_int_equal(iodef_list(&view, &arena, urls), IODEF_URLS_MAX);
	assert_string_equal(urls[0].text, "mailto:a@b.example");
	assert_string_equal(urls[1].text, "https://a.example/1");
	assert_string_equal(urls[3].text, "https://a.example/3");
	view.opinion_count = 3;
	assert_int_equal(iodef_list(&view, &arena, urls), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
