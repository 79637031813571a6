/*
 * WHOIS answers: statuses, character sets, labels, and bytes that are no answer.
 * The layouts of registries are samples of their own: tests/validators/whois,
 * held by test_score_contacts.c.
 */
#include "validators/whois.h"
#include "validators/whois_label.h"
#include "validators/whois_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static enum status parse(const char *text, const char *name, struct arena *arena,
			 struct contact_answer *ret)
{
	return whois_parse(slice_text(text), name, arena, ret, NULL);
}

static void test_labels(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct whois_label label;
	} rows[] = {
		{"Domain Name", {.kind = LABEL_DOMAIN}},
		{"domain_name", {.kind = LABEL_DOMAIN}},
		{"Domain Status", {.kind = LABEL_OTHER}},
		{"Registrant", {LABEL_ROLE, CONTACT_REGISTRANT, 0, FIELD_NONE, false}},
		{"Holder of domain name", {LABEL_ROLE, CONTACT_REGISTRANT, 0, FIELD_NONE, false}},
		{"Administrative Contact/Agent", {LABEL_ROLE, CONTACT_ADMIN, 0, FIELD_NONE, false}},
		{"admin-c", {LABEL_ROLE, CONTACT_ADMIN, 0, FIELD_HANDLE, false}},
		{"Registry Tech ID", {LABEL_ROLE, CONTACT_TECH, 0, FIELD_HANDLE, false}},
		{"Registrant Contact Email",
		 {LABEL_ROLE_FIELD, CONTACT_REGISTRANT, 0, FIELD_EMAIL, false}},
		{"AC Phone Number", {LABEL_ROLE_FIELD, CONTACT_ADMIN, 0, FIELD_PHONE, false}},
		{"technical_contact_name", {LABEL_ROLE_FIELD, CONTACT_TECH, 0, FIELD_NAME, false}},
		{"Registrant's Agent", {.kind = LABEL_OTHER}},
		{"Registrar Technical Contacts", {.kind = LABEL_OTHER}},
		{"Registrar Abuse Contact Email", {.kind = LABEL_OTHER}},
		{"zone-c", {.kind = LABEL_OTHER}},
		{"e-mail", {LABEL_FIELD, CONTACT_REGISTRANT, 0, FIELD_EMAIL, false}},
		{"postal code", {.kind = LABEL_ADDRESS}},
		{"adminContactEmail", {LABEL_ROLE_FIELD, CONTACT_ADMIN, 0, FIELD_EMAIL, false}},
		{"Registrant Email 2",
		 {LABEL_ROLE_FIELD, CONTACT_REGISTRANT, 0, FIELD_EMAIL, false}},
		{"TEL TECH", {LABEL_ROLE_FIELD, CONTACT_TECH, 0, FIELD_PHONE, false}},
		{"E-mail of the domain owner",
		 {LABEL_ROLE_FIELD, CONTACT_REGISTRANT, 0, FIELD_EMAIL, false}},
		{"Teléfono", {LABEL_FIELD, CONTACT_REGISTRANT, 0, FIELD_PHONE, false}},
		{"Contacto Técnico", {LABEL_ROLE, CONTACT_TECH, 0, FIELD_NONE, false}},
		{"ТЕЛЕФОН", {LABEL_FIELD, CONTACT_REGISTRANT, 0, FIELD_PHONE, false}},
		{"Administrative and Technical Contact",
		 {LABEL_ROLE, CONTACT_ADMIN, 0, FIELD_NONE, false}},
		{"Admin. Zahlung E-Mail", {LABEL_ROLE_FIELD, CONTACT_ADMIN, 0, FIELD_NONE, false}},
		{"EMAIL FACTURATION", {.kind = LABEL_UNKNOWN}},
		{"Please contact the administrator", {.kind = LABEL_UNKNOWN}},
		{"Contact the technical support", {.kind = LABEL_UNKNOWN}},
		{"eligibility", {.kind = LABEL_UNKNOWN}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct whois_label label = whois_label_of(rows[i].text);
		if (label.kind != rows[i].label.kind || label.role != rows[i].label.role ||
		    label.field != rows[i].label.field)
			fail_msg("%s: %d %d %d", rows[i].text, (int)label.kind, (int)label.role,
				 (int)label.field);
	}
}

static void test_statuses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *name;
		enum status status;
	} rows[] = {
		{"", "example.com", INPUT},
		{"Domain Name: example.com\n", "exa mple.com", NAME_INVALID},
		{"Domain Name: example.com.\n", "EXAMPLE.com", OK},
		{"Domain Name: xn--r8jz45g.jp\n", "例え.jp", OK},
		{"Domain Name: example.org\n", "example.com", NAME_MISMATCH},
		{"No match for example.com\n", "example.com", NOT_FOUND},
		{"Domain: example.com\nStatus: AVAILABLE\n", "example.com", NOT_FOUND},
		{"Quota exceeded\n", "example.com", RATE_LIMITED},
		{"% Error: service unavailable\n", "example.com", RATE_LIMITED},
		{"Domain: example.com\n% Too many queries, reduced answer\n", "example.com",
		 RATE_LIMITED},
		{"Hello.\nName: Robin\nEmail: robin@mihon.example\n", "example.com", INPUT},
		{"\x89PNG\r\n\x1a\n", "example.com", INPUT},
		{"<!DOCTYPE html>\n<p>Domain example.com\n", "example.com", INPUT},
		{"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nexample.com\n", "example.com", INPUT},
		{"{\"objectClassName\": \"domain\", \"ldhName\": \"example.com\"}\n", "example.com",
		 INPUT},
		{"<html><title>404 Not Found</title></html>\n", "example.com", INPUT},
		{"HTTP/1.1 404 Not Found\r\n\r\n", "example.com", INPUT},
		{"Registrant: Mihon Ltd\n", "example.com", INPUT},
		{"Registrant: Mihon Ltd\nRegistrar: Sample\n", "example.com", OK},
		{"For data of EXAMPLE.COM ask its registrar.\n", "example.com", OK},
		{"Domain: example.com\n\nYou may not exceed our limits or send too many mails.\n",
		 "example.com", OK},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer;
		if (parse(rows[i].text, rows[i].name, &arena, &answer) != rows[i].status)
			fail_msg("not %s: %s", status_code(rows[i].status), rows[i].text);
		arena_release(&arena);
	}
}

static void test_character_sets(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		const char *name;
		const char *text;
	} rows[] = {
		{"\xef\xbb\xbf"
		 "name",
		 "example.com", "name"},
		{"M\xfcller", "example.de", "Müller"},
		{"\x8c\xa9\x96{", "example.jp", "見本"},
		{"\xb8\xab\xcb\xdc", "example.jp", "見本"},
		{"\x1b$B8+K\\\x1b(B", "example.jp", "見本"},
		{"\x1b[2J\x07", "example.jp", "?[2J?"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct arena arena = ARENA_NONE;
		assert_string_equal(whois_text(slice_text(rows[i].bytes), rows[i].name, &arena),
				    rows[i].text);
		arena_release(&arena);
	}
	struct arena arena = ARENA_NONE;
	assert_string_equal(whois_text(slice_of("a\0b", 3), "example.com", &arena), "a?b");
	arena_release(&arena);
}

/* RULES 3.1: "CONTACT handle" gives what stands behind a key of an organisational domain. */
static void test_jprs_contact(void **state)
{
	(void)state;
	static const char text[] = "Contact Information: [担当者情報]\r\n"
				   "a. [JPNICハンドル]             TM00001JP\r\n"
				   "b. [氏名]                      見本 太郎\r\n"
				   "c. [Last, First]               Mihon, Taro\r\n"
				   "d. [電子メイル]                taro@mihon.example\r\n"
				   "f. [組織名]                    見本株式会社\r\n"
				   "o. [電話番号]                  03-5555-0100\r\n";
	struct arena arena = ARENA_NONE;
	struct contact_set set = {.count = 0};
	struct contact_answer answer;
	assert_int_equal(whois_parse_jprs_contact(slice_text(text), "TM00002JP", CONTACT_ADMIN,
						  &arena, &set, NULL),
			 NAME_MISMATCH);
	assert_int_equal(whois_parse_jprs_contact(slice_text(text), "tm00001jp", CONTACT_ADMIN,
						  &arena, &set, NULL),
			 OK);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.rows[0].role, CONTACT_ADMIN);
	assert_string_equal(set.rows[0].email, "taro@mihon.example");
	assert_string_equal(set.rows[0].phone, "+81355550100");
	assert_string_equal(set.rows[0].name, "Mihon, Taro");
	assert_int_equal(parse(text, "example.co.jp", &arena, &answer), NAME_MISMATCH);
	arena_release(&arena);
}

static void test_limits(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_answer answer;
	struct buffer text;
	buffer_init(&text, CONTACT_ANSWER_MAX + 1);
	buffer_append_text(&text, "Domain: example.com\n");
	for (size_t lines = 2; lines < WHOIS_LINES_MAX; lines++)
		buffer_append_text(&text, "x\n");
	assert_int_equal(whois_parse(buffer_slice(&text), "example.com", &arena, &answer, NULL),
			 OK);
	buffer_append_text(&text, "x\n");
	assert_int_equal(whois_parse(buffer_slice(&text), "example.com", &arena, &answer, NULL),
			 INPUT);
	buffer_clear(&text);
	while (!text.overflowed)
		buffer_append_byte(&text, 'x');
	assert_int_equal(whois_parse(buffer_slice(&text), "example.com", &arena, &answer, NULL),
			 INPUT);
	buffer_release(&text);
	arena_release(&arena);
}

/* Whatever a server sends: no crash, no endless loop, and no more than the limits. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"Domain Name: example.com\n",
		"Registrant:\n",
		"  a@example.org\n",
		"[x]\n",
		":\n",
		"admin-c: K%zu\n",
		"nic-hdl: K1\n",
		"\n",
		"%% Registrant:\n",
		"contact:\n",
		"Admin Email: a@example.org b@example.org\n",
		"\tTel: +15555550100\n",
		"((((\n",
		"\xff\xfe\n",
		"Domain Name:\n",
		">>>\n",
		"Registrar:\n",
		"[Tech-C]\n",
		"Holder\n",
	};
	uint32_t seed = 1;
	for (int round = 0; round < 300; round++) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer = {.domain = NULL};
		struct buffer text;
		buffer_init(&text, 8192);
		while (!text.overflowed) {
			seed = seed * 1664525 + 1013904223;
			buffer_append_text(&text, lines[(seed >> 16) % ARRAY_LENGTH(lines)]);
		}
		enum status status =
			whois_parse(buffer_slice(&text), "example.com", &arena, &answer, NULL);
		assert_true(status == OK || status == NAME_MISMATCH);
		assert_true(answer.contacts.count <= CONTACTS_MAX);
		buffer_release(&text);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),         cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_character_sets), cmocka_unit_test(test_jprs_contact),
		cmocka_unit_test(test_limits),         cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
