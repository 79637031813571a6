/* Heap memory: zeroed, never NULL, and the end of the program when there is none. */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_new_is_zeroed_and_never_null(void **state)
{
	(void)state;
	unsigned char *memory = memory_new(100, 10);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(memory[i], 0);
	free(memory);
	memory = memory_new(0, 10);
	assert_non_null(memory);
	memory = memory_resize(memory, 0, 0);
	assert_non_null(memory);
	memory = memory_resize(memory, 5, 1);
	memcpy(memory, "four", 5);
	memory = memory_resize(memory, 10000, 8);
	assert_string_equal((char *)memory, "four");
	free(memory);
}

static void test_text(void **state)
{
	(void)state;
	char *text = memory_text("abc");
	assert_string_equal(text, "abc");
	memory_freep(&text);
	assert_null(text);
	memory_freep(&text);
	assert_null(memory_text(NULL));
	text = memory_printf("%s-%d", "o", 12);
	assert_string_equal(text, "o-12");
	free(text);
}

static void take_too_much(void)
{
	(void)memory_resize(NULL, SIZE_MAX / 2, 4);
}

static void take_an_overflowing_product(void)
{
	(void)memory_resize(NULL, SIZE_MAX, 2);
}

/* The exit status is that of a program that failed (DESIGN.md): 5. */
static void test_exhaustion_ends_the_program(void **state)
{
	(void)state;
	void (*const takers[])(void) = {memory_exhausted, take_too_much,
					take_an_overflowing_product};
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++) {
		int words[2];
		assert_int_equal(pipe(words), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			(void)dup2(words[1], STDERR_FILENO);
			takers[i]();
			_exit(0);
		}
		(void)close(words[1]);
		char text[256] = "";
		assert_true(read(words[0], text, sizeof(text) - 1) > 0);
		(void)close(words[0]);
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 5);
		assert_non_null(strstr(text, "out of memory"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_is_zeroed_and_never_null),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_exhaustion_ends_the_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
