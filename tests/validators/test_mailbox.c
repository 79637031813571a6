/* E-mail addresses that may be written to: RFC 5321 section 4.1.2, RFC 6531 section 3.3. */
#include "validators/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static void test_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *domain;
		bool needs_smtputf8;
	} rows[] = {
		{"info@example.org", "example.org", false},
		{"a.b+c@Example.ORG", "example.org", false},
		{"!#$%&'*+-/=?^_`{|}~@example.org", "example.org", false},
		{"\"\"@example.org", "example.org", false},
		{"\"two words\"@example.org", "example.org", false},
		{"\"a\\\"b@c\"@example.org", "example.org", false},
		{"info@xn--r8jz45g.jp", "xn--r8jz45g.jp", false},
		{"info@例え.jp", "xn--r8jz45g.jp", false},
		{"見本@example.jp", "example.jp", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct mailbox mailbox;
		struct error err = NO_ERROR;
		if (mailbox_parse(slice_text(rows[i].text), &mailbox, &err) != OK)
			fail_msg("%s: %s", rows[i].text, err.sentence);
		assert_string_equal(mailbox.text, rows[i].text);
		assert_string_equal(mailbox.domain, rows[i].domain);
		assert_int_equal(mailbox.needs_smtputf8, rows[i].needs_smtputf8);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"info",
		"@example.org",
		"info@",
		"info@localhost",
		"info@example..org",
		"info@-example.org",
		"info@example-.org",
		"info@example.org.",
		"info@ex_ample.org",
		".info@example.org",
		"info.@example.org",
		"in..fo@example.org",
		"in fo@example.org",
		"info@example.org ",
		" info@example.org",
		"a@b@example.org",
		"\"open@example.org",
		"info@[192.0.2.1]",
		"info(comment)@example.org",
		"info@example.org\r\nRCPT TO:<x@example.net>",
		"\xff\xfe@example.org",
		"a\xc0\xaf@example.org",
		"a\xc2\x9b@example.org",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct mailbox mailbox = {.text = "untouched"};
		if (mailbox_parse(slice_text(texts[i]), &mailbox, NULL) != INPUT)
			fail_msg("accepted: %s", texts[i]);
		assert_string_equal(mailbox.text, "untouched");
	}
}

/* RFC 5321 section 4.5.3.1: 64 octets before the "@", 254 in all, 63 in a label. */
static void test_limits(void **state)
{
	(void)state;
	char text[400];
	struct mailbox mailbox;
	memset(text, 'a', sizeof(text));
	memcpy(text + 64, "@example.org", 13);
	assert_int_equal(mailbox_parse(slice_text(text), &mailbox, NULL), OK);
	memset(text, 'a', sizeof(text));
	memcpy(text + 65, "@example.org", 13);
	assert_int_equal(mailbox_parse(slice_text(text), &mailbox, NULL), INPUT);
	memset(text, 'a', sizeof(text));
	text[1] = '@';
	for (size_t i = 65; i < 254; i += 64)
		text[i] = '.';
	text[254] = '\0';
	assert_int_equal(mailbox_parse(slice_text(text), &mailbox, NULL), OK);
	text[254] = 'a';
	text[255] = '\0';
	assert_int_equal(mailbox_parse(slice_text(text), &mailbox, NULL), INPUT);
	text[65] = 'a';
	text[254] = '\0';
	assert_int_equal(mailbox_parse(slice_text(text), &mailbox, NULL), INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
