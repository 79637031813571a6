/* Certificates: csr/certificate. */
#include "tests/fuzz/fuzz.h"

#include "csr/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate_facts facts;
	struct error err;
	struct slice tbs;
	if (certificate_read(slice_of(data, size), &facts, &err) == OK)
		certificate_facts_release(&facts);
	if (certificate_tbs(slice_of(data, size), &tbs, &err) == OK &&
	    (tbs.data < data || tbs.data + tbs.length > data + size))
		__builtin_trap();
	return 0;
}
