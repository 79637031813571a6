/* Evidence decided again: validators/attempt. */
#include "tests/fuzz/fuzz.h"

#include "validators/attempt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct error err;
	(void)!attempt_decide(slice_of(data, size), &arena, &record, &err);
	arena_release(&arena);
	return 0;
}
