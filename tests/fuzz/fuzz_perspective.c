/* Messages of the Open MPIC API, as a perspective and as a controller read them. */
#include "tests/fuzz/fuzz.h"

#include "validators/perspective_message.h"

#include <stdlib.h>

/* What was read can be written, and is read the same again. */
static void again(const struct validation_task *task, struct arena *arena)
{
	struct validation_task second;
	const char *request = perspective_request(task, arena);
	if (!request || perspective_request_read(check_type_of(task), slice_text(request), arena,
						 &second, NULL) != OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum check_type types[] = {CHECK_DCV, CHECK_CAA};
	struct slice body = slice_of(data, size);
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		struct arena arena = ARENA_NONE;
		struct validation_task task;
		struct perspective_reply reply;
		if (perspective_request_read(types[i], body, &arena, &task, NULL) == OK)
			again(&task, &arena);
		(void)!perspective_reply_read(types[i], body, &arena, &reply, NULL);
		arena_release(&arena);
	}
	return 0;
}
