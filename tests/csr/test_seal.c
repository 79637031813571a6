/* Sealing: what comes back, and what does not. */
#include "csr/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t nonce[12] = {1, 2, 3};

static struct seal_kek *kek_of(uint8_t octet)
{
	uint8_t bytes[SEAL_KEK_BYTES];
	struct seal_kek *kek = NULL;
	memset(bytes, octet, sizeof(bytes));
	assert_int_equal(seal_kek_new(slice_of(bytes, sizeof(bytes)), &kek, NULL), OK);
	return kek;
}

static void test_round_trip(void **state)
{
	(void)state;
	CLEANUP(seal_kek_freep) struct seal_kek *kek = kek_of(7);
	CLEANUP(buffer_release) struct buffer sealed;
	CLEANUP(secret_freep) struct secret *plain = NULL;
	buffer_init(&sealed, 256);

	assert_int_equal(seal(kek, "key:12", nonce, slice_text("a secret"), &sealed, NULL), OK);
	assert_int_equal(sealed.length, 1 + 8 + 12 + strlen("a secret") + 16);
	assert_int_equal(slice_find(buffer_slice(&sealed), slice_text("secret")), -1);
	assert_int_equal(unseal(kek, "key:12", buffer_slice(&sealed), &plain, NULL), OK);
	assert_true(slice_equal(secret_bytes(plain), slice_text("a secret")));
}

static void test_empty(void **state)
{
	(void)state;
	CLEANUP(seal_kek_freep) struct seal_kek *kek = kek_of(7);
	CLEANUP(buffer_release) struct buffer sealed;
	CLEANUP(secret_freep) struct secret *plain = NULL;
	buffer_init(&sealed, 256);
	assert_int_equal(seal(kek, "key:12", nonce, SLICE_NONE, &sealed, NULL), OK);
	assert_int_equal(unseal(kek, "key:12", buffer_slice(&sealed), &plain, NULL), OK);
	assert_int_equal(secret_bytes(plain).length, 0);
}

static void test_refusals(void **state)
{
	(void)state;
	CLEANUP(seal_kek_freep) struct seal_kek *kek = kek_of(7);
	CLEANUP(seal_kek_freep) struct seal_kek *other = kek_of(8);
	CLEANUP(buffer_release) struct buffer sealed;
	struct secret *plain = NULL;
	struct error err = NO_ERROR;
	buffer_init(&sealed, 256);
	assert_int_equal(seal(kek, "key:12", nonce, slice_text("a secret"), &sealed, NULL), OK);
	struct slice whole = buffer_slice(&sealed);

	assert_int_equal(unseal(other, "key:12", whole, &plain, &err), KEK_MISSING);
	assert_non_null(strstr(err.sentence, seal_kek_id(kek)));
	assert_non_null(strstr(err.sentence, seal_kek_id(other)));
	assert_int_equal(unseal(kek, "key:13", whole, &plain, &err), KEK_MISSING);
	for (size_t length = 0; length < whole.length; length++)
		assert_int_equal(unseal(kek, "key:12", slice_of(whole.data, length), &plain, NULL),
				 KEK_MISSING);
	for (size_t i = 0; i < whole.length; i++) {
		sealed.data[i] ^= 0x40;
		assert_int_equal(unseal(kek, "key:12", whole, &plain, NULL), KEK_MISSING);
		sealed.data[i] ^= 0x40;
	}
	assert_null(plain);
}

static void test_kek_length(void **state)
{
	(void)state;
	uint8_t bytes[SEAL_KEK_BYTES + 1] = {0};
	struct seal_kek *kek = NULL;
	assert_int_equal(seal_kek_new(slice_of(bytes, SEAL_KEK_BYTES - 1), &kek, NULL),
			 KEK_MISSING);
	assert_int_equal(seal_kek_new(slice_of(bytes, SEAL_KEK_BYTES + 1), &kek, NULL),
			 KEK_MISSING);
	assert_null(kek);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_kek_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
