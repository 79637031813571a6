/* Names as people type them: csr/names. */
#include "tests/fuzz/fuzz.h"

#include "csr/names.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const suffixes[] = {"test"};
	static const struct address_prefix prefixes[] = {{{ADDRESS_V4, {0}}, 0},
							 {{ADDRESS_V6, {0}}, 0}};
	struct name_policy policy = {
		.private_suffixes = suffixes,
		.private_suffix_count = 1,
		.private_prefixes = prefixes,
		.private_prefix_count = 2,
	};
	char text[2048];
	struct name name;
	struct error err;
	size_t length = size < sizeof(text) - 1 ? size : sizeof(text) - 1;
	memcpy(text, data, length);
	text[length] = 0;
	/* What is accepted is accepted again, unchanged. */
	if (name_parse(text, &policy, &name, &err) == OK) {
		struct name again;
		if (name_parse(name.ascii, &policy, &again, &err) != OK ||
		    strcmp(name.ascii, again.ascii) != 0)
			__builtin_trap();
	}
	return 0;
}
