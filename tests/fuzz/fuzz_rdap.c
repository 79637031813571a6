/*
 * RDAP: domain objects with their jCards (validators/rdap, jcard) and IANA's table
 * of servers (rdap_bootstrap). Whoever is found may be written to; whichever
 * server is found is asked by https and about the name.
 */
#include "tests/fuzz/fuzz.h"

#include "validators/mailbox.h"
#include "validators/rdap.h"
#include "validators/rdap_bootstrap.h"

#include <string.h>

static void check_answer(struct slice bytes, struct arena *arena)
{
	struct contact_answer answer = {.domain = NULL};
	struct mailbox mailbox;
	if (rdap_parse(bytes, "example.jp", arena, &answer, NULL) != OK)
		return;
	if (answer.contacts.count > CONTACTS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < answer.contacts.count; i++) {
		const struct contact *row = &answer.contacts.rows[i];
		if (row->role >= CONTACT_ROLE_COUNT ||
		    (row->email && mailbox_parse(slice_text(row->email), &mailbox, NULL) != OK))
			__builtin_trap();
	}
}

static void check_table(struct slice bytes, struct arena *arena)
{
	struct url base, url;
	if (rdap_bootstrap_find(bytes, "example.jp", arena, &base, NULL) != OK)
		return;
	if (base.scheme != HTTP_TLS)
		__builtin_trap();
	if (rdap_domain_url(&base, "example.jp", arena, &url, NULL) == OK &&
	    (url.scheme != HTTP_TLS || strcmp(url.host, base.host) != 0))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	check_answer(slice_of(data, size), &arena);
	check_table(slice_of(data, size), &arena);
	arena_release(&arena);
	return 0;
}
