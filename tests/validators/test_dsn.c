/* Reports of mail that was not delivered: the samples of tests/fuzz/seeds/dsn. */
#include "validators/dsn.h"

#include "validators/mailbox.h"
#include "validators/mime_part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS ISSUER_SOURCE_DIR "/tests/fuzz/seeds/dsn/"
#define ID "0123456789abcdef0123456789abcdef@issuer.example"
#define RECIPIENT "hostmaster@example.jp"

static void read_seed(const char *name, struct buffer *out)
{
	char path[512], chunk[4096];
	(void)snprintf(path, sizeof(path), SEEDS "%s", name);
	FILE *file = fopen(path, "rb");
	size_t length;
	buffer_init(out, MIME_MESSAGE_MAX + 1);
	if (!file)
		fail_msg("%s is missing", path);
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(out, chunk, length);
	assert_int_equal(fclose(file), 0);
}

/* What the desk would take it for: the recipient that the report is about, finally. */
static const struct dsn_recipient *final_for(const struct dsn *dsn)
{
	for (size_t i = 0; i < dsn->recipient_count; i++) {
		const struct dsn_recipient *recipient = &dsn->recipients[i];
		bool same = (recipient->final && mailbox_same(recipient->final, RECIPIENT)) ||
			    (recipient->original && mailbox_same(recipient->original, RECIPIENT));
		if (same && dsn_is_final(recipient))
			return recipient;
	}
	return NULL;
}

/* It bounced: our Message-ID, our recipient, for good. */
static void test_bounces(void **state)
{
	(void)state;
	static const struct {
		const char *seed;
		enum dsn_form form;
		const char *words;
	} rows[] = {
		{"failed", DSN_STANDARD, "Recipient address rejected: User unknown in virtual"},
		{"failed_crlf", DSN_STANDARD,
		 "Recipient address rejected: User unknown in virtual"},
		{"failed_whole", DSN_STANDARD, "550 5.1.1"},
		{"failed_utf8", DSN_STANDARD, "550 5.1.1"},
		{"failed_forwarded", DSN_STANDARD, "550 5.1.1"},
		{"failed_two", DSN_STANDARD, "550 5.1.1"},
		{"failed_nested", DSN_STANDARD, "550 5.1.1"},
		{"failed_base64", DSN_STANDARD, "550 5.1.1"},
		{"failed_value_echoed", DSN_STANDARD,
		 "554 5.7.1 spam: https://issuer.example/answer/********************************"},
		{"exim", DSN_STANDARD, NULL}, /* as Exim 4.96 made it, without a Diagnostic-Code */
		{"qmail", DSN_QMAIL, "Remote host said: 550 5.1.1 unknown user"},
		{"exchange_text", DSN_PLAIN, "does not exist at the organization this message was"},
		{"exim_text", DSN_PLAIN, "550 5.1.1 User unknown"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(buffer_release) struct buffer text;
		struct error err = NO_ERROR;
		struct dsn dsn;
		read_seed(rows[i].seed, &text);
		if (dsn_read(buffer_slice(&text), &arena, &dsn, &err) != OK)
			fail_msg("%s: %s", rows[i].seed, err.sentence);
		assert_int_equal(dsn.form, rows[i].form);
		assert_true(dsn.id_count >= 1);
		assert_string_equal(dsn.ids[0], ID);
		const struct dsn_recipient *recipient = final_for(&dsn);
		if (!recipient)
			fail_msg("%s is not final", rows[i].seed);
		assert_int_equal(recipient->status[0], '5');
		if (!rows[i].words)
			assert_null(recipient->words);
		else if (!recipient->words || !strstr(recipient->words, rows[i].words))
			fail_msg("%s: %s", rows[i].seed,
				 recipient->words ? recipient->words : "no words");
	}
}

/* A report, but of nothing final about our recipient. */
static void test_others(void **state)
{
	(void)state;
	static const struct {
		const char *seed;
		enum dsn_action action;
		const char *status;
	} rows[] = {
		{"delayed", DSN_DELAYED, "4.4.1"},
		{"relayed", DSN_RELAYED, "2.0.0"},
		{"delivered", DSN_DELIVERED, "2.0.0"},
		{"failed_temporary", DSN_FAILED, "4.4.7"},
		{"failed_no_status", DSN_FAILED, ""},
		{"failed_other_recipient", DSN_FAILED, "5.1.1"},
		{"qmail_temporary", DSN_FAILED, "4.4.1"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(buffer_release) struct buffer text;
		struct error err = NO_ERROR;
		struct dsn dsn;
		read_seed(rows[i].seed, &text);
		if (dsn_read(buffer_slice(&text), &arena, &dsn, &err) != OK)
			fail_msg("%s: %s", rows[i].seed, err.sentence);
		assert_int_equal(dsn.recipients[0].action, rows[i].action);
		assert_string_equal(dsn.recipients[0].status, rows[i].status);
		if (final_for(&dsn))
			fail_msg("%s is final", rows[i].seed);
	}
}

/* No report at all. */
static void test_none(void **state)
{
	(void)state;
	static const char *const seeds[] = {
		"text_without_mail", "text_from_a_person",     "text_with_return_path",
		"vacation",          "vacation_of_postmaster", "reply",
		"feedback_report",   "read_receipt",           "empty_text",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(seeds); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(buffer_release) struct buffer text;
		struct dsn dsn;
		read_seed(seeds[i], &text);
		if (dsn_read(buffer_slice(&text), &arena, &dsn, NULL) != NOT_APPLICABLE)
			fail_msg("%s is taken for a report", seeds[i]);
	}
}

static void test_limits(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer cut, text;
	struct dsn dsn;
	/* Cut off before the mail's own fields, so it is about no mail of ours. */
	read_seed("cut_off", &cut);
	assert_int_equal(dsn_read(buffer_slice(&cut), &arena, &dsn, NULL), OK);
	assert_int_equal(dsn.id_count, 0);
	read_seed("failed", &text);
	while (text.length < MIME_MESSAGE_MAX)
		buffer_append_byte(&text, '\n');
	assert_int_equal(dsn_read(buffer_slice(&text), &arena, &dsn, NULL), OK);
	buffer_append_byte(&text, '\n');
	assert_int_equal(dsn_read(buffer_slice(&text), &arena, &dsn, NULL), INPUT);
	/* More recipients than are looked at, more parts, more depth: the first count. */
	CLEANUP(buffer_release) struct buffer many = {.maximum = MIME_MESSAGE_MAX};
	buffer_append_text(&many, "Content-Type: multipart/report; boundary=b\n\n--b\n"
				  "Content-Type: message/delivery-status\n\n");
	for (int i = 0; i < DSN_RECIPIENTS_MAX + 5; i++)
		buffer_printf(&many, "Final-Recipient: rfc822; a%d@example.jp\nAction: failed\n\n",
			      i);
	buffer_append_text(&many, "\n--b\nContent-Type: text/rfc822-headers\n\n");
	buffer_append_text(&many, "Message-ID: <1@a>\n\n--b\n");
	assert_int_equal(dsn_read(buffer_slice(&many), &arena, &dsn, NULL), OK);
	assert_int_equal(dsn.recipient_count, DSN_RECIPIENTS_MAX);
	struct mime_part parts[MIME_PARTS_MAX];
	buffer_clear(&many);
	buffer_append_text(&many, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < MIME_PARTS_MAX + 5; i++)
		buffer_append_text(&many, "--b\n\nx\n");
	assert_int_equal(mime_leaves(buffer_slice(&many), &arena, parts), MIME_PARTS_MAX);
	buffer_clear(&many);
	for (int i = 0; i <= MIME_DEPTH_MAX; i++)
		buffer_printf(&many, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
			      i);
	buffer_append_text(&many, "\nx\n");
	assert_int_equal(mime_leaves(buffer_slice(&many), &arena, parts), 1);
	assert_true(mime_is_kind(parts[0].head, "multipart"));
}

static void test_fields(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct slice head = slice_text("A: 1\nB :\t two \r\n\t lines\r\nb: 2\nC:\nContent-Type: "
				       "Text/Plain; x=\"a;b=c\"; boundary = \"q\\\"r\" ; y=z\n");
	assert_string_equal(mime_field(head, "a", &arena), "1");
	assert_string_equal(mime_field(head, "B", &arena), "two lines");
	assert_string_equal(mime_field(head, "c", &arena), "");
	assert_null(mime_field(head, "D", &arena));
	assert_null(mime_field(head, "", &arena));
	assert_true(mime_is_type(head, "text/plain"));
	assert_false(mime_is_type(head, "text/plai"));
	assert_true(mime_is_kind(head, "text"));
	const char *type = mime_field(head, "content-type", &arena);
	assert_string_equal(mime_parameter(type, "boundary", &arena), "q\"r");
	assert_string_equal(mime_parameter(type, "Y", &arena), "z");
	assert_null(mime_parameter(type, "b", &arena));
	assert_true(mime_is_type(SLICE_NONE, "text/plain"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounces), cmocka_unit_test(test_others),
		cmocka_unit_test(test_none),    cmocka_unit_test(test_limits),
		cmocka_unit_test(test_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
