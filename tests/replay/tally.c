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
#define X(name, words) [TALLY_LINE_##name] = (words),
			LINE_FAULTS(X)
#undef X
#define X(name, words) [TALLY_MAIL_FAULT_##name] = (words),
				MAIL_FAULTS(X)
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

void tally_print(const struct tally *tally)
{
	for (size_t i = 0; i < TALLY_COUNT; i++)
		printf("%10" PRId64 "  %s\n", tally->counts[i], words_of[i]);
}

size_t tally_missing(const struct tally *tally, const enum tally_kind *kinds, size_t count)
{
	size_t missing = 0;
	for (size_t i = 0; i < (kinds ? count : TALLY_COUNT); i++) {
		size_t kind = kinds ? (size_t)kinds[i] : i;
		if (tally->counts[kind] > 0)
			continue;
		printf("replay: never met: %s\n", words_of[kind]);
		missing++;
	}
	return missing;
}
