/* Random values in the words of others: see mask.h. */
#include "base/mask.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_of_value(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_';
}

void mask_values(char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t end = at;
		bool has_digit = false;
		for (; end < length && is_of_value(text[end]); end++)
			has_digit |= is_digit(text[end]);
		if (end - at >= MASK_LEAST && has_digit)
			memset(text + at, '*', end - at);
		at = end + 1;
	}
}
