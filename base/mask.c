/* Random values in the words of others: see mask.h. */
#include "base/mask.h"

#include <stdbool.h>
#include <string.h>

static bool is_of_value(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_';
}

void mask_values(char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t end = at;
		while (end < length && is_of_value(text[end]))
			end++;
		if (end - at >= MASK_LEAST)
			memset(text + at, '*', end - at);
		at = end + 1;
	}
}
