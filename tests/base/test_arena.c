/* Arenas: zeroed, aligned, apart from each other, freed at once. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		assert_int_equal(bytes[i], 0);
}

static void test_memory_is_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	enum { PIECES = 200 };
	struct arena arena;
	uint8_t *pieces[PIECES];
	arena_init(&arena);
	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = arena_new(&arena, i + 1, 1);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		assert_zero(pieces[i], i + 1);
		memset(pieces[i], (int)i, i + 1);
	}
	for (size_t i = 0; i < PIECES; i++) {
		assert_int_equal(pieces[i][0], (uint8_t)i);
		assert_int_equal(pieces[i][i], (uint8_t)i);
	}
	arena_release(&arena);
	assert_null(arena.blocks);
	arena_release(&arena);
}

static void test_more_than_a_block(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	char *before = arena_text(&arena, "before");
	uint8_t *large = arena_new(&arena, 1000, 1000);
	assert_zero(large, 1000000);
	memset(large, 0xff, 1000000);
	char *after = arena_text(&arena, "after");
	assert_string_equal(before, "before");
	assert_string_equal(after, "after");
	arena_release(&arena);
}

static void test_clear_gives_zeroed_memory_again(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	arena_clear(&arena);
	for (int i = 0; i < 5; i++) {
		uint8_t *piece = arena_new(&arena, 3000, 1);
		assert_zero(piece, 3000);
		memset(piece, 0xff, 3000);
		(void)arena_new(&arena, 2000, 1);
		arena_clear(&arena);
	}
	assert_non_null(arena.blocks);
	arena_release(&arena);
}

static void test_text(void **state)
{
	(void)state;
	struct arena arena = ARENA_NONE;
	char original[] = "abc";
	char *copy = arena_text(&arena, original);
	original[0] = 'x';
	assert_string_equal(copy, "abc");
	assert_null(arena_text(&arena, NULL));
	assert_string_equal(arena_bytes(&arena, SLICE_NONE), "");
	assert_memory_equal(arena_bytes(&arena, slice_of("a\0b", 3)), "a\0b", 4);
	assert_string_equal(arena_printf(&arena, "%s-%d", "o", 12), "o-12");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(test_more_than_a_block),
		cmocka_unit_test(test_clear_gives_zeroed_memory_again),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
