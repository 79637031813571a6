/* The words: each in each language; which language a reader gets; dates and roles. */
#include "gateway/answer_text.h"

#include "gateway/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int gaps(const char *text)
{
	int count = 0;
	for (; (text = strstr(text, "{}")); text += 2)
		count++;
	return count;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text > 0x7f)
			return false;
	return true;
}

/* What is put in is put in once, in each language; no word was left in the other language. */
static void each_word_in_each_language(void **state)
{
	(void)state;
	for (enum answer_word i = 0; i < ANSWER_WORD_COUNT; i++) {
		const char *ja = answer_word(i, LANGUAGE_JA), *en = answer_word(i, LANGUAGE_EN);
		assert_true(ja && ja[0] && en && en[0]);
		assert_true(form_is_text(slice_text(ja)) && form_is_text(slice_text(en)));
		assert_int_equal(gaps(ja), gaps(en));
		assert_in_range(gaps(ja), 0, 1);
		assert_false(is_ascii(ja));
		assert_string_not_equal(ja, en);
	}
}

static void the_language_of_a_reader(void **state)
{
	static const struct {
		const char *header;
		enum language language;
	} rows[] = {
		{"ja", LANGUAGE_JA},
		{"ja-JP,ja;q=0.9,en;q=0.8", LANGUAGE_JA},
		{"en-US,en;q=0.9,ja;q=0.8", LANGUAGE_EN},
		{"EN", LANGUAGE_EN},
		{"fr, en;q=0.2, ja;q=0.1", LANGUAGE_EN},
		{"fr;q=1.0, en;q=0.20, ja;q=0.201", LANGUAGE_JA},
		{"*, en;q=0.5", LANGUAGE_JA},
		{"ja;q=0, *", LANGUAGE_EN},
		{"en;q=0, *;q=0.1", LANGUAGE_JA},
		{" en ; q=0.9 , ja ; q=0.8", LANGUAGE_EN},
		/* Neither, or nothing that can be read: the fall-back. */
		{"fr, de;q=0.5", LANGUAGE_COUNT},
		{"", LANGUAGE_COUNT},
		{",,;q=1,", LANGUAGE_COUNT},
		{"*", LANGUAGE_COUNT},
		{"jab, eng", LANGUAGE_COUNT},
		{"en;q=2, ja;q=7", LANGUAGE_COUNT},
		{"en;q=0.1234", LANGUAGE_COUNT},
		{"en, ja", LANGUAGE_COUNT},
	};
	(void)state;
	assert_int_equal(language_of_header(NULL, LANGUAGE_EN), LANGUAGE_EN);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		for (enum language fallback = 0; fallback < LANGUAGE_COUNT; fallback++) {
			enum language wanted =
				rows[i].language == LANGUAGE_COUNT ? fallback : rows[i].language;
			if (language_of_header(rows[i].header, fallback) != wanted)
				fail_msg("%s", rows[i].header);
		}
	assert_int_equal(language_of_tag("en", LANGUAGE_JA), LANGUAGE_EN);
	assert_int_equal(language_of_tag("EN", LANGUAGE_JA), LANGUAGE_JA);
	assert_int_equal(language_of_tag(NULL, LANGUAGE_EN), LANGUAGE_EN);
}

static void dates(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	/* 2026-11-22T15:04:59Z: the next day in Japan. */
	const int64_t at = INT64_C(1795359899000);
	(void)state;
	assert_string_equal(answer_time(at, 9 * 3600, LANGUAGE_JA, &arena),
			    "2026年11月23日 0時04分（日本時間）");
	assert_string_equal(answer_time(at, 9 * 3600, LANGUAGE_EN, &arena),
			    "23 November 2026, 00:04 (UTC+09:00)");
	assert_string_equal(answer_time(at, 0, LANGUAGE_EN, &arena),
			    "22 November 2026, 15:04 (UTC)");
	assert_string_equal(answer_time(at, -12600, LANGUAGE_EN, &arena),
			    "22 November 2026, 11:34 (UTC-03:30)");
}

static void roles(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	(void)state;
	assert_string_equal(answer_roles("registrant admin", LANGUAGE_EN, &arena),
			    "registrant of the domain name, "
			    "administrative contact of the domain name");
	assert_string_equal(answer_roles("tech", LANGUAGE_JA, &arena),
			    "ドメイン名の技術連絡担当者");
	assert_string_equal(answer_roles("owner", LANGUAGE_JA, &arena), "owner");
	assert_string_equal(answer_roles("", LANGUAGE_JA, &arena), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_word_in_each_language),
		cmocka_unit_test(the_language_of_a_reader),
		cmocka_unit_test(dates),
		cmocka_unit_test(roles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
