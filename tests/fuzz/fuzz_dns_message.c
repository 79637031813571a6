/* DNS packets: net/dns_message. */
#include "tests/fuzz/fuzz.h"

#include "net/dns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct dns_message message;
	struct error err;
	if (dns_message_read(slice_of(data, size), "www.example.com", DNS_TYPE_CAA, &arena,
			     &message, &err) == OK &&
	    message.answer_count > size)
		__builtin_trap();
	arena_release(&arena);
	return 0;
}
