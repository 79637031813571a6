/* Forms, queries and cookies: what is read, and what is refused. */
#include "gateway/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void fields_and_values(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct form form;
	(void)state;
	assert_int_equal(form_read(slice_text("said=not-me&a+b=%E5%90%8D%0D%0A+%2b&empty=&bare&"
					      "twice=1&twice=2&eq=a=b&&"),
				   &arena, &form, NULL),
			 OK);
	assert_int_equal(form.count, 7);
	assert_string_equal(form_value(&form, "said"), "not-me");
	assert_string_equal(form_value(&form, "a b"), "名\r\n +");
	assert_string_equal(form_value(&form, "empty"), "");
	assert_string_equal(form_value(&form, "bare"), "");
	assert_string_equal(form_value(&form, "eq"), "a=b");
	/* Which of the two is meant cannot be told. */
	assert_null(form_value(&form, "twice"));
	assert_null(form_value(&form, "Said"));
	assert_int_equal(form_read(SLICE_NONE, &arena, &form, NULL), OK);
	assert_int_equal(form.count, 0);
}

static void what_is_not_well_formed(void **state)
{
	static const char *const texts[] = {
		"a=%",
		"a=%4",
		"a=%4g",
		"a=%g4",
		"%=1",
		"a=%00",
		"a=%1b",
		"a=%7f",
		"a=%80",
		"a=%C0%AF",
		"a=%E0%80%AF",
		"a=%ED%A0%80",
		"a=%F4%90%80%80",
		"a=%E5%90",
		"a=\xff",
		"a=%F8%88%80%80%80",
	};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct form form = {.count = 7};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct error err = NO_ERROR;
		if (form_read(slice_text(texts[i]), &arena, &form, &err) != INPUT)
			fail_msg("taken: %s", texts[i]);
		assert_true(err.sentence[0]);
	}
	assert_int_equal(form_read(slice_of("a=\0", 3), &arena, &form, NULL), INPUT);
	assert_int_equal(form.count, 7);
}

static void as_many_fields_as_allowed(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	char text[FORM_FIELDS_MAX * 2 + 3] = "";
	struct form form;
	(void)state;
	for (size_t i = 0; i < FORM_FIELDS_MAX; i++)
		memcpy(text + 2 * i, "a&", 3);
	assert_int_equal(form_read(slice_text(text), &arena, &form, NULL), OK);
	assert_int_equal(form.count, FORM_FIELDS_MAX);
	memcpy(text + sizeof(text) - 3, "a", 2);
	assert_int_equal(form_read(slice_text(text), &arena, &form, NULL), INPUT);
}

static void cookies(void **state)
{
	static const struct {
		const char *header, *value;
	} rows[] = {
		{NULL, NULL},
		{"", NULL},
		{"c=abc-_9", "abc-_9"},
		{"a=1; c=2; d=3", "2"},
		{"a=1;c=2", "2"},
		{"cc=1; C=2", NULL},
		{"c=", NULL},
		{"c", NULL},
		{"c=a b", NULL},
		{"c=\"a\"", NULL},
		/* Two lines are one list, by a comma: RFC 6265 has one line only. */
		{"c=1, c=2", NULL},
		/* Somebody put one of theirs beside it. */
		{"c=1; c=2", NULL},
	};
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *value = form_cookie(rows[i].header, "c", &arena);
		if (rows[i].value)
			assert_string_equal(value, rows[i].value);
		else
			assert_null(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_values),
		cmocka_unit_test(what_is_not_well_formed),
		cmocka_unit_test(as_many_fields_as_allowed),
		cmocka_unit_test(cookies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
