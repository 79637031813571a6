/*
 * How strictly rule files are read: everything that libcyaml lets pass, or says
 * only in its log, is a refusal that names file, row, key and value.
 */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define AGENCY "data/packs/agency.yaml"
/* In the web-page row only. */
#define LIFE "cname: false\n    value_bits: 128\n    value_life: "

/* One value of the web-page row (or what follows it) changed: the refusal that must come. */
static void values(void **state)
{
	static const struct {
		const char *old;
		const char *new;
		const char *key;
		const char *words;
	} rows[] = {
		{"redirects: 10", "redirects: 3x", "redirects is \"3x\"",
		 "whole number from 0 to 20"},
		{"redirects: 10", "redirects: 010", "redirects is \"010\"", "from 0 to 20"},
		{"redirects: 10", "redirects: 21", "redirects is \"21\"", "from 0 to 20"},
		{"redirects: 10", "redirects: -1", "redirects is \"-1\"", "from 0 to 20"},
		{"redirects: 10", "redirects: 1.5", "redirects is \"1.5\"", "from 0 to 20"},
		{"redirects: 10", "redirects:", "redirects is \"\"", "from 0 to 20"},
		{"redirects: 10", "redirects: [10]", "near line", "takes one value"},
		{"redirects: 10", "", "redirects is missing", "web-page"},
		{"cname: false\n    value_bits: 128", "cname: false\n    value_bits: 111",
		 "value_bits is \"111\"", "from 112 to 512"},
		{"wildcard: false", "wildcard: maybe", "wildcard is \"maybe\"", "true or false"},
		{"wildcard: false", "wildcard: False", "wildcard is \"False\"", "true or false"},
		{"wildcard: false", "wildcard: off", "wildcard is \"off\"", "true or false"},
		{"wildcard: false", "wildcard: ~", "wildcard is \"~\"", "true or false"},
		{LIFE "30 days", LIFE "30", "value_life is \"30\"", "a period of 1 to 1000"},
		{LIFE "30 days", LIFE "0 days", "value_life is \"0 days\"", "of 1 to"},
		{LIFE "30 days", LIFE "30 minutes", "30 minutes", "civil-days"},
		{"scope: name ", "scope: names ", "scope is \"names\"", "one of name, base-domain"},
		{"prune: false\n    cname: false",
		 "prune: false\n    cname: false\n    scope: base-domain",
		 "method \"web-page\": scope is \"base-domain\"", "needs prune: true"},
		{"    ip_label: BR 3.2.2.5.1\n", "", "method \"web-page\"", "ip_label is missing"},
		{"ip: true", "ip: false", "method \"web-page\"", "without ip: true"},
		{"body: 64 KiB", "body: 64 KB", "body is \"64 KB\"",
		 "a size from 64 bytes to 1 MiB"},
		{"    timeout: 20 s", "    timeout: 20", "timeout is \"20\"",
		 "from 100 ms to 10 minutes"},
		{"    reuse: 10 days", "    reuse: 0 days", "reuse is \"0 days\"", "of 1 to"},
		{"    reuse_ttl: false", "    reuse_ttl: no", "reuse_ttl is \"no\"",
		 "true or false"},
		{"redirects: 10", "until: 2026-02-29\n    redirects: 10", "until is \"2026-02-29\"",
		 "a date"},
		{"redirects: 10", "from: 15.3.2026\n    redirects: 10", "from is \"15.3.2026\"",
		 "a date"},
		{"redirects: 10", "from: 2026-03-15T00:00:00Z\n    redirects: 10", "from is",
		 "a date"},
	};
	struct folder *folder = *state;
	char *agency = folder_text(folder, AGENCY);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		folder_replace_first(folder, AGENCY, rows[i].old, rows[i].new);
		folder_refuses(folder, POLICY_ROW, "agency.yaml", rows[i].key, rows[i].words, NULL);
		folder_write(folder, AGENCY, agency);
	}
	free(agency);
}

static void a_refusal_names_the_row(void **state)
{
	struct folder *folder = *state;
	folder_replace_first(folder, AGENCY, "redirects: 10", "redirects: 3x");
	folder_refuses(folder, POLICY_ROW, "packs/agency.yaml", "method \"web-page\"",
		       "redirects is \"3x\"", NULL);
}

static void words_have_a_nearest_one(void **state)
{
	struct folder *folder = *state;
	char *agency = folder_text(folder, AGENCY);
	folder_replace_first(folder, AGENCY, "mode: auto", "mode: atuo");
	folder_refuses(folder, POLICY_ROW, "reuse rule \"control\"", "mode is \"atuo\"",
		       "one of auto, never", "nearest known value is \"auto\"", NULL);
	folder_write(folder, AGENCY, agency);
	folder_replace_first(folder, AGENCY, "- id: control", "- id: contrl");
	folder_refuses(folder, POLICY_ROW, "id is \"contrl\"", "\"control\"", NULL);
	free(agency);
}

static void unknown_keys(void **state)
{
	struct folder *folder = *state;
	char *agency = folder_text(folder, AGENCY);
	folder_replace_first(folder, AGENCY, "redirects: 10", "redirect: 10");
	folder_refuses(folder, POLICY_ROW, "agency.yaml", "near line", "unknown key \"redirect\"",
		       "method", "\"redirects\"", NULL);
	folder_write(folder, AGENCY, agency);
	folder_replace_first(folder, AGENCY, "methods:\n", "metods:\n");
	folder_refuses(folder, POLICY_ROW, "unknown key \"metods\"", "\"methods\"", NULL);
	folder_write(folder, AGENCY, agency);
	folder_replace_first(folder, AGENCY, "redirects: 10", "redirects: 10\n    on: maybe");
	folder_refuses(folder, POLICY_ROW, "unknown key \"on\"", NULL);
	folder_write(folder, AGENCY, agency);
	/* A merge key is not special: it is a key that no table has. */
	folder_replace_first(folder, AGENCY, "redirects: 10", "redirects: 10\n    <<: {}");
	folder_refuses(folder, POLICY_ROW, "unknown key \"<<\"", NULL);
	free(agency);
}

static void shapes(void **state)
{
	struct folder *folder = *state;
	char *agency = folder_text(folder, AGENCY);
	static const struct {
		const char *old;
		const char *new;
		const char *words;
	} rows[] = {
		{"redirects: 10", "redirects: 10\n    redirects: 10",
		 "the key \"redirects\" stands twice"},
		{"caa:\n", "engine: []\ncaa:\n", "the key \"engine\" stands twice"},
		{"redirects: 10", "redirects: *ten", "aliases (*name) are not allowed"},
		{"caa:\n", "---\ncaa:\n", "a second document"},
		{"caa:\n", "caa: 3\nreuse:\n", "\"caa\" takes a list"},
		{"pack:\n", "pack: []\npack:\n", "\"pack\" takes a mapping"},
		{"caa:\n", "caa: [}\n", "not YAML"},
		{"title: Rules", "title: \"a\\0b\" # Rules", "a NUL character"},
		{"title: Rules", "title: \"a\\x00b\" # Rules", "a NUL character"},
		{"title: Rules", "title: \"a\\u0000b\" # Rules", "a NUL character"},
		{"title: Rules", "title: \"a\\U00000000b\" # Rules", "a NUL character"},
		{"title: Rules", "title: \"a\\nb\" # Rules", "title is"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		folder_replace_first(folder, AGENCY, rows[i].old, rows[i].new);
		folder_refuses(folder, POLICY_ROW, "agency.yaml", rows[i].words, NULL);
		folder_write(folder, AGENCY, agency);
	}
	free(agency);
}

static void whole_files(void **state)
{
	struct folder *folder = *state;
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{"", "the file is empty"},
		{"# only a comment\n", "the file is empty"},
		{"---\n...\n", "the file is not a mapping"},
		{"just words\n", "the file is not a mapping"},
		{"methods: []\n", "pack is missing"},
		{"pack: {id: \xff}\n", "yaml: not YAML: invalid"},
		{"[pack, methods]\n", "the file is not a mapping"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		folder_write(folder, AGENCY, rows[i].text);
		folder_refuses(folder, POLICY_ROW, "agency.yaml", rows[i].words, NULL);
	}
	folder_write_bytes(folder, AGENCY, slice_of("pack:\0\n", 7));
	folder_refuses(folder, POLICY_ROW, "agency.yaml", "a NUL character", NULL);
}

static void a_file_is_bounded(void **state)
{
	struct folder *folder = *state;
	size_t length = (1 << 20) + 1;
	char *text = malloc(length + 1);
	memset(text, '#', length);
	text[length] = '\0';
	folder_write(folder, AGENCY, text);
	folder_refuses(folder, POLICY_ROW, "agency.yaml", "longer than 1048576 bytes", NULL);
	free(text);
}

/* An escaped backslash before a 0 is no NUL. */
static void a_backslash_is_no_nul(void **state)
{
	struct folder *folder = *state;
	folder_replace_first(folder, AGENCY, "title: Rules", "title: \"C:\\\\0 \" # Rules");
	policy_free(folder_load(folder));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(values),
		TEST(a_refusal_names_the_row),
		TEST(unknown_keys),
		TEST(words_have_a_nearest_one),
		TEST(shapes),
		TEST(whole_files),
		TEST(a_file_is_bounded),
		TEST(a_backslash_is_no_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
