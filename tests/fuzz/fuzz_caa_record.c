/* CAA values: validators/caa_record. */
#include "tests/fuzz/fuzz.h"

#include "validators/caa_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct caa_record record;
	struct caa_issue issue;
	if (caa_record_read(slice_of(data, size), &arena, &record, NULL) == OK) {
		(void)caa_record_critical(&record);
		(void)!caa_issue_read(record.value, &arena, &issue, NULL);
	}
	(void)!caa_issue_read(slice_of(data, size), &arena, &issue, NULL);
	arena_release(&arena);
	return 0;
}
