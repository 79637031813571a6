/* Texts of mails: what is refused, with file and line; whose file counts. */
#include "folder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#define SHIPPED "data/templates/ask/"

static void refusals(void **state)
{
	static const struct {
		const char *file, *old, *new, *piece, *why;
	} rows[] = {
		{"text.en", "{{country}}", "{{contry}}",
		 "text.en:7: ", "no placeholder \"{{contry}}\""},
		{"text.en", "{{country}}", "{{ country }}", "text.en:7: ", "no placeholder"},
		{"text.en", "{{country}}", "{{country", "text.en:7: ", "no \"}}\""},
		{"text.en", "{{country}}", "country}}", "text.en:7: ", "ends no placeholder"},
		{"text.en", "{{country}}", "{{body}}", "text.en:7: ", "no place in this file"},
		{"text.en", "{{link}}", "here", "text.en:", "{{link}} is missing"},
		{"text.ja", "{{applicant}}", "-", "text.ja:", "{{applicant}} is missing"},
		{"html.en", "{{applicant}}", "-", "html.en:", "{{applicant}} is missing"},
		{"subject.en", "{{domain}}", "it", "subject.en:1: ", "{{domain}} is missing"},
		{"subject.en", "{{domain}}", "{{domain}} {{value}}", "subject.en:1: ", "no place"},
		{"subject.en", "{{domain}}", "{{domain}} {{link}}", "subject.en:1: ", "no place"},
		{"subject.en", "{{domain}}\n", "{{domain}}\nBcc: x@example.com\n",
		 "subject.en:2: ", "one line too many"},
		{"subject.en", "Please", "Please\r\x01", "subject.en:1: ", "U+000D"},
		{"text.en", "YOUR", "\xe2\x80\xaeYOUR", "text.en:", "U+202E"},
		{"text.en", "YOUR", "\xff", "text.en:", "not UTF-8"},
		{"frame.html", "{{body}}", "", "frame.html:", "{{body}} is missing"},
		{"roles.en", "tech:", "technical:", "roles.en:3: ", "role: words"},
		{"roles.en", "tech:", "admin:", "roles.en:3: ", "role: words"},
		{"roles.en", "tech: technical contact of the domain name (registration data)\n", "",
		 "roles.en:5: ", "role \"tech\" is missing"},
		/* what an officer reads: the value, and of an organisation never one */
		{"call.en", "{{number}}", "-", "call.en:", "{{number}} is missing"},
		{"call.ja", "{{value}}", "-", "call.ja:", "{{value}} is missing"},
		{"call.en", "{{time}}", "{{link}}", "call.en:5: ", "no place in this file"},
		{"organisation-call.en", "{{entitled}}", "-",
		 "organisation-call.en:", "{{entitled}} is missing"},
		{"organisation-call.ja", "{{time}}", "{{value}}",
		 "organisation-call.ja:5: ", "no place in this file"},
		{"text.en", "{{country}}", "{{number}}", "text.en:7: ", "no place in this file"},
		/* nothing that runs, loads something, or is a form */
		{"html.en", "<h1>", "<img alt=\"x\"><h1>", "html.en:2: ", "\"img\" is no tag"},
		{"html.en", "<h1>", "<script><h1>", "html.en:2: ", "\"script\" is no tag"},
		{"html.en", "<h1>", "<!-- --><h1>", "html.en:2: ", "is no tag"},
		{"html.en", "<h1>", "<form><h1>", "html.en:2: ", "\"form\" is no tag"},
		{"html.en", "<h1>", "<h1 onclick=\"x()\">",
		 "html.en:2: ", "\"onclick\" is no attr"},
		{"html.en", "<h1>", "<h1 background=\"x\">", "html.en:2: ", "is no attribute"},
		{"html.en", "<h1>", "<h1 class=x>", "html.en:2: ", "without double quotes"},
		{"html.en", "<h1>", "<h1 class=\"{{ca}}\">", "html.en:2: ", "in an attribute"},
		{"html.en", "<h1>", "<h1 style=\"background: url(x)\">", "html.en:2: ", "\"url\""},
		{"html.en", "<h1>", "<h1 style=\"a: \\75rl(x)\">", "html.en:2: ", "style"},
		{"html.en", "<h1>", "<h1 ;>", "html.en:2: ", "cannot stand in a tag"},
		{"html.en", "{{contact}}</p>\n</div>\n", "{{contact}}</p>\n</div",
		 "html.en:", "a tag without an end"},
		{"html.en", "href=\"{{link}}\"", "href=\"javascript:x\"",
		 "html.en:", "is not {{link}}"},
		{"html.en", "href=\"{{link}}\"", "href=\"x{{link}}\"",
		 "html.en:", "is not {{link}}"},
		{"frame.html", ":root", "@import 'x'; :root", "frame.html:", "\"import\""},
		{"frame.html", "</style>", "</styl>", "frame.html:", "is not closed"},
	};
	const struct folder *folder = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char name[128];
		(void)snprintf(name, sizeof(name), SHIPPED "%s", rows[i].file);
		char *text = folder_text(folder, name);
		folder_replace_first(folder, name, rows[i].old, rows[i].new);
		/* The other places of the same placeholder. */
		for (char *changed = folder_text(folder, name);;
		     changed = folder_text(folder, name)) {
			bool more = strstr(rows[i].old, "{{") && !strstr(rows[i].new, "{{") &&
				    strstr(changed, rows[i].old);
			free(changed);
			if (!more)
				break;
			folder_replace_first(folder, name, rows[i].old, rows[i].new);
		}
		folder_refuses(folder, POLICY_ROW, rows[i].piece, rows[i].why, NULL);
		folder_write(folder, name, text);
		free(text);
	}
}

static const char *subject(const struct policy *policy, const char *provider)
{
	const struct provider *row = NULL;
	if (provider)
		assert_int_equal(policy_provider(policy, provider, &row, NULL), OK);
	const struct template_line *line =
		&policy_templates(policy, row)->files[TEMPLATE_SUBJECT_EN].lines[0];
	static char text[64];
	(void)snprintf(text, sizeof(text), "%.*s", (int)line->pieces[0].text.length,
		       (const char *)line->pieces[0].text.data);
	return text;
}

static void whose_file_counts(void **state)
{
	const struct folder *folder = *state;
	folder_write(folder, "home/catalogue/providers.yaml",
		     "providers:\n"
		     "  - {id: one, from: one@example.jp, from_name: One Co., reply_to: "
		     "desk@example.jp, language: en}\n"
		     "  - {id: two, from: two@example.jp}\n");
	folder_write(folder, "home/templates/one/subject.en", "One: {{domain}}\n");
	struct policy *policy = folder_load(folder);
	assert_string_equal(subject(policy, NULL), "Please confirm: certificate for ");
	assert_string_equal(subject(policy, "one"), "One: ");
	assert_string_equal(subject(policy, "two"), "Please confirm: certificate for ");
	const struct provider *one;
	assert_int_equal(policy_provider(policy, "one", &one, NULL), OK);
	assert_string_equal(one->from, "one@example.jp");
	assert_string_equal(one->from_name, "One Co.");
	assert_string_equal(one->reply_to, "desk@example.jp");
	assert_int_equal(one->languages, MESSAGE_ONLY_EN);
	policy_free(policy);
	folder_write(folder, "home/templates/ask/subject.en", "Home: {{domain}}\n");
	policy = folder_load(folder);
	assert_string_equal(subject(policy, NULL), "Home: ");
	assert_string_equal(subject(policy, "one"), "One: ");
	assert_string_equal(subject(policy, "two"), "Home: ");
	policy_free(policy);
	folder_write(folder, "home/templates/one/subject.en", "One: {{name}}\n");
	folder_refuses(folder, POLICY_ROW, "home/templates/one/subject.en:1: ", "{{name}}", NULL);
}

static void providers(void **state)
{
	const struct folder *folder = *state;
	folder_replace_first(folder, "data/catalogue/products.yaml", "    class: dv\n",
			     "    provider: three\n    class: dv\n");
	folder_refuses(folder, POLICY_ROW, "product \"local-dv\"", "there is no provider \"three\"",
		       NULL);
	folder_write(folder, "home/catalogue/providers.yaml",
		     "providers:\n  - {id: three, from: three@example.jp}\n");
	struct policy *policy = folder_load(folder);
	const struct product *product;
	assert_int_equal(policy_product(policy, "local-dv", &product, NULL), OK);
	assert_string_equal(product->provider, "three");
	policy_free(policy);
	folder_write(folder, "home/catalogue/providers.yaml",
		     "providers:\n  - {id: ask, from: three@example.jp}\n");
	folder_refuses(folder, POLICY_ROW, "providers.yaml", "\"ask\"", NULL);
	folder_write(folder, "home/catalogue/providers.yaml", "providers:\n  - {id: three}\n");
	folder_refuses(folder, POLICY_ROW, "providers.yaml", "\"three\"", "from", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(refusals, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(whose_file_counts, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(providers, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
