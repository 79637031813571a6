/* The mail that asks: whatever the facts hold, it has our headers and our two parts. */
#include "base/mime.h"
#include "base/utf8.h"
#include "engine/people/message_text.h"
#include "tests/csr/corpus.h"
#include "tests/validators/isemail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { FILE_BYTES_MAX = 1 << 20 };

static struct arena arena;
static struct message_templates templates;
static const char *const names[] = {"www.example.jp", "例え.example.jp"};

static int load(void **state)
{
	(void)state;
	const char *const folders[] = {ISSUER_SOURCE_DIR "/policy/data/templates/ask"};
	struct error err = NO_ERROR;
	arena_init(&arena);
	if (message_templates_load(folders, 1, &arena, &templates, &err) == OK)
		return 0;
	print_error("%s\n", err.sentence);
	return -1;
}

static int unload(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct message_facts facts(void)
{
	return (struct message_facts){
		.from = "ca@issuer.example",
		.from_name = "認証デスク",
		.reply_to = "desk@issuer.example",
		.to = "hostmaster@example.jp",
		.message_id = "0123456789abcdef0123456789abcdef@issuer.example",
		.boundary = "0123456789abcdefghijklmnopqrstuv",
		.at = INT64_C(1795762555000), /* 2026-11-27T06:55:55Z, a Friday */
		.applicant = "株式会社 A&B <test>",
		.country = "JP",
		.product = "Domain-validated certificate",
		.ca = "Example CA",
		.domain = "xn--r8jz45g.example.jp",
		.domain_display = "例え.example.jp",
		.names = names,
		.name_count = 2,
		.roles = "registrant admin",
		.source = "whois whois.example.jp",
		.url = "https://issuer.example/answer/00112233445566778899aabbccddeeff?a=1&b=2",
		.value = "00112233445566778899aabbccddeeff",
		.until_at = INT64_C(1798354799999), /* 2026-12-27T06:59:59.999Z */
		.zone_s = 9 * 3600,
	};
}

/* The text of a part after the n-th boundary, decoded; it ends the search for what stands there. */
static void read_part(const char *mail, int number, struct buffer *out)
{
	const char *at = mail;
	for (int i = 0; i < number; i++) {
		at = strstr(at, "\r\n--0123456789abcdefghijklmnopqrstuv\r\n");
		assert_non_null(at);
		at += 4;
	}
	const char *body = strstr(at, "\r\n\r\n");
	const char *end = strstr(body, "\r\n--0123456789abcdefghijklmnopqrstuv");
	const char *base64 = strstr(at, "Content-Transfer-Encoding: base64\r\n");
	struct slice text = slice_of(body + 4, (size_t)(end - body - 4));
	if (base64 && base64 < body)
		mime_read_base64(text, out);
	else
		mime_read_quoted_printable(text, out);
}

static void compose(const struct message_facts *said, struct buffer *out)
{
	struct error err = NO_ERROR;
	buffer_init(out, MESSAGE_TEXT_MAX);
	if (message_compose(&templates, said, out, &err) != OK)
		fail_msg("%s", err.sentence);
}

static void expect(const char *text, const char *piece)
{
	if (!strstr(text, piece))
		fail_msg("\"%s\" is not in\n%s", piece, text);
}

static void test_head(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out;
	struct message_facts said = facts();
	compose(&said, &out);
	static const char *const lines[] = {
		"From: =?UTF-8?B?6KqN6Ki844OH44K544Kv?=\r\n <ca@issuer.example>\r\n",
		"\r\nTo: hostmaster@example.jp\r\n",
		"\r\nReply-To: desk@issuer.example\r\n",
		"\r\nSubject: =?UTF-8?B?",
		"\r\nDate: Fri, 27 Nov 2026 06:55:55 +0000\r\n",
		"\r\nMessage-ID: <0123456789abcdef0123456789abcdef@issuer.example>\r\n",
		"\r\nAuto-Submitted: auto-generated\r\n",
		"\r\nContent-Language: ja, en\r\n",
		"\r\nMIME-Version: 1.0\r\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		expect(buffer_text(&out), lines[i]);
}

static void test_words(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out, text = {.maximum = MESSAGE_TEXT_MAX};
	CLEANUP(buffer_release) struct buffer html = {.maximum = MESSAGE_TEXT_MAX};
	struct message_facts said = facts();
	compose(&said, &out);
	read_part(buffer_text(&out), 1, &text);
	static const char *const plain[] = {
		"申請者:       株式会社 A&B <test>\r\n",
		"Applicant:    株式会社 A&B <test>\r\n",
		"Country:      JP\r\n",
		"例え.example.jp (xn--r8jz45g.example.jp)",
		"    - www.example.jp\r\n    - 例え.example.jp\r\n",
		"\r\nhttps://issuer.example/answer/00112233445566778899aabbccddeeff?a=1&b=2\r\n",
		"回答期限: 2026年12月27日 15:59 (UTC+09:00)\r\n",
		"Answer until: 27 December 2026, 15:59 (UTC+09:00)\r\n",
		"hostmaster@example.jp\r\n",
		"whois whois.example.jp\r\n",
		"ドメイン名の登録者(登録情報)、ドメイン名の管理担当者(登録情報)\r\n",
		"registrant of the domain name (registration data), administrative contact",
		"  00112233445566778899aabbccddeeff\r\n",
		"Questions: desk@issuer.example\r\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
		expect(buffer_text(&text), plain[i]);
	assert_null(strstr(buffer_text(&text), "{{"));
	assert_null(strstr(buffer_text(&text), " more ("));
	/* Japanese first. */
	assert_true(strstr(buffer_text(&text), "回答期限") <
		    strstr(buffer_text(&text), "Answer until"));
	read_part(buffer_text(&out), 2, &html);
	expect(buffer_text(&html), "<strong>株式会社 A&amp;B &lt;test&gt;</strong>");
	expect(buffer_text(&html),
	       "<a "
	       "href=\"https://issuer.example/answer/"
	       "00112233445566778899aabbccddeeff?a=1&amp;b=2\">"
	       "https://issuer.example/answer/00112233445566778899aabbccddeeff?a=1&amp;b=2</a>");
	assert_null(strstr(buffer_text(&html), "{{"));
	assert_null(strstr(buffer_text(&html), "<test>"));
}

/* What has no value has no line; what has too many is counted. */
static void test_lines_left_out(void **state)
{
	(void)state;
	const char *many[MESSAGE_NAMES_SHOWN + 7];
	CLEANUP(buffer_release) struct buffer out, text = {.maximum = MESSAGE_TEXT_MAX};
	struct message_facts said = facts();
	for (size_t i = 0; i < ARRAY_LENGTH(many); i++)
		many[i] = "n.example.jp";
	said.country = NULL;
	said.source = NULL;
	said.reply_to = NULL;
	said.names = many;
	said.name_count = ARRAY_LENGTH(many);
	said.languages = MESSAGE_ONLY_EN;
	said.domain_display = said.domain = "example.jp";
	compose(&said, &out);
	expect(buffer_text(&out), "\r\nContent-Language: en\r\n");
	expect(buffer_text(&out), "\r\nSubject: Please confirm: certificate for example.jp\r\n");
	assert_null(strstr(buffer_text(&out), "\r\nReply-To:"));
	read_part(buffer_text(&out), 1, &text);
	assert_null(strstr(buffer_text(&text), "Country:"));
	assert_null(strstr(buffer_text(&text), "Published by:"));
	assert_null(strstr(buffer_text(&text), "申請者"));
	expect(buffer_text(&text), "    - and 7 more (");
	expect(buffer_text(&text), "Questions: ca@issuer.example");
	expect(buffer_text(&text), "Domain to be authorised: example.jp\r\n");
}

static void test_same_bytes(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out, again;
	struct message_facts said = facts();
	compose(&said, &out);
	compose(&said, &again);
	assert_true(slice_equal(buffer_slice(&out), buffer_slice(&again)));
}

/* Header names of the mail in their order, joined by spaces; fails on a line that is none. */
static void header_names(const char *mail, char *out, size_t size)
{
	out[0] = '\0';
	for (const char *line = mail; strncmp(line, "\r\n", 2) != 0;) {
		const char *end = strstr(line, "\r\n");
		assert_non_null(end);
		if (line[0] != ' ') {
			size_t length = strcspn(line, ":");
			assert_true(length > 0 && line + length < end);
			size_t used = strlen(out);
			(void)snprintf(out + used, size - used, "%.*s ", (int)length, line);
		}
		line = end + 2;
	}
}

#define HEADERS                                                                                    \
	"From To Reply-To Subject Date Message-ID Auto-Submitted X-Auto-Response-Suppress "        \
	"Content-Language MIME-Version Content-Type "

/* ASCII alone, CR LF alone, no line that SMTP does not take, two parts. */
static void check_form(const struct buffer *out)
{
	char found[512];
	const char *mail = buffer_text(out);
	assert_int_equal(strlen(mail), out->length);
	header_names(mail, found, sizeof(found));
	assert_string_equal(found, HEADERS);
	int boundaries = 0;
	for (const char *line = mail; *line;) {
		const char *end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 998);
		for (const char *c = line; c < end; c++)
			assert_true(*c >= 0x20 && *c < 0x7f);
		boundaries += strncmp(line, "--0123456789abcdefghijklmnopqrstuv", 34) == 0;
		assert_true(line[0] != '.');
		line = end + 2;
	}
	assert_int_equal(boundaries, 3);
}

static const char *const hostile[] = {
	"a\r\nBcc: b@example.com\r\n\r\n<b>body</b>",
	"a\nBcc: b@example.com",
	"a\rBcc: b@example.com",
	"\r\n.\r\nRCPT TO:<x@example.com>",
	"\r\n--0123456789abcdefghijklmnopqrstuv\r\nContent-Type: text/html\r\n\r\nx",
	"=?UTF-8?Q?=0D=0ABcc:_b@example.com?=",
	"\xe2\x80\xaegro.elpmaxe",
	"\xe2\x81\xa6x\xe2\x81\xa9",
	"\xc0\x8d\xc0\x8a",
	"\xff\xfe\x80",
	"a\xe2\x80\xa8"
	"b\xe2\x80\xa9"
	"c\xc2\x85"
	"d",
	"\"><script>alert(1)</script><img src=x onerror=y>",
	"{{link}}{{value}}",
	"\x01\x1b[2J\x7f",
};

/* Facts that are shown become one line of visible text wherever they stand. */
static void test_hostile_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(hostile); i++) {
		CLEANUP(buffer_release) struct buffer out;
		CLEANUP(buffer_release) struct buffer html = {.maximum = MESSAGE_TEXT_MAX};
		CLEANUP(buffer_release) struct buffer text = {.maximum = MESSAGE_TEXT_MAX};
		struct message_facts said = facts();
		said.from_name = said.applicant = said.country = said.product = said.ca =
			hostile[i];
		said.domain = said.domain_display = said.roles = said.source = hostile[i];
		said.names = &hostile[i];
		said.name_count = 1;
		compose(&said, &out);
		check_form(&out);
		read_part(buffer_text(&out), 1, &text);
		read_part(buffer_text(&out), 2, &html);
		assert_null(strstr(buffer_text(&html), "<script"));
		assert_null(strstr(buffer_text(&html), "<img"));
		assert_null(strstr(buffer_text(&text), "\nBcc:"));
		assert_null(strstr(buffer_text(&text), "\n--0123"));
		for (struct slice rest = buffer_slice(&text); rest.length;) {
			uint32_t point = 0;
			size_t length = utf8_read(rest, &point);
			assert_true(length > 0);
			assert_true(point == '\r' || point == '\n' || utf8_is_plain(point));
			rest = slice_of(rest.data + length, rest.length - length);
		}
	}
}

/* Facts that a header or the link depends on are refused instead. */
static void test_refused(void **state)
{
	(void)state;
	static const char *const more[] = {
		"",
		"\xe8\xa6\x8b\xe6\x9c\xac@example.jp", /* a UTF-8 local part */
		"=?utf-8?q?x?=@example.jp",
		"a@b@example.jp",
		"javascript:x",
		"https://a b",
		"a@example.jp>",
		"0123456789abcde\"",
		"https://\xe4\xbe\x8b",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(hostile) + ARRAY_LENGTH(more); i++) {
		const char *text =
			i < ARRAY_LENGTH(hostile) ? hostile[i] : more[i - ARRAY_LENGTH(hostile)];
		struct message_facts said = facts();
		const char **const checked[] = {&said.from, &said.reply_to,   &said.to,
						&said.url,  &said.message_id, &said.boundary,
						&said.value};
		for (size_t k = 0; k < ARRAY_LENGTH(checked); k++) {
			CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
			const char *kept = *checked[k];
			struct error err = NO_ERROR;
			*checked[k] = text;
			if (message_compose(&templates, &said, &out, &err) != INPUT)
				fail_msg("fact %zu: \"%s\" is taken", k, text);
			assert_int_equal(out.length, 0);
			*checked[k] = kept;
		}
	}
}

/* A mail that would be too long is none. */
static void test_limits(void **state)
{
	(void)state;
	static char longest[MESSAGE_URL_MAX + 2];
	CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
	struct message_facts said = facts();
	(void)snprintf(longest, sizeof(longest), "https://a/%0*d", MESSAGE_URL_MAX - 10, 0);
	said.url = longest;
	assert_int_equal(message_compose(&templates, &said, &out, NULL), OK);
	(void)snprintf(longest, sizeof(longest), "https://a/%0*d", MESSAGE_URL_MAX - 9, 0);
	assert_int_equal(message_compose(&templates, &said, &out, NULL), INPUT);
	/* The longest facts in every place still fit. */
	static char fact[4 * 4000];
	for (size_t i = 0; i + 4 < sizeof(fact); i += 3)
		memcpy(fact + i, "\xe3\x81\x82", 3);
	const char *many[1000];
	for (size_t i = 0; i < ARRAY_LENGTH(many); i++)
		many[i] = fact;
	said = facts();
	said.from_name = said.applicant = said.country = said.product = said.ca = fact;
	said.domain_display = said.roles = said.source = fact;
	said.names = many;
	said.name_count = ARRAY_LENGTH(many);
	buffer_clear(&out);
	struct error err = NO_ERROR;
	if (message_compose(&templates, &said, &out, &err) != OK)
		fail_msg("%s", err.sentence);
	check_form(&out);
}

/* Whatever the corpus has for an address: refused, or the headers are exactly ours. */
static void test_isemail(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer text = {.maximum = 2 * FILE_BYTES_MAX};
	struct isemail_case test;
	int all = 0, right = 0, written = 0;
	if (!corpus_available("email-isemail"))
		return;
	static const char *const files[] = {"email-isemail/tests.xml",
					    "email-isemail/tests-original.xml"};
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		buffer_clear(&text);
		corpus_read(files[i], &text);
		for (const char *at = buffer_text(&text); isemail_next(&at, &test); all++) {
			CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
			struct message_facts said = facts();
			char line[1200];
			said.from = said.to = said.reply_to = test.address;
			enum status status = message_compose(&templates, &said, &out, NULL);
			right += status == OK || status == INPUT;
			if (status != OK)
				continue;
			written++;
			check_form(&out);
			const char *domain = strrchr(test.address, '@');
			(void)snprintf(line, sizeof(line), "\r\nTo: %.*s@",
				       (int)(domain - test.address), test.address);
			expect(buffer_text(&out), line);
		}
	}
	printf("corpus email-isemail headers: %d of %d (%d can be written to)\n", right, all,
	       written);
	assert_int_equal(right, all);
	assert_true(written > 50);
}

/* What an officer reads: every fact that is asked about, and the value in groups. */
static void test_script_of_a_domain(void **state)
{
	(void)state;
	static const char *const facts_in_it[] = {"+81355550142 (03-5555-0142)",
						  "Robin Mihon",
						  "Example CA",
						  "JP",
						  "Domain-validated certificate",
						  "例え.example.jp (xn--r8jz45g.example.jp)",
						  "www.example.jp",
						  "abcd-efgh-ijkl-mnop-qrst-uvwx-yz",
						  "whois whois.example.jp",
						  "株式会社 A&B <test>",
						  "desk@issuer.example"};
	static const char *const words[MESSAGE_LANGUAGE_COUNT][6] = {
		[MESSAGE_JA] = {"2026年12月27日 15:59 (UTC+09:00)", "ドメイン名の登録者",
				"留守番電話", "取り次ぎを求めないで", "はい、いいえ", "2026年11月"},
		[MESSAGE_EN] = {"27 December 2026, 15:59 (UTC+09:00)",
				"registrant of the domain name", "VOICEMAIL",
				"Do not ask to be put", "yes or no", "27 November 2026"},
	};
	struct message_facts said = facts();
	said.number = "+81355550142 (03-5555-0142)";
	said.person = "Robin Mihon";
	said.value = "abcdefghijklmnopqrstuvwxyz";
	said.agreed_at = said.at;
	for (int language = 0; language < MESSAGE_LANGUAGE_COUNT; language++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
		message_script(&templates, &said, (enum message_language)language, &out);
		for (size_t i = 0; i < ARRAY_LENGTH(facts_in_it); i++)
			expect(buffer_text(&out), facts_in_it[i]);
		for (size_t i = 0; i < ARRAY_LENGTH(words[language]); i++)
			expect(buffer_text(&out), words[language][i]);
		assert_null(strstr(buffer_text(&out), "{{"));
		assert_null(strchr(buffer_text(&out), '\r'));
		assert_null(strstr(buffer_text(&out), said.value));
	}
}

/* An organisation has no value, and is told no domain but those of the certificate; lines about
 * what is not known are left out. */
static void test_script_of_an_organisation(void **state)
{
	(void)state;
	static const char *const absent[] = {
		"Ask for:", "お呼びする方:", "Time agreed:", "約束の日時:", "確認番号"};
	struct message_facts said = facts();
	said.number = "+81355550142";
	said.entitled = "representative";
	said.value = NULL;
	for (int language = 0; language < MESSAGE_LANGUAGE_COUNT; language++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = MESSAGE_TEXT_MAX};
		message_script(&templates, &said, (enum message_language)language, &out);
		expect(buffer_text(&out), "+81355550142\n");
		expect(buffer_text(&out), "representative");
		expect(buffer_text(&out), "株式会社 A&B <test>");
		expect(buffer_text(&out), "www.example.jp");
		for (size_t i = 0; i < ARRAY_LENGTH(absent); i++)
			assert_null(strstr(buffer_text(&out), absent[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lines_left_out),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_hostile_facts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_script_of_a_domain),
		cmocka_unit_test(test_script_of_an_organisation),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_isemail),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
