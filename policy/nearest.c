/*
 * Nearest word by edit distance: insertions, deletions, substitutions and swaps
 * of neighbours count one each (optimal string alignment). A word is offered only
 * when at most a third of it would have to change.
 */
#include "policy/nearest.h"

#include <string.h>

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Three rolling rows of the classic matrix; both words are at most NEAREST_WORD_MAX long. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][NEAREST_WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = least_of(change, 1 + least_of(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least_of(row[j], 1 + before[j - 2]);
		}
		size_t *oldest = before;
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}

const char *nearest_word(const char *word, const char *const *known, size_t count)
{
	size_t length = strlen(word);
	if (length == 0 || length > NEAREST_WORD_MAX)
		return NULL;
	const char *nearest = NULL;
	size_t shortest = length < 3 ? 1 : 1 + length / 3;
	for (size_t i = 0; i < count; i++) {
		size_t known_length = strlen(known[i]);
		if (known_length > NEAREST_WORD_MAX)
			continue;
		size_t distance = edit_distance(word, length, known[i], known_length);
		if (distance <= shortest && (!nearest || distance < shortest)) {
			nearest = known[i];
			shortest = distance;
		}
	}
	return nearest;
}
