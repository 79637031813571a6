/* The corpus email-isemail: see isemail.h. */
#include "isemail.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* The text of an element of the simple XML of this corpus, entities and the pictures of control
 * characters (U+2400 + n stands for n) resolved; false when the element is not in [at, end). */
static bool element_text(const char *at, const char *end, const char *name, char *out, size_t size)
{
	static const struct {
		const char *written;
		char meant;
	} entities[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	char tag[64];
	(void)snprintf(tag, sizeof(tag), "<%s>", name);
	const char *c = strstr(at, tag);
	size_t length = 0;
	out[0] = '\0';
	if (!c || c >= end)
		return false;
	for (c += strlen(tag); *c && *c != '<' && length + 4 < size;) {
		unsigned code = 0;
		int taken = 0;
		size_t i = 0;
		while (i < ARRAY_LENGTH(entities) &&
		       strncmp(c, entities[i].written, strlen(entities[i].written)) != 0)
			i++;
		if (i < ARRAY_LENGTH(entities)) {
			out[length++] = entities[i].meant;
			c += strlen(entities[i].written);
		} else if (sscanf(c, "&#x%x;%n", &code, &taken) == 1 && taken > 0) {
			c += taken;
			if (code >= 0x2400 && code < 0x2420) {
				out[length++] = (char)(code - 0x2400);
			} else if (code < 0x100) {
				out[length++] = (char)(0xc0 | code >> 6);
				out[length++] = (char)(0x80 | (code & 0x3f));
			}
		} else {
			out[length++] = *c++;
		}
	}
	out[length] = '\0';
	return true;
}

bool isemail_next(const char **at, struct isemail_case *ret)
{
	const char *start = strstr(*at, "<test id=");
	const char *end = start ? strstr(start, "</test>") : NULL;
	if (!end)
		return false;
	(void)element_text(start, end, "address", ret->address, sizeof(ret->address));
	(void)element_text(start, end, "category", ret->category, sizeof(ret->category));
	(void)element_text(start, end, "diagnosis", ret->diagnosis, sizeof(ret->diagnosis));
	*at = end;
	return true;
}
