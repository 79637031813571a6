/* WHOIS and RDAP answers: validators/whois, validators/rdap, and what they are made of. */
#include "tests/fuzz/fuzz.h"

#include "validators/mailbox.h"
#include "validators/rdap.h"
#include "validators/whois.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct contact_answer answer = {.domain = NULL};
	struct contact_set keyed = {.count = 0};
	struct slice bytes = slice_of(data, size);
	struct error err;
	enum status status = size > 0 && data[0] == '{'
				     ? rdap_parse(bytes, "example.jp", &arena, &answer, &err)
				     : whois_parse(bytes, "example.jp", &arena, &answer, &err);
	if (whois_parse_jprs_contact(bytes, "TM00001JP", CONTACT_TECH, &arena, &keyed, &err) ==
		    OK &&
	    keyed.count > CONTACTS_MAX)
		__builtin_trap();
	/* Whoever is found has a known role, and an address that may be written to. */
	for (size_t i = 0; status == OK && i < answer.contacts.count; i++) {
		const struct contact *row = &answer.contacts.rows[i];
		struct mailbox mailbox;
		if (row->role >= CONTACT_ROLE_COUNT ||
		    (i > 0 && answer.contacts.rows[i - 1].role > row->role) ||
		    (row->email && mailbox_parse(slice_text(row->email), &mailbox, &err) != OK))
			__builtin_trap();
	}
	arena_release(&arena);
	return 0;
}
