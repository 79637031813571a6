/* Counts with their words: see tally.h. */
#include "tests/replay/tally.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const words_of[] = {
#define X(name, words) [TALLY_DNS_##name] = (words),
	DNS_FAULTS(X)
#undef X
#define X(name, words) [TALLY_HTTP_##name] = (words),
		HTTP_FAULTS(X)
#undef X
#define X(name, words) [TALLY_##name] = (words),
			DISK_FAULTS(X) OUTCOMES(X)
#undef X
};
_Static_assert(ARRAY_LENGTH(words_of) == TALLY_COUNT, "every count has its words");

void tally_add(struct tally *tally, enum tally_kind kind)
{
	tally->counts[kind]++;
}

void tally_merge(struct tally *tally, const struct tally *other)
{
	for (size_t i = 0; i < TALLY_COUNT; i++)
		tally->counts[i] += other->counts[i];
}

size_t tally_print(const struct tally *tally)
{
	size_t zero = 0;
	for (size_t i = 0; i < TALLY_COUNT; i++) {
		printf("%10" PRId64 "  %s\n", tally->counts[i], words_of[i]);
		zero += tally->counts[i] == 0;
	}
	for (size_t i = 0; i < TALLY_COUNT; i++)
		if (tally->counts[i] == 0)
			printf("replay: never met: %s\n", words_of[i]);
	return zero;
}
