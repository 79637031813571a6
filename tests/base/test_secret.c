/* Secrets: copied, writable by their owner, left out of core dumps, unmapped when freed. */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void test_copy(void **state)
{
	(void)state;
	char original[] = "key material";
	struct secret *secret = secret_new(slice_text(original));
	memset(original, 'x', sizeof(original) - 1);
	assert_true(slice_equal(secret_bytes(secret), slice_text("key material")));
	secret_freep(&secret);
	assert_null(secret);
	secret_freep(&secret);
	secret_free(NULL);
}

static void test_to_be_filled(void **state)
{
	(void)state;
	enum { LENGTH = 10000 };
	struct secret *secret = secret_new((struct slice){NULL, LENGTH});
	assert_int_equal(secret_bytes(secret).length, LENGTH);
	for (size_t i = 0; i < LENGTH; i++)
		assert_int_equal(secret_bytes(secret).data[i], 0);
	memset(secret_writable(secret), 0xa5, LENGTH);
	assert_int_equal(secret_bytes(secret).data[LENGTH - 1], 0xa5);
	secret_free(secret);
}

/* Whether /proc/self/smaps gives the mapping at page the flag ("dd": do not dump). */
static int mapping_has_flag(uintptr_t page, const char *flag)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	assert_non_null(maps);
	char line[512];
	int inside = 0, found = 0;
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = page >= from && page < to;
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	(void)fclose(maps);
	return found;
}

static void test_left_out_of_core_dumps_and_unmapped(void **state)
{
	(void)state;
	struct secret *secret = secret_new(slice_text("key material"));
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t page = (uintptr_t)secret_bytes(secret).data / size * size;
	assert_true(mapping_has_flag(page, " dd"));
	secret_free(secret);
	unsigned char resident;
	assert_int_equal(mincore((void *)page, size, &resident), -1); // NOLINT: asks about the hole
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_to_be_filled),
		cmocka_unit_test(test_left_out_of_core_dumps_and_unmapped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
