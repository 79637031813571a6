/* Journal bodies: store/journal. */
#include "tests/fuzz/fuzz.h"

#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct journal_body body;
	struct error err;
	(void)!journal_body_read(slice_of(data, size), &arena, &body, &err);
	arena_release(&arena);
	return 0;
}
