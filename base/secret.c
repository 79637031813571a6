/* Whole pages for each secret, so that locking and wiping touch nothing else: see secret.h. */
#include "base/secret.h"

#include "base/memory.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct secret {
	size_t mapped;
	size_t length;
	uint8_t bytes[];
};

struct secret *secret_new(struct slice bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (sizeof(struct secret) + bytes.length + page - 1) / page * page;
	void *memory =
		mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		memory_exhausted();
	/* Best effort: a small RLIMIT_MEMLOCK must not stop the work. */
	(void)mlock(memory, mapped);
	(void)madvise(memory, mapped, MADV_DONTDUMP);
	struct secret *secret = memory;
	secret->mapped = mapped;
	secret->length = bytes.length;
	if (bytes.data && bytes.length)
		memcpy(secret->bytes, bytes.data, bytes.length);
	return secret;
}

void secret_free(struct secret *secret)
{
	if (!secret)
		return;
	size_t mapped = secret->mapped;
	OPENSSL_cleanse(secret, mapped);
	(void)munmap(secret, mapped);
}

void secret_freep(struct secret **secret)
{
	secret_free(*secret);
	*secret = NULL;
}

struct slice secret_bytes(const struct secret *secret)
{
	return slice_of(secret->bytes, secret->length);
}

uint8_t *secret_writable(struct secret *secret)
{
	return secret->bytes;
}
