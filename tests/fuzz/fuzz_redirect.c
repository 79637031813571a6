/* Header blocks of responses and where they lead: validators/redirect. */
#include "tests/fuzz/fuzz.h"

#include "validators/redirect.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct url base = {.scheme = HTTP_PLAIN,
			   .host = "www.example.com",
			   .port = HTTP_PORT,
			   .target = "/.well-known/acme-challenge/a"};
	struct url url, again;
	struct error err = NO_ERROR;
	if (redirect_target(slice_of(data, size), &base, &arena, &url, &err) == OK) {
		bool authorized =
			url.port == 80 || url.port == 443 || url.port == 25 || url.port == 22;
		/* Whatever is sent from it is one line of printable ASCII. */
		for (const char *c = url.target; *c; c++)
			authorized = authorized && *c > ' ' && *c < 0x7f;
		if (!authorized || url.target[0] != '/' ||
		    url_resolve(&base, url_text(&url, &arena), &arena, &again, &err) != OK ||
		    strcmp(url.host, again.host) != 0 || strcmp(url.target, again.target) != 0)
			__builtin_trap();
	} else if (err.status != REDIRECT_REFUSED || !err.sentence[0]) {
		__builtin_trap();
	}
	arena_release(&arena);
	return 0;
}
