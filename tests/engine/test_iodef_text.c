/* What reports say: nothing that came from outside becomes a header, a line, or markup. */
#include "engine/iodef_text.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const identifiers[] = {"ca.example"};

static struct iodef_facts facts(void)
{
	return (struct iodef_facts){
		.id = "0123456789abcdef",
		.name = "www.example.com",
		.found = "example.com",
		.why = "example.com CAA 0 issue \"other.example\" names another CA",
		.issuer = "issuer",
		.identifiers = identifiers,
		.identifier_count = 1,
		.contact = "caa@issuer.example",
		.at = INT64_C(1795762555000), /* 2026-11-27T06:55:55Z, a Friday */
	};
}

static void test_head(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out;
	struct iodef_facts said = facts();
	buffer_init(&out, IODEF_TEXT_MAX);
	iodef_mail(&said, "ca@issuer.example", "owner@example.com", &out);
	const char *text = buffer_text(&out);
	static const char *const lines[] = {
		"From: ca@issuer.example\r\n",
		"To: owner@example.com\r\n",
		"Subject: A certificate for www.example.com was not issued (CAA)\r\n",
		"Date: Fri, 27 Nov 2026 06:55:55 +0000\r\n",
		"Message-ID: <0123456789abcdef@issuer.example>\r\n",
		"Auto-Submitted: auto-generated\r\n",
		"    example.com. CAA 0 issue \"ca.example\"\r\n",
		"Questions: caa@issuer.example\r\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("%s is not in\n%s", lines[i], text);
	said.identifier_count = 0;
	buffer_clear(&out);
	iodef_mail(&said, "ca@issuer.example", "owner@example.com", &out);
	assert_null(strstr(buffer_text(&out), "CAA 0 issue \"ca.example\""));
}

/* The same bytes from the same facts; lines that SMTP takes. */
static void test_lines(void **state)
{
	(void)state;
	static char why[4096];
	CLEANUP(buffer_release) struct buffer out, again;
	struct iodef_facts said = facts();
	memset(why, 'x', sizeof(why) - 1);
	static const char bad[] = "a\r\nBcc: b@c.example\r\n\r\n.\r\n--0123456789abcdef\x80";
	memcpy(why, bad, sizeof(bad) - 1);
	said.why = why;
	said.issuer = "i\r\nX-Injected: 1";
	buffer_init(&out, IODEF_TEXT_MAX);
	buffer_init(&again, IODEF_TEXT_MAX);
	iodef_mail(&said, "ca@issuer.example", "owner@example.com", &out);
	iodef_mail(&said, "ca@issuer.example", "owner@example.com", &again);
	assert_true(slice_equal(buffer_slice(&out), buffer_slice(&again)));
	const char *text = buffer_text(&out);
	assert_null(strstr(text, "\r\nBcc:"));
	assert_null(strstr(text, "\r\nX-Injected"));
	assert_null(strstr(text, "\r\n.\r\n"));
	for (const char *line = text; *line;) {
		const char *end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 998);
		for (const char *c = line; c < end; c++)
			assert_true(*c >= 0x20 && *c < 0x7f);
		line = end + 2;
	}
}

static void test_markup(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out;
	struct iodef_facts said = facts();
	said.why = "</Description><Incident a='1' b=\"2\">&amp;\x01]]>";
	buffer_init(&out, IODEF_TEXT_MAX);
	iodef_message(&said, "a\"><b>", &out);
	const char *text = buffer_text(&out);
	assert_non_null(strstr(text, "&lt;/Description&gt;&lt;Incident a=&apos;1&apos; "
				     "b=&quot;2&quot;&gt;&amp;amp;?]]&gt;"));
	assert_non_null(strstr(text, "<iodef:NodeName>a&quot;&gt;&lt;b&gt;</iodef:NodeName>"));
	const char *first = strstr(text, "<Incident ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "<Incident "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_markup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
