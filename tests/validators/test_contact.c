/* Contacts gathered: what values say, rows by role and address, no contact twice. */
#include "validators/contact.h"
#include "validators/contact_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void test_values_that_say_nothing(void **state)
{
	(void)state;
	static const char *const nothings[] = {
		"",
		"-",
		"n/a",
		"REDACTED FOR PRIVACY",
		"<data not disclosed>",
		"Not Disclosed - Visit www.registry.example for webbased WHOIS",
		("Please query the RDDS service of the Registrar of Record identified in this "
		 "output"),
		"HIDDEN! Details are available at https://whois.example",
		"Hidden upon user request",
		"https://registrar.example/contact?form=1",
		"www.registrar.example",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(nothings); i++)
		if (contact_value_says(nothings[i]))
			fail_msg("says something: %s", nothings[i]);
	assert_true(contact_value_says("Sample, Inc."));
	assert_true(contact_value_says("株式会社見本"));
}

static void collect(void *context, const char *address)
{
	char *all = context;
	size_t length = strlen(all);
	(void)snprintf(all + length, 256 - length, "%s ", address);
}

static void test_addresses_of_a_value(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *addresses;
	} rows[] = {
		{"info@example.org", "info@example.org "},
		{"info AT example.org", "info@example.org "},
		{"info [at] example [dot] org", "info@example.org "},
		{"info at example dot org", "info@example.org "},
		{"look at example dot dot org", ""},
		{"infoATexample.org", "info@example.org "},
		{"Info ATexample.org", ""},
		{"Robin &lt;info@example.org&gt;", "info@example.org "},
		{"info(at)example.org", "info@example.org "},
		{"info at example.org", "info@example.org "},
		{"<info@example.org>; mailto:b@example.net.", "info@example.org b@example.net "},
		{"look at example.org please", ""},
		{"https://example.org/?mail=a@example.org", ""},
		{"h***a@example.org", ""},
		{"redacted@redacted.invalid", ""},
		{"Please query the RDDS service", ""},
	};
	struct arena arena = ARENA_NONE;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char all[256] = "";
		(void)contact_value_addresses(rows[i].value, &arena, collect, all);
		assert_string_equal(all, rows[i].addresses);
	}
	arena_release(&arena);
}

static void add(struct contact_set *set, enum contact_role role, const char *name,
		const char *emails, const char *phone, struct arena *arena)
{
	struct contact_draft draft = {.role = role};
	contact_draft_name(&draft, name, arena);
	(void)contact_draft_email(&draft, emails, arena);
	(void)contact_draft_phone(&draft, phone, NULL, arena);
	contact_set_add(set, &draft, arena);
}

static void test_rows(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_set set = {.count = 0};
	add(&set, CONTACT_TECH, "Tech", "tech@example.org", "", &arena);
	add(&set, CONTACT_REGISTRANT, "Owner", "a@example.org, b@example.org", "+1.5555550100",
	    &arena);
	add(&set, CONTACT_REGISTRANT, "所有者", "A@EXAMPLE.org", "", &arena);
	add(&set, CONTACT_ADMIN, "Owner", "a@example.org", "", &arena);
	add(&set, CONTACT_ADMIN, "", "", "", &arena);
	assert_int_equal(set.count, 4);
	assert_int_equal(set.rows[0].role, CONTACT_REGISTRANT);
	assert_string_equal(set.rows[0].email, "a@example.org");
	assert_string_equal(set.rows[0].name, "Owner");
	assert_string_equal(set.rows[0].phone, "+15555550100");
	assert_string_equal(set.rows[0].phone_written, "+1.5555550100");
	assert_string_equal(set.rows[1].email, "b@example.org");
	assert_null(set.rows[1].phone);
	assert_int_equal(set.rows[2].role, CONTACT_ADMIN);
	assert_int_equal(set.rows[3].role, CONTACT_TECH);
	arena_release(&arena);
}

/* Escapes must not reach the terminal of whoever reads the contacts. */
static void test_plain_text(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_draft draft = {.role = CONTACT_ADMIN};
	contact_draft_name(&draft, "\x1b[2JOwner", &arena);
	assert_string_equal(draft.name, " [2JOwner");
	assert_string_equal(contact_value_shown("a\x1b\xe3\x81\x82z", 4, &arena), "a???");
	arena_release(&arena);
}

static void test_full(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_set set = {.count = 0};
	for (int i = 0; i < 2 * CONTACTS_MAX; i++)
		add(&set, CONTACT_TECH, "", arena_printf(&arena, "n%d@example.org", i), "", &arena);
	assert_int_equal(set.count, CONTACTS_MAX);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_that_say_nothing),
		cmocka_unit_test(test_addresses_of_a_value),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_plain_text),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
