/* SHA-256 against the examples of FIPS 180-4. */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_two_parts_are_one_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
