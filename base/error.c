/* One sentence about what went wrong: see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum status fail(struct error *err, enum status status, const char *format, ...)
{
	if (!err)
		return status;
	/* The arguments may be the old sentence itself. */
	char sentence[sizeof(err->sentence)];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	err->status = status;
	err->hint[0] = '\0';
	(void)snprintf(err->sentence, sizeof(err->sentence), "%s", sentence);
	return status;
}

enum status fail_hint(struct error *err, enum status status, const char *format, ...)
{
	if (!err)
		return status;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(err->hint, sizeof(err->hint), format, args);
	va_end(args);
	return status;
}

enum status fail_prefix(struct error *err, const char *format, ...)
{
	if (!err)
		return INTERNAL;
	char prefix[256];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(prefix, sizeof(prefix), format, args);
	va_end(args);
	char sentence[sizeof(err->sentence)];
	(void)snprintf(sentence, sizeof(sentence), "%.255s: %.380s", prefix, err->sentence);
	(void)snprintf(err->sentence, sizeof(err->sentence), "%s", sentence);
	return err->status;
}
