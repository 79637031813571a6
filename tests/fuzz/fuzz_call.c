/* Calls and answers as evidence: validators/call, validators/answer. What reads is decided. */
#include "tests/fuzz/fuzz.h"

#include "validators/answer.h"
#include "validators/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct call_record call;
	struct answer_record answer;
	struct verdict verdict;
	struct error err;
	if (call_read(slice_of(data, size), &arena, &call, &err) == OK)
		call_decide(&call.facts, NULL, &verdict);
	(void)!answer_read(slice_of(data, size), &arena, &answer, &err);
	arena_release(&arena);
	return 0;
}
