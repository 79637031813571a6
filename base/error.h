/*
 * What went wrong, told once where it is known. A struct error lives on the
 * caller's stack; NULL is allowed everywhere. Nothing below cli/ prints one.
 */
#ifndef ISSUER_BASE_ERROR_H
#define ISSUER_BASE_ERROR_H

#include "base/status.h"

#include <stdint.h>

struct error {
	enum status status;
	char sentence[640]; /* one lower-case sentence, no full stop */
	char hint[320];     /* what to do about it; empty when unknown */
};

#define NO_ERROR ((struct error){.status = OK})

/* Fills *err (when not NULL, clearing its hint) and returns status. */
__attribute__((format(printf, 3, 4))) enum status fail(struct error *err, enum status status,
						       const char *format, ...);
/* Adds what to do about it and returns err->status (INTERNAL without err). */
__attribute__((format(printf, 3, 4))) enum status fail_hint(struct error *err, enum status status,
							    const char *format, ...);
/* Puts "prefix: " before the sentence, and returns err->status: names the file or row. */
__attribute__((format(printf, 2, 3))) enum status fail_prefix(struct error *err, const char *format,
							      ...);

/* Returns from the calling function when expression is not OK. */
#define TRY(expression)                                                                            \
	do {                                                                                       \
		enum status try_status_ = (expression);                                            \
		if (try_status_ != OK)                                                             \
			return try_status_;                                                        \
	} while (0)

/* Runs release(&variable) when the variable goes out of scope. */
#define CLEANUP(release) __attribute__((cleanup(release)))

/* Hands a pointer over and leaves NULL behind. */
#define STEAL(pointer)                                                                             \
	__extension__({                                                                            \
		__typeof__(pointer) stolen_ = (pointer);                                           \
		(pointer) = NULL;                                                                  \
		stolen_;                                                                           \
	})

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
