/*
 * How well contacts are read: invented answers in the layouts of many registries
 * (tests/validators/whois, expected contacts beside each), and the public corpora
 * of RDAP answers and e-mail addresses. Prints "… N of M" and each case that
 * differs.
 */
#include "tests/csr/corpus.h"
#include "tests/validators/isemail.h"
#include "validators/mailbox.h"
#include "validators/rdap.h"
#include "validators/whois.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FILE_BYTES_MAX = 4 * 1024 * 1024 };

static void read_file(const char *path, struct buffer *out)
{
	char piece[4096];
	size_t length;
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("could not open %s", path);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(out, piece, length);
	(void)fclose(file);
}

static json_t *read_json(const char *path)
{
	struct buffer text;
	buffer_init(&text, FILE_BYTES_MAX);
	read_file(path, &text);
	json_t *value = NULL;
	assert_int_equal(json_read(buffer_slice(&text), &value, NULL), OK);
	buffer_release(&text);
	return value;
}

/* ---- WHOIS samples ---- */

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* role, email and phone always count; name, organization and handle where they are expected. */
static bool is_expected(const json_t *expected, const struct contact *row)
{
	const struct {
		const char *member;
		const char *value;
		bool optional;
	} fields[] = {
		{"role", contact_role_text(row->role), false},
		{"email", row->email, false},
		{"phone", row->phone, false},
		{"name", row->name, true},
		{"organization", row->organization, true},
		{"handle", row->handle, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		const char *want = json_get_text(expected, fields[i].member);
		if ((want || !fields[i].optional) && !same(want, fields[i].value))
			return false;
	}
	return true;
}

static bool sample_matches(const json_t *expected, enum status status,
			   const struct contact_answer *answer)
{
	const char *code = json_get_text(expected, "code");
	const json_t *contacts = json_object_get(expected, "contacts");
	if (code || status != OK)
		return code && strcmp(code, status_code(status)) == 0;
	if (json_array_size(contacts) != answer->contacts.count ||
	    !same(json_get_text(expected, "referral"), answer->referral))
		return false;
	for (size_t i = 0; i < answer->contacts.count; i++)
		if (!is_expected(json_array_get(contacts, i), &answer->contacts.rows[i]))
			return false;
	return true;
}

static bool check_sample(const char *folder, const char *id)
{
	struct arena arena = ARENA_NONE;
	struct buffer text;
	struct contact_answer answer = {.domain = NULL};
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s.json", folder, id);
	json_t *expected = read_json(path);
	(void)snprintf(path, sizeof(path), "%s/%s.txt", folder, id);
	buffer_init(&text, FILE_BYTES_MAX);
	read_file(path, &text);
	enum status status = whois_parse(buffer_slice(&text), json_get_text(expected, "name"),
					 &arena, &answer, NULL);
	bool matches = sample_matches(expected, status, &answer);
	if (!matches)
		printf("  %s: %s, %zu contacts\n", id, status_code(status), answer.contacts.count);
	/* Cut anywhere, it is an answer all the same, or none: never a crash. */
	for (size_t length = 1; length < text.length; length += 7) {
		struct arena cut = ARENA_NONE;
		(void)!whois_parse(slice_of(text.data, length), json_get_text(expected, "name"),
				   &cut, &answer, NULL);
		arena_release(&cut);
	}
	buffer_release(&text);
	json_decref(expected);
	arena_release(&arena);
	return matches;
}

static void test_whois_samples(void **state)
{
	(void)state;
	static const char folder[] = ISSUER_SOURCE_DIR "/tests/validators/whois";
	int right = 0;
	int all = 0;
	DIR *entries = opendir(folder);
	assert_non_null(entries);
	for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
		char id[256];
		size_t length = strlen(entry->d_name);
		if (length < 5 || strcmp(entry->d_name + length - 5, ".json") != 0)
			continue;
		(void)snprintf(id, sizeof(id), "%.*s", (int)(length - 5), entry->d_name);
		right += check_sample(folder, id);
		all++;
	}
	(void)closedir(entries);
	printf("whois samples: %d of %d\n", right, all);
	assert_int_equal(right, all);
	assert_true(all >= 114);
}

/* ---- corpus rdap ---- */

static const struct {
	const char *rdap;
	enum contact_role role;
} rdap_roles[] = {
	{"registrant", CONTACT_REGISTRANT},
	{"administrative", CONTACT_ADMIN},
	{"technical", CONTACT_TECH},
};

static bool has_text(const json_t *array, const char *text)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (strcasecmp(json_string_value(json_array_get(array, i)), text) == 0)
			return true;
	return false;
}

/* Whether the set holds the address in the role, counting those that it holds in *count. */
static bool holds(const struct contact_set *set, enum contact_role role, const char *email)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].role == role && set->rows[i].email &&
		    strcasecmp(set->rows[i].email, email) == 0)
			return true;
	return false;
}

/* Every address of the entities in its role, and no other. */
static bool same_addresses(const json_t *entities, const struct contact_set *set)
{
	size_t given = 0;
	for (size_t i = 0; i < set->count; i++)
		given += set->rows[i].email != NULL;
	for (size_t i = 0; i < json_array_size(entities); i++) {
		const json_t *entity = json_array_get(entities, i);
		const json_t *roles = json_object_get(entity, "roles");
		const json_t *emails = json_object_get(entity, "emails");
		if (json_get_integer(entity, "nested", 0) || has_text(roles, "registrar"))
			continue;
		for (size_t r = 0; r < ARRAY_LENGTH(rdap_roles); r++) {
			if (!has_text(roles, rdap_roles[r].rdap))
				continue;
			for (size_t e = 0; e < json_array_size(emails); e++, given--)
				if (!holds(set, rdap_roles[r].role,
					   json_string_value(json_array_get(emails, e))))
					return false;
		}
	}
	return given == 0;
}

static void test_rdap_contacts(void **state)
{
	(void)state;
	struct buffer lines;
	int right = 0;
	int all = 0;
	if (!corpus_available("rdap"))
		return;
	buffer_init(&lines, FILE_BYTES_MAX);
	corpus_read("rdap/domain-contacts.jsonl", &lines);
	for (const char *line = buffer_text(&lines); *line;) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer = {.domain = NULL};
		json_t *expected = NULL;
		struct buffer text;
		char path[512];
		size_t length = strcspn(line, "\n");
		assert_int_equal(json_read(slice_of(line, length), &expected, NULL), OK);
		(void)snprintf(path, sizeof(path), "rdap/%s", json_get_text(expected, "file"));
		buffer_init(&text, FILE_BYTES_MAX);
		corpus_read(path, &text);
		const char *name = json_get_text(expected, "ldhName");
		struct error err = NO_ERROR;
		enum status status = rdap_parse(buffer_slice(&text), name ? name : "example.com",
						&arena, &answer, &err);
		bool matches = status == OK && same_addresses(json_object_get(expected, "entities"),
							      &answer.contacts);
		if (!matches)
			printf("  %s: %s\n", path, err.sentence);
		right += matches;
		all++;
		buffer_release(&text);
		json_decref(expected);
		arena_release(&arena);
		line += length + (line[length] == '\n');
	}
	buffer_release(&lines);
	printf("corpus rdap contacts: %d of %d\n", right, all);
	assert_int_equal(right, 27);
}

/* jCards stand in a domain object of ours; whole answers stand alone. */
static const struct {
	const char *path;
	bool is_card;
} malformed[] = {
	{"openrdap/jcard/error_bad_properties_array.json", true},
	{"openrdap/jcard/error_bad_property_name.json", true},
	{"openrdap/jcard/error_bad_property_nest_depth.json", true},
	{"openrdap/jcard/error_bad_property_parameters.json", true},
	{"openrdap/jcard/error_bad_property_parameters_2.json", true},
	{"openrdap/jcard/error_bad_property_size.json", true},
	{"openrdap/jcard/error_bad_property_type.json", true},
	{"openrdap/jcard/error_bad_top_type.json", true},
	{"openrdap/jcard/error_bad_vcard_label.json", true},
	{"openrdap/jcard/error_invalid_json.json", true},
	{"openrdap/jcard/error_invalid_properties.json", true},
	{"openrdap/misc/malformed.json", false},
	{"openrdap/misc/empty.html", false},
	{"icann-conformance/test/resources/validators/entity/invalid-vcard.json", false},
	{"icann-conformance/test/resources/validators/vcardArray/trivialArray.json", false},
};

static void test_rdap_malformed(void **state)
{
	(void)state;
	int refused = 0;
	if (!corpus_available("rdap"))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(malformed); i++) {
		struct arena arena = ARENA_NONE;
		struct contact_answer answer;
		struct buffer text;
		char path[512];
		(void)snprintf(path, sizeof(path), "rdap/%s", malformed[i].path);
		buffer_init(&text, FILE_BYTES_MAX);
		corpus_read(path, &text);
		const char *whole = buffer_text(&text);
		if (malformed[i].is_card)
			whole = arena_printf(&arena,
					     "{\"objectClassName\":\"domain\",\"ldhName\":"
					     "\"example.com\",\"entities\":[{\"roles\":["
					     "\"registrant\"],\"vcardArray\":%s}]}",
					     buffer_text(&text));
		enum status status =
			rdap_parse(slice_text(whole), "example.com", &arena, &answer, NULL);
		if (status != INPUT)
			printf("  %s: %s\n", path, status_code(status));
		refused += status == INPUT;
		buffer_release(&text);
		arena_release(&arena);
	}
	printf("corpus rdap malformed refused: %d of %zu\n", refused, ARRAY_LENGTH(malformed));
	assert_int_equal(refused, ARRAY_LENGTH(malformed));
}

/* ---- corpus email-isemail ---- */

/* The corpus says how bad an address is; SMTP takes the first three categories. */
static bool is_for_smtp(const char *category)
{
	return strcmp(category, "ISEMAIL_VALID_CATEGORY") == 0 ||
	       strcmp(category, "ISEMAIL_DNSWARN") == 0 || strcmp(category, "ISEMAIL_RFC5321") == 0;
}

/* Where we are stricter on purpose: mail goes to names that the DNS has. */
static const char *why_stricter(const char *diagnosis)
{
	static const struct {
		const char *diagnosis;
		const char *why;
	} rows[] = {
		{"ISEMAIL_VALID", "a single-label domain"}, /* test@io */
		{"ISEMAIL_RFC5321_TLD", "a single-label domain"},
		{"ISEMAIL_RFC5321_TLDNUMERIC", "a domain that ends in digits"},
		{"ISEMAIL_RFC5321_ADDRESSLITERAL", "an address literal"},
		{"ISEMAIL_RFC5321_IPV6DEPRECATED", "an address literal"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (strcmp(rows[i].diagnosis, diagnosis) == 0)
			return rows[i].why;
	return NULL;
}

static void test_isemail(void **state)
{
	(void)state;
	struct buffer text;
	int right = 0;
	int all = 0;
	int unexplained = 0;
	if (!corpus_available("email-isemail"))
		return;
	buffer_init(&text, FILE_BYTES_MAX);
	corpus_read("email-isemail/tests.xml", &text);
	struct isemail_case test;
	for (const char *at = buffer_text(&text); isemail_next(&at, &test);) {
		struct mailbox mailbox;
		bool accepted = mailbox_parse(slice_text(test.address), &mailbox, NULL) == OK;
		all++;
		right += accepted == is_for_smtp(test.category);
		if (accepted != is_for_smtp(test.category)) {
			const char *why = accepted ? NULL : why_stricter(test.diagnosis);
			printf("  %s \"%s\" (%s): %s\n", accepted ? "accepted" : "refused",
			       test.address, test.diagnosis, why ? why : "unexplained");
			unexplained += !why;
		}
	}
	buffer_release(&text);
	printf("corpus email-isemail: %d of %d (the others are stricter on purpose)\n", right, all);
	assert_int_equal(unexplained, 0);
	assert_true(all > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whois_samples),
		cmocka_unit_test(test_rdap_contacts),
		cmocka_unit_test(test_rdap_malformed),
		cmocka_unit_test(test_isemail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
