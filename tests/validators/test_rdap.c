/* Contacts from RDAP answers: RFC 9083 section 5, RFC 7095. */
#include "validators/rdap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static enum status parse(const char *text, const char *name, struct arena *arena,
			 struct contact_answer *ret)
{
	return rdap_parse(slice_text(text), name, arena, ret, NULL);
}

#define DOMAIN(entities)                                                                           \
	"{\"objectClassName\":\"domain\",\"ldhName\":\"EXAMPLE.JP\",\"entities\":[" entities "]}"

/* A contact in two roles; a registrar who is also "technical", with an abuse contact of its own; a
 * contact that was redacted. */
/* clang-format off */
static const char three_entities[] = DOMAIN(
	"{\"roles\":[\"registrant\",\"administrative\"],\"handle\":\"H1\",\"vcardArray\":[\"vcard\",["
	"[\"version\",{},\"text\",\"4.0\"],"
	"[\"fn\",{},\"text\",\"Hanna Sample\"],"
	"[\"org\",{},\"text\",[\"Sample Inc.\",\"Legal\"]],"
	"[\"email\",{},\"text\",\"a@example.jp\"],"
	"[\"tel\",{\"type\":[\"voice\",\"work\"]},\"uri\",\"tel:+81-3-5555-0100;ext=1\"],"
	"[\"tel\",{\"type\":\"fax\"},\"uri\",\"tel:+81-3-5555-0101\"]]]},"
	"{\"roles\":[\"registrar\",\"technical\"],\"vcardArray\":[\"vcard\",["
	"[\"email\",{},\"text\",\"help@registrar.example\"]]],"
	"\"entities\":[{\"roles\":[\"abuse\",\"administrative\"],\"vcardArray\":[\"vcard\",["
	"[\"email\",{},\"text\",\"abuse@registrar.example\"]]]}]},"
	"{\"roles\":[\"technical\"],\"vcardArray\":[\"vcard\",["
	"[\"fn\",{},\"text\",\"REDACTED FOR PRIVACY\"],"
	"[\"contact-uri\",{},\"uri\",\"https://registrar.example/form\"]]]}");
/* clang-format on */

static void test_roles(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_answer answer;
	assert_int_equal(parse(three_entities, "example.jp", &arena, &answer), OK);
	assert_int_equal(answer.contacts.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(answer.contacts.rows[i].name, "Hanna Sample");
		assert_string_equal(answer.contacts.rows[i].organization, "Sample Inc. Legal");
		assert_string_equal(answer.contacts.rows[i].email, "a@example.jp");
		assert_string_equal(answer.contacts.rows[i].phone, "+81355550100");
		assert_string_equal(answer.contacts.rows[i].handle, "H1");
	}
	assert_int_equal(answer.contacts.rows[0].role, CONTACT_REGISTRANT);
	assert_int_equal(answer.contacts.rows[1].role, CONTACT_ADMIN);
	arena_release(&arena);
}

static void test_statuses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *name;
		enum status status;
	} rows[] = {
		{DOMAIN(""), "example.jp", OK},
		{DOMAIN(""), "EXAMPLE.jp.", OK},
		{DOMAIN(""), "example.com", NAME_MISMATCH},
		{DOMAIN(""), "www.example.jp", NAME_MISMATCH},
		{"{\"objectClassName\":\"domain\",\"ldhName\":\"xn--r8jz45g.jp\",\"unicodeName\":"
		 "\"例え.jp\"}",
		 "例え.jp", OK},
		{"{\"objectClassName\":\"domain\",\"ldhName\":\"example.jp\",\"unicodeName\":"
		 "\"other.jp\"}",
		 "example.jp", NAME_MISMATCH},
		{"{\"objectClassName\":\"entity\"}", "example.jp", INPUT},
		{"{\"errorCode\":404,\"title\":\"Not Found\"}", "example.jp", NOT_FOUND},
		{"{\"errorCode\":429}", "example.jp", RATE_LIMITED},
		{"{\"errorCode\":500}", "example.jp", INPUT},
		{"{}", "example.jp", INPUT},
		{"", "example.jp", INPUT},
		{"[]", "example.jp", INPUT},
		{DOMAIN("1"), "example.jp", INPUT},
		{DOMAIN(""), "exa mple.jp", NAME_INVALID},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer;
		if (parse(rows[i].text, rows[i].name, &arena, &answer) != rows[i].status)
			fail_msg("not %s: %s", status_code(rows[i].status), rows[i].text);
		arena_release(&arena);
	}
}

static void test_malformed_cards(void **state)
{
	(void)state;
	static const char *const cards[] = {
		"[]",
		"[\"vcard\"]",
		"[[\"vcard\"]]",
		"[\"vcard\",{}]",
		"[\"vcardX\",[]]",
		"[\"vcard\",[[\"fn\",{},\"text\"]]]",
		"[\"vcard\",[[false,{},\"text\",\"x\"]]]",
		"[\"vcard\",[[\"fn\",[],\"text\",\"x\"]]]",
		"[\"vcard\",[[\"fn\",{},4,\"x\"]]]",
		"[\"vcard\",[[\"fn\",{},\"text\",[\"a\",[\"b\",[\"c\"]]]]]]",
		"[\"vcard\",[[\"fn\",{},\"text\",{}]]]",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer;
		const char *text = arena_printf(
			&arena, DOMAIN("{\"roles\":[\"registrant\"],\"vcardArray\":%s}"), cards[i]);
		if (parse(text, "example.jp", &arena, &answer) != INPUT)
			fail_msg("accepted: %s", cards[i]);
		arena_release(&arena);
	}
}

static void test_too_long(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	struct contact_answer answer;
	struct buffer text;
	buffer_init(&text, CONTACT_ANSWER_MAX + 1);
	while (!text.overflowed)
		buffer_append_byte(&text, ' ');
	assert_int_equal(rdap_parse(buffer_slice(&text), "example.jp", &arena, &answer, NULL),
			 INPUT);
	buffer_release(&text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_malformed_cards),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
