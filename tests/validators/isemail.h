/* The corpus email-isemail: addresses, and how bad each is. */
#ifndef ISSUER_TESTS_VALIDATORS_ISEMAIL_H
#define ISSUER_TESTS_VALIDATORS_ISEMAIL_H

#include <stdbool.h>

struct isemail_case {
	char address[1024];
	char category[64];
	char diagnosis[64];
};

/* The next case of the file's text from *at on, which is moved behind it; false at the end. */
bool isemail_next(const char **at, struct isemail_case *ret);

#endif
