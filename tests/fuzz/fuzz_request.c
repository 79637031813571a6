/* Certification requests and the keys in them: csr/request, csr/key. */
#include "tests/fuzz/fuzz.h"

#include "csr/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request;
	struct error err;
	request_init(&request);
	if (request_read(slice_of(data, size), &request, &err) == OK &&
	    key_check(buffer_slice(&request.spki), NULL, &err) != OK)
		__builtin_trap();
	request_release(&request);
	if (key_check(slice_of(data, size), NULL, &err) == OK && size < 32)
		__builtin_trap();
	return 0;
}
