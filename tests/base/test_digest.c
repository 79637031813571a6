/* SHA-256 against the examples of FIPS 180-4. */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_known_answers(void **state)
{
	(void)state;
	static const struct {
		const char *message;
		const char *digest;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[DIGEST_TEXT];
		struct digest digest = digest_of(slice_text(cases[i].message));
		assert_string_equal(digest_text(digest, text), cases[i].digest);
	}
}

static void test_two_parts_are_one_message(void **state)
{
	(void)state;
	struct digest whole = digest_of(slice_text("abcdef"));
	assert_true(digest_equal(digest_of_two(slice_text("ab"), slice_text("cdef")), whole));
	assert_true(digest_equal(digest_of_two(SLICE_NONE, slice_text("abcdef")), whole));
	assert_false(digest_equal(digest_of_two(slice_text("abcdef"), slice_text("g")), whole));
}

/* RFC 4231 sections 4.2, 4.3 and 4.8 (test cases 1, 2 and 7: a key longer than a block). */
static void test_known_macs(void **state)
{
	(void)state;
	uint8_t twenty[20], many[131];
	memset(twenty, 0x0b, sizeof(twenty));
	memset(many, 0xaa, sizeof(many));
	const struct {
		struct slice key;
		const char *message, *mac;
	} cases[] = {
		{{twenty, sizeof(twenty)},
		 "Hi There",
		 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{slice_text("Jefe"), "what do ya want for nothing?",
		 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{{many, sizeof(many)},
		 "This is a test using a larger than block-size key and a larger than block-size "
		 "data. The key needs to be hashed before being used by the HMAC algorithm.",
		 "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[DIGEST_TEXT];
		struct digest mac = digest_mac(cases[i].key, slice_text(cases[i].message));
		assert_string_equal(digest_text(mac, text), cases[i].mac);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_two_parts_are_one_message),
		cmocka_unit_test(test_known_macs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
