/* Reports of mail that was not delivered: validators/dsn, validators/mime_part. */
#include "tests/fuzz/fuzz.h"

#include "validators/dsn.h"
#include "validators/mailbox.h"

#include <string.h>

static void check(const char *address)
{
	struct mailbox mailbox;
	if (address && mailbox_parse(slice_text(address), &mailbox, NULL) != OK)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct dsn dsn;
	if (dsn_read(slice_of(data, size), &arena, &dsn, NULL) == OK) {
		if (dsn.recipient_count == 0 || dsn.recipient_count > DSN_RECIPIENTS_MAX ||
		    dsn.id_count > DSN_IDS_MAX)
			__builtin_trap();
		for (size_t i = 0; i < dsn.id_count; i++)
			if (!dsn.ids[i][0] || strpbrk(dsn.ids[i], "<> \t\r\n"))
				__builtin_trap();
		/* Who is named can be written to; what is final says so; words are one line. */
		for (size_t i = 0; i < dsn.recipient_count; i++) {
			const struct dsn_recipient *recipient = &dsn.recipients[i];
			check(recipient->final);
			check(recipient->original);
			if ((!recipient->final && !recipient->original) ||
			    (dsn_is_final(recipient) && recipient->action != DSN_FAILED) ||
			    (recipient->words && strpbrk(recipient->words, "\r\n")))
				__builtin_trap();
		}
	}
	arena_release(&arena);
	return 0;
}
