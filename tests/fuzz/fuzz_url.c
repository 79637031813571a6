/* References of Location headers: net/url. */
#include "tests/fuzz/fuzz.h"

#include "net/url.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct url base = {.scheme = HTTP_PLAIN,
			   .host = "www.example.com",
			   .port = HTTP_PORT,
			   .target = "/.well-known/pki-validation/a.txt"};
	struct url url;
	struct error err;
	const char *text = arena_bytes(&arena, slice_of(data, size));
	/* What was resolved resolves to itself. */
	if (url_resolve(&base, text, &arena, &url, &err) == OK) {
		struct url again;
		if (url.target[0] != 0x2f ||
		    url_resolve(&base, url_text(&url, &arena), &arena, &again, &err) != OK ||
		    strcmp(url.host, again.host) != 0 || strcmp(url.target, again.target) != 0)
			__builtin_trap();
	}
	arena_release(&arena);
	return 0;
}
