/* Account keys: csr/jwk. A key that is accepted has one thumbprint, of 43 characters. */
#include "tests/fuzz/fuzz.h"

#include "csr/jwk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char first[THUMBPRINT_TEXT] = "", again[THUMBPRINT_TEXT] = "";
	if (jwk_thumbprint(slice_of(data, size), first, NULL) != OK) {
		if (first[0])
			abort();
		return 0;
	}
	if (strlen(first) != THUMBPRINT_TEXT - 1 ||
	    jwk_thumbprint(slice_of(data, size), again, NULL) != OK || strcmp(first, again) != 0)
		abort();
	return 0;
}
